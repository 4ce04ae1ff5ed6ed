"""The site behind its REST API."""

from __future__ import annotations

from dataclasses import replace

from starlette.routing import BaseRoute, Route

from safesync.connectors.sandbox.jira import agile, center, commenting, issues, metadata, searching
from safesync.connectors.sandbox.jira.answers import Endpoint
from safesync.connectors.sandbox.jira.gate import guarded
from safesync.connectors.sandbox.jira.state import Clock, JiraSite

_CLOUD = (*metadata.ENDPOINTS, *searching.ENDPOINTS, *issues.ENDPOINTS, *commenting.ENDPOINTS, *agile.ENDPOINTS)
_LATEST = tuple(replace(each, path=each.path.replace("/api/2/", "/api/latest/")) for each in center.ENDPOINTS if "/api/2/" in each.path)
_DATA_CENTER = (*center.ENDPOINTS, *_LATEST)


def routes(site: JiraSite, clock: Clock | None = None) -> list[BaseRoute]:
    """The REST API of a site, to be mounted where the site shall be; ``clock`` replaces the site's own."""
    if clock is not None:
        site.clock = clock
    every = _CLOUD if site.edition.cloud else _DATA_CENTER
    unknown = metadata.unknown if site.edition.cloud else center.missing
    known: list[BaseRoute] = [Route(each.path, guarded(site, each), methods=[each.method]) for each in every]
    others = [Endpoint(method, "/rest/{rest:path}", unknown) for method in ("GET", "POST", "PUT", "DELETE", "PATCH")]
    return [*known, *(Route(each.path, guarded(site, each), methods=[each.method]) for each in others)]
