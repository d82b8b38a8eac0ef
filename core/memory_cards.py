"""What a person sees of what is kept about them, and how they have it forgotten."""

from __future__ import annotations

from core import memory_wording
from core.account import Fact, FactSource
from core.cards import Block, Button, Buttons, Card, Note, Plain, Prose, Style, Tone
from core.forgetting import Receipt, Scope, Talk

FACTS_MOST = 15  # on one card
ASK, DO, KEEP = "forget", "forget_now", "forget_not"
CONVERSATION = "Forget this conversation"


def known(facts: tuple[Fact, ...], talk: Talk | None, names: dict[str, str]) -> Card:
    """All facts with source, date and expiry, and what the conversation here holds.

    Args:
        names: Of admins who said something, by key.
    """
    blocks: list[Block] = []
    for fact in facts[-FACTS_MOST:]:
        blocks += (Plain(line(fact, names)), _forget("Forget", Scope.FACT, str(fact.fact_id)))
    if not facts:
        blocks.append(Prose(memory_wording.NOTHING_KNOWN))
    if len(facts) > FACTS_MOST:
        blocks.append(Note(f"And {len(facts) - FACTS_MOST} more; `/desk export` has all."))
    if talk is None:
        blocks.append(Note(memory_wording.NOTHING_HERE))
    else:
        blocks += (
            Plain(memory_wording.heard(talk.first, talk.last, talk.said, talk.private)),
            Note(_in_mind(talk)),
            _forget(CONVERSATION, Scope.THREAD, str(talk.thread)),
        )
    blocks.append(Note(memory_wording.HOW_TO_FORGET))
    return Card(tuple(blocks), title=memory_wording.KNOWN_TITLE)


def line(fact: Fact, names: dict[str, str]) -> str:
    """A fact with where it comes from, since when and until when."""
    source = memory_wording.SOURCES[fact.source]
    if fact.source is FactSource.ADMIN and fact.by is not None:
        source = f"{names.get(str(fact.by), fact.by.user_id)} said so, an admin"
    until = f", until {fact.expires_at:%Y-%m-%d}" if fact.expires_at else ""
    return f"{fact.sentence} ({source}, {fact.learned_at:%Y-%m-%d}{until})"


def question(what: str, target: str, *, also: str = "") -> Card:
    """Whether something shall be forgotten. ``also``: where else."""
    blocks: tuple[Block, ...] = (Plain(what),)
    if also:
        blocks += (Note(memory_wording.FORGET_LINKED.format(place=also)),)
    buttons = (
        Button("Forget it", DO, target, Style.DANGER),
        Button("Keep it", KEEP, target),
    )
    return Card((*blocks, Buttons(buttons)), memory_wording.FORGET_TITLE, Tone.ATTENTION)


def of_talk(talk: Talk) -> str:
    """Which conversation would be forgotten, and what of it."""
    which = memory_wording.heard(talk.first, talk.last, talk.said, talk.private)
    return f"{which} {memory_wording.FORGET_THREAD}"


def choices() -> Card:
    """What can be forgotten, in words."""
    return Card((Prose(memory_wording.FORGET_USAGE),))


def forgotten(receipt: Receipt, scope: Scope, *, unreached: int = 0, directory: bool) -> Card:
    """The receipt, and what is left.

    Args:
        unreached: How many conversations have a copy that could not be overwritten.
        directory: The fact was one that a directory has, too.
    """
    said = memory_wording.FORGOTTEN[scope].format(
        number=receipt.number,
        at=receipt.at,
        facts=receipt.facts,
        exchanges=receipt.exchanges,
        requests=receipt.requests,
    )
    blocks: tuple[Block, ...] = (Plain(said),)
    if directory:
        blocks += (Note(memory_wording.LEFT_DIRECTORY),)
    if scope is not Scope.FACT:
        blocks += (Note(memory_wording.LEFT),)
    if unreached:
        blocks += (Note(memory_wording.LEFT_COPIES.format(count=unreached)),)
    return Card(blocks, memory_wording.FORGOTTEN_TITLE, Tone.DONE)


def _in_mind(talk: Talk) -> str:
    session = talk.session
    if session is None:
        return memory_wording.in_mind(0, None, None)
    return memory_wording.in_mind(talk.in_mind, session.summarised_until, session.expires_at)


def _forget(label: str, scope: Scope, target: str) -> Buttons:
    return Buttons((Button(label, ASK, f"{scope}.{target}"),))
