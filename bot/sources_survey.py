"""``/desk sources report`` and ``gaps``: what is wrong with the documents, and what they lack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from adapters.knowledge.contradictions import Contradiction
from adapters.knowledge.gaps import gaps
from adapters.knowledge.survey import Entry, Survey, survey
from adapters.storage.database import Database
from adapters.storage.unanswered import unanswered
from core import sources_wording, text
from core.cards import Block, Card, Note, Plain
from core.messages import EVERYONE, PUBLIC, Command

SHOWN = 10  # of each
DAYS = 90
DAY_SECONDS = 24 * 3600.0


class SourcesSurvey:
    """Looks the documents and the questions through, each time somebody asks."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    async def report(self, _command: Command) -> Card:
        """What to look at: contradictions, copies, old documents."""
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        found = await survey(self._database, today)
        lines = [_contradicts(each, found) for each in found.contradicting[:SHOWN]]
        lines += [
            sources_wording.TWICE.format(one=_name(one), two=_name(two))
            for one, two in found.twice[:SHOWN]
        ]
        lines += [
            sources_wording.OLD.format(updated=each.updated, title=_name(each))
            for each in found.old[:SHOWN]
        ]
        if len(found.old) > SHOWN:
            lines.append(sources_wording.OLD_MORE.format(count=len(found.old) - SHOWN))
        lines = lines or [sources_wording.NOTHING_TO_MEND]
        return Card(tuple(map(Plain, lines)), title="Documents to look at")

    async def gaps(self, command: Command) -> Card:
        """What people of this workspace asked in vain."""
        now = self._clock()
        since = now - DAYS * DAY_SECONDS
        found = gaps(await unanswered(self._database, command.actor.key.workspace, since))
        blocks: list[Block] = [
            Plain(
                sources_wording.gap(
                    about=text.one_line(each.about, 100),
                    people=each.people,
                    questions=each.questions,
                    badly=each.badly,
                    last=sources_wording.ago(now - each.last),
                )
            )
            for each in found.shared[:SHOWN]
        ]
        if found.alone:
            blocks.append(Plain(sources_wording.alone(found.alone)))
        note = sources_wording.GAPS_NOTE if blocks else sources_wording.NO_GAPS
        return Card((*blocks, Note(note.format(days=DAYS))), title="Questions without an answer")


def _contradicts(found: Contradiction, seen: Survey) -> str:
    """Quoted only where every employee may read it anyway; admins may not read everything."""
    one, two = (seen.documents[each] for each in found.documents)
    open_to_all = {one.audience, two.audience} <= {PUBLIC, EVERYONE}
    if not open_to_all:
        return sources_wording.CONTRADICTS_UNSEEN.format(one=_name(one), two=_name(two))
    said = sources_wording.CONTRADICTS.format(one=_name(one), two=_name(two))
    return "\n".join([said, *(f"“{text.one_line(each, 200)}”" for each in found.sentences)])


def _name(entry: Entry) -> str:
    """A document as its owners know it."""
    owner = f", {entry.owner}" if entry.owner else ""
    return f"{text.one_line(entry.title, 100)} ({text.one_line(entry.document_id, 100)}{owner})"
