"""What is never kept about a person, whoever asks for it.

Words and shapes only; the person's confirmation stands behind it, and they can forget
what slipped through. What an organisation's own directory says is not judged here.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Matter(StrEnum):
    """Why something is not kept."""

    SECRET = "secret"  # noqa: S105 - a name
    SENSITIVE = "sensitive"


_SECRET = re.compile(
    r"\b(?:pass ?words?|passphrases?|passcodes?|passw(?:o|ö)rt(?:er)?|kennwort|mot de passe"
    r"|contraseña|pin(?: ?code| number)?|cvv|cvc|api[ -]?keys?|access[ -]?keys?|secret[ -]?keys?"
    r"|private keys?|secrets?|credentials?|(?:recovery|backup|one[ -]time|security) codes?|otp"
    r"|(?:access|bearer|auth\w*|api) tokens?|iban|(?:bank )?account numbers?"
    r"|(?:credit |debit )?card numbers?|social security|ssn|passport numbers?|tax ids?)\b"
    r"|\b(?:xox[abeprs]|xapp|sk|pk|ghp|gho|glpat|rk)[-_][\w-]{8,}|\bAKIA[0-9A-Z]{12,}"
    r"|\beyJ[\w-]{10,}|\b[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}\b|-----BEGIN",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}")
_DIGITS = re.compile(r"\d(?:[ -]?\d){12,18}")
_SENSITIVE_WORDS = (  # "_" stands for a space
    r"diagnos\w* illness\w* diseases? cancer tumou?rs? diabet\w* depress(?:ed|ion|ive)"
    r" pregnan\w* miscarriage hiv aids medications? antidepressants? therap(?:y|ist)\w*"
    r" psychiatr\w* psycholog\w* surgery disabilit\w* disabled allerg\w* asthma\w* epilep\w*"
    r" adhd autis\w* anxiety bipolar addict(?:ed|ion|ive) alcoholi\w* sick(?:ness)? ill"
    r" chronic\w* blood_(?:type|pressure|group) schwanger\w* krank\w* enceinte malad\w*"
    r" embarazad\w* enferm\w* religio\w* christianity"
    r" (?:am|are|is|a|be)_(?:a_)?christian(?!_[A-Z]) catholics? protestants? muslims?"
    r" islam\w* jew(?:s|ish)? judaism hindu\w* buddhis\w* sikhs? atheis\w* agnostic mosque"
    r" synagogue church pray(?:s|ing|ers?)? politic\w* vot(?:e|es|ed|ing)_for republicans?"
    r" socialists? communists? trade_unions? union_members? gay lesbian bisexual\w*"
    r" homosexual\w* heterosexual\w* trans(?:gender|sexual)\w* non-?binary queer sexual\w*"
    r" ethnic\w* racial (?:my|your)_race convict(?:ed|ion)\w* criminal\w* arrested prison"
    r" divorc\w*"
)
_SENSITIVE = re.compile(
    rf"\b(?:{_SENSITIVE_WORDS.replace(' ', '|').replace('_', ' ')})\b", re.IGNORECASE
)


def matter(words: str) -> Matter | None:
    """Why these words are not kept, or None when they may be."""
    if _SECRET.search(words) or _TOKEN.search(words) or any(map(_card, _DIGITS.findall(words))):
        return Matter.SECRET
    return Matter.SENSITIVE if _SENSITIVE.search(words) else None


def _card(digits: str) -> bool:
    """Whether digits are those of a payment card (ISO/IEC 7812, the check digit)."""
    reverse = [int(each) for each in reversed(digits) if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in reverse[1::2]]
    return (sum(reverse[::2]) + sum(doubled)) % 10 == 0
