"""Two lives of the product in one Slack workspace: nothing acknowledged is lost or said twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters.storage import inherited
from tests.fakes.slack import Fault, Seen, eventually
from tests.fakes.slack_events import command, press, said
from tests.fakes.slack_reading import page
from tests.platforms.slack_setup import Whole, life, workspace

QUESTION = "How many days of annual leave do I get?"


def posts(made: Whole, channel: str) -> list[Seen]:
    return [each for each in made.slack.log if each.what == "post" and each.channel == channel]


async def idle(made: Whole) -> None:
    """Until nothing waits any more."""

    async def empty() -> bool:
        return await made.running.product.inbox.depth() == 0

    await eventually(empty)


async def test_a_restart_in_the_middle_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """What waits is answered once, a case that is open is claimed, its words travel."""
    async with workspace() as slack:
        async with life(slack, tmp_path) as first:
            for words in ("config support-channel <#C2|support>", "config staff add <@U2|ben>"):
                await first.sender.command(command(words, user="U2"))
            handed_over = await first.ask("I want to talk to a person, please")
            await eventually(lambda: len(posts(first, "C2")) == 1)
            await idle(first)
            await first.running.product.worker.stop()
            asked = await first.ask(QUESTION)
            assert len(posts(first, "C1")) == 1

        async with life(slack, tmp_path) as second:
            await idle(second)
            (card,) = posts(second, "C2")
            (claim,) = page(card.message["blocks"]).buttons
            pressed = press("desk.claim.0", claim.value, user="U2", channel="C2", ts=card.ts)
            await second.sender.interaction(pressed)
            await idle(second)
            reply = {"user": "U2", "channel": "C2", "thread_ts": card.ts}
            await second.sender.event(said("Try the side door.", **reply, ts="1700000100.000100"))
            await idle(second)

        told = posts(second, "C1")
        assert [each.thread for each in told] == [handed_over, asked, handed_over, handed_over]
        assert "25 days" in told[1].words
        assert "Ben has taken" in told[2].words
        assert "side door" in told[3].words


async def test_f54_a_restored_backup_says_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits in it was answered, handed over or sent since: we look before we send again."""
    monkeypatch.setattr(inherited, "LEFT_SECONDS", 0.0)
    data, backup = tmp_path / "data", tmp_path / "backup"
    async with workspace() as slack:
        async with life(slack, data) as before:
            for words in ("config support-channel <#C2|support>", "config staff add <@U2|ben>"):
                await before.sender.command(command(words, user="U2"))
            slack.faults.append(Fault(status=429, retry_after="1"))
            await before.ask("How long does the VPN stay connected?")
            await eventually(lambda: not slack.faults)
            await before.running.product.worker.stop()
            await before.ask(QUESTION)
            await before.ask("I want to talk to a person, please")
        assert not posts(before, "C1")
        shutil.copytree(data, backup)
        async with life(slack, data) as since:
            await idle(since)
            shown = [each.words for each in slack.log if each.what == "post"]
            assert len(shown) == 4

        shutil.rmtree(data)
        shutil.copytree(backup, data)
        async with life(slack, data) as restored:
            await idle(restored)

        assert [each.words for each in slack.log if each.what == "post"] == shown
