"""Referral: state × verb × kind, as the custody rules print it. Right party assumed, whatever is due is due.

✓ effect · – nothing · otherwise the code (r. = referral.). M = the moving kinds transfer, delegation, escalation
(T, D, E), A = assignment, H = assistance (help), N = notice. Kinds a cell does not name cannot be in that state.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from hub import words as w
from hub.aggregates.dispute.state import Referral
from tests.custody import say
from tests.custody.stories import REGISTERED, Act, offer, play, town
from tests.custody.town import BY_CONSENT
from tests.given import Given, referral

MATRIX = """
verb                | offered                    | signed                | accepted                                            | concluded              | returned                   | withdrawn                  | lapsed
deliver             | M A ✓ · H N –              | –                     | –                                                   | –                      | –                          | –                          | –
deliver again       | –                          | –                     | –                                                   | –                      | –                          | –                          | –
sign                | ✓                          | –                     | –                                                   | –                      | r.returned                 | r.withdrawn                | r.lapsed
accept              | M H ✓ · A N r.kind         | M H ✓ · N r.kind      | M H – · A r.kind                                    | M H r.concluded · A r.kind | M H r.returned · N r.kind | M H r.withdrawn · A N r.kind | r.lapsed
return              | M H N ✓ · A r.binding      | M H ✓ · N r.signed    | T E proposes · D H r.conclude_instead · A r.binding | r.concluded            | r.returned                 | r.withdrawn                | r.lapsed
return by consent   | M r.not_signed             | M proposes            |                                                     |                        |                            |                            |
withdraw            | M H N ✓ · A r.binding      | M proposes · H ✓ · N r.signed | H ✓ · M r.accepted · A r.binding            | r.concluded            | r.returned                 | r.withdrawn                | r.lapsed
consent             | r.nothing_proposed         | r.nothing_proposed    | r.nothing_proposed                                  | r.nothing_proposed     | r.nothing_proposed         | r.nothing_proposed         | r.nothing_proposed
consent if proposed |                            | M ✓                   | T E ✓                                               |                        |                            |                            |
decline             | r.nothing_proposed         | r.nothing_proposed    | r.nothing_proposed                                  | r.nothing_proposed     | r.nothing_proposed         | r.nothing_proposed         | r.nothing_proposed
decline if proposed |                            | M ✓                   | T E ✓                                               |                        |                            |                            |
contest             | M r.not_returned · A H N r.kind | M r.not_returned · H N r.kind | M r.not_returned · A H r.kind          | M r.not_returned · A H r.kind | M ✓ · H N r.kind     | M r.not_returned · A H N r.kind | M r.not_returned · H r.kind
lapse               | M H ✓ · A N r.kind         | M H ✓ · N r.kind      | M H – · A r.kind                                    | M H – · A r.kind       | M H – · N r.kind           | M H – · A N r.kind         | M H –
feedback interim    | r.not_accepted             | r.not_accepted        | ✓                                                   | r.concluded            | r.returned                 | r.withdrawn                | r.lapsed
feedback final      | r.not_accepted             | r.not_accepted        | D H ✓ · T E A feedback.close_instead                | r.concluded            | r.returned                 | r.withdrawn                | r.lapsed
recall              | D r.not_accepted · T E A H N r.kind | D r.not_accepted · T E H N r.kind | D ✓ · T E A H r.kind       | D r.concluded · T E A H r.kind | D r.returned · T E H N r.kind | D r.withdrawn · T E A H N r.kind | D r.lapsed · T E H r.kind
"""  # noqa: E501
KINDS = {"T": "transfer", "D": "delegation", "E": "escalation", "A": "assignment", "H": "assistance", "N": "notice"}
POSSIBLE = {  # which kinds can be in a state at all
    "offered": "TDEAHN", "signed": "TDEHN", "accepted": "TDEAH", "concluded": "TDEAH", "returned": "TDEHN",
    "withdrawn": "TDEAHN", "lapsed": "TDEH",
}  # fmt: skip
EFFECT = {
    "deliver": "referral.delivered", "sign": "referral.signed", "accept": "referral.accepted",
    "return": "referral.returned", "withdraw": "referral.withdrawn", "decline": "referral.declined",
    "contest": "referral.contested", "lapse": "referral.lapsed", "feedback interim": "feedback.given",
    "feedback final": "referral.concluded", "recall": "referral.concluded",
}  # fmt: skip


def cases() -> list[tuple[str, str, str, str]]:
    """(verb, kind, state, outcome) of every cell."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines()]
    found = []
    for verb, *cells in rows:
        for state, cell in zip(head[1:], cells, strict=True):
            for part in cell.split(" · ") if cell else ():
                kinds, outcome = re.fullmatch(r"((?:[MTDEAHN] )*)(\S+)", part).groups()  # type: ignore[union-attr]
                named = kinds.replace(" ", "").replace("M", "TDE") or POSSIBLE[state]
                found += [(verb, kind, state, outcome) for kind in named]
    return found


def reach(kind: str, state: str, channel: str = "mediation") -> Given:
    """The committee's dispute with referral "1" of this kind in this state."""
    hub = play(town(), REGISTERED)
    if kind == "A":
        hub.given(("office", say.assign("neighbours"), "1"))
        return play(hub, ASSIGNMENT[state])
    hub.given(("committee", say.refer(KINDS[kind], "neighbours", channel), "1"))
    accepted: tuple[Act, ...] = (("neighbours", say.accept("1")),)
    paths: dict[str, tuple[Act | int, ...]] = {
        "offered": (),
        "signed": (("neighbours", say.sign("1")),),
        "accepted": accepted,
        "returned": (("neighbours", say.return_("1")),),
        "withdrawn": (("committee", say.withdraw("1")),),
        "lapsed": (80, ("hub", say.lapse("1"))),
        "concluded": (*accepted, ("neighbours", say.feedback("1", final=True)))
        if kind in "DH"
        else (*accepted, ("office", say.assign("committee"), "2")),  # it comes back
    }
    return play(hub, paths[state])


ASSIGNMENT: dict[str, tuple[Act | int, ...]] = {
    "offered": (),
    "accepted": (("neighbours", say.sign("1")),),
    "concluded": (offer("transfer", "office", "2", by="neighbours"), ("office", say.accept("2"))),  # it comes back
    "withdrawn": (("hub", say.close_agency("neighbours", "office")), ("hub", say.succeed("neighbours"))),  # merged
}


def party(hub: Given, r: Referral, verb: str) -> str:
    """Who is the right party of a verb."""
    names = {w.agency_id(code): code for code in ("committee", "neighbours", "office", "bureau")}
    custodian, sender, receiver = names[hub["d"].custodian], names[r.sender], names[r.receiver]
    if verb in ("deliver", "lapse"):
        return "hub"
    if verb.startswith("feedback"):
        return receiver if r.kind == w.ASSISTANCE else custodian
    if verb == "withdraw":
        return custodian if r.kind == w.ASSISTANCE else sender
    if verb in ("consent", "decline"):
        return receiver if r.proposal == w.WITHDRAWAL else sender
    return sender if verb in ("contest", "recall") else receiver


SAY: dict[str, Callable[[str], Any]] = {
    "deliver": say.deliver, "sign": say.sign, "accept": say.accept, "return": say.return_, "withdraw": say.withdraw,
    "consent": say.consent, "decline": say.decline, "contest": say.contest, "lapse": say.lapse, "recall": say.recall,
    "feedback interim": say.feedback, "feedback final": lambda label: say.feedback(label, final=True),
}  # fmt: skip


@pytest.mark.parametrize(("verb", "kind", "state", "outcome"), cases())
def test_cell(verb: str, kind: str, state: str, outcome: str) -> None:
    hub = reach(kind, state, BY_CONSENT if "by consent" in verb else "mediation")
    verb, _, how = verb.partition(" ") if not verb.startswith("feedback") else (verb, "", "")
    r = hub["d"].referral(referral("1"))
    assert r is not None and (r.kind, r.state) == (KINDS[kind], state)
    if how == "if proposed":
        asks, ask = ("committee", say.withdraw("1")) if state == "signed" else ("neighbours", say.return_("1"))
        hub.when(asks, ask).then("referral.proposed")
        r = hub["d"].referral(referral("1"))
        assert r is not None
    hub.now += 200 * w.HOUR  # whatever runs is due
    by, body = party(hub, r, verb), SAY[verb]("1")
    hub.when(by, body)
    if how == "again":
        hub.when(by, body)
    if outcome == "–":
        hub.nothing()
    elif outcome == "proposes":
        hub.then("referral.proposed")
        hub.when(by, body).nothing()  # once
    elif outcome == "✓":
        effect = EFFECT.get(verb) or ("referral.withdrawn" if state == "signed" else "referral.returned")
        assert hub.types()[0] == effect
        after = hub["d"].referral(referral("1"))
        assert (after is not None and after != r) or verb.startswith("feedback interim")
        if verb == "sign":
            assert after is not None and after.state == ("accepted" if kind == "A" else "signed")
    else:
        hub.refused(re.sub(r"^r\.", "referral.", outcome))


def test_the_table_is_whole() -> None:
    """Every verb says something for every kind in every state it can be in, once."""
    told = [(verb, kind, state) for verb, kind, state, _ in cases()]
    assert len(told) == len(set(told))
    for verb in SAY:
        for state, kinds in POSSIBLE.items():
            assert {kind for v, kind, s in told if (v, s) == (verb, state)} == set(kinds), (verb, state)
