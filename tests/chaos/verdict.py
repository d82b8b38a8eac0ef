"""Whether the promises were kept: one answer a message, in order in its thread; one card a case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from core import wording
from tests.chaos.people import ABOUT_THE_ONE_BEFORE, HANDED_OVER, PRIVATELY, Talk
from tests.chaos.result import Result
from tests.chaos.shown import Shown, owner_of, owners_told, words_of
from tests.chaos.traffic import Traffic

APOLOGY = wording.GAVE_UP[:40]
HANDED_OVER_TOO = "your request H-"  # of a thread that has an open one
FAULTS_MOST = 5


@dataclass
class Report(Result):
    """What became of it all.

    Args:
        sent_twice: Posts that Slack showed more than once, also when one was taken back.
        apologised: Messages given up after three deaths; their writers were told and got a person.
        cards: Cards missing, or there twice, or with another owner than the requester was told.
        faults: The first threads where something is wrong, with what it is.
    """

    run: str
    rounds: int
    acked: int = 0
    events: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    sent_twice: int = 0
    apologised: int = 0
    cards: int = 0
    claims: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        return any(self.wrong)

    @property
    def wrong(self) -> tuple[int, ...]:
        """The counts that are to be nothing."""
        return self.lost, self.duplicated, self.reordered, self.cards


def judge(traffic: Traffic, report: Report) -> None:
    """Count broken promises."""
    shown = Shown.of(traffic.fleet.slack)
    report.acked = sum(one.taken for one in traffic.talks)
    report.events, report.sent_twice = traffic.events, shown.sent_twice
    private = Counter[str]()
    for one in traffic.talks:
        before = report.wrong
        _judge(one, shown, report)
        if report.wrong != before and len(report.faults) < FAULTS_MOST:
            report.faults.append(_described(one, shown))
        private[one.people[0]] += any(
            PRIVATELY in words_of(each) for each in shown.replies[one.place]
        )
    report.lost += (private - shown.private).total()
    report.duplicated += (shown.private - private).total()
    places = {one.place for one in traffic.talks}
    report.duplicated += sum(len(shown.replies[each]) for each in set(shown.replies) - places)
    report.cards += sum(len(shown.cards[each]) for each in set(shown.cards) - places)


def _judge(one: Talk, shown: Shown, report: Report) -> None:
    replies = shown.replies[one.place]
    owners = [name for each in replies for name in owners_told(each)]
    said = [words_of(each) for each in replies if not owners_told(each)]
    if owners and len(said) < one.taken:  # the word about the owner came instead
        said.append(HANDED_OVER)
    answers = _endings(said)
    report.lost += max(0, one.taken - len(answers))
    report.duplicated += max(0, len(answers) - one.taken) + max(0, len(owners) - 1)
    if len(answers) == one.taken:
        report.reordered += sum(_is_another(one, answers, at) for at in range(one.taken))
    apologies = sum(APOLOGY in each for each in answers)
    report.apologised += apologies
    report.claims += len(owners)
    cards = shown.cards[one.place]
    wanted = _who_needs_a_person(one, answers)  # an open case belongs to who asked
    told = [owner_of(each) for each in cards]
    report.cards += len(cards) != len(wanted) or told != [owners] * len(wanted)


def _is_another(one: Talk, answers: list[str], at: int) -> bool:
    """Whether what stands there for a message answers something else.

    "It" means nothing once the question before was given up: then a person is asked as well.
    """
    said = answers[at]
    if one.answers[at] in said or APOLOGY in said:
        return False
    return not _leans_on_none(one, answers, at)


def _leans_on_none(one: Talk, answers: list[str], at: int) -> bool:
    """Whether a question that leans on one that was given up went to a person as well."""
    said = answers[at].replace("Your", "your")
    handed = HANDED_OVER in said or HANDED_OVER_TOO in said
    leans = 0 < at < len(one.says) and one.says[at][0] == ABOUT_THE_ONE_BEFORE
    return handed and leans and APOLOGY in answers[at - 1]


def _who_needs_a_person(one: Talk, answers: list[str]) -> set[str]:
    """Who asked for one, whose message was given up, and who then asked in vain."""
    wants = {one.people[0]} if one.wants_person else set()
    for at, said in enumerate(answers):
        if APOLOGY in said or _leans_on_none(one, answers, at):
            wants.add(one.people[at % len(one.people)])
    return wants


def _described(one: Talk, shown: Shown) -> str:
    """A thread, what stands there for what was asked, and its cards."""
    said = [words_of(each)[:60] for each in shown.replies[one.place]]
    cards = [owner_of(each) for each in shown.cards[one.place]]
    return f"{one.place}: {said} for {one.answers}, cards {cards}"


def _endings(replies: list[str]) -> list[str]:
    """One a message: the apology for one given up and the word about its card are one."""
    before = zip(["", *replies], replies, strict=False)
    return [each for last, each in before if not (APOLOGY in last and HANDED_OVER in each)]
