"""What stands for a text, to see that another item has the very same one."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice

from safesync.facts.text.line import SIGNS

_BYTES = 8


def digest(low: str) -> str | None:
    """
    The same for the same text, whatever notation and case it is written in; ``None`` for no text.

    ``low`` is the text in lower case, its white space in one form. That two of a million texts have one digest by
    accident happens in one of thirty-seven million backlogs.
    """
    return blake2b(low.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest() if low else None


def digests(lows: Iterable[str]) -> str | None:
    """
    What stands for each of some lines, each once, joined by a space; ``None`` without any.

    Signs around a line are no part of it. These are short, for every item has some: that a line shares its own with another one by
    accident is harmless, for only what stands in many items is looked for.
    """
    bare = dict.fromkeys(low.strip(SIGNS) for low in islice(lows, _MOST_LINES))
    return " ".join(blake2b(one.encode("utf-8", "surrogatepass"), digest_size=_BYTES_OF_A_LINE).hexdigest() for one in bare) or None


_BYTES_OF_A_LINE = 4
_MOST_LINES = 50
