"""
What a site was asked, and how Jira and what stands in front of it turn a request away.

The faults that both trackers know are to be had from here too, so that a test needs one name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from safesync.connectors.sandbox.faults import Fault, broken, calls, delayed, no_answer

__all__ = ["Fault", "Seen", "broken", "calls", "conflict", "delayed", "no_answer", "sign_in_page", "too_many"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A request and the status it was answered with; 0 when no answer was given."""

    method: str
    path: str
    """Below the site's own address, with the query."""
    status: int
    is_write: bool


def too_many(reason: str | None = None, retry_after: str | None = None, reset: str | None = None) -> Callable[[Request], Response]:
    """Answers 429 with the headers given; a gateway gives only ``reset``, or nothing."""
    given = {"RateLimit-Reason": reason, "Retry-After": retry_after, "X-RateLimit-Reset": reset}
    headers = {name: value for name, value in given.items() if value is not None}
    if reason is not None:
        headers |= {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "0"}
    return lambda _request: JSONResponse({"errorMessages": ["Rate limit exceeded."], "errors": {}}, 429, headers)


def conflict(_request: Request) -> Response:
    """Answers 409, as when two edits of an issue meet."""
    return JSONResponse({"errorMessages": ["The issue was changed by another request. Try again."], "errors": {}}, 409)


def sign_in_page(_request: Request) -> Response:
    """Answers 200 with a page for people, as a proxy does that wants a sign-in."""
    return HTMLResponse("<!DOCTYPE html><html><head><title>Log in to continue</title></head><body></body></html>")
