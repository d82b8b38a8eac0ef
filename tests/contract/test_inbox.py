"""What the product may rely on from its inbox, whatever the database."""

from __future__ import annotations

import pytest

from adapters.storage.arrivals import QUEUE_MOST
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.outbox import SETTLE_SECONDS, Receipt, Sending
from adapters.storage.peers import Alone
from adapters.storage.retention import IDLE_LIVE, KEYS_LIVE
from adapters.storage.sessions import SqlSessionStore
from adapters.storage.work import LEASE_SECONDS, Item, Received, Work
from core import wording
from core.errors import Conflict, LeaseLost
from core.session import Session
from tests.contract.given import (
    OTHER,
    PRIYA,
    SUPPORT,
    THREAD,
    HandClock,
    message,
    outcome,
    says,
    sent,
    texts,
    words,
)


class Desk:
    """Inboxes of several processes over one database, with clocks moved by hand."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.wall, self.steady = HandClock(), HandClock(100.0)
        self.inbox = self.process("first")

    def process(self, owner: str) -> Inbox:
        return Inbox(self.store, Alone(owner, self.wall, self.steady))

    async def put(self, *numbers: int) -> None:
        for number in numbers:
            assert await self.inbox.put_message(message(number)) is Received.NEW

    async def leased(self, inbox: Inbox | None = None) -> Work:
        work = await (inbox or self.inbox).lease()
        assert work is not None
        return work

    async def answered(self, work: Work, number: int) -> Work | None:
        """End a message with one post, sent; returns the thread's next work."""
        turn = message(number)
        sending = await self.inbox.finish(
            work.lease, head(work), outcome(turn, says(f"answer {number}"))
        )
        assert texts(sending) == [f"answer {number}"]
        assert sending is not None
        return await self.inbox.delivered(sending.lease, sent(sending))


def head(work: Work | None) -> Item:
    assert work is not None
    assert work.item is not None
    return work.item


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store)


async def test_the_same_message_again_is_a_duplicate(desk: Desk) -> None:
    """However often a platform delivers it, before or after it was answered."""
    inbox = desk.inbox
    assert await inbox.put_message(message(1)) is Received.NEW
    assert await inbox.put_message(message(1)) is Received.DUPLICATE

    assert await desk.answered(await desk.leased(), 1) is None

    assert await inbox.put_message(message(1)) is Received.DUPLICATE
    assert await inbox.lease() is None
    assert await inbox.depth() == 0


async def test_f47_messages_are_handled_in_the_order_they_were_written(desk: Desk) -> None:
    """Not in the order they arrived."""
    await desk.put(3, 1, 2)

    seen = []
    work: Work | None = await desk.leased()
    for number in (1, 2, 3):
        seen.append(words(work))
        assert work is not None
        work = await desk.answered(work, number)

    assert seen == ["words 1", "words 2", "words 3"]
    assert work is None


async def test_a_leased_thread_is_nobody_elses(desk: Desk) -> None:
    """Neither another process nor our own next lease gets it; another thread is free."""
    await desk.put(1)
    await desk.inbox.put_message(message(2, OTHER))
    second = desk.process("second")

    assert words(await desk.leased()) == "words 1"
    assert words(await second.lease()) == "words 2"

    assert await desk.inbox.lease() is None
    assert await second.lease() is None


async def test_a_message_put_while_its_thread_is_leased_follows(desk: Desk) -> None:
    """It is the next work of whoever has the thread, and is not forgotten when it is freed."""
    await desk.put(1)
    work = await desk.leased()
    await desk.put(2)

    following = await desk.answered(work, 1)

    assert words(following) == "words 2"


async def test_f31_who_lost_a_lease_writes_nothing(desk: Desk) -> None:
    """Every kind of write is refused, and what the new owner decided stands."""
    await desk.put(1)
    old = await desk.leased()
    desk.steady.pass_by(LEASE_SECONDS + 1)
    second = desk.process("second")
    new = await desk.leased(second)
    late = outcome(message(1), says("too late"))

    with pytest.raises(LeaseLost):
        await desk.inbox.finish(old.lease, head(old), late)
    with pytest.raises(LeaseLost):
        await desk.inbox.retry(old.lease, head(old), 1.0)
    with pytest.raises(LeaseLost):
        await desk.inbox.release(old)
    with pytest.raises(LeaseLost):
        await desk.inbox.delivered(old.lease, ())
    with pytest.raises(LeaseLost):
        await desk.inbox.bury(old.lease, head(old), says("too late"))

    sending = await second.finish(new.lease, head(new), outcome(message(1), says("in time")))
    assert texts(sending) == ["in time"]


async def test_f32_a_lease_is_held_until_it_runs_out_or_is_renewed(desk: Desk) -> None:
    """So that a process that was stopped and wakes up sends nothing it may not send."""
    await desk.put(1)
    lease = (await desk.leased()).lease

    desk.steady.pass_by(LEASE_SECONDS - 1)
    assert desk.inbox.holds(lease)
    desk.steady.pass_by(2)
    assert not desk.inbox.holds(lease)

    await desk.inbox.renew([lease.thread_key])
    assert desk.inbox.holds(lease)
    assert await desk.process("second").lease() is None


async def test_f32_a_lease_that_was_taken_over_cannot_be_renewed(desk: Desk) -> None:
    """Renewing is no way back."""
    await desk.put(1)
    lease = (await desk.leased()).lease
    desk.steady.pass_by(LEASE_SECONDS + 1)
    await desk.leased(desk.process("second"))

    await desk.inbox.renew([lease.thread_key])

    assert not desk.inbox.holds(lease)


async def test_f26_a_lease_that_we_never_heard_of_comes_back(desk: Desk) -> None:
    """Its commit succeeded, the answer got lost: nobody works on it, so it is free in the end."""
    await desk.put(1)
    await desk.inbox.put_message(message(2, OTHER))
    await desk.leased()  # and nobody was told
    held = (await desk.leased()).lease

    desk.steady.pass_by(LEASE_SECONDS + 1)
    await desk.inbox.renew([held.thread_key])

    again = await desk.leased()
    assert words(again) == "words 1"
    assert head(again).deaths == 0
    assert desk.inbox.holds(held)


async def test_f32_renewing_a_thread_prolongs_no_older_lease_of_it(desk: Desk) -> None:
    """Who lost it and got it back goes on with the new one alone."""
    await desk.put(1)
    old = (await desk.leased()).lease
    desk.steady.pass_by(LEASE_SECONDS + 1)
    second = desk.process("second")
    await second.release(await desk.leased(second))
    new = (await desk.leased()).lease
    desk.steady.pass_by(LEASE_SECONDS - 1)

    await desk.inbox.renew([new.thread_key])

    assert desk.inbox.holds(new)
    assert not desk.inbox.holds(old)


async def test_f32_our_own_lease_that_ran_out_is_not_taken_twice(desk: Desk) -> None:
    """A process that was stopped does not start the same thread a second time beside itself."""
    await desk.put(1)
    work = await desk.leased()
    desk.steady.pass_by(LEASE_SECONDS + 1)

    assert await desk.inbox.lease() is None

    await desk.inbox.release(work)
    assert words(await desk.inbox.lease()) == "words 1"


@pytest.mark.parametrize("jump", [-3600.0, -90.0, 3600.0])
async def test_f41_a_wall_clock_that_jumps_ends_no_lease(desk: Desk, jump: float) -> None:
    """Leases are measured by a clock that nobody sets."""
    await desk.put(1)
    work = await desk.leased()

    desk.wall.pass_by(jump)

    assert desk.inbox.holds(work.lease)
    assert await desk.process("second").lease() is None


async def test_f41_nothing_waits_longer_because_the_wall_clock_was_set_back(desk: Desk) -> None:
    """Neither new work nor what waits for its retry."""
    await desk.put(1)
    await desk.inbox.put_message(message(2, OTHER))
    first = await desk.leased()
    await desk.inbox.retry(first.lease, head(first), 8.0)

    desk.wall.pass_by(-3600)
    desk.steady.pass_by(1)
    desk.wall.pass_by(1)

    assert words(await desk.inbox.lease()) == "words 2"
    assert await desk.inbox.lease() is None
    desk.wall.pass_by(8)
    desk.steady.pass_by(8)
    assert words(await desk.inbox.lease()) == "words 1"


async def test_f41_a_clock_set_back_between_two_starts_hides_nothing(desk: Desk) -> None:
    """What was committed before a restart is due at once after it."""
    await desk.put(1)
    desk.wall.pass_by(-3600)
    restarted = desk.process("second")

    await restarted.recover()

    assert words(await restarted.lease()) == "words 1"


async def test_f03_recover_frees_what_a_dead_process_held(desk: Desk) -> None:
    """At once, long before its lease would run out; and the death is counted."""
    await desk.put(1)
    await desk.leased()
    restarted = desk.process("second")
    assert await restarted.lease() is None

    await restarted.recover()

    again = head(await restarted.lease())
    assert (again.attempts, again.deaths) == (2, 1)


async def test_f31_two_deaths_do_not_count_as_a_message_that_was_given_back(desk: Desk) -> None:
    """Giving back at shutdown counts neither as an attempt nor as a death."""
    await desk.put(1)
    for _ in range(4):
        work = await desk.leased()
        assert head(work).attempts == 1
        await desk.inbox.release(work)

    restarted = desk.process("second")
    await restarted.recover()

    assert head(await restarted.lease()).deaths == 0


async def test_a_retry_waits_and_what_stands_behind_waits_with_it(desk: Desk) -> None:
    """Order within a thread holds; another thread is not held up."""
    await desk.put(1, 2)
    work = await desk.leased()

    assert await desk.inbox.retry(work.lease, head(work), 4.0) is None
    assert await desk.inbox.lease() is None
    await desk.put(3)
    await desk.inbox.put_message(message(9, OTHER))
    assert words(await desk.inbox.lease()) == "words 9"
    assert await desk.inbox.lease() is None

    desk.wall.pass_by(4.1)
    again = await desk.leased()
    assert words(again) == "words 1"
    assert head(again).attempts == 2


async def test_a_message_does_not_wait_for_another_lanes_turn_to_be_idle(desk: Desk) -> None:
    """A thread with nothing due after all is passed over in the same breath."""
    await desk.put(1)
    work = await desk.leased()
    await desk.inbox.retry(work.lease, head(work), 60.0)
    desk.wall.pass_by(1)
    await desk.put(2)  # makes the thread look ready, but it stands behind the retry
    desk.wall.pass_by(1)
    await desk.inbox.put_message(message(9, OTHER))

    assert words(await desk.inbox.lease()) == "words 9"


async def test_new_work_is_not_hidden_by_a_post_that_waits_for_its_retry(desk: Desk) -> None:
    """A message in a lane whose card could not be posted is handled; its answer stays behind."""
    await desk.put(1)
    work = await desk.leased()
    sending = await desk.inbox.finish(work.lease, head(work), outcome(message(1), says("card")))
    assert sending is not None
    later = Receipt(sending.outgoing[0], Sending.INTENT, again_at=desk.wall() + 30)
    assert await desk.inbox.delivered(sending.lease, [later]) is None

    await desk.put(2)
    following = await desk.leased()
    assert words(following) == "words 2"
    answer = outcome(message(2), says("answer"))
    assert await desk.inbox.finish(following.lease, head(following), answer) is None

    assert await desk.inbox.lease() is None
    desk.wall.pass_by(31)
    assert texts(await desk.inbox.lease()) == ["card", "answer"]


async def test_posts_to_another_lane_leave_from_there(desk: Desk) -> None:
    """They are work of that lane as soon as the turn is written down."""
    await desk.put(1)
    work = await desk.leased()
    posts = (says("told"), says("card", SUPPORT))
    sending = await desk.inbox.finish(work.lease, head(work), outcome(message(1), *posts))

    assert texts(sending) == ["told"]
    assert texts(await desk.inbox.lease()) == ["card"]


async def test_a_post_is_looked_for_when_its_end_was_never_written_down(desk: Desk) -> None:
    """After a process died, and after work was given back; and it stays so until it is known."""
    await desk.put(1)
    work = await desk.leased()
    sending = await desk.inbox.finish(work.lease, head(work), outcome(message(1), says("answer")))
    assert sending is not None
    assert [each.look_first for each in sending.outgoing] == [False]

    await desk.inbox.release(sending)
    desk.wall.pass_by(SETTLE_SECONDS)
    again = await desk.leased()
    assert [each.look_first for each in again.outgoing] == [True]

    restarted = desk.process("second")
    await restarted.recover()
    assert await restarted.lease() is None
    desk.wall.pass_by(SETTLE_SECONDS)
    once_more = await desk.leased(restarted)
    assert [each.look_first for each in once_more.outgoing] == [True]


async def test_f09_every_part_of_a_long_reply_is_looked_for(desk: Desk) -> None:
    """Also those behind one that has to wait once more: the doubt is not forgotten."""
    await desk.put(1)
    work = await desk.leased()
    parts = (says("part 1"), says("part 2"), says("part 3"))
    await desk.inbox.finish(work.lease, head(work), outcome(message(1), *parts))
    restarted = desk.process("second")
    await restarted.recover()
    assert await restarted.lease() is None
    desk.wall.pass_by(SETTLE_SECONDS)
    sending = await desk.leased(restarted)
    later = Receipt(sending.outgoing[0], Sending.AMBIGUOUS, again_at=desk.wall() + 5)
    assert await restarted.delivered(sending.lease, [later]) is None

    desk.wall.pass_by(6)
    again = await desk.leased(restarted)

    assert [each.look_first for each in again.outgoing] == [True, True, True]


async def test_f43_nobody_looks_for_a_post_before_it_would_show(desk: Desk) -> None:
    """A crash may come right after a platform took a post that it shows only later."""
    await desk.put(1)
    work = await desk.leased()
    await desk.inbox.finish(work.lease, head(work), outcome(message(1), says("answer")))
    restarted = desk.process("second")
    await restarted.recover()

    desk.wall.pass_by(1)
    assert await restarted.lease() is None
    desk.wall.pass_by(SETTLE_SECONDS - 0.5)
    assert await restarted.lease() is None
    desk.wall.pass_by(0.5)
    assert texts(await restarted.lease()) == ["answer"]


async def test_processes_that_keep_dying_do_not_put_a_look_off_for_ever(desk: Desk) -> None:
    """The time counts from the last try, and one that found nothing due tried nothing."""
    await desk.put(1)
    work = await desk.leased()
    await desk.inbox.finish(work.lease, head(work), outcome(message(1), says("answer")))
    for number in range(4):
        restarted = desk.process(f"life {number}")
        await restarted.recover()
        assert await restarted.lease() is None
        desk.wall.pass_by(SETTLE_SECONDS / 4)

    assert texts(await desk.process("last").lease()) == ["answer"]


async def test_a_post_that_waits_for_its_next_try_is_in_no_doubt(desk: Desk) -> None:
    """It was refused for certain; a crash while it waited changes nothing about that."""
    await desk.put(1)
    work = await desk.leased()
    sending = await desk.inbox.finish(work.lease, head(work), outcome(message(1), says("answer")))
    assert sending is not None
    await desk.put(2)
    later = Receipt(sending.outgoing[0], Sending.INTENT, again_at=desk.wall() + 60)
    working = await desk.inbox.delivered(sending.lease, [later])
    assert words(working) == "words 2"

    restarted = desk.process("second")
    await restarted.recover()
    resumed = await desk.leased(restarted)
    assert words(resumed) == "words 2"
    desk.wall.pass_by(61)
    again = await restarted.delivered(resumed.lease, [])

    assert again is not None
    assert [each.look_first for each in again.outgoing] == [False]


async def test_work_given_back_after_all_was_written_is_not_done_again(desk: Desk) -> None:
    """A shutdown in the very moment of the commit undoes nothing of it."""
    await desk.put(1)
    work = await desk.leased()
    answer = outcome(message(1), says("answer"))
    assert await desk.inbox.finish(work.lease, head(work), answer) is not None

    await desk.inbox.release(work)

    sending = await desk.leased()
    assert texts(sending) == ["answer"]
    assert await desk.inbox.delivered(sending.lease, sent(sending)) is None
    assert await desk.inbox.depth() == 0


async def test_a_turn_that_could_not_be_written_leaves_nothing(desk: Desk) -> None:
    """A conflict undoes the whole commit; the message is still there."""
    await SqlSessionStore(desk.store).save(Session(THREAD))
    await desk.put(1)
    work = await desk.leased()
    stale = outcome(message(1), says("answer"), session=Session(THREAD, version=0))

    with pytest.raises(Conflict):
        await desk.inbox.finish(work.lease, head(work), stale)

    await desk.inbox.release(work)
    assert words(await desk.inbox.lease()) == "words 1"


async def test_twenty_messages_of_one_person_may_wait_and_one_notice_says_so(desk: Desk) -> None:
    """The rest is taken in and not answered; another person in the thread is not held up."""
    for number in range(QUEUE_MOST):
        assert await desk.inbox.put_message(message(number)) is Received.NEW
    for number in range(QUEUE_MOST, QUEUE_MOST + 5):
        assert await desk.inbox.put_message(message(number)) is Received.TOO_MANY
    assert await desk.inbox.put_message(message(99, author=PRIYA)) is Received.NEW

    work = await desk.leased()

    assert texts(work) == [wording.OUT_OF_MESSAGES]
    assert [each.post.only_for for each in work.outgoing] == [message(1).author.key]
    assert await desk.inbox.depth() == QUEUE_MOST + 2  # with the notice, and the other person's
    assert await desk.inbox.put_message(message(QUEUE_MOST)) is Received.DUPLICATE


async def test_a_dead_message_is_kept_and_does_not_come_again(desk: Desk) -> None:
    """It is out of the queue, its words are there to be looked at, and its last words leave."""
    await desk.put(1, 2)
    work = await desk.leased()

    apology = outcome(message(1), says("sorry"))
    sending = await desk.inbox.finish(work.lease, head(work), apology, dead=True)
    assert sending is not None
    following = await desk.inbox.delivered(sending.lease, sent(sending))

    assert texts(sending) == ["sorry"]
    assert words(following) == "words 2"
    row = await desk.store.read(lambda tx: tx.one("SELECT payload FROM inbox WHERE state = 'dead'"))
    assert row is not None
    assert "words 1" in row["payload"]


async def test_a_post_that_cannot_be_read_stops_no_other(desk: Desk) -> None:
    """It is set aside with the reason; the thread and its neighbours go on."""
    await desk.put(1)
    work = await desk.leased()
    posts = (says("broken"), says("whole"))
    sending = await desk.inbox.finish(work.lease, head(work), outcome(message(1), *posts))
    assert sending is not None
    await desk.store.write(
        lambda tx: tx.run(
            "UPDATE outbox SET payload = '{}' WHERE id = :id", id=sending.outgoing[0].row_id
        )
    )
    await desk.inbox.release(sending)
    desk.wall.pass_by(SETTLE_SECONDS)

    rest = await desk.leased()
    assert texts(rest) == ["whole"]
    assert await desk.inbox.delivered(rest.lease, sent(rest)) is None
    assert await desk.inbox.depth() == 0


async def test_a_count_that_drifted_mends_itself(desk: Desk) -> None:
    """A thread that claims to have work and has none does not keep the worker busy."""
    await desk.put(1)
    await desk.store.write(lambda tx: tx.run("UPDATE thread SET pending = 5"))
    work = await desk.leased()

    assert await desk.answered(work, 1) is None

    assert await desk.inbox.depth() == 0
    assert await desk.inbox.lease() is None


async def test_a_count_too_low_is_mended_at_the_next_start(desk: Desk) -> None:
    """No message is forgotten because somebody miscounted."""
    await desk.put(1, 2)
    await desk.store.write(lambda tx: tx.run("UPDATE thread SET pending = 1"))

    restarted = desk.process("second")
    await restarted.recover()

    assert await restarted.depth() == 2


async def test_the_sweep_forgets_what_is_old_and_nothing_that_waits(desk: Desk) -> None:
    """After a week a message's key, after a month receipts and idle threads."""
    await desk.put(1)
    await desk.answered(await desk.leased(), 1)
    await desk.inbox.put_message(message(2, OTHER))

    desk.wall.pass_by(KEYS_LIVE - 60)
    assert await desk.inbox.sweep() == 0
    desk.wall.pass_by(120)
    assert await desk.inbox.sweep() == 1  # the key
    assert await desk.inbox.knows(THREAD)

    desk.wall.pass_by(IDLE_LIVE)
    assert await desk.inbox.sweep() == 2  # the receipt and the thread
    assert not await desk.inbox.knows(THREAD)
    assert words(await desk.inbox.lease()) == "words 2"


async def test_a_confirmed_action_is_queued_once(desk: Desk) -> None:
    """However often Confirm is pressed, and never when there is nothing to confirm."""
    assert await desk.inbox.confirm(THREAD, "unknown", "sam") is Received.DUPLICATE
    assert await desk.inbox.depth() == 0
