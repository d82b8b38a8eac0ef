"""A web page to answer from, named in a form instead of in words."""

from __future__ import annotations

from pydantic import ValidationError

from adapters.knowledge.web import urls
from bot.sources import Sources, too_many
from core import sources_wording, text
from core.cards import Card, Plain, Tone
from core.errors import Conflict
from core.forms import Form, Problems, Submission, TextInput
from core.ids import WorkspaceKey
from core.messages import EVERYONE
from core.workspace import Pages

NAME = "sources"
OPENED_BY = "sources add"  # the words of the command that leave everything open
ADDRESS, AUDIENCE, PAGES, OWNER = "address", "audience", "pages", "owner"
PAGES_MOST = 500


class SourcesForm:
    """Draws the form, and takes it back."""

    name, opened_by = NAME, OPENED_BY

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    async def draw(self, _workspace: WorkspaceKey) -> Form:
        inputs = (
            TextInput(ADDRESS, "Address", "", sources_wording.FORM_ADDRESS),
            TextInput(AUDIENCE, "Readers", EVERYONE, sources_wording.FORM_AUDIENCE, most=200),
            TextInput(PAGES, "Pages", "1", sources_wording.FORM_PAGES, most=3),
            TextInput(OWNER, "Owner", "", sources_wording.FORM_OWNER, most=200),
        )
        return Form(NAME, "Add a source", inputs, submit="Add")

    async def submit(self, submission: Submission) -> Card | Problems:
        """Add it; nothing when anything is wrong."""
        given = {
            name: text.one_line(" ".join(submission.values.get(name, ())), 2_000)
            for name in (ADDRESS, AUDIENCE, PAGES, OWNER)
        }
        problems: dict[str, str] = {}
        address = urls.written(given[ADDRESS])
        if not address:
            problems[ADDRESS] = sources_wording.FORM_ADDRESS
        if not given[AUDIENCE]:
            problems[AUDIENCE] = sources_wording.FORM_NO_AUDIENCE
        number = given[PAGES] or "1"
        if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= PAGES_MOST):
            problems[PAGES] = sources_wording.FORM_NO_NUMBER.format(most=PAGES_MOST)
        if problems:
            return Problems(problems)
        try:
            pages = Pages(
                address=address,
                audience=given[AUDIENCE],
                pages=int(number),
                owner=given[OWNER],
            )
            told = await self._sources.add(submission.actor.key, pages)
        except ValidationError:
            return Problems({ADDRESS: too_many()})
        except Conflict:
            return Problems({ADDRESS: sources_wording.CONFLICT})
        return Card((Plain(told),), tone=Tone.DONE)
