"""Decide what a message is: certain rules first, then a small model.

A model's reading is only a reading: it never grants a right, and what it says
is checked against the closed set before anything depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core import text
from core.drafts import Completion, Prompt, Task
from core.errors import ModelReplyInvalid
from core.mentioned import mentioned
from core.messages import InboundMessage
from core.ports import Journal, Model, Paid
from core.prompts import instructions
from core.routes import Route, Routed, Tier
from core.session import ExchangeKind, Session
from core.steps.assemble import remembered
from core.steps.rules import by_rule, only_wishes
from core.tokens import at_most
from core.window import Part, Piece, fit

BUDGET = 8_000  # tokens for routing: its instructions, the question, some of what went before
LOOK_BACK = 4  # exchanges that routing sees
SURE_OFF_TOPIC = 0.6  # below it the documents are asked first
SURE_ESCALATE = 0.7  # the same, for a wish for a person that nobody spelled out


class Reading(BaseModel):
    """A model's reading of a message; its JSON schema is what the model must follow."""

    model_config = ConfigDict(extra="ignore")

    route: Route
    certainty: float = Field(ge=0, le=1)
    intent: str = Field(max_length=400)
    query: str = Field(max_length=600)
    wants_person: bool = False
    frustrated: bool = False
    risks: list[str] = Field(default_factory=list, max_length=8)
    keep: str = ""


SCHEMA = Reading.model_json_schema()


async def route(
    message: InboundMessage,
    session: Session,
    risk_terms: Sequence[str],
    model: Model,
    journal: Journal,
    paid: Paid,
) -> Routed:
    """What the message is; ``paid`` is told when a model was asked, whatever it said."""
    certain = by_rule(message, risk_terms)
    if certain is not None:
        return _about(certain, message, session)
    prompt = _prompt(message, session)
    completion = await journal.once("route", Completion, lambda: model.complete(prompt))
    paid(completion)
    read = _read(message, completion)
    return _about(read, message, session) if only_wishes(message.text) else read


def _about(routed: Routed, message: InboundMessage, session: Session) -> Routed:
    """Who asks for a person in a thread wants one for what was asked there before.

    Who has asked nothing before, and says no more than this, has nothing to be looked up.
    """
    if routed.route is not Route.ESCALATE:
        return routed
    said = [
        each
        for each in session.readable_by(None)
        if each.kind is not ExchangeKind.GREETING and not only_wishes(each.asked)
    ]
    own = [each for each in said if each.author == message.author.key]
    pressed = said if message.wants_person else []  # the button may stand under another's answer
    earlier = own or pressed
    if not earlier:
        return replace(routed, query="") if only_wishes(message.text) else routed
    asked = text.one_line(earlier[-1].asked, 110)
    now = "" if message.wants_person else text.one_line(message.text, 90)
    intent = f"{asked} (then: {now})" if now else asked
    return replace(routed, intent=intent, query=asked)


def _prompt(message: InboundMessage, session: Session) -> Prompt:
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(Task.ROUTE), required=True)]
    pieces += remembered(session)
    for exchange in session.readable_by(None)[-LOOK_BACK:]:
        words = f"{exchange.author_name}: {exchange.asked[:600]}\nBot: {exchange.answered[:400]}"
        pieces.append(Piece(Part.EXCHANGE, words, at_most(words), exchange=exchange))
    pieces.append(Piece.of(Part.QUESTION, message.text[:6_000], required=True))
    return Prompt(Task.ROUTE, Tier.SMALL, fit(pieces, BUDGET), schema=SCHEMA)


def _read(message: InboundMessage, completion: Completion) -> Routed:
    try:
        reading = Reading.model_validate(completion.data)
    except ValidationError as error:
        raise ModelReplyInvalid(f"Routing came back with {error.error_count()} faults.") from error
    found = reading.route
    doubtful = found is Route.OFF_TOPIC and reading.certainty < SURE_OFF_TOPIC
    unfounded = found is Route.ESCALATE and reading.certainty < SURE_ESCALATE and not reading.risks
    if doubtful or unfounded:
        found = Route.QUESTION
    stuck = found is Route.ESCALATE and not (reading.wants_person or reading.risks)
    return Routed(
        route=found,
        certainty=reading.certainty,
        intent=text.one_line(reading.intent, 160) or text.one_line(message.text, 160),
        query=text.one_line(reading.query, 400) or text.one_line(message.text, 400),
        decided_by=f"model:{completion.model}",
        frustrated=reading.frustrated or stuck,
        risks=tuple(text.one_line(risk, 40) for risk in reading.risks),
        mentioned=mentioned(reading.keep, message.text) if reading.keep else None,
    )
