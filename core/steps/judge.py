"""Decide, before anybody sees it, whether a draft may be sent.

Doubt leads to a clarifying question or to a person. The checks need no model and
hold whatever the model was talked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from core.account import Account
from core.drafts import Completion, Task
from core.escalation import Reason
from core.evidence import Evidence
from core.prompts import instructions
from core.routes import Routed
from core.steps.grounds import invented
from core.steps.results import ToolResult
from core.steps.state import Turn

CLAIM = re.compile(
    r"\b(?:i|we)(?:['\u2019]ve| have)? "
    r"(?:(?:just|now|already|also|successfully|gone ahead and|went ahead and) ){0,3}"
    r"(?:reset|created|opened|filed|booked|cancelled|canceled|deleted|removed|sent|ordered|updated"
    r"|changed|approved|granted|unlocked|enabled|disabled|refunded|scheduled|submitted|escalated"
    r"|forwarded|notified|paid|registered|issued|processed|reported|passed)\b"
    r"|\b(?:has|have) (?:(?:just|now|already) )?been (?:successfully )?(?:reset|refunded|approved"
    r"|granted|unlocked|processed|cancelled|canceled|booked for you|deleted for you)\b"
    r"|\b(?:is now|was) (?:successfully )?(?:reset|refunded|approved|granted"
    r"|unlocked|cancelled|canceled|booked for you|deleted for you)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
RECITED_LEAST = 40  # characters of a line of the instructions
VAGUE_WORDS = 3  # a message this short may only need a clarifying question
CLARIFY_MOST = 1  # clarifying questions in a row


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a draft may be sent, and if not, what instead.

    Args:
        reason: Why a person should take over; None with ``clarify`` or when all is well.
        problem: What was found, for the ledger and the handoff card; never the text itself.
    """

    sends: bool
    clarify: bool = False
    reason: Reason | None = None
    problem: str = ""


def judge(
    turn: Turn,
    routed: Routed,
    completion: Completion,
    evidence: Evidence,
    account: Account | None,
    done: Sequence[ToolResult] = (),
) -> Verdict:
    """The verdict on a draft; ``done`` is what may be told as done."""
    if routed.risks:
        return Verdict(sends=False, reason=Reason.POLICY_RISK, problem="policy risk")
    if not completion.text.strip():
        return _without_evidence(turn, completion)
    given = {passage.passage_id: passage for passage in evidence.passages}
    cited = {each for span in completion.spans for each in span.passage_ids}
    if not cited <= given.keys():
        return Verdict(sends=False, reason=Reason.UNSURE, problem="cites what was not given")
    if completion.degraded and cited and not evidence.found:  # quoted without being understood
        return Verdict(sends=False, reason=Reason.MODEL_UNAVAILABLE, problem="model unavailable")
    facts = [fact.value for fact in account.facts] if account else []
    results = [each.line for each in done]
    receipts = [each.receipt for each in done if each.receipt]
    if not cited and not _rests_on(completion.text, [*facts, *results, *receipts]):
        return Verdict(sends=False, reason=Reason.NO_EVIDENCE, problem="no source for the answer")
    sources = [f"{given[each].heading} {given[each].text}" for each in cited]
    titles = [
        f"{each.title} {each.updated} {each.owner} {each.link}"
        for each in {given[each].document for each in cited}
    ]
    own = (turn.message.text, *turn.asked_before, turn.message.author.name)
    if what := invented(completion.text, [*sources, *titles, *facts, *results, *own]):
        return Verdict(sends=False, reason=Reason.UNSURE, problem=f"a {what} without a source")
    if _recites(completion.text):
        return Verdict(sends=False, reason=Reason.UNSURE, problem="repeats its instructions")
    if claims(completion.text, [*sources, *results], receipts):
        return Verdict(
            sends=False, reason=Reason.UNSURE, problem="claims an action without receipt"
        )
    return Verdict(sends=True)


def _without_evidence(turn: Turn, completion: Completion) -> Verdict:
    if completion.degraded:
        return Verdict(sends=False, reason=Reason.MODEL_UNAVAILABLE, problem="model unavailable")
    vague = len(turn.message.text.split()) <= VAGUE_WORDS
    if vague and turn.session.unanswered < CLARIFY_MOST:
        return Verdict(sends=False, clarify=True, problem="too vague")
    return Verdict(sends=False, reason=Reason.NO_EVIDENCE, problem="not in the documents")


def _rests_on(answer: str, facts: Iterable[str]) -> bool:
    """Whether an answer without citations repeats the value of at least one known fact."""
    said = _words(answer)
    return any(_words(fact) in said for fact in facts if fact.strip())


def _words(words: str) -> str:
    """Words alone, each between spaces, so that "a" is not found in "may"."""
    return " ".join(("", *re.findall(r"\w+", words.casefold()), ""))


def claims(answer: str, sources: Iterable[str], receipts: Sequence[str] = ()) -> bool:
    """Whether the bot says it did something without naming a receipt in the same sentence.

    Words quoted from a source are not a claim, unless they speak as "I": that is always the bot.
    """
    quoted = " ".join(sources).casefold()
    bare = _without(receipts, answer) if receipts else answer
    said = [match.group().casefold() for match in CLAIM.finditer(bare)]
    return any(claim.startswith("i") and not claim.startswith("is ") for claim in said) or any(
        claim not in quoted for claim in said
    )


def _without(receipts: Sequence[str], answer: str) -> str:
    """The sentences that name none of these receipts."""
    sentences = SENTENCE.split(answer)
    return "\n".join(each for each in sentences if not any(named in each for named in receipts))


@cache
def _secret_lines() -> tuple[str, ...]:
    """The lines of the instructions that nobody would write by chance."""
    lines = [_words(line) for task in Task for line in instructions(task).splitlines()]
    return tuple(line for line in lines if len(line) >= RECITED_LEAST)


def _recites(answer: str) -> bool:
    """Whether an answer hands out the bot's own instructions."""
    said = _words(answer)
    return any(line in said for line in _secret_lines())
