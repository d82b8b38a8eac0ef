"""Read one Markdown article: who wrote it, who may read it, and its text.

Who may read it is never assumed: an article that does not say is refused, unless its
folder does.
"""

from __future__ import annotations

from adapters.knowledge.about import About, about_of
from adapters.knowledge.blocks import Block
from adapters.knowledge.fields import LONGEST_VALUE, Fields
from adapters.knowledge.front_matter import FENCE, FrontMatter, FrontMatterInvalid, split
from adapters.knowledge.language import ENGLISH, language_of
from adapters.knowledge.markdown_text import blocks
from adapters.knowledge.source import Article, Unreadable
from core.evidence import Document


def read_article(file: str, data: bytes, given: About = About()) -> Article:  # noqa: B008 - frozen
    """Read an article.

    Args:
        file: Its path below the folder, with "/"; it becomes the document's id.
        data: The whole file.
        given: What its folder says of it.

    Raises:
        Unreadable: Something that matters is missing or cannot be understood.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        parts = _parts(text, given)
        fields = Fields(parts.fields, parts.end)
        about = about_of(fields).over(given)
        body = tuple(blocks(parts.body))
        document = _document(file, about, fields, body)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "this is not UTF-8 text. Save the file as UTF-8."
        raise Unreadable(file, what, line=line) from error
    except FrontMatterInvalid as error:
        raise Unreadable(file, error.what, line=error.line) from error
    return Article(document, body)


def _parts(text: str, given: About) -> FrontMatter:
    """Front matter and body; there need be none where the folder says who may read it."""
    if given.audience and not text.startswith(FENCE):
        return FrontMatter({}, text, 1)
    return split(text)


def _document(file: str, about: About, fields: Fields, body: tuple[Block, ...]) -> Document:
    if not about.audience:
        raise fields.error(
            "audience", "is missing; write who may read this: public, everyone or a group."
        )
    title = about.title or next((block.text for block in body if block.level), "")
    if not title:
        raise fields.error("title", "is missing, and so is a heading; write one of them.")
    if about.updated is None:
        raise fields.error("updated", "is missing; write the day as YYYY-MM-DD.")
    return Document(
        document_id=file,
        title=title[:LONGEST_VALUE],
        link=about.link,
        owner=about.owner,
        updated=about.updated,
        audience=about.audience,
        language=about.language or language_of(body) or ENGLISH,
        keywords=about.keywords,
    )
