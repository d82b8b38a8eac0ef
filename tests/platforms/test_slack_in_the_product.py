"""The whole product in a Slack workspace, by what is visible there (A08, A18, A20, F42-F45)."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from adapters.storage import outbox
from bot import delivery, slack, sweeper, worker
from bot.settings import read
from core import wording
from core.errors import SettingsError
from tests.fakes.slack import TOKEN, Fault, Seen, eventually, fake_slack
from tests.fakes.slack_events import SECRET, command, envelope, mention, press, said
from tests.platforms.slack_setup import Whole, product, settings
from tests.platforms.test_slack_stop import thinks

QUESTION = "How many days of annual leave do I get?"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that are minutes in life."""
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.05)
    monkeypatch.setattr(delivery, "PARKED_SECONDS", 0.1)
    monkeypatch.setattr(worker, "GIVE_BACK_SECONDS", 0.05)
    monkeypatch.setattr(sweeper, "EARLY_SECONDS", 0.3)


def posts(made: Whole, channel: str = "C1") -> list[Seen]:
    return [each for each in made.slack.log if each.what == "post" and each.channel == channel]


async def answered(made: Whole, count: int = 1) -> list[Seen]:
    await eventually(lambda: len(posts(made)) >= count)
    return posts(made)


async def idle(made: Whole) -> None:
    """Until nothing waits any more."""

    async def empty() -> bool:
        return await made.running.product.inbox.depth() == 0

    await eventually(empty)


async def staffed(made: Whole) -> None:
    """Ben sets the support channel and himself as staff."""
    for words in ("config support-channel <#C2|support>", "config staff add <@U2|ben>"):
        reply = await made.sender.command(command(words, user="U2"))
        assert "version" in reply["text"], reply


async def test_a_question_is_answered_in_its_thread_with_its_source(tmp_path: Path) -> None:
    """Once, with the document and its age."""
    async with product(tmp_path) as made:
        stamp = await made.ask(QUESTION)
        (answer,) = await answered(made)

        assert answer.thread == stamp
        assert "25 days" in answer.words
        assert "Updated" in answer.words


async def test_a08_a18_copies_of_a_message_are_answered_once(tmp_path: Path) -> None:
    """A replay, the twin event, and a retry."""
    async with product(tmp_path) as made:
        stamp = await made.ask(QUESTION)
        for _ in range(2):
            assert await made.sender.event(mention(QUESTION, ts=stamp)) == 200
            assert await made.sender.event(said(f"<@U0BOT> {QUESTION}", ts=stamp)) == 200
        await answered(made)
        await idle(made)

        assert len(posts(made)) == 1


async def test_a17_people_talking_and_bots_answering_get_nothing(tmp_path: Path) -> None:
    """Two bots that mention each other stop at no reply."""
    async with product(tmp_path) as made:
        await made.sender.event(said("lunch?"))
        await made.sender.event(mention("hi", user="U9", bot_id="B9", ts="1700000003.000100"))
        await idle(made)

        assert made.slack.log == []


async def test_a20_a_message_a_day_late_is_answered_once_with_a_word_about_it(
    tmp_path: Path,
) -> None:
    """And never twice."""
    async with product(tmp_path) as made:
        stamp = f"{time.time() - 26 * 3600:.6f}"
        made.slack.write("C1", stamp, "U1", QUESTION)
        for _ in range(2):
            assert await made.sender.event(mention(QUESTION, ts=stamp)) == 200
        (answer,) = await answered(made)
        await idle(made)

        assert answer.words.startswith("Sorry for the delay")
        assert len(posts(made)) == 1


@pytest.mark.parametrize(("hours_late", "answered_well"), [(3.9, True), (26.0, False)])
async def test_a20_beyond_the_operators_patience_a_late_message_is_closed_in_words(
    tmp_path: Path, hours_late: float, *, answered_well: bool
) -> None:
    """Once, however often it is delivered; no model and no document is asked."""
    async with product(tmp_path, FRONTDESK_ANSWER_WITHIN=4) as made:
        stamp = f"{time.time() - hours_late * 3600:.6f}"
        made.slack.write("C1", stamp, "U1", QUESTION)
        for _ in range(2):
            assert await made.sender.event(mention(QUESTION, ts=stamp)) == 200
        (said,) = await answered(made)
        await idle(made)

        assert ("25 days" in said.words) is answered_well
        assert ("26 hours after you wrote it" in said.words) is not answered_well
        assert len(posts(made)) == 1


async def test_a20_what_waited_in_our_own_inbox_is_not_late(tmp_path: Path) -> None:
    """It was acknowledged in time, so it is answered, however long that takes."""
    async with product(tmp_path, FRONTDESK_ANSWER_WITHIN=0.0002) as made:  # 0.7 s
        model = thinks(made)
        root = await made.ask(QUESTION)
        await model.thinking.wait()
        await made.ask("hello", thread_ts=root)
        await asyncio.sleep(0.8)
        model.may_answer.set()
        said = await answered(made, 2)

        assert said[1].words == wording.GREETING


async def test_a_direct_message_needs_no_mention(tmp_path: Path) -> None:
    """Its thread is the conversation."""
    async with product(tmp_path) as made:
        made.slack.direct("U1")
        stamp = f"{time.time():.6f}"
        made.slack.write("DU1", stamp, "U1", QUESTION)
        await made.sender.event(said(QUESTION, channel="DU1", ts=stamp))
        await eventually(lambda: len(posts(made, "DU1")) == 1)

        assert posts(made, "DU1")[0].thread == stamp


async def test_somebody_mentioned_is_named_on_the_card(tmp_path: Path) -> None:
    """Staff read who is meant, and nobody is called there."""
    async with product(tmp_path) as made:
        await staffed(made)

        await made.ask("I want to talk to a person about the laptop of <@U2>")
        await eventually(lambda: len(posts(made, "C2")) == 1)

        card = posts(made, "C2")[0]
        assert "the laptop of @Ben" in card.words
        assert "U2" not in card.words
        assert '"type": "user"' not in str(card.message).replace("'", '"')


async def test_a_person_is_fetched_claims_and_answers(tmp_path: Path) -> None:
    """Button, card, claim, relay, resolve: all of it in Slack."""
    async with product(tmp_path) as made:
        await staffed(made)
        stamp = await made.ask("I want to talk to a person, please")
        await eventually(lambda: len(posts(made, "C2")) == 1)
        card = posts(made, "C2")[0]
        (claim,) = [
            each for row in card.message["blocks"] for each in row.get("elements", ())
            if each.get("action_id", "").startswith("desk.claim")
        ]  # fmt: skip

        await made.sender.interaction(
            press(claim["action_id"], claim["value"], user="U1", channel="C2", ts=card.ts)
        )
        await made.sender.interaction(
            press(claim["action_id"], claim["value"], user="U2", channel="C2", ts=card.ts)
        )
        await eventually(lambda: any("Ben" in each.words for each in posts(made)))
        reply = said("Try the side door.", user="U2", channel="C2", thread_ts=card.ts, ts=_now())
        await made.sender.event(reply)
        await eventually(lambda: any("side door" in each.words for each in posts(made)))
        await idle(made)

        told = [each for each in posts(made) if "side door" in each.words]
        assert [each.thread for each in told] == [stamp]
        assert told[0].words.startswith("Ben")
        updates = [each for each in made.slack.log if each.what == "update"]
        assert any("Ben has this" in each.words for each in updates)


async def test_asking_by_command_continues_in_a_direct_thread(tmp_path: Path) -> None:
    """What is written below the answer belongs to it."""
    async with product(tmp_path) as made:
        await made.sender.command(command(f"ask {QUESTION}"))
        await eventually(lambda: len(posts(made, "DU1")) == 2)

        opening, answer = posts(made, "DU1")
        assert answer.thread == opening.ts
        assert "25 days" in answer.words


async def test_feedback_is_thanked_privately(tmp_path: Path) -> None:
    """The last press wins; each is answered."""
    async with product(tmp_path) as made:
        await made.ask(QUESTION)
        (answer,) = await answered(made)
        (judged,) = [
            each for row in answer.message["blocks"] for each in row.get("elements", ())
            if each["type"] == "feedback_buttons"
        ]  # fmt: skip
        value = judged["positive_button"]["value"]
        body = press(judged["action_id"], value, ts=answer.ts, thread=answer.thread)
        await made.sender.interaction(body)
        await eventually(lambda: any(each.what == "ephemeral" for each in made.slack.log))

        assert "Thank you" in made.slack.log[-1].words


async def test_a_message_that_still_waits_can_be_edited_or_taken_back(tmp_path: Path) -> None:
    """It is answered as it reads now, or not at all."""
    async with product(tmp_path) as made:
        await made.running.product.worker.stop()
        first, second = await made.ask("Never mind?"), await made.ask("hello wrong")
        gone = {"type": "message", "subtype": "message_deleted", "channel": "C1"}
        inner = {"type": "message", "user": "U1", "text": "<@U0BOT> right", "ts": second}
        changed = {"type": "message", "subtype": "message_changed", "channel": "C1"}
        await made.sender.event(envelope({**gone, "deleted_ts": first}))
        await made.sender.event(envelope({**changed, "message": inner}))

        inbox = made.running.product.inbox
        assert await inbox.depth() == 1
        work = await inbox.lease()
        assert work is not None
        assert work.item is not None
        assert '"text":"right"' in work.item.payload


@pytest.mark.parametrize("header", ["1", None, "abc"])
async def test_f42_a_limit_delays_the_answer_and_keeps_the_order(
    tmp_path: Path, header: str | None
) -> None:
    """One answer each, as they were asked."""
    async with product(tmp_path) as made:
        made.slack.faults.append(Fault(status=429, retry_after=header))
        stamp = await made.ask("hello")
        second = said("thanks", thread_ts=stamp, ts=_now(1))
        assert await made.sender.event(second) == 200
        answers = await answered(made, 2)

        assert [each.thread for each in answers] == [stamp, stamp]
        assert "Hello" in answers[0].words
        assert "welcome" in answers[1].words


FAULTS = {
    "500": Fault(status=500),
    "reset": Fault(reset=True),
    "reset_accepted": Fault(reset=True, accepted=True),
    "accepted_late": Fault(reset=True, accepted=True, later=True),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_f43_an_ambiguous_end_leaves_one_visible_answer(tmp_path: Path, name: str) -> None:
    """After the sweep, whatever came late."""
    async with product(tmp_path) as made:
        made.slack.faults.append(FAULTS[name])
        await made.ask(QUESTION)
        await answered(made)
        await idle(made)
        made.slack.settle()
        if name == "accepted_late":
            await eventually(lambda: any(each.what == "delete" for each in made.slack.log))

        assert len(made.slack.visible("C1")) == 1


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "restricted_action"])
async def test_f44_a_closed_channel_does_not_swallow_the_answer(tmp_path: Path, error: str) -> None:
    """It comes by direct message, once."""
    async with product(tmp_path) as made:
        made.slack.faults.append(Fault(error=error))
        await made.ask(QUESTION)
        await eventually(lambda: len(posts(made, "DU1")) == 1)
        await idle(made)

        assert posts(made) == []
        assert "25 days" in posts(made, "DU1")[0].words


async def test_f44_a_post_nobody_can_get_is_given_up_and_never_loops(tmp_path: Path) -> None:
    """It is dead, and the log says so."""
    async with product(tmp_path) as made:
        made.slack.faults.extend([Fault(error="channel_is_limited_access")] * 50)
        await made.ask(QUESTION)
        await eventually(lambda: bool(made.slack.called("chat.postMessage")))
        await idle(made)

        assert len(made.slack.called("chat.postMessage")) == 1


async def test_f45_work_waits_for_a_new_token_and_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is taken for a guest meanwhile, nothing is buried."""
    monkeypatch.setattr("adapters.slack.api.PARKED_SECONDS", 0.05)
    async with product(tmp_path) as made:
        made.slack.revoked = "token_revoked"
        await made.ask(QUESTION)
        asked = len(made.slack.calls)
        await eventually(lambda: len(made.slack.calls) >= asked + 8)
        assert made.slack.log == []

        made.slack.revoked = ""
        (answer,) = await answered(made)
        await idle(made)

        assert "25 days" in answer.words
        assert b'frontdesk_slack_alerts_total{reason="token_revoked"}' in (
            made.running.product.telemetry.text()
        )


async def test_an_installation_is_checked_step_by_step(tmp_path: Path) -> None:
    """Each thing that fails says how to mend it."""
    async with product(tmp_path) as made:
        await staffed(made)
        good = await slack.check(settings(tmp_path, made.slack), "#support")
        made.slack.scopes = made.slack.scopes.replace("usergroups:read,", "")
        made.slack.channels["C2"]["is_archived"] = True
        bad = {each.name: each for each in await slack.check(settings(tmp_path, made.slack), "C2")}

        assert all(each.good for each in good)
        assert "usergroups:read missing" in bad["Slack scopes"].found
        assert "archived" in bad["Slack posting"].found
        made.slack.revoked = "invalid_auth"
        for each in await slack.check(settings(tmp_path, made.slack), ""):
            assert each.good is (each.name == "Slack posting")
            assert each.good or "SLACK_BOT_TOKEN" in each.found
        trials = [each for each in made.slack.log if "checks that it can post" in each.words]
        assert [each.what for each in trials] == ["post", "delete"]


async def test_the_socket_is_checked_where_it_is_wanted(tmp_path: Path) -> None:
    """No signing secret is asked for; a token Slack does not take is named."""
    async with fake_slack() as fake:
        found = []
        for token in ("xapp-1-A0APP-fake", "xapp-of-another-app"):
            wanted = {"FRONTDESK_SLACK_SOCKET": True, "SLACK_APP_TOKEN": token}
            given = settings(tmp_path, fake, SLACK_SIGNING_SECRET=None, **wanted)
            found.append((await slack.check(given, ""))[-1])

    assert [(each.name, each.good) for each in found] == [
        ("Slack socket", True),
        ("Slack socket", False),
    ]
    assert "SLACK_APP_TOKEN" in found[1].found


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SLACK_BOT_TOKEN": TOKEN}, "SLACK_SIGNING_SECRET is not set"),
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are not set"),
        ({"SLACK_API_BASE_URL": "http://slack.example/api/"}, "must look like https://"),
    ],
)
def test_what_is_missing_for_slack_is_named_together(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    """And no value of it is shown."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=missing) as caught:
        read()

    assert SECRET not in str(caught.value)


def test_socket_mode_needs_the_app_token_instead_of_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``frontdesk run --socket``."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN is not set"):
        read(socket=True)
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1-A0APP-fake")

    assert read(socket=True).slack_socket


async def test_a_token_slack_does_not_take_stops_the_start_in_words(tmp_path: Path) -> None:
    """And nothing is left running."""
    async with fake_slack() as fake:
        fake.revoked = "invalid_auth"
        from bot.run import Running

        with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN is not taken"):
            await Running.start(settings(tmp_path, fake), with_playground=False)


async def test_over_a_socket_the_product_has_no_endpoint(tmp_path: Path) -> None:
    """And answers all the same."""
    more: dict[str, Any] = {"FRONTDESK_SLACK_SOCKET": True, "SLACK_APP_TOKEN": "xapp-1-A0APP-fake"}
    async with product(tmp_path, **more) as made:
        assert await made.sender.event(mention("hi")) == 404
        await eventually(lambda: bool(made.slack.called("apps.connections.open")))


def test_without_slack_its_sdk_is_not_imported() -> None:
    """It costs a second of start-up."""
    code = (
        "import sys, bot.__main__, bot.run;"
        "sys.exit(any(name.startswith(('slack_bolt', 'slack_sdk')) for name in sys.modules))"
    )

    assert run([sys.executable, "-c", code], check=False).returncode == 0


def _now(later: float = 0.0) -> str:
    return f"{time.time() + later:.6f}"
