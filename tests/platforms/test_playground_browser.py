"""The whole story in a real browser against the real product, as a stranger would try it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, WebSocketRoute, async_playwright, expect

from tests.platforms.conftest import Machine, machine
from tests.platforms.window import PATIENCE, Window

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OpenWindow = Callable[..., Awaitable[Window]]

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed: the page is not tested in a browser."
    ),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def place(tmp_path: Path) -> AsyncIterator[Machine]:
    """Where the product runs."""
    async with machine(tmp_path) as found:
        await found.start()
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def open_window(browser: Browser, place: Machine) -> AsyncIterator[OpenWindow]:
    """Opens windows; in the end, none of them may have complained about anything."""
    windows: list[Window] = []

    async def opener(width: int = 1440, height: int = 900, **context: object) -> Window:
        viewport = {"width": width, "height": height}
        page = await browser.new_page(viewport=viewport, **context)  # type: ignore[arg-type]
        windows.append(Window(page))
        await page.goto(f"http://127.0.0.1:{place.settings.local_port}/playground")
        await windows[-1].ready()
        return windows[-1]

    yield opener
    for window in windows:
        await window.page.close()
    assert [problem for window in windows for problem in window.problems] == []


@pytest_asyncio.fixture(loop_scope="module")
async def window(open_window: OpenWindow) -> Window:
    """One window on a desktop screen."""
    return await open_window()


async def test_an_employee_is_answered_from_the_documents(window: Window) -> None:
    """With the source; a follow-up with "it" is understood; what is off topic is declined."""
    await window.asks("When is a laptop replaced?")
    await window.sees(window.employee, "4 years", "Laptops and the new-starter kit")
    source = window.employee.locator("a.source").first
    assert (await source.get_attribute("href") or "").startswith("https://")
    assert await source.get_attribute("rel") == "noopener noreferrer"

    await window.replies("And when is it replaced sooner?")
    answers = await window.bot_messages(2)
    await expect(answers.last).to_contain_text("laptop", ignore_case=True)

    await window.asks("Who won the football world cup in 1998?")
    await window.sees(window.employee, "outside what I can help with")
    await expect(window.support.get_by_text("Nobody is waiting")).to_be_visible()

    await window.page.reload()
    await window.ready()
    await expect(window.employee.locator(".message")).to_have_count(2)
    await window.employee.get_by_role("button", name="3 replies").click()
    await window.sees(window.employee, "4 years", "And when is it replaced sooner?")
    await window.bot_messages(2)


async def test_what_is_personal_is_shown_to_its_person_alone(window: Window) -> None:
    """Priya reads only that there was an answer, and finds a direct chat of her own."""
    await window.asks("How many days of annual leave do I have left?")
    await window.sees(window.employee, "11 days", "Only visible to you", "privately")

    await window.becomes(window.employee, "priya")
    await window.sees(window.employee, "privately")
    await window.sees_not(window.employee, "11 days")
    snapshot = window.snapshots[-1]
    assert "privately" in str(snapshot)
    assert "11 days" not in str(snapshot)

    await window.becomes(window.employee, "sam")
    await window.sees(window.employee, "11 days")

    await window.employee.get_by_role("tab", name="Frontdesk").click()
    await window.writes(window.employee, "composer", "What is the hotel limit in Vienna?")
    await window.sees(window.employee, "€150")

    await window.becomes(window.employee, "priya")
    await expect(window.employee.locator(".message")).to_have_count(0)
    assert "Vienna" not in str(window.snapshots[-1])


async def test_an_action_waits_for_confirm_and_ends_with_a_receipt(window: Window) -> None:
    """The preview first; the support channel hears of it after the word."""
    await window.asks("Please report that the printer on floor 2 is out of paper")
    await window.sees(window.employee, "Nothing happens until you press Confirm")
    await expect(window.support.get_by_text("Nobody is waiting")).to_be_visible()

    await window.presses(window.employee, "Confirm")

    await window.sees(window.employee, "Receipt: R-")
    await window.sees(window.support, "Problem reported", "the printer on floor 2 is out of paper")


async def test_what_is_remembered_is_shown_and_put_right(window: Window) -> None:
    """Correct begins the words, in the conversation that they are for."""
    await window.writes(window.admin, "composer", "/desk config memory summary")
    await window.sees(window.admin, "Threads are now remembered")
    await window.asks("When is a laptop replaced?")
    for count, words in enumerate(("VPN", "hotel in Vienna", "pay day", "printer", "wifi"), 2):
        await window.bot_messages(count - 1)
        await window.replies(f"What about the {words}? @Frontdesk")
    await window.sees(window.employee, "I'm working from a summary of messages before")

    await window.presses(window.employee, "Correct")

    await window.sees(window.employee, "in one message that begins with")
    composer = window.employee.get_by_test_id("thread-composer")
    await expect(composer).to_have_value("Correction: ")
    await expect(composer).to_be_focused()
    await composer.press_sequentially("my laptop is of 2024")
    await composer.press("Enter")
    await window.sees(window.employee, "I now go by this: my laptop is of 2024")


async def test_a_person_takes_over_and_gives_back(open_window: OpenWindow) -> None:
    """Claim, words both ways, a note that stays, resolve, a verdict; the second claim is told."""
    window, toms = await open_window(), await open_window()
    await window.asks("I want to talk to a real person please")
    await window.sees(window.support, "Request H-1", "Asked for a person")
    await window.sees(window.employee, "Your request is H-1")

    await window.employee.get_by_role("tab", name="Frontdesk").click()
    await window.support.get_by_role("link", name="Open the conversation").click()
    await window.sees(window.employee, "Your request is H-1")
    assert len(window.page.context.pages) == 1

    await hold_updates(toms)
    await toms.becomes(toms.support, "tom")
    await window.presses(window.support, "Claim")
    await window.sees(window.support, "Maya Lindqvist has this.")
    await window.sees(window.support, "Replies in this thread reach")
    await window.sees(window.employee, "Maya Lindqvist has taken your request")
    await toms.presses(toms.support, "Claim")
    await toms.sees(toms.support, "Only visible to you", "Maya Lindqvist has this case.")

    reply = window.support.get_by_role("textbox", name="Reply to Sam")
    await expect(reply).to_be_visible()
    await reply.fill("Hi Sam, which desk?")
    await reply.press("Enter")
    relayed = window.employee.locator(".message", has_text="Hi Sam, which desk?")
    await expect(relayed).to_contain_text("Maya Lindqvist")
    await expect(relayed).to_contain_text("via Frontdesk")
    await window.replies("Desk 2-14, by the window")
    await window.sees(window.support, "Desk 2-14, by the window")
    await reply.fill("! third one this week")
    await expect(window.support.get_by_text("only this channel will see it")).to_be_visible()
    await reply.press("Enter")
    await window.sees(window.support, "Internal note, stays in this channel", "it was not sent")

    await window.presses(window.support, "Resolve")
    await window.sees(window.employee, "closed your request H-1")
    await window.sees_not(window.employee, "third one this week")
    await window.presses(window.support, "Right call")
    await window.sees(window.support, "Resolved: right call.")
    await window.presses(window.employee, "Yes")
    await window.sees(window.employee, "Thank you.")


async def test_an_admin_configures_and_checks(window: Window) -> None:
    """The same commands are refused for others; words that are no command are said so."""
    for command, shown in [
        ("/desk config", "#support"),
        ("/desk check", "Everything works"),
        ("/desk config staff remove @tom", "Tom Becker was removed from staff"),
        ("/desk config support-channel #help", "Everyone can read #help"),
        ("/desk frobnicate", "I don't know"),
        ("/desk", "What I can do"),
    ]:
        await window.writes(window.admin, "composer", command)
        await window.sees(window.admin, shown)

    await window.writes(window.employee, "composer", "/desk config")
    await window.sees(window.employee, "Only visible to you", "Only an admin can do that.")
    await window.asks("x" * 40_000)
    await window.sees(window.employee, "That message is too long for me: 40,000 characters")


async def test_a_page_outlives_the_server(window: Window, place: Machine) -> None:
    """It says that it reconnects; what was written meanwhile arrives once and is answered once."""
    await window.asks("When is a laptop replaced?")
    await window.bot_messages(1)
    await place.stop()
    await expect(window.page.locator("#connection")).to_contain_text("Reconnecting")

    await window.replies("And when is it replaced sooner?")
    await expect(window.employee.locator(".message-sending")).to_have_count(1)
    await expect(window.page.get_by_role("button", name="Try now")).to_be_visible()
    await place.start()
    await window.page.evaluate("dispatchEvent(new Event('online'))")  # no need to sit it out

    await window.bot_messages(2)
    await expect(window.page.locator("#connection")).to_be_empty()
    await expect(window.employee.locator(".message-sending")).to_have_count(0)
    await expect(window.employee.get_by_text("And when is it replaced sooner?")).to_have_count(1)
    await window.page.reload()
    await window.ready()
    await expect(window.employee.get_by_role("button", name="3 replies")).to_be_visible()
    window.problems[:] = [each for each in window.problems if "WebSocket connection" not in each]


async def test_everything_works_from_the_keyboard(window: Window) -> None:
    """Ask, read, judge, go back, switch the person, without a pointer."""
    keyboard = window.page.keyboard

    async def tab_to(selector: str) -> None:
        for _ in range(60):
            if await window.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            await keyboard.press("Tab")
        pytest.fail(f"Tab does not reach {selector}")

    await keyboard.press("/")
    await keyboard.type("@Frontdesk When is a laptop replaced?")
    await keyboard.press("Enter")
    await window.bot_messages(1)
    await tab_to('[data-action="helpful"]')
    outline = await window.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await keyboard.press("Enter")
    await window.sees(window.employee, "That helps me do better.")
    await keyboard.press("Escape")
    await expect(window.employee.locator(".thread-bar")).to_be_hidden()
    await tab_to("[data-thread]")
    await keyboard.press("Enter")
    await expect(window.employee.locator(".thread-bar")).to_be_visible()

    await tab_to('[data-pane="support"] input[type="radio"]')
    await keyboard.press("ArrowRight")
    await expect(window.support.locator('input[value="tom"]')).to_be_checked()
    await tab_to('[data-pane="admin"] .tool-command')
    await keyboard.press("Enter")
    await window.sees(window.admin, "What I can do")


async def test_the_page_fits_every_width_in_light_and_dark(window: Window) -> None:
    """Nothing sticks out, whatever was written; a chosen theme outlives a reload."""
    await window.asks("I want to talk to a real person about " + "Donaudampfschifffahrt" * 12)
    await window.presses(window.support, "Claim")
    await window.sees(window.employee, "has taken your request")
    await window.writes(window.admin, "composer", "/desk config")
    await window.sees(window.admin, "Settings")

    for width in (1440, 1000, 390, 320):
        await window.page.set_viewport_size({"width": width, "height": 800})
        for pane in ("employee", "support", "admin"):
            tab = window.page.locator(f'[data-tab-for="{pane}"]')
            if await tab.is_visible():
                await tab.click()
            await expect(window.page.locator(f'[data-pane="{pane}"]')).to_be_visible()
            assert await window.overflowing() == [], f"{pane} at {width}"

    assert await brightness(window) > 600
    await window.page.emulate_media(color_scheme="dark")
    assert await brightness(window) < 100
    await window.page.get_by_role("button", name="Use the light theme").click()
    await window.page.reload()
    assert await brightness(window) > 600


async def brightness(window: Window) -> int:
    """Of the page's canvas, from 0 to 765."""
    canvas = await window.page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"\d+", canvas)[:3]))


async def hold_updates(window: Window) -> None:
    """From a reload on, cards keep standing as they are: this window hears late of changes."""

    def meddle(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        route.on_message(server.send)
        server.on_message(
            lambda said: None if '"event":"update"' in str(said) else route.send(said)
        )

    await window.page.route_web_socket(re.compile("/playground/socket$"), meddle)
    await window.page.reload()
    await expect(window.support.get_by_role("button", name="Claim")).to_be_visible(timeout=PATIENCE)
