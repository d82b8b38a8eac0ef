"""What people write in Slack, as the product takes it in (A08-A10, A17, A18, A55)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import interactions, parse
from core.ids import ThreadKey
from core.messages import InboundMessage, Place, Trust
from tests.fakes.slack import BOT, BOT_USER
from tests.fakes.slack_events import command, envelope, mention, own, press, said
from tests.platforms.slack_setup import US

TS = "1700000000.000100"
PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "slack"


def parsed(body: dict[str, Any]) -> InboundMessage:
    message = parse.message(body, US)
    assert message is not None
    return message


def test_a_mention_starts_a_thread_of_its_own() -> None:
    """The mention is gone from the words; the thread is that of the message."""
    message = parsed(mention("What is the VPN limit?", ts=TS))

    assert message.text == "What is the VPN limit?"
    assert message.mentions_bot
    assert message.thread == ThreadKey(US.workspace, "C1", TS)
    assert message.place is Place.CHANNEL
    assert message.sent_at.timestamp() == pytest.approx(1_700_000_000.0001)


def test_a_reply_belongs_to_the_thread_it_stands_in() -> None:
    """Wherever it was written."""
    message = parsed(said("and by car?", ts="1700000009.000200", thread_ts=TS))

    assert message.thread.thread_id == TS
    assert not message.mentions_bot


@pytest.mark.parametrize(
    ("channel", "kind", "place"),
    [
        ("D1", "im", Place.DIRECT),
        ("G1", "mpim", Place.GROUP),
        ("G1", "group", Place.CHANNEL),
        ("C1", "channel", Place.CHANNEL),
        ("D1", "", Place.DIRECT),
    ],
)
def test_the_place_comes_from_the_envelope(channel: str, kind: str, place: Place) -> None:
    """A mention comes without a type; its channel id says enough."""
    assert parsed(said("hi", channel=channel, channel_type=kind)).place is place


def test_a18_a_mention_and_its_message_event_are_one_message() -> None:
    """Both have one id, so the inbox keeps one; whichever comes first is complete."""
    first, second = parsed(mention("hi", ts=TS)), parsed(said(f"<@{BOT_USER}> hi", ts=TS))

    assert first == second
    assert first.turn_id == second.turn_id


def test_a09_one_message_under_many_event_ids_is_one_message() -> None:
    """What counts is channel and time stamp."""
    ids = {parsed({**mention("hi", ts=TS), "event_id": f"Ev{n}"}).turn_id for n in range(11)}

    assert len(ids) == 1


MACHINES: dict[str, dict[str, Any]] = {
    "a17_ourselves": said("hi", user=BOT_USER),
    "a17_our_bot_id": said("hi", user="U7", bot_id=BOT),
    "a17_other_bot": said(f"<@{BOT_USER}> hi", user="U8", bot_id="B9"),
    "a17_bot_message": said("hi", subtype="bot_message"),
    "a17_slackbot": said("hi", user="USLACKBOT"),
    "a17_joined": said("joined", subtype="channel_join"),
    "a17_changed": said("hi", subtype="message_changed"),
    "a17_deleted": said("hi", subtype="message_deleted"),
    "a17_assistant_root": said("hi", subtype="assistant_app_thread"),
    "a17_no_user": said("hi", user=""),
    "a17_no_time": said("hi", ts="soon"),
    "a17_odd_thread": said("hi", thread_ts="../1"),
    "a17_no_event": envelope({"type": "message"}),
}


@pytest.mark.parametrize("name", MACHINES)
def test_a17_what_no_person_wrote_starts_no_turn(name: str) -> None:
    """Two bots that mention each other stop before they begin."""
    assert parse.message(MACHINES[name], US) is None


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_a17_a_broadcast_or_a_shared_file_is_a_persons_message(subtype: str) -> None:
    """With its files counted, not read."""
    message = parsed(said("look", subtype=subtype, files=[{"id": "F1"}, {"id": "F2"}]))

    assert message.files == 2
    assert message.author.key.user_id == "U1"


def test_a17_our_own_message_is_a_receipt() -> None:
    """Its metadata says which post it is."""
    assert parse.own_post(own("hi", "post-1"), US) == ("C1", "1700000009.0", "post-1")
    assert parse.own_post(said("hi"), US) is None


@pytest.mark.parametrize(
    "more",
    [{"team": "T0OTHER"}, {"user_team": "T0OTHER"}, {"source_team": "T0OTHER"}],
)
def test_a55_somebody_of_another_workspace_is_external(more: dict[str, str]) -> None:
    """Every field that names a team has a say."""
    assert parsed(said("hi", **more)).author.trust is Trust.EXTERNAL
    assert parsed(said("hi")).author.trust is Trust.MEMBER


def test_a55_an_external_press_or_command_is_external_too() -> None:
    """The envelope of an interaction names teams elsewhere."""
    body = press("desk.claim.0", "v", ts=TS)
    body["user"]["team_id"] = "T0OTHER"
    pressed = interactions.press(body, US)
    commanded = interactions.command({**command("help"), "team_id": "T0OTHER"}, US, 1.0)

    assert pressed is not None
    assert pressed.actor.trust is Trust.EXTERNAL
    assert commanded is not None
    assert commanded.actor.trust is Trust.EXTERNAL


def test_tokens_become_words_that_people_read() -> None:
    """Names, channels, links, entities."""
    words = "ask <@U2|ben> in <#C9|sales> &lt;now&gt; <https://x.example/a|the page> <!here> <@U3>"

    message = parsed(said(words))

    assert message.text == "ask @ben in #sales <now> the page (https://x.example/a) @here @U3"
    assert message.mentions_others


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("plain", False),
        (f"<@{BOT_USER}> you", False),
        ("<@U2>", True),
        ("<!subteam^S1|@it>", True),
        ("a < b > c", False),
    ],
)
def test_addressing_somebody_else_is_noticed(words: str, others: bool) -> None:
    """A thread's helper keeps out of it then."""
    assert parsed(said(words)).mentions_others is others


def test_an_edit_has_the_new_words_of_the_same_message() -> None:
    """Channel from the event, the rest from the message inside."""
    inner = {"type": "message", "user": "U1", "text": "better", "ts": TS, "team": "T0TEAM"}
    body = envelope(
        {"type": "message", "subtype": "message_changed", "channel": "C1", "message": inner}
    )

    edited = parse.edited(body, US)

    assert edited is not None
    assert edited.text == "better"
    assert edited.ref == parsed(said("x", ts=TS)).ref


def test_a_deletion_names_its_message() -> None:
    """And nothing else."""
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": TS}

    deleted = parse.deleted(envelope(event), US)

    assert deleted is not None
    assert str(deleted) == str(parsed(said("x", ts=TS)).ref)


def test_a_press_carries_an_opaque_value_and_its_place() -> None:
    """The thread comes from the container, or is the message's own."""
    pressed = interactions.press(press("desk.claim.2", "case.3", ts=TS), US)
    replied = interactions.press(press("desk.feedback", "unhelpful.t1", ts="17.1", thread=TS), US)

    assert pressed is not None
    assert (pressed.action, pressed.value) == ("claim", "case.3")
    assert pressed.message.thread.thread_id == TS
    assert replied is not None
    assert (replied.action, replied.value) == ("unhelpful", "t1")
    assert replied.message.thread.thread_id == TS


@pytest.mark.parametrize(
    "change",
    [
        {"actions": []},
        {"actions": "x"},
        {"actions": [{"action_id": "other.claim", "value": "v"}]},
        {"container": None},
        {"user": {"id": "../U1"}},
    ],
)
def test_a_press_that_is_not_ours_is_none(change: dict[str, Any]) -> None:
    """Whatever its shape."""
    assert interactions.press({**press("desk.claim.0", "v", ts=TS), **change}, US) is None


def test_the_words_of_a_spoken_command_are_readable_and_of_others_exact() -> None:
    """Settings need the token, a question needs the name."""
    asked = interactions.command(command("ask is <@U2|ben> in?"), US, 1.0)
    config = interactions.command(command("config staff add <@U2|ben>"), US, 1.0)

    assert asked is not None
    assert asked.text == "ask is @ben in?"
    assert config is not None
    assert config.text == "config staff add <@U2|ben>"


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the payloads of others are not here")
def test_no_payload_of_others_is_too_odd_for_a_parser() -> None:
    """None of them raises, whatever it is taken for."""
    for path in sorted(PAYLOADS.rglob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8-sig"))
        for each in (parse.message, parse.edited, parse.deleted, parse.own_post):
            each(body, US)
        interactions.press(body, US)
        interactions.command(body, US, 1.0)
