"""Core's forms as Adaptive Cards with inputs, and what comes back from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, assert_never

from adapters.teams import richtext, words
from adapters.teams.adaptive import CONTENT_TYPE, SCHEMA, VERSION
from adapters.teams.envelope import object_at, text_at
from adapters.teams.parse import DATA, author
from core import text
from core.forms import (
    TICKED,
    ChannelInput,
    ChoiceInput,
    Form,
    Input,
    PeopleInput,
    Problems,
    Submission,
    TextInput,
    TickInput,
)

FORM = "form"  # the action of a form's one button
VALUES_MOST = 500  # of one input
TOKEN_MOST = 600
PEOPLE = {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}

Choice = tuple[str, str]  # what is chosen by an id, and that id
Drawn = dict[str, Any]


def attachment(form: Form, channels: Sequence[Choice], people: Mapping[str, str]) -> Drawn:
    """A form as an attachment of a message.

    Args:
        channels: Those to choose from.
        people: The names of those who are chosen already, by their ids.
    """
    title = richtext.run(form.title, weight="Bolder", size="Medium")
    body: list[Drawn] = [richtext.block([title], spacing="Default")]
    for each in form.inputs:
        body += _input(each, channels, people)
    card = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "body": [*body, {"type": "ActionSet", "actions": [_submit(form)], "spacing": "Medium"}],
        "fallbackText": form.title,
        "msteams": {"width": "Full"},
    }
    return {"contentType": CONTENT_TYPE, "content": card}


def submission(activity: Mapping[str, Any], data: Mapping[str, Any]) -> Submission | None:
    """What somebody filled in, or None when it is none of our forms.

    Args:
        data: The button's data with the card's inputs.
    """
    ours = object_at(data, DATA)
    if text_at(ours, "action") != FORM:
        return None
    several = ours.get("several")
    lists = several if isinstance(several, list) else []
    given = {key: _values(value, key in lists) for key, value in data.items() if key != DATA}
    token = text_at(ours, "token")[:TOKEN_MOST]
    return Submission(author(activity), text_at(ours, "value")[:100], token, given)


def refusal(data: Mapping[str, Any], problems: Problems) -> str:
    """Why a form was not taken, by the labels that its button brought back."""
    labels = object_at(object_at(data, DATA), "labels")
    said = [
        f"{text_at(labels, name)[:100] or name}: {text.one_line(why, 300)}"
        for name, why in problems.by_input.items()
    ]
    return " ".join(said)


def _submit(form: Form) -> Drawn:
    nonce = sha256("\x1f".join((form.name, form.token)).encode()).hexdigest()[:24]
    ours = {
        "action": FORM,
        "value": form.name,
        "token": form.token[:TOKEN_MOST],
        "several": [each.name for each in form.inputs if isinstance(each, PeopleInput)],
        "labels": {each.name: each.label for each in form.inputs},
        "nonce": nonce,
    }
    drawn = {"title": form.submit, "data": {DATA: ours}, "style": "positive"}
    drawn["associatedInputs"] = "auto"
    return {
        "type": "Action.Execute",
        "verb": FORM,
        **drawn,
        "fallback": {"type": "Action.Submit", **drawn},
    }


def _input(asked: Input, channels: Sequence[Choice], people: Mapping[str, str]) -> list[Drawn]:
    hint = "" if isinstance(asked, TickInput) else asked.hint
    drawn = {"id": asked.name, "label": asked.label, "spacing": "Medium"}
    drawn |= _element(asked, channels, people)
    if not hint:
        return [drawn]
    quiet = richtext.run(hint, isSubtle=True, size="Small")
    return [drawn, richtext.block([quiet], spacing="Small")]


def _element(asked: Input, channels: Sequence[Choice], people: Mapping[str, str]) -> Drawn:
    match asked:
        case ChannelInput():
            chosen = asked.chosen.channel_id if asked.chosen else ""
            return {
                "type": "Input.ChoiceSet",
                "style": "compact",
                "placeholder": words.CHOOSE_CHANNEL,
                "choices": _choices(channels),
                "value": chosen,
            }
        case PeopleInput():
            ids = [each.user_id for each in asked.chosen]
            return {
                "type": "Input.ChoiceSet",
                "placeholder": words.CHOOSE_PEOPLE,
                "isMultiSelect": True,
                "choices": _choices([(people.get(each, each), each) for each in ids]),
                "choices.data": PEOPLE,
                "value": ",".join(ids),
            }
        case TextInput():
            limits = {"isMultiline": True, "maxLength": asked.most}
            return {"type": "Input.Text", "value": asked.text, **limits}
        case ChoiceInput():
            choices = _choices([(said, value) for value, said in asked.options])
            drawn = {"type": "Input.ChoiceSet", "style": "compact", "choices": choices}
            return {**drawn, "value": asked.chosen}
        case TickInput():
            ticks = {"valueOn": TICKED, "valueOff": "", "value": ""}
            return {"type": "Input.Toggle", "title": asked.option, **ticks}
        case _:
            assert_never(asked)


def _choices(found: Sequence[Choice]) -> list[Drawn]:
    return [{"title": name[:100], "value": each} for name, each in found]


def _values(value: object, several: bool) -> tuple[str, ...]:  # noqa: FBT001 - one word of two
    """What an input holds; several ids come with commas between them."""
    if not isinstance(value, str) or not value:
        return ()
    return tuple(value.split(",")[:VALUES_MOST]) if several else (value,)
