"""Keeps the books of one turn while it runs, and closes them as its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from core.drafts import Completion, Prompt
from core.escalation import Reason
from core.evidence import Evidence
from core.ids import AccountKey, ThreadKey
from core.messages import InboundMessage, Person, Place
from core.outcome import Ending, Post, TurnOutcome, TurnRecord
from core.ports import Clock
from core.routes import Routed
from core.session import Exchange, ExchangeKind, Session
from core.steps.notes import noted, notes


@dataclass(slots=True)
class Ledger:
    """The growing record of a turn."""

    turn_id: str
    thread: ThreadKey
    author: Person
    place: Place
    asked: str
    asked_at: datetime
    clock: Clock
    files: int = 0
    late: bool = False
    left_out: datetime | None = None
    record: TurnRecord = field(init=False)

    def __post_init__(self) -> None:
        workspace, account = self.thread.workspace, self.author.key
        self.record = TurnRecord(
            self.turn_id, workspace, self.thread, account, Ending.QUIET, self.clock()
        )

    @classmethod
    def of(cls, message: InboundMessage, clock: Clock) -> Ledger:
        return cls(
            message.turn_id,
            message.thread,
            message.author,
            message.place,
            message.text,
            message.sent_at,
            clock,
            message.files,
            message.late,
        )

    def routed(self, routed: Routed) -> None:
        self.record = replace(self.record, route=routed.route, decided_by=routed.decided_by)

    def paid(self, completion: Completion) -> None:
        """A model was asked, whatever can be done with its answer."""
        self.record = replace(self.record, usage=self.record.usage + completion.usage)

    def found(self, evidence: Evidence) -> None:
        ids = tuple(passage.passage_id for passage in evidence.passages)
        self.record = replace(self.record, confidence=round(evidence.confidence, 3), dropped=ids)

    def called(self, completion: Completion, prompt: Prompt) -> None:
        """A model was asked for an answer or an action, with this prompt."""
        self.paid(completion)
        self.left_out = None if completion.read_whole else prompt.left_out
        self.record = replace(
            self.record, model=completion.model, tokens_by_part=prompt.tokens_by_part
        )

    def judged(self, problem: str) -> None:
        self.record = replace(self.record, problem=problem)

    def cited(self, completion: Completion) -> None:
        used = {each for span in completion.spans for each in span.passage_ids}
        retrieved = self.record.dropped
        self.record = replace(
            self.record,
            used=tuple(each for each in retrieved if each in used),
            dropped=tuple(each for each in retrieved if each not in used),
        )

    def end(
        self,
        ending: Ending,
        posts: tuple[Post, ...],
        *,
        reason: Reason | None = None,
        session: Session | None = None,
        kind: ExchangeKind | None = None,
        said: str = "",
        only_for: AccountKey | None = None,
    ) -> TurnOutcome:
        """Close the books. With a session and a kind, the exchange is remembered.

        Whatever the ending, the person is told then what is no longer known or was not read.
        """
        seconds = (self.clock() - self.record.at).total_seconds()
        record = replace(self.record, ending=ending, reason=reason, seconds=seconds)
        if session is None or kind is None:
            return TurnOutcome(record, posts, session=session)
        exchange = Exchange(
            self.turn_id, self.author.key, self.author.name, self.asked, said, self.asked_at, kind,
            only_for,
        )  # fmt: skip
        said_first = notes(
            session, self.asked_at, files=self.files, late=self.late, left_out=self.left_out
        )
        posts = noted(posts, self.thread, said_first)
        return TurnOutcome(record, posts, exchange, session.after(exchange, self.place))
