"""The closed set of things a message can be, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.stated import Stated


class Route(StrEnum):
    """What a message is about."""

    GREETING = "greeting"
    QUESTION = "question"
    ACTION = "action"
    ACCOUNT = "account"
    OFF_TOPIC = "off_topic"
    ESCALATE = "escalate"


class Tier(StrEnum):
    """Which model a task deserves."""

    SMALL = "small"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route may do.

    Args:
        recalls: It may read what is known about the person, for that person's eyes only.
        retrieves: It rests on documents.
        acts: It may propose a tool.
    """

    recalls: bool = False
    retrieves: bool = False
    acts: bool = False


POLICIES: Mapping[Route, Policy] = MappingProxyType(
    {
        Route.GREETING: Policy(),
        Route.QUESTION: Policy(retrieves=True),
        Route.ACTION: Policy(acts=True, retrieves=True),
        Route.ACCOUNT: Policy(recalls=True, retrieves=True),
        Route.OFF_TOPIC: Policy(),
        Route.ESCALATE: Policy(),
    }
)


@dataclass(frozen=True, slots=True)
class Routed:
    """A message's route and what was understood on the way.

    Args:
        certainty: 0 to 1, calibrated: of ten messages at 0.8, eight are right.
        intent: What the person wants, in one line.
        query: A search query that stands on its own, "it" and "that" resolved; empty
            when a person is wished for and nothing was asked that could be looked up.
        risks: Names of policy risks found, empty when none.
        decided_by: The rule or model that decided.
        mentioned: What the writer said about themselves in passing, and may be asked to keep.
    """

    route: Route
    certainty: float
    intent: str
    query: str
    decided_by: str
    frustrated: bool = False
    risks: tuple[str, ...] = ()
    mentioned: Stated | None = None

    @property
    def policy(self) -> Policy:
        return POLICIES[self.route]
