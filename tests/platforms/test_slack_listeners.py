"""Who hears what, through Bolt, over HTTP and over a socket (A08, A10, A17, A19, A20)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.slack.gate import Gate
from adapters.slack.listeners import EVENTS
from adapters.slack.socket import Socket
from tests.fakes.slack import APP, TEAM, eventually
from tests.fakes.slack_events import SECRET, command, envelope, mention, own, press, said
from tests.platforms.slack_setup import ROOT, US, adapter, endpoint

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "slack"
FILES = sorted(PAYLOADS.rglob("*.json")) if PAYLOADS.is_dir() else []


async def test_a_message_is_handed_on_before_it_is_acknowledged() -> None:
    """200 means that it was kept."""
    async with adapter() as made:
        answer = await made.dispatch(mention("hi", ts="1700000001.000100"))

        assert answer.status == 200
        assert [each.text for each in made.door.messages] == ["hi"]


async def test_a10_a_message_that_was_not_kept_is_not_acknowledged() -> None:
    """Slack sends it again, and then it is taken."""
    async with adapter() as made:
        made.door.full = True
        refused = await made.dispatch(mention("hi"))
        made.door.full = False
        taken = await made.dispatch({**mention("hi"), "retry_num": 1})

        assert (refused.status, taken.status) == (503, 200)
        assert len(made.door.messages) == 1


@pytest.mark.parametrize("name", EVENTS)
async def test_every_event_we_subscribe_to_has_a_listener(name: str) -> None:
    """With nothing in it but its type it is still answered."""
    async with adapter() as made:
        assert (await made.dispatch(envelope({"type": name}))).status == 200


async def test_what_nobody_listens_to_is_acknowledged() -> None:
    """An unheard event would count as a failure, and enough of them switch an app off."""
    bodies = [
        envelope({"type": "emoji_changed"}),
        envelope({"type": 5}),
        {"type": "block_actions", "team": {"id": TEAM}, "actions": [{"action_id": "other"}]},
        {"type": "block_actions", "team": {"id": TEAM}, "actions": []},
        {"type": "view_submission", "team": {"id": TEAM}, "view": {}},
        {"type": "shortcut", "team": {"id": TEAM}},
        {**command("x"), "command": "/other"},
        {"type": "app_rate_limited", "team_id": TEAM},
    ]
    async with adapter() as made:
        for body in bodies:
            assert (await made.dispatch(body)).status == 200


async def test_a17_our_own_message_is_no_turn_but_a_receipt() -> None:
    """Bolt would have dropped it."""
    async with adapter() as made:
        await made.dispatch(own("answer", "post-1", ts="1700000005.000100"))
        found = await made.poster.find(made.post(), "post-1")

        assert made.door.messages == []
        assert found == "1700000005.000100"


async def test_edits_and_deletions_are_handed_on() -> None:
    """Of messages that may still wait."""
    inner = {"type": "message", "user": "U1", "text": "better", "ts": ROOT}
    changed = {"type": "message", "subtype": "message_changed", "channel": "C1", "message": inner}
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": ROOT}
    async with adapter() as made:
        await made.dispatch(envelope(changed))
        await made.dispatch(envelope(gone))

        assert [each.text for each in made.door.edits] == ["better"]
        assert [each.message_id for each in made.door.deletions] == [ROOT]


async def test_a19_a_private_answer_goes_through_our_own_client() -> None:
    """The response_url that came along is nobody's to choose: it is never called."""
    async with adapter() as made:
        body = press("desk.claim.0", "case.1", ts=ROOT)
        assert (await made.dispatch(body)).status == 200
        await eventually(lambda: any(each.what == "ephemeral" for each in made.slack.log))

        shown = made.slack.log[-1]
        assert made.door.presses[0].actor.name == "Ana"
        assert (shown.user, shown.words) == ("U1", "Done.")


async def test_a_command_is_answered_in_its_acknowledgement() -> None:
    """Privately, with its buttons."""
    async with adapter() as made, endpoint(made.dispatch) as listening:
        reply = await listening.sender.command(command("help payload"))

        assert reply["response_type"] == "ephemeral"
        assert reply["blocks"][-1]["elements"][0]["value"] == "v"
        assert made.door.commands[0].text == "help payload"
        assert made.door.commands[0].actor.name == "Ana"


async def test_a_slow_command_is_acknowledged_in_time_and_answered_later() -> None:
    """Slack waits three seconds and not one more."""
    async with adapter() as made:
        asked = made.door.command

        async def slowly(given: Any) -> Any:
            await eventually(lambda: bool(made.slack.called("test.proceed")))
            return await asked(given)

        made.door.command = slowly  # type: ignore[assignment, method-assign]
        answer = await made.dispatch(command("check"))
        assert "I'm on it" in (answer.text or "")

        await made.api.call("test.proceed")
        await eventually(lambda: any(each.what == "ephemeral" for each in made.slack.log))

        assert "Sure?" in made.slack.log[-1].words


@pytest.mark.parametrize(("age", "late"), [(10.0, False), (26 * 3_600.0, True)])
async def test_a20_a_message_that_comes_a_day_late_says_so(age: float, late: bool) -> None:
    """So that its answer can begin with a word about it."""
    async with adapter() as made:
        await made.dispatch(mention("hi", ts=f"{time.time() - age:.6f}"))

        assert made.door.messages[0].late is late


async def test_opening_the_app_shows_its_home_and_prompts() -> None:
    """The home tab says what there is; the chat suggests how to begin."""
    home = {"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "home"}
    async with adapter() as made:
        await made.dispatch(envelope(home))
        await made.dispatch(envelope({**home, "tab": "messages"}))
        await eventually(lambda: bool(made.slack.called("assistant.threads.setSuggestedPrompts")))
        await eventually(lambda: any(each.what == "view" for each in made.slack.log))

        prompts = made.slack.called("assistant.threads.setSuggestedPrompts")[0]["prompts"]
        assert 0 < len(prompts) <= 4


async def test_the_stop_button_ends_the_busy_state() -> None:
    """The session is active again, its status gone."""
    event = {
        "type": "agent_session_stopped", "channel": "C1", "thread_ts": ROOT, "user": "U1",
        "event_ts": ROOT,
    }  # fmt: skip
    async with adapter() as made:
        await made.dispatch(envelope(event))
        await eventually(lambda: bool(made.slack.called("agents.sessions.setStatus")))

        assert made.slack.called("agents.sessions.setStatus")[0]["status"] == "active"


async def test_an_uninstalled_app_raises_the_alarm() -> None:
    """An operator has to do something about it."""
    async with adapter() as made:
        await made.dispatch(envelope({"type": "app_uninstalled"}))

        assert made.alerts == ["app_uninstalled"]


async def test_no_listener_logs_what_a_person_wrote() -> None:
    """Not even when everything fails."""
    async with adapter() as made:
        made.door.full = True
        with capture_logs() as logs:
            await made.dispatch(mention("my secret words"))
            await made.dispatch(command("ask my secret words"))

        assert "secret words" not in str(logs)


@pytest.mark.skipif(not FILES, reason="the payloads of others are not here")
@pytest.mark.parametrize("path", FILES, ids=[each.stem.rsplit("__", 1)[-1] for each in FILES])
async def test_a_payload_of_others_gets_its_status_and_no_exception(path: Path) -> None:
    """As it is, and once more as if it were meant for us; nothing of it is logged."""
    body = json.loads(path.read_text(encoding="utf-8-sig"))
    ours = {**body, "team_id": TEAM, "team": {"id": TEAM}, "api_app_id": APP}
    if isinstance(body.get("event"), dict):
        filled = {"channel": "C1", "user": "U1", "ts": ROOT, "text": "a person's words"}
        ours["event"] = {**body["event"], **{k: v for k, v in filled.items() if k in body["event"]}}
    async with adapter() as made, endpoint(made.dispatch) as listening:
        with capture_logs() as logs:
            challenge = body.get("type") == "url_verification"
            assert await listening.sender.event(body) == 200
            assert await listening.sender.event(ours) == 200
            assert await listening.sender.interaction(ours) == 200

        assert not [each for each in logs if each["log_level"] in ("error", "critical")]
        assert "a person's words" not in str(logs)
        assert challenge or listening.counted


async def test_a_socket_hears_the_same_and_acknowledges_what_was_kept() -> None:
    """An envelope whose message was not kept is left for Slack to send again."""
    async with adapter() as made:
        made.slack.envelopes = [
            _enveloped("1", "events_api", mention("over the socket", ts="1700000002.000100")),
            _enveloped("2", "slash_commands", command("help"), reply=True),
            _enveloped("3", "events_api", {**said("not ours"), "api_app_id": "A0OTHER"}),
        ]
        gate = Gate(SECRET, US)
        socket = Socket("xapp-1-A0APP-fake", made.api.client, gate, made.dispatch)
        await socket.start()
        await eventually(lambda: len(made.slack.acknowledged) == 3)
        await socket.stop()

        acknowledged = {each["envelope_id"]: each for each in made.slack.acknowledged}
        assert [each.text for each in made.door.messages] == ["over the socket"]
        assert acknowledged["2"]["payload"]["response_type"] == "ephemeral"


def _enveloped(
    number: str, kind: str, payload: dict[str, Any], *, reply: bool = False
) -> dict[str, Any]:
    return {
        "envelope_id": number, "type": kind, "payload": payload, "accepts_response_payload": reply
    }  # fmt: skip
