"""Which elements of a page a reader sees as its content."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from adapters.knowledge.visible import NEVER_SHOWN

CONTROLS = frozenset({"button", "input", "option", "dialog", "menu"})
FURNITURE = frozenset({"nav", "footer", "aside"})  # what stands around the content on every page
ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog"})
OWN_HEADER = frozenset({"article", "main", "section"})  # whose header is no banner of the site
HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!]|$)"
    r"|font-size\s*:\s*0|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3}|clip(?:-path)?\s*:"
    r"|color\s*:\s*transparent",
    re.IGNORECASE,
)


def is_shown(node: LexborNode, tag: str, *, whole: bool) -> bool:
    """Whether an element and what is in it belong to the text.

    Args:
        whole: The page does not say which part of it is the content.
    """
    if tag in NEVER_SHOWN or tag in CONTROLS or tag in FURNITURE:
        return False
    attrs = node.attrs
    if "hidden" in attrs or attrs.sget("aria-hidden") == "true" or attrs.sget("role") in ROLES:
        return False
    if whole and tag == "header" and (node.parent is None or node.parent.tag not in OWN_HEADER):
        return _has_title(node)
    return not HIDES.search(attrs.sget("style")[:2_000])


def _has_title(header: LexborNode) -> bool:
    """Whether the page's title stands in its banner, as it does on simple pages."""
    return header.css_first("h1") is not None
