"""Files for one person: into their own OneDrive, once they have agreed in the chat.

Teams lets a bot give somebody a file in no other way: it asks with a consent card, gets
an address to upload to, and shows the file. (Teams, "Send and receive files".) What is
uploaded is made when the person agrees, so that nothing has to be kept until then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog

from adapters.teams import words
from adapters.teams.connector import Connector
from adapters.teams.conversations import Conversation, Conversations
from adapters.teams.directory import TeamsDirectory
from adapters.teams.envelope import object_at, tenant_of, text_at
from adapters.teams.hosts import ServiceHosts
from adapters.teams.once import Answer, Once
from adapters.teams.parse import author, place
from core.cards import Card, Plain
from core.dossier import File
from core.errors import PlatformError, Refused
from core.ids import AccountKey
from core.messages import Place

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
STORES = (".sharepoint.com", ".sharepoint.us", ".sharepoint.cn")  # where OneDrive keeps files
AGAIN_SECONDS = 24 * 3600.0
UPLOAD_SECONDS = 10.0  # Teams waits 15 for the answer

Raw = dict[str, Any]
Made = Callable[[AccountKey], Awaitable[Sequence[File]]]

log = structlog.get_logger()


class TeamsCourier:
    """Implements ``core.dossier.Courier``.

    Args:
        files: Makes a person's files anew.
    """

    def __init__(
        self,
        connector: Connector,
        conversations: Conversations,
        directory: TeamsDirectory,
        http: httpx.AsyncClient,
        hosts: ServiceHosts,
        once: Once,
        files: Made,
    ) -> None:
        self._connector, self._conversations = connector, conversations
        self._directory, self._http, self._hosts = directory, http, hosts
        self._once, self._files = once, files

    async def deliver(self, reader: AccountKey, files: Sequence[File]) -> Card:
        await self._directory.direct(reader)
        chat = await self._conversations.of_person(reader.workspace.workspace_id, reader.user_id)
        if chat is None:
            raise Refused("conversation_not_found")
        for each in files:
            await self._send(chat, _consent(each))
        return Card((Plain(words.FILES_ASKED),))

    async def consented(self, raw: Raw, value: Raw) -> None:
        """Somebody agreed, or did not, to be given a file; done once."""
        if place(raw) is not Place.DIRECT:
            return
        who = author(raw).key

        async def work() -> Answer:
            chat = await self._conversations.of_person(tenant_of(raw), who.user_id)
            if chat is None:
                return {}
            try:
                await self._given(chat, who, value)
            except PlatformError as error:
                log.warning("file not given", error=error.code)
                await self._say(chat, words.FILE_FAILED)
            with suppress(PlatformError):  # the question is answered
                asked = text_at(raw, "replyToId")
                await self._connector.delete(chat.service_url, chat.conversation_id, asked)
            return {}

        asked = text_at(raw, "replyToId")
        await self._once.do(f"file {asked} {who}", "", AGAIN_SECONDS, work)

    async def _given(self, chat: Conversation, who: AccountKey, value: Raw) -> None:
        if text_at(value, "action") != "accept":
            return await self._say(chat, words.FILE_DECLINED)
        kind = text_at(value, "context", "file")
        made = {_kind(each): each for each in await self._files(who)}
        if kind not in made:
            raise Refused("no_such_file")
        where = object_at(value, "uploadInfo")
        await self._upload(text_at(where, "uploadUrl"), made[kind].content)
        await self._send(chat, _shown(where))
        return None

    async def _upload(self, url: str, content: bytes) -> None:
        """Put a file where Teams said; the address itself is the permission, no token goes."""
        if not self._is_store(url):
            raise Refused("upload_url_not_allowed")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
        }
        try:
            answer = await self._http.put(
                url, content=content, headers=headers, timeout=UPLOAD_SECONDS
            )
        except httpx.HTTPError as error:
            raise Refused("upload_failed") from error
        if not answer.is_success:
            raise Refused(f"upload_answered_{answer.status_code}")

    def _is_store(self, url: str) -> bool:
        """Whether an address is OneDrive's, or on a server that the operator named."""
        there = urlsplit(url)
        if self._hosts.allow(f"{there.scheme}://{there.netloc}"):
            return True
        plain = there.username is None and there.netloc == (there.hostname or "")
        return there.scheme == "https" and plain and (there.hostname or "").endswith(STORES)

    async def _say(self, chat: Conversation, said: str) -> None:
        await self._post(chat, {"type": "message", "text": said})

    async def _send(self, chat: Conversation, attachment: Raw) -> None:
        await self._post(chat, {"type": "message", "attachments": [attachment]})

    async def _post(self, chat: Conversation, activity: Raw) -> None:
        addressed = {
            **activity,
            "from": {"id": chat.bot_id},
            "conversation": {"id": chat.conversation_id},
        }
        await self._connector.create(chat.service_url, chat.conversation_id, addressed)


def _kind(file: File) -> str:
    return file.name.rpartition(".")[2]


def _consent(file: File) -> Raw:
    """The question whether a file may be put into somebody's OneDrive."""
    context = {"file": _kind(file)}
    return {
        "contentType": CONSENT,
        "name": file.name,
        "content": {
            "description": words.FILE_ABOUT,
            "sizeInBytes": len(file.content),
            "acceptContext": context,
            "declineContext": context,
        },
    }


def _shown(where: Mapping[str, Any]) -> Raw:
    """The file as it stands in their OneDrive now."""
    return {
        "contentType": INFO,
        "contentUrl": text_at(where, "contentUrl"),
        "name": text_at(where, "name"),
        "content": {
            "uniqueId": text_at(where, "uniqueId"),
            "fileType": text_at(where, "fileType"),
        },
    }
