"""
Logs: one line an event on standard error, for people or as JSON, and never a secret.

An event is ``noun.participle``, everything else a key. Records of libraries go the same way and through the same
redaction.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog

_SECRET_KEY = re.compile(r"token|password|passwd|secret|authorization|cookie|api[-_]?key|^pat$|_pat$|^pat_", re.IGNORECASE)
_SECRET_TEXT = (
    re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{6,}", re.IGNORECASE),
    re.compile(r"(?<=://)[^/@\s]+(?=@)"),
    re.compile(r"(?i)\b((?:access_|refresh_)?token|password|secret|pat)(\s*[=:]\s*)[^\s&,;'\"]+"),
)
_HIDDEN = "***"


def configure_logs(level: str = "INFO", form: Literal["human", "json"] = "human", stream: TextIO | None = None) -> None:
    """Send every log of this process to ``stream`` (standard error when ``None``), from ``level`` on."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_endings(form, handler.stream)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # A library tells of each connection at a level where we tell of each page.
    for noisy in ("urllib3", "alembic", "azure", "msrest", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The event without secrets: by the names of keys, and by the shapes that secrets have inside texts."""
    return {key: _HIDDEN if _SECRET_KEY.search(key) else redacted(value) for key, value in event.items()}


def redacted(value: Any) -> Any:
    """A value without secrets, whatever it is made of."""
    if isinstance(value, str):
        return _without_secrets(value)
    if isinstance(value, Mapping):
        return {key: _HIDDEN if _SECRET_KEY.search(str(key)) else redacted(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redacted(each) for each in value]
    return value


def _without_secrets(text: str) -> str:
    text = _SECRET_TEXT[0].sub(rf"\1 {_HIDDEN}", text)
    text = _SECRET_TEXT[1].sub(_HIDDEN, text)
    return _SECRET_TEXT[2].sub(rf"\1\2{_HIDDEN}", text)


def _endings(form: str, stream: TextIO) -> list[structlog.typing.Processor]:
    # Redaction comes after the traceback has become text, for a traceback quotes messages.
    if form == "json":
        locals_hidden = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [structlog.processors.ExceptionRenderer(locals_hidden), redact, structlog.processors.JSONRenderer()]
    plain = structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    return [structlog.processors.format_exc_info, redact, plain]
