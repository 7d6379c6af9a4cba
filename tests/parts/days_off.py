"""An operator's own days off (HUB_DAYS_OFF), as tests load them."""

from __future__ import annotations

YI_NEW_YEAR = """
version = "office.1"
region = "5323"
source = "test"
[[days]]
first = 2026-11-26
last = 2026-11-27
work = false
zh = "彝族年"
en = "Yi New Year"
source = "test"
"""
