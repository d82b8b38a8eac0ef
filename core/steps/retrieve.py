"""Find what an answer may rest on, among documents that everyone who reads it may see."""

from __future__ import annotations

from dataclasses import dataclass

from core.evidence import Evidence
from core.messages import Audience
from core.ports import Retriever
from core.routes import Routed
from core.steps.state import Turn


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence, and who may read an answer that rests on it.

    Args:
        privately: The thread may not read it, but the person who asked may.
        personal: What is known about that person is why.
    """

    evidence: Evidence
    audience: Audience
    privately: bool = False
    personal: bool = False


async def retrieve(turn: Turn, routed: Routed, retriever: Retriever) -> Found:
    """Search with the rights of the whole thread; only if that finds nothing, with the author's.

    A route that recalls personal facts is answered for the author alone from the start.
    """
    readers = turn.readers
    alone = readers.thread.private

    async def search(audience: Audience) -> Evidence:
        return await retriever.search(routed.query, audience.rights, earlier=turn.asked_before)

    if routed.policy.recalls:
        evidence = await search(readers.author)
        return Found(evidence, readers.author, privately=not alone, personal=True)
    shared = await search(readers.thread)
    if shared.found or alone or readers.author.rights <= readers.thread.rights:
        return Found(shared, readers.thread)
    own = await search(readers.author)
    if own.found:
        return Found(own, readers.author, privately=True)
    return Found(shared, readers.thread)
