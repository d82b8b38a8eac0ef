"""Activities as Teams sends them, written by us."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.fakes.teams import APP_ID, HELP, TEAM, TENANT, FakeTeams, Person, chat

BOT = f"28:{APP_ID}"
BOT_MENTION = "<at>Frontdesk</at>"


def activity(teams: FakeTeams, who: Person, conversation: str, **fields: Any) -> dict[str, Any]:
    """What all activities have in common; ``fields`` replace parts of it."""
    kind = "personal" if conversation.startswith("a:") else "channel"
    kind = "groupChat" if "@thread.v2" in conversation else kind
    data: dict[str, Any] = {"tenant": {"id": TENANT}}
    if kind == "channel":
        data |= {"team": {"id": TEAM}, "channel": {"id": conversation.partition(";")[0]}}
    return {
        "type": "message",
        "id": teams.next_id(),
        "timestamp": datetime.now(UTC).isoformat(),
        "channelId": "msteams",
        "serviceUrl": f"{teams.url}/teams/",
        "from": {"id": who.teams_id, "name": who.name, "aadObjectId": who.user},
        "recipient": {"id": BOT, "name": "Frontdesk"},
        "conversation": {"id": conversation, "conversationType": kind, "tenantId": TENANT},
        "channelData": data,
        **fields,
    }


def mention(target: str, name: str) -> dict[str, Any]:
    return {
        "type": "mention",
        "text": f"<at>{name}</at>",
        "mentioned": {"id": target, "name": name},
    }


def asks(
    teams: FakeTeams, who: Person, text: str, channel: str = HELP, root: str = "", **fields: Any
) -> dict[str, Any]:
    """A mention of the bot in a channel: in a thread, or starting one."""
    found = activity(teams, who, channel, **fields)
    found["conversation"]["id"] = f"{channel};messageid={root or found['id']}"
    found |= {"text": f"{BOT_MENTION} {text}", "entities": [mention(BOT, "Frontdesk")]}
    return {**found, **fields}


def writes(teams: FakeTeams, who: Person, text: str, **fields: Any) -> dict[str, Any]:
    """A message in the bot's chat with somebody."""
    return activity(teams, who, chat(who), text=text, **fields)


def presses(
    teams: FakeTeams,
    who: Person,
    conversation: str,
    card: str,
    button: dict[str, Any],
    **inputs: str,
) -> dict[str, Any]:
    """Action.Execute on a card; ``card`` is its activity id."""
    action = {
        "type": "Action.Execute",
        "verb": button.get("verb", ""),
        "data": {**button["data"], **inputs},
    }
    return activity(
        teams,
        who,
        conversation,
        type="invoke",
        name="adaptiveCard/action",
        replyToId=card,
        value={"action": action, "trigger": "manual"},
    )


def submits(
    teams: FakeTeams, who: Person, conversation: str, card: str, button: dict[str, Any]
) -> dict[str, Any]:
    """Action.Submit on a card, from a client that knows no Action.Execute."""
    return activity(teams, who, conversation, replyToId=card, value=button["fallback"]["data"])


def installed(teams: FakeTeams, who: Person, conversation: str) -> dict[str, Any]:
    """The bot was added to a conversation."""
    return activity(teams, who, conversation, type="conversationUpdate", membersAdded=[{"id": BOT}])
