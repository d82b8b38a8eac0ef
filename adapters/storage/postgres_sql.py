"""Statements as PostgreSQL's protocol has them: numbered parameters instead of named ones."""

from __future__ import annotations

import re
from functools import cache

NAME = re.compile(r"'[^']*'|::|:([a-z_]+)")  # text and casts are passed over


@cache
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """A statement with ``$1``, ``$2``, … and the name that each stands for.

    A name that comes twice is two parameters: the server finds a type for each by itself.
    """
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0]
        names.append(name)
        return f"${len(names)}"

    return NAME.sub(numbered, sql), tuple(names)
