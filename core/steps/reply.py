"""Say it: the cards of every way a turn can end, and to whom each part goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core import memory_wording, text, wording
from core.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    Note,
    Plain,
    Prose,
    Source,
    Sources,
    Style,
    Tone,
)
from core.conflicts import conflict
from core.discretion import Matter
from core.drafts import Completion
from core.evidence import Document, Evidence, Passage
from core.ids import AccountKey
from core.messages import InboundMessage, Place
from core.outcome import Post
from core.steps.divide import Division
from core.steps.retrieve import Found
from core.tools import Action

PART_MOST = 2_900  # characters a part; Slack's section takes 3,000
QUOTED_MOST = 300  # characters of a sentence that contradicts another
FIELD_MOST = 1_000  # characters of one value in a confirmation
MARK = re.compile(r"\[(\d{1,3})\]")  # looks like our number of a source


def plain(message: InboundMessage, words: str) -> tuple[Post, ...]:
    """A line of our own in the thread."""
    return (Post(message.thread, Card((Prose(words),))),)


def answered(
    message: InboundMessage, parts: Division, found: Found, today: date
) -> tuple[Post, ...]:
    """An answer with its sources; to its asker alone what not everyone may read."""
    posts: tuple[Post, ...] = ()
    if parts.shared:
        seen = found.evidence
        if found.privately:  # of what was found for one person the thread reads what is cited here
            ids = _cited_ids(parts.shared)
            seen = Evidence(tuple(each for each in seen.passages if each.passage_id in ids))
        posts = _shown(message, parts.shared, seen, today, None)
    if parts.alone is None:
        return posts
    only_for = message.author.key
    private = _shown(message, parts.alone, found.evidence, today, only_for)
    pointer = Post(message.thread, Card((Plain(_pointer(message, found)),)))
    return (*posts, *private, pointer)


def _shown(
    message: InboundMessage,
    completion: Completion,
    evidence: Evidence,
    today: date,
    only_for: AccountKey | None,
) -> tuple[Post, ...]:
    words, sources = cited(completion, evidence, today)
    links = tuple(source.link for source in sources if source.link)
    pieces = text.split(words, PART_MOST)
    posts = []
    for number, piece in enumerate(pieces, start=1):
        blocks: list[Block] = []
        if number == 1 and completion.degraded:
            blocks.append(Note(wording.DEGRADED))
        blocks.append(Prose(piece, links))
        if number == len(pieces):
            blocks += _disagreement(completion, evidence, today)
            blocks += [Sources(sources)] if sources else []
            blocks.append(Buttons(_feedback(message.turn_id)))
        posts.append(Post(message.thread, Card(tuple(blocks), generated=True), only_for=only_for))
    return tuple(posts)


def cited(
    completion: Completion, evidence: Evidence, today: date
) -> tuple[str, tuple[Source, ...]]:
    """The answer with a number behind each cited stretch, and the documents by number."""
    given = {passage.passage_id: passage.document for passage in evidence.passages}
    order: list[Document] = []
    words = ""
    for span in completion.spans:
        marks = []
        for passage_id in span.passage_ids:
            document = given[passage_id]
            if document not in order:
                order.append(document)
            marks.append(f"[{order.index(document) + 1}]")
        said = MARK.sub(r"(\1)", span.text)
        body = said.rstrip()
        words += body + "".join(f" {mark}" for mark in dict.fromkeys(marks))
        words += said[len(body) :] or ("\n" if marks else "")
    sources = tuple(source(number, each, today) for number, each in enumerate(order, start=1))
    return words.strip(), sources


def _cited_ids(completion: Completion) -> frozenset[str]:
    return frozenset(each for span in completion.spans for each in span.passage_ids)


def _disagreement(completion: Completion, evidence: Evidence, today: date) -> list[Block]:
    """What another document says of the same, in its own words; which of them holds is open."""
    pair = conflict(completion.text, _cited_ids(completion), evidence.passages)
    if pair is None:
        return []
    titles = [
        f"{said.passage.document.title} ({wording.age(said.passage.document.updated, today)})"
        for said in pair
    ]
    newer, older = (text.one_line(said.sentence, QUOTED_MOST) for said in pair)
    return [Plain(wording.disagreement(titles[0], newer, titles[1], older))]


def source(number: int, document: Document, today: date) -> Source:
    """A document as a reader sees it, with its age."""
    return Source(
        number, document.title, document.link, wording.age(document.updated, today), document.owner
    )


def looked_at(passages: Sequence[Passage], today: date, most: int = 3) -> tuple[Source, ...]:
    """The documents that passages are from, best first, for a handoff card."""
    documents = list(dict.fromkeys(passage.document for passage in passages))
    return tuple(source(number, each, today) for number, each in enumerate(documents[:most], 1))


def _pointer(message: InboundMessage, found: Found) -> str:
    name = text.name(message.author.name)
    words = wording.PRIVATE_POINTER if found.personal else wording.PRIVATE_DOCUMENT_POINTER
    return words.format(name=name)


def _feedback(turn_id: str) -> tuple[Button, ...]:
    return (
        Button("Helpful", "helpful", turn_id),
        Button("Not helpful", "unhelpful", turn_id),
        Button(wording.TALK_TO_PERSON, "person", turn_id),
    )


def spent(action: Action, said: str) -> Card:
    """An offer that was decided on: what it was, and what became of it."""
    shown = tuple(
        Field(key.replace("_", " ").capitalize(), text.one_line(str(value), FIELD_MOST))
        for key, value in action.arguments.items()
    )
    return Card((Fields(shown), Note(said)))


def proposal(
    message: InboundMessage, fields: tuple[Field, ...], action: Action
) -> tuple[Post, ...]:
    """The confirmation of an action with its arguments frozen; only the requester may press.

    What is about the requester alone is asked privately.
    """
    yes, no = ("Yes", "No") if action.private else ("Confirm", "Cancel")
    buttons = (
        Button(yes, "confirm", action.action_id, Style.PRIMARY),
        Button(no, "cancel", action.action_id),
    )
    shown = tuple(Field(each.label, text.one_line(each.value, FIELD_MOST)) for each in fields)
    title = memory_wording.OFFER_TITLE if action.private else wording.CONFIRM_TITLE
    note = memory_wording.OFFER_NOTE if action.private else wording.CONFIRM_NOTE
    card = Card((Fields(shown), Note(note), Buttons(buttons)), title=title, tone=Tone.ATTENTION)
    if not action.private:
        return (Post(message.thread, card),)
    return _privately(message, card, memory_wording.ANSWERED_PRIVATELY)


def not_kept(message: InboundMessage, matter: Matter) -> tuple[Post, ...]:
    """That something is not kept, and why, said to its writer alone."""
    card = Card((Prose(memory_wording.NOT_KEPT[matter]),))
    return _privately(message, card, memory_wording.ANSWERED_PRIVATELY)


def _privately(message: InboundMessage, card: Card, pointer: str) -> tuple[Post, ...]:
    """A card for the writer alone, and in a shared thread a line that says so."""
    if message.place is Place.DIRECT:
        return (Post(message.thread, card),)
    told = Plain(pointer.format(name=text.name(message.author.name)))
    return (
        Post(message.thread, card, only_for=message.author.key),
        Post(message.thread, Card((told,))),
    )
