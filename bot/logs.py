"""Logs: one JSON line an event, secrets blotted out wherever they turn up."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import orjson
import structlog

SECRETS = re.compile(
    r"\bxox[a-z]-[\w-]{6,}|\bxapp-[\w-]{6,}|\bxoxe\.[\w.-]{6,}|\bsk-ant-[\w-]{4,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]{4,}|(?<=Bearer )\S+"
)
VALUE_MOST = 2_000  # characters of one value


def _redacted(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRETS.sub("[secret]", value[:VALUE_MOST])
    return event


def _json(event: object, default: Callable[[Any], Any]) -> str:
    return orjson.dumps(event, default).decode()


def configure(*, pretty: bool) -> None:
    """Set up structlog and the standard library's logging the same way, on standard error."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    last = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if pretty
        else structlog.processors.JSONRenderer(_json)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line is one write
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
