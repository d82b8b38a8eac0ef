"""Say who writes and who is meant, where a platform gave only somebody's id."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

from core.ids import AccountKey
from core.messages import InboundMessage
from core.ports import Directory

NAMED_MOST = 10  # people of one message; further ones keep their ids
SHOWN_MOST = 100  # mentions of one message that are replaced
SECONDS = 2.0  # for all of them together; names are a courtesy


async def introduced(message: InboundMessage, directory: Directory) -> InboundMessage:
    """The message with its author as the directory has them now, and those it mentions by name."""
    author = await directory.meet(message.author)
    return await named(replace(message, author=author), directory)


async def named(message: InboundMessage, directory: Directory) -> InboundMessage:
    """The message with the names of those it mentions, as far as the directory tells in time."""
    ids = message.unnamed[:NAMED_MOST]
    if not ids:
        return message
    keys = [AccountKey(message.workspace, each) for each in ids]
    try:
        async with asyncio.timeout(SECONDS):
            found = await asyncio.gather(*map(directory.person_name, keys))
    except TimeoutError:
        return message
    names = dict(zip(ids, found, strict=True))
    token = re.compile(rf"@({'|'.join(map(re.escape, ids))})\b")
    words = token.sub(lambda match: f"@{names[match[1]]}", message.text, count=SHOWN_MOST)
    return replace(message, text=words)
