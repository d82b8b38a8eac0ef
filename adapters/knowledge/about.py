"""What is known of a document besides its text: by itself, by a file beside it, by its folder.

``_about.yml`` speaks for the documents of its folder and below that say nothing
themselves; ``handbook.pdf.yml`` speaks for ``handbook.pdf``. The nearer one counts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import quote

from adapters.knowledge.fields import Fields
from adapters.knowledge.front_matter import fields_of

FOLDER = "_about.yml"
BESIDE = ".yml"


@dataclass(frozen=True, slots=True)
class About:
    """The front matter of a document, as far as it is known; empty where it is not."""

    title: str = ""
    link: str = ""
    owner: str = ""
    updated: date | None = None
    audience: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()

    def over(self, other: About) -> About:
        """This, and what ``other`` knows besides."""
        merged = {each.name: getattr(self, each.name) or getattr(other, each.name) for each in TOLD}
        return About(**merged)

    def below(self, path: str) -> About:
        """What a folder says, for a file below it: its link leads on to the file.

        Args:
            path: From the folder on, with "/".
        """
        link = self.link + quote(path) if self.link.endswith("/") else ""
        return About(
            "", link, self.owner, self.updated, self.audience, self.language, self.keywords
        )


TOLD = fields(About)


def read_about(data: bytes) -> About:
    """The fields of an ``_about.yml``, or of a file beside a document.

    Raises:
        FrontMatterInvalid: It cannot be read, or a value cannot be understood.
        UnicodeDecodeError: It is not UTF-8.
    """
    return about_of(Fields(fields_of(data.decode("utf-8-sig")), 1))


def about_of(fields: Fields) -> About:
    """The fields that are there, each in its form; raises ``FrontMatterInvalid``."""
    return About(
        title=fields.text("title"),
        link=fields.link("link"),
        owner=fields.text("owner"),
        updated=fields.date("updated"),
        audience=fields.text("audience"),
        language=fields.language("language"),
        keywords=fields.list("keywords"),
    )
