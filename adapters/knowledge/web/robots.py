"""What a site asks of robots (RFC 9309), matched in time linear in an address.

The parser of the standard library knows no wildcards and takes the first rule instead
of the longest; expressions made of a site's own stars could be made to run for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

NAME = "frontdesk"
MOST_BYTES = 500_000
MOST_RULES = 5_000
SLOWEST = 10.0  # seconds between pages that are honoured; a site that asks for more is read so


@dataclass(frozen=True, slots=True)
class Rule:
    """A path with its stars; a "$" at its end means the end of the address."""

    path: str
    allows: bool

    def matches(self, address: str) -> bool:
        """Whether an address begins as the rule says."""
        whole = self.path.endswith("$")
        first, *rest = self.path.removesuffix("$").split("*")
        if not address.startswith(first):
            return False
        at = len(first)
        for number, part in enumerate(rest, 1):
            if whole and number == len(rest):
                return len(address) - len(part) >= at and address.endswith(part)
            found = address.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return not whole or at == len(address)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for us, and the seconds to wait between pages."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0

    def allow(self, address: str) -> bool:
        """Whether a page may be read: the longest rule counts, of two the one that allows."""
        address = _plain(address)
        best = max(
            (rule for rule in self.rules if rule.matches(address)),
            key=lambda rule: (len(rule.path), rule.allows),
            default=None,
        )
        return best is None or best.allows


def parse(text: str) -> Robots:
    """The rules of a robots.txt that are for us, else those for everyone."""
    ours, all_others = _Group(), _Group()
    group: list[_Group] = []
    naming = False
    for name, value in _fields(text.splitlines()):
        if name == "user-agent":
            group = group if naming else []
            agent = value.casefold().partition("/")[0]
            group += [ours] if agent == NAME else [all_others] if agent == "*" else []
            naming = True
            for each in group:
                each.named = True
            continue
        naming = False
        for each in group:
            each.take(name, value)
    return (ours if ours.named else all_others).robots()


class _Group:
    """The rules for one name."""

    def __init__(self) -> None:
        self.named = False
        self._rules: list[Rule] = []
        self._delay = 0.0

    def take(self, name: str, value: str) -> None:
        if name in ("allow", "disallow") and value and len(self._rules) < MOST_RULES:
            self._rules.append(Rule(_plain(value), name == "allow"))
        elif name == "crawl-delay":
            try:
                self._delay = min(max(float(value), 0.0), SLOWEST)
            except ValueError:
                return

    def robots(self) -> Robots:
        return Robots(tuple(self._rules), self._delay)


def _fields(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().casefold(), value.strip()


def _plain(path: str) -> str:
    """One spelling of a path, however much of it was escaped."""
    return quote(unquote(path), safe="/*$?=&:@!~+,;'()[]")
