"""
Decoders of JSON into declared shapes, each made once, by one thread at a time.

msgspec keeps what it knows of a shape at the shape itself, and shows it before it is complete: two threads that are the first
to read the same shape end the whole process with a segmentation fault. One that is complete is read by any number of them.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, cast

import msgspec

_Shape = TypeVar("_Shape")
_MADE: dict[Any, msgspec.json.Decoder[Any]] = {}
_MAKING = threading.Lock()


def decoder(shape: type[_Shape]) -> msgspec.json.Decoder[_Shape]:
    """The decoder of a shape."""
    if shape not in _MADE:
        with _MAKING:
            _MADE[shape] = msgspec.json.Decoder(shape)
    return cast("msgspec.json.Decoder[_Shape]", _MADE[shape])
