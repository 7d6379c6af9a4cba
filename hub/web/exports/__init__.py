"""Files that leave the hub for people: the ledger of disputes as a spreadsheet."""

from .ledger import Facts, write_ledger

__all__ = ["Facts", "write_ledger"]
