"""Events and commands of an agency (单位), field for field as in ``schemas``. The names are the storage format.

An agency's stream is its id. ``superior`` builds the tree; ``region`` is a national statistical code
(统计用区划代码, 6, 9 or 12 digits); ``competences`` are dispute category codes; ``mediators`` counts full-time ones.
"""

from __future__ import annotations

from typing import NamedTuple

from hub.words import AgencyId


class Registered(NamedTuple):
    """单位登记"""

    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: AgencyId | None
    competences: tuple[str, ...]
    mediators: int
    seal: bool


class Amended(NamedTuple):
    """单位变更: the whole new content; the code never changes"""

    name: str
    kind: str
    level: str
    region: str
    superior: AgencyId | None
    competences: tuple[str, ...]
    mediators: int
    seal: bool


class IntakeClosed(NamedTuple):
    """暂停接收"""

    reason: str


class IntakeOpened(NamedTuple):
    """恢复接收"""

    reason: str


class Closing(NamedTuple):
    """撤并中: no new offer reaches it; the registry answers with the successor"""

    successor: AgencyId
    reason: str


class Dissolved(NamedTuple):
    """已撤销"""

    reason: str


Event = Registered | Amended | IntakeClosed | IntakeOpened | Closing | Dissolved
EVENTS: dict[str, type[Event]] = {
    "agency.registered": Registered,
    "agency.amended": Amended,
    "agency.intake_closed": IntakeClosed,
    "agency.intake_opened": IntakeOpened,
    "agency.closing": Closing,
    "agency.dissolved": Dissolved,
}
EVENT_TYPES: dict[type[Event], str] = {cls: name for name, cls in EVENTS.items()}


class RegisterAgency(NamedTuple):
    """单位登记; the id is uuid5 of the code"""

    code: str
    name: str
    kind: str
    level: str
    region: str
    superior: AgencyId | None
    competences: tuple[str, ...]
    mediators: int
    seal: bool


class AmendAgency(NamedTuple):
    """单位变更"""

    subject: AgencyId
    name: str
    kind: str
    level: str
    region: str
    superior: AgencyId | None
    competences: tuple[str, ...]
    mediators: int
    seal: bool


class CloseIntake(NamedTuple):
    """暂停接收"""

    subject: AgencyId
    reason: str


class OpenIntake(NamedTuple):
    """恢复接收"""

    subject: AgencyId
    reason: str


class CloseAgency(NamedTuple):
    """撤并"""

    subject: AgencyId
    successor: AgencyId
    reason: str


class DissolveAgency(NamedTuple):
    """撤销"""

    subject: AgencyId
    reason: str


Command = RegisterAgency | AmendAgency | CloseIntake | OpenIntake | CloseAgency | DissolveAgency
COMMANDS: dict[str, type[Command]] = {
    "register_agency": RegisterAgency,
    "amend_agency": AmendAgency,
    "close_intake": CloseIntake,
    "open_intake": OpenIntake,
    "close_agency": CloseAgency,
    "dissolve_agency": DissolveAgency,
}
COMMAND_TYPES: dict[type[Command], str] = {cls: name for name, cls in COMMANDS.items()}
