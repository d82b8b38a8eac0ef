"""Text from outside, made safe to show and to put into a prompt; linear in its length."""

from __future__ import annotations

import unicodedata

MARKS_MOST = 3  # combining marks on one letter; more is decoration that hides text
NAME_MOST = 80  # characters of a display name


def clean(text: str) -> str:
    """The text without what nobody sees: controls, zero-width, bidirectional and tag characters."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MARKS_MOST or category in ("Cf", "Cs", "Co", "Cn"):
            continue
        if category == "Cc" and character not in "\n\t":
            continue
        kept.append(character)
    return "".join(kept)


def one_line(text: str, most: int) -> str:
    """The text cleaned, on one line, and cut with an ellipsis."""
    line = " ".join(clean(text[: most * 8]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def name(text: str) -> str:
    """A display name as we show it; it is never more than that."""
    return one_line(text, NAME_MOST) or "Somebody"


def split(text: str, most: int) -> list[str]:
    """Cut a long text between paragraphs, else lines, else anywhere; open code fences are mended.

    Args:
        most: Characters a part may have, at least 40.
    """
    parts: list[str] = []
    rest, fence = text.strip("\n"), ""
    while len(rest) + len(fence) > most:
        room = most - 2 * len(fence) - 8
        cut = max(rest.rfind("\n\n", 1, room), 0) or max(rest.rfind("\n", 1, room), 0)
        cut = cut or max(rest.rfind(" ", 1, room), 0) or room
        head, rest = fence + rest[:cut], rest[cut:].lstrip("\n ")
        fence = _open_fence(head)
        parts.append(head + ("\n```" if fence else ""))
    if rest:
        parts.append(fence + rest)
    return parts


def _open_fence(text: str) -> str:
    """The line that opens a code fence left open at the end of ``text``, with its newline."""
    opened = ""
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            opened = "" if opened else line.strip()[:20] + "\n"
    return opened
