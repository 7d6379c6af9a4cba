"""A filter is its query string; what is not a filter is refused by name."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import words as w
from hub.policy.pack import CHANNELS
from hub.projections.obligations import BadFilter, Filter, Moment
from hub.projections.obligations.filter import AGES, BUCKETS, LIGHTS, OVER, STEPS
from hub.words import DAY, HOUR
from tests.projections.parts import pack

CODES = st.lists(st.from_regex(r"[0-9]{6,12}\.[a-z.]{2,12}", fullmatch=True), max_size=4, unique=True).map(tuple)


def maybe(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *values))


FILTERS = st.builds(
    Filter, channel=maybe(*CHANNELS), township=st.from_regex(r"([0-9]{1,12})?", fullmatch=True), agencies=CODES,
    without=CODES, kind=maybe(*w.KINDS), names=st.lists(st.sampled_from(w.OBLIGATIONS), unique=True).map(tuple),
    light=maybe(*LIGHTS, OVER), bucket=maybe(*BUCKETS), age=maybe(*AGES),
)  # fmt: skip


@given(FILTERS)
def test_the_query_gives_the_filter_back(wanted: Filter) -> None:
    assert Filter.from_query(parse_qsl(wanted.query())) == wanted
    assert (wanted.query() == "") == wanted.everything


def test_the_scope_is_never_in_the_query() -> None:
    wanted = Filter(channel="court", scope=frozenset({bytes(16)}))
    assert wanted.query() == "channel=court"
    assert Filter.from_query([("scope", "all"), ("lang", "en")], wanted.scope) == Filter(scope=wanted.scope)
    assert Filter(channel="court").query(light="over", names=("sign",)) == "channel=court&light=over&name=sign"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("channel", "post"), ("township", "53x"), ("township", "１２３"), ("township", "1" * 13), ("kind", "gift"),
        ("name", "signing"), ("light", "red"), ("bucket", "soon"), ("age", "old"), ("agency", "x" * 65),
        ("agency", "a\nb"), ("without", ",".join(f"c{n}" for n in range(61))),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadFilter) as why:
        Filter.from_query([(name, value)])
    assert why.value.field == name


def test_every_limit_belongs_to_one_step() -> None:
    assert sorted(name for names in STEPS.values() for name in names) == sorted(w.OBLIGATIONS)


def test_days_ahead_are_local_ones() -> None:
    eleven = 1_790_000_000 * w.SECOND // DAY * DAY + 15 * HOUR  # 23:00 in China
    moment = Moment.of(eleven, pack())
    assert moment.midnight == eleven + HOUR and moment.ages() == (4 * HOUR, 12 * HOUR, 24 * HOUR, 36 * HOUR)
    assert [moment.bucket(eleven + h * HOUR) for h in (0, 1, 2, 73, 74, 241, 242)] == [
        "over0", "today", "in3", "in3", "in10", "in10", "later",
    ]  # fmt: skip
    assert [moment.bucket(eleven - d * DAY) for d in (0, 1, 3, 7)] == ["over0", "over1", "over3", "over7"]
