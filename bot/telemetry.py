"""What operators see: one log line a turn, and metrics with bounded labels."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from adapters.storage.outbox import Receipt
from core.outcome import TurnRecord

log = structlog.get_logger()

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 90)


class Telemetry:
    """Counts turns and deliveries; never holds what people wrote."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._turns = Counter(
            "frontdesk_turns", "Turns ended", ["platform", "route", "ending"],
            registry=self.registry,
        )  # fmt: skip
        self._escalations = Counter(
            "frontdesk_escalations", "Turns handed to a person", ["reason"], registry=self.registry
        )
        self._seconds = Histogram(
            "frontdesk_turn_seconds", "Length of turns", buckets=SECONDS, registry=self.registry
        )
        self._cost = Counter("frontdesk_model_cost_usd", "Spent on models", registry=self.registry)
        self._posts = Counter(
            "frontdesk_posts", "Tries to post", ["platform", "result"], registry=self.registry
        )
        self._copies = Counter(
            "frontdesk_session_copies", "Looks for a copy of a session", ["result"],
            registry=self.registry,
        )  # fmt: skip
        self.waiting = Gauge(
            "frontdesk_waiting", "Messages and posts that wait", registry=self.registry
        )

    def turn(self, record: TurnRecord) -> None:
        platform = record.workspace.platform.value
        self._turns.labels(platform, record.route or "none", record.ending.value).inc()
        if record.reason is not None:
            self._escalations.labels(record.reason.value).inc()
        self._seconds.observe(record.seconds)
        self._cost.inc(float(record.usage.cost_usd))
        log.info(
            "turn finished",
            turn=record.turn_id,
            thread=str(record.thread),
            route=record.route,
            decided_by=record.decided_by,
            ending=record.ending.value,
            reason=record.reason.value if record.reason else None,
            confidence=record.confidence,
            seconds=round(record.seconds, 3),
            cost_usd=float(record.usage.cost_usd),
        )

    def summary(self, record: TurnRecord) -> None:
        """Spent between turns: no turn is counted, its cost is."""
        self._cost.inc(float(record.usage.cost_usd))
        log.info(
            "summary written",
            thread=str(record.thread),
            model=record.model,
            seconds=round(record.seconds, 3),
            cost_usd=float(record.usage.cost_usd),
        )

    def delivered(self, receipts: Sequence[Receipt]) -> None:
        for receipt in receipts:
            platform = receipt.outgoing.post.to.workspace.platform.value
            self._posts.labels(platform, receipt.state.value).inc()

    def looked_for_copy(self, result: str) -> None:
        self._copies.labels(result).inc()

    def text(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)
