"""Values as text and back: JSON of the dataclasses, and text that both databases can hold."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, defstruct

from safesync.connectors.decoders import decoder

Value = TypeVar("Value")


def document(value: object) -> str:
    """JSON of a value; half a surrogate pair, which no database holds, becomes a question mark."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(value))).decode()


def told(value: object, but: str) -> str:
    """
    JSON of the fields of a dataclass that say something: those without a default, and those that were given another value.

    It is read like a whole document, and an item, of whose sixty fields most are empty, takes half of the space. The field ``but`` is
    left to somebody else.
    """
    kind: Any = type(value)
    parts, shape = _shape(kind, but)
    return document(shape(*parts(value)))


@cache
def _shape(kind: Any, but: str) -> tuple[attrgetter[tuple[Any, ...]], type[Struct]]:
    """How the fields of a dataclass are taken, and the same fields as msgspec writes them without the defaults."""
    # By identity, which is quicker: a default that was made anew is written for nothing, and reads the same.
    shown = [one for one in fields(kind) if one.name != but]
    told = [(one.name, Any) if one.default is MISSING else (one.name, Any, one.default) for one in shown]
    return attrgetter(*(one.name for one in shown)), defstruct(kind.__name__, told, omit_defaults=True)


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
