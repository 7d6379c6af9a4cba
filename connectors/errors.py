"""What can go wrong between a connector and the hub, each with a stable code.

A refused command is not an error: it is an answer (``Receipt.outcome == "refused"`` with code and field). These
exceptions say that there was no answer, or that what was asked could not be sent at all.
"""

from __future__ import annotations


class ConnectorError(Exception):
    """Base of all: ``code`` is stable, ``field`` names the field or setting at fault, ``detail`` is for people."""

    code = "connector.error"

    def __init__(self, detail: str, *, code: str = "", field: str = "") -> None:
        self.code = code or type(self).code
        self.field = field
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class BadField(ConnectorError):
    """A field of a command is missing, unknown or of the wrong type; nothing was sent."""

    code = "field.type"


class Unreachable(ConnectorError):
    """Nobody answers at this address within the time allowed."""

    code = "hub.unreachable"


class WrongPassword(ConnectorError):
    """The key or password is not the one the hub or the broker knows for this system."""

    code = "credentials.wrong"


class NoRights(ConnectorError):
    """The system is known, but may not write its outbox or read its inbox."""

    code = "rights.missing"


class NoAnswer(ConnectorError):
    """No answer came in time. The command may have taken effect: send it again with the same command id."""

    code = "answer.missing"


class HubFailed(ConnectorError):
    """The hub reported a failure of its own (HTTP 500 with an incident id). The same command may be sent again."""

    code = "hub.failed"
