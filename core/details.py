"""The details of a conversation that no summary may lose, kept by code and exactly as said.

Ids, numbers, dates, amounts, addresses and error codes are found by their shape; what
they belong to is not guessed. The newest come first, so that the last word on a matter
stands before what it replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ROOM = 1_200  # characters of them in a prompt
LONGEST = 60  # characters of one
SHORTEST = 3  # characters; a "2" without its sentence says nothing
READ = 12_000  # characters of one text, the most a person may send

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_NTH = r"(?:st|nd|rd|th)"
_UNIT = r"(?:eur|usd|gbp|chf|days?|hours?|weeks?|months?|years?|minutes?|gb|mb|km)"
_CANDIDATE = re.compile(
    rf"\b\d{{1,2}}(?:{_NTH}|\.)? {_MONTH}(?: \d{{4}})?\b"
    rf"|\b{_MONTH} \d{{1,2}}{_NTH}?(?:, \d{{4}})?\b"
    r"|[€£$¥] \d[\d.,]{0,20}|(?:[^\s,;()\"'<>]|(?<=\d),(?=\d))++"
    rf"(?:(?<=\d)(?: ?[€%](?!\d)| {_UNIT}\b))?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]{2,12}_[A-Z_]{2,40}$|[A-Z]{5,20}$")  # ECONNREFUSED, also booking codes


def details(text: str) -> tuple[str, ...]:
    """The details of a text in its order, each once."""
    found = (
        each.strip(".:!?*_`{}[]")[:LONGEST]
        for each in _CANDIDATE.findall(text[:READ])
        if any(letter.isdecimal() for letter in each) or _CODE.match(each)
    )
    return tuple(dict.fromkeys(filter(None, found)))


def newest_first(texts: Iterable[str], known: Iterable[str] = ()) -> tuple[str, ...]:
    """The details of texts, oldest text first, before those known already."""
    newest: dict[str, None] = {}
    for text in reversed(list(texts)):
        newest.update(dict.fromkeys(each for each in details(text) if len(each) >= SHORTEST))
    newest.update(dict.fromkeys(known))
    return tuple(newest)


def listed(known: Iterable[str], room: float = ROOM) -> str:
    """The newest details in one line, as many as have room."""
    line = ""
    for detail in known:
        longer = f"{line}, {detail}" if line else detail
        if len(longer) > room:
            break
        line = longer
    return line
