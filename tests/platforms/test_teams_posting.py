"""Posting to Teams when the connector or the login fails: what is sent again, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.pace import Pace
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from adapters.teams import limits, words
from adapters.teams.client import client
from adapters.teams.connector import Connector
from adapters.teams.conversations import Conversation, Conversations
from adapters.teams.directory import TeamsDirectory
from adapters.teams.hosts import ServiceHosts
from adapters.teams.poster import TeamsPoster
from adapters.teams.roster import Roster
from adapters.teams.sent import SentMessages
from adapters.teams.token import ConnectorToken
from core.cards import Card, Plain, Prose
from core.errors import Ambiguous, NotSent, Parked, Refused
from core.ids import AccountKey, ThreadKey
from core.messages import Person, Trust
from core.outcome import Post
from tests.fakes.teams import APP_ID, HELP, PASSWORD, SUPPORT, TENANT, FakeTeams, Fault, chat
from tests.fakes.teams_activities import BOT
from tests.platforms.teams_setup import HOME, Ticks

THREAD = ThreadKey(HOME, HELP, f"{HELP};messageid=1")
POSTS = "POST /teams/v3/conversations"


def says(text: str, to: ThreadKey = THREAD) -> Post:
    return Post(to, Card((Prose(text),)))


@dataclass
class Desk:
    """A poster by itself, on the fake tenant."""

    teams: FakeTeams
    poster: TeamsPoster
    directory: TeamsDirectory
    token: ConnectorToken
    ticks: Ticks = field(default_factory=Ticks)

    def texts(self, conversation: str = THREAD.thread_id) -> list[str]:
        return [each.text for each in self.teams.visible(conversation).values()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    teams = FakeTeams()
    await teams.start()
    for name in ("sam", "maya"):
        teams.add(name)
    ticks, hosts = Ticks(), ServiceHosts.parse(teams.url)
    database = SqliteDatabase(tmp_path / "frontdesk.db", prepare=upgrade_sqlite)
    async with client(hosts.local) as http:
        login = f"{teams.url}/login/{TENANT}/oauth2/v2.0/token"
        token = ConnectorToken(http, login, APP_ID, PASSWORD, ticks)
        connector = Connector(http, token, hosts)
        conversations = Conversations(database)
        where = Conversation(TENANT, HELP, "channel", f"{teams.url}/teams/", BOT, "19:team")
        await conversations.remember(where)
        directory = TeamsDirectory(TENANT, connector, conversations, Roster(connector, ticks))
        poster = TeamsPoster(
            connector,
            conversations,
            directory,
            SentMessages(database),
            Pace(limits.CALLS, clock=ticks, sleep=ticks.sleep),
            clock=ticks,
        )
        yield Desk(teams, poster, directory, token, ticks)
        await token.close()
    await database.close()
    await teams.stop()


async def test_the_same_post_again_changes_nothing(desk: Desk) -> None:
    first = await desk.poster.post(says("hello"), "p1")
    again = await desk.poster.post(says("hello"), "p1")

    assert first == again == await desk.poster.find(says("hello"), "p1")
    assert desk.texts() == ["hello"]


async def test_a_post_into_a_channel_starts_a_thread_that_its_id_names(desk: Desk) -> None:
    """So that a reply in the thread is recognised as one to the card."""
    started = await desk.poster.post(says("hello", ThreadKey(HOME, SUPPORT, "")), "p1")

    assert started.startswith(f"{SUPPORT};messageid=")
    assert desk.texts(started) == ["hello"]
    update = Post(ThreadKey(HOME, SUPPORT, ""), Card((Prose("now"),)), replaces=started)
    assert await desk.poster.update(update, "p2") == started
    assert desk.texts(started) == ["now"]


@pytest.mark.parametrize("status", [412, 429])
async def test_f46_a_busy_connector_has_not_taken_the_message(desk: Desk, status: int) -> None:
    """It comes back after what Teams asked for, and no call is made before that."""
    desk.teams.faults.append(Fault(POSTS, status, {"Retry-After": "7"}))

    with pytest.raises(NotSent) as refusal:
        await desk.poster.post(says("hello"), "p1")
    assert refusal.value.retry_after == 7.0
    calls = len(desk.teams.calls)
    with pytest.raises(NotSent):
        await desk.poster.post(says("hello"), "p1")
    assert len(desk.teams.calls) == calls

    desk.ticks.now += 7
    await desk.poster.post(says("hello"), "p1")
    assert desk.texts() == ["hello"]


@pytest.mark.parametrize(
    "fault", [Fault(POSTS, 502), Fault(POSTS, 503), Fault(POSTS, 504), Fault(POSTS, drop=True)]
)
@pytest.mark.parametrize("accepted", [False, True])
async def test_f46_a_doubtful_create_never_shows_the_answer_twice(
    desk: Desk, fault: Fault, *, accepted: bool
) -> None:
    """What may be left behind is a placeholder, which the answer below it keeps true."""
    desk.teams.faults.append(Fault(POSTS, fault.status, accepted=accepted, drop=fault.drop))

    with pytest.raises(Ambiguous):
        await desk.poster.post(says("the answer"), "p1")
    assert await desk.poster.find(says("the answer"), "p1") is None
    await desk.poster.post(says("the answer"), "p1")

    assert desk.texts() == [*([words.PLACEHOLDER] if accepted else []), "the answer"]


@pytest.mark.parametrize("status", [412, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("accepted", [False, True])
async def test_f46_every_failed_update_is_repeated(
    desk: Desk, status: int, *, accepted: bool
) -> None:
    desk.teams.faults.append(Fault("PUT ", status, accepted=accepted))

    with pytest.raises(NotSent):
        await desk.poster.post(says("the answer"), "p1")
    desk.ticks.now += 10
    found = await desk.poster.find(says("the answer"), "p1")

    assert found is not None
    assert desk.texts() == ["the answer"]


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "403 Fault"), (404, "404 Fault"), (413, "message_too_large")]
)
async def test_f46_what_teams_will_never_take_is_refused(
    desk: Desk, status: int, reason: str
) -> None:
    desk.teams.faults.append(Fault(POSTS, status))

    with pytest.raises(Refused) as refusal:
        await desk.poster.post(says("hello"), "p1")

    assert refusal.value.reason == reason


async def test_f46_a_roster_that_is_refused_makes_everyone_a_stranger(desk: Desk) -> None:
    """Closed by default; and somebody from outside never becomes a member."""
    sam = desk.teams.people["sam"]
    person = Person(AccountKey(HOME, sam.user), "sam")
    desk.teams.faults.append(Fault("/members/", 403))

    met = await desk.directory.meet(person)

    assert met.trust is Trust.EXTERNAL
    desk.ticks.now += 61
    assert (await desk.directory.meet(person)).trust is Trust.MEMBER


async def test_f48_a_login_that_is_down_parks_nothing_and_loses_nothing(desk: Desk) -> None:
    """Not sent, tried again when it answers; a refused secret waits for an operator."""
    desk.teams.down.add("login")
    with pytest.raises(NotSent):
        await desk.poster.post(says("hello"), "p1")
    desk.teams.down.clear()
    desk.ticks.now += 61

    await desk.poster.post(says("hello"), "p1")

    assert desk.texts() == ["hello"]


async def test_a_refused_secret_is_for_an_operator_to_mend(desk: Desk) -> None:
    desk.token._form["client_secret"] = "another"

    with pytest.raises(Parked, match="invalid_client"):
        await desk.poster.post(says("hello"), "p1")


async def test_one_token_serves_all_calls_and_is_renewed_before_its_end(desk: Desk) -> None:
    """Asked for once, however many posts want it at the same time."""
    await asyncio.gather(*(desk.poster.post(says(f"{n}"), f"p{n}") for n in range(3)))
    assert desk.teams.count("POST /login") == 1

    desk.ticks.now += 3_100
    await desk.poster.post(says("later"), "p9")
    await asyncio.sleep(0.05)

    assert desk.teams.count("POST /login") == 2


async def test_private_words_go_to_the_bots_chat_with_the_person(desk: Desk) -> None:
    """With a way back to the conversation; nothing of them in the thread."""
    sam = desk.teams.people["sam"]
    post = Post(THREAD, Card((Plain("your salary"),)), only_for=AccountKey(HOME, sam.user))

    await desk.poster.post(post, "p1")

    assert desk.texts() == []
    (seen,) = desk.texts(chat(sam))
    assert "your salary" in seen
    assert words.ABOUT in seen


async def test_who_cannot_be_written_to_privately_is_told_so_without_the_words(desk: Desk) -> None:
    """Never silence, and never the private part in the thread."""
    sam = desk.teams.people["sam"]
    desk.teams.faults.append(Fault(f"POST /teams/v3/conversations/{chat(sam)}", 403))
    post = Post(THREAD, Card((Plain("your salary"),)), only_for=AccountKey(HOME, sam.user))

    await desk.poster.post(post, "p1")

    assert desk.texts() == [words.NOT_PRIVATELY]


async def test_the_pace_of_a_conversation_is_kept_beforehand(desk: Desk) -> None:
    """Six calls at once: the seventh waits, and the wait is not an error."""
    for number in range(4):
        await desk.poster.post(says(f"{number}"), f"p{number}")

    assert desk.ticks.waits == [pytest.approx(1.0), pytest.approx(1.0)]


async def test_a_typing_sign_is_shown_in_chats_and_not_too_often(desk: Desk) -> None:
    sam = desk.teams.people["sam"]
    where = await desk.directory.direct(AccountKey(HOME, sam.user))

    for _ in range(3):
        await desk.poster.status(where, "Searching")
    await desk.poster.status(where, "")
    await desk.poster.status(THREAD, "Searching")

    assert [each.did for each in desk.teams.log].count("typing") == 1


async def test_a87_a_long_text_goes_out_in_parts_below_the_limit_in_order(desk: Desk) -> None:
    """Nothing is cut off, and sending it again adds nothing."""
    text = "\n".join(f"line {number} with some words in it, ü and 漢字" for number in range(1_500))
    post = Post(THREAD, Card((Plain(text),), title="Long"))

    for _ in range(40):
        try:
            await desk.poster.post(post, "p1")
            break
        except NotSent as error:
            desk.ticks.now += error.retry_after

    seen = "\n".join(desk.texts())
    assert [line for line in seen.split("\n") if line.startswith("line")] == text.split("\n")
    assert max(len(str(each.activity).encode()) for each in desk.teams.log) < 28_000
