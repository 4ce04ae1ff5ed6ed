"""Which facts of which items were not seen: from the text that the store keeps to Boolean columns."""

from __future__ import annotations

from functools import reduce
from operator import or_

import polars as pl

from safesync.facts.frame.columns import numbered


class Unseen:
    """
    Flags by fact name; only those that are true for at least one item exist.

    The text has few distinct values in a backlog (one for each tracker and type, about), so it is split once for
    each value and not once for each item.
    """

    def __init__(self, texts: pl.Series) -> None:
        codes, distinct = numbered(texts)
        names = [frozenset((text or "").split()) for text in distinct]
        every = sorted(frozenset[str]().union(*names))
        told = pl.DataFrame({name: [name in each for each in names] for name in every}, schema=dict.fromkeys(every, pl.Boolean))
        # All at once: a backlog of a few items knows some hundred facts, and asks for each would be most of its time.
        self._flags = {flags.name: flags for flags in told.select(pl.all().gather(codes).fill_null(value=False))}

    def flags(self, *names: str) -> pl.Series | None:
        """For which items at least one of these facts was not seen; ``None`` when they all were, for every item."""
        found = [self._flags[name] for name in names if name in self._flags]
        # A copy: whoever sets some of them (Series.scatter) would set those that are kept here.
        return reduce(or_, found).clone() if found else None

    def note(self, name: str, flags: pl.Series | None) -> None:
        """Set the flags of a fact that is made of others; replaces what the text said of it."""
        self._flags.pop(name, None)
        if flags is not None and flags.any():
            self._flags[name] = flags.fill_null(value=False).alias(name)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that some item has unseen."""
        return frozenset(self._flags)

    def columns(self, prefix: str) -> list[pl.Series]:
        """One Boolean column a fact, for the frame."""
        return [flags.alias(prefix + name) for name, flags in self._flags.items()]


def where(condition: pl.Series, *flags: pl.Series | None) -> pl.Series | None:
    """Items with any of these flags that also meet a condition; ``None`` when there is no flag at all."""
    found = [each for each in flags if each is not None]
    return condition.fill_null(value=False) & reduce(or_, found) if found else None
