"""``/desk memory``, ``/desk forget`` and ``/desk export``: what is kept of a person, to them alone.

A button says what is meant; whose it is comes from the verified press, so that nobody
can reach another's with it.
"""

from __future__ import annotations

import contextlib

import structlog

from adapters.storage.accounts import SqlAccountStore
from adapters.storage.copies import Copies
from adapters.storage.dossiers import SqlDossiers
from adapters.storage.erasure import SqlEraser
from adapters.storage.links import SqlLinks
from bot import links as joined
from bot.connections import Connections
from bot.links import Links
from core import memory_cards, memory_wording, wording
from core.account import Fact, FactSource, spelled
from core.cards import Card, Prose
from core.dossier import File, files
from core.errors import PlatformError, StoreError
from core.forgetting import Receipt, Scope, Talk
from core.ids import AccountKey, ThreadKey
from core.messages import ButtonPress, Command
from core.ports import Clock
from core.steps.recall import recall

log = structlog.get_logger()

ANSWER_SECONDS = 600  # to press a button that has something forgotten
EVERYTHING = frozenset({"everything", "all", "me"})
CONVERSATION = frozenset({"conversation", "thread", "this conversation", "this thread", "this"})


class Memory:
    """Shows, gives out and forgets.

    Args:
        copies: Where copies of sessions are, if anywhere.
    """

    def __init__(
        self,
        accounts: SqlAccountStore,
        dossiers: SqlDossiers,
        eraser: SqlEraser,
        links: SqlLinks,
        joining: Links,
        copies: Copies | None,
        connections: Connections,
        clock: Clock,
    ) -> None:
        self._accounts, self._dossiers, self._eraser = accounts, dossiers, eraser
        self._links, self._joining, self._copies = links, joining, copies
        self._connections, self._clock = connections, clock

    async def about(self, command: Command, rest: str) -> Card:
        """What is known, or a change of which accounts are one person's."""
        match rest.casefold():
            case "link":
                return await self._joining.ask(command)
            case "unlink":
                return await self._joining.end(command)
            case _:
                return await self._show(command)

    async def _show(self, command: Command) -> Card:
        """Every fact, and what the conversation here holds."""
        now = self._clock()
        account = await recall(command.actor, self._accounts, self._connections, now)
        talk = await self._talk(command.actor.key, command.channel)
        admins = {fact.by for fact in account.facts if fact.by and fact.source is FactSource.ADMIN}
        names = {str(each): await self._connections.person_name(each) for each in admins}
        return memory_cards.known(account.facts, talk, names)

    async def export(self, command: Command) -> Card:
        """Everything as files, to this person alone."""
        reader = command.actor.key
        courier = self._connections.couriers.get(reader.workspace.platform)
        if courier is None:
            return _says(memory_wording.NO_FILES)
        try:
            answer = await courier.deliver(reader, await self.files(reader))
        except PlatformError as error:
            log.warning("export not delivered", account=str(reader), error=error.code)
            return _says(memory_wording.NOT_DELIVERED)
        log.info("export delivered", account=str(reader))
        return answer

    async def files(self, reader: AccountKey) -> tuple[File, ...]:
        """What is kept about a person now."""
        people = await self._links.accounts(reader)
        return files(await self._dossiers.collect(people, self._clock()))

    async def forget(self, command: Command, rest: str) -> Card:
        """Ask whether what was named shall be forgotten."""
        wanted, who = rest.strip().casefold(), command.actor.key
        if not wanted:
            return memory_cards.choices()
        if wanted in EVERYTHING:
            return await self._ask(who, Scope.EVERYTHING, "")
        if wanted in CONVERSATION:
            talk = await self._talk(who, command.channel)
            if talk is None:
                return _says(memory_wording.NOTHING_HERE)
            return await self._ask(who, Scope.THREAD, str(talk.thread))
        fact = await self._fact(who, key=spelled(wanted.rstrip(".")))
        if fact is None:
            return memory_cards.choices()
        return await self._ask(who, Scope.FACT, str(fact.fact_id))

    async def press(self, press: ButtonPress) -> Card:
        """Ask, or do what was asked about."""
        who = press.actor.key
        match press.action:
            case joined.LINK | joined.REFUSE:
                return await self._joining.press(press)
            case memory_cards.ASK:
                scope, _, target = press.value.partition(".")
                return await self._ask(who, scope, target)
            case memory_cards.DO:
                asked, _, rest = press.value.partition(".")
                scope, _, target = rest.partition(".")
                if not self._in_time(asked):
                    return _says(memory_wording.FORGET_LATE)
                return await self._do(who, scope, target)
            case _:
                return _says(memory_wording.FORGET_KEPT)

    async def _ask(self, who: AccountKey, scope: str, target: str) -> Card:
        people = await self._links.accounts(who)
        also = " and ".join(wording.PLATFORMS[each.workspace.platform] for each in people[1:])
        value = f"{int(self._clock().timestamp())}.{scope}.{target}"
        match scope:
            case Scope.FACT:
                fact = await self._fact(who, fact_id=target)
                if fact is None:
                    return _says(memory_wording.FORGET_GONE)
                said = memory_wording.FORGET_FACT.format(key=fact.key, sentence=fact.sentence)
                return memory_cards.question(said, value, also=also)
            case Scope.THREAD:
                thread = _thread(target)
                talk = await self._dossiers.talk(who, thread, self._clock()) if thread else None
                if talk is None:
                    return _says(memory_wording.FORGET_GONE)
                said = memory_cards.of_talk(talk)
                return memory_cards.question(said, value)
            case Scope.EVERYTHING:
                return memory_cards.question(memory_wording.FORGET_ALL, value, also=also)
            case _:
                return _says(wording.NOT_THIS_CARD)

    async def _do(self, who: AccountKey, scope: str, target: str) -> Card:
        match scope:
            case Scope.FACT:
                fact = await self._fact(who, fact_id=target)
                if fact is None:
                    return _says(memory_wording.FORGET_GONE)
                receipt = await self._eraser.fact(await self._links.accounts(who), fact.key)
                listed = fact.source is FactSource.DIRECTORY
                _note(receipt, who, Scope.FACT)
                return memory_cards.forgotten(receipt, Scope.FACT, directory=listed)
            case Scope.THREAD:
                thread = _thread(target)
                if thread is None or await self._dossiers.talk(who, thread, self._clock()) is None:
                    return _says(memory_wording.FORGET_GONE)
                receipt = await self._eraser.thread((who,), thread)
                return await self._gone(receipt, who, Scope.THREAD)
            case Scope.EVERYTHING:
                receipt = await self._eraser.everything(await self._links.accounts(who))
                return await self._gone(receipt, who, Scope.EVERYTHING)
            case _:
                return _says(wording.NOT_THIS_CARD)

    async def _gone(self, receipt: Receipt, who: AccountKey, scope: Scope) -> Card:
        """Overwrite what is elsewhere, and what is free in the file; then say so."""
        _note(receipt, who, scope)
        unreached = await self._copies.replace(receipt.blanked) if self._copies else 0
        with contextlib.suppress(StoreError):  # it is done once more by and by
            await self._eraser.compact()
        return memory_cards.forgotten(
            receipt, scope, unreached=unreached, directory=scope is Scope.EVERYTHING
        )

    async def _talk(self, who: AccountKey, here: ThreadKey) -> Talk | None:
        """The conversation a command was given in, else this person's last one in the channel."""
        now = self._clock()
        found = await self._dossiers.talk(who, here, now)
        return found or await self._dossiers.talk(who, here.channel, now)

    async def _fact(self, who: AccountKey, *, key: str = "", fact_id: str = "") -> Fact | None:
        """A current fact of a person, of a linked account as well."""
        facts = (await self._accounts.recall(who)).facts
        for each in facts:
            if fact_id == f"{each.fact_id}" or key in (
                each.key,
                spelled(each.sentence.rstrip(".")),
            ):
                return each
        return None

    def _in_time(self, asked: str) -> bool:
        if not (asked.isascii() and asked.isdigit() and len(asked) < len("99999999999")):
            return False
        return 0 <= self._clock().timestamp() - int(asked) < ANSWER_SECONDS


def _note(receipt: Receipt, who: AccountKey, scope: Scope) -> None:
    log.info("forgotten", receipt=receipt.number, account=str(who), scope=scope.value)


def _thread(key: str) -> ThreadKey | None:
    try:
        return ThreadKey.parse(key)
    except ValueError:
        return None


def _says(words: str) -> Card:
    return Card((Prose(words),))
