"""Any list as .xlsx: what every export of the hub has in common.

Guarantee: dates are real dates (local time, Asia/Shanghai), case numbers and ids are text and stay as they are, nothing
is a formula or a link (a text that begins with ``=`` is text), the head stands still when rows scroll and repeats in
print. The last sheet says what the list is: filter, position, time, for whom. Rows are read once, one at a time, and
kept in a file, never in memory. The same rows give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from hub.words import HOUR

OFFSET: Final = 8 * HOUR
DATE: Final = "yyyy-mm-dd hh:mm"
A4: Final = 9
LONGEST: Final = 32_767  # characters of one cell: what spreadsheet programs take
SAFE: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Row = Mapping[str, Any]
Cell = str | int | float | datetime | None


class Column(NamedTuple):
    """One column: head, width in characters, how a row gives its cell."""

    head: str
    width: int
    cell: Callable[[Row], Cell]


class Sheet(NamedTuple):
    """One list: its name on the tab, columns and rows; ``freeze``: columns that stand still."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    freeze: int = 1


Note = tuple[str, str]


def write_lists(
    target: IO[bytes], title: str, now: int, sheets: Iterable[Sheet], notes: Callable[[int], tuple[str, Sequence[Note]]]
) -> int:
    """Write a workbook; how many rows it has. ``notes``: from that number the last sheet's name and its lines."""
    options = {**SAFE, "constant_memory": True, "default_date_format": DATE, "remove_timezone": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title, "created": local(now)})
        book.set_size(1800, 1100)
        head = head_format(book)
        count = sum(write_table(book.add_worksheet(sheet.name), sheet, head) for sheet in sheets)
        name, lines = notes(count)
        write_notes(book.add_worksheet(name), lines)
    return count


def local(at: int | None) -> datetime | None:
    """Local date and time of an instant, without a zone: what spreadsheets know."""
    if at is None:
        return None
    return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=at + OFFSET)).replace(tzinfo=None, microsecond=0)


def head_format(book: Any) -> Any:
    """How heads of columns look."""
    return book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1, "text_wrap": True, "valign": "top"})


def write_table(sheet: Worksheet, table: Sheet, head: Any) -> int:
    """A list, row by row; how many rows it has."""
    for i, column in enumerate(table.columns):
        sheet.set_column(i, i, column.width)
        sheet.write_string(0, i, column.head, head)
    last = 0
    for last, row in enumerate(table.rows, 1):
        for i, column in enumerate(table.columns):
            write_cell(sheet, last, i, column.cell(row))
    sheet.freeze_panes(1, table.freeze)
    sheet.autofilter(0, 0, max(last, 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    return last


def write_cell(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """A value by its type; nothing for none and empty text."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value[:LONGEST])


def write_notes(sheet: Worksheet, lines: Iterable[Note]) -> None:
    """Names and what is said of them."""
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for n, (name, says) in enumerate(lines):
        sheet.write_string(n, 0, name)
        sheet.write_string(n, 1, says[:LONGEST])
