"""``/desk config fact``: an admin says something about somebody, who sees it and by whom."""

from __future__ import annotations

import re
from datetime import timedelta

import structlog

from adapters.storage.accounts import SqlAccountStore
from bot.connections import Connections
from core import admin_wording, discretion, memory_wording, text
from core.account import LIFE, VALUE_MOST, Fact, FactSource, spelled
from core.cards import Card, Plain, Prose
from core.ids import AccountKey, WorkspaceKey
from core.messages import Command
from core.ports import Clock

NAME_WORDS = 4  # of a name that is written out
NONE = "none"  # instead of a value: what an admin said before is taken back
DAYS = re.compile(r"(?P<value>.+?) for (?P<days>[1-9][0-9]{0,3}) days?", re.IGNORECASE)

log = structlog.get_logger()


class SetFacts:
    """Writes facts on an admin's word; each change leaves history and a line in the log."""

    def __init__(self, accounts: SqlAccountStore, connections: Connections, clock: Clock) -> None:
        self._accounts, self._directory, self._clock = accounts, connections, clock

    async def set(self, command: Command, values: str) -> Card:
        """Carry out ``@name key = value``, for a year unless it says for how many days."""
        named, _, value = (each.strip() for each in values.partition("="))
        if not named or not value:
            return _says(admin_wording.CONFIG_USAGE)
        admin = command.actor.key
        person, key = await self._meant(admin.workspace, named.split())
        if person is None:
            return _told(admin_wording.CONFIG_NO_PERSON.format(name=text.one_line(named, 60)))
        if not key:
            return _says(admin_wording.CONFIG_USAGE)
        name = await self._directory.person_name(person)
        if value.casefold() == NONE:
            gone = await self._accounts.take_back(person, key)
            log.info("fact taken back", account=str(person), by=str(admin), found=gone)
            return _told(admin_wording.FACT_GONE.format(person=name, key=key))
        return await self._say(person, key, value, admin, name)

    async def _say(
        self, person: AccountKey, key: str, value: str, admin: AccountKey, name: str
    ) -> Card:
        timed = DAYS.fullmatch(value)
        value = text.one_line(timed["value"] if timed else value, VALUE_MOST)
        matter = discretion.matter(f"{key}: {value}")
        if matter is not None:
            return _says(memory_wording.NOT_KEPT[matter])
        now = self._clock()
        ends = now + (timedelta(days=int(timed["days"])) if timed else LIFE)
        fact = Fact(key, value, FactSource.ADMIN, now, ends, admin)
        await self._accounts.learn(person, [fact])
        log.info("fact set", account=str(person), by=str(admin))
        return _told(
            admin_wording.FACT_SET.format(
                person=name, key=key, value=value, ends=f"{ends:%Y-%m-%d}"
            )
        )

    async def _meant(self, here: WorkspaceKey, words: list[str]) -> tuple[AccountKey | None, str]:
        """The person that the first words name, and the key that the others are."""
        for count in range(min(len(words) - 1, NAME_WORDS), 0, -1):
            person = await self._directory.find(here, " ".join(words[:count]))
            if person is not None:
                return person, spelled(" ".join(words[count:]))
        person = await self._directory.find(here, " ".join(words)) if len(words) == 1 else None
        return person, ""


def _says(words: str) -> Card:
    return Card((Prose(words),))


def _told(words: str) -> Card:
    """A line that holds somebody's words, which are text and nothing else."""
    return Card((Plain(words),))
