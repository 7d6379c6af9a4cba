"""``python -m ops.history [--into FOLDER]``: plays the history of Chuxiong and prints its figures.

Each figure stands there twice: from the statistics view, and by plain SQL over the raw events read with a foreign Avro
reader. Exit code 1 when any two differ. ``--into``: leave ``hub.db`` and ``views.db`` in this (empty) folder.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import structlog

from hub.contract import load
from hub.projections.statistics import INDICATORS, Cohort, value, wan
from hub.words import agency_id

from .counts import chuxiong
from .made import Made, make
from .raw import export, sums

BEGIN, YEAR, END = date(2011, 3, 1), date(2023, 1, 1), date(2023, 8, 31)
COMMITTEE = "532301.pmc"
COHORTS = (  # title, first day, organ, decimals of its rates: as the source prints them
    ("2023-01 to 2023-08, all committees", YEAR, "", 0),
    ("of these, the city committee (其中)", YEAR, COMMITTEE, 2),
    ("2011-03 to 2023-08, the city committee", BEGIN, COMMITTEE, 2),
)


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m ops.history", description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path)
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = options.into or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        made = make(folder, chuxiong(), load())
        differing = compare(made)
        made.views.close()
    return 1 if differing else 0


def compare(made: Made) -> int:
    """Print every cohort's figures, both ways; how many differ."""
    database = export(made.log)
    differing = 0
    print(f"{made.commands} commands, {len(made.log)} events; every case invented\n")
    for title, first, organ, decimals in COHORTS:
        ident = agency_id(organ) if organ else None
        report = made.views.statistics.report(Cohort(first, END, agency=ident), 0)
        raw = sums(database, first, END, ident)
        print(f"{title} (as of position {report.position})")
        for name, n in raw.items():
            differs = n != report.total[name]
            differing += differs
            print(f"  {name:10} view {report.total[name]:>14}   sql {n:>14}{'   DIFFERS' if differs else ''}")
        for indicator in INDICATORS[:3]:
            rate = value(indicator, report.total, decimals)
            print(f"  {indicator.zh} {rate.part}/{rate.whole} = {rate.text}")
        print(f"  涉及金额 {wan(report.total['amount'])} 万元; reopened {report.total['reopened']}", end="")
        print(f", petitions after closing {report.total['petitions']}\n")
    return differing


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
