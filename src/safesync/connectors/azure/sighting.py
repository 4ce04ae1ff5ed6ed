"""Where items were seen last in a stream of revisions, and what queries tell where there is no such stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from safesync.connectors.azure import values
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.cursor import Queried
from safesync.connectors.azure.documents import Revision
from safesync.connectors.azure.queries import Watch, digests, ids_where, in_projects, links_where, of_scope
from safesync.connectors.port import Scope

OVERLAP = timedelta(minutes=10)
"""Queries see a change a little late: what changed shortly before the last one is asked for again."""
LINKS_EVERY = timedelta(hours=1)
FEW_LINKS = 3_000
"""Of as many items the links are asked for in every run: it takes a call or two. Where there are more, once an hour."""
_ELSEWHERE, _DELETED, _THERE = range(3)


@dataclass(slots=True)
class Sightings:
    """Where each item was by its newest revision; in what order they come, and how often, makes no difference."""

    _newest: dict[int, int] = field(default_factory=dict)

    def take(self, revision: Revision, *, mine: bool) -> None:
        """One more; ``mine`` says whether its project is in scope."""
        place = (_DELETED if revision.deleted else _THERE) if mine else _ELSEWHERE
        self._newest[revision.id] = max(self._newest.get(revision.id, 0), revision.rev * 4 + place)

    def there(self) -> set[int]:
        """Those that are in scope."""
        return self._at(_THERE)

    def deleted(self) -> set[int]:
        """Those that were deleted in scope. One that moved away is in neither: the next census tells."""
        return self._at(_DELETED)

    def _at(self, place: int) -> set[int]:
        return {one for one, newest in self._newest.items() if newest % 4 == place}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Queries of one pull, in place of reports; ``now`` is the server's time as far as we know it."""

    client: AzureClient
    scope: Scope
    now: datetime

    def everything(self) -> tuple[list[int], Queried]:
        """The ids of all items in scope, and how far that has told everything."""
        watch = Watch()
        links = self._links()
        found = [*ids_where(self.client, of_scope(self.scope), watch)]
        as_of = self._as_of(watch)
        return found, Queried(as_of, links, min(as_of, self.now))

    def since(self, before: Queried) -> tuple[set[int], Queried]:
        """The ids of items that changed or whose links did."""
        watch = Watch()
        since = f"{(before.as_of - OVERLAP).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        touched = set(ids_where(self.client, f"{of_scope(self.scope)} AND [System.ChangedDate] >= '{since}'", watch))
        as_of = self._as_of(watch)
        if len(before.links) > FEW_LINKS and as_of - before.links_as_of < LINKS_EVERY:
            return touched, Queried(as_of, before.links, before.links_as_of)
        links = self._links()
        return touched | _differing(before.links, links), Queried(as_of, links, as_of)

    def _links(self) -> dict[int, int]:
        return digests(links_where(self.client, in_projects(self.scope.projects, "[Source].")))

    def _as_of(self, watch: Watch) -> datetime:
        # Never later than our own idea of the server's time: a time that comes too late would hide changes for ever.
        told = values.moment(watch.as_of) if watch.as_of else self.now
        return min(told, self.now + OVERLAP)


def _differing(one: dict[int, int], other: dict[int, int]) -> set[int]:
    return {number for number in one.keys() | other.keys() if one.get(number) != other.get(number)}
