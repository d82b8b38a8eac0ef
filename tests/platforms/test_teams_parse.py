"""Teams' activities as core's values: identity from the envelope, words as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.envelope import shape
from adapters.teams.parse import Reading, member_trust, parse
from core.ids import AccountKey, Platform, WorkspaceKey
from core.messages import ButtonPress, Command, InboundMessage, Place, Trust

BOT, TENANT = "28:bot", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
HOME = WorkspaceKey(Platform.TEAMS, TENANT)
CHANNEL = "19:help@thread.tacv2"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
READING = Reading(frozenset({BOT}), frozenset({"help", "config"}), NOW)


def activity(text: str = "hello", *mentioned: tuple[str, str], **fields: Any) -> dict[str, Any]:
    entities = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": key, "name": name}}
        for key, name in mentioned
    ]
    return {
        "type": "message",
        "id": "2",
        "text": text,
        "timestamp": "2026-11-20T10:00:00.1234567Z",
        "channelId": "msteams",
        "serviceUrl": "https://smba.trafficmanager.net/emea/",
        "from": {"id": "29:sam", "name": "Sam", "aadObjectId": "AAD-Sam"},
        "recipient": {"id": BOT},
        "conversation": {
            "id": f"{CHANNEL};messageid=1",
            "conversationType": "channel",
            "tenantId": TENANT,
        },
        "channelData": {"tenant": {"id": TENANT}},
        "entities": entities,
        **fields,
    }


def _from(sender: Any) -> dict[str, Any]:
    return {"from": sender}


def message(found: object) -> InboundMessage:
    assert isinstance(found, InboundMessage)
    return found


def test_a_thread_keeps_its_message_id_and_a_person_the_directorys_id() -> None:
    found = message(parse(activity(), READING))

    assert found.thread.thread_id == f"{CHANNEL};messageid=1"
    assert found.thread.channel_id == CHANNEL
    assert found.message_id == "2"
    assert found.author.key == AccountKey(HOME, "aad-sam")
    assert found.sent_at == datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=UTC)
    assert found.place is Place.CHANNEL


def test_the_message_that_starts_a_thread_is_named_after_it() -> None:
    """So that a card and the thread under it are the same to everybody."""
    assert message(parse(activity(id="1"), READING)).message_id == f"{CHANNEL};messageid=1"


@pytest.mark.parametrize(
    ("text", "mentioned", "read"),
    [
        ("<at>Desk</at> hi", [(BOT, "Desk")], "hi"),
        ("<at>Desk</at>&nbsp;hi", [(BOT, "Desk")], "hi"),
        ("hi <at>Desk</at> and Desk", [(BOT, "Desk")], "hi  and Desk"),
        ("<at>Desk</at> ask <at>Desk</at>", [(BOT, "Desk"), ("29:x", "Desk")], "ask @Desk"),
        ("<at>Desk</at> hi", [], "<at>Desk</at> hi"),
        ("hi", [(BOT, "Desk")], "hi"),
        ("<at>Maya</at> hi", [("29:maya", "Maya")], "@Maya hi"),
    ],
)
def test_only_the_bots_own_mention_goes(
    text: str, mentioned: list[tuple[str, str]], read: str
) -> None:
    """A person of the same name stays, and so does the name in a sentence."""
    found = message(parse(activity(text, *mentioned), READING))

    assert found.text == read
    assert found.mentions_bot is any(key == BOT for key, _ in mentioned)
    assert found.mentions_others is any(key != BOT for key, _ in mentioned)


def test_a74_a_typed_tag_mentions_nobody() -> None:
    found = message(parse(activity("<at>Desk</at> <at>Everyone</at>"), READING))

    assert not found.mentions_bot
    assert not found.mentions_others


@pytest.mark.parametrize(
    ("sender", "trust"),
    [
        ({"id": "29:x", "aadObjectId": "a"}, Trust.MEMBER),
        ({"id": "29:x"}, Trust.EXTERNAL),
        ({"id": "8:teamsvisitor:1", "role": "anonymous"}, Trust.EXTERNAL),
        ({"id": "29:x", "aadObjectId": "a", "userRole": "guest"}, Trust.GUEST),
        ({"id": "29:x", "aadObjectId": "a", "tenantId": "other"}, Trust.EXTERNAL),
        ({"id": "29:x", "aadObjectId": "a", "tenantId": TENANT}, Trust.MEMBER),
    ],
)
def test_a56_trust_as_far_as_the_envelope_tells(sender: Any, trust: Trust) -> None:
    assert message(parse(activity(**_from(sender)), READING)).author.trust is trust


@pytest.mark.parametrize(
    ("member", "trust"),
    [
        ({"aadObjectId": "a", "userRole": "user", "tenantId": TENANT}, Trust.MEMBER),
        ({"aadObjectId": "a", "userRole": "guest"}, Trust.GUEST),
        ({"aadObjectId": "a", "userPrincipalName": "x_y.com#EXT#@z.com"}, Trust.GUEST),
        ({"aadObjectId": "a", "userRole": "anonymous"}, Trust.EXTERNAL),
        ({"aadObjectId": "a", "tenantId": "other"}, Trust.EXTERNAL),
        ({}, Trust.EXTERNAL),
    ],
)
def test_a56_trust_as_a_roster_tells(member: dict[str, str], trust: Trust) -> None:
    assert member_trust(member, TENANT) is trust


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("desk help", "help"),
        ("Desk  config staff", "config staff"),
        ("/desk anything at all", "anything at all"),
        ("desk", ""),
        ("desk lamps are broken", None),
        ("desktop help", None),
    ],
)
def test_commands_are_the_words_after_desk(text: str, words: str | None) -> None:
    """After a mention; in a sentence that happens to begin so, it is a message."""
    found = parse(activity(f"<at>B</at> {text}", (BOT, "B")), READING)

    if words is None:
        assert isinstance(found, InboundMessage)
    else:
        assert isinstance(found, Command)
        assert found.text == words
    assert not isinstance(parse(activity(text), READING), Command)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("desk help", "help"),
        ("/desk check", "check"),
        ("desk lamps are broken", "ask desk lamps are broken"),
        ("How many days of leave have I left?", "ask How many days of leave have I left?"),
    ],
)
def test_what_only_the_bot_sees_is_a_command_or_a_question_in_private(
    text: str, words: str
) -> None:
    """Chosen after a slash, nobody else read it: no answer may stand in the channel."""
    found = parse(activity(text, recipient={"id": BOT, "isTargeted": True}), READING)

    assert isinstance(found, Command)
    assert found.text == words


@pytest.mark.parametrize("said", ["true", 1, None])
def test_only_the_platforms_own_word_makes_a_message_private(said: object) -> None:
    found = parse(activity("hello", recipient={"id": BOT, "isTargeted": said}), READING)

    assert isinstance(found, InboundMessage)


def test_a_command_names_people_by_their_ids() -> None:
    found = parse(activity("<at>B</at> desk config <at>M</at>", (BOT, "B"), ("29:m", "M")), READING)

    assert isinstance(found, Command)
    assert found.text == "config @29:m"


def test_a_press_that_came_as_a_message_names_the_card_it_was_on() -> None:
    value = {"frontdesk": {"action": "claim", "value": "id.0", "nonce": "n"}}

    found = parse(activity("", replyToId="1", value=value), READING)

    assert isinstance(found, ButtonPress)
    assert (found.action, found.value) == ("claim", "id.0")
    assert found.message.message_id == f"{CHANNEL};messageid=1"


@pytest.mark.parametrize("sender", [{"id": BOT}, {"id": "28:another", "aadObjectId": "a"}, {}])
def test_a17_no_bot_starts_a_turn(sender: dict[str, str]) -> None:
    assert parse(activity(**_from(sender)), READING) is None


def test_files_are_counted_and_the_html_of_a_text_is_none() -> None:
    kinds = ("text/html", "application/vnd.microsoft.teams.file.download.info", "image/png")
    found = activity(attachments=[{"contentType": kind} for kind in kinds])

    assert message(parse(found, READING)).files == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(activity())), JSON, max_size=4))
def test_whatever_has_the_shape_of_an_activity_can_be_read(fields: dict[str, Any]) -> None:
    """No exception, whatever the parts hold."""
    found = activity(**fields)

    if not shape(found):
        parse(found, READING)
