"""Write ``schemas/openapi.json`` anew from the code: ``python -m ops.openapi``. A test holds the two equal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from hub.contract import load
from hub.web.app import create_app

FILE: Final = Path(__file__).parents[1] / "schemas" / "openapi.json"


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(create_app(load()).openapi(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
