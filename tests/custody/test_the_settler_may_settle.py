"""Whoever owes the ruling on a contest may give it, even when the tree has been changed since."""

from tests.custody.say import accept, amend_agency, contest, refer, register, return_, settle
from tests.custody.stories import Act, offer, play, town

CONTESTED: tuple[Act, ...] = (  # the office stands above both
    ("committee", register()),
    offer(receiver="neighbours"),
    ("neighbours", return_("1")),
    ("committee", contest("1")),
)
MOVED: tuple[Act, ...] = (  # now it stands above neither
    ("hub", amend_agency("neighbours", "committee", "330303", None)),
    ("hub", amend_agency("committee", "committee", "330303", None)),
)


def test_settler_settles_after_the_tree_changed() -> None:
    hub = play(town(), (*CONTESTED, *MOVED))
    hub.when("office", settle("1")).then("referral.settled")


def test_a_new_superior_does_not_settle_an_old_contest() -> None:
    moved = (("hub", amend_agency("neighbours", "committee", "330302001202", "bureau")),)
    hub = play(town(), (*CONTESTED, *moved))  # their common superior is now the bureau
    hub.when("bureau", settle("1")).refused("assignment.not_superior")
    hub.when("office", settle("1")).then("referral.settled")


def test_the_settler_of_a_past_contest_has_had_a_role() -> None:
    hub = play(town(), (*CONTESTED, *MOVED, ("office", settle("1")), ("committee", refer("transfer", "station"), "2")))
    hub.when("office", accept("2")).refused("referral.not_receiver")
