"""An operator's own days off (HUB_DAYS_OFF), as tests load them."""

from __future__ import annotations


def days_off(first: str, last: str, *, region: str = "5323", zh: str = "彝族年", en: str = "Yi New Year") -> str:
    """The text of a file with one holiday; in the region "" it is the whole country's."""
    return f"""
version = "office.1"
region = "{region}"
source = "test"
[[days]]
first = {first}
last = {last}
work = false
zh = "{zh}"
en = "{en}"
source = "test"
"""


YI_NEW_YEAR = days_off("2026-11-26", "2026-11-27")
