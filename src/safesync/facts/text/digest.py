"""What stands for a text, to see that another item has the very same one."""

from __future__ import annotations

from hashlib import blake2b

_BYTES = 8


def digest(low: str) -> str | None:
    """
    The same for the same text, whatever notation and case it is written in; ``None`` for no text.

    ``low`` is the text in lower case, its white space in one form. That two of a million texts have one digest by
    accident happens in one of thirty-seven million backlogs.
    """
    return blake2b(low.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest() if low else None
