"""Teams' activities as core's messages, presses and commands. Pure: no exception, no I/O.

Identity, tenant and place come from the envelope that the gate has verified; what
people wrote, and what a card's data says, is only ever text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.teams.conversation import ROOT, channel_of, is_channel, message_id, thread
from adapters.teams.envelope import list_at, object_at, tenant_of, text_at
from adapters.teams.mentions import addressed, by_id, by_name, spoken
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import ButtonPress, Command, InboundMessage, Person, Place, Trust

TEXT_MOST = 60_000  # characters kept of one message
VALUE_MOST = 2_000
PLACES = {"personal": Place.DIRECT, "groupChat": Place.GROUP, "channel": Place.CHANNEL}
DESK = re.compile(r"(/?)desk(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
DATA = "frontdesk"  # the key of our own data in a card's button
REPLY = "reply"  # the action, and the input, of a reply written on a handoff card
NOT_FILES = ("text/html", "application/vnd.microsoft.card.")

Parsed = InboundMessage | ButtonPress | Command | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the envelope alone does not tell.

    Args:
        bots: The ids under which the bot is mentioned.
        commands: The words that may follow ``desk``.
        now: When it arrived, for activities without a time.
    """

    bots: frozenset[str]
    commands: frozenset[str]
    now: datetime


def parse(activity: Mapping[str, Any], reading: Reading) -> Parsed:
    """What a message activity is to us; None when no person said anything."""
    if by_machine(activity):
        return None
    pressed = press(activity, object_at(activity, "value"), reading)
    if pressed is not None:
        return pressed
    if not text_at(activity, "id") or (not text_at(activity, "text") and not files(activity)):
        return None
    return command(activity, reading) or message(activity, reading)


def message(activity: Mapping[str, Any], reading: Reading) -> InboundMessage:
    """What somebody wrote."""
    conversation = text_at(activity, "conversation", "id")
    bot, others = addressed(activity, reading.bots)
    return InboundMessage(
        message_id=message_id(conversation, text_at(activity, "id")),
        thread=thread(workspace(activity), conversation),
        author=author(activity),
        text=spoken(activity, reading.bots, by_name)[:TEXT_MOST],
        sent_at=sent_at(activity, reading.now),
        place=place(activity),
        mentions_bot=bot,
        mentions_others=others,
        files=files(activity),
    )


def command(activity: Mapping[str, Any], reading: Reading) -> Command | None:
    """The words after ``desk``; without a slash only where the next word is a command.

    What only the bot can see, as after a slash in the compose box, is a question asked in
    private when it is no command.
    """
    unseen = object_at(activity, "recipient").get("isTargeted") is True
    heard = unseen or addressed(activity, reading.bots)[0] or place(activity) is Place.DIRECT
    said = spoken(activity, reading.bots, by_id) if heard else ""
    words = _after_desk(said, reading)
    if words is None and unseen and said:
        words = f"ask {said}"
    if words is None:
        return None
    conversation = text_at(activity, "conversation", "id")
    return Command(
        actor=author(activity),
        channel=ThreadKey(workspace(activity), channel_of(conversation), conversation),
        text=words[:TEXT_MOST],
        command_id=f"{conversation} {text_at(activity, 'id')}",
        at=sent_at(activity, reading.now),
    )


def _after_desk(said: str, reading: Reading) -> str | None:
    found = DESK.fullmatch(said)
    if found is None:
        return None
    slash, words = found.group(1), (found.group(2) or "").strip()
    first = words.partition(" ")[0].casefold()
    return words if slash or not first or first in reading.commands else None


def press(
    activity: Mapping[str, Any], data: Mapping[str, Any], reading: Reading
) -> ButtonPress | InboundMessage | None:
    """A button of ours, or the reply that was written beside it.

    Args:
        data: The button's data with the card's inputs: ``value`` of a message that
            Action.Submit sent, ``value.action.data`` of an invoke.
    """
    ours = object_at(data, DATA)
    if not ours:
        return None
    action, value = text_at(ours, "action"), text_at(ours, "value")[:VALUE_MOST]
    ref = pressed_on(activity)
    if action == REPLY:
        return InboundMessage(
            message_id=f"reply-{text_at(activity, 'id')}",
            thread=ThreadKey(ref.thread.workspace, ref.thread.channel_id, ref.message_id),
            author=author(activity),
            text=text_at(data, REPLY).strip()[:TEXT_MOST],
            sent_at=sent_at(activity, reading.now),
            place=place(activity),
        )
    return ButtonPress(author(activity), ref, action[:64], value, place(activity))


def pressed_on(activity: Mapping[str, Any]) -> MessageRef:
    """The message whose button was pressed, or that was judged."""
    conversation = text_at(activity, "conversation", "id")
    replied_to = text_at(activity, "replyToId")
    if is_channel(conversation) and ROOT not in conversation and replied_to:
        conversation += ROOT + replied_to  # some clients leave out the thread they are in
    where = thread(workspace(activity), conversation)
    return MessageRef(where, message_id(conversation, replied_to))


def by_machine(activity: Mapping[str, Any]) -> bool:
    """Whether a bot wrote it, ourselves included; no bot ever starts a turn."""
    sender = object_at(activity, "from")
    name = text_at(sender, "id")
    return not name or name.startswith("28:") or text_at(sender, "role") in ("bot", "skill")


def workspace(activity: Mapping[str, Any]) -> WorkspaceKey:
    """The tenant an activity is from."""
    return WorkspaceKey(Platform.TEAMS, tenant_of(activity))


def author(activity: Mapping[str, Any]) -> Person:
    """Who acted: by the directory's id, which is the same in every chat."""
    sender = object_at(activity, "from")
    user = text_at(sender, "aadObjectId").lower() or text_at(sender, "id")
    key = AccountKey(workspace(activity), user)
    return Person(key, text_at(sender, "name") or "Somebody", trust(activity))


def trust(activity: Mapping[str, Any]) -> Trust:
    """How far the envelope alone vouches for somebody; the roster may know less good."""
    sender = object_at(activity, "from")
    role = (text_at(sender, "userRole") or text_at(sender, "role")).lower()
    home = text_at(sender, "tenantId") or text_at(sender, "properties", "tenantId")
    if not text_at(sender, "aadObjectId") or role == "anonymous":
        return Trust.EXTERNAL
    if home and home.lower() != tenant_of(activity):
        return Trust.EXTERNAL
    return Trust.GUEST if role == "guest" else Trust.MEMBER


def member_trust(member: Mapping[str, Any], tenant: str) -> Trust:
    """How well the organisation knows a member of a roster."""
    role = text_at(member, "userRole").lower()
    home = text_at(member, "tenantId").lower()
    known = text_at(member, "aadObjectId") or text_at(member, "objectId")
    if role == "anonymous" or not known or (home and home != tenant):
        return Trust.EXTERNAL
    guest = role == "guest" or "#ext#" in text_at(member, "userPrincipalName").lower()
    return Trust.GUEST if guest else Trust.MEMBER


def place(activity: Mapping[str, Any]) -> Place:
    """What kind of conversation it is; an unknown one counts as read by several people."""
    return PLACES.get(text_at(activity, "conversation", "conversationType"), Place.GROUP)


def sent_at(activity: Mapping[str, Any], now: datetime) -> datetime:
    """Teams' time of an activity, or the time it arrived."""
    try:
        found = datetime.fromisoformat(text_at(activity, "timestamp"))
    except ValueError:
        return now
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def files(activity: Mapping[str, Any]) -> int:
    """How many files are attached; the text as HTML, and cards, are none."""
    kinds = [text_at(each, "contentType") for each in list_at(activity, "attachments")]
    return sum(not kind.startswith(NOT_FILES) for kind in kinds)
