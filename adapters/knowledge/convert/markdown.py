"""Markdown of unknown authors to blocks; what its front matter says is theirs, not ours."""

from __future__ import annotations

import re

from adapters.knowledge.convert.converted import Converted
from adapters.knowledge.markdown_text import blocks

FRONT_MATTER = re.compile(r"---\n(?s:.{0,64000}?)\n---\n")


def read_markdown(data: bytes) -> Converted:
    """The visible text of a Markdown file."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    head = FRONT_MATTER.match(text)
    found = tuple(blocks(text[head.end() :] if head else text))
    return Converted(found, title=next((block.text for block in found if block.level), ""))
