"""
The azure-devops package with its habits taken away.

Left alone, 7.1.0b4 repeats calls by itself, follows redirects to a sign-in page, hides status and headers of every answer, asks
a host outside the organisation for what it does not find, and builds objects for 68 ms where JSON takes 5. So it keeps what it is
good at (where an area is served, routes, version negotiation, authentication) and hands each single request to ``carry``.

Import this module through ``client.AzureClient`` only: the package makes its cache folder while it is imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from azure.devops._file_cache import OPTIONS_CACHE, RESOURCE_CACHE
from azure.devops.client import Client
from azure.devops.connection import Connection
from azure.devops.v7_1.core import CoreClient
from azure.devops.v7_1.location import LocationClient
from azure.devops.v7_1.work import WorkClient
from azure.devops.v7_1.work_item_tracking import WorkItemTrackingClient
from msrest.universal_http.requests import ClientRetryPolicy

from safesync.connectors.azure.credentials import EntraBearer, Pat
from safesync.model.errors import RunError

TIMEOUT_S = (5, 60)
_HOSTS_OF_MICROSOFT = ("dev.azure.com", "visualstudio.com")

ClientRetryPolicy.safe_codes = range(999)
"""No status is repeated. To find out which ones are, each client would look up a thousand numbers in a list: 10 ms, eight times a run."""
Carry = Callable[[str, str, Callable[[], Any]], Any]
"""(method, URL, send once) -> the answer; everything about repeating, counting and judging stands there."""


class Speaker:
    """What every client of the package becomes: one request, sent once, through ``carry``."""

    carry: Carry
    prove: Callable[[], None]

    def __init__(self, base_url: str, creds: Any) -> None:
        super().__init__(base_url, creds)  # type: ignore[call-arg]
        self.config: Any
        self._client: Any
        # Changed in place: the session of this thread holds this very object already.
        policy = self.config.retry_policy.policy
        policy.total = policy.connect = policy.read = policy.status = policy.redirect = policy.other = 0
        policy.respect_retry_after_header = False
        self.config.keep_alive = True

    def _send_request(self, request: Any, headers: Any = None, content: Any = None, media_type: Any = None, **_: Any) -> Any:  # noqa: ARG002  # the package's own signature
        self.prove()

        def once() -> Any:
            return self._client.send(
                request=request, headers=headers, content=content, stream=False, allow_redirects=False, timeout=TIMEOUT_S
            )

        return self.carry(request.method, request.url, once)

    @staticmethod
    def _negotiate_request_version(location: Any, version: Any) -> Any:
        # The package asks for a version as if it were released, of a server that knows it in preview only and refuses it then.
        found = Client._negotiate_request_version(location, version)  # noqa: SLF001  # it is ours to be corrected
        if location is None or not found or "-" in found:
            return found
        released = float(location.released_version or 0)
        if released >= float(found):
            return found
        return str(released) if released else f"{found}-preview"

    def _get_deployment_url(self) -> None:
        # The package would ask the parent of the organisation, with our token, for what the organisation does not serve.
        return None


class Places(Speaker, LocationClient):  # type: ignore[misc]
    """Who we are, and where the other areas are served."""


class WorkItems(Speaker, WorkItemTrackingClient):  # type: ignore[misc]
    """Work items, comments, reports."""


class Work(Speaker, WorkClient):  # type: ignore[misc]
    """Boards and the areas of teams."""


class Core(Speaker, CoreClient):  # type: ignore[misc]
    """Projects and teams."""


class Tests(Speaker, Client):  # type: ignore[misc]
    """Results of tests; the package's own client of them has hundreds of classes that nobody here needs."""

    resource_area_identifier = "c2aa639c-3ccc-4740-b3b6-ce2a1e1d984e"


class Organisation(Connection):  # type: ignore[misc]
    """One organisation, as one identity."""

    def __init__(self, url: str, signing: Pat | EntraBearer, user_agent: str, carry: Carry) -> None:
        super().__init__(base_url=url, creds=signing, user_agent=user_agent)
        self._carry = carry
        self._prove = signing.prove
        self._resource_areas: Any
        self._discovering = threading.RLock()  # the package makes its clients, and asks where areas are, without one

    def speaker(self, name: str) -> Any:
        """The client of that name in this module, made once."""
        with self._discovering:
            return self.get_client(f"{__name__}.{name}")

    def newest(self, location_id: str) -> float | None:
        """The newest version in which a resource is served, ``None`` where it is not served at all."""
        location = self.speaker("Places")._get_organization_resource_location(location_id)  # noqa: SLF001  # as in the client
        return None if location is None else float(location.max_version)

    def close(self) -> None:
        """Give back the connections of this thread."""
        for client in self._client_cache.values():
            client._client.close()  # noqa: SLF001  # the package closes nothing by itself

    def _get_client_instance(self, client_class: Any) -> Any:
        client = super()._get_client_instance(client_class)
        client.carry = self._carry
        client.prove = self._prove
        return client

    def _get_resource_areas(self, force: bool = False) -> Any:
        if self._resource_areas is None or force:
            self._resource_areas = self.speaker("Places").get_resource_areas() or []
        return self._resource_areas

    def _get_deployment_resource_area_from_sps(self, resource_id: str) -> None:  # noqa: ARG002  # the package's own signature
        return None

    def _get_url_for_client_instance(self, client_class: Any) -> str:
        url = str(super()._get_url_for_client_instance(client_class))
        if not _same_house(url, self.base_url):
            raise RunError(f"{self.base_url} names {urlsplit(url).hostname} for its work items: our token is not sent there.")
        return url


def forget() -> None:
    """Drop all that was discovered: the package keeps a broken answer as long as the process lives, and on disk for half a day."""
    Client._locations_cache.clear()  # noqa: SLF001  # the package has no other way
    for cache in (OPTIONS_CACHE, RESOURCE_CACHE):
        with suppress(OSError):  # of several processes another one was faster
            cache.clear()
        cache.load()  # what it clears is its file alone


def _same_house(url: str, organisation: str) -> bool:
    theirs, ours = urlsplit(url), urlsplit(organisation)
    if (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc):
        return True
    return theirs.scheme == "https" and all(
        any(f".{side.hostname}".endswith(f".{host}") for host in _HOSTS_OF_MICROSOFT) for side in (theirs, ours)
    )
