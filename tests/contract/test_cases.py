"""What the product may rely on from the store of cases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.storage.cases import SqlCaseStore
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.outbox import Receipt, Sending
from adapters.storage.peers import Alone
from core.escalation import Reason
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Person
from core.outcome import Post
from handoff import card, relay
from handoff.case import OPEN, Case, CaseState, Draw, Step, Verdict
from tests.contract.given import (
    HOME,
    OTHER,
    PRIYA,
    SAM,
    START,
    SUPPORT,
    THREAD,
    case,
    says,
    sent,
    texts,
)

MAYA, TOM = Person(AccountKey(HOME, "maya"), "Maya"), Person(AccountKey(HOME, "tom"), "Tom")
WAITING, CLAIMED = frozenset({CaseState.WAITING}), frozenset({CaseState.CLAIMED})
AWAY = ThreadKey(WorkspaceKey(Platform.WEB, "away"), "help", "root")


@pytest.fixture
def cases(store: Database) -> SqlCaseStore:
    return SqlCaseStore(store)


def draws(words: str = "") -> Draw:
    return lambda case: (says(words or f"H-{case.number}", SUPPORT),)


def nothing(case: Case) -> tuple[Post, ...]:
    return ()


def claim(by: Person, version: int = 0) -> Step:
    at = START + timedelta(minutes=5)
    return Step(CaseState.CLAIMED, WAITING, by, at, owner=by, version=version)


def resolve(by: Person, version: int = 1) -> Step:
    return Step(CaseState.RESOLVED, CLAIMED, by, START, version=version, by_owner=True)


async def leaving(store: Database) -> list[str]:
    """What the cases have put on its way out, all of it."""
    inbox, found = Inbox(store, Alone("worker")), []
    work = await inbox.lease()
    while work is not None:
        found += texts(work)
        work = await inbox.delivered(work.lease, sent(work)) or await inbox.lease()
    return found


async def test_cases_are_numbered_in_one_row_a_workspace(cases: SqlCaseStore) -> None:
    """Without gaps, also when fifty are opened at once; another workspace counts for itself."""
    threads = [ThreadKey(HOME, "help", f"r{number}") for number in range(50)]
    opened = await asyncio.gather(
        *(cases.open(case(number, thread), nothing) for number, thread in enumerate(threads))
    )

    assert sorted(each.number for each in opened) == list(range(1, 51))


async def test_f13_a_turn_opens_one_case_and_posts_one_card(
    cases: SqlCaseStore, store: Database
) -> None:
    """Asking again for the same turn returns the case that stands, and posts nothing more."""
    first = await cases.open(case(), draws())
    again = await cases.open(case(), draws())

    assert again == first
    assert await leaving(store) == ["H-1"]


async def test_a_person_has_one_open_case_in_a_thread(cases: SqlCaseStore, store: Database) -> None:
    """Asking again finds it; once it is resolved, the next one is new."""
    first = await cases.open(case(1), draws())
    joined = await cases.open(case(2), draws())
    assert joined.case_id == first.case_id

    await cases.take(first.case_id, claim(MAYA), nothing)
    await cases.take(first.case_id, resolve(MAYA), nothing)
    later = await cases.open(case(3), draws())

    assert later.number == 2
    assert await leaving(store) == ["H-1", "H-2"]


async def test_two_people_of_one_thread_have_a_case_each(cases: SqlCaseStore) -> None:
    """Ending one leaves the other; a claimed one is found first, and the writer's before that."""
    sams = await cases.open(case(1), nothing)
    priyas = await cases.open(case(2, requester=PRIYA), nothing)
    assert (sams.number, priyas.number) == (1, 2)

    await cases.take(priyas.case_id, claim(TOM), nothing)
    found = await cases.touching(THREAD, SAM.key)
    assert found is not None
    assert found.case_id == priyas.case_id

    await cases.take(sams.case_id, claim(MAYA), nothing)
    for writer, theirs in ((SAM, sams), (PRIYA, priyas)):
        found = await cases.touching(THREAD, writer.key)
        assert found is not None
        assert found.case_id == theirs.case_id

    await cases.take(sams.case_id, Step(CaseState.WITHDRAWN, OPEN, SAM, START), nothing)
    found = await cases.touching(THREAD, SAM.key)
    assert found is not None
    assert found.case_id == priyas.case_id


async def test_what_joins_a_case_is_shown_once_in_each_thread_of_its_card(
    cases: SqlCaseStore, store: Database
) -> None:
    """Kept until the card has a thread; the same turn again adds nothing; urgency is taken on."""
    opened = await cases.open(case(1), lambda case: (card.posted(case, SUPPORT),))
    urgent = replace(case(2).escalation, reason=Reason.POLICY_RISK, intent="it is about harassment")

    for _ in range(2):
        joined = await cases.join(opened.case_id, urgent, lambda now: relay.added(opened, now))

    assert joined is not None
    assert joined.escalation.reason is Reason.POLICY_RISK
    assert [each.intent for each in joined.escalation.also] == ["it is about harassment"]
    shown = await leaving(store)
    assert sum("it is about harassment" in each for each in shown) == 1
    assert "high priority" in shown[1]
    await cases.join(opened.case_id, urgent, lambda now: relay.added(opened, now))
    assert await leaving(store) == []
    await cases.take(opened.case_id, Step(CaseState.WITHDRAWN, OPEN, SAM, START), nothing)
    assert await cases.join(opened.case_id, case(3).escalation, nothing) is None


async def test_a42_of_fifty_staff_at_once_one_owns_the_case(
    cases: SqlCaseStore, store: Database
) -> None:
    """The others get nothing, and only the winner's step is shown."""
    opened = await cases.open(case(), nothing)
    staff = [Person(AccountKey(HOME, f"s{number}"), f"Staff {number}") for number in range(50)]

    taken = await asyncio.gather(
        *(cases.take(opened.case_id, claim(each), draws(each.name)) for each in staff)
    )

    (winner,) = [each for each in taken if each is not None]
    stands = await cases.get(opened.case_id)
    assert stands == winner
    assert winner.owner is not None
    assert await leaving(store) == [winner.owner.name]


async def test_a43_a_button_of_an_older_drawing_does_nothing(
    cases: SqlCaseStore, store: Database
) -> None:
    """After a release the first card's Claim is out of date, although the case waits again."""
    opened = await cases.open(case(), nothing)
    await cases.take(opened.case_id, claim(MAYA), nothing)
    release = Step(CaseState.WAITING, CLAIMED, MAYA, START, version=1, by_owner=True)
    assert await cases.take(opened.case_id, release, nothing) is not None

    assert await cases.take(opened.case_id, claim(TOM, version=0), draws()) is None

    assert await leaving(store) == []
    assert await cases.take(opened.case_id, claim(TOM, version=2), draws()) is not None


async def test_only_the_owner_resolves(cases: SqlCaseStore) -> None:
    """A colleague's press changes nothing."""
    opened = await cases.open(case(), nothing)
    await cases.take(opened.case_id, claim(MAYA), nothing)

    assert await cases.take(opened.case_id, resolve(TOM), nothing) is None
    done = await cases.take(opened.case_id, resolve(MAYA), nothing)

    assert done is not None
    assert done.state is CaseState.RESOLVED


async def test_the_time_of_the_first_claim_and_the_verdict_stay(
    cases: SqlCaseStore, store: Database
) -> None:
    """Waiting times are measured from them; who judges is written down, and owns nothing by it."""
    opened = await cases.open(case(), nothing)
    await cases.take(opened.case_id, claim(MAYA), nothing)
    await cases.take(opened.case_id, resolve(MAYA), nothing)
    verdict = Step(
        CaseState.RESOLVED,
        frozenset({CaseState.RESOLVED}),
        TOM,
        START,
        version=2,
        verdict=Verdict.RIGHT,
    )

    judged = await cases.take(opened.case_id, verdict, nothing)

    assert judged is not None
    assert (judged.verdict, judged.version, judged.owner) == (Verdict.RIGHT, 3, MAYA)
    events = await store.read(lambda tx: tx.all("SELECT actor, event FROM case_event ORDER BY id"))
    assert [(each["actor"], each["event"]) for each in events] == [
        (str(SAM.key), "opened"),
        (str(MAYA.key), "claimed"),
        (str(MAYA.key), "resolved"),
        (str(TOM.key), "judged"),
    ]
    assert await cases.recent_waits(HOME) == (timedelta(minutes=5),)


async def test_a_withdrawn_case_cannot_be_claimed(cases: SqlCaseStore) -> None:
    """And its thread is free for the next request."""
    opened = await cases.open(case(), nothing)
    withdraw = Step(CaseState.WITHDRAWN, OPEN, SAM, START)
    assert await cases.take(opened.case_id, withdraw, nothing) is not None

    assert await cases.take(opened.case_id, claim(MAYA, version=1), nothing) is None
    assert await cases.touching(THREAD, SAM.key) is None


async def test_a_case_is_found_by_its_thread_and_by_its_cards(
    cases: SqlCaseStore, store: Database
) -> None:
    """From the moment its card is visible; in its own workspace only."""
    opened = await cases.open(case(), lambda case: (card.posted(case, SUPPORT),))
    assert await cases.touching(THREAD, SAM.key) == opened
    assert await cases.touching(OTHER, SAM.key) is None
    assert await cases.touching(AWAY, SAM.key) is None

    await leaving(store)

    stands = await cases.get(opened.case_id)
    assert stands is not None
    assert stands.card_thread is not None
    assert stands.card_thread.channel == SUPPORT
    assert await cases.touching(stands.card_thread, SAM.key) == stands


async def test_f14_a_claim_made_while_the_card_was_on_its_way_redraws_it(
    cases: SqlCaseStore, store: Database
) -> None:
    """The receipt brings the card up to date with what happened meanwhile."""
    opened = await cases.open(case(), lambda case: (card.posted(case, SUPPORT),))
    await cases.take(opened.case_id, claim(MAYA), card.redrawn)

    shown = await leaving(store)

    assert shown[0].startswith("Request H-1")
    assert shown[1].startswith("Request H-1")
    assert len(shown) == 2


async def test_a_card_that_goes_to_another_channel_is_sent_there_alone(
    cases: SqlCaseStore, store: Database
) -> None:
    """What was on its way elsewhere is called off, whatever becomes of the try under way."""
    opened = await cases.open(case(), lambda case: (card.posted(case, SUPPORT),))
    inbox = Inbox(store, Alone("worker"))
    under_way = await inbox.lease()
    assert under_way is not None
    better = ThreadKey(HOME, "second-line", "")

    assert await cases.move(opened, lambda now: card.moved(opened, now, better))
    receipt = Receipt(under_way.outgoing[0], Sending.SENT, "p1")
    assert await inbox.delivered(under_way.lease, [receipt]) is None

    second = await inbox.lease()
    assert second is not None
    await inbox.delivered(second.lease, [Receipt(second.outgoing[0], Sending.SENT, "p2")])
    stands = await cases.get(opened.case_id)
    assert stands is not None
    assert stands.card_thread == ThreadKey(HOME, "second-line", "p2")
    assert await inbox.depth() == 0


async def test_people_are_told_once_that_a_card_did_not_arrive(
    cases: SqlCaseStore, store: Database
) -> None:
    """However often it is tried."""
    opened = await cases.open(case(), nothing)

    for _ in range(3):
        await cases.note_undelivered(opened.case_id, (says("not yet delivered"),))

    assert await leaving(store) == ["not yet delivered"]


async def test_cases_whose_card_stands_elsewhere_are_listed_oldest_first(
    cases: SqlCaseStore, store: Database
) -> None:
    """Open ones of the workspace, also those whose card stands nowhere yet."""
    first = await cases.open(case(1, THREAD), nothing)
    second = await cases.open(case(2, OTHER), nothing)
    third = ThreadKey(HOME, "help", "third")
    posted = await cases.open(case(3, third), lambda case: (card.posted(case, SUPPORT),))
    await leaving(store)
    better = ThreadKey(HOME, "second-line", "")

    async def found(channel: ThreadKey, workspace: WorkspaceKey = HOME) -> list[str]:
        return [each.case_id for each in await cases.elsewhere(workspace, channel)]

    assert await found(SUPPORT) == [first.case_id, second.case_id]
    assert await found(better) == [first.case_id, second.case_id, posted.case_id]
    assert await found(SUPPORT, AWAY.workspace) == []
    await cases.take(first.case_id, Step(CaseState.WITHDRAWN, OPEN, SAM, START), nothing)
    assert await found(SUPPORT) == [second.case_id]


async def test_a_case_that_is_claimed_while_it_moves_stays(
    cases: SqlCaseStore, store: Database
) -> None:
    """Who has just taken it finds it where they took it."""
    opened = await cases.open(case(), lambda case: (card.posted(case, SUPPORT),))
    await leaving(store)
    stood = await cases.get(opened.case_id)
    assert stood is not None
    await cases.take(opened.case_id, claim(MAYA), nothing)

    assert not await cases.move(stood, draws())

    assert await leaving(store) == []
