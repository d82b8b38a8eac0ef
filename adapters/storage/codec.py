"""Core types to JSON text and back, checked on the way in."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from core.errors import StoreError

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(kind: type[T], value: T) -> str:
    """``value`` as JSON text."""
    return _adapter(cast("Any", kind)).dump_json(value).decode()


def load(kind: type[T], text: str | bytes) -> T:
    """The value of a JSON text.

    Raises:
        StoreError: The text is not of this kind; a newer or older version may have written it.
    """
    try:
        return cast("T", _adapter(cast("Any", kind)).validate_json(text))
    except ValidationError as error:
        raise StoreError(
            f"A stored {getattr(kind, '__name__', kind)} cannot be read ({error.error_count()} "
            "problems); it was written by another version."
        ) from error
