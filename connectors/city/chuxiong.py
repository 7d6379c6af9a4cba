"""The city of Chuxiong (楚雄市, 532301) as its justice bureau describes it, from the national region codes.

From the source (楚雄市司法局, 2023-10-19): one centre; the city committee with 11 industry or professional committees;
15 township, 31 community and 123 village committees, which with the city committee make the 170 with an electronic
seal; 34 department committees.
Courts, police and the other organs are those that the source's docking mechanisms (诉调、公调、检调、访调) name.
Hub defaults, because the source gives numbers without names: which 11 trades, which 34 departments, one group slot per
village unit (the source counts 231 + 2,878 groups), full-time mediators at the least number of the standard
(village 1, township 2, industry 3: 绵司法发〔2023〕79号; the city committee at 3, as an industry committee).
"""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import NamedTuple

from .agency import Agency

CITY = "532301"
DATA = "regions-532301-chuxiong.csv"

CIVIL = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "18")  # 民间纠纷: the civil branch of the ladder
ALL = tuple(f"{n:02}" for n in range(1, 23))

# Trades: hub defaults (the source gives only their number, 11). Code, name, dispute categories.
TRADES = (
    ("medical", "医疗纠纷", ("15",)),
    ("traffic", "道路交通事故纠纷", ("16",)),
    ("labour", "劳动争议", ("10", "11")),
    ("property", "物业纠纷", ("17",)),
    ("consumer", "消费纠纷", ("14",)),
    ("tourism", "旅游纠纷", ("12",)),
    ("finance", "金融纠纷", ("21",)),
    ("insurance", "保险纠纷", ("22",)),
    ("ip", "知识产权纠纷", ("19",)),
    ("online", "互联网纠纷", ("13", "20")),
    ("environment", "环境污染纠纷", ("09",)),
)

# Departments: hub defaults (the source gives only their number, 34). Code, name, dispute categories.
DEPARTMENTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("development", "发展和改革局", ("05",)),
    ("education", "教育体育局", ("18",)),
    ("industry", "工业和信息化局", ("05", "20")),
    ("science", "科学技术局", ("19",)),
    ("ethnic", "民族宗教事务局", ("18",)),
    ("civil", "民政局", ("01",)),
    ("finance", "财政局", ("21", "22")),
    ("hrss", "人力资源和社会保障局", ("10", "11")),
    ("nature", "自然资源局", ("03", "07", "08")),
    ("ecology", "生态环境局", ("09",)),
    ("housing", "住房和城乡建设局", ("03", "17")),
    ("transport", "交通运输局", ("16",)),
    ("agriculture", "农业农村局", ("05", "07")),
    ("water", "水务局", ("07",)),
    ("commerce", "商务局", ("13", "14")),
    ("culture", "文化和旅游局", ("12",)),
    ("health", "卫生健康局", ("15",)),
    ("veterans", "退役军人事务局", ("18",)),
    ("emergency", "应急管理局", ("06",)),
    ("audit", "审计局", ("18",)),
    ("market", "市场监督管理局", ("14", "19")),
    ("statistics", "统计局", ("18",)),
    ("medins", "医疗保障局", ("15", "22")),
    ("forestry", "林业和草原局", ("07",)),
    ("urban", "城市管理局", ("17",)),
    ("resettlement", "搬迁安置办公室", ("08",)),
    ("services", "政务服务管理局", ("18",)),
    ("investment", "投资促进局", ("04",)),
    ("assets", "国有资产监督管理局", ("04",)),
    ("supply", "供销合作社联合社", ("05",)),
    ("tax", "税务局", ("18",)),
    ("meteorology", "气象局", ("18",)),
    ("tobacco", "烟草专卖局", ("05",)),
    ("fire", "消防救援大队", ("06",)),
)


class Region(NamedTuple):
    """One administrative unit: national statistical code, name, level, code above."""

    code: str
    name: str
    level: str
    parent: str


def regions() -> list[Region]:
    """The city's units as the packaged data file has them."""
    text = files("schemas").joinpath("data", DATA).read_text("utf-8")
    return [Region(**row) for row in csv.DictReader(io.StringIO(text))]


def build(units: list[Region] | None = None) -> list[Agency]:
    """All agencies of the city, superiors before those below them."""
    units = regions() if units is None else units
    city = next(u.name for u in units if u.code == CITY)
    found = _city(city)
    for town in (u for u in units if u.level == "township"):
        found += _township(city, town)
        for village in (u for u in units if u.level == "village" and u.parent == town.code):
            found += _village(city + town.name, village)
    return found


def _city(city: str) -> list[Agency]:
    def organ(what: str, name: str, kind: str = "") -> Agency:
        return Agency(f"{CITY}.{what}", city + name, kind or what, "city", CITY)

    # Departments, police and petition stand below the centre by the centre's own rule, not by the tree.
    return [
        organ("centre", "矛盾纠纷多元化解中心"),
        Agency(f"{CITY}.pmc", city + "人民调解委员会", "committee", "city", CITY, f"{CITY}.centre", ALL, 3, True),
        *(
            Agency(
                f"{CITY}.pmc.{code}", f"{city}{name}人民调解委员会", "industry_committee", "city", CITY,
                f"{CITY}.pmc", competences, 3,
            )
            for code, name, competences in TRADES
        ),
        *(
            Agency(
                f"{CITY}.dept.{code}", f"{city}{name}人民调解委员会", "department_committee", "city", CITY,
                "", competences,
            )
            for code, name, competences in DEPARTMENTS
        ),
        organ("court", "人民法院"),
        organ("procuratorate", "人民检察院"),
        organ("police", "公安局"),
        organ("petition", "信访局"),
        organ("justice", "司法局"),
    ]  # fmt: skip


def _township(city: str, town: Region) -> list[Agency]:
    short = town.name[:-1]  # 鹿城镇 → 鹿城派出所, 鹿城司法所
    return [
        Agency(
            f"{town.code}.pmc", f"{city}{town.name}人民调解委员会", "committee", "township", town.code, f"{CITY}.pmc",
            CIVIL, 2, True,
        ),
        Agency(
            f"{town.code}.police", f"{city}公安局{short}派出所", "police", "township", town.code, f"{CITY}.police"
        ),
        Agency(
            f"{town.code}.justice", f"{city}司法局{short}司法所", "justice", "township", town.code, f"{CITY}.justice"
        ),
    ]  # fmt: skip


def is_community(unit: Region) -> bool:
    """A community (社区) rather than a village (村)."""
    return unit.name.endswith("社区居民委员会")


def _village(above: str, unit: Region) -> list[Agency]:
    community = is_community(unit)
    # 东兴社区居民委员会 → 东兴社区; 山嘴子村民委员会 and 山嘴子村委会 → 山嘴子村
    short = above + unit.name.removesuffix("居民委员会" if community else "民委员会").removesuffix("委会")
    group = short + ("居民小组调解席位" if community else "村民小组调解席位")
    committee = Agency(
        f"{unit.code}.pmc", short + "人民调解委员会", "committee", "village", unit.code, f"{unit.parent}.pmc", CIVIL, 1,
        True,
    )  # fmt: skip
    return [committee, Agency(f"{unit.code}.group", group, "group", "group", unit.code, committee.code, CIVIL)]
