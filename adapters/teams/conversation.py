"""Teams' conversation ids and ours.

A channel's thread is the conversation ``19:…@thread.tacv2;messageid=<root>``; a chat
is one conversation. A thread's id is that of its conversation, in full. So that a
thread is still named after its first message, that message has the same id.
"""

from __future__ import annotations

from urllib.parse import quote

from core.ids import MessageRef, ThreadKey, WorkspaceKey

ROOT = ";messageid="
CHANNELS = ("@thread.tacv2", "@thread.skype")
GROUP_CHAT = "@thread.v2"


def channel_of(conversation_id: str) -> str:
    """The channel or chat a conversation is in."""
    return conversation_id.partition(ROOT)[0]


def thread(workspace: WorkspaceKey, conversation_id: str) -> ThreadKey:
    """The key of the thread that a conversation is."""
    return ThreadKey(workspace, channel_of(conversation_id), conversation_id)


def message_id(conversation_id: str, activity_id: str) -> str:
    """Our id of a message: its own, or its thread's where it starts one."""
    starts = activity_id and conversation_id.partition(ROOT)[2] == activity_id
    return conversation_id if starts else activity_id


def activity_id(message_id: str) -> str:
    """Teams' id of a message of ours."""
    return message_id.partition(ROOT)[2] or message_id


def conversation_of(to: ThreadKey, message_id: str = "") -> str:
    """The conversation to write to, or in which a message of ours stands."""
    if ROOT in message_id:
        return message_id
    return to.thread_id if channel_of(to.thread_id) == to.channel_id else to.channel_id


def is_channel(channel_id: str) -> bool:
    """Whether an id is that of a channel, where every message can start a thread."""
    return channel_of(channel_id).endswith(CHANNELS)


def permalink(message: MessageRef) -> str:
    """A link to a message; empty for a chat with the bot, which nobody else can open."""
    where = message.thread
    shown = activity_id(message.message_id)
    tenant = quote(where.workspace.workspace_id, safe="")
    link = f"https://teams.microsoft.com/l/message/{quote(where.channel_id, safe='')}/"
    if is_channel(where.channel_id):
        root = activity_id(where.thread_id) or shown
        link += f"{quote(shown, safe='')}?tenantId={tenant}"
        return f"{link}&parentMessageId={quote(root, safe='')}"
    if where.channel_id.endswith(GROUP_CHAT):
        context = quote('{"contextType":"chat"}', safe="")
        return f"{link}{quote(shown, safe='')}?tenantId={tenant}&context={context}"
    return ""
