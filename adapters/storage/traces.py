"""Where the words of a person stand in the database, and how each place forgets them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from adapters.storage import outbox
from adapters.storage.case_rows import case_of
from adapters.storage.codec import dump, load
from adapters.storage.database import Row, Tx
from adapters.storage.sessions import save_session
from core.errors import StoreError
from core.escalation import Escalation
from core.forgetting import nobody, spent, unnamed, without
from core.ids import AccountKey, ThreadKey, derived_id
from core.messages import Person
from core.outcome import Post
from core.session import Session
from core.tools import Action, ActionState
from handoff import card

UNSENT = "('intent', 'ambiguous', 'dead')"  # states of posts whose words are kept
DOUBT_SECONDS = 2 * 86_400.0  # longer than a post is kept that may turn up twice


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose words are to go, in all threads or in one."""

    people: tuple[AccountKey, ...]
    thread: ThreadKey | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(map(str, self.people))

    def covers(self, author: str, thread: str) -> bool:
        return author in self.keys and (self.thread is None or thread == str(self.thread))


async def facts(tx: Tx, account: str, key: str = "") -> int:
    """Delete facts with their history; returns how many were current."""
    only = " AND key = :key" if key else ""
    values = {"account": account, **({"key": key} if key else {})}
    found = await tx.one(
        f"SELECT COUNT(*) AS n FROM fact WHERE account = :account AND superseded_at IS NULL{only}",  # noqa: S608 - our own words
        **values,
    )
    await tx.run(f"DELETE FROM fact WHERE account = :account{only}", **values)  # noqa: S608 - our own words
    return int(found["n"]) if found else 0


async def threads(tx: Tx, wish: Wish) -> set[str]:
    """Where these people have said something that may still be known."""
    if wish.thread is not None:
        return {str(wish.thread)}
    found: set[str] = set()
    for author in wish.keys:
        for query in (
            "SELECT DISTINCT thread_key FROM exchange WHERE author = :author",
            (
                "SELECT thread_key FROM session WHERE EXISTS (SELECT 1 FROM turn"
                " WHERE turn.thread_key = session.thread_key AND turn.account = :author)"
            ),
            "SELECT DISTINCT thread_key FROM inbox WHERE author = :author",
            "SELECT DISTINCT thread_key FROM action WHERE requester = :author",
        ):
            found |= {row["thread_key"] for row in await tx.all(query, author=author)}
    return found


async def inbox(tx: Tx, author: str, wish: Wish) -> None:
    """End what waits, is under way or was given up, and the journals of all that was begun.

    Every key is looked at: 0.1 s for the 700,000 of a week with 100,000 messages a day. An index
    would be written with each message, for a wish that is rare.
    """
    rows = await tx.all(
        "SELECT id, dedupe, thread_key, state FROM inbox WHERE author = :author", author=author
    )
    for row in rows:
        if not wish.covers(author, row["thread_key"]):
            continue
        turn = derived_id("turn", row["dedupe"].removeprefix("message:")).hex
        await tx.run("DELETE FROM turn_step WHERE turn_id = :turn", turn=turn)
        if row["state"] == "done":
            continue
        await tx.run("UPDATE inbox SET state = 'done', payload = '' WHERE id = :id", id=row["id"])
        if row["state"] != "dead":
            await _one_less(tx, row["thread_key"])


async def posts(tx: Tx, wish: Wish) -> None:
    """Forget the words of posts that were not sent, or may turn up twice."""
    rows = await tx.all(
        f"SELECT id, turn_id, lane, payload, state FROM outbox WHERE payload <> ''"  # noqa: S608 - our own words
        f" AND (state IN {UNSENT} OR (state = 'sent' AND created_at > :since))",
        since=time.time() - DOUBT_SECONDS,
    )
    for row in rows:
        if not await _about(tx, row, wish):
            continue
        await tx.run(
            "UPDATE outbox SET payload = '', available_at = 0, error = 'forgotten',"
            " state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'dead' END WHERE id = :id",
            id=row["id"],
        )
        if row["state"] in ("intent", "ambiguous"):
            await _one_less(tx, row["lane"])


async def _about(tx: Tx, row: Row, wish: Wish) -> bool:
    """Whether a post is for these people, or shows what they said."""
    found = await tx.one(
        "SELECT account AS who, thread_key FROM turn WHERE turn_id = :id"
        " UNION ALL SELECT requester, thread_key FROM action WHERE action_id = :id",
        id=row["turn_id"],
    )
    if found is not None:
        return wish.covers(found["who"], found["thread_key"])
    case = await tx.one(
        "SELECT escalation FROM handoff_case WHERE case_id = :id", id=row["turn_id"]
    )
    if case is not None:
        escalation = load(Escalation, case["escalation"])
        return wish.covers(str(escalation.requester.key), str(escalation.thread))
    try:
        only_for = load(Post, row["payload"]).only_for
    except StoreError:  # nobody can read whose it is
        return wish.thread is None
    return only_for is not None and wish.covers(str(only_for), row["lane"])


async def _one_less(tx: Tx, lane: str) -> None:
    await tx.run(
        "UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane AND pending > 0",
        lane=lane,
    )


async def cases(tx: Tx, wish: Wish, now: float, number: str) -> int:
    """Leave the keys of requests; open ones are withdrawn, and their cards drawn anew."""
    count = 0
    for person in wish.people:
        rows = await tx.all(
            "SELECT case_id, escalation FROM handoff_case WHERE escalation LIKE :like",
            like=f"%{person.user_id}%",
        )
        for row in rows:
            escalation = load(Escalation, row["escalation"])
            if not wish.covers(str(escalation.requester.key), str(escalation.thread)):
                continue
            left = await tx.one(
                "UPDATE handoff_case SET escalation = :escalation, said = '',"
                " version = version + 1,"
                " state = CASE WHEN thread_open IS NULL THEN state ELSE 'withdrawn' END,"
                " thread_open = NULL, resolved_at = COALESCE(resolved_at, :now), cleared_at = :now"
                " WHERE case_id = :id RETURNING *",
                escalation=dump(Escalation, unnamed(escalation)),
                now=now,
                id=row["case_id"],
            )
            if left is not None:
                case = case_of(left)
                await outbox.add(tx, card.redrawn(case), case.case_id, now, f"forgotten:{number}")
                count += 1
        if wish.thread is None:
            await _owned(tx, str(person))
    return count


async def _owned(tx: Tx, staff: str) -> None:
    """Of who took a case, leave the key."""
    rows = await tx.all(
        "SELECT case_id, owner FROM handoff_case WHERE owner_key = :staff", staff=staff
    )
    for row in rows:
        await tx.run(
            "UPDATE handoff_case SET owner = :owner WHERE case_id = :id",
            owner=dump(Person, nobody(load(Person, row["owner"]))),
            id=row["case_id"],
        )


async def exchanges(tx: Tx, wish: Wish) -> int:
    """Delete what was asked and answered; the number of exchanges."""
    deleted = 0
    for author in wish.keys:
        if wish.thread is None:
            deleted += await tx.run("DELETE FROM exchange WHERE author = :author", author=author)
        else:
            deleted += await tx.run(
                "DELETE FROM exchange WHERE author = :author AND thread_key = :thread",
                author=author,
                thread=str(wish.thread),
            )
    return deleted


async def actions(tx: Tx, wish: Wish) -> None:
    """Leave the keys of actions, and call off what waited."""
    for author in wish.keys:
        rows = await tx.all(
            "SELECT action_id, thread_key, payload, state FROM action WHERE requester = :author",
            author=author,
        )
        for row in rows:
            if not wish.covers(author, row["thread_key"]):
                continue
            stands = ActionState(row["state"])
            left = spent(load(Action, row["payload"]), stands)
            await tx.run(
                "UPDATE action SET payload = :payload, state = :state WHERE action_id = :id",
                payload=dump(Action, left),
                state=left.state.value,
                id=row["action_id"],
            )
            await tx.run("DELETE FROM turn_step WHERE turn_id = :id", id=row["action_id"])


async def sessions(tx: Tx, wish: Wish, threads: set[str]) -> tuple[Session, ...]:
    """Write each session anew without these people; a copy of it is then out of date."""
    blanked: list[Session] = []
    for key in sorted(threads):
        row = await tx.one("SELECT state FROM session WHERE thread_key = :key", key=key)
        if row is not None:
            left = without(load(Session, row["state"]), wish.people)
            blanked.append(await save_session(tx, left))
    return tuple(blanked)
