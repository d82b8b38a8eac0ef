"""What can happen to a process: it dies at a certain step, or a step fails there.

Wrappers around the database, the chat and the model announce each step as
``before`` and ``after`` with its name: ``Inbox.finish`` for a transaction (the method
that asked for it), ``post`` and ``update``, ``model answer``. A dead process does
nothing any more: every further step of it raises ``Crash``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from adapters.storage.database import Database, Work
from core.drafts import Completion, Prompt
from core.ids import MessageRef, ThreadKey
from core.outcome import Post
from core.ports import Model, Poster

T = TypeVar("T")


class Crash(BaseException):
    """The end of a process, as seen from inside. Nothing in the product catches it."""


@dataclass
class Fate:
    """Dies, or fails with ``error``, at the n-th step of a name; an empty name counts them all.

    ``steps`` is the log of everything announced.
    """

    when: str = ""
    step: str = ""
    nth: int = 1
    error: Exception | None = None
    dead: bool = False
    steps: list[str] = field(default_factory=list)

    def announce(self, when: str, step: str) -> None:
        if self.dead:
            raise Crash
        self.steps.append(f"{when} {step}")
        if when != self.when or self.step not in ("", step):
            return
        self.nth -= 1
        if self.nth != 0:
            return
        if self.error is not None:
            raise self.error
        self.dead = True
        raise Crash


@dataclass
class MortalDatabase:
    """Implements ``Database`` over a real one."""

    real: Database
    fate: Fate

    async def write(self, work: Work[T]) -> T:
        step = step_name(work)
        self.fate.announce("before", step)
        result = await self.real.write(work)
        self.fate.announce("after", step)
        return result

    async def read(self, work: Work[T]) -> T:
        if self.fate.dead:
            raise Crash
        return await self.real.read(work)

    async def look(self, work: Work[T]) -> T:
        if self.fate.dead:
            raise Crash
        return await self.real.look(work)

    async def close(self) -> None:
        await self.real.close()


@dataclass
class MortalPoster:
    """Implements ``Poster`` over one that outlives the process."""

    real: Poster
    fate: Fate

    async def post(self, post: Post, post_id: str) -> str:
        self.fate.announce("before", "post")
        shown = await self.real.post(post, post_id)
        self.fate.announce("after", "post")
        return shown

    async def update(self, post: Post, post_id: str) -> str:
        self.fate.announce("before", "update")
        shown = await self.real.update(post, post_id)
        self.fate.announce("after", "update")
        return shown

    async def find(self, post: Post, post_id: str) -> str | None:
        self.fate.announce("before", "find")
        return await self.real.find(post, post_id)

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        self.fate.announce("before", "remove_copies")
        await self.real.remove_copies(post, post_id, kept)

    async def status(self, thread: ThreadKey, text: str) -> None:
        await self.real.status(thread, text)

    def permalink(self, message: MessageRef) -> str:
        return self.real.permalink(message)


@dataclass
class MortalModel:
    """Implements ``Model`` over another."""

    real: Model
    fate: Fate

    async def complete(self, prompt: Prompt) -> Completion:
        self.fate.announce("before", f"model {prompt.task}")
        completion = await self.real.complete(prompt)
        self.fate.announce("after", f"model {prompt.task}")
        return completion


def step_name(work: Work[T]) -> str:
    """The method that asked for a transaction, e.g. ``Inbox.finish``."""
    name: str = getattr(work, "__qualname__", type(work).__name__)
    return name.partition(".<locals>")[0]
