"""Read one Markdown article: who wrote it, who may read it, and its text.

Who may read it is never assumed: an article that does not say is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.knowledge.fields import LONGEST_VALUE, Fields
from adapters.knowledge.front_matter import FrontMatterInvalid, split
from adapters.knowledge.markdown_text import first_heading
from core.errors import BotError
from core.evidence import Document


class ArticleInvalid(BotError):
    """An article cannot be used as it is; the text names file, line and remedy."""

    code = "article_invalid"

    def __init__(self, *, file: str, line: int, what: str) -> None:
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file}, line {line}: {what}")


@dataclass(frozen=True, slots=True)
class Article:
    """A document and its Markdown below the front matter."""

    document: Document
    body: str


def read_article(file: str, data: bytes) -> Article:
    """Read an article.

    Args:
        file: Its path below the folder, with "/"; it becomes the document's id.
        data: The whole file.

    Raises:
        ArticleInvalid: Something that matters is missing or cannot be understood.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        parts = split(text)
        fields = Fields(parts.fields, parts.end)
        audience = fields.text("audience")
        if not audience:
            raise fields.error(
                "audience", "is missing; write who may read this: public, everyone or a group."
            )
        title = fields.text("title") or first_heading(parts.body)
        if not title:
            raise fields.error("title", "is missing, and so is a heading; write one of them.")
        document = Document(
            document_id=file,
            title=title[:LONGEST_VALUE],
            link=fields.link("link"),
            owner=fields.text("owner"),
            updated=fields.date("updated"),
            audience=audience,
            language=fields.language("language"),
            keywords=fields.list("keywords"),
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleInvalid(
            file=file, line=line, what="this is not UTF-8 text. Save the file as UTF-8."
        ) from error
    except FrontMatterInvalid as error:
        raise ArticleInvalid(file=file, line=error.line, what=error.what) from error
    return Article(document, parts.body)
