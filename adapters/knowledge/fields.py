"""Read the fields of an article, each with what is wrong with it by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urlsplit

from adapters.knowledge.front_matter import Field, FrontMatterInvalid
from adapters.knowledge.visible import seen

DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
LONGEST_VALUE = 300  # characters
LONGEST_LINK = 2_000  # characters
MOST_KEYWORDS = 50


class Fields:
    """The front matter by name. Every method raises ``FrontMatterInvalid``."""

    def __init__(self, fields: Mapping[str, Field], end: int) -> None:
        self._fields, self._end = fields, end

    def error(self, name: str, what: str) -> FrontMatterInvalid:
        """What is wrong with a field; one that is missing is named at the end."""
        line = self._fields[name].line if name in self._fields else self._end
        return FrontMatterInvalid(line, f"'{name}' {what}")

    def text(self, name: str, longest: int = LONGEST_VALUE) -> str:
        """One value as a line of visible text; empty when it is not there."""
        field = self._fields.get(name)
        if field is None:
            return ""
        if field.items is None or field.is_list:
            raise self.error(name, "must be one text, not a list.")
        value = " ".join(seen(field.items[0]).split())
        if len(value) > longest:
            raise self.error(name, f"has {len(value)} characters; {longest} is the most.")
        return "" if value in {"~", "null"} else value

    def list(self, name: str) -> tuple[str, ...]:
        """Several values, written as a list or with commas between them."""
        field = self._fields.get(name)
        if field is None:
            return ()
        if field.items is None:
            raise self.error(name, "must be a plain list of words.")
        items = field.items if field.is_list else tuple(field.items[0].split(","))
        words = tuple(word for item in items if (word := " ".join(seen(item).split())))
        if len(words) > MOST_KEYWORDS or any(len(word) > LONGEST_VALUE for word in words):
            raise self.error(
                name, f"holds at most {MOST_KEYWORDS} words of {LONGEST_VALUE} characters."
            )
        return words

    def date(self, name: str) -> date | None:
        """A day, if it is there."""
        value = self.text(name)
        if not value:
            return None
        if not DATE.fullmatch(value):
            raise self.error(name, f"is '{value}'; write it as YYYY-MM-DD.")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(name, f"is '{value}'; there is no such day.") from None

    def link(self, name: str) -> str:
        """A whole web address, or empty."""
        value = self.text(name, LONGEST_LINK)
        try:
            parts = urlsplit(value)
            whole = parts.scheme in {"http", "https"} and parts.hostname and " " not in value
        except ValueError:
            whole = False
        if value and not whole:
            raise self.error(name, f"is '{value}'; write a whole https:// address, or none.")
        return value

    def language(self, name: str) -> str:
        """A language code, or empty."""
        value = self.text(name)
        if value and not LANGUAGE.fullmatch(value):
            raise self.error(name, f"is '{value}'; write a code such as en or pt-BR.")
        return value
