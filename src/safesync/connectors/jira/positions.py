"""
Reads a search of a Jira Data Center, whose pages are found by their position, side by side and without a gap.

Positions are not stable: an issue that leaves what is searched draws all behind it forward, and one of them would stand
on no page. So each page begins with the last issue of the page before. When it does not, something moved, and the way
there is walked again. The order is one that no change of an issue disturbs (see ``jql``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.lanes import side_by_side
from safesync.model.errors import RunError

Raw = dict[str, Any]
_PATIENCE = 3
"""How many pages in a row may bring nothing although more is said to follow."""


@dataclass(frozen=True, slots=True)
class _Page:
    start: int
    size: int
    """How many issues a page holds at most, by the server's own word."""
    total: int
    issues: list[Raw]


@dataclass(slots=True)
class Positions:
    """One search under way: ``size`` issues a page at most, fewer where the server says so."""

    client: JiraClient
    query: str
    fields: Sequence[str]
    size: int
    _seen: set[int] = field(default_factory=set)
    """Ids. Whatever stood before one of them when it was read is among them too, for only pages that join are added."""
    _end: int = 0
    """Everything before this position was seen."""
    _total: int = 0
    _done: bool = False
    """Whether the last page that joined was the end, by the numbers of its own moment."""

    def pages(self, lanes: int) -> Iterator[list[Raw]]:
        """The issues, each once; ``RunError`` when the server does not show what it says is there."""
        first = self._read(0)
        yield self._new(first)
        stride = first.size - 1
        if stride > 0:
            starts = range(stride, first.total - 1, stride)
            for page in side_by_side((partial(self._read, start) for start in starts), lanes):
                if not self._joins(page):
                    yield from self._walk(page.start + 1)
                if self._joins(page):
                    yield self._new(page)
        yield from self._walk(None)

    def _joins(self, page: _Page) -> bool:
        """Whether nothing can stand between what was seen and this page."""
        return page.start == 0 or not page.issues or int(page.issues[0]["id"]) in self._seen

    def _new(self, page: _Page) -> list[Raw]:
        """What a page that joins shows for the first time."""
        fresh = [one for one in page.issues if int(one["id"]) not in self._seen]
        self._seen.update(int(one["id"]) for one in fresh)
        self._total = page.total
        if page.issues:
            self._end = page.start + len(page.issues)
        # A page behind the end proves nothing: what stood there before may have been drawn forward, unseen.
        self._done = self._end >= page.total if page.issues else page.total == 0
        return fresh

    def _walk(self, until: int | None) -> Iterator[list[Raw]]:
        """From where we are up to a position, or to the end: page by page, and back where something moved."""
        idle = 0
        while not self._done if until is None else self._end < min(until, self._total):
            if idle == _PATIENCE:
                raise RunError(f"Jira says that {self._total} issues are there, but shows {self._end}. Run again.")
            page = self._read(max(min(self._end, self._total) - 1, 0))
            while not self._joins(page):
                page = self._read(max(page.start - max(page.size - 1, 1), 0))
            fresh = self._new(page)
            idle = 0 if fresh else idle + 1
            yield fresh

    def _read(self, start: int) -> _Page:
        body = {"jql": self.query, "startAt": start, "maxResults": self.size, "fields": list(self.fields), "expand": ["changelog"]}
        try:
            answer = self.client.read("POST", "search", body=body)
        except RefusedError as error:
            raise RunError(f"Jira refused the search ({error.status}). Check the scope's projects and jql: {self.query}") from error
        if not isinstance(answer, dict) or not isinstance(answer.get("issues"), list):
            raise RunError("the answer to a search holds no issues. Check the address.")
        if (told := answer.get("startAt")) is not None and int(told) != start:
            raise RunError(f"Jira was asked for the issues from {start} on and answered with others. Run again.")
        size = max(min(self.size, int(answer.get("maxResults") or self.size)), 1)
        return _Page(start, size, int(answer["total"]), answer["issues"])
