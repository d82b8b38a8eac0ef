"""A browser window with the playground in it, and what a person does there."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Locator, Page, expect

PATIENCE = 10_000  # milliseconds until something that must appear has appeared


@dataclass
class Window:
    """The three panes of one window.

    Args:
        problems: What the browser complained about: script errors, refused loads.
        frames: What the page was sent over its socket.
    """

    page: Page
    problems: list[str] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on(
            "console",
            lambda said: (
                self.problems.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "websocket",
            lambda socket: socket.on(
                "framereceived", lambda frame: self.frames.append(json.loads(frame))
            ),
        )

    @property
    def employee(self) -> Locator:
        return self.page.locator('[data-pane="employee"]')

    @property
    def support(self) -> Locator:
        return self.page.locator('[data-pane="support"]')

    @property
    def admin(self) -> Locator:
        return self.page.locator('[data-pane="admin"]')

    async def ready(self) -> None:
        """Wait until the conversation is loaded."""
        await expect(self.employee.locator(".skeleton")).to_have_count(0, timeout=PATIENCE)
        await expect(self.page.locator("body")).to_have_attribute("data-connected", "true")

    async def asks(self, words: str) -> None:
        """Start a thread in the channel; the page opens it."""
        back = self.employee.locator(".back")
        if await back.is_visible():
            await back.click()
        await self.writes(self.employee, "composer", f"@Frontdesk {words}")
        await expect(self.employee.locator(".thread-bar")).to_be_visible()

    async def replies(self, words: str) -> None:
        """Write in the thread that is open."""
        await self.writes(self.employee, "thread-composer", words)

    async def writes(self, pane: Locator, field: str, words: str) -> None:
        composer = pane.get_by_test_id(field).last
        await composer.fill(words)
        await composer.press("Enter")

    @property
    def snapshots(self) -> list[dict[str, Any]]:
        """Every picture of the room that the server has sent to this page."""
        return [each for each in self.frames if each["event"] == "snapshot"]

    async def becomes(self, pane: Locator, person: str) -> None:
        """Switch the person, and wait for what the server shows that person."""
        before = len(self.snapshots)
        await pane.locator(f'.switch[data-person="{person}"]').click()
        await expect(pane.locator(f'input[value="{person}"]')).to_be_checked()
        async with asyncio.timeout(PATIENCE / 1_000):
            while len(self.snapshots) == before:
                await asyncio.sleep(0.02)

    async def presses(self, pane: Locator, label: str) -> None:
        await pane.get_by_role("button", name=label, exact=True).last.click()

    async def sees(self, pane: Locator, *words: str) -> None:
        """Each of these words appears in the pane."""
        for each in words:
            await expect(pane.get_by_text(each).last).to_be_visible(timeout=PATIENCE)

    async def sees_not(self, pane: Locator, words: str) -> None:
        await expect(pane.get_by_text(words)).to_have_count(0)

    async def bot_messages(self, count: int) -> Locator:
        """The bot's own messages in the employee's view, once there are this many."""
        found = self.employee.locator('.message[data-author="frontdesk"]')
        await expect(found).to_have_count(count, timeout=PATIENCE)
        return found

    async def overflowing(self) -> list[str]:
        """What is wider than its place."""
        wide: list[str] = await self.page.evaluate(
            """() => [document.documentElement, ...document.querySelectorAll(
                 "body *:not(textarea, pre, .spoken, .grow-mirror, .offline)")]
               .filter((e) => e.offsetParent !== null || e === document.documentElement)
               .filter((e) => e === document.documentElement
                 ? e.scrollWidth > innerWidth
                 : e.getBoundingClientRect().right > innerWidth + 0.5
                   || (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
                       && getComputedStyle(e).overflowX !== "visible"
                       && getComputedStyle(e).textOverflow !== "ellipsis"))
               .map((e) => `${e.tagName}.${e.className}`)"""
        )
        return wide
