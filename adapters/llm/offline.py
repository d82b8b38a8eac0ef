"""The offline model: routes, quotes, chooses and summarises without any model at all.

It serves without a key and as the fallback while the model is down. It invents
no words: an answer is quoted from the passages and facts it is given, or empty.
"""

from __future__ import annotations

from dataclasses import replace

from adapters.llm.digest import digest
from adapters.llm.follow_ups import clauses, intent, leans, understood
from adapters.llm.local_router import local_router
from adapters.llm.own_facts import answer_from_facts
from adapters.llm.own_results import answer_from_results
from adapters.llm.quotes import quote
from adapters.llm.signals import frustrated, risks, wants_person
from adapters.llm.tool_choice import choose
from core.drafts import Completion, Prompt, Span, Stop, Task
from core.evidence import ENOUGH
from core.mentioned import in_passing
from core.routes import Route
from core.session import Exchange
from core.window import Part

NAME = "offline"


class OfflineModel:
    """A ``Model`` that needs no network, costs nothing and always says the same."""

    async def complete(self, prompt: Prompt) -> Completion:
        match prompt.task:
            case Task.ROUTE:
                return _route(prompt)
            case Task.ANSWER:
                return _answer(prompt)
            case Task.ACT:
                return _act(prompt)
            case Task.SUMMARISE:
                return _summarise(prompt)


def _route(prompt: Prompt) -> Completion:
    message = prompt.text_of(Part.QUESTION)
    earlier = _asked(prompt)
    verdict = local_router().route(message)
    if earlier and leans(message) and verdict.route is not Route.ESCALATE:
        verdict = replace(verdict, route=Route.QUESTION)
    return Completion(
        NAME,
        Stop.END,
        data={
            "route": verdict.route.value,
            "certainty": round(verdict.certainty, 3),
            "intent": intent(message),
            "query": understood(message, earlier).query,
            "wants_person": wants_person(message),
            "frustrated": frustrated(message, earlier, verdict.distress),
            "risks": list(risks(message)),
            "keep": in_passing(message),
        },
    )


def _answer(prompt: Prompt) -> Completion:
    """What was done when that is asked, the person's own facts, else quotations, else nothing."""
    asked = understood(prompt.text_of(Part.QUESTION), _asked(prompt))
    if asked.context:
        asked = replace(asked, answered=_exchanges(prompt)[-1].answered)
    results = [piece.text for piece in prompt.pieces if piece.part is Part.TOOL_RESULT]
    if done := answer_from_results(asked.own, results):
        return Completion(NAME, Stop.END, spans=done)
    facts = [piece.fact for piece in prompt.pieces if piece.fact is not None]
    passages = [piece.passage for piece in prompt.pieces if piece.passage is not None]
    believed = passages if prompt.confidence >= ENOUGH else []
    questions = clauses(asked)
    told = [answer_from_facts(each, facts) for each in questions]
    if not any(told):
        return Completion(NAME, Stop.END, spans=quote(asked, believed))
    both = zip(questions, told, strict=True)  # of two, one may be for the documents to answer
    found = tuple(span for each, own in both for span in own or quote(each, believed))
    return Completion(NAME, Stop.END, spans=found)


def _act(prompt: Prompt) -> Completion:
    call = choose(prompt.text_of(Part.QUESTION), prompt.tools)
    if call is None:
        return Completion(NAME, Stop.END)
    return Completion(NAME, Stop.TOOL, calls=(call,))


def _summarise(prompt: Prompt) -> Completion:
    summary = digest(prompt.text_of(Part.SUMMARY), _exchanges(prompt))
    return Completion(NAME, Stop.END, spans=(Span(summary),) if summary else ())


def _exchanges(prompt: Prompt) -> list[Exchange]:
    return [piece.exchange for piece in prompt.pieces if piece.exchange is not None]


def _asked(prompt: Prompt) -> list[str]:
    return [exchange.asked for exchange in _exchanges(prompt)]
