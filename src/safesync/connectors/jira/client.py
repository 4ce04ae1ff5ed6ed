"""
How to speak to one Jira site, Cloud or Data Center: the only file that knows HTTP and the ``jira`` package.

We take from the package what it is good at: the session with its authentication and certificates, and the addresses.
Sending, repeating and reading are ours, because it repeats POSTs, hides status codes and crashes on a date in
``Retry-After`` (measured with 3.10.5).
"""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import requests
from jira import JIRA
from urllib3.exceptions import NewConnectionError

from safesync.connectors.characters import mended
from safesync.connectors.gate import Errand, errand
from safesync.connectors.inspection import Quota
from safesync.connectors.jira.deployment import Site, gateway, site_of
from safesync.connectors.jira.refusals import by_a_stranger, complained, in_json
from safesync.connectors.jira.sessions import Sessions
from safesync.connectors.patience import Patience, StrangerError, advice
from safesync.connectors.port import Access, Calls, OutOfReachError
from safesync.connectors.throttle import Throttle, moment, throttle
from safesync.model.errors import ConflictError, ItemError, RetryableError, RunError, UnknownOutcomeError

_API = "{server}/rest/api/%s/{path}"
_TOKENS = "{server}/rest/pat/latest/{path}"
_TIMEOUT_S = (5.0, 60.0)
_ITEM = re.compile(r"^issue/([^/?]+)")
_REFUSED_TO_ACT = (425, 429)
_FORBIDDEN = (403, 404)
_SCOPE = b"scope does not match"
_DENIED = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


class RefusedError(ItemError):
    """Jira understood and said no; ``fields`` are the names of the fields it complained about. Not its ``own`` is what a gateway says."""

    def __init__(self, message: str, status: int, fields: tuple[str, ...] = (), *, own: bool = True) -> None:
        super().__init__(message)
        self.status = status
        self.fields = fields
        self.own = own

    @property
    def says_gone(self) -> bool:
        """Whether Jira itself calls what we asked for gone."""
        return self.status == 404 and self.own


class ForbiddenError(RefusedError, OutOfReachError):
    """Jira itself does not show it to us, or does not let us do that."""


class JiraClient:
    """
    Requests to one site as one account, from any number of threads: each has a session of its own.

    ``skew_s`` is how far the site's clock is ahead of ours, by its last answer.
    """

    def __init__(self, access: Access, calls: Calls, *, patience: Patience, clock: Callable[[], datetime]) -> None:
        self.name = access.name
        self.skew_s = 0.0
        self.quota = Quota()
        self._access = access
        self._calls = calls
        self._patience = patience
        self._clock = clock
        self._account: str | None = None
        self._heeding = threading.Lock()
        self._sessions = Sessions(access, _TIMEOUT_S)
        self._site: Site | None = None

    @property
    def site(self) -> Site:
        """What answers, asked once; ``RunError`` for a Jira that we cannot speak to."""
        return self._site or self.detect()

    def detect(self) -> Site:
        """Ask the site what it is; from then on paths lead to its version of the API."""
        self._site = None
        try:
            with self.understood():
                site = site_of(self._server_info(), self._access.url)
        except RefusedError as error:
            raise RunError(
                f"{self._access.url} answered {error.status} when asked which Jira it is. Check the address: is it that of a "
                "Jira site, and with its context path, if it has one?"
            ) from error
        if site.unsupported:
            raise RunError(f"{self._access.url} {site.unsupported}")
        self._site = site
        return site

    def server_now(self) -> datetime:
        """The time at the site, as far as its answers tell."""
        return self._clock() + timedelta(seconds=self.skew_s)

    @property
    def recognised(self) -> bool:
        """Whether answers of this run say whom they were given to; a proxy may keep that to itself."""
        return self._account is not None

    def renew(self) -> None:
        """A new run begins: who we are is to be proven again, and patience is fresh."""
        with self._heeding:
            self._account = None
        self._patience.renew()

    def read(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None, agile: bool = False) -> Any:
        """The decoded answer; sent again while the site is busy. ``RefusedError`` when it says no."""
        return self._read(JIRA.AGILE_BASE_URL if agile else self._api(), method, path, params, body)

    def tokens(self) -> Any:
        """Our personal access tokens on Data Center, without their secrets. Asked once: nothing depends on it."""
        return self._read(_TOKENS, "GET", "tokens", again=False)

    def write(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None) -> Any:
        """
        The decoded answer to a write, ``None`` for an empty one.

        Sent again only when the site clearly did nothing: a 425 or 429, or no connection at all. ``UnknownOutcomeError``
        when it was sent and not answered, or answered with a failure that says nothing about what happened.
        """
        base = self._api()

        def once() -> Any:
            self._calls.count(reading=False)
            try:
                response, told = self._send(about, base, method, path, params=params, body=body)
            except requests.RequestException as error:
                raise UnknownOutcomeError(f"{about.what} was sent and not answered ({type(error).__name__}).") from error
            if response.status_code in _REFUSED_TO_ACT:
                raise _busy(response, told)
            if response.status_code == 408 or response.status_code >= 500:
                raise UnknownOutcomeError(f"{about.what} was answered with {response.status_code}: it may have happened.")
            self._refuse(response, f"{method} {path}", reading=False)
            try:
                return self._content(response)
            except (RunError, RetryableError) as error:
                raise UnknownOutcomeError(f"{about.what}: the answer cannot be read: it may have happened.") from error

        about = errand(self.name, method, path, writes=True, items=_ITEM)
        return self._patience.ask(once, about)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Around what looks into answers: one that is JSON, and not in the shape of Jira's, ends the run with a sentence."""
        try:
            yield
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"{self._access.url} answered in a shape that Jira does not use ({type(error).__name__}). "
                "Check the address, and what stands between us and the site; then run again."
            ) from error

    def close(self) -> None:
        """Give back connections."""
        self._sessions.close()
        self._patience.close()

    def _read(
        self, base: str, method: str, path: str, params: Mapping[str, str] | None = None, body: object = None, *, again: bool = True
    ) -> Any:
        def once() -> Any:
            try:
                return sent()
            except RetryableError as error:
                if again:
                    raise
                raise RefusedError(f"{about.what}: {error}", 503) from error

        def sent() -> Any:
            self._calls.count(reading=True)
            try:
                response, told = self._send(about, base, method, path, params=params, body=body)
            except requests.RequestException as error:
                raise RetryableError(f"no answer ({type(error).__name__}). Check the address, the proxy and the network.") from error
            if response.status_code in (408, *_REFUSED_TO_ACT) or response.status_code >= 500:
                raise _busy(response, told)
            self._refuse(response, f"{method} {path}", reading=self._site is not None)
            return self._content(response)

        about = errand(self.name, method, path, writes=False, items=_ITEM)
        return self._patience.ask(once, about)

    def _api(self) -> str:
        return _API % (3 if self.site.cloud else 2)

    def _server_info(self) -> dict[str, Any]:
        try:
            return dict(self._read(_API % 2, "GET", "serverInfo"))
        except RefusedError as refused:
            # Every Jira has version 2, but what stands before a Cloud site may let only 3 through.
            try:
                return dict(self._read(_API % 3, "GET", "serverInfo"))
            except RefusedError:
                raise refused from None

    def _send(
        self, about: Errand, base: str, method: str, path: str, *, params: Mapping[str, str] | None, body: object
    ) -> tuple[requests.Response, Throttle]:
        jira = self._sessions.mine()
        session = jira._session  # noqa: SLF001  # the package has no public way to send what it does not know
        url = jira._get_url(path, base=base)  # noqa: SLF001
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
            if about.writes and not _untrusted(error):
                raise  # a connection that broke while it was used: the write may have arrived
            raise RunError(f"the certificate of {self._access.url} is not trusted. Add its authority to the system.") from error
        except requests.ConnectionError as error:
            if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
                raise RetryableError(f"{self._access.url} cannot be reached. Check the address, the proxy and the network.") from error
            raise
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema) as error:
            raise RunError(f"'{self._access.url}' is not a web address.") from error
        return response, self._heed(response, about)

    def _heed(self, response: requests.Response, about: Errand) -> Throttle:
        """Every answer says what time it is, whom it was given to, and whether to slow down."""
        self.quota.heard(response.headers)
        if (at := moment(response.headers.get("Date", ""))) is not None:
            self.skew_s = round((at - self._clock()).total_seconds(), 1)
        told = throttle(response.status_code, response.headers, self._clock() + timedelta(seconds=self.skew_s))
        self._patience.heed(about, told)
        reason = response.headers.get("X-Seraph-LoginReason", "")
        if any(denied in reason for denied in _DENIED):
            raise RunError(self._not_signed_in(captcha="DENIED" in reason))
        if _from_jira(response):
            self._recognise(response.headers)
        return told

    def _recognise(self, headers: Mapping[str, str]) -> None:
        user = headers.get("X-AUSERNAME")
        if self._site and not self._site.cloud and user is None:
            return  # a proxy may keep to itself what Data Center says of us; an anonymous answer always says so
        account = headers.get("X-AAccountId") if user in (None, "anonymous") else user
        with self._heeding:
            known, self._account = self._account, self._account or account
        if known not in (None, account) or (self._site and user == "anonymous"):
            raise RunError("Jira stopped to know us in the middle of the run. Our token has probably ended: create a new one.")

    def _refuse(self, response: requests.Response, what: str, *, reading: bool) -> None:
        """Nothing for a good answer; ``StrangerError`` where we are ``reading`` a site that we know, and somebody else refused."""
        status = response.status_code
        if status == 203:
            raise RunError(self._for_people())  # somebody between us and the site has put in an answer of their own
        if status < 300:
            return
        if status < 400:
            raise RunError(f"{self._access.url} sends us to another address. Give the site's final address, without a path.")
        if status == 401 and _SCOPE in response.content.lower():
            # The token is good, and may not do this: for boards, say, Atlassian asks for scopes of their own.
            raise RefusedError(f"{what} was answered with 401: our token lacks a scope for it.{self._scopes()}", status)
        if status == 401:
            raise RunError(self._not_signed_in(captcha=False))
        if status == 403 and b"Connect Session" in response.content:
            raise RunError(
                f"{self._access.url} is Jira Cloud, which takes no bare token here. Give the account's mail address as user, "
                "or, for a scoped token or a service account, the gateway's address: https://api.atlassian.com/ex/jira/<cloud id>."
            )
        own = not by_a_stranger(response, behind_gateway=gateway(self._access.url))
        if reading and not own:
            raise StrangerError(status, "Jira", sure=in_json(response))
        fields = complained(response)
        message = f"{what} was answered with {status}" + (f" (fields: {', '.join(fields)})." if fields else ".") + advice(status)
        if status == 409:
            raise ConflictError(message)
        raise (ForbiddenError if own and status in _FORBIDDEN else RefusedError)(message, status, fields, own=own)

    def _content(self, response: requests.Response) -> Any:
        if not response.content:
            return None
        try:
            return _told(response.content)
        except msgspec.DecodeError as error:
            if response.content.lstrip()[:1] in {b"{", b"["}:
                raise RetryableError("the answer was broken off.") from error
            raise RunError(self._for_people()) from error

    def _for_people(self) -> str:
        return f"{self._access.url} answered with a page for people instead of data. Check the address; a proxy may ask to sign in."

    def _scopes(self) -> str:
        return (
            " A scoped token needs read:jira-work, write:jira-work and read:jira-user; for boards and sprints also "
            "read:board-scope:jira-software, read:sprint:jira-software and read:project:jira."
        )

    def _not_signed_in(self, *, captcha: bool) -> str:
        if captcha:
            return "Jira wants to see a person first: sign in once in a browser with this account and solve the puzzle."
        hint = ""
        if gateway(self._access.url):
            hint = self._scopes()
        elif self._access.user and not (self._site and self._site.cloud):
            hint = " A personal access token of Data Center is given alone, without a user."
        return f"Jira does not accept our token. It is wrong, ended, or belongs to another account: create a new one.{hint}"


def _busy(response: requests.Response, told: Throttle) -> RetryableError:
    return RetryableError(f"the answer was {response.status_code}{f' ({told.reason})' if told.reason else ''}.", told.pause_s)


def _from_jira(response: requests.Response) -> bool:
    """Whether Jira itself answered, and not a gateway or a proxy before it, which know nobody."""
    return (response.ok or response.status_code == 404) and "html" not in response.headers.get("Content-Type", "")


def _untrusted(error: BaseException | None) -> bool:
    """Whether it was the certificate, so that nothing was sent."""
    while error is not None:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if any(isinstance(one, ssl.SSLCertVerificationError) for one in (error, *error.args, reason, *getattr(reason, "args", ()))):
            return True
        error = error.__cause__ or error.__context__
    return False


def _told(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return msgspec.json.decode(mended(body))


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)
