"""Who may do what at the broker: topics, SCRAM users and access rules from the credentials table.

Each active system may write its own outbox and read its own inbox, and nothing else; auditors may read ``hub.events``
and ``hub.checkpoints``. A disabled system loses its user and its rules. Repeating changes nothing. A password is made
here, returned once and stored nowhere (the broker keeps a salted hash).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import SecurityDisabledError

from .access import Access, Admin
from .port import UNAUTHORIZED, LogUnavailable, Problem
from .topics import Topics, fits, wanted

AUDITOR: Final = "auditor"
MECHANISM: Final = ScramMechanism.SCRAM_SHA_512
ITERATIONS: Final = 8_192


class SystemRights(NamedTuple):
    """One system as the broker must know it."""

    name: str
    roles: frozenset[str]
    active: bool


class Applied(NamedTuple):
    """What was changed. ``passwords`` of users made or renewed: to be handed over once."""

    topics: list[str]
    passwords: dict[str, str]
    rules: int
    removed: int
    secured: bool  # False: this broker knows no users and rules, only topics were made


def apply(access: Access, systems: Iterable[SystemRights], renew: frozenset[str] = frozenset()) -> Applied:
    """Make the broker agree with the credentials table; ``renew`` names systems that get a new password.

    LogUnavailable: no broker, or we may not administer it.
    """
    known = [system for system in systems if fits(system.name)]
    active = [system for system in known if system.active]
    admin = Admin(access)
    try:
        topics = admin.ensure(wanted(access.topics, [system.name for system in active]))
        there = _rules(admin)
        if there is None:
            return Applied(topics, {}, 0, 0, False)
        should = {rule for system in active for rule in rules_of(access.topics, system)}
        ours = {f"User:{system.name}" for system in known}
        missing = sorted(should - there, key=repr)
        surplus = [rule for rule in there - should if rule.principal in ours]
        _make(admin, missing)
        _remove(admin, surplus)
        users = set(admin.run("describe_user_scram_credentials"))
        passwords = {
            system.name: secrets.token_urlsafe(24)
            for system in active
            if system.name not in users or system.name in renew
        }
        gone = [system.name for system in known if not system.active and system.name in users]
        _change_users(admin, passwords, gone)
        return Applied(topics, passwords, len(missing), len(surplus) + len(gone), True)
    finally:
        admin.close()


def rules_of(topics: Topics, system: SystemRights) -> list[ACL]:
    """The rules of one system. Reading includes describing; an idempotent producer needs no more than WRITE."""
    rules = [
        _allow(system.name, ResourceType.TOPIC, topics.outbox(system.name), ACLOperation.WRITE),
        _allow(system.name, ResourceType.TOPIC, topics.inbox(system.name), ACLOperation.READ),
        # For clients that insist on a consumer group: only groups under the system's own name.
        _allow(
            system.name, ResourceType.GROUP, f"{topics.prefix}agency.{system.name}.", ACLOperation.READ, prefixed=True
        ),
    ]
    if AUDITOR in system.roles:
        rules += [
            _allow(system.name, ResourceType.TOPIC, topic, ACLOperation.READ)
            for topic in (topics.events, topics.checkpoints)
        ]
    return rules


def _allow(system: str, kind: ResourceType, name: str, operation: ACLOperation, prefixed: bool = False) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if prefixed else ACLResourcePatternType.LITERAL
    return ACL(f"User:{system}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name, pattern))


def _rules(admin: Admin) -> set[ACL] | None:
    """Every rule at the broker; None when it has no authorizer."""
    every = ACLFilter(
        None, None, ACLOperation.ANY, ACLPermissionType.ANY,
        ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
    )  # fmt: skip
    try:
        found, _ = admin.run("describe_acls", every)
    except LogUnavailable as why:
        if isinstance(why.__cause__, SecurityDisabledError):
            return None
        raise
    return set(found)


def _make(admin: Admin, rules: list[ACL]) -> None:
    failed = admin.run("create_acls", rules)["failed"] if rules else []
    if failed:
        raise LogUnavailable(Problem(UNAUTHORIZED, f"access rules cannot be made: {failed[0].__name__}"))


def _remove(admin: Admin, rules: list[ACL]) -> None:
    if rules:
        admin.run("delete_acls", [_exactly(rule) for rule in rules])


def _exactly(rule: ACL) -> ACLFilter:
    at: Any = rule.resource_pattern
    return ACLFilter(
        rule.principal, rule.host, rule.operation, rule.permission_type,
        ResourcePatternFilter(at.resource_type, at.resource_name, at.pattern_type),
    )  # fmt: skip


def _change_users(admin: Admin, passwords: Mapping[str, str], gone: list[str]) -> None:
    changes: list[Any] = [
        UserScramCredentialUpsertion(name, MECHANISM, password, iterations=ITERATIONS)
        for name, password in passwords.items()
    ]
    changes += [UserScramCredentialDeletion(name, MECHANISM) for name in gone]
    if not changes:
        return
    failed = {name: error for name, error in admin.run("alter_user_scram_credentials", changes).items() if error}
    if failed:
        name, error = next(iter(failed.items()))
        raise LogUnavailable(Problem(UNAUTHORIZED, f"user {name}: {error}"))
