"""One root command, ``/desk``: the same words on every platform, answered privately.

The table below is the whole of it: help, rights and parsing all read it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from adapters.storage.inbox import Inbox
from adapters.storage.work import Received
from bot.checks import Checks
from bot.configure import Configure
from bot.memory import Memory
from bot.sources import Sources
from bot.thread_memory import ThreadMemory
from core import admin_wording, text, wording
from core.cards import Block, Card, Field, Fields, Note, Plain, Prose, Tone
from core.errors import Conflict
from core.forms import Form, Problems, Submission
from core.ids import WorkspaceKey, derived_id
from core.messages import Command, InboundMessage, Person, Place, Trust
from core.ports import Directory, WorkspaceStore

READ_MOST = 4 * wording.LONGEST_MESSAGE  # characters of a command


class Role(IntEnum):
    """Who may use a command; each includes those before it."""

    EVERYONE = 0
    STAFF = 1
    ADMIN = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its word, what may follow, what it is for, who may use it."""

    word: str
    usage: str
    purpose: str
    role: Role


TABLE: Sequence[Entry] = (
    Entry("help", "", "Show what I can do", Role.EVERYONE),
    Entry("ask", "<question>", "Ask me in our direct messages", Role.EVERYONE),
    Entry("human", "[what it is about]", "Ask for a person", Role.EVERYONE),
    Entry("new", "", "Start our direct conversation afresh", Role.EVERYONE),
    Entry("memory", "[link | unlink]", "See what I know about you", Role.EVERYONE),
    Entry("export", "", "Get all I keep about you, as files", Role.EVERYONE),
    Entry("forget", "[everything | conversation | …]", "Have it forgotten", Role.EVERYONE),
    Entry("config", "[support-channel | staff | admins …]", "See or change settings", Role.ADMIN),
    Entry("sources", "[add | remove | sync | report | gaps]", "What I answer from", Role.ADMIN),
    Entry("check", "", "Test the installation and say what to mend", Role.ADMIN),
)


class AdminForm(Protocol):
    """A form of admins: its name, and the words of the command that opens it."""

    @property
    def name(self) -> str: ...

    @property
    def opened_by(self) -> str: ...

    async def draw(self, workspace: WorkspaceKey, /) -> Form: ...

    async def submit(self, submission: Submission) -> Card | Problems: ...


class Commands:
    """Runs commands.

    Args:
        admins: Keys of accounts that are admins whatever the workspace says, from the settings.
    """

    def __init__(
        self,
        directory: Directory,
        workspaces: WorkspaceStore,
        inbox: Inbox,
        configure: Configure,
        forms: Sequence[AdminForm],
        checks: Checks,
        memory: Memory,
        threads: ThreadMemory,
        sources: Sources,
        admins: frozenset[str],
    ) -> None:
        self._directory = directory
        self._workspaces = workspaces
        self._inbox = inbox
        self._checks = checks
        self._configure = configure
        self._forms = forms
        self._admins = admins
        self._runs: Mapping[str, Callable[[Command, str], Awaitable[Card]]] = {
            "help": self._help,
            "ask": self._ask,
            "human": self._human,
            "new": lambda command, _: threads.start_afresh(command.actor.key),
            "memory": memory.about,
            "export": lambda command, _: memory.export(command),
            "forget": memory.forget,
            "config": self._config,
            "sources": sources.run,
            "check": self._check,
        }

    async def run(self, command: Command) -> Card:
        """The private reply to a command; rights are read now, not remembered."""
        word, _, rest = text.clean(command.text[:READ_MOST]).strip().partition(" ")
        word = word.casefold() or "help"
        entry = next((each for each in TABLE if each.word == word), None)
        if entry is None:
            return _says(wording.COMMAND_UNKNOWN.format(word=text.one_line(word, 30)))
        if entry.role > await self._role(command.actor):
            return _says(wording.NOT_ADMIN if entry.role is Role.ADMIN else wording.NOT_STAFF)
        return await self._runs[word](command, rest.strip())

    async def form(self, command: Command) -> Form | None:
        """What an admin may fill in who gives a command without saying what to change."""
        words = " ".join(command.text.casefold().split())
        opened = next((each for each in self._forms if each.opened_by == words), None)
        if opened is None or await self._role(command.actor) < Role.ADMIN:
            return None
        return await opened.draw(command.actor.key.workspace)

    async def submit(self, submission: Submission) -> Card | Problems:
        """What became of a form; whoever opened it may have lost the right since."""
        opened = next((each for each in self._forms if each.name == submission.form), None)
        if opened is None:
            return _says(wording.NOTHING_TO_DO)
        if await self._role(submission.actor) < Role.ADMIN:
            return _says(wording.NOT_ADMIN)
        return await opened.submit(submission)

    async def _role(self, actor: Person) -> Role:
        """What the person is at this moment; the least when nothing says otherwise."""
        if actor.trust is not Trust.MEMBER:
            return Role.EVERYONE
        settings = await self._workspaces.settings(actor.key.workspace)
        key = str(actor.key)
        if key in self._admins or key in settings.admins:
            return Role.ADMIN
        profile = await self._directory.profile(actor.key)
        if profile is not None and profile.is_admin:
            return Role.ADMIN
        return Role.STAFF if key in settings.staff else Role.EVERYONE

    async def _help(self, command: Command, _rest: str) -> Card:
        role = await self._role(command.actor)
        lines = tuple(
            Field(f"/desk {each.word} {each.usage}".strip(), each.purpose)
            for each in TABLE
            if each.role <= role
        )
        return Card((Fields(lines), Note(wording.HELP_NOTE)), title="What I can do")

    async def _ask(self, command: Command, rest: str) -> Card:
        if not rest:
            return _says(wording.ASK_NEEDS_WORDS)
        return await self._send_in(command, rest, wording.ASK_TAKEN)

    async def _human(self, command: Command, rest: str) -> Card:
        words = rest or wording.TALK_TO_PERSON
        return await self._send_in(command, words, wording.HUMAN_TAKEN, wants_person=True)

    async def _send_in(
        self, command: Command, words: str, taken: str, *, wants_person: bool = False
    ) -> Card:
        """Put the words into the inbox as a direct message of that person, once per command.

        Returns:
            What was ``taken``, in words, or that nothing more is at present.
        """
        message = InboundMessage(
            message_id=f"command-{derived_id('command', command.command_id).hex}",
            thread=await self._directory.direct(command.actor.key),
            author=command.actor,
            text=words,
            sent_at=command.at,
            place=Place.DIRECT,
            wants_person=wants_person,
        )
        received = await self._inbox.put_message(message)
        return _says(wording.OUT_OF_MESSAGES if received is Received.TOO_MANY else taken)

    async def _config(self, command: Command, rest: str) -> Card:
        try:
            return await self._configure.run(command, rest)
        except Conflict:
            return _says(admin_wording.CONFIG_CONFLICT)

    async def _check(self, command: Command, _rest: str) -> Card:
        findings = await self._checks.run(command.actor.key.workspace)
        blocks: tuple[Block, ...] = tuple(Plain(each.line) for each in findings)
        good = all(each.good for each in findings)
        title = "Everything works" if good else "Some things need mending"
        return Card(blocks, title=title, tone=Tone.DONE if good else Tone.ATTENTION)


def _says(words: str) -> Card:
    return Card((Prose(words),))
