"""What people write in a thread, and how one knows the answer to each message."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

EMPLOYEES = [f"U1{number:04}" for number in range(2_000)]  # 20 messages of one may wait
MANAGERS = EMPLOYEES[::2]
PERSON = "I want to talk to a real person please"
HANDED_OVER = "the support team"
PRIVATE = "What are the salary bands?"
PRIVATELY = "sent it to you privately"
ABOUT_THE_ONE_BEFORE = "How many devices can use it?"
VPN = "How long does the VPN stay connected?"
QUESTIONS = {
    "When is a laptop replaced?": "Laptops and the new-starter kit",
    "What is the hotel limit in Vienna?": "Hotel limits by city",
    VPN: "VPN on your laptop",
    ABOUT_THE_ONE_BEFORE: "VPN on your laptop",
    "What is the mileage rate?": "Mileage and driving for work",
    "What is the referral bonus?": "Referral bonus",
    "thanks": "You're welcome",
    "What is the learning budget?": "Learning budget and learning days",
    "How do I report a phishing mail?": "Phishing and suspicious messages",
    "How do I book a meeting room?": "Booking desks and meeting rooms",
    "How much is the per diem?": "Per diem for business trips",
    "Where do I park my bike?": "Parking and bikes",
    "How do I get a new access badge?": "Office access badges",
    "How do I connect to the office Wi-Fi?": "Wi-Fi in the offices",
    "How do I print on floor 2?": "Printers and scanning",
    "When do I need a sick note?": "Sick leave",
    "How do I register a visitor?": "Visitors in the offices",
    "How do I request software?": "Requesting software",
}
LONG = 24  # messages; of so many the old ones are summarised
Words = tuple[str, str]  # a message, and what is found in its answer


@dataclass(eq=False)
class Talk:
    """A thread: who write there in turn, and what; so much of it was acknowledged."""

    channel: str
    people: tuple[str, ...]
    says: tuple[Words, ...]
    root: str = ""
    taken: int = 0

    @property
    def place(self) -> tuple[str, str]:
        return self.channel, self.root

    @property
    def answers(self) -> list[str]:
        """What is found in the answers that are due, in order."""
        return [answer for _, answer in self.says[: self.taken]]

    @property
    def wants_person(self) -> bool:
        """Whether a person was asked for, which is the last that is said in a thread."""
        return HANDED_OVER in self.answers


def few(chance: random.Random) -> Iterator[Words]:
    """One to three questions, one after the other."""
    asked = list(QUESTIONS.items())
    first = chance.randrange(len(asked))
    if asked[first][0] == ABOUT_THE_ONE_BEFORE:
        first -= 1
    for step in range(chance.randint(1, 3)):
        yield asked[(first + step) % len(asked)]


def many(_: random.Random) -> Iterator[Words]:
    """So many questions that what was said first is summarised."""
    asked = list(QUESTIONS.items())
    for step in range(LONG):
        yield asked[step % len(asked)]


def wish(chance: random.Random) -> Iterator[Words]:
    """A wish for a person, sometimes after a question."""
    if chance.random() < 0.5:
        yield VPN, QUESTIONS[VPN]
    yield PERSON, HANDED_OVER


def secret(_: random.Random) -> Iterator[Words]:
    """A question whose answer is for its asker alone, so that there are two posts."""
    yield PRIVATE, PRIVATELY


# Of a hundred threads. All wishes for a person are cards in one channel, which takes one a second.
KINDS = {few: 82, many: 6, wish: 4, secret: 8}


def talk(chance: random.Random) -> tuple[Words, ...]:
    """What is written in one more thread."""
    (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
    return tuple(kind(chance))
