"""Files for one person, uploaded into the bot's direct messages with them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.api import SlackApi
from adapters.slack.parse import text_of
from adapters.slack.private import Private
from core.cards import Card, Prose
from core.dossier import File
from core.errors import Ambiguous, NotSent, Refused
from core.ids import AccountKey

SENT = "I've put the files into our direct messages. Delete them there when you have them."
COMMENT = "Everything I keep about you, as you asked. Only you and I are in this conversation."


class SlackCourier:
    """Implements ``core.dossier.Courier``."""

    def __init__(self, api: SlackApi, private: Private) -> None:
        self._api, self._private = api, private

    async def deliver(self, reader: AccountKey, files: Sequence[File]) -> Card:
        channel = await self._private.channel(reader.user_id)
        given = [{"id": await self._uploaded(each), "title": each.name} for each in files]
        await self._api.call(
            "files.completeUploadExternal",
            files=given,
            channel_id=channel,
            initial_comment=COMMENT,
        )
        return Card((Prose(SENT),))

    async def _uploaded(self, file: File) -> str:
        """Slack's id of a file that nobody can see yet."""
        place = await self._api.read(
            "files.getUploadURLExternal", filename=file.name, length=len(file.content)
        )
        url, file_id = text_of(place, "upload_url"), text_of(place, "file_id")
        if not file_id or not self._is_slack(url):
            raise Refused("upload_url_not_slack")
        try:
            answer = await self._api.session.post(
                url,
                data=file.content,
                headers={"Content-Type": "application/octet-stream"},
                allow_redirects=False,
            )
        except aiohttp.ClientConnectorError as error:
            raise NotSent("Slack's file store cannot be reached.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Ambiguous("The connection ended during an upload.") from error
        async with answer:
            if answer.status != 200:
                raise Refused(f"upload_answered_{answer.status}")
        return file_id

    def _is_slack(self, url: str) -> bool:
        """Whether an address is Slack's own, or that of the server we were told to use."""
        there, base = urlsplit(url), urlsplit(self._api.client.base_url)
        if (there.scheme, there.netloc) == (base.scheme, base.netloc):
            return True
        host = there.hostname or ""
        plain = there.username is None and there.port in (None, 443)
        return there.scheme == "https" and plain and host.endswith(".slack.com")
