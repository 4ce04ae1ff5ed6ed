"""What a site was asked, and what may go wrong with an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from safesync.connectors.sandbox.server import NoAnswer


@dataclass(frozen=True, slots=True)
class Seen:
    """A request and the status it was answered with; 0 when no answer was given."""

    method: str
    path: str
    """Below the site's own address, with the query."""
    status: int
    is_write: bool


@dataclass(slots=True)
class Fault:
    """
    Something that goes wrong, ``times`` times, with the requests that match.

    ``act`` is called before the request is carried out, and what it returns is the answer in its place (``None``: go
    on as usual); or after it was carried out, and what it returns replaces the answer. It may do anything else too.
    """

    matches: Callable[[Request], bool]
    when: Literal["before", "after"]
    act: Callable[[Request], Response | None]
    times: int = 1


def calls(method: str, path: str = "") -> Callable[[Request], bool]:
    """Matches requests of a method (``"*"`` any) whose path the regular expression is found in."""
    pattern = re.compile(path)
    return lambda request: method in {"*", request.method} and pattern.search(request.url.path) is not None


def too_many(reason: str | None = None, retry_after: str | None = None, reset: str | None = None) -> Callable[[Request], Response]:
    """Answers 429 with the headers given; a gateway gives only ``reset``, or nothing."""
    given = {"RateLimit-Reason": reason, "Retry-After": retry_after, "X-RateLimit-Reset": reset}
    headers = {name: value for name, value in given.items() if value is not None}
    if reason is not None:
        headers |= {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "0"}
    return lambda _request: JSONResponse({"errorMessages": ["Rate limit exceeded."], "errors": {}}, 429, headers)


def broken(status: int, retry_after: str | None = None) -> Callable[[Request], Response]:
    """Answers with a server error and a page for people, as proxies in front of a site do."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda _request: HTMLResponse(f"<html><head><title>{status}</title></head><body>Error</body></html>", status, headers)


def sign_in_page(_request: Request) -> Response:
    """Answers 200 with a page for people, as a proxy does that wants a sign-in."""
    return HTMLResponse("<!DOCTYPE html><html><head><title>Log in to continue</title></head><body></body></html>")


def no_answer(_request: Request) -> Response:
    """Closes the connection without an answer."""
    return NoAnswer()
