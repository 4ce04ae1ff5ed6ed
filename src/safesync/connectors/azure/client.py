"""How to speak to Azure DevOps: one request after another, each counted, judged, and repeated only when that is safe."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from safesync.connectors.azure.address import advice_on
from safesync.connectors.azure.answers import SignInPageError, TokenRefusedError, bare, judged, unanswered, whole
from safesync.connectors.azure.nulls import without_nulls
from safesync.connectors.azure.resources import READING_POSTS, Resource
from safesync.connectors.characters import mended
from safesync.connectors.decoders import decoder
from safesync.connectors.gate import Errand, errand
from safesync.connectors.inspection import Quota
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Calls
from safesync.connectors.throttle import Throttle, moment, throttle
from safesync.model.errors import ConfigurationError, RunError, SafeSyncError, UnknownOutcomeError

_Shape = TypeVar("_Shape")
_CACHE_FOLDER = "AZURE_DEVOPS_CACHE_DIR"
_USER_AGENT = "safesync"
_BELIEVES = ContextVar("believes_strangers", default=False)
_ITEM = re.compile(r"/workitems/(\d+)", re.IGNORECASE)


class AzureClient:
    """One organisation, as one identity, for any number of threads. Opens nothing before the first call."""

    def __init__(self, access: Access, *, patience: Patience, calls: Calls, clock: Callable[[], datetime]) -> None:
        if access.entra is not None and find_spec("azure.identity") is None:
            raise ConfigurationError("auth.entra needs a package that is not installed: pip install 'safesync[azure]'")
        self.clock_skew_s = 0.0
        self.quota = Quota()
        self._access = access
        self._patience = patience
        self._calls = calls
        self._clock = clock
        self._organisation: Any = None
        self._known = False
        """Whether this token was ever accepted here."""
        self._opening = threading.RLock()

    @contextmanager
    def believing_strangers(self) -> Iterator[None]:
        """Inside, what something on the way keeps from us is not asked for again: ``BarredError`` at once."""
        before = _BELIEVES.set(True)
        try:
            yield
        finally:
            _BELIEVES.reset(before)

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
        with self._opening:
            closed, self._organisation = self._organisation, None
        if closed is not None:
            closed.close()
        self._patience.close()

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
        with self._opening:
            if self._organisation is None:
                _private_cache()
                from safesync.connectors.azure import credentials, library  # noqa: PLC0415  # the package makes its cache folder while imported

                signing = credentials.signing(self._access)
                self._organisation = library.Organisation(self._access.url.rstrip("/"), signing, _USER_AGENT, self._carry)
            return self._organisation

    def _carry(self, method: str, url: str, send: Callable[[], Any]) -> Any:
        path = urlsplit(url).path
        reading = method in {"GET", "HEAD", "OPTIONS"} or (method == "POST" and path.lower().endswith(READING_POSTS))
        about = errand(self._access.name, method, path, writes=not reading, items=_ITEM)
        ask = partial(self._patience.ask, lambda: self._once(send, about), about, believes_strangers=_BELIEVES.get())
        try:
            return ask()
        except (SignInPageError, TokenRefusedError) as refused:
            if not self._known or (about.writes and isinstance(refused, SignInPageError)):
                raise
        # One of several servers that had a mishap says so of a good token too. Neither of its answers comes after the deed.
        return ask()

    def _once(self, send: Callable[[], Any], about: Errand) -> Any:
        reading = not about.writes
        self._calls.count(reading=reading)
        try:
            answer = send()
        except Exception as error:
            raise unanswered(error, about.what, reading=reading) from error
        told = self._heeded(answer.status_code, answer.headers)
        self._patience.heed(about, told)
        judged(answer.status_code, answer.headers, answer.content, about.what, reading=reading, after_s=told.pause_s, known=self._known)
        if reading:
            whole(answer.content)
        self._known = True
        return answer

    def _heeded(self, status: int, headers: Mapping[str, str]) -> Throttle:
        """What is asked of us, which good answers do too; the tracker's clock is compared on the way."""
        self.quota.heard(headers)
        now = self._clock()
        if (theirs := moment(headers.get("Date", ""))) is not None:
            self.clock_skew_s = (theirs - now).total_seconds()
        return throttle(status, headers, now)

    def _decoded(self, answer: Any, shape: type[_Shape], resource: Resource) -> _Shape:
        content = bare(answer.content) or b"null"
        try:
            try:
                return _shaped(content, shape)
            except (msgspec.DecodeError, UnicodeDecodeError):
                return _shaped(mended(content), shape)
        except msgspec.MsgspecError as error:
            raise RunError(f"an answer of {resource.door} has a shape we do not know ({error}).") from error


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def _shaped(content: bytes, shape: type[_Shape]) -> _Shape:
    try:
        return decoder(shape).decode(content)
    except msgspec.ValidationError:
        return msgspec.convert(without_nulls(msgspec.json.decode(content), shape), type=shape)


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
