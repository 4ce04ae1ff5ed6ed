"""What may happen to a call on its way, and a place before a tracker where it happens."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safesync.connectors.sandbox.server import TRANSPORT, NoAnswer

SHORT_S = 0.25
_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[0-9]+(?=/|$)", re.IGNORECASE)
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that the tracker would have given; what was asked for is done."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self, body: bytes | None = None, status: int | None = None, **more: str) -> Response:
        """The same, with parts of it replaced; ``content_type`` is written Content-Type."""
        kept = {name: value for name, value in self.headers.items() if name not in {"content-length", "content-encoding"}}
        said = self.body if body is None else body
        return Response(
            said,
            200 if self.status == 204 and said else status or self.status,
            kept | {name.replace("_", "-"): value for name, value in more.items()},
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One way to fail: ``before`` anything is done, or ``after``, with the answer; or the call comes in as that of somebody else.

    ``stays``: once it has begun, every later call of the run meets it too.
    """

    name: str
    before: Callable[[Request], Response] | None = None
    after: Callable[[Given], Response] | None = None
    authorization: str | None = None
    stays: bool = False
    ends: bool = False
    """It ends the run; after the others the call is sent again, or looked after, in the same run."""
    mild: bool = False
    """A good answer all the same: the call is not sent again."""
    alike: bool = False
    """Recognised by the same few lines whatever was asked: it strikes every write, and of the reads one of each method."""
    slow: bool = False
    """The client's patience with one answer is made short for this."""

    def __str__(self) -> str:
        return self.name


class BrokenOff(Response):
    """Half of the body that the headers promise; then the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope[TRANSPORT].close()
        while (await receive())["type"] != "http.disconnect":
            pass


class TooLate(NoAnswer):
    """Nothing, until the client has stopped to listen."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(4 * SHORT_S)
        await super().__call__(scope, receive, send)


def refused(status: int, **headers: str) -> Callable[[Request], Response]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    said = {"errorMessages": ["Not now."], "message": "Not now.", "typeKey": "NotNowException"}
    return lambda _request: JSONResponse(said, status, given)


def page(status: int, **headers: str) -> Callable[[Request], Response]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: HTMLResponse(PAGE, status, given)


def in_(seconds: int, form: str) -> str:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return format_datetime(at, usegmt=True) if form == "date" else at.strftime("%Y-%m-%dT%H:%MZ")


def faults(stranger: str) -> tuple[Fault, ...]:
    """All of them; ``stranger`` is an address on another host."""
    near = {"X_RateLimit_NearLimit": "true", "X_RateLimit_Limit": "200", "X_RateLimit_Remaining": "3", "X_RateLimit_Delay": "0.5"}
    return (
        Fault("429", refused(429)),
        Fault("429, come in two seconds", refused(429, Retry_After="2")),
        Fault("429, come at a date", refused(429, Retry_After=in_(20, "date"))),
        Fault("429 of a gateway", refused(429, X_RateLimit_Reset=in_(60, "iso"), X_Failure_Category="CLIENT")),
        Fault("429 for a burst", refused(429, Retry_After="1", RateLimit_Reason="jira-burst-based")),
        Fault("429 for an issue", refused(429, Retry_After="1", RateLimit_Reason="jira-per-issue-on-write")),
        Fault(
            "429, the quota is used up", refused(429, RateLimit_Reason="jira-quota-tenant-based", Retry_After="3600"), ends=True, alike=True
        ),
        Fault("408", refused(408)),
        Fault("425", refused(425)),
        Fault("500", refused(500)),
        Fault("502 as a page", page(502)),
        Fault("503, come in three seconds", refused(503, Retry_After="3")),
        Fault("503 as a page", page(503)),
        Fault("504", page(504)),
        Fault("reset before it was read", lambda _request: NoAnswer()),
        Fault("reset after it was done", after=lambda _given: NoAnswer()),
        Fault("502 after it was done", after=lambda _given: page(502)(None)),  # type: ignore[arg-type]
        Fault("500 after it was done", after=lambda _given: refused(500)(None)),  # type: ignore[arg-type]
        Fault("too late", after=lambda _given: TooLate(), slow=True),
        Fault("broken off", after=lambda given: BrokenOff(given.body, given.status, dict(given.headers))),
        Fault("cut short", after=lambda given: given.response(given.body[: len(given.body) * 2 // 3])),
        Fault("empty", after=lambda given: given.response(b""), ends=True, alike=True),
        Fault("a pause asked for on a good answer", after=lambda given: given.response(Retry_After="3"), mild=True),
        Fault("a limit is near", after=lambda given: given.response(**near), mild=True),
        Fault("a page to sign in", page(200), ends=True, alike=True),
        Fault("a page to sign in, after it was done", after=lambda _given: HTMLResponse(PAGE), ends=True, alike=True),
        Fault("a page with 203", after=lambda _given: HTMLResponse(PAGE, 203), ends=True, alike=True),
        Fault("JSON with 203", after=lambda given: given.response(status=203), ends=True, alike=True),
        Fault("another content type", after=lambda given: given.response(b"Good day.", content_type="text/plain"), ends=True, alike=True),
        Fault("JSON called a page", after=lambda given: given.response(content_type="text/html"), ends=True, alike=True),
        Fault("an empty object", after=lambda given: given.response(b"{}"), ends=True),
        Fault("an empty list", after=lambda given: given.response(b"[]"), ends=True),
        Fault("null", after=lambda given: given.response(b"null"), ends=True),
        Fault("sent to a sign-in here", lambda _request: RedirectResponse("/login", 302), ends=True, alike=True),
        Fault("sent to a sign-in elsewhere", lambda _request: RedirectResponse(f"{stranger}/login", 302), ends=True, alike=True),
        Fault("moved elsewhere, after it was done", after=lambda _given: RedirectResponse(f"{stranger}/rest", 307), ends=True, alike=True),
        Fault("401", refused(401), ends=True, alike=True),
        Fault("the token ends", authorization="Basic bm9ib2R5OmVuZGVk", stays=True, ends=True),
        Fault("we are nobody", authorization="", stays=True, ends=True),
        Fault("down", page(503), stays=True, ends=True),
        Fault("unreachable", lambda _request: NoAnswer(), stays=True, ends=True, alike=True),
    )


@dataclass(slots=True)
class Weather:
    """Stands before a tracker and sees each call to it; a call of a kind meets the first of what is ``pending`` for that kind."""

    app: ASGIApp
    prefix: str
    pending: dict[str, list[Fault]] = field(default_factory=dict)
    struck: list[tuple[str, str]] = field(default_factory=list)
    """Which kind of call met which fault in this run."""
    met: set[tuple[str, str]] = field(default_factory=set)
    """The same of all runs."""
    sent: Counter[str] = field(default_factory=Counter)
    """How often each kind of call was sent in this run."""
    after: dict[str, int] = field(default_factory=dict)
    """So many calls of a kind pass before one is struck."""
    closed: tuple[str, Fault] | None = None
    """Every call of a kind meets this: nobody lets us there."""
    _stays: Fault | None = None

    def new_run(self) -> None:
        """Nothing was sent yet."""
        self.struck, self.sent, self._stays = [], Counter(), None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        fault = self._due(request)

        async def again() -> Message:
            nonlocal body
            if body is None:
                return await receive()
            told, body = body, None  # type: ignore[assignment]
            return {"type": "http.request", "body": told, "more_body": False}

        if fault is None:
            await self.app(scope, again, send)
        elif fault.authorization is not None:
            await self.app(_as_somebody_else(scope, fault.authorization), again, send)
        elif fault.before is not None:
            await fault.before(request)(scope, receive, send)
        elif fault.after is not None:
            given = await _given(self.app, scope, again)
            await fault.after(given)(scope, receive, send)

    def _due(self, request: Request) -> Fault | None:
        kind = kind_of(request.method, request.url.path.removeprefix(self.prefix))
        self.sent[kind] += 1
        if self.closed is not None and self.closed[0] == kind:
            self.struck.append((kind, self.closed[1].name))
            return self.closed[1]
        if self._stays is not None or self.sent[kind] <= self.after.get(kind, 0) or not self.pending.get(kind):
            return self._stays
        fault = self.pending[kind].pop(0)
        self.struck.append((kind, fault.name))
        self.met.add((kind, fault.name))
        self._stays = fault if fault.stays else None
        return fault


def is_a_write(kind: str) -> bool:
    """Whether a kind of call changes something."""
    method, _, path = kind.partition(" ")
    return method in {"PUT", "PATCH", "DELETE"} or (method == "POST" and path.endswith(("/comment", "/comments")))


def struck_by(fault: Fault, kinds: Iterable[str]) -> frozenset[str]:
    """The kinds of call that a fault is tried on."""
    if not fault.alike:
        return frozenset(kinds)
    first_reads = {kind.split(" ", 1)[0]: kind for kind in sorted(kinds, reverse=True) if not is_a_write(kind)}
    return frozenset(filter(is_a_write, kinds)) | frozenset(first_reads.values())


def kind_of(method: str, path: str) -> str:
    """A kind of call: ``"GET /rest/api/#/issue/#/comment"``."""
    return f"{method} {_NUMBER.sub('#', path)}"


def _as_somebody_else(scope: Scope, authorization: str) -> Scope:
    others = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
    return {**scope, "headers": [*others, (b"authorization", authorization.encode())] if authorization else others}


async def _given(app: ASGIApp, scope: Scope, receive: Receive) -> Given:
    told: dict[str, Any] = {"body": b""}

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            told["status"], told["headers"] = message["status"], message["headers"]
        else:
            told["body"] += message.get("body", b"")

    await app(scope, receive, keep)
    return Given(told["status"], {name.decode().lower(): value.decode() for name, value in told["headers"]}, told["body"])
