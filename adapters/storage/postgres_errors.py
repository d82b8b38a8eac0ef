"""PostgreSQL's errors in our own terms: what passes, what was lost on the way, what to mend."""

from __future__ import annotations

from urllib.parse import urlsplit

import asyncpg

from core.errors import StoreError, StoreUnavailable

ROLLED_BACK = (asyncpg.TransactionRollbackError, asyncpg.InvalidCachedStatementError)
LOST = (
    OSError,
    asyncpg.InternalClientError,  # a connection that broke in the middle of an answer
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
UNAVAILABLE = (
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
)


def lost(error: Exception) -> bool:
    """Whether the connection broke: the server may have done what was asked last."""
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error) or "closing" in str(error)
    return isinstance(error, LOST)


def passes(error: Exception) -> bool:
    """Whether a transaction that did not get to its end may do so a moment later."""
    return lost(error) or isinstance(error, (*ROLLED_BACK, asyncpg.TooManyConnectionsError))


def translated(error: Exception) -> StoreError:
    """An error for the stores; the server's own text may quote values, so only its code is kept."""
    code = getattr(error, "sqlstate", None)
    name = type(error).__name__ + (f" {code}" if code else "")
    if passes(error) or isinstance(error, UNAVAILABLE):
        return StoreUnavailable(f"PostgreSQL is not available ({name}).")
    return StoreError(f"PostgreSQL refused a statement ({name}).")


def refused(url: str, error: Exception) -> str:
    """Why nothing can be opened at ``url``, and what to mend; never with its password."""
    parts = urlsplit(url)
    where = f"{parts.hostname or 'a local socket'}{f':{parts.port}' if parts.port else ''}"
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        why = f"it does not let {parts.username or 'this user'} in"
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        why = f"there is no database {parts.path.removeprefix('/')}"
    elif isinstance(error, OSError):
        why = f"it cannot be reached: {error.strerror or type(error).__name__}"
    else:
        why = type(error).__name__
    return f"PostgreSQL at {where} cannot be used ({why}). Correct FRONTDESK_DATABASE_URL."
