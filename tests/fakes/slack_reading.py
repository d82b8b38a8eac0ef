"""Block Kit as a reader reads it: the blocks that were sent, back to lines, fields and buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.cards import Button, Field
from tests.fakes.reading import Page

SIGNS = ("🔶 ", "✅ ")
Drawn = dict[str, Any]


def page(blocks: list[Drawn], about: str = "") -> Page:
    """Read the blocks of a message.

    Args:
        about: The words of the line that leads back to a thread; its address becomes
            ``about`` of the page, and the line is not part of the text.
    """
    read, rest = Page(), list(blocks)
    if rest and (link := _leads_back(rest[0], about)):
        read.about = link
        rest.pop(0)
    if rest and rest[0]["type"] == "header":
        read.title = _without_sign(rest.pop(0)["text"]["text"])
    if len(rest) > 1 and (speaker := _speaker(rest[0])):
        read.speaker = speaker
        rest.pop(0)
    for block in rest:
        _read(block, read)
    return read


def _read(block: Drawn, page: Page) -> None:
    match block["type"]:
        case "rich_text":
            for element in block["elements"]:
                _rich(element, page)
        case "context":
            page.lines += [each["text"] for each in block["elements"]]
        case "actions" | "context_actions":
            found = [button for each in block["elements"] for button in _buttons(each)]
            page.buttons += found
            page.lines.append(" ".join(f"[{each.label}]" for each in found))
        case other:
            raise AssertionError(f"{other} is not read by these stories")


def _rich(element: Drawn, page: Page) -> None:
    if element["type"] == "rich_text_list":
        for each in element["elements"]:
            _rich(each, page)
        return
    for line in _lines(element["elements"]):
        page.links |= {each["url"] for each in line if each["type"] == "link"}
        if len(line) == 2 and _bold(line[0]) and line[1]["text"].startswith("  "):
            page.fields.append(Field(line[0]["text"], line[1]["text"][2:]))
            page.lines.append(f"{line[0]['text']}: {line[1]['text'][2:]}")
        else:
            page.lines.append("".join(each["text"] for each in line))


def _lines(parts: list[Drawn]) -> Iterable[list[Drawn]]:
    line: list[Drawn] = []
    for part in parts:
        if part["text"] == "\n":
            yield line
            line = []
        else:
            line.append(part)
    yield line


def _buttons(element: Drawn) -> list[Button]:
    if element["type"] == "feedback_buttons":
        sides = (element["positive_button"], element["negative_button"])
        parts = [(each["text"]["text"], *each["value"].split(".", 1)) for each in sides]
        return [Button(label, action, value) for label, action, value in parts]
    action = element["action_id"].split(".")[1]
    return [Button(element["text"]["text"], action, element["value"])]


def _leads_back(block: Drawn, about: str) -> str:
    part = _only_part(block)
    return str(part["url"]) if part.get("type") == "link" and part["text"] == about else ""


def _speaker(block: Drawn) -> str:
    part = _only_part(block)
    return str(part["text"]) if _bold(part) else ""


def _only_part(block: Drawn) -> Drawn:
    """The part of a block that has no other."""
    sections = block.get("elements", []) if block["type"] == "rich_text" else []
    parts = [part for each in sections for part in each["elements"]]
    return parts[0] if len(parts) == 1 else {}


def _bold(part: Drawn) -> bool:
    return bool(part.get("style", {}).get("bold"))


def _without_sign(title: str) -> str:
    for sign in SIGNS:
        title = title.removeprefix(sign)
    return title
