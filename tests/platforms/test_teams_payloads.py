"""Payloads that nobody here wrote: the right status for each, no exception, no words in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.ids import Platform, WorkspaceKey
from tests.fakes.teams import TENANT
from tests.platforms.teams_setup import Tenant, tenant

FOLDER = Path(__file__).parents[3] / "shared" / "payloads" / "teams"
FILES = sorted(FOLDER.rglob("*.json"))
NO_ACTIVITY = 400
pytestmark = pytest.mark.skipif(not FILES, reason="the shared payloads are not here")


def expected(found: Any) -> int:
    """What an untouched payload is answered with, seen with a good token."""
    if not isinstance(found, dict) or not all(
        isinstance(found.get(key), str) for key in ("type", "channelId", "serviceUrl")
    ):
        return NO_ACTIVITY
    return 403  # another channel, tenant or service URL


def adopted(home: Tenant, found: dict[str, Any]) -> dict[str, Any]:
    """The same activity as if it came from our tenant, through our connector."""
    data = {**(found.get("channelData") or {}), "tenant": {"id": TENANT}}
    conversation = {**(found.get("conversation") or {}), "tenantId": TENANT}
    place = {"channelId": "msteams", "serviceUrl": f"{home.teams.url}/teams/"}
    return {**found, **place, "channelData": data, "conversation": conversation}


async def test_every_payload_gets_the_right_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it is, with and without a token; and once more as an activity of our own tenant."""
    async with tenant(tmp_path) as home:
        for file in FILES:
            raw = file.read_bytes()
            try:
                found = json.loads(raw.decode("utf-8-sig"))
            except ValueError:
                found = None
            assert (await home.post(raw, token=None))[0] == 401, file.name
            untouched = 400 if raw.startswith(b"\xef\xbb\xbf") else expected(found)
            assert (await home.post(raw))[0] == untouched, file.name
            if isinstance(found, dict) and expected(found) == 403:
                status, _ = await home.post(orjson.dumps(adopted(home, found)))
                assert status == 200, file.name
        await home.settled()
    logged = capsys.readouterr().out
    assert "ping" not in logged
    assert "activity failed" not in logged
    assert "validation" not in logged


async def test_a_message_from_a_channel_that_mentions_the_bot_starts_a_turn(tmp_path: Path) -> None:
    """The mention is an entity; its text was stripped on the way."""
    file = next(each for each in FILES if "ping_payload" in each.name)
    async with tenant(tmp_path) as home:
        sent = adopted(home, json.loads(file.read_text(encoding="utf-8")))

        assert (await home.post(sent))[0] == 200
        await home.settled()

        rows = await home.running.product.database.read(
            lambda tx: tx.all("SELECT thread_key FROM turn WHERE tenant = :t", t=str(HOME))
        )
        assert [";messageid=1627505122598" in row["thread_key"] for row in rows] == [True]


HOME = WorkspaceKey(Platform.TEAMS, TENANT)
