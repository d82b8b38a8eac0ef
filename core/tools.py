"""Actions: what the bot can do, who may ask for it, and what must be confirmed first.

A model proposes a call; our code validates it, asks the requester, runs it and
reports. Identity comes from the verified message, never from an argument.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from core import text
from core.cards import Field
from core.drafts import ToolCall, ToolSpec
from core.errors import ToolError
from core.ids import ThreadKey
from core.messages import InboundMessage, Person, Place, Trust
from core.outcome import Post
from core.workspace import WorkspaceSettings

SUBJECT = "action:"  # subject of the posts that are an action's effect
CONFIRM_WITHIN = timedelta(minutes=10)


class Consent(StrEnum):
    """Whose word an action needs before it runs."""

    NONE = "none"
    REQUESTER = "requester"
    SUBJECT = "subject"  # of whom it is about: asked privately, and done when they press


class ActionState(StrEnum):
    """The life of a proposed action."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a tool runs, from the verified envelope."""

    person: Person
    thread: ThreadKey
    settings: WorkspaceSettings


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool did.

    Args:
        receipt: Proof that it happened, e.g. a number; the bot says "done" only with one.
        text: What happened, in words for the requester.
        posts: Messages that are part of the effect, delivered exactly once.
        facts: What it came to know about the requester, by key; kept for a while.
    """

    receipt: str
    text: str
    posts: tuple[Post, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A validated call with frozen arguments, as the ledger keeps it."""

    action_id: str
    turn_id: str
    thread: ThreadKey
    requester: Person
    place: Place
    tool: str
    arguments: dict[str, Any]
    state: ActionState
    proposed_at: datetime
    expires_at: datetime
    receipt: str = ""
    private: bool = False


class Tool(Protocol):
    """A thing the bot can do."""

    name: str
    description: str
    arguments: type[BaseModel]
    consent: Consent
    examples: tuple[str, ...]

    def allowed(self, caller: Caller) -> bool:
        """Whether this caller may use the tool at all."""
        ...

    def preview(self, arguments: BaseModel) -> tuple[Field, ...]:
        """What a confirmation shows, value by value."""
        ...

    async def run(self, arguments: BaseModel, caller: Caller, key: str) -> ToolOutcome:
        """Do it once for ``key``; again with the same key has no further effect.

        Raises:
            ToolError: It was not done.
        """
        ...


class Toolbox:
    """The tools of an installation."""

    def __init__(self, tools: Sequence[Tool] = ()) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._specs = {tool.name: _spec(tool) for tool in tools}

    def offered(self, caller: Caller) -> tuple[ToolSpec, ...]:
        """What a model may choose from on behalf of this caller; nothing for outsiders."""
        if caller.person.trust is not Trust.MEMBER:
            return ()
        return tuple(
            self._specs[tool.name] for tool in self._tools.values() if tool.allowed(caller)
        )

    def checked(self, call: ToolCall, caller: Caller) -> tuple[Tool, BaseModel]:
        """The tool and its validated arguments.

        Raises:
            ToolError: No such tool for this caller, or arguments that do not fit.
        """
        tool = self._tools.get(call.name)
        if tool is None or caller.person.trust is not Trust.MEMBER or not tool.allowed(caller):
            raise ToolError(f"The tool {call.name[:60]!r} is not available.")
        try:
            given = json.dumps(_cleaned(call.arguments), allow_nan=False)
            return tool, tool.arguments.model_validate_json(given, strict=True)
        except (TypeError, ValueError, RecursionError) as error:
            faults = error.errors() if isinstance(error, ValidationError) else []
            wrong = sorted({".".join(map(str, each["loc"]))[:60] for each in faults}) or ["shape"]
            raise ToolError(f"Arguments that do not fit: {', '.join(wrong)[:300]}.") from error

    def restored(self, action: Action, caller: Caller) -> tuple[Tool, BaseModel]:
        """The tool and frozen arguments of a stored action, rights checked once more.

        Raises:
            ToolError: The caller may not use the tool any more, or it has changed since.
        """
        return self.checked(ToolCall(action.tool, action.arguments), caller)


def _spec(tool: Tool) -> ToolSpec:
    return ToolSpec(tool.name, tool.description, tool.arguments.model_json_schema(), tool.examples)


def _cleaned(value: Any) -> Any:
    """Arguments without characters that nobody would see in the confirmation."""
    match value:
        case str():
            return text.clean(value)
        case Mapping():
            return {str(key): _cleaned(each) for key, each in value.items()}
        case list() | tuple():
            return [_cleaned(each) for each in value]
        case _:
            return value


def propose(
    message: InboundMessage, tool: Tool, arguments: BaseModel, action_id: str, now: datetime
) -> Action:
    """An action with its arguments frozen, waiting for its requester's word."""
    return Action(
        action_id=action_id,
        turn_id=message.turn_id,
        thread=message.thread,
        requester=message.author,
        place=message.place,
        tool=tool.name,
        arguments=arguments.model_dump(mode="json"),
        state=ActionState.PROPOSED,
        proposed_at=now,
        expires_at=now + CONFIRM_WITHIN,
        private=tool.consent is Consent.SUBJECT,
    )
