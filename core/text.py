"""Text from outside, made safe to show and to put into a prompt; linear in its length."""

from __future__ import annotations

import re
import unicodedata

MARKS_MOST = 3  # combining marks on one letter; more is decoration that hides text
NAME_MOST = 80  # characters of a display name
FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")  # the marks of a code fence
FENCE_MOST = 20  # characters of its line that are repeated in the next part
ZERO_WIDTH_JOINER, PICTURED = "\u200d", "\ufe0f"
JOINERS = frozenset({"\u200c", ZERO_WIDTH_JOINER})
CURSIVE = frozenset(map(chr, range(0x600, 0xE00)))  # Arabic to the scripts of India
SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))  # two make a flag


def clean(text: str) -> str:
    """The text without what nobody sees: controls, zero-width, bidirectional and tag characters.

    A joiner stays where it changes what is seen: in a picture of several, in a Persian word.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    composed = unicodedata.normalize("NFC", text)
    for at, character in enumerate(composed):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if character in JOINERS and kept and _joins(kept[-1], character, composed[at + 1 : at + 2]):
            kept.append(character)
            continue
        if marks > MARKS_MOST or category in ("Cf", "Cs", "Co", "Cn"):
            continue
        if category == "Cc" and character not in "\n\t":
            continue
        kept.append(character)
    return "".join(kept)


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner between two characters shapes them: of pictures, or of cursive letters."""
    if not after:
        return False
    if joiner == ZERO_WIDTH_JOINER and unicodedata.category(after) == "So":
        return before == PICTURED or unicodedata.category(before) in ("So", "Sk")
    return all(each in CURSIVE and unicodedata.category(each)[0] in "LM" for each in before + after)


def one_line(text: str, most: int) -> str:
    """The text cleaned, on one line, and cut with an ellipsis."""
    line = " ".join(clean(text[: most * 8]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def name(text: str) -> str:
    """A display name as we show it; it is never more than that."""
    return one_line(text, NAME_MOST) or "Somebody"


def split(text: str, most: int) -> list[str]:
    """Cut a long text between paragraphs, else lines, else words, else anywhere.

    A code fence that a cut leaves open is closed and opened again; what readers see as one
    character stays one.

    Args:
        most: Characters a part may have, at least 80.
    """
    parts: list[str] = []
    rest, fence = text.strip("\n"), ""
    while len(fence) + len(rest) > most:
        room = most - 2 * FENCE_MOST - len("\n\n")
        cut = max(rest.rfind("\n\n", 1, room), 0) or max(rest.rfind("\n", 1, room), 0)
        cut = cut or max(rest.rfind(" ", 1, room), 0) or _between(rest, room)
        head = fence + rest[:cut]
        fence = _open_fence(head)
        rest = rest[cut:].lstrip("\n") if rest[cut] == "\n" else rest[cut:].removeprefix(" ")
        parts.append(head + ("\n" + _marks(fence) if fence else ""))
    if rest:
        parts.append(fence + rest)
    return parts


def _between(text: str, most: int) -> int:
    """The last place up to ``most`` that is not inside what readers see as one character."""
    cut = most
    while cut > most - 16 and _joined(text, cut):
        cut -= 1
    return cut


def _joined(text: str, at: int) -> bool:
    """Whether the characters before and after a place belong together."""
    after = text[at]
    if ZERO_WIDTH_JOINER in (text[at - 1], after):
        return True
    if unicodedata.category(after).startswith("M") or after in SKIN_TONES:
        return True
    flags = 0
    while flags < at and text[at - 1 - flags] in FLAG_LETTERS:
        flags += 1
    return after in FLAG_LETTERS and flags % 2 == 1


def _open_fence(text: str) -> str:
    """The line that opens a code fence left open at the end of ``text``, with its newline."""
    opened = ""
    for line in text.split("\n"):
        marks = _marks(line)
        if not opened and marks:
            opened = line.strip()[:FENCE_MOST]
        elif opened and marks.startswith(_marks(opened)) and line.strip() == marks:
            opened = ""
    return opened + "\n" if opened else ""


def _marks(line: str) -> str:
    """The fence marks that a line begins with; empty when it is not a fence."""
    found = FENCE.match(line.strip())
    return found.group()[:FENCE_MOST] if found else ""
