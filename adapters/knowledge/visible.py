"""Keep only what a reader can see: no invisible characters, no hidden HTML.

Text that a person who checks an article cannot see could carry orders to a
model or words that bend the search, so it is neither indexed nor quoted.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Controls, soft hyphen, zero-width and bidi marks, fillers, variation selectors, tag characters
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
NEVER_SHOWN = frozenset(
    {"audio", "canvas", "datalist", "head", "iframe", "math", "noembed", "noframes", "noscript"}
    | {"object", "script", "select", "style", "svg", "template", "textarea", "title", "video"}
)
EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


def seen(text: str) -> str:
    """The text without the characters that nobody sees."""
    return UNSEEN.sub("", text)


class Veil(HTMLParser):
    """Follows the HTML inside Markdown and knows whether what comes next may be hidden.

    Any ``style`` counts as hiding: what it does to the text cannot be known here.
    HTML that cannot be understood hides what follows, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def feed(self, data: str) -> None:
        try:
            super().feed(data)
        except AssertionError:  # what html.parser raises at "<![" and the like
            self.reset()
            self._open.append("?")

    @property
    def closed(self) -> bool:
        """Whether a reader may not see the text that follows."""
        return bool(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in EMPTY:
            return
        values = dict(attrs)
        hides = "style" in values or "hidden" in values or values.get("aria-hidden") == "true"
        if self._open or hides or tag in NEVER_SHOWN:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # browsers ignore the slash

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open:
            if self._open.pop() == tag:
                break
