"""Tell phone numbers from other numbers."""

from __future__ import annotations

import re

_SAID = re.compile(
    r"\b(?:call|phone|tel|telephone|mobile|cell|fax|reach|ring|dial|text|sms|whatsapp|contact"
    r"|number is|telefon|handy|mobil|nummer|tél|téléphone|portable|numéro|teléfono|móvil|número"
    r"|telefone|telefono|cellulare|bel|hotline)\b",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[ ./()-]")
_DATE = re.compile(
    r"(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4})(?:\s+\d{1,2})?$"
)
REGIONS = ("US", "GB", "DE", "FR", "ES", "PT", "IT", "NL", "AT", "CH", "IE", "IN", "AU")


def is_phone(found: str, before: str) -> bool:
    """Whether a run of digits is a phone number.

    Args:
        before: What stands before it in the text.
    """
    digits = sum(each.isdecimal() for each in found)
    if _DATE.match(found):
        return False
    if found.startswith(("+", "00")):
        return digits >= 8
    if _SAID.search(before):
        return True
    return _GROUPED.search(found) is not None and _valid_somewhere(found)


def _valid_somewhere(found: str) -> bool:
    import phonenumbers  # here, for its tables take a while and most texts have no number

    for region in REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(found, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
