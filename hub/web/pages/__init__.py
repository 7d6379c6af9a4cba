"""What people see (页面): server-rendered pages, one module per page, zh-CN first."""

from __future__ import annotations

from .account import router as account
from .acts import router as acts
from .acts_bulk import router as acts_bulk
from .acts_foretold import router as acts_foretold
from .agencies import router as agencies
from .agency import router as agency
from .assets import router as assets
from .board import router as board
from .cases import router as cases
from .desk import router as desk
from .desk_file import router as desk_file
from .dispute import papers_router as papers
from .dispute import router as dispute
from .flows import router as flows
from .limits import router as limits
from .live import router as live
from .rules import router as rules
from .screening import router as screening
from .screening_acts import router as screening_acts
from .screening_book import router as screening_book
from .screening_ledger import router as screening_ledger
from .sent import router as sent
from .sign_in import router as sign_in
from .statistics import router as statistics
from .statistics_files import router as statistics_files
from .welcome import router as welcome

ROUTERS = (
    assets,
    sign_in,
    welcome,
    account,
    acts_bulk,
    acts_foretold,
    acts,
    desk,
    desk_file,
    board,
    cases,
    limits,
    sent,
    agencies,
    agency,
    flows,
    statistics,
    statistics_files,
    screening,
    screening_acts,
    screening_book,
    screening_ledger,
    rules,
    live,
    dispute,
    papers,
)
