"""The local pages as a hostile or broken client meets them, without a browser."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from adapters.web.hub import PAGES_MOST
from adapters.web.offers import NOT_TAKEN
from adapters.web.playground import (
    FRAME_MOST,
    NOT_IN_CHANNEL,
    NOT_THERE,
    NOT_UNDERSTOOD,
    STRANGER,
)
from bot.run import Running
from core.messages import Place
from tests.platforms.conftest import Local, NotingDoor, opened
from tests.platforms.page import PATIENCE, Page


async def status_of(port: int, path: str, **headers: str) -> int:
    """The status of a GET request with these headers, the socket's handshake included."""
    url = f"http://127.0.0.1:{port}{path}"
    async with ClientSession() as session:
        if not path.endswith("/socket"):
            async with session.get(url, headers=headers) as response:
                return response.status
        try:
            async with session.ws_connect(url, headers=headers):
                return 101
        except WSServerHandshakeError as error:
            return error.status


def words(message: dict[str, object]) -> str:
    return str(message["blocks"])


@pytest.mark.parametrize("path", ["/playground", "/playground/socket", "/metrics"])
async def test_a_foreign_host_is_refused(alone: Local, path: str) -> None:
    """A name that was pointed at this machine (DNS rebinding) opens nothing."""
    evil = f"evil.example:{alone.port}"

    assert await status_of(alone.port, path, Host=evil) == 403
    assert await status_of(alone.port, path, Host=evil, Origin=f"http://{evil}") == 403
    assert await status_of(alone.port, path, Host=f"127.0.0.1.evil.example:{alone.port}") == 403
    assert await status_of(alone.port, path, Host=f"localhost:{alone.port}") in (101, 200)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost"]
)
async def test_a_page_of_another_site_cannot_open_the_socket(alone: Local, origin: str) -> None:
    """Not even one that another server on this machine serves."""
    assert await status_of(alone.port, "/playground/socket", Origin=origin) == 403
    own = f"http://127.0.0.1:{alone.port}"
    assert await status_of(alone.port, "/playground/socket", Origin=own) == 101


async def test_pages_may_load_nothing_from_elsewhere(alone: Local) -> None:
    """The page is served with a policy that allows this server's own files alone."""
    async with ClientSession() as session:
        response = await session.get(f"http://127.0.0.1:{alone.port}/playground")

    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src")
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


async def test_the_bare_address_leads_to_the_page(alone: Local) -> None:
    """Who types only host and port finds the playground."""
    async with ClientSession() as session:
        response = await session.get(f"http://127.0.0.1:{alone.port}/")

    assert (response.status, response.url.path) == (200, "/playground")


@pytest.mark.parametrize("name", ["nothing.js", "..%2fplayground.py", "%2e%2e%2froom.py", "app"])
async def test_only_the_pages_own_files_are_served(alone: Local, name: str) -> None:
    """No name leads out of the folder."""
    assert await status_of(alone.port, f"/playground/static/{name}") == 404
    assert await status_of(alone.port, "/playground/static/app.js") == 200


@pytest.mark.parametrize(
    "frame",
    [
        "not JSON",
        "[]",
        '"say"',
        "{}",
        '{"do":"erase"}',
        '{"do":"say","as":"sam","channel":"help","text":"","key":"k"}',
        '{"do":"say","as":"sam","channel":"help","text":"hi"}',
        '{"do":"say","as":"sam","channel":"help","text":"hi","key":"k","admin":true}',
        '{"do":"say","as":["sam"],"channel":"help","text":"hi","key":"k"}',
        '{"do":"view","viewing":{"kitchen":"sam"}}',
        '{"do":"press","as":"sam","message":"m","action":"a","value":{"x":1},"key":"k"}',
    ],
)
async def test_a_frame_that_is_not_understood_is_refused(alone: Local, frame: str) -> None:
    """The page hears of it, nothing reaches the product, the socket goes on."""
    async with Page.open(alone.port) as page:
        await page.socket.send_str(frame)

        assert (await page.gets("refused"))["text"] == NOT_UNDERSTOOD
        assert await page.sees() == []
    assert alone.door.messages == []


async def test_a_frame_that_is_too_large_ends_only_its_own_socket(alone: Local) -> None:
    """Others, and a page that comes back, are served."""
    async with Page.open(alone.port) as other, Page.open(alone.port) as page:
        await page.socket.send_str("x" * (FRAME_MOST + 1))
        async with asyncio.timeout(PATIENCE):
            while not page.socket.closed:
                await asyncio.sleep(0.01)

        assert page.socket.close_code == 1009
        assert await other.sees() == []
    assert await status_of(alone.port, "/playground/socket") == 101


async def test_a_stranger_cannot_do_anything(alone: Local) -> None:
    """Whoever is not in the directory writes, presses and commands nothing."""
    async with Page.open(alone.port) as page:
        said = await page.refused(do="say", by="mallory", channel="help", text="@Frontdesk hi")
        commanded = await page.refused(do="command", by="mallory", channel="admin", text="/desk")
        pressed = await page.refused(do="press", by="", message="m", action="claim", value="v")

        assert {said, commanded, pressed} == {STRANGER}
        assert await page.sees(employee="mallory") == []
    assert (alone.door.messages, alone.door.commands, alone.door.presses) == ([], [], [])


@pytest.mark.parametrize(
    ("by", "channel"), [("sam", "support"), ("priya", "dm-sam"), ("sam", "admin"), ("sam", "")]
)
async def test_nobody_writes_in_a_channel_they_are_not_in(
    alone: Local, by: str, channel: str
) -> None:
    """It is refused with why, and kept nowhere."""
    async with Page.open(alone.port) as page:
        why = await page.refused(do="say", by=by, channel=channel, text="@Frontdesk hi")

        assert why == NOT_IN_CHANNEL
    assert await alone.room.newest() == []
    assert alone.door.messages == []


async def test_a_reply_stays_in_its_channel(alone: Local) -> None:
    """A thread of another channel, or none at all, cannot be written in."""
    card = await alone.posts("support", "A card")
    async with Page.open(alone.port) as page:
        elsewhere = {"do": "say", "by": "sam", "channel": "help", "text": "@Frontdesk hi"}

        assert await page.refused(**elsewhere, thread=card) == NOT_THERE
        assert await page.refused(**elsewhere, thread="m-nothing") == NOT_THERE
    assert alone.door.messages == []


async def test_a_direct_chat_is_one_thread_and_its_owners(alone: Local) -> None:
    """The page says "dm"; whose it is follows from who writes."""
    async with Page.open(alone.port) as page:
        await page.says("sam", "hello", "dm")
        await page.says("priya", "hello", "dm", thread="m-anything")

        threads = [str(each.thread) for each in alone.door.messages]
        assert threads == ["web/alder-finch/dm-sam/direct", "web/alder-finch/dm-priya/direct"]
        assert {each.place for each in alone.door.messages} == {Place.DIRECT}


async def test_a_message_sent_twice_is_one_message(alone: Local) -> None:
    """After a reconnect a page sends again what it heard nothing of; the key tells."""
    async with Page.open(alone.port) as page:
        for _ in range(3):
            await page.sends(do="say", by="sam", channel="help", text="@Frontdesk hi", key="once")
        await page.says("sam", "another")

        assert len(await page.sees()) == 2
    assert len({each.message_id for each in alone.door.messages}) == 2


async def test_what_the_front_door_refuses_is_offered_again(tmp_path: Path) -> None:
    """The message is kept, the thread says so, and it is taken once the store is back."""
    door = NotingDoor(refusals=3)
    async with opened(tmp_path, door) as alone, Page.open(alone.port) as page:
        said = await page.says("sam", "@Frontdesk hi")
        await page.gets("status", thread=said["id"], text=NOT_TAKEN)
        await page.gets("status", thread=said["id"], text="")

        assert [each.message_id for each in door.messages] == [said["id"]]


async def test_what_nobody_took_before_a_restart_is_offered_after_it(tmp_path: Path) -> None:
    """The room keeps it on disk until the front door has it."""
    async with opened(tmp_path, NotingDoor(refusals=10**6)) as alone, Page.open(alone.port) as page:
        said = await page.says("sam", "@Frontdesk hi")
    door = NotingDoor()

    async with opened(tmp_path, door), asyncio.timeout(PATIENCE):
        while not door.messages:
            await asyncio.sleep(0.01)

    assert [each.message_id for each in door.messages] == [said["id"]]


async def test_buttons_work_only_for_who_sees_them(alone: Local) -> None:
    """Another person's direct chat, the support channel, a private reply: nothing is there."""
    direct = await alone.posts("dm-sam", "For Sam")
    card = await alone.posts("support", "A card")
    root = await alone.posts("help", "A root")
    private = await alone.posts("help", "Eleven days", root, only_for="sam")
    async with Page.open(alone.port) as page:
        for by, message in [
            ("priya", direct),
            ("maya", direct),
            ("alex", direct),
            ("sam", card),
            ("priya", private),
            ("maya", private),
            ("sam", "m-nothing"),
        ]:
            assert NOT_THERE in words(await page.presses(by, message, "person"))
        assert alone.door.presses == []

        for by, message in [("sam", direct), ("sam", private), ("tom", card), ("priya", root)]:
            await page.presses(by, message, "person")
    assert [(each.actor.key.user_id, each.message.message_id) for each in alone.door.presses] == [
        ("sam", direct),
        ("sam", private),
        ("tom", card),
        ("priya", root),
    ]


async def test_the_buttons_of_a_commands_reply_work_for_its_author(alone: Local) -> None:
    """They act in the author's direct chat, as the reply was private too."""
    async with Page.open(alone.port) as page, Page.open(alone.port) as other:
        asked = (await page.commands("alex", "/desk config"))["key"]

        assert NOT_THERE in words(await page.presses("sam", asked, "sure"))
        assert NOT_THERE in words(await other.presses("alex", asked, "sure"))
        assert alone.door.presses == []
        await page.presses("alex", asked, "sure")

    assert str(alone.door.presses[0].message.thread) == "web/alder-finch/dm-alex/direct"
    assert alone.door.presses[0].place is Place.DIRECT


async def test_commands_are_taken_where_their_author_is(alone: Local) -> None:
    """The words reach the product without their slash, under the author's own direct chat."""
    async with Page.open(alone.port) as page:
        await page.commands("sam", "/desk help", "dm")
        command = {"do": "command", "by": "sam", "channel": "support", "text": "/desk help"}

        assert await page.refused(**command) == NOT_IN_CHANNEL
    assert [each.text for each in alone.door.commands] == ["help"]
    assert alone.door.commands[0].channel.channel_id == "dm-sam"


async def test_a_snapshot_holds_only_what_its_persons_may_see(alone: Local) -> None:
    """Direct chats, private replies and the support channel stay with their own people."""
    root = await alone.posts("help", "Public")
    await alone.posts("help", "Private to Sam", root, only_for="sam")
    await alone.posts("dm-sam", "Direct to Sam")
    await alone.posts("dm-alex", "Direct to Alex")
    await alone.posts("support", "A card")

    async def seen(*, employee: str, support: str = "") -> set[str]:
        async with Page.open(alone.port) as page:
            shown = await page.sees(employee=employee, support=support)
            texts = [re.findall(r"'text': '([^']*)'", words(each)) for each in shown]
            return {text for found in texts for text in found}

    assert await seen(employee="sam") == {"Public", "Private to Sam", "Direct to Sam"}
    assert await seen(employee="priya") == {"Public"}
    assert await seen(employee="priya", support="tom") == {"Public", "A card"}
    assert await seen(employee="alex") == {"Public", "A card", "Direct to Alex"}
    assert await seen(employee="nobody") == set()


async def test_new_messages_reach_only_their_readers(alone: Local) -> None:
    """What is shown as it happens obeys the same rule as a snapshot."""
    async with Page.open(alone.port) as sams, Page.open(alone.port) as priyas:
        await sams.sees(employee="sam")
        await priyas.sees(employee="priya")
        await alone.posts("dm-sam", "Direct to Sam")
        await alone.hub.status("dm-sam", "direct", "Searching")
        await alone.posts("help", "The end")

        for page in (sams, priyas):
            async with asyncio.timeout(PATIENCE):
                while "The end" not in str(page.events):
                    await asyncio.sleep(0.01)
        assert "Direct to Sam" in str(sams.events)
        assert "Searching" in str(sams.events)
        assert "Direct to Sam" not in str(priyas.events)
        assert "Searching" not in str(priyas.events)


async def test_a_page_that_went_away_stops_nobody(alone: Local) -> None:
    """A connection that was cut, not closed, does not keep others from being served."""
    async with Page.open(alone.port) as page:
        await page.sees()
        async with ClientSession() as session:
            lost = await session.ws_connect(f"http://127.0.0.1:{alone.port}/playground/socket")
            await lost.send_json({"do": "view", "viewing": {"employee": "sam"}})
            await lost.receive()
            assert lost._response.connection is not None
            transport = lost._response.connection.transport
            assert transport is not None
            transport.abort()
            for each in range(5):
                await alone.posts("help", f"Said {each}")

        async with asyncio.timeout(PATIENCE):
            while "Said 4" not in str(page.events):
                await asyncio.sleep(0.01)


async def test_too_many_pages_are_turned_away(alone: Local) -> None:
    """The limit holds; a place becomes free when a page is closed."""
    path = "/playground/socket"
    async with ClientSession() as session:
        url = f"http://127.0.0.1:{alone.port}{path}"
        pages = [await session.ws_connect(url) for _ in range(PAGES_MOST)]
        for each in pages:
            await each.receive()

        assert await status_of(alone.port, path) == 503
        for each in pages:
            await each.close()
    async with asyncio.timeout(PATIENCE):
        while await status_of(alone.port, path) == 503:
            await asyncio.sleep(0.01)


async def test_the_public_listener_shows_health_and_nothing_else(product: Running) -> None:
    """No page, no metrics, and not which server answers in which version."""
    for path in ("/", "/playground", "/playground/socket", "/metrics", "/healthz/", "/admin"):
        assert await status_of(product.port, path) == 404
    async with ClientSession() as session:
        for path, text in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
            async with session.get(f"http://127.0.0.1:{product.port}{path}") as response:
                assert (response.status, await response.text()) == (200, text)
                assert "Server" not in response.headers
        async with session.post(f"http://127.0.0.1:{product.port}/healthz") as response:
            assert response.status == 405


async def test_metrics_count_turns_and_never_tell_who_or_what(product: Running) -> None:
    """Labels come from closed sets: no person, no thread, no words."""
    async with Page.open(product.local_port) as page:
        said = await page.says("sam", "@Frontdesk When is a laptop replaced?")
        await page.answered(said["id"])
    async with ClientSession() as session:
        response = await session.get(f"http://127.0.0.1:{product.local_port}/metrics")
        text = await response.text()

    labels = set(re.findall(r'(\w+)="([^"]*)"', text))
    assert ("platform", "web") in labels
    assert {name for name, _ in labels} <= {"platform", "route", "ending", "reason", "result", "le"}
    assert not re.search(r"sam|laptop|dm-|m[0-9a-f]{16}", text)
