"""What the steps of one turn share."""

from __future__ import annotations

from dataclasses import dataclass

from core.messages import InboundMessage, Readers
from core.ports import Journal
from core.session import Session
from core.steps.ledger import Ledger
from core.workspace import WorkspaceSettings


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known of a turn before it is routed."""

    message: InboundMessage
    session: Session
    settings: WorkspaceSettings
    readers: Readers
    journal: Journal
    ledger: Ledger
