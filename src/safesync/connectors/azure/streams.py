"""The two reports that tell what changed: every saved revision, and every link made or cut, which no revision mentions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from safesync.connectors.azure.answers import RefusedError, TokenRefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import REVISION_FIELDS, Batch, LinkChange, LinkChanges, Revision, Revisions
from safesync.connectors.azure.resources import LINKS, REVISIONS, Resource
from safesync.connectors.lanes import side_by_side
from safesync.model.errors import RunError, SafeSyncError

_Page = TypeVar("_Page", bound=Batch)
_STALE = {400, 404, 410}
_REVISIONS_QUERY = {
    "includeIdentityRef": True,
    "includeDeleted": True,
    "$maxPageSize": 1000,
}


class StaleTokenError(SafeSyncError):
    """A report does not know the place that an earlier one ended at: all must be read again."""


class ReportsRefusedError(SafeSyncError):
    """The reports are not for us: no permission, or no such thing on this server. Queries must tell what changed."""


class ProjectHiddenError(ReportsRefusedError):
    """The report of one project is not there: the project is not, any more."""


class Stream:
    """
    Where a report has been read to; ``token`` is the place to go on from once all of it was taken.

    Asked of the whole organisation, to be followed: a report of one project would lose items that move between two. Asked of
    a ``project``, to be read once: what all the others did since they began is of no use. ``also`` are fields of revisions that not
    every site has; one that it does not know it would refuse altogether.
    """

    def __init__(self, client: AzureClient, token: str = "", *, project: str | None = None, also: Iterable[str] = ()) -> None:
        self._client = client
        self._fields = {"fields": ",".join((*REVISION_FIELDS, *also))}
        self._route = {} if project is None else {"project": project}
        self.token = token

    def revisions(self, since: datetime | None = None) -> Iterator[Revision]:
        """Every revision after the token, or after ``since``; one may come twice."""
        for page in self.revision_pages(since):
            yield from page

    def revision_pages(self, since: datetime | None = None) -> Iterator[tuple[Revision, ...]]:
        """The same, page by page as they are told."""
        for page in self._pages(REVISIONS, Revisions, {**_REVISIONS_QUERY, **self._fields}, since):
            yield page.values

    def links(self, since: datetime | None = None) -> Iterator[LinkChange]:
        """Every link made or cut after the token; without one, after ``since``, where everything before is known otherwise."""
        for page in self._pages(LINKS, LinkChanges, {}, since):
            yield from page.values

    def _pages(self, resource: Resource, shape: type[_Page], query: dict[str, object], since: datetime | None) -> Iterator[_Page]:
        passed = {self.token}
        first = {"startDateTime": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if since else {}
        while True:
            page = self._page(resource, shape, query | ({"continuationToken": self.token} if self.token else first))
            self.token = page.continuation_token or _token_of(page.next_link) or self.token
            yield page
            if page.is_last_batch or (page.is_last_batch is None and (self.token in passed or not page.told)):
                return
            if self.token in passed:
                # Read again and again it would never end; believed to be the end it would lose what follows.
                raise RunError("Azure DevOps gave the same place in its report twice and said there is more. Run again later.")
            passed.add(self.token)

    def _page(self, resource: Resource, shape: type[_Page], query: dict[str, object]) -> _Page:
        try:
            return self._asked(resource, shape, query)
        except RefusedError as refused:
            if refused.status in _STALE and self.token:
                raise StaleTokenError(str(refused)) from refused
            kind = ProjectHiddenError if refused.status == 404 and self._route else ReportsRefusedError
            raise kind(str(refused)) from refused

    def _asked(self, resource: Resource, shape: type[_Page], query: dict[str, object]) -> _Page:
        """Whoever asks has just proven who it is: a token that is refused here, twice, is good, but not for this question."""
        try:
            return self._client.read(resource, shape, route=self._route, query=query)
        except TokenRefusedError as refused:
            raise ReportsRefusedError(str(refused)) from refused


def together(*readings: Callable[[], None], lanes: int) -> None:
    """Both reports side by side: neither needs what the other tells."""
    for _ in side_by_side(readings, min(len(readings), lanes)):
        pass


def ends(changes: Iterable[LinkChange]) -> Iterator[int]:
    """The items at both ends of links."""
    yield from (one for change in changes for one in (change.source_id, change.target_id) if one is not None)


def follow(stream: Stream, report: Callable[[datetime | None], Iterable[Any]], since: datetime) -> None:
    """To the place at the end of a report: all of it, where one that had nothing to tell ``since`` named none."""
    for told in (since, None):
        if not stream.token:
            for _ in report(told):
                pass


def _token_of(link: str | None) -> str:
    return next(iter(parse_qs(urlsplit(link).query).get("continuationToken", ())), "") if link else ""
