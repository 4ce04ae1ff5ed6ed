"""Queries in WIQL: ids alone, as many as there are, whatever a single answer may hold."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import FoundItems, FoundLink, FoundLinks
from safesync.connectors.azure.resources import WIQL
from safesync.connectors.port import Scope
from safesync.model.errors import RunError

FOUND_AT_MOST = 20_000
LONGEST = 32_000
_TOO_MUCH = {"VS402337", "VS402335"}
"""More results than one answer holds; longer than a query may run."""
_Row = TypeVar("_Row")
_Shape = TypeVar("_Shape")


class Watch:
    """What time it was at the server when a query of ours was answered first."""

    def __init__(self) -> None:
        self.as_of: str | None = None

    def saw(self, as_of: str | None) -> None:
        """The first time counts: what changed while later ones were asked is read again next time."""
        self.as_of = self.as_of or as_of


def in_projects(projects: Sequence[str], side: str = "") -> str:
    """The condition that an item is in one of these projects."""
    names = ", ".join(f"'{one.replace(chr(39), chr(39) * 2)}'" for one in projects)
    return f"{side}[System.TeamProject] IN ({names})"


def of_scope(scope: Scope) -> str:
    """The condition that an item is in scope."""
    return f"{in_projects(scope.projects)} AND ({scope.query})" if scope.query else in_projects(scope.projects)


def ids_where(client: AzureClient, condition: str, watch: Watch | None = None, *, at_most: int = FOUND_AT_MOST) -> Iterator[int]:
    """
    The ids of all items that fulfil a condition, rising.

    An answer that is full is followed by a question for the ids after its last one. Where the tracker refuses to answer
    so much at all, it is asked for ranges of ids that are narrow enough.
    """

    def ask(after: int, upto: int | None) -> list[int] | None:
        text = f"SELECT [System.Id] FROM WorkItems WHERE {_ranged(condition, '', after, upto)} ORDER BY [System.Id]"
        found = _asked(client, FoundItems, text, at_most)
        if found is None:
            return None
        if watch is not None:
            watch.saw(found.as_of)
        return [row.id for row in found.work_items]

    yield from _walked(ask, at_most, lambda row: row)


def links_where(client: AzureClient, condition: str, *, at_most: int = FOUND_AT_MOST) -> Iterator[FoundLink]:
    """All links between items whose source fulfils a condition."""

    def ask(after: int, upto: int | None) -> list[FoundLink] | None:
        text = f"SELECT [System.Id] FROM WorkItemLinks WHERE ({_ranged(condition, '[Source].', after, upto)}) MODE (MustContain)"
        found = _asked(client, FoundLinks, text, at_most)
        # A full answer may end in the middle of an item's links.
        return None if found is None or len(found.work_item_relations) >= at_most else list(found.work_item_relations)

    for row in _walked(ask, at_most, None):
        if row.rel is not None and row.source is not None and row.target is not None:
            yield row


def selected(client: AzureClient, scope: Scope, ids: Sequence[int]) -> frozenset[int]:
    """Those of ``ids`` that the query of the scope selects; all of them when it has none."""
    if not scope.query:
        return frozenset(ids)
    found: set[int] = set()
    for some in _fitting(ids, LONGEST - len(scope.query) - 200):
        found.update(ids_where(client, f"[System.Id] IN ({some}) AND ({scope.query})"))
    return frozenset(found)


def digests(links: Iterator[FoundLink]) -> dict[int, int]:
    """Item -> a number that is another one when its links are others, whatever their order."""
    sums: dict[int, int] = {}
    for link in links:
        if link.source is not None and link.target is not None:
            sums[link.source.id] = (sums.get(link.source.id, 0) + zlib.crc32(f"{link.rel} {link.target.id}".encode())) & 0xFFFFFFFF
    return sums


def _walked(ask: Callable[[int, int | None], list[_Row] | None], at_most: int, number: Callable[[_Row], int] | None) -> Iterator[_Row]:
    after, width = 0, None
    while True:
        upto = None if width is None else after + width
        rows = ask(after, upto)
        if rows is None:
            width = _narrower(width, at_most)
            continue
        yield from rows
        if number is not None and len(rows) >= at_most:
            before, after = after, max(map(number, rows))
            if after <= before:
                raise RunError("Azure DevOps answers a query for the ids after one with that one again. Run again later.")
        elif upto is None:
            return
        else:
            after, width = upto, _next_width(upto - after, len(rows), at_most)


def _next_width(width: int, found: int, at_most: int) -> int | None:
    """A range that brought little is followed by a wider one; one that brought nothing may have been the last."""
    if not found:
        return None
    return width * 2 if found < at_most // 4 else width


def _narrower(width: int | None, at_most: int) -> int:
    if width == 1:
        raise RunError("Azure DevOps refuses a query for the links of a single item. Run again later.")
    return at_most if width is None else width // 2


def _ranged(condition: str, side: str, after: int, upto: int | None) -> str:
    ranged = condition + (f" AND {side}[System.Id] > {after}" if after else "")
    return ranged if upto is None else f"{ranged} AND {side}[System.Id] <= {upto}"


def _asked(client: AzureClient, shape: type[_Shape], text: str, at_most: int) -> _Shape | None:
    """``None`` when the answer would be too large or take too long."""
    if len(text) > LONGEST:
        raise RunError("scope.query is too long for Azure DevOps: with the projects it must stay below 32,000 characters.")
    try:
        # Dates in a query count whole days unless asked otherwise, and a time in one is then an error.
        return client.read(WIQL, shape, query={"timePrecision": True, "$top": at_most}, body={"query": text})
    except RefusedError as refused:
        if refused.code in _TOO_MUCH:
            return None
        raise RunError(
            f"scope.query is not accepted by Azure DevOps ({refused.code or refused.status}): it must be a WIQL condition, and "
            "scope.projects must name projects."
        ) from refused


def _fitting(ids: Sequence[int], room: int) -> Iterator[str]:
    """The ids, separated by commas, in texts that are no longer than ``room``."""
    some: list[str] = []
    length = 0
    for one in map(str, ids):
        if some and length + len(one) + 2 > room:
            yield ", ".join(some)
            some, length = [], 0
        some.append(one)
        length += len(one) + 2
    if some:
        yield ", ".join(some)
