"""The way to a DynamoDB table: botocore in threads of its own, failures in our own terms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from core.errors import Conflict, SettingsError, StoreError, StoreUnavailable

DEADLINE = 0.5  # seconds; an answer takes some ten milliseconds
THREADS = 16
REFUSED = {  # what trying again does not mend
    "ConditionalCheckFailedException": Conflict,
    "ValidationException": StoreError,
}


class Table:
    """A table, by its address: ``dynamodb://table?region=eu-central-1``.

    Region and credentials come from where AWS's own tools find them; ``endpoint`` in the
    address is for a server of one's own. The library repeats nothing: a write that came through
    unheard would then look like a conflict.
    """

    def __init__(self, url: str, deadline: float = DEADLINE) -> None:
        """Prepare a client; raises ``SettingsError`` when no region is known."""
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._name = parts.netloc
        config = Config(
            connect_timeout=deadline,
            read_timeout=deadline,
            retries={"total_max_attempts": 1},
            max_pool_connections=THREADS,
        )
        try:
            self._client: Any = get_session().create_client(
                "dynamodb",
                region_name=asked.get("region"),
                endpoint_url=asked.get("endpoint"),
                config=config,
            )
        except (BotoCoreError, ValueError) as error:
            raise SettingsError(f"FRONTDESK_SESSION_URL cannot be used: {error}") from error
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dynamodb")

    async def call(self, method: str, **arguments: object) -> dict[str, Any]:
        """One request about the table.

        Raises:
            Conflict: Its condition does not hold.
            StoreError: It is not accepted as it is.
            StoreUnavailable: It was not answered, or not allowed, or there is no such table.
        """
        ask = partial(getattr(self._client, method), TableName=self._name, **arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, _answer, ask)

    def close(self) -> None:
        """Begin nothing new; what is under way ends by its own deadline."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()


def _answer(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return ask()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise REFUSED.get(code, StoreUnavailable)(f"DynamoDB: {code}.") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"DynamoDB: {type(error).__name__}.") from error
