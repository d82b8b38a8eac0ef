"""What a handoff card says of a conversation instead of its transcript."""

from __future__ import annotations

from datetime import UTC, datetime

from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Person, Place
from core.session import Exchange, ExchangeKind
from core.steps.brief import done, wants
from core.tools import Action, ActionState

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
THREAD = ThreadKey(WorkspaceKey(Platform.WEB, "acme"), "help", "1")
SAM = Person(AccountKey(THREAD.workspace, "sam"), "Sam")


def test_what_a_person_came_for_stands_before_what_they_want_now() -> None:
    mine = [_asked("hello", ExchangeKind.GREETING), _asked("My VPN drops every hour")]

    assert wants(mine, "and on the train, too") == (
        "My VPN drops every hour (then: and on the train, too)"
    )
    assert wants(mine, "My VPN drops every hour!") == "My VPN drops every hour!"
    assert wants([], "human please") == "human please"


def test_what_a_person_had_before_the_last_handover_is_past() -> None:
    mine = [_asked("My VPN drops"), _asked("human please", ExchangeKind.ESCALATION)]

    assert wants(mine, "where is my badge?") == "where is my badge?"


def test_tools_are_named_with_the_ids_they_were_given_each_once() -> None:
    used = [
        _used("look_up_order", {"order_id": "A-77"}),
        _used("look_up_order", {"order_id": "A-78"}),
        _used(
            "refund", {"order_id": "A-78", "why": "it came broken on 3 May"}, ActionState.PROPOSED
        ),
    ]

    assert done(used) == ("look_up_order A-77, A-78", "refund (proposed)")


def test_what_was_done_for_one_person_alone_is_not_told() -> None:
    assert done([_used("look_up_pay", {"employee_id": "4711"}, private=True)]) == ()


def _asked(words: str, kind: ExchangeKind = ExchangeKind.ANSWER) -> Exchange:
    return Exchange("t", SAM.key, SAM.name, words, "Noted.", NOW, kind)


def _used(
    tool: str,
    arguments: dict[str, object],
    state: ActionState = ActionState.DONE,
    *,
    private: bool = False,
) -> Action:
    return Action(
        "a", "t", THREAD, SAM, Place.CHANNEL, tool, arguments, state, NOW, NOW, private=private
    )
