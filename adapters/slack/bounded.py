"""Signed bodies to Python values, within bounds: depth, digits, fields, no key twice."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn
from urllib.parse import parse_qsl

DEPTH_MOST = 64  # Slack's deepest blocks nest some 20 levels
DIGITS_MOST = 20  # of one number
FIELDS_MOST = 100  # of a form
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
BRACKETS = re.compile(rb"[\[\]{}]")


class Malformed(ValueError):
    """A body that is signed and still not what Slack sends."""


def json_object(raw: bytes) -> dict[str, Any]:
    """The object of a JSON text."""
    _check_depth(raw)
    try:
        value = json.loads(
            raw,
            object_pairs_hook=_once,
            parse_constant=_refused,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON") from error
    if not isinstance(value, dict):
        raise Malformed("no JSON object")
    return value


def form(raw: bytes) -> dict[str, str]:
    """The fields of an URL-encoded form."""
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MOST,
            errors="strict",
        )
    except ValueError as error:
        raise Malformed("no form") from error
    return _once(pairs)


def _check_depth(raw: bytes) -> None:
    """Refuse deep nesting before any parser recurses into it; linear in the length."""
    depth = 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH_MOST:
            raise Malformed("nested too deep")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key twice")
    return found


def _refused(_constant: str) -> NoReturn:
    raise Malformed("not a number")


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MOST:
        raise Malformed("a number too long")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > 2 * DIGITS_MOST:
        raise Malformed("a number too long")
    return float(digits)
