"""Where the product keeps its truth during a run: in a file, or in a PostgreSQL of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.storage.migrate import upgrade
from tests.servers.postgres import PostgresServer

SQLITE, POSTGRES = "sqlite", "postgres"
BACKENDS = (SQLITE, POSTGRES)


@contextmanager
def settings_for(backend: str) -> Iterator[dict[str, str]]:
    """The environment that a process of the product needs for a backend."""
    if backend == SQLITE:
        yield {}
        return
    server = PostgresServer()
    try:
        upgrade(server.url())
        yield {"FRONTDESK_DATABASE_URL": server.url()}
    finally:
        server.stop()
