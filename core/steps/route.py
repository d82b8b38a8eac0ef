"""Decide what a message is: certain rules first, then a small model.

A model's reading is only a reading: it never grants a right, and what it says
is checked against the closed set before anything depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core import text, wording
from core.drafts import Completion, Prompt, Task
from core.errors import ModelReplyInvalid
from core.messages import InboundMessage
from core.ports import Journal, Model, Paid
from core.prompts import instructions
from core.routes import Route, Routed, Tier
from core.session import ExchangeKind, Session
from core.stated import stated
from core.steps.assemble import remembered
from core.tokens import at_most
from core.window import Part, Piece, fit

BUDGET = 8_000  # tokens for routing: its instructions, the question, some of what went before
LOOK_BACK = 4  # exchanges that routing sees
SURE_OFF_TOPIC = 0.6  # below it the documents are asked first
SURE_ESCALATE = 0.7  # the same, for a wish for a person that nobody spelled out

PERSON = re.compile(
    r"\b(?:talk|speak|chat|connect|transfer|put|get|need|want|reach|call|give)\b[^.!?\n]{0,40}"
    r"\b(?:human|real person|a person|live agent|an agent|representative|human being"
    r"|someone from support|somebody from support|support team|support staff)\b"
    r"|^(?:human|agent|person|operator)[\s!.?please]{0,12}$"
    r"|\b(?:menschen? sprechen|mitarbeiter sprechen|parler à (?:une personne|un humain|quelqu'un)"
    r"|hablar con (?:una persona|alguien|un humano)|falar com (?:uma pessoa|alguém))\b",
    re.IGNORECASE,
)
PERSON_NEEDS = (
    "human agent person representative operator support mensch mitarbeiter parler hablar falar"
)
NEEDED_FOR_PERSON = frozenset(PERSON_NEEDS.split())  # one of them, for the pattern to match at all
WISH_WORDS = (  # of a wish for a person; they say nothing of what it is about
    "a an i i'd i'm me my we us you your can could may would will please pls hi hello hey thanks"
    " thank ok okay just now right away to with through by in on for from of the be like about this"
    " that it want wanna need talk speak chat connect transfer put get reach call give let human"
    " real person people live agent operator representative being someone somebody support team"
    " staff help desk ich möchte will bitte mit einem einer mensch menschen mitarbeiter sprechen je"
    " voudrais veux parler à une personne un humain quiero quisiera hablar con una persona alguien"
    " humano quero falar com uma pessoa alguém"
)
WISH = frozenset(WISH_WORDS.split())
THANKS = re.compile(
    r"^(?:ok(?:ay)?|great|perfect|super|cool|brilliant|awesome)?[\s,.!]{0,4}"
    r"(?:thanks|thank you|thx|ty|cheers|much appreciated|danke|merci|gracias|obrigad[oa])"
    r"(?: (?:a lot|so much|very much|again|for (?:the|your) help|that helps|that helped))?"
    r"[\s.!]{0,6}$",
    re.IGNORECASE,
)
HELLO = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening)|hallo|bonjour|hola|olá)"
    r"(?: (?:there|frontdesk|all|everyone|team))?[\s.!,]{0,6}$",
    re.IGNORECASE,
)
CAPABILITIES = re.compile(
    r"^(?:help(?: me)?|what can you (?:do|help(?: me)? with)|what do you do|who are you"
    r"|how (?:do|can) (?:i use you|you work|you help(?: me)?)|what are you)[\s?!.]{0,6}$",
    re.IGNORECASE,
)
FORGET_ME = re.compile(
    r"\b(?:delete|erase|forget|wipe|remove)\b (?:please )?(?:all |everything )?(?:of )?"
    r"(?:my (?:personal )?data|me|(?:that |what )?you (?:know|remember|keep|have|store)"
    r"(?: stored| saved)? (?:about|on|of) me|about me)[\s.!?]{0,6}$",
    re.IGNORECASE,
)
DECISION = re.compile(
    r"\b(?:approve|authori[sz]e|sign off|make an exception|waive|reimburse me"
    r"|refund (?:me|us|it|this|that|the|my|order)|(?:want|need|give me|demand) (?:a|my) refund"
    r"|raise my|increase my|pay me|promote me|grant me|give me (?:admin|root|access)"
    r"|delete (?:the|my|all)|terminate|fire)\b",
    re.IGNORECASE,
)
ASKS_HOW = re.compile(
    r"\b(?:how|what|when|where|which|who|why|is there|are there|do i|does|can i get)\b",
    re.IGNORECASE,
)


ASKS_ABOUT = re.compile(
    r"\b(?:how|what|when|where|which|who|why|if|whether|before|does|did"
    r"|do (?:i|we|they|users|customers|people|employees)|should|must)\b",
    re.IGNORECASE,
)


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


def by_rule(message: InboundMessage, risk_terms: Sequence[str]) -> Routed | None:
    """The route of a message that leaves no doubt, or None."""
    words = message.text.strip()
    intent = text.one_line(words, 160)
    lowered = words.casefold()

    def routed(route: Route, rule: str, *, risks: tuple[str, ...] = ()) -> Routed:
        return Routed(route, 1.0, intent, intent, f"rule:{rule}", risks=risks)

    if message.wants_person or _asks_for_person(words[:1_000], lowered):
        return routed(Route.ESCALATE, "asked")
    term = next((term for term in risk_terms if term.casefold() in lowered), None)
    if term is not None:
        return routed(Route.ESCALATE, "risk_term", risks=(term,))
    if len(words) < 60 and THANKS.match(words):
        return routed(Route.GREETING, "thanks")
    if not words or (len(words) < 60 and HELLO.match(words)):
        return routed(Route.GREETING, "hello")
    if CAPABILITIES.match(words[:100]):
        return routed(Route.GREETING, "capabilities")
    if len(words) < 100 and FORGET_ME.search(words):
        return routed(Route.GREETING, "forget_me")
    if stated(words) is not None:
        return replace(routed(Route.ACTION, "remember"), query="")
    if not ASKS_HOW.search(words[:200]) and DECISION.search(words[:1_000]):
        return routed(Route.ACTION, "decision", risks=("decision",))
    return None


def greeting(words: str) -> str:
    """What is said to somebody who greets, gives thanks, or asks about the bot itself."""
    if THANKS.match(words):
        return wording.THANKS
    return wording.FORGET_ME if FORGET_ME.search(words) else wording.GREETING


def _asks_for_person(words: str, lowered: str) -> bool:
    """Whether somebody wishes for a person, and does not ask how, when or whether to get one."""
    if not any(each in lowered for each in NEEDED_FOR_PERSON):
        return False
    found = PERSON.search(words)
    return found is not None and ASKS_ABOUT.search(words, 0, found.start()) is None


def _about(routed: Routed, message: InboundMessage, session: Session) -> Routed:
    """Who asks for a person in a thread wants one for what was asked there before.

    Who has asked nothing before, and says no more than this, has nothing to be looked up.
    """
    if routed.route is not Route.ESCALATE:
        return routed
    earlier = [
        each.asked
        for each in session.readable_by(None)
        if each.author == message.author.key
        and each.kind is not ExchangeKind.GREETING
        and not only_wishes(each.asked)
    ]
    if not earlier:
        return replace(routed, query="") if only_wishes(message.text) else routed
    asked = text.one_line(earlier[-1], 110)
    own = "" if message.wants_person else text.one_line(message.text, 90)
    intent = f"{asked} (then: {own})" if own else asked
    return replace(routed, intent=intent, query=asked)


def only_wishes(words: str) -> bool:
    """Whether somebody names no matter, only the wish for a person."""
    said = words[:1_000].casefold().replace("\u2019", "'")
    return WISH.issuperset(re.findall(r"[^\W_]+(?:'[^\W_]+)?", said))


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
    )
