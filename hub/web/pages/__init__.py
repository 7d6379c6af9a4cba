"""What people see (页面): server-rendered pages, one module per page, zh-CN first."""

from __future__ import annotations

from .assets import router as assets

ROUTERS = (assets,)
