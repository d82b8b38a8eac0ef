"""Alembic's environment: the tables of ``adapters.storage.tables``, on the database it is given."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import asyncpg
from alembic import context
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

import adapters.storage.tables  # noqa: F401 - importing it declares the tables

TARGET = SQLModel.metadata
MIGRATING = 7_306_919_424_913_408  # the lock that a migration holds on PostgreSQL; any number


def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Full-text tables are not SQLAlchemy's to compare."""
    return not (kind == "table" and (name or "").startswith("passage_fts"))


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or ""
    if url.startswith("postgres"):
        asyncio.run(_run_on_postgres(url))
        return
    engine = create_engine(url)
    _whole_transactions(engine)
    with engine.connect() as connection:
        _run_on(connection)
    engine.dispose()


async def _run_on_postgres(url: str) -> None:
    """One process at a time; the driver reads the address itself, as it does for the product."""
    connect = partial(asyncpg.connect, url)
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATING})")
        await connection.commit()
        await connection.run_sync(_run_on)
    await engine.dispose()


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=TARGET,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _whole_transactions(engine: Engine) -> None:
    """Let a migration be one transaction: Python's driver does not begin one for a CREATE."""

    @event.listens_for(engine, "connect")
    def _leave_it_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
