"""What stands for a text, or for each of its lines, to see that another item has the very same one."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

from safesync.facts.text.line import SIGNS

_BYTES = 9
"""Twelve characters: a text that is no longer takes no memory of its own in a column."""


def digest(low: str) -> str | None:
    """
    The same for the same text, whatever notation and case it is written in; ``None`` for no text.

    ``low`` is the text in lower case, its white space in one form. That two of a million texts have one digest by
    accident happens in one of nine thousand million backlogs.
    """
    if not low:
        return None
    made = blake2b(low.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return b2a_base64(made, newline=False).decode("ascii")


LINE = 4
"""Characters that stand for one line; all are ASCII."""
_MOST_LINES = 50
_OF_A_LINE = 2**24


def digests(lows: Sequence[str]) -> str | None:
    """
    What stands for each of the first fifty of some lines, each once, one behind the other; ``None`` without any.

    Signs around a line are no part of it. These are short, for every item has some: that a line shares its own with another one by
    accident is harmless, for only what stands in many items is looked for.
    """
    bare = dict.fromkeys([low.strip(SIGNS) for low in lows[:_MOST_LINES]])
    numbers = [(crc32(one.encode("utf-8", "surrogatepass")) % _OF_A_LINE).to_bytes(3, "big") for one in bare if one]
    return b2a_base64(b"".join(numbers), newline=False).decode("ascii") or None
