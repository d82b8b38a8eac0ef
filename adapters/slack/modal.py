"""Core's forms as modals, and what comes back from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from adapters.slack import blocks
from adapters.slack.blocks import ACTION_PREFIX
from adapters.slack.installation import Installation
from adapters.slack.interactions import actor
from adapters.slack.parse import objects, text_of
from core.cards import Card
from core.forms import (
    TICKED,
    ChannelInput,
    ChoiceInput,
    Form,
    Input,
    PeopleInput,
    Submission,
    TextInput,
    TickInput,
)
from core.ids import ThreadKey

# characters; Slack, Block Kit reference, "modal" and "input"
TITLE_MOST = 24
TOKEN_MOST = 3_000
HINT_MOST = 2_000
OPTION_MOST = 75
VALUE = "value"  # the action id of every input's element
VALUES_MOST = 500  # of one input


def draw(form: Form) -> dict[str, Any]:
    """The view of a form."""
    return {
        **_modal(form.title),
        "callback_id": ACTION_PREFIX + form.name,
        "private_metadata": form.token[:TOKEN_MOST],
        "submit": _plain(form.submit[:TITLE_MOST]),
        "blocks": [_input(each) for each in form.inputs],
    }


def told(card: Card, title: str) -> dict[str, Any]:
    """A view that only says something."""
    return {**_modal(title), "blocks": blocks.draw(card)}


def submission(body: Mapping[str, Any], us: Installation) -> Submission | None:
    """What somebody filled in, or None when it is none of our forms."""
    view, person = body.get("view"), actor(body, us)
    if not isinstance(view, dict) or person is None:
        return None
    state, name = view.get("state"), text_of(view, "callback_id")
    inputs = state.get("values") if isinstance(state, dict) else None
    if not isinstance(inputs, dict) or not name.startswith(ACTION_PREFIX):
        return None
    values = {
        key: _values(parts[VALUE])
        for key, parts in inputs.items()
        if isinstance(parts, dict) and isinstance(parts.get(VALUE), dict)
    }
    token = text_of(view, "private_metadata")
    return Submission(person, name.removeprefix(ACTION_PREFIX), token, values)


def title_of(body: Mapping[str, Any]) -> str:
    """The title of the view that was submitted."""
    view = body.get("view")
    title = view.get("title") if isinstance(view, dict) else None
    return text_of(title, "text") if isinstance(title, dict) else ""


def _modal(title: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": _plain(title[:TITLE_MOST] or "Frontdesk"),
        "close": _plain("Close"),
    }


def _input(asked: Input) -> dict[str, Any]:
    hint = "" if isinstance(asked, TickInput) else asked.hint
    return {
        "type": "input",
        "block_id": asked.name,
        "optional": True,
        "label": _plain(asked.label),
        "element": {"action_id": VALUE, **_element(asked)},
        **({"hint": _plain(hint[:HINT_MOST])} if hint else {}),
    }


def _element(asked: Input) -> dict[str, Any]:
    match asked:
        case ChannelInput():
            kinds = {"include": ["public", "private"], "exclude_external_shared_channels": True}
            return {"type": "conversations_select", "filter": kinds, **_chosen(asked.chosen)}
        case PeopleInput():
            people = [each.user_id for each in asked.chosen]
            return {"type": "multi_users_select", **({"initial_users": people} if people else {})}
        case TextInput():
            written = {"initial_value": asked.text} if asked.text else {}
            limits = {"multiline": True, "max_length": asked.most}
            return {"type": "plain_text_input", **limits, **written}
        case ChoiceInput():
            options = {value: _option(value, said) for value, said in asked.options}
            shown = {"initial_option": options[asked.chosen]} if asked.chosen in options else {}
            return {"type": "static_select", "options": [*options.values()], **shown}
        case TickInput():
            return {"type": "checkboxes", "options": [_option(TICKED, asked.option)]}
        case _:
            assert_never(asked)


def _chosen(channel: ThreadKey | None) -> dict[str, str]:
    return {"initial_conversation": channel.channel_id} if channel else {}


def _values(element: Mapping[str, Any]) -> tuple[str, ...]:
    """What an element holds, whichever kind it is."""
    one = text_of(element, "selected_conversation") or text_of(element, "value")
    if one:
        return (one,)
    option = element.get("selected_option")
    if isinstance(option, dict):
        return (text_of(option, "value"),)
    ticked = tuple(text_of(each, "value") for each in objects(element, "selected_options"))
    users = element.get("selected_users")
    people = tuple(each for each in users if isinstance(each, str)) if users else ()
    return (ticked + people)[:VALUES_MOST]


def _option(value: str, said: str) -> dict[str, Any]:
    return {"text": _plain(said[:OPTION_MOST]), "value": value}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
