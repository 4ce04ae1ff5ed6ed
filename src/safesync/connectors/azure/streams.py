"""The two reports that tell what changed: every saved revision, and every link made or cut, which no revision mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import REVISION_FIELDS, Batch, LinkChange, LinkChanges, Revision, Revisions
from safesync.connectors.azure.resources import LINKS, REVISIONS, Resource
from safesync.model.errors import RunError, SafeSyncError

_Page = TypeVar("_Page", bound=Batch)
_REVISIONS_QUERY = {
    "fields": ",".join(REVISION_FIELDS),
    "includeIdentityRef": True,
    "includeDeleted": True,
    "$maxPageSize": 1000,
}


class StaleTokenError(SafeSyncError):
    """A report does not know the place that an earlier one ended at: all must be read again."""


class Stream:
    """
    Where a report has been read to; ``token`` is the place to go on from once all of it was taken.

    Asked of the whole organisation, not of a project: a report of one project would lose items that move between two.
    """

    def __init__(self, client: AzureClient, token: str = "") -> None:
        self._client = client
        self.token = token

    def revisions(self) -> Iterator[Revision]:
        """Every revision after the token; those of one item in their order."""
        for page in self._pages(REVISIONS, Revisions, _REVISIONS_QUERY):
            yield from page.values

    def links(self) -> Iterator[LinkChange]:
        """Every link made or cut after the token."""
        for page in self._pages(LINKS, LinkChanges, {}):
            yield from page.values

    def _pages(self, resource: Resource, shape: type[_Page], query: dict[str, object]) -> Iterator[_Page]:
        while True:
            page = self._page(resource, shape, query | ({"continuationToken": self.token} if self.token else {}))
            before, self.token = self.token, page.continuation_token or _token_of(page.next_link) or self.token
            yield page
            if page.is_last_batch:
                return
            if self.token == before:
                # Read again and again it would never end; believed to be the end it would lose what follows.
                raise RunError("Azure DevOps gave the same place in its report twice and said there is more. Run again later.")

    def _page(self, resource: Resource, shape: type[_Page], query: dict[str, object]) -> _Page:
        try:
            return self._client.read(resource, shape, query=query)
        except RefusedError as refused:
            if refused.status == 400 and self.token:
                raise StaleTokenError(str(refused)) from refused
            raise


def _token_of(link: str | None) -> str:
    return next(iter(parse_qs(urlsplit(link).query).get("continuationToken", ())), "") if link else ""
