"""``/desk sources``: what answers rest on, and how it is kept up to date."""

from __future__ import annotations

from collections.abc import Callable
from time import time

from pydantic import ValidationError

from adapters.knowledge.sources_state import SourceState
from adapters.knowledge.web import urls
from adapters.storage.workspaces import SqlWorkspaceStore
from bot.librarian import Librarian
from bot.sources_survey import SourcesSurvey
from core import sources_wording, text
from core.cards import Block, Card, Note, Plain, Prose
from core.errors import Conflict
from core.ids import AccountKey, WorkspaceKey
from core.messages import EVERYONE, PUBLIC, Command
from core.workspace import Pages, WorkspaceSettings

ANSWER_SECONDS = 1.5  # platforms wait three for the answer to a command
PROBLEMS_SHOWN = 5  # of a source
SOURCES_SHOWN = 20


class Sources:
    """Shows and changes where documents come from."""

    def __init__(
        self,
        librarian: Librarian,
        workspaces: SqlWorkspaceStore,
        survey: SourcesSurvey,
        clock: Callable[[], float] = time,
    ) -> None:
        self._librarian, self._workspaces, self._clock = librarian, workspaces, clock
        self._survey = survey

    async def run(self, command: Command, rest: str) -> Card:
        """The private reply to ``/desk sources …``."""
        what, _, values = rest.partition(" ")
        try:
            match what.casefold():
                case "":
                    return await self._list()
                case "sync":
                    return _says(await self._sync(due=False))
                case "report":
                    return await self._survey.report(command)
                case "gaps":
                    return await self._survey.gaps(command)
                case "add":
                    return await self._add(command, values.split())
                case "remove" if values.strip():
                    return await self._remove(command, values.strip())
                case _:
                    return _says(sources_wording.USAGE)
        except Conflict:
            return _says(sources_wording.CONFLICT)

    async def _list(self) -> Card:
        states = await self._librarian.library.states()
        blocks: list[Block] = [Plain(self._line(state)) for state in states[:SOURCES_SHOWN]]
        if not states:
            blocks.append(Prose(sources_wording.NONE))
        if len(states) > SOURCES_SHOWN:
            blocks.append(Note(f"and {len(states) - SOURCES_SHOWN} more"))
        return Card((*blocks, Prose(sources_wording.USAGE)), title="Sources")

    def _line(self, state: SourceState) -> str:
        read = sources_wording.ago(self._clock() - state.read_at) if state.read_at else ""
        stands = sources_wording.state(documents=state.documents, read=read, reading=state.reading)
        line = f"{state.name} · {stands}"
        if state.problems:
            line += "\n" + sources_wording.problems(state.problems, PROBLEMS_SHOWN)
        return line

    async def _sync(self, *, due: bool, about: str = "") -> str:
        report = await self._librarian.ask(ANSWER_SECONDS, due=due)
        if report is None:
            return sources_wording.READING
        told = [each for each in report.problems if about and each.startswith(about)]
        if told:
            return sources_wording.NOT_READ.format(why=text.one_line(told[0], 400))
        return sources_wording.READ.format(
            documents=report.documents,
            added=report.added,
            changed=report.changed,
            removed=report.removed,
        )

    async def _add(self, command: Command, words: list[str]) -> Card:
        if len(words) < 2:
            folder = bool(words) and "://" not in words[0] and "/" in words[0]
            return _says(sources_wording.NO_FOLDER if folder else sources_wording.ADD_USAGE)
        try:
            pages = parse(words)
        except ValidationError:
            return _says(too_many())
        except ValueError:
            return _says(sources_wording.ADD_USAGE)
        if not pages.address:
            return _told(sources_wording.NO_ADDRESS.format(address=text.one_line(words[0], 200)))
        return _told(await self.add(command.actor.key, pages))

    async def add(self, by: AccountKey, pages: Pages) -> str:
        """Name a source, or name it differently; what to tell the admin.

        Raises:
            Conflict: Somebody else changed the settings meanwhile.
            ValidationError: There would be too many.
        """
        settings = await self._workspaces.settings(by.workspace)
        others = [each for each in settings.sources if each.address != pages.address]
        done = "Changed" if len(others) < len(settings.sources) else "Added"
        stored = await self._change(by, settings, (*others, pages))
        said = sources_wording.SAVED.format(
            done=done, address=pages.address, version=stored.version
        )
        if pages.audience == PUBLIC:
            said += f" {sources_wording.PUBLIC}"
        elif pages.audience != EVERYONE:
            said += f" {sources_wording.GROUP.format(audience=pages.audience)}"
        return f"{said} {await self._sync(due=True, about=pages.address)}"

    async def _remove(self, command: Command, address: str) -> Card:
        by = command.actor.key
        settings = await self._workspaces.settings(by.workspace)
        named = urls.written(address) or address
        gone = next((each for each in settings.sources if each.address == named), None)
        if gone is None:
            told = await self._not_here(by.workspace, named)
            return _told(told.format(address=text.one_line(address, 200)))
        kept = tuple(each for each in settings.sources if each != gone)
        stored = await self._change(by, settings, kept)
        said = sources_wording.SAVED.format(
            done="Removed", address=gone.address, version=stored.version
        )
        undo = sources_wording.UNDO.format(command=f"/desk sources add {spoken(gone)}")
        await self._sync(due=True)
        return Card((Plain(said), Plain(undo)))

    async def _not_here(self, here: WorkspaceKey, address: str) -> str:
        everywhere = await self._workspaces.every()
        for workspace, settings in everywhere.items():
            if workspace != here and any(each.address == address for each in settings.sources):
                return sources_wording.ELSEWHERE
        return sources_wording.NOT_THERE

    async def _change(
        self, by: AccountKey, settings: WorkspaceSettings, sources: tuple[Pages, ...]
    ) -> WorkspaceSettings:
        changed = WorkspaceSettings.model_validate({**settings.model_dump(), "sources": sources})
        return await self._workspaces.change(by.workspace, changed, str(by))


def parse(words: list[str]) -> Pages:
    """A source as an admin writes it: address, audience, then what there is to say of it.

    Raises:
        ValueError: A number is none, or out of bounds; an address that is none stays empty.
    """
    address, *rest = words
    said: dict[str, list[str]] = {"audience": []}
    name = "audience"
    for word in rest:
        if word.casefold() in ("pages", "depth", "owner") and word.casefold() not in said:
            name = word.casefold()
            said[name] = []
        else:
            said[name].append(word)
    given = {name: " ".join(each) for name, each in said.items()}
    page = urls.written(address)
    return Pages.model_validate({"address": page or "-", **given}).model_copy(
        update={"address": page}
    )


def spoken(pages: Pages) -> str:
    """A source in the words that add it."""
    more = f" pages {pages.pages} depth {pages.depth}" if pages.pages > 1 else ""
    owner = f" owner {pages.owner}" if pages.owner else ""
    return f"{pages.address} {pages.audience}{more}{owner}"


def too_many() -> str:
    """What the bounds of the settings are."""
    return sources_wording.TOO_MANY.format(sources=50, pages=500, depth=5)


def _says(words: str) -> Card:
    return Card((Prose(words),))


def _told(words: str) -> Card:
    """A line that holds somebody's words, which are text and nothing else."""
    return Card((Plain(words),))
