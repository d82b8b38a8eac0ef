"""What people asked and found no answer to, told without telling on anybody."""

from __future__ import annotations

from time import process_time

from adapters.knowledge.gaps import gaps
from adapters.storage.unanswered import Question

AUSTRIA = [
    "How much parental leave do I get in Austria?",
    "what's the parental leave in Austria",
    "Parental leave policy for Austria please, my wife is pregnant",
    "is there paid parental leave in austria?",
]
STANDING = ["Can I get a standing desk at home?", "who pays for a standing desk"]


def asked(*texts: str, first: int = 0) -> list[Question]:
    """Questions of as many people."""
    return [Question(text, f"p{first + n}", float(n)) for n, text in enumerate(texts)]


def test_questions_about_the_same_are_one_gap_with_its_people_counted() -> None:
    """Most people first, labelled in words of their own."""
    again = Question(AUSTRIA[0], "p0", 99.0, rated_badly=True)

    found = gaps([*asked(*STANDING, first=9), *asked(*AUSTRIA), again])

    leave, desk = found.shared
    assert (leave.about, leave.people, leave.questions) == ("parental leave in Austria", 4, 5)
    assert (leave.badly, leave.last) == (1, 99.0)
    assert (desk.about, desk.people) == ("standing desk", 2)
    assert found.alone == 0


def test_a_question_of_one_person_is_not_shown() -> None:
    """However often that person asked."""
    mine = [Question("Who decides about my divorce leave?", "sam", float(n)) for n in range(5)]

    found = gaps([*asked(*AUSTRIA), *mine])

    assert [each.about for each in found.shared] == ["parental leave in Austria"]
    assert found.alone == 5


def test_words_that_one_person_used_are_not_shown() -> None:
    """Nor numbers that belong to somebody, even if two said them."""
    questions = asked(
        "Parental leave in Austria, my employee number is 4471234, I am pregnant",
        "parental leave austria number 4471234",
    )

    (gap,) = gaps(questions).shared

    assert "4471234" not in gap.about
    assert "pregnant" not in gap.about


def test_different_things_stay_apart() -> None:
    found = gaps(
        asked(
            "How do I reset my VPN password?",
            "Reset VPN password",
            "Where can I park my bike?",
            "bike parking where",
            "Is the printer on floor 2 in colour?",
        )
    )

    assert sorted(each.people for each in found.shared) == [2, 2]
    assert found.alone == 1


def test_a91_two_thousand_questions_take_no_time() -> None:
    """Also when they are all alike, or share nothing."""
    alike = [Question(f"How much {AUSTRIA[n % 4]} {n}", f"p{n}", float(n)) for n in range(1_000)]
    apart = [Question(f"word{n} thing{n} other{n}", f"p{n}", float(n)) for n in range(1_000)]
    began = process_time()

    found = gaps([*alike, *apart])

    assert process_time() - began < 3
    assert found.shared[0].people >= 700
    assert "parental leave in" in found.shared[0].about
