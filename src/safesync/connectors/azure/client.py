"""How to speak to Azure DevOps: one request after another, each counted, judged, and repeated only when that is safe."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from safesync.connectors.azure.address import advice_on
from safesync.connectors.azure.answers import judged, unanswered
from safesync.connectors.azure.resources import READING_POSTS, Resource
from safesync.connectors.patience import Patience, asked_pause_s, moment
from safesync.connectors.port import Access, Calls
from safesync.model.errors import ConfigurationError, RunError, SafeSyncError, UnknownOutcomeError

_Shape = TypeVar("_Shape")
_CACHE_FOLDER = "AZURE_DEVOPS_CACHE_DIR"
_USER_AGENT = "safesync"


class AzureClient:
    """One organisation, as one identity. Opens nothing before the first call."""

    def __init__(self, access: Access, *, patience: Patience, calls: Calls, clock: Callable[[], datetime]) -> None:
        if access.entra is not None and find_spec("azure.identity") is None:
            raise ConfigurationError("auth.entra needs a package that is not installed: pip install 'safesync[azure]'")
        self.clock_skew_s = 0.0
        self._access = access
        self._patience = patience
        self._calls = calls
        self._clock = clock
        self._organisation: Any = None

    def renew(self) -> None:
        """A new run begins: what was waited before does not count against it."""
        self._patience.renew()

    def read(
        self,
        resource: Resource,
        shape: type[_Shape],
        *,
        route: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        body: Any = None,
    ) -> _Shape:
        """What the resource answers, as ``shape``; with a ``body`` it is one of the POSTs that change nothing."""
        answer = self._send("GET" if body is None else "POST", resource, route=route, query=query, body=body)
        return self._decoded(answer, shape, resource)

    def write(
        self,
        method: str,
        resource: Resource,
        shape: type[_Shape],
        *,
        route: Mapping[str, str],
        query: Mapping[str, object] | None = None,
        body: Any = None,
        media_type: str = "application/json",
    ) -> _Shape:
        """
        What a write answers; sent once.

        ``UnknownOutcomeError`` when it was sent and not answered, answered by a failing server, or answered with what
        nobody can read: a good status before a broken body says that it has probably happened.
        """
        answer = self._send(method, resource, route=route, query=query, body=body, media_type=media_type)
        try:
            return self._decoded(answer, shape, resource)
        except RunError as error:
            raise UnknownOutcomeError(f"{error} It may have happened.") from error

    def newest(self, resource: Resource) -> float | None:
        """The newest version in which the site serves a resource, ``None`` where it does not; discovered, not asked for again."""
        with self._understood():
            found: float | None = self._connected().newest(resource.location)
        return found

    def close(self) -> None:
        """Give back connections."""
        if self._organisation is not None:
            self._organisation.close()
            self._organisation = None

    def _send(
        self,
        method: str,
        resource: Resource,
        *,
        route: Mapping[str, str] | None,
        query: Mapping[str, object] | None,
        body: Any,
        media_type: str = "application/json",
    ) -> Any:
        with self._understood():
            speaker = self._connected().speaker(resource.door.value)
            return speaker._send(  # noqa: SLF001  # the package has no other way to send what it has no method for
                http_method=method,
                location_id=resource.location,
                version=resource.version,
                route_values={name: quote(value, safe="") for name, value in (route or {}).items()},
                query_parameters={name: quote(_text(value), safe="") for name, value in (query or {}).items()},
                content=body,
                media_type=media_type,
            )

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except SafeSyncError:
            raise
        except Exception as error:  # the package raises ValueError, DeserializationError and more for an answer it did not expect
            self.start_anew()
            advice = advice_on(self._access.url, ())
            raise RunError(f"{self._access.url} does not answer like Azure DevOps ({type(error).__name__}). {advice}") from error

    def start_anew(self) -> None:
        """Discover again next time: a broken answer of the discovery would be believed until this process ends, and after."""
        if self._organisation is not None:
            self.close()
            from safesync.connectors.azure import library  # noqa: PLC0415  # as below

            library.forget()

    def _connected(self) -> Any:
        if self._organisation is None:
            _private_cache()
            from safesync.connectors.azure import credentials, library  # noqa: PLC0415  # the package makes its cache folder while imported

            signing = credentials.signing(self._access)
            self._organisation = library.Organisation(self._access.url.rstrip("/"), signing, _USER_AGENT, self._carry)
        return self._organisation

    def _carry(self, method: str, url: str, send: Callable[[], Any]) -> Any:
        path = urlsplit(url).path
        what = f"{self._access.name}: {method} {path}"
        reading = method in {"GET", "HEAD", "OPTIONS"} or (method == "POST" and path.lower().endswith(READING_POSTS))
        return self._patience.ask(lambda: self._once(send, what, reading=reading), what)

    def _once(self, send: Callable[[], Any], what: str, *, reading: bool) -> Any:
        if reading:
            self._calls.reads += 1
        else:
            self._calls.writes += 1
        try:
            answer = send()
        except Exception as error:
            raise unanswered(error, what, reading=reading) from error
        after_s = self._heeded(answer.headers)
        judged(answer.status_code, answer.headers, answer.content, what, reading=reading, after_s=after_s)
        return answer

    def _heeded(self, headers: Mapping[str, str]) -> float | None:
        """The pause that was asked for, which good answers ask for too; the tracker's clock is compared on the way."""
        now = self._clock()
        if (theirs := moment(headers.get("Date", ""))) is not None:
            self.clock_skew_s = (theirs - now).total_seconds()
        after_s = asked_pause_s(headers, now)
        if after_s:
            self._patience.hold(after_s)
        return after_s

    def _decoded(self, answer: Any, shape: type[_Shape], resource: Resource) -> _Shape:
        try:
            return msgspec.json.decode(answer.content or b"null", type=shape)
        except msgspec.MsgspecError as error:
            raise RunError(f"{self._access.name}: an answer of {resource.door} has a shape we do not know ({error}).") from error


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _private_cache() -> None:
    """
    Let the package keep its discovery in a folder of this process alone.

    Its own folder in the home directory is shared by all processes without a lock, hides an upgraded server for twelve hours, and
    makes the import fail where the home directory cannot be written.
    """
    if _CACHE_FOLDER not in os.environ:
        folder = tempfile.mkdtemp(prefix="safesync-azure-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ[_CACHE_FOLDER] = folder
