"""Posting into Slack: once, in the right place, through every fault (A76, F42-F45)."""

from __future__ import annotations

import pytest

from adapters.slack import limits
from adapters.slack.api import retry_after
from core.cards import Button, Buttons, Card, Plain, Prose
from core.errors import Ambiguous, NotSent, Parked, Refused
from core.ids import AccountKey, MessageRef
from core.outcome import Post
from tests.fakes.slack import BOT_USER, Fault, eventually
from tests.platforms.slack_setup import ROOT, US, Adapter, adapter

(POSTS,) = limits.POSTS
ANA = AccountKey(US.workspace, "U1")


async def test_a_post_stands_in_its_thread_with_its_id() -> None:
    """The metadata finds it again, the SDK sends it once."""
    async with adapter() as made:
        stamp = await made.poster.post(made.post(), "post-1")

        (seen,) = made.slack.log
        assert (seen.thread, seen.ts) == (ROOT, stamp)
        (call,) = made.slack.called("chat.postMessage")
        assert call["metadata"]["event_payload"] == {"post": "post-1"}
        assert call["client_msg_id"] == "post-1"


async def test_a76_nothing_is_unfurled_in_posts_and_updates() -> None:
    """On every send."""
    async with adapter() as made:
        stamp = await made.poster.post(made.post(), "post-1")
        await made.poster.update(Post(made.thread(), Card((Prose("new"),)), replaces=stamp), "p2")

        for call in made.slack.calls:
            if call.method in ("chat.postMessage", "chat.update"):
                assert call.arguments["unfurl_links"] is False
                assert call.arguments["unfurl_media"] is False
        assert made.slack.visible()[0]["text"] == "new"


async def test_an_unknown_thread_is_never_posted_to_channel_root() -> None:
    """Slack would do it without an error."""
    async with adapter() as made:
        with pytest.raises(Refused, match="thread_not_found"):
            await made.poster.post(made.post(root="1600000000.000001"), "post-1")

        assert made.slack.visible() == []


async def test_a_thread_that_goes_while_we_post_leaves_nothing_at_channel_root() -> None:
    """It was known a moment ago; the reply is taken back."""
    async with adapter() as made:
        made.memory.wrote("C1", ROOT, "")
        made.slack.messages["C1"].clear()

        with pytest.raises(Refused, match="thread_not_found"):
            await made.poster.post(made.post(), "post-1")

        assert made.slack.visible() == []


async def test_a_known_thread_is_not_looked_up_again() -> None:
    """One call a post, not two."""
    async with adapter() as made:
        made.memory.wrote("C1", ROOT, "U1")
        await made.poster.post(made.post(), "post-1")
        await made.poster.post(made.post(), "post-2")

        assert made.slack.called("conversations.replies") == []


@pytest.mark.parametrize(
    ("header", "seconds"), [("30", 30.0), (None, 1.0), ("abc", 1.0), ("-5", 1.0), ("9" * 40, 1.0)]
)
async def test_f42_a_429_says_how_long_its_channel_waits(
    header: str | None, seconds: float
) -> None:
    """Whatever the header holds; the SDK does not try again by itself."""
    async with adapter() as made:
        made.slack.faults.append(Fault(status=429, retry_after=header))

        with pytest.raises(NotSent) as caught:
            await made.poster.post(made.post(), "post-1")

        assert caught.value.retry_after == seconds
        assert len(made.slack.called("chat.postMessage")) == 1
        assert made.slack.visible() == []


async def test_f42_nothing_overtakes_in_a_channel_that_must_wait() -> None:
    """Another thread of the channel waits too; another channel does not."""
    async with adapter() as made:
        made.slack.channel("C3", "other", "U1")
        made.slack.write("C3", ROOT, "U1", "x")
        made.slack.faults.append(Fault(status=429, retry_after="30"))
        with pytest.raises(NotSent):
            await made.poster.post(made.post(), "post-1")
        with pytest.raises(NotSent) as caught:
            await made.poster.post(made.post(), "post-2")

        assert caught.value.retry_after == pytest.approx(30.0)
        assert await made.poster.post(made.post(channel="C3"), "post-3")
        made.ticks.now += 31
        assert await made.poster.post(made.post(), "post-1")


async def test_a_channel_gets_a_burst_and_then_one_message_a_second() -> None:
    """Nobody waits for the first minute's worth; who comes after stands in line."""
    async with adapter() as made:
        for number in range(POSTS.burst + 2):
            await made.poster.post(made.post(), f"post-{number}")

        assert made.ticks.waits == [pytest.approx(1.0), pytest.approx(1.0)]


async def test_a_channel_whose_burst_was_too_much_gets_one_message_a_second() -> None:
    """Once Slack asked for patience there, and for a while after; other channels are as before."""
    async with adapter() as made:
        made.slack.channel("C3", "other", "U1")
        made.slack.write("C3", ROOT, "U1", "x")
        made.slack.faults.append(Fault(status=429, retry_after="1"))
        with pytest.raises(NotSent):
            await made.poster.post(made.post(), "post-0")
        made.ticks.now += 1

        for number in range(POSTS.wary + 2):
            await made.poster.post(made.post(), f"post-{number}")
            await made.poster.post(made.post(channel="C3"), f"other-{number}")

        assert made.ticks.waits == [pytest.approx(1.0), pytest.approx(1.0)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=503),
        Fault(error="internal_error"),
        Fault(error="fatal_error"),
        Fault(reset=True),
        Fault(reset=True, accepted=True),
    ],
    ids=["500", "503", "internal", "fatal", "reset", "reset_accepted"],
)
async def test_f43_what_may_have_been_taken_is_ambiguous(fault: Fault) -> None:
    """Neither sent nor not sent; and never sent again by itself."""
    async with adapter() as made:
        made.slack.faults.append(fault)

        with pytest.raises(Ambiguous):
            await made.poster.post(made.post(), "post-1")

        assert len(made.slack.called("chat.postMessage")) == 1


async def test_f43_a_post_that_was_taken_is_found_again() -> None:
    """By its metadata, among everything else that stands in the thread."""
    async with adapter() as made:
        for number in range(210):
            made.slack.write("C1", f"17000001{number:02d}.000100", "U2", "chat", ROOT)
        made.slack.faults.append(Fault(reset=True, accepted=True))
        with pytest.raises(Ambiguous):
            await made.poster.post(made.post(), "post-1")

        found = await made.poster.find(made.post(), "post-1")

        assert found == made.slack.visible()[0]["ts"]
        assert await made.poster.find(made.post(), "post-2") is None


@pytest.mark.parametrize("privately", [False, True])
async def test_f43_copies_that_came_late_are_taken_back(*, privately: bool) -> None:
    """All but the one that is kept, in the thread or in the direct messages of its reader."""
    answer = Card((Prose("You have 12 days."), Buttons((Button("P", "person", "t"),))))
    async with adapter() as made:
        post = Post(made.thread(), answer, only_for=ANA if privately else None)
        made.slack.faults.append(Fault(reset=True, accepted=True, later=True))
        with pytest.raises(Ambiguous):
            await made.poster.post(post, "post-1")
        assert await made.poster.find(post, "post-1") is None
        kept = await made.poster.post(post, "post-1")
        other = await made.poster.post(post, "post-2")
        made.slack.settle()
        assert len(made.slack.visible()) == 3

        await made.poster.remove_copies(post, "post-1", kept)

        assert [each["ts"] for each in made.slack.visible()] == [kept, other]


async def test_f43_a_late_copy_is_also_swept_when_slack_tells_of_it() -> None:
    """Our own message's event has the same id and another time stamp."""
    async with adapter() as made:
        kept = await made.poster.post(made.post(), "post-1")
        made.slack._show({"channel": "C1", "thread_ts": ROOT, "text": "copy"})
        extra = made.slack.visible()[-1]["ts"]

        made.poster.seen("C1", kept, "post-1")
        made.poster.seen("C1", extra, "post-1")
        await eventually(lambda: len(made.slack.visible()) == 1)

        assert made.slack.visible()[0]["ts"] == kept


async def test_f43_while_slack_does_not_let_us_look_nothing_is_sent_again() -> None:
    """The doubt stays."""
    async with adapter() as made:
        made.slack.faults.extend([Fault("conversations.replies", status=429, retry_after="60")] * 3)
        with pytest.raises(Ambiguous):
            await made.poster.find(made.post(), "post-1")


async def test_f43_a_refused_connection_is_not_sent() -> None:
    """Nobody can have taken it."""
    async with adapter() as made:
        made.api.client.base_url = "http://127.0.0.1:9/api/"
        made.memory.wrote("C1", ROOT, "")

        with pytest.raises(NotSent):
            await made.poster.post(made.post(), "post-1")


CLOSED = (
    "not_in_channel", "is_archived", "restricted_action", "channel_not_found", "thread_not_found",
    "message_not_found", "restricted_action_thread_locked",
)  # fmt: skip


@pytest.mark.parametrize("error", CLOSED)
async def test_f44_an_answer_whose_conversation_is_closed_reaches_its_asker(error: str) -> None:
    """By direct message, once, with a word about why."""
    async with adapter() as made:
        made.memory.wrote("C1", ROOT, "U1")
        made.slack.faults.append(Fault(error=error))

        await made.poster.post(made.post(), "post-1")

        (seen,) = made.slack.log
        assert seen.channel == "DU1"
        assert seen.words.startswith("I could not answer where you asked")


@pytest.mark.parametrize("error", CLOSED)
async def test_f44_without_anybody_to_write_to_the_post_is_refused_for_good(error: str) -> None:
    """So is a handoff card, which is tried again by its own rule."""
    async with adapter() as made:
        card = Post(made.thread(root=""), Card((Prose("x"),)), subject="case:1")
        made.slack.faults.append(Fault(error=error))

        with pytest.raises(Refused):
            await made.poster.post(card, "post-1")

        assert made.slack.log == []


@pytest.mark.parametrize("error", ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"])
async def test_f44_a_post_that_is_too_long_after_all_is_shortened(error: str) -> None:
    """Its buttons stay, and it says so; it is not tried for ever."""
    buttons = Buttons((Button("Talk to a person", "person", "t1"),))
    async with adapter() as made:
        post = Post(made.thread(), Card((Prose("word " * 900), buttons)))
        made.slack.faults.append(Fault(error=error))
        await made.poster.post(post, "post-1")

        (seen,) = made.slack.log
        assert "shortened" in seen.words
        assert "Talk to a person" in seen.words

        made.slack.faults.extend([Fault(error=error)] * 5)
        with pytest.raises(Refused):
            await made.poster.post(post, "post-2")
        assert len(made.slack.called("chat.postMessage")) == 4


async def test_f44_an_update_of_a_message_that_is_gone_is_refused() -> None:
    """There is nothing to redraw."""
    async with adapter() as made:
        with pytest.raises(Refused, match="message_not_found"):
            await made.poster.update(
                Post(made.thread(), Card((Prose("x"),)), replaces="1.000001"), "post-1"
            )


@pytest.mark.parametrize("error", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_f45_a_token_that_is_not_taken_parks_everything(error: str) -> None:
    """An operator is told; posts wait without asking Slack each time; then they go out."""
    async with adapter() as made:
        made.memory.wrote("C1", ROOT, "U1")
        made.slack.revoked = error
        for _ in range(3):
            with pytest.raises(Parked):
                await made.poster.post(made.post(), "post-1")

        assert made.alerts == [error]
        assert len(made.slack.calls) == 1

        made.slack.revoked = ""
        made.api._parked_until = 0.0
        assert await made.poster.post(made.post(), "post-1")


async def test_a_private_answer_is_a_direct_message_that_says_what_it_is_about() -> None:
    """It can be found again; an ephemeral one could not."""
    answer = Card((Prose("You have 12 days."), Buttons((Button("P", "person", "t"),))))
    async with adapter() as made:
        post = Post(made.thread(), answer, only_for=ANA)
        await made.poster.post(post, "post-1")

        (seen,) = made.slack.log
        assert (seen.what, seen.channel) == ("post", "DU1")
        assert seen.message["blocks"][0]["elements"][0]["elements"][0]["url"].startswith(
            "https://acme.slack.com/archives/C1/p1700000000000100"
        )
        assert await made.poster.find(post, "post-1") == seen.ts


async def test_a_passing_remark_is_shown_in_the_thread_to_one_person() -> None:
    """And by direct message when that person is not there any more."""
    async with adapter() as made:
        post = Post(made.thread(), Card((Plain("Kept here."),)), only_for=ANA)
        await made.poster.post(post, "post-1")
        made.slack.members["C1"].remove("U1")
        await made.poster.post(post, "post-2")

        first, second = made.slack.log
        assert (first.what, first.user, first.thread) == ("ephemeral", "U1", ROOT)
        assert (second.what, second.channel) == ("post", "DU1")


async def test_a_status_is_shown_while_working_and_gone_with_the_answer() -> None:
    """A turn that ends at once shows none."""
    async with adapter() as made:
        await made.poster.status(made.thread(), "Searching")
        await eventually(lambda: made.slack.log != [])
        await made.poster.status(made.thread(), "Writing")
        await eventually(lambda: len(made.slack.log) == 2)
        await made.poster.post(made.post(), "post-1")
        await made.poster.status(made.thread(root="1700000000.000900"), "Quick")
        await made.poster.status(made.thread(root="1700000000.000900"), "")

        said = [each.words for each in made.slack.log if each.what == "status"]
        assert said == ["Searching", "Writing"]


async def test_a_status_whose_answer_went_elsewhere_is_cleared() -> None:
    """Slack clears it only for a post in the thread itself."""
    answer = Card((Prose("You have 12 days."), Buttons((Button("P", "person", "t"),))))
    async with adapter() as made:
        await made.poster.status(made.thread(), "Searching")
        await eventually(lambda: made.slack.log != [])
        await made.poster.post(Post(made.thread(), answer, only_for=ANA), "post-1")
        await eventually(lambda: sum(each.what == "status" for each in made.slack.log) == 2)

        said = [each.words for each in made.slack.log if each.what == "status"]
        assert said == ["Searching", ""]


async def test_a_status_that_slack_refuses_is_nobodys_problem() -> None:
    """An app that is no agent has none."""
    async with adapter() as made:
        made.slack.faults.append(Fault("assistant.threads.setStatus", error="not_allowed"))
        await made.poster.status(made.thread(), "Searching")
        await eventually(lambda: bool(made.slack.called("assistant.threads.setStatus")))


def test_a_link_opens_the_message_in_its_thread() -> None:
    """As Slack's own links do."""
    reply = MessageRef(Adapter.thread(None, ROOT), "1700000001.000200")  # type: ignore[arg-type]

    assert US.permalink(reply) == (
        f"https://acme.slack.com/archives/C1/p1700000001000200?thread_ts={ROOT}&cid=C1"
    )


def test_a_retry_after_is_bounded() -> None:
    """Nobody makes us wait for a day."""
    assert retry_after("86400") == 600.0
    assert retry_after("0") == 1.0


def test_the_bot_is_known_to_the_tests() -> None:
    """The fake and the adapter speak of the same bot."""
    assert US.bot_user == BOT_USER
