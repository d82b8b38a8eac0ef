"""One turn: a message, and all we do until its outcome is decided.

``TurnHandler.handle`` is the table of contents of the product. It decides; it
never posts and never stores an answer. A model that fails ends in an escalation; a
store that fails propagates, so that the inbox delivers the message again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from core import wording
from core.account import Account
from core.acting import Actor
from core.drafts import Completion, Stop, Task
from core.errors import CallsRefused, ModelError, WindowTooSmall
from core.escalation import Reason, Stance
from core.evidence import Evidence
from core.messages import InboundMessage
from core.outcome import Ending, TurnOutcome
from core.ports import (
    AccountStore,
    Book,
    Clock,
    Directory,
    Journal,
    Model,
    Progress,
    Retriever,
    SessionStore,
    SupportDesk,
    Transcript,
    WorkspaceStore,
)
from core.routes import Route, Routed
from core.session import ExchangeKind, Session
from core.steps import reply
from core.steps.answer import answer
from core.steps.assemble import assemble
from core.steps.brief import CALLS_MOST
from core.steps.conclude import conclude
from core.steps.correct import correct
from core.steps.escalate import escalation, plain_escalation, reason_of
from core.steps.judge import Verdict, judge
from core.steps.ledger import Ledger
from core.steps.names import introduced
from core.steps.recall import recall
from core.steps.remember import remember
from core.steps.results import NEWEST, ToolResult, results
from core.steps.retrieve import Found, retrieve
from core.steps.route import route
from core.steps.rules import greeting
from core.steps.state import Turn
from core.steps.stuck import stuck
from core.steps.summarise import summarise
from core.steps.unanswered import refused, too_late, too_long


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnHandler:
    """Handles messages through ports alone."""

    model: Model
    retriever: Retriever
    directory: Directory
    sessions: SessionStore
    transcript: Transcript
    accounts: AccountStore
    workspaces: WorkspaceStore
    actor: Actor
    desk: SupportDesk
    progress: Progress
    clock: Clock
    answer_within: timedelta = timedelta.max  # of being written; later ones are only told so

    async def handle(
        self, message: InboundMessage, journal: Journal, session_version: int | None = None
    ) -> TurnOutcome:
        """Decide what a message leads to.

        Raises:
            StoreError: Nothing was decided; deliver the message again.
        """
        message = (await introduced(message, self.directory)).cleaned()
        ledger = Ledger.of(message, self.clock)
        if await self.desk.stance(message) is Stance.HUMAN:
            return ledger.end(Ending.RELAYED, await self.desk.relay(message))
        session = await self._session(message, session_version)
        if not session.expects(message):
            return ledger.end(Ending.QUIET, (), session=session.noticing(message))
        if message.delay > self.answer_within:
            return too_late(message, session, ledger)
        settings = await self.workspaces.settings(message.workspace)
        readers = (await self.directory.readers(message)).for_author(message.author)
        session = session.kept_by(settings.memory_in(message.thread))
        turn = Turn(message, session, settings, readers, journal, ledger)
        if ended := too_long(turn) or correct(turn) or await self.actor.typed(turn):
            return ended
        try:
            routed = await self._route(turn)
            return await self._follow(turn, routed)
        except WindowTooSmall:
            return refused(turn)
        except ModelError as error:
            ledger.judged(error.code)
            return await self._escalate(turn, Reason.MODEL_UNAVAILABLE)

    async def _route(self, turn: Turn) -> Routed:
        self.progress.show(turn.message.thread, wording.TYPING_READING)
        terms, paid = turn.settings.risk_terms, turn.ledger.paid
        routed = await route(turn.message, turn.session, terms, self.model, turn.journal, paid)
        turn.ledger.routed(routed)
        return routed

    async def _follow(self, turn: Turn, routed: Routed) -> TurnOutcome:
        """Do what the route's policy asks for."""
        match routed.route:
            case Route.GREETING:
                words = greeting(turn.message.text.strip())
                return _say(turn, words, Ending.GREETED, ExchangeKind.GREETING)
            case Route.OFF_TOPIC:
                words = wording.OFF_TOPIC.format(topics=wording.TOPICS)
                return _say(turn, words, Ending.DECLINED, ExchangeKind.DECLINE)
            case Route.ESCALATE:
                found = await self._retrieve(turn, routed)
                return await self._escalate(turn, reason_of(routed), routed, found.evidence)
            case Route.QUESTION | Route.ACTION | Route.ACCOUNT:
                return await self._work_out(turn, routed)

    async def _work_out(self, turn: Turn, routed: Routed) -> TurnOutcome:
        """Recall, retrieve, act or answer, judge, then reply or escalate."""
        account = await self._recall(turn, routed)
        found = await self._retrieve(turn, routed)
        if routed.frustrated or stuck(turn.message, turn.session):
            return await self._escalate(turn, Reason.STUCK, routed, found.evidence)
        if routed.policy.acts:
            answerable = found.evidence.worth_reading
            try:
                if (proposed := await self.actor.propose(turn, routed, found)) is not None:
                    return proposed
            except CallsRefused:  # a model that knows no better is not asked to guess
                answerable = found.evidence.found
            if "decision" in routed.risks or not answerable:
                return await self._escalate(turn, Reason.IMPACT, routed, found.evidence)
        done = results(await self.actor.of_thread(turn, NEWEST), self.clock())
        completion = await self._answer(turn, found, account, done)
        verdict = judge(turn, routed, completion, found.evidence, account, done)
        turn.ledger.judged(verdict.problem)
        if not verdict.sends:
            return await self._decline(turn, routed, found, verdict)
        return await conclude(turn, routed, completion, found, account, done, self.actor)

    async def _recall(self, turn: Turn, routed: Routed) -> Account | None:
        if not routed.policy.recalls:
            return None
        return await recall(turn.message.author, self.accounts, self.directory, self.clock())

    async def _retrieve(self, turn: Turn, routed: Routed) -> Found:
        if not routed.query:
            return Found(Evidence(), turn.readers.thread)
        self.progress.show(turn.message.thread, wording.TYPING_SEARCHING)
        found = await retrieve(turn, routed, self.retriever)
        turn.ledger.found(found.evidence)
        return found

    async def _answer(
        self, turn: Turn, found: Found, account: Account | None, done: Sequence[ToolResult]
    ) -> Completion:
        if not (found.evidence.worth_reading or (account and account.facts) or done):
            return Completion(model="", stop=Stop.END)  # nothing to answer from: no model is asked
        reader = turn.message.author.key if found.audience.private else None
        old = await remember(turn.session, turn.message.text, reader, self.transcript)
        prompt = assemble(
            Task.ANSWER,
            turn.message,
            turn.session,
            reader,
            found.evidence,
            account,
            recalled=old,
            done=done,
        )
        self.progress.show(turn.message.thread, wording.TYPING_WRITING)
        paid = partial(turn.ledger.called, prompt=prompt)
        return await answer(prompt, self.model, turn.journal, paid)

    async def _decline(
        self, turn: Turn, routed: Routed, found: Found, verdict: Verdict
    ) -> TurnOutcome:
        if verdict.clarify:
            return _say(turn, wording.CLARIFY, Ending.CLARIFIED, ExchangeKind.CLARIFY)
        reason = verdict.reason or Reason.UNSURE
        if routed.policy.acts and reason is Reason.NO_EVIDENCE:
            reason = Reason.IMPACT  # no tool does it, and no document says how to do it oneself
        return await self._escalate(turn, reason, routed, found.evidence, verdict.problem)

    async def _escalate(
        self,
        turn: Turn,
        reason: Reason,
        routed: Routed | None = None,
        evidence: Evidence | None = None,
        problem: str = "",
    ) -> TurnOutcome:
        """Ask for a person, with what that person needs to know."""
        refusal = await self.desk.refuses(turn.message)
        if refusal:
            return _say(turn, refusal, Ending.DECLINED, ExchangeKind.DECLINE)
        actions = await self.actor.of_thread(turn, CALLS_MOST)
        found, now = evidence or Evidence(), self.clock()
        posts = await self.desk.open(escalation(turn, reason, routed, found, problem, actions, now))
        return turn.ledger.end(
            Ending.ESCALATED,
            posts,
            reason=reason,
            session=turn.session,
            kind=ExchangeKind.ESCALATION,
            said=wording.REMEMBERED_HANDOFF.format(why=wording.REASONS[reason]),
        )

    async def give_up(self, message: InboundMessage) -> TurnOutcome:
        """The end of a message that could not be handled: an apology, and a person to look."""
        message = message.cleaned()
        ledger = Ledger.of(message, self.clock)
        asked = plain_escalation(message, Reason.FAILED, self.clock())
        refusal = await self.desk.refuses(message)
        told = () if refusal else await self.desk.open(asked)
        apology = reply.plain(message, f"{wording.GAVE_UP} {refusal or wording.GAVE_UP_TO}")
        return ledger.end(Ending.ESCALATED, (*apology, *told), reason=Reason.FAILED)

    async def tidy(self, session: Session, book: Book) -> None:
        """Summarise what has grown too long, after the answer is out."""
        if session.overdue:
            await self.sessions.save(await summarise(session, self.model, self.clock, book))

    async def _session(self, message: InboundMessage, version: int | None) -> Session:
        stored = await self.sessions.load(message.thread, version)
        if stored is None:
            return Session(message.thread)
        return stored.alive(message.sent_at, message.thread)


def _say(turn: Turn, words: str, ending: Ending, kind: ExchangeKind) -> TurnOutcome:
    """End a turn with a line of our own."""
    posts = reply.plain(turn.message, words)
    return turn.ledger.end(ending, posts, session=turn.session, kind=kind, said=words)
