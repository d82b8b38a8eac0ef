"""What the steps of one turn share."""

from __future__ import annotations

from dataclasses import dataclass

from core.mentioned import without_aside
from core.messages import InboundMessage, Readers
from core.ports import Journal
from core.session import ExchangeKind, Session
from core.steps.ledger import Ledger
from core.workspace import WorkspaceSettings

BEFORE_MOST, BEFORE_READ = 2, 600  # questions of the thread, and characters of each


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known of a turn before it is routed."""

    message: InboundMessage
    session: Session
    settings: WorkspaceSettings
    readers: Readers
    journal: Journal
    ledger: Ledger

    @property
    def asked_before(self) -> tuple[str, ...]:
        """What the author asked last, oldest first; only what everyone in the thread may see."""
        author = self.message.author.key
        asked = [
            exchange.asked
            for exchange in self.session.readable_by(None)
            if exchange.author == author and exchange.kind is not ExchangeKind.GREETING
        ]
        return tuple(without_aside(words)[:BEFORE_READ] for words in asked[-BEFORE_MOST:])
