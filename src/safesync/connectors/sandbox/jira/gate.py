"""Every request passes here: who asks, what goes wrong on purpose, and what is written down."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, PlainError
from safesync.connectors.sandbox.jira.entities import User
from safesync.connectors.sandbox.jira.jql import JqlError
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.jira.traffic import Fault, Seen
from safesync.connectors.sandbox.server import NoAnswer


def guarded(site: JiraSite, endpoint: Endpoint) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The endpoint as Starlette calls it."""

    async def answer(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(_answer, site, endpoint, request, content)

    return answer


def _answer(site: JiraSite, endpoint: Endpoint, request: Request, content: bytes) -> Response:
    response = _act(site, request, "before")
    if response is None:
        response = _carry_out(site, endpoint, request, content)
        response = _act(site, request, "after") or response
    status = 0 if isinstance(response, NoAnswer) else response.status_code
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    with site.lock:
        site.requests.append(Seen(request.method, path + query, status, endpoint.is_write))
    return response


def _act(site: JiraSite, request: Request, when: Literal["before", "after"]) -> Response | None:
    """What a fault makes of the request; it acts without the lock, for it may call anything."""
    fault = _due(site, request, when)
    return None if fault is None else fault.act(request)


def _due(site: JiraSite, request: Request, when: Literal["before", "after"]) -> Fault | None:
    with site.lock:
        for fault in site.faults:
            if fault.when == when and fault.times > 0 and fault.matches(request):
                fault.times -= 1
                return fault
    return None


def _carry_out(site: JiraSite, endpoint: Endpoint, request: Request, content: bytes) -> Response:
    base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    with site.lock:
        call = Call(site, request, content, base, site.clock(), None)
        try:
            _sign_in(call)
            response = endpoint.handler(call)
        except JiraError as refused:
            response = refused.answer()
        except JqlError as refused:
            response = JiraError(400, str(refused)).answer()
    return _marked(call, response)


def _sign_in(call: Call) -> None:
    """Whoever fails to sign in is anonymous, and not told; a bearer token has no business on the site itself."""
    kind, _, secret = call.request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        raise PlainError(403, {"error": "Failed to parse Connect Session Auth Token"})
    if kind.lower() == "basic":
        call.user = _known(call.site, secret)
        call.login_failed = call.user is None


def _known(site: JiraSite, secret: str) -> User | None:
    try:
        mail, _, token = base64.b64decode(secret, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return next((user for user in site.users.values() if user.email == mail and user.token is not None and user.token == token), None)


def _marked(call: Call, response: Response) -> Response:
    """The answer with the headers that say who was recognised."""
    response.headers["X-Arequestid"] = f"{len(call.site.requests):032x}"
    if call.user is not None:
        response.headers["X-AAccountId"] = call.user.account_id
    elif call.login_failed:
        response.headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED"
        if response.status_code == 401:
            response.headers["WWW-Authenticate"] = f'OAuth realm="{call.base}"'
    return response
