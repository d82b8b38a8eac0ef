"""The built-in tool that keeps a fact about a person, on that person's own word."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.account import KEY_MOST, LIFE, VALUE_MOST, Fact, FactSource, spelled
from core.cards import Field as Shown
from core.ports import AccountStore, Clock
from core.stated import NAME, Stated
from core.tools import Caller, Consent, ToolOutcome


class Kept(BaseModel):
    """What is kept: what it is about, and the words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(
        min_length=2,
        max_length=KEY_MOST,
        description="What it is about, in one to three words, e.g. 'computer' or 'office'.",
    )
    value: str = Field(
        min_length=1,
        max_length=VALUE_MOST,
        description="The value in the person's own words, or a sentence that begins with 'You'.",
    )


class Remember:
    """Writes one fact; the same again only refreshes it."""

    name: str = NAME
    description: str = (
        "Keep one lasting thing that the person says about themselves, such as what computer they "
        "use or where they work, for later answers to them alone. Nothing about anybody else."
    )
    arguments: type[BaseModel] = Kept
    consent: Consent = Consent.SUBJECT
    examples: tuple[str, ...] = ()  # its words are recognised before a model is asked

    def __init__(self, accounts: AccountStore, clock: Clock) -> None:
        self._accounts, self._clock = accounts, clock

    def allowed(self, caller: Caller) -> bool:
        return True

    def preview(self, arguments: BaseModel) -> tuple[Shown, ...]:
        return (Shown("About you", Stated(**arguments.model_dump()).sentence),)

    async def run(self, arguments: BaseModel, caller: Caller, key: str) -> ToolOutcome:
        kept = Kept.model_validate(arguments.model_dump())
        now, person = self._clock(), caller.person.key
        fact = Fact(spelled(kept.key), kept.value, FactSource.PERSON, now, now + LIFE, person)
        known = {each.key: each for each in (await self._accounts.recall(person)).facts}
        await self._accounts.learn(person, [fact])
        before = known.get(fact.key)
        changed = before is not None and before.value != fact.value
        until_now = f" (Until now: {before.sentence})" if before and changed else ""
        return ToolOutcome(f"M-{key[:8]}", f"I'll remember it: {fact.sentence}{until_now}")
