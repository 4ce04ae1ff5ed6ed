"""The answers of a bad day, one by one: what stands in front of a tracker, or the tracker itself, says instead."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from math import ceil

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from safesync.connectors.sandbox.server import HungAnswer, ShortAnswer, SlowAnswer

_Act = Callable[[Request], Response | None]
_LIMITED = {"errorMessages": ["Rate limit exceeded."], "errors": {}, "message": "Rate limit exceeded."}
_BLOCKED = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource {} in namespace {}."
_SIGN_IN = "<!DOCTYPE html><html><head><title>Log in to continue</title></head><body><form method='post'></form></body></html>"
SIGN_IN_PATH = "/sign-in"
"""Where ``sign_in_redirect`` leads, on the sandbox's own server."""


def throttled(retry_after_s: int | None, reason: str | None = None) -> _Act:
    """429, and how long to wait, if it says so; with a reason as Jira Cloud gives it."""
    given = {"Retry-After": None if retry_after_s is None else str(retry_after_s), "RateLimit-Reason": reason}
    headers = {name: value for name, value in given.items() if value is not None}
    if reason is not None:
        headers |= {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "0"}
    return lambda _request: JSONResponse(_LIMITED, 429, headers)


def throttled_until(retry_after_s: int) -> _Act:
    """429, and when to come again as a date, which has no parts of a second."""

    def act(_request: Request) -> Response:
        return JSONResponse(_LIMITED, 429, {"Retry-After": formatdate(ceil(time.time()) + retry_after_s, usegmt=True)})

    return act


def throttled_gateway(wait_s: int) -> _Act:
    """429 of the gateway in front of Jira Cloud: no ``Retry-After``, and a date without seconds."""

    def act(_request: Request) -> Response:
        until = datetime.now(UTC) + timedelta(seconds=wait_s)
        headers = {"X-RateLimit-Reset": f"{until:%Y-%m-%dT%H:%MZ}", "X-Failure-Category": "FAILURE_CLIENT_RATE_LIMIT"}
        return JSONResponse({"code": 429, "message": "Rate limit exceeded"}, 429, headers)

    return act


def throttled_bucket(retry_after_s: int) -> _Act:
    """429 of a Data Center, which tells the state of the caller's bucket."""
    headers = {
        "Retry-After": str(retry_after_s),
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Interval-Seconds": str(retry_after_s),
        "X-RateLimit-FillRate": "5",
    }
    return lambda _request: JSONResponse({"message": "Rate limit exceeded.", "status-code": 429}, 429, headers)


def throttled_resource(retry_after_s: int) -> _Act:
    """429 of Azure DevOps, which names the resource that was used too much."""

    def act(_request: Request) -> Response:
        headers = {
            "Retry-After": str(retry_after_s),
            "X-RateLimit-Resource": "Concurrency",
            "X-RateLimit-Limit": "200",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(time.time()) + retry_after_s),
        }
        body = {"$id": "1", "message": _BLOCKED.format("Concurrency", "sandbox"), "typeKey": "RequestBlockedException", "errorCode": 0}
        return JSONResponse(body, 429, headers)

    return act


def server_error(_request: Request) -> Response:
    """500 with JSON, such as both trackers give for what they did not expect."""
    return JSONResponse({"message": "Internal server error", "status-code": 500, "stack-trace": ""}, 500)


def _answer(request: Request) -> Response:
    answer: Response = request.state.answer
    return answer


def _body(request: Request) -> bytes:
    return bytes(_answer(request).body)


def _again(request: Request, body: bytes, **headers: str) -> Response:
    """The answer that was to be given, with another body or other headers."""
    before = _answer(request)
    kept = {name: value for name, value in before.headers.items() if name != "content-length"}
    return Response(body, before.status_code, kept | headers)


def short_body(request: Request) -> Response | None:
    """Breaks off in the middle; an answer without a body cannot."""
    before, body = _answer(request), _body(request)
    return ShortAnswer(body, before.status_code, dict(before.headers)) if len(body) > 1 else None


def cut_json(request: Request) -> Response | None:
    """The first half, as if it were all."""
    body = _body(request)
    return _again(request, body[: len(body) // 2]) if len(body) > 1 else None


def empty_body(request: Request) -> Response | None:
    """Nothing, as if it were all."""
    return _again(request, b"") if _body(request) else None


def wrong_type(request: Request) -> Response | None:
    """Right, and called something else."""
    return _again(request, _body(request), **{"content-type": "text/html; charset=utf-8"}) if _body(request) else None


def page(_request: Request) -> Response:
    """A page for people, such as one of a proxy about maintenance."""
    return HTMLResponse("<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>")


def sign_in_page(status: int) -> _Act:
    """The page where people sign in, in place of what was asked for."""
    return lambda _request: HTMLResponse(_SIGN_IN, status)


def sign_in_redirect(request: Request) -> Response:
    """Elsewhere, to sign in."""
    return Response(
        status_code=302, headers={"Location": f"{request.url.scheme}://{request.url.netloc}{SIGN_IN_PATH}?from={request.url.path}"}
    )


def slow(delay_s: float) -> _Act:
    """What was to be answered, later."""
    return lambda request: SlowAnswer(_answer(request), delay_s)


def hung(after_s: float) -> _Act:
    """Nothing, for so long that whoever waits should give up."""
    return lambda _request: HungAnswer(after_s)


def expired(request: Request) -> None:
    """
    The caller's token is not known any more; what that means is the tracker's affair.

    Jira Cloud takes whoever it does not know for anonymous and answers 200 with nothing, others refuse.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if not secret:
        return
    lost = f"{scheme} {_without_token(secret) if scheme.lower() == 'basic' else 'expired'}"
    others = [(name, value) for name, value in request.scope["headers"] if name.lower() != b"authorization"]
    request.scope["headers"] = [*others, (b"authorization", lost.encode())]
    # Starlette keeps the headers that it has read.
    request.__dict__.pop("_headers", None)


def _without_token(secret: str) -> str:
    try:
        user = base64.b64decode(secret, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        user = ""
    return base64.b64encode(f"{user}:expired".encode()).decode()
