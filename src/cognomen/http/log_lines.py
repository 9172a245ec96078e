"""How a logged event becomes a line: JSON for machines, colours for people. One event is always one line of text."""

import json
import logging
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_encode = json.JSONEncoder(default=str).encode  # escapes all but ASCII, so that no value can break a line


def make_logger(level: str, form: Literal["json", "plain"], stream: TextIO) -> FilteringBoundLogger:
    """The logger of this process; events below `level` cost next to nothing.

    Tracebacks are printed without local variables, which may be secrets.
    """
    common: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    form_of: dict[str, list[Processor]] = {
        "json": [structlog.processors.format_exc_info, _as_json],
        "plain": [_for_people(colors=stream.isatty())],
    }
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[*common, *form_of[form]],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        cache_logger_on_first_use=True,
    ).bind()
    return logger


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    return _encode(event)


def _for_people(*, colors: bool) -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(
        colors=colors,
        repr_native_str=True,  # control characters are shown, not obeyed
        exception_formatter=structlog.dev.plain_traceback,
    )
