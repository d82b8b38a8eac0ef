"""The certain rules: messages that leave no doubt about what they are, and need no model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core import text, wording
from core.messages import InboundMessage
from core.routes import Route, Routed
from core.stated import stated

INFLECTED = 5  # letters of a risk term from which any others may follow
ENDINGS = "s|d|es|ed|ing"  # that may follow a shorter one

# What may follow the person wished for; "human resources" or "an agent installed" is no person.
AFTER_PERSON = (
    "please pls about who that which now here instead for because cause and or asap today tomorrow"
    " from in with on if not right immediately urgently regarding to as at but i my we our since"
    " via then thanks thank is are can could"
)
PERSON = re.compile(
    r"\b(?:talk|speak|chat|connect|transfer|put|get|need|want|reach|call|give)\b[^.!?\n]{0,40}"
    r"\b(?:human(?: (?:being|agent|support|help|assistance|operator|representative|colleague))?"
    r"|real person|a person|live agent|an agent|representative"
    r"|someone from support|somebody from support|support team|support staff)\b"
    rf"(?!['\u2019])(?=\W*$|\s*[^\w\s]|\s+(?:{'|'.join(AFTER_PERSON.split())})\b)"
    r"|^(?:(?:real|live|human) )?(?:human|agent|person|operator)[\s!.?please]{0,12}$"
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


def by_rule(message: InboundMessage, risk_terms: Sequence[str], said: str = "") -> Routed | None:
    """The route of a message that leaves no doubt, or None; ``said`` is what of it counts."""
    words = said or message.text.strip()
    intent = text.one_line(words, 160)
    lowered = words.casefold()

    def routed(route: Route, rule: str, *, risks: tuple[str, ...] = ()) -> Routed:
        return Routed(route, 1.0, intent, intent, f"rule:{rule}", risks=risks)

    if message.wants_person or _asks_for_person(words[:1_000], lowered):
        return routed(Route.ESCALATE, "asked")
    if (term := _risk_term(lowered, risk_terms)) is not None:
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


def _risk_term(lowered: str, terms: Sequence[str]) -> str | None:
    """The first term that a word of the message is, or begins with when the term is long enough.

    So "sue" stands in "sued" and in no "issue", and "harass" in "harassment". Where words are not
    set apart, as in Japanese, a term counts wherever it stands.
    """
    for term in terms:
        sought = term.casefold()
        if sought not in lowered:
            continue
        begins = r"\b" if sought[0].isascii() and sought[0].isalnum() else ""
        short = begins and len(sought) < INFLECTED and sought[-1].isalnum()
        ends = rf"(?:{ENDINGS})?\b" if short else ""
        if re.search(begins + re.escape(sought) + ends, lowered):
            return term
    return None


def _asks_for_person(words: str, lowered: str) -> bool:
    """Whether somebody wishes for a person, and does not ask how, when or whether to get one."""
    if not any(each in lowered for each in NEEDED_FOR_PERSON):
        return False
    found = PERSON.search(words)
    return found is not None and ASKS_ABOUT.search(words, 0, found.start()) is None


def only_wishes(words: str) -> bool:
    """Whether somebody names no matter, only the wish for a person."""
    said = words[:1_000].casefold().replace("\u2019", "'")
    return WISH.issuperset(re.findall(r"[^\W_]+(?:'[^\W_]+)?", said))
