"""Put questions that got no good answer together by what they are about.

What is shown of them are words that at least two people used: a question that one
person asked stays between that person and the bot.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.knowledge.porter import stem
from adapters.knowledge.question import FRAMES, words_of
from adapters.knowledge.words import spoken
from adapters.storage.unanswered import Question
from core.common_words import STOP

TOGETHER = 0.5  # cosine of a question and a group, from which it belongs there
RAREST, ALONE = 3.0, 1.0  # what words are worth at most, and those of one question
PEOPLE_LEAST = 2  # who used a word, for it to be shown
WORDS_MOST = 7  # of a label
DIGITS_MOST = 4  # in a word that is shown; longer numbers are somebody's
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001 - the apostrophe people type
BETWEEN = frozenset("and at by for from in of on to via with without".split())  # noqa: SIM905 - a list of words


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that several people asked about.

    Args:
        about: In words that at least two of them used.
        badly: How many of the questions had an answer that was rated badly.
        last: When it was asked last, in seconds since 1970.
    """

    about: str
    people: int
    questions: int
    badly: int
    last: float


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps, those of most people first.

    Args:
        alone: How many further questions only one person each asked.
    """

    shared: tuple[Gap, ...]
    alone: int


@dataclass(slots=True)
class _Group:
    """Questions about the same, and how often each word stands in them."""

    questions: list[tuple[Question, frozenset[str]]] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    square: float = 0.0  # of its length as a vector

    def add(self, question: Question, words: frozenset[str], worth: Mapping[str, float]) -> None:
        self.questions.append((question, words))
        for word in words:
            self.square += (2 * self.words[word] + 1) * worth[word] ** 2
            self.words[word] += 1

    def like(self, words: frozenset[str], worth: Mapping[str, float]) -> float:
        """The cosine of a question and this group."""
        both = sum(self.words[word] * worth[word] ** 2 for word in words)
        theirs = sum(worth[word] ** 2 for word in words)
        return both / math.sqrt(self.square * theirs)


def gaps(questions: Sequence[Question]) -> Gaps:
    """Group questions; O(n) in their number times the groups that share a word with each."""
    asked = [(each, _subject(each.text)) for each in questions]
    asked = [(each, words) for each, words in asked if words]
    holding = Counter(word for _, words in asked for word in words)
    worth = {word: _worth(len(asked), count) for word, count in holding.items()}
    groups: list[_Group] = []
    by_word: dict[str, set[int]] = defaultdict(set)
    for question, words in asked:
        near = {number for word in words for number in by_word[word]}
        best = max(near, key=lambda number: groups[number].like(words, worth), default=-1)
        if best < 0 or groups[best].like(words, worth) < TOGETHER:
            best = len(groups)
            groups.append(_Group())
        groups[best].add(question, words, worth)
        for word in words:
            by_word[word].add(best)
    return _told(groups, worth)


def _subject(text: str) -> frozenset[str]:
    """The words that say what a question is about, without those that only frame it."""
    return frozenset(word.stem for word in words_of(text) if word.share > FRAMES)


def _worth(questions: int, holding: int) -> float:
    """How much a word says; one that nobody else used only says that there is more."""
    return min(RAREST, math.log(1 + questions / holding)) if holding > 1 else ALONE


def _told(groups: Sequence[_Group], worth: Mapping[str, float]) -> Gaps:
    shared, alone = [], 0
    for group in groups:
        people = {question.author for question, _ in group.questions}
        about = _label(group, worth) if len(people) >= PEOPLE_LEAST else ""
        if not about:
            alone += len(group.questions)
            continue
        shared.append(
            Gap(
                about,
                people=len(people),
                questions=len(group.questions),
                badly=sum(question.rated_badly for question, _ in group.questions),
                last=max(question.at for question, _ in group.questions),
            )
        )
    shared.sort(key=lambda gap: (-gap.people, -gap.questions, -gap.last))
    return Gaps(tuple(shared), alone)


def _label(group: _Group, worth: Mapping[str, float]) -> str:
    """What a group is about, in the words of the question that has most of the common ones."""
    users: dict[str, set[str]] = defaultdict(set)
    for question, words in group.questions:
        for word in words:
            users[word].add(question.author)
    common = {word for word, people in users.items() if len(people) >= PEOPLE_LEAST}
    text = max(group.questions, key=lambda each: sum(worth[word] for word in each[1] & common))[
        0
    ].text
    label: list[str] = []
    before, kept = "", 0
    for written in WORD.findall(text):
        word = spoken(written)
        shown = word not in STOP and stem(word) in common and not _private(word)
        if shown and written.casefold() not in map(str.casefold, label):
            label += [before, written] if label and before in BETWEEN else [written]
            kept += 1
        if kept == WORDS_MOST:
            break
        before = word
    return " ".join(label)


def _private(word: str) -> bool:
    return sum(map(str.isdigit, word)) > DIGITS_MOST
