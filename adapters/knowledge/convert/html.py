"""HTML to blocks: the main part of a page as a reader sees it.

Navigation, forms, scripts, comments and whatever is hidden have no text. The page
is walked without recursion, because its depth is somebody else's choice.
"""

from __future__ import annotations

from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.knowledge.blocks import Block
from adapters.knowledge.convert.converted import Converted
from adapters.knowledge.convert.html_head import Head, read_head
from adapters.knowledge.convert.html_text import Text
from adapters.knowledge.convert.html_visible import is_shown

MAIN_LEAST = 200  # characters; a shorter main part is not the page's
MOST_LINKS = 2_000
LAYOUT = "table, h1, h2, h3, h4, ul, ol"  # a table with one of these inside lays out the page


def read_html(data: bytes, charset: str = "") -> Converted:
    """The visible text of a page.

    Args:
        charset: What the server says it is written in; the page's own word counts otherwise.
    """
    return convert(LexborHTMLParser(_text(data, charset)))


def convert(page: LexborHTMLParser) -> Converted:
    """The same of a page that is parsed already."""
    head = read_head(page)
    body = page.body
    main = _main(page)
    blocks = tuple(_blocks(main or body, whole=main is None)) if body else ()
    return Converted(
        blocks,
        title=_title(blocks, head),
        owner=head.owner,
        updated=head.updated,
        audience=head.audience,
        language=head.language,
        keywords=head.keywords,
        links=_links(page, head.base),
        canonical=head.canonical,
        listed=head.listed,
    )


def _text(data: bytes, charset: str) -> str | bytes:
    """The page decoded as its server says; else as bytes, for the parser to find out."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    charset = next((name for mark, name in marks if data.startswith(mark)), charset)
    if not charset:
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data


def _main(page: LexborHTMLParser) -> LexborNode | None:
    """The element that says it is what the page is about, if one does."""
    for selector in ("main", "[role=main]", "article"):
        found = page.css(selector)
        if len(found) == 1 and len(found[0].text()) >= MAIN_LEAST:
            return found[0]
    return None


def _title(blocks: tuple[Block, ...], head: Head) -> str:
    """The one first-level heading, else the title in the head, else the first heading."""
    first = [block.text for block in blocks if block.level == 1]
    if len(first) == 1:
        return first[0]
    return head.title or next((block.text for block in blocks if block.level), "")


def _blocks(root: LexborNode, *, whole: bool) -> list[Block]:
    """Every visible block below a node; ``whole``: it is the body, furniture included."""
    text = Text()
    node: LexborNode | None = root.first_child
    while node is not None:
        tag = node.tag or ""
        below = None
        if tag == "-text":
            text.words(node.text_content or "")
        elif not tag.startswith("-") and is_shown(node, tag, whole=whole):
            text.enter(tag, node.attrs.sget("start"), data=tag == "table" and _is_data(node))
            below = node.first_child
            if below is None:
                text.leave(tag)
        if below is not None:
            node = below
            continue
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return text.done()
            text.leave(node.tag or "")
        node = node.next if node is not None else None
    return text.done()


def _is_data(table: LexborNode) -> bool:
    return all(found.mem_id == table.mem_id for found in table.css(LAYOUT))


def _links(page: LexborHTMLParser, base: str) -> tuple[str, ...]:
    """Where the page leads, the first some thousands; ``base`` is what they are relative to."""
    found: dict[str, None] = {}
    for node in page.css("a[href]"):
        href = node.attrs.sget("href").strip()
        if href and not href.startswith("#") and "nofollow" not in node.attrs.sget("rel"):
            found[_joined(base, href)] = None
        if len(found) == MOST_LINKS:
            break
    return tuple(found)


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return href
