"""Find personal data and secrets in a text by their shape, their checksum and the word before.

Names and addresses have no shape; they are not looked for. What looks like a number of
ours, an order or a ticket by the word before it, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from stdnum import iban, luhn
from stdnum.us import ssn

from adapters.redact.phones import is_phone

READ_MOST = 12_000  # characters, the most a person may send
CHECKED_MOST = 40  # of a kind; in a flood of them the rest is masked unchecked
BEFORE = 24  # characters before a number that say what it is


class Kind(StrEnum):
    """What was found, in the words that stand in its place."""

    SECRET = "secret"  # noqa: S105 — a kind of find, not one
    PASSWORD = "password"  # noqa: S105 — likewise
    EMAIL = "e-mail address"
    IBAN = "bank account"
    CARD = "card number"
    SSN = "social security number"
    IP = "IP address"
    PHONE = "phone number"


@dataclass(frozen=True, slots=True)
class Found:
    """Where something stands in a text."""

    start: int
    end: int
    kind: Kind


_OURS = re.compile(
    r"(?:order|invoice|ticket|case|ref(?:erence)?|tracking|serial|sku|model|part|build|version|v"
    r"|release|error|article|item|batch|room|bestellung|rechnung|commande|factura|pedido)"
    r"(?:[ -]?(?:number|no|nr|id|code)s?|s)?[\s.:#=]{0,3}$|#$",
    re.IGNORECASE,
)
_NO_DIGIT = re.compile(r"\D")
_SSN_SAID = re.compile(r"ssn|social|security", re.IGNORECASE)


_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.SECRET,
        re.compile(
            r"(?<![\w-])(?:sk-[\w-]{20,200}|[sr]k_(?:live|test)_\w{16,200}|gh[pousr]_\w{30,255}"
            r"|github_pat_\w{30,255}|glpat-[\w-]{20,100}|(?:AKIA|ASIA)[A-Z0-9]{16}"
            r"|AIza[\w-]{35}|npm_\w{36}|xox[a-z]-[\w-]{10,250}|xapp-[\w-]{10,250}"
            r"|eyJ[\w-]{10,2000}\.[\w-]{10,4000}\.[\w-]{10,1000})"
            r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\w+/=\s]{0,8000}"
        ),
    ),
    (
        Kind.SECRET,
        re.compile(
            r"\b(?:api[ _-]?key|access[ _-]?key|secret|token)\b\s{0,3}(?:is|:|=)\s{0,3}[\"'`]?"
            r"(?P<find>(?=[\w.+/=-]{0,200}\d)[\w.+/=-]{12,200})",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PASSWORD,
        re.compile(
            r"\b(?:password|passwd|passcode|pwd|pw|passwort|kennwort|mot de passe|contraseña|senha)"
            r"\b[^\S\n]{0,3}(?:is|was|to|ist|lautet|est|es|é|:|=)[^\S\n]{0,3}:?[^\S\n]?[\"'`]?"
            r"(?P<find>(?=[^\s\"'`]{0,60}[\d!@#$%^&*_])[^\s\"'`]{4,60}[^\s\"'`.,;?])",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PASSWORD,  # of a sign-in written as "somebody@example.com / password"
        re.compile(
            r"@[\w.-]{1,100}\.[a-z]{2,24}[^\S\n]?[/|:][^\S\n]?"
            r"(?P<find>(?=[^\s]{0,60}[\d!@#$%^&*_])[^\s]{5,60}[^\s.,;])",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.EMAIL,
        re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"),
    ),
    (
        Kind.IBAN,
        re.compile(
            r"\b[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?)\b"
            r"|\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b"
        ),
    ),
    (Kind.CARD, re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")),
    (Kind.SSN, re.compile(r"(?<![\w-])\d{3}([- ])\d{2}\1\d{4}(?![\w-])")),
    (
        Kind.IP,
        re.compile(
            rf"(?<![\w.])(?:{_BYTE}\.){{3}}{_BYTE}(?![\w.]*\w)"
            r"|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){1,7}(?![\w:])",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PHONE,
        re.compile(
            r"(?<![\w.+/-])(?:\+|00)?\(?\d(?:[ ./()-]{0,3}\d){6,14}"
            r"(?:[ ,]{0,2}(?:x|ext\.?) ?\d{1,6})?(?![\w/-]|\.\d)",
            re.IGNORECASE,
        ),
    ),
)


def personal(text: str, kinds: AbstractSet[Kind] = frozenset(Kind)) -> Iterator[Found]:
    """What is found in a text's first 12,000 characters; nothing overlaps, secrets come first."""
    read = text[:READ_MOST]
    taken: list[tuple[int, int]] = []
    for kind, pattern in (each for each in _SHAPES if each[0] in kinds):
        for number, match in enumerate(pattern.finditer(read)):
            start, end = match.span("find" if "find" in pattern.groupindex else 0)
            if any(start < until and since < end for since, until in taken):
                continue
            before = read[max(0, start - BEFORE) : start]
            if number >= CHECKED_MOST or _sure(kind, before, read[start:end]):
                taken.append((start, end))
                yield Found(start, end, kind)


def _sure(kind: Kind, before: str, found: str) -> bool:
    """Whether what has the shape of a kind is one, by its checksum and by the word before it."""
    match kind:
        case Kind.CARD:
            digits = _NO_DIGIT.sub("", found)
            return len(set(digits)) > 1 and luhn.is_valid(digits)
        case Kind.IBAN:
            return bool(iban.is_valid(found, check_country=False))
        case Kind.SSN:
            said = _SSN_SAID.search(before) is not None
            return said or (ssn.is_valid(found.replace(" ", "-")) and not _OURS.search(before))
        case Kind.IP:
            return not _OURS.search(before)
        case Kind.PHONE:
            return not _OURS.search(before) and is_phone(found, before)
        case _:
            return True
