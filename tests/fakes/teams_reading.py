"""Teams' activities as a reader reads them: text and card, back to lines, fields and buttons."""

from __future__ import annotations

import re
from typing import Any

from adapters.markdown.tree import parse
from adapters.teams import words
from adapters.teams.parse import DATA
from core.cards import Button, Field
from tests.fakes.reading import Page, read

ADDRESS = re.compile(r"\]\((https?://[^)\s]+)\)")
ABOUT = re.compile(rf"\[{words.ABOUT}\]\((\S+)\)\s*")
THUMBS = ("Helpful", "Not helpful")
Drawn = dict[str, Any]


def page(activity: Drawn) -> Page:
    """Read a message; its thumbs count as buttons, and a link back to a thread is no text."""
    found = Page()
    said = activity.get("text", "")
    if back := ABOUT.match(said):
        found.about, said = back.group(1), said[back.end() :]
    addresses = tuple(ADDRESS.findall(said))
    found.links |= set(addresses)
    found.lines.append(read(parse(said, addresses)))
    for attachment in activity.get("attachments", []):
        _card(attachment["content"]["body"], found)
    if "feedbackLoop" in activity.get("channelData", {}):
        thumbs = zip(THUMBS, ("helpful", "unhelpful"), strict=True)
        found.buttons += [Button(label, action, "") for label, action in thumbs]
        found.lines.append(" ".join(f"[{each}]" for each in THUMBS))
    return found


def _card(body: list[Drawn], found: Page) -> None:
    rest = list(body)
    if rest and (run := _only(rest[0])).get("weight") == "Bolder":
        rest.pop(0)
        if "size" in run:
            found.title = run["text"]
        else:
            found.speaker = run["text"]
    if rest and (back := _leads_back(rest[0])):
        found.about = back
        rest.pop(0)
    for each in rest:
        _element(each, found)


def _element(element: Drawn, found: Page) -> None:
    match element["type"]:
        case "RichTextBlock":
            _line(element["inlines"], found)
        case "Container":
            for each in element["items"]:
                _element(each, found)
        case "ActionSet":
            made = [_button(each) for each in element["actions"]]
            found.buttons += made
            found.lines.append(" ".join(f"[{each.label}]" for each in made))
        case "Input.Text" | "Input.ChoiceSet" | "Input.Toggle":
            found.lines.append(element.get("label", ""))
        case other:
            raise AssertionError(f"{other} is not read by these stories")


def _line(runs: list[Drawn], found: Page) -> None:
    text = "".join(each["text"] for each in runs)
    found.lines.append(text)
    found.links |= {each["selectAction"]["url"] for each in runs if "selectAction" in each}
    label = runs[0]["text"]
    if len(runs) == 2 and runs[0].get("weight") == "Bolder" and label.endswith(": "):
        found.fields.append(Field(label.removesuffix(": "), runs[1]["text"]))


def _button(action: Drawn) -> Button:
    data = action["data"][DATA]
    return Button(action["title"], data["action"], data["value"])


def _only(element: Drawn) -> Drawn:
    """The run of a line that has no other."""
    runs = element.get("inlines", [])
    return runs[0] if len(runs) == 1 else {}


def _leads_back(element: Drawn) -> str:
    run = _only(element)
    linked = run.get("text") == words.ABOUT and "selectAction" in run
    return str(run["selectAction"]["url"]) if linked else ""
