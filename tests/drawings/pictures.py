"""Random pictures for hypothesis: any number of holders, legs in any state, marks at any time, long and short names."""

from typing import Any

from hypothesis import strategies as st

from hub.web.drawings.days import days_of
from hub.web.drawings.model import Due, Hold, Lane, Leg, Mark, Picture, Say
from hub.words import HOUR
from tests.drawings.story import START

KINDS = ("transfer", "delegation", "escalation", "assignment", "assistance", "notice")
STATES = ("offered", "signed", "accepted", "concluded", "returned", "withdrawn", "lapsed")


@st.composite
def pictures(draw: Any) -> Picture:
    """A picture whose times are in order; otherwise anything that events could say, and more."""
    agencies = [bytes([n]) * 16 for n in range(1, draw(st.integers(2, 7)) + 1)]
    any_agency = st.sampled_from(agencies)
    hours = st.integers(0, draw(st.sampled_from((30, 300, 3_000))))
    cuts = sorted(draw(st.lists(hours, min_size=1, max_size=6, unique=True)))
    opened = draw(st.booleans())
    now = START + (cuts[-1] + draw(st.integers(1, 400))) * HOUR
    holders = draw(st.lists(any_agency, min_size=len(cuts), max_size=len(cuts)))
    times = [START + cut * HOUR for cut in cuts]
    holds = [
        Hold(agency, since, until, i)
        for i, (agency, since, until) in enumerate(zip(holders, times, [*times[1:], None], strict=True))
    ]
    legs = []
    for n in range(1, draw(st.integers(0, 7)) + 1):
        sender, receiver = draw(st.permutations(agencies))[:2]
        steps = sorted(draw(st.lists(hours, min_size=4, max_size=4)))
        a, b, c, d = (min(START + step * HOUR, now) for step in steps)
        kind, state = draw(st.sampled_from(KINDS)), draw(st.sampled_from(STATES))
        accepted = c if state in ("accepted", "concluded") else None
        ended = d if state in ("concluded", "returned", "withdrawn", "lapsed") else None
        signed = b if state != "offered" and draw(st.booleans()) else None
        legs.append(
            Leg(
                bytes([n]),
                n,
                kind,
                "mediation",
                sender,
                receiver,
                a,
                b,
                signed,
                accepted,
                ended,
                state,
                "missing_record",
            )
        )
    marks = [
        Mark(draw(st.sampled_from(("attempt", "uncounted", "urge", "reached", "performed", "broken"))),
             START + draw(hours) * HOUR, draw(any_agency), "1")
        for _ in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    if not opened:
        marks.append(Mark("closed", now, holders[-1], "办结"))
    says = []
    for _ in range(draw(st.integers(0, 3))):
        source, target = draw(st.permutations(agencies))[:2]
        says.append(Say("阶段反馈", source, target, START + draw(hours) * HOUR))
    dues = [
        Due("推进", now + draw(st.integers(1, 800)) * HOUR, draw(st.sampled_from(("", "soon", "late"))))
        for _ in range(3)
    ]
    lanes = [Lane(agency, "镇级") for agency in dict.fromkeys([*holders, *agencies])]
    return Picture("532301-2026-00001", now, tuple(lanes), tuple(holds), tuple(legs), tuple(says), tuple(marks),
                   tuple(dues), opened, days_of(draw(st.sampled_from(("", "532301")))))  # fmt: skip


def any_name(agency: bytes) -> str:
    """Names of all lengths, with everything that must be escaped."""
    return ("市调委会", "楚雄市人力资源和社会保障局人民调解委员会", 'A & "B" <C>', "鹿城派出所", "村")[agency[0] % 5]
