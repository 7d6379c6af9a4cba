"""structlog and the standard library's logging as one stream: JSON for machines, a console for people.

Guarantee: no personal data in a line. Events are written with codes and ids only; of an exception the log
gets its type and the places it went through, never its message (a database's or a parser's message quotes
what it was given).
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from types import TracebackType
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Raised = tuple[type[BaseException], BaseException, TracebackType | None]
FRAMES: Final = 12  # innermost places of a traceback that are kept
# Libraries that write a line per request: their warnings are enough.
QUIET: Final = ("urllib3", "sqlalchemy", "alembic", "asyncio", "uvicorn.access")
# Writes several errors per second while a broker is away; relay and intake say once what is the matter.
SILENT: Final = ("kafka",)


def configure_logging(form: str = "console", level: str = "info") -> None:
    """Set up logging for this process. ``form`` is ``json`` or ``console``; lines go to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        places,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    render: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = _Lines()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.WARNING if level == "debug" else logging.CRITICAL)
    # uvicorn brings handlers of its own unless it is told not to; what it says goes the same way as all else.
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True


class _Lines(logging.Handler):
    """Writes to whatever standard error is at the moment: who replaces it gets the lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line; a stream that is gone loses it, nothing else."""
        try:
            line = self.format(record) + "\n"
        except Exception:
            self.handleError(record)
            return
        with contextlib.suppress(ValueError, OSError):
            sys.stderr.write(line)


def places(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its types and places."""
    raised = _raised(event.pop("exc_info", None))
    event.pop("exc_text", None)
    if raised is None:
        return event
    kinds: list[str] = []
    why: BaseException | None = raised[1]
    while why is not None and len(kinds) < 5:
        kinds.append(type(why).__name__)
        why = why.__cause__ or why.__context__
    found = traceback.extract_tb(raised[2] or raised[1].__traceback__)[-FRAMES:]
    event["error"] = " < ".join(kinds)
    event["where"] = [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in found]
    return event


def _raised(given: Any) -> Raised | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    found = given if isinstance(given, tuple) else sys.exc_info() if given else None
    return found if found is not None and found[0] is not None else None
