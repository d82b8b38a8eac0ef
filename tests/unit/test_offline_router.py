"""The local router: what people can rely on when no model can be reached."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache

import pytest

from adapters.llm.local_router import LocalRouter, local_router, shipped_exemplars
from adapters.llm.words import READ_MOST
from core.routes import Route

UNSEEN = {
    "hello, good to be here": Route.GREETING,
    "thanks a million": Route.GREETING,
    "guten Abend": Route.GREETING,
    "what is the rule for business class on night flights?": Route.QUESTION,
    "how do I map a network drive?": Route.QUESTION,
    "where can I find the brand guidelines?": Route.QUESTION,
    "how much luggage is covered on a trip?": Route.QUESTION,
    "which vaccines do nurses need?": Route.QUESTION,
    "order a docking station for me": Route.ACTION,
    "please cancel my train ticket to Leeds": Route.ACTION,
    "can you add Lena to the sales channel?": Route.ACTION,
    "report a broken window in room 4.1": Route.ACTION,
    "how many days off are left for me?": Route.ACCOUNT,
    "who is my line manager?": Route.ACCOUNT,
    "what is the status of my ticket?": Route.ACCOUNT,
    "which monitor do I have?": Route.ACCOUNT,
    "tell me a joke about cats": Route.OFF_TOPIC,
    "who won the tennis final?": Route.OFF_TOPIC,
    "give me a recipe for pancakes": Route.OFF_TOPIC,
    "what will the weather be on Sunday?": Route.OFF_TOPIC,
    "I'd like to talk to a real person": Route.ESCALATE,
    "your answers are useless, I'm fed up": Route.ESCALATE,
    "my supervisor keeps harassing me": Route.ESCALATE,
    "quiero hablar con una persona por favor": Route.ESCALATE,
}


def test_messages_it_has_never_seen_mostly_find_their_route() -> None:
    """None of these is an exemplar; at least five in six must be right."""
    known = {text for text, _ in shipped_exemplars()}
    assert known.isdisjoint(UNSEEN)

    right = [local_router().route(text).route is route for text, route in UNSEEN.items()]

    assert sum(right) >= 5 * len(UNSEEN) // 6


@pytest.mark.parametrize(
    "text",
    [
        "can I talk to someone in HR please",
        "operator!",
        "Ich möchte mit einem Menschen sprechen.",
        "je voudrais parler à quelqu'un",
        "not a bot please",
    ],
)
def test_asking_for_a_person_is_never_a_matter_of_chance(text: str) -> None:
    verdict = local_router().route(text)

    assert verdict.route is Route.ESCALATE
    assert verdict.decided_by == "asks for a person"


def test_asking_whether_one_must_speak_to_somebody_is_a_question() -> None:
    """The rules ask people to talk to each other; that is no wish for a human here."""
    verdict = local_router().route("do I have to talk to someone before I book a flight?")

    assert verdict.route is not Route.ESCALATE


@pytest.mark.parametrize("text", ["", "🎉", "\u066d\u066d", "\u200b\u200d"])
def test_a_message_without_words_is_greeted(text: str) -> None:
    assert local_router().route(text).route is Route.GREETING


def test_probabilities_of_all_routes_add_up_to_one() -> None:
    likely = local_router().probabilities("reset the password of my phone")

    assert set(likely) == set(Route)
    assert sum(likely.values()) == pytest.approx(1.0)


def test_the_same_exemplars_always_give_the_same_router() -> None:
    """Two processes must not route the same message differently."""
    again = LocalRouter(shipped_exemplars())

    text = "how do I return the old laptop?"

    assert again.probabilities(text) == local_router().probabilities(text)


def test_certainty_means_what_it_says() -> None:
    """Held out fivefold: of messages at 0.8 about eight in ten are right."""
    guesses = _held_out_guesses(folds=5)

    gaps = [0.0] * 10
    for likely, right in guesses:
        best = max(likely, key=likely.__getitem__)
        gaps[min(9, int(10 * likely[best]))] += (best is right) - likely[best]

    assert sum(abs(gap) for gap in gaps) / len(guesses) < 0.06


def test_messages_held_out_find_their_route_and_few_are_taken_for_cries_for_help() -> None:
    """Fivefold: seven in ten are right, and of calm ones at most one in twenty looks grave."""
    guesses = _held_out_guesses(folds=5)

    right = sum(max(likely, key=likely.__getitem__) is route for likely, route in guesses)
    calm = [likely for likely, route in guesses if route is not Route.ESCALATE]
    grave = sum(likely[Route.ESCALATE] >= 0.5 for likely in calm)

    assert right >= 0.7 * len(guesses)
    assert grave <= 0.05 * len(calm)


def test_every_exemplar_is_distinct_and_every_route_has_its_share() -> None:
    rows = shipped_exemplars()

    texts = [text.casefold() for text, _ in rows]
    shares = Counter(route for _, route in rows)

    assert len(set(texts)) == len(texts) >= 1_800
    assert min(shares[route] for route in Route) >= 150


@pytest.mark.parametrize(
    "text",
    [
        "a" + "\u0301" * 40_000,
        "\u202e" + "\u05d0\u05d1 " * 13_000,
        "<@U0123456> " * 10_000,
        "!?" * 20_000,
        "talk to " * 5_000,
        "my " * 13_000,
    ],
)
def test_a_flood_is_read_only_up_to_the_bound(text: str) -> None:
    """What comes after the first 2,000 characters changes nothing and costs nothing."""
    beginning = text[:READ_MOST]

    assert local_router().route(text) == local_router().route(beginning)


@cache
def _held_out_guesses(folds: int) -> list[tuple[dict[Route, float], Route]]:
    rows = shipped_exemplars()
    random.Random(7).shuffle(rows)
    guesses = []
    for fold in range(folds):
        router = LocalRouter(row for at, row in enumerate(rows) if at % folds != fold)
        guesses += [(router.probabilities(text), right) for text, right in rows[fold::folds]]
    return guesses
