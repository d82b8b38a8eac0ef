"""Alembic's environment: the tables of ``adapters.storage.tables``, on the database it is given."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import SQLModel

import adapters.storage.tables  # noqa: F401 - importing it declares the tables

TARGET = SQLModel.metadata


def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Full-text tables are not SQLAlchemy's to compare."""
    return not (kind == "table" and (name or "").startswith("passage_fts"))


def run() -> None:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    if engine.dialect.name == "sqlite":
        _whole_transactions(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=TARGET,
            render_as_batch=connection.dialect.name == "sqlite",
            include_object=ours,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _whole_transactions(engine: Engine) -> None:
    """Let a migration be one transaction: Python's driver does not begin one for a CREATE."""

    @event.listens_for(engine, "connect")
    def _leave_it_to_us(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
