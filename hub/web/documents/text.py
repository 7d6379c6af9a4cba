"""How documents write dates, limits, money and texts: Chinese, local time (Asia/Shanghai), figures in full.

Source: GB/T 9704-2012 7.3.5.4 (dates: Arabic figures, month and day without a leading zero); capital figures of money:
hub default, after the usage of payment instruments.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from ..exports.table import local

UNITS: Final = {"h": "小时", "d": "日", "w": "个工作日", "m": "个月"}
RULE: Final = re.compile(r"[\w.]+\.(\d+)([hdwm])(?:\+(\d+)([hdwm]))?(?:@\d+)?(~?)")  # as events name rules
DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿", "万亿")
MOST: Final = 10**16  # yuan that can be written so
# What XML 1.0 cannot hold (section 2.2) never reaches a file; a line ends with one character.
UNFIT: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(typed: str) -> str:
    """A typed text without what a file cannot hold."""
    return UNFIT.sub("", typed.replace("\r\n", "\n").replace("\r", "\n")).strip()


def day(at: int) -> str:
    """2026年11月25日."""
    return _day(_local(at))


def day_of(written: str) -> str:
    """The same for a local date as events have it (YYYY-MM-DD)."""
    return _day(date.fromisoformat(written))


def minute(at: int) -> str:
    """2026年11月25日8时12分."""
    when = _local(at)
    return f"{_day(when)}{when.hour}时{when.minute}分"


def until(due_at: int, rule: str) -> str:
    """When a limit ends and how long it is: 2026年11月30日24时止（3个工作日）."""
    ends = _local(due_at - 1)
    last = f"{_day(ends)}24时" if (ends.hour, ends.minute) == (23, 59) else minute(due_at)
    found = RULE.fullmatch(rule)
    if found is None:
        return f"{last}止"
    amount, unit, more, more_unit, provisional = found.groups()
    longer = f"，延长{int(more)}{UNITS[more_unit]}" if more else ""
    return f"{last}止（{int(amount)}{UNITS[unit]}{longer}{'，暂定' if provisional else ''}）"


def money(fen: int) -> str:
    """12,000.00元（大写：壹万贰仟元整）."""
    return f"{fen // 100:,}.{fen % 100:02d}元" + (f"（大写：{capital(fen)}）" if 0 <= fen < MOST * 100 else "")


def capital(fen: int) -> str:
    """An amount in capital figures, from 0 to below 10^16 yuan."""
    yuan, cents = divmod(fen, 100)
    jiao, fens = divmod(cents, 10)
    made = _whole(yuan) + "元" if yuan or not cents else ""
    if not cents:
        return made + "整"
    if jiao:
        made += DIGITS[jiao] + "角"
    elif yuan:
        made += "零"
    return made + (DIGITS[fens] + "分" if fens else "整")


def _whole(yuan: int) -> str:
    if not yuan:
        return DIGITS[0]
    made, skipped, rest = "", False, f"{yuan}"
    for n, figure in enumerate(rest):
        power = len(rest) - 1 - n
        group, place = divmod(power, 4)
        if figure != "0":
            made += (DIGITS[0] if skipped else "") + DIGITS[int(figure)] + PLACES[place]
            skipped = False
        else:
            skipped = True
        if place == 0 and yuan // 10**power % 10_000:
            made += GROUPS[group]
    return made


def _day(when: date) -> str:
    return f"{when.year}年{when.month}月{when.day}日"


def _local(at: int) -> datetime:
    when = local(at)
    assert when is not None
    return when
