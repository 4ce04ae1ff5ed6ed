"""Values as text and back: JSON of the dataclasses, and text that both databases can hold."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from safesync.connectors.decoders import decoder

Value = TypeVar("Value")


def document(value: object) -> str:
    """JSON of a value; half a surrogate pair, which no database holds, becomes a question mark."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(value))).decode()


def told(value: object) -> dict[str, Any]:
    """
    The fields of a dataclass that say something: those without a default, and those that were given another value.

    Their document is read like a whole one, and an item, of whose sixty fields most are empty, takes half of the space.
    """
    kind: Any = type(value)
    names, parts, defaults = _shape(kind)
    # By identity, which is quicker: a default that was made anew is written for nothing, and reads the same.
    return {name: part for name, part, default in zip(names, parts(value), defaults, strict=True) if part is not default}


@cache
def _shape(kind: Any) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]], tuple[Any, ...]]:
    names = tuple(one.name for one in fields(kind))
    return names, attrgetter(*names), tuple(one.default for one in fields(kind))


def read(text: str, kind: type[Value]) -> Value:
    """The value of a document."""
    return decoder(kind).decode(text)


def storable(value: object) -> object:
    """A cell's value; PostgreSQL refuses NUL in text and SQLite half surrogate pairs, so neither is kept."""
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else _clean(value)
    if isinstance(value, (tuple, list, set, frozenset)):
        return document(sorted(value) if isinstance(value, (set, frozenset)) else value)
    return value


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_whole(part) for part in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(part) for name, part in value.items()}
    return value
