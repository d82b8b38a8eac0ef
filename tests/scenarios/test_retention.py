"""What is old goes as fast as it comes."""

from __future__ import annotations

import time

import pytest

from adapters.storage.database import Row, Tx
from adapters.storage.retention import AT_ONCE, IDLE_LIVE
from bot.run import _sweep
from tests.scenarios.office import Office

pytestmark = pytest.mark.only_in_process("the database knows nothing of platforms")


async def test_one_sweep_forgets_all_that_is_old(office: Office) -> None:
    """Ten thousand messages a day leave more rows than one small transaction should delete."""
    database, many = office.product.storage.database, 2 * AT_ONCE + 1
    old = time.time() - IDLE_LIVE - 60

    async def fill(tx: Tx) -> None:
        for number in range(many):
            await tx.run(
                "INSERT INTO inbox (dedupe, tenant, thread_key, author, ord, kind, payload, state,"
                " attempts, deaths, available_at, received_at) VALUES (:key, 'web/home', :key,"
                " 'web/home/sam', 0, 'message', '', 'done', 1, 0, 0, :old)",
                key=f"k{number}",
                old=old,
            )
            await tx.run(
                "INSERT INTO thread (thread_key, tenant, pending, ready_at, lease_until, epoch)"
                " VALUES (:key, 'web/home', :busy, :old, 0, 1)",
                key=f"k{number}",
                busy=int(number == 0),
                old=old,
            )

    async def left(tx: Tx) -> list[Row]:
        inbox = await tx.one("SELECT COUNT(*) AS n FROM inbox")
        thread = await tx.one("SELECT COUNT(*) AS n FROM thread WHERE ready_at = :old", old=old)
        assert inbox is not None
        assert thread is not None
        return [inbox["n"], thread["n"]]

    await office.stage.pause()
    await database.write(fill)

    await _sweep(office.product)

    assert await database.read(left) == [0, 1]  # the thread where something waits
