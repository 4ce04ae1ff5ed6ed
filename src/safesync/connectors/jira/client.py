"""
How to speak to one Jira Cloud site: the only file that knows HTTP and the ``jira`` package.

We take from the package what it is good at: the session with its authentication and certificates, and the addresses.
Sending, repeating and reading are ours, because it repeats POSTs, hides status codes and crashes on a date in
``Retry-After`` (measured with 3.10.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import requests
from jira import JIRA
from urllib3.exceptions import NewConnectionError

from safesync.connectors.inspection import Quota
from safesync.connectors.patience import Patience, advice, asked_pause_s, moment
from safesync.connectors.port import Access, Calls
from safesync.model.errors import ConflictError, ItemError, RetryableError, RunError, UnknownOutcomeError

CLOUD_VERSION = (1001, 0, 0)
_TIMEOUT_S = (5.0, 60.0)
_HEADERS = {"Accept-Language": "en", "X-Force-Accept-Language": "true"}  # names of types and states come in one language
_DENIED = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


class RefusedError(ItemError):
    """Jira understood and said no; ``fields`` are the names of the fields it complained about."""

    def __init__(self, message: str, status: int, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.fields = fields


class JiraClient:
    """Requests to one site as one account. ``skew_s`` is how far its clock is ahead of ours, by its last answer."""

    def __init__(self, access: Access, calls: Calls, *, patience: Patience, clock: Callable[[], datetime]) -> None:
        self.name = access.name
        self.skew_s = 0.0
        self.quota = Quota()
        self._access = access
        self._calls = calls
        self._patience = patience
        self._clock = clock
        self._account: str | None = None
        self._jira = _session_of(access)

    def server_now(self) -> datetime:
        """The time at the site, as far as its answers tell."""
        return self._clock() + timedelta(seconds=self.skew_s)

    def renew(self) -> None:
        """A new run begins: who we are is to be proven again, and patience is fresh."""
        self._account = None
        self._patience.renew()

    def read(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None, agile: bool = False) -> Any:
        """The decoded answer; sent again while the site is busy. ``RefusedError`` when it says no."""

        def once() -> Any:
            self._calls.reads += 1
            try:
                response = self._send(method, path, params, body, agile=agile)
            except requests.RequestException as error:
                raise RetryableError(f"no answer ({type(error).__name__}). Check the address, the proxy and the network.") from error
            if response.status_code in (408, 429) or response.status_code >= 500:
                raise self._busy(response)
            self._refuse(response, f"{method} {path}")
            return self._content(response)

        return self._patience.ask(once, f"{self.name}: {method} {path}")

    def write(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None) -> Any:
        """
        The decoded answer to a write, ``None`` for an empty one.

        Sent again only when the site clearly did nothing: a 429, or no connection at all. ``UnknownOutcomeError``
        when it was sent and not answered, or answered with a failure that says nothing about what happened.
        """

        def once() -> Any:
            self._calls.writes += 1
            what = f"{self.name}: {method} {path}"
            try:
                response = self._send(method, path, params, body, agile=False)
            except requests.RequestException as error:
                raise UnknownOutcomeError(f"{what} was sent and not answered ({type(error).__name__}).") from error
            if response.status_code == 429:
                raise self._busy(response)
            if response.status_code == 408 or response.status_code >= 500:
                raise UnknownOutcomeError(f"{what} was answered with {response.status_code}: it may have happened.")
            self._refuse(response, f"{method} {path}")
            try:
                return self._content(response)
            except RunError as error:
                raise UnknownOutcomeError(f"{what}: the answer cannot be read: it may have happened.") from error

        return self._patience.ask(once, f"{self.name}: {method} {path}")

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Around what looks into answers: one that is JSON, and not in the shape of Jira's, ends the run with a sentence."""
        try:
            yield
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"{self.name}: {self._access.url} answered in a shape that Jira does not use ({type(error).__name__}). "
                "Check the address, and what stands between us and the site; then run again."
            ) from error

    def close(self) -> None:
        """Give back connections."""
        self._jira.close()

    def _send(self, method: str, path: str, params: Mapping[str, str] | None, body: object, *, agile: bool) -> requests.Response:
        session = self._jira._session  # noqa: SLF001  # the package has no public way to send what it does not know
        url = self._jira._get_url(path, base=JIRA.AGILE_BASE_URL if agile else JIRA.JIRA_BASE_URL)  # noqa: SLF001
        try:
            # The package's own ``request`` would parse error bodies into its exceptions and fail on some of them.
            response = requests.Session.request(
                session,
                method,
                url,
                params=params,
                data=None if body is None else msgspec.json.encode(body),
                timeout=_TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            raise RunError(
                f"{self.name}: the certificate of {self._access.url} is not trusted. Add its authority to the system."
            ) from error
        except requests.ConnectionError as error:
            if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
                raise RetryableError(f"{self._access.url} cannot be reached. Check the address, the proxy and the network.") from error
            raise
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema) as error:
            raise RunError(f"{self.name}: '{self._access.url}' is not a web address.") from error
        self._heed(response)
        return response

    def _heed(self, response: requests.Response) -> None:
        """Every answer says what time it is, whom it was given to, and whether to slow down."""
        self.quota.heard(response.headers)
        if (at := moment(response.headers.get("Date", ""))) is not None:
            self.skew_s = round((at - self._clock()).total_seconds(), 1)
        reason = response.headers.get("X-Seraph-LoginReason", "")
        if any(denied in reason for denied in _DENIED):
            raise RunError(self._not_signed_in(captcha="DENIED" in reason))
        if _from_jira(response):
            account = response.headers.get("X-AAccountId")
            if self._account not in (None, account):
                raise RunError(
                    f"{self.name}: Jira stopped to know us in the middle of the run. Our token has probably ended: create a new one."
                )
            self._account = account
        if response.ok and "Retry-After" in response.headers:
            self._patience.hold(asked_pause_s(response.headers, self._clock()) or 0.0)

    def _busy(self, response: requests.Response) -> RetryableError:
        pause_s = asked_pause_s(response.headers, self._clock() + timedelta(seconds=self.skew_s))
        reason = response.headers.get("RateLimit-Reason", "")
        return RetryableError(f"the answer was {response.status_code}{f' ({reason})' if reason else ''}.", pause_s)

    def _refuse(self, response: requests.Response, what: str) -> None:
        status = response.status_code
        if status < 300:
            return
        if status < 400:
            raise RunError(f"{self.name}: {self._access.url} sends us to another address. Give the site's final address, without a path.")
        if status == 401:
            raise RunError(self._not_signed_in(captcha=False))
        if status == 403 and b"Connect Session" in response.content:
            raise RunError(
                f"{self.name}: this address takes no bare token. Give the account's mail address as user, "
                "or the gateway's address for a scoped token."
            )
        fields = _complained(response)
        message = (
            f"{self.name}: {what} was answered with {status}" + (f" (fields: {', '.join(fields)})." if fields else ".") + advice(status)
        )
        raise ConflictError(message) if status == 409 else RefusedError(message, status, fields)

    def _content(self, response: requests.Response) -> Any:
        if not response.content:
            return None
        try:
            return msgspec.json.decode(response.content)
        except msgspec.DecodeError as error:
            raise RunError(
                f"{self.name}: {self._access.url} answered with a page for people instead of data. "
                "Check the address; a proxy may ask to sign in."
            ) from error

    def _not_signed_in(self, *, captcha: bool) -> str:
        if captcha:
            return f"{self.name}: Jira wants to see a person first: sign in once in a browser with this account and solve the puzzle."
        return f"{self.name}: Jira does not accept our token. It is wrong, ended, or belongs to another account: create a new one."


def _session_of(access: Access) -> JIRA:
    who = {"basic_auth": (access.user, access.token)} if access.user else {"token_auth": access.token}
    options = {"rest_api_version": "3", "headers": dict(_HEADERS)}
    jira = JIRA(server=access.url, options=options, max_retries=0, get_server_info=False, timeout=_TIMEOUT_S, logging=False, **who)
    # Without server info the package takes every site for a server and answers Cloud calls with None.
    jira.deploymentType, jira._version = "Cloud", CLOUD_VERSION  # noqa: SLF001
    return jira


def _from_jira(response: requests.Response) -> bool:
    """Whether Jira itself answered, and not a gateway or a proxy before it, which know nobody."""
    return (response.ok or response.status_code == 404) and "html" not in response.headers.get("Content-Type", "")


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _complained(response: requests.Response) -> tuple[str, ...]:
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return ()
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return tuple(sorted(errors)) if isinstance(errors, dict) else ()
