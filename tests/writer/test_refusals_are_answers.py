"""Refusals are stored like any answer and leave no event; checks come in their order."""

import os

from hub.aggregates.agency import names
from hub.aggregates.dispute import commands as c
from hub.store import Store
from hub.words import HUB_AGENCY, HUB_SYSTEM, REFUSED, Refusal, referral_id
from tests.writer.parts import POLICE, TOWN, Author, check_log, dispute_of, found, one, outcomes, running


def test_a_refused_command_leaves_its_batch_untouched(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        dispute = dispute_of(new)
        said = writer.ask([new, author.refer(dispute, TOWN), author.attempt(os.urandom(16)), author.attempt(dispute)])
        assert outcomes(said) == ["done", "referral.to_self", "dispute.unknown", "done"]
        refused = store.answers.get(author.system, said[1].command_id)  # type: ignore[union-attr]
        assert refused == said[1]
        assert (refused.outcome, refused.field, refused.version, refused.position, refused.dispute) == (
            REFUSED, "receiver", 1, 0, dispute,
        )  # fmt: skip
    assert check_log(store) == 5


def test_access_comes_before_the_decision_and_after_the_stored_answer(store: Store) -> None:
    author = Author()
    allowed = [True]

    def access(command: object) -> Refusal | None:
        return None if allowed[0] else Refusal("access.denied", "agency")

    with running(store, access=access) as writer:
        found(writer)
        new = author.register()
        first = one(writer, new)
        allowed[0] = False
        assert one(writer, new) == first
        denied = one(writer, author.attempt(os.urandom(16)))
        assert (denied.code, denied.version, denied.position) == ("access.denied", 0, 0)
        hidden = one(writer, author.attempt(dispute_of(new)))
        assert (hidden.code, hidden.version) == ("access.denied", 0), "a denial must not tell a dispute's version"
        allowed[0] = True
        assert one(writer, author.attempt(dispute_of(new))).version == 2
    assert check_log(store) == 5


def test_an_event_beyond_the_limit_is_refused_wholly(store: Store) -> None:
    author = Author()
    with running(store) as writer:
        found(writer)
        new = author.register()
        dispute = dispute_of(new)
        one(writer, new)
        # A redirected referral makes two events, of which only the second is too large: neither is kept.
        offer = author.refer(dispute)
        one(writer, offer)
        offered = referral_id(author.system, offer.command_id)
        body = c.Refer("transfer", "police", POLICE, offered, "长" * 20_000)
        assert one(writer, author(body, TOWN, dispute)).code == "event.too_large"
        assert one(writer, author.refer(dispute, reason="x" * 59_000)).code == "dispute.handover_open"
        assert one(writer, author.attempt(dispute)).version == 3
        fits = author.register()
        one(writer, fits)
        assert one(writer, author.refer(dispute_of(fits), reason="x" * 59_000)).outcome == "done"
    check_log(store)
    assert max(len(e.body) for e in store.read(0, 1_000)) <= 60_000


def test_a_repeated_wish_is_nothing(store: Store) -> None:
    operator = Author(HUB_SYSTEM)
    with running(store) as writer:
        found(writer)
        close = names.CloseIntake(POLICE, "搬迁")
        first, second = (one(writer, operator(close, HUB_AGENCY)) for _ in range(2))
        assert (first.outcome, first.version, first.dispute) == ("done", 2, POLICE)
        assert (second.outcome, second.version, second.position) == ("nothing", 2, 0)
    assert check_log(store) == 4


def test_a_closing_agency_is_accountable_until_a_view_that_is_current_says_no(store: Store) -> None:
    operator = Author(HUB_SYSTEM)
    known: list[tuple[int, list[bytes]] | None] = [None]
    with running(store, roles=lambda agency: known[0]) as writer:
        found(writer)
        closed = one(writer, operator(names.CloseAgency(POLICE, TOWN, "撤并"), HUB_AGENCY))
        assert closed.outcome == "done"

        def dissolve() -> str:
            return outcomes(writer.ask([operator(names.DissolveAgency(POLICE, "撤并"), HUB_AGENCY)]))[0]

        assert dissolve() == "agency.still_accountable"
        known[0] = (closed.position - 1, [])  # no role, but before it was closing it may have got one
        assert dissolve() == "agency.still_accountable"
        known[0] = (closed.position, [os.urandom(16)])
        assert dissolve() == "agency.still_accountable"
        known[0] = (closed.position, [])
        assert dissolve() == "done"
    with running(store) as writer:
        police = writer.registry.agency(POLICE)
        assert police is not None
        assert police.state == "dissolved"
