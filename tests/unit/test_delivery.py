"""What leaves a lane: each post once, and of several drawings of a message the newest."""

from __future__ import annotations

from typing import Any, cast

from adapters.storage.outbox import Outgoing, Sending
from bot.delivery import Delivery
from bot.sweeper import Sweeper
from core.cards import Card, Plain
from core.ids import Platform, ThreadKey, WorkspaceKey
from core.outcome import Post

CHANNEL = ThreadKey(WorkspaceKey(Platform.WEB, "home"), "support", "")


class Shown:
    """A poster that notes what it was given."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def post(self, post: Post, post_id: str) -> str:
        self.calls.append(f"post {post.card.fallback}")
        return post_id

    async def update(self, post: Post, _post_id: str) -> str:
        self.calls.append(f"{post.replaces} {post.card.fallback}")
        return post.replaces


def outgoing(*drawn: tuple[str, str]) -> list[Outgoing]:
    """Posts with these words; those with an id draw that message anew."""
    posts = (Post(CHANNEL, Card((Plain(words),)), replaces=shown) for shown, words in drawn)
    return [Outgoing(row, f"p{row}", each, 0, look_first=False) for row, each in enumerate(posts)]


async def test_a_message_that_is_drawn_anew_twice_is_drawn_once() -> None:
    """Fifty of the staff press one card: it need not change fifty times. Order stays."""
    shown = Shown()
    delivery = Delivery(
        {Platform.WEB: cast("Any", shown)}, cast("Any", None), cast("Sweeper", None)
    )
    waiting = outgoing(("a", "waits"), ("b", "waits"), ("", "new"), ("a", "Tom has it"), ("", "x"))

    receipts = await delivery.send(waiting, lambda: True)

    assert shown.calls == ["b waits", "post new", "a Tom has it", "post x"]
    assert [(each.outgoing.row_id, each.state) for each in receipts] == [
        (row, Sending.SENT) for row in range(5)
    ]
    assert receipts[0].platform_id == "a"
