"""What is due on the ladder: a function of the standing, for lists, pages and the steward. Pure."""

from __future__ import annotations

from typing import NamedTuple

from .ladder_scheme import Exit, Scheme, Span
from .ladder_standing import CLIMBING, EXHAUSTED, RESOLVED, SUSPENDED, TERMINATED, Standing, above, used_up

# What ``what_next`` says is due.
NOTHING, AGAIN, ESCALATE, TERMINATE, EXIT, REPORT, URGE, LINK, RESUME = (
    "nothing", "again", "escalate", "terminate", "exit", "report", "urge", "link", "resume",
)  # fmt: skip


class Next(NamedTuple):
    """What is due now.

    ``again``: a try at ``level`` within ``limit``, not before ``not_before`` (0 = at once), ``left`` tries left there.
    ``escalate``: a referral to ``level`` in one of ``forms``, of which ``consent`` need the parties' consent, with the
    records of the last ``records`` counted tries, to be accepted within ``limit``.
    ``terminate``, ``exit``: 终止调解, the parties get the ``notice`` and are told of ``exits``; ``exit`` = tries are
    used up, the dossier goes to the hub. ``report``: ``tell`` these. ``urge``: urge performance, then tell of
    ``exits``. ``link``: a linked dispute by consent of both. ``resume``: climb on.
    """

    act: str
    level: str = ""
    left: int = 0
    limit: Span | None = None
    not_before: int = 0
    forms: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    records: int = 0
    notice: str = ""
    exits: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()


def what_next(scheme: Scheme, standing: Standing, last_at: int | None = None, category: str = "") -> Next:
    """What is due in a standing. ``last_at``: of the last session that counted; ``category``: for the exits."""
    state = standing.state
    if state == CLIMBING and not used_up(scheme, standing):
        after_gap = last_at + scheme.gap if last_at is not None else 0
        limit = scheme.levels[standing.level].limit
        return Next(AGAIN, standing.level, scheme.tries - standing.tries, limit, after_gap)
    if state == CLIMBING:
        forms = ("assignment",) if standing.returned else scheme.branches[standing.branch].onward
        consent = tuple(form for form in forms if form in scheme.consent_forms)
        to = above(scheme, standing)[0]
        return Next(ESCALATE, to, limit=scheme.accept, forms=forms, consent=consent, records=standing.tries)
    if state == SUSPENDED:
        return Next(REPORT, standing.level, tell=scheme.alarm_tell)
    if state in (TERMINATED, EXHAUSTED):
        names = tuple(e.code for e in exits(scheme, category))
        return Next(EXIT if state == EXHAUSTED else TERMINATE, standing.level, notice="exits", exits=names)
    return Next(NOTHING, notice="confirmation" if state == RESOLVED else "")


def once_more(scheme: Scheme, standing: Standing, consent: bool, category: str = "") -> Next:
    """What becomes of a dispute that comes again: an agreement broken, a relapse, the same facts.

    No second ladder. A broken agreement: performance is urged, then the court is named (人民调解法 §31, §32); by fresh
    consent of both a linked dispute. Exhausted: the exits. Terminated: climb on with consent of both. Otherwise the
    ladder still runs.
    """
    if standing.state == RESOLVED:
        return Next(LINK) if consent else Next(URGE, notice="exits", exits=scheme.broken_exits)
    if standing.state == TERMINATED and consent:
        return Next(RESUME, standing.level)
    if standing.state in (TERMINATED, EXHAUSTED):
        return what_next(scheme, standing, category=category)
    return Next(NOTHING)


def exits(scheme: Scheme, category: str) -> tuple[Exit, ...]:
    """The exits to tell the parties of in a dispute of this category."""
    return tuple(e for e in scheme.exits if not e.categories or category in e.categories)
