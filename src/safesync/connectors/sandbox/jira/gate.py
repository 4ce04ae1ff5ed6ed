"""Every request passes here: who asks, what goes wrong on purpose, and what is written down."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from safesync.connectors.sandbox.jira.answers import BucketError, Call, Endpoint, JiraError, LimitedError
from safesync.connectors.sandbox.jira.jql import JqlError
from safesync.connectors.sandbox.jira.signing import marked, sign_in
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.jira.traffic import Seen
from safesync.connectors.sandbox.server import NoAnswer


def guarded(site: JiraSite, endpoint: Endpoint) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The endpoint as Starlette calls it."""

    async def answer(request: Request) -> Response:
        content = await request.body()
        return await run_in_threadpool(_answer, site, endpoint, request, content)

    return answer


def _answer(site: JiraSite, endpoint: Endpoint, request: Request, content: bytes) -> Response:
    response = _befall(site, request, "before")
    if response is None:
        response = request.state.answer = _carry_out(site, endpoint, request, content)
        response = _befall(site, request, "after") or response
    status = 0 if isinstance(response, NoAnswer) else response.status_code
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    query = f"?{request.url.query}" if request.url.query else ""
    with site.lock:
        site.requests.append(Seen(request.method, path + query, status, endpoint.is_write))
    return response


def _befall(site: JiraSite, request: Request, when: Literal["before", "after"]) -> Response | None:
    """Lets the faults act that are due, each as often as it should though many ask at once; the first answer is given."""
    for fault in list(site.faults):
        with site.lock:
            due = fault.times > 0 and fault.when == when and fault.matches(request)
            fault.times -= due
        # Without the lock: it may call anything, the site included, or end the client.
        if due and (answer := fault.act(request)) is not None:
            return answer
    return None


def _carry_out(site: JiraSite, endpoint: Endpoint, request: Request, content: bytes) -> Response:
    base = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    with site.lock:
        call = Call(site, request, content, base, site.clock(), None)
        told: dict[str, str] = {}
        try:
            sign_in(call)
            told = _counted(call)
            if endpoint.is_write:
                _spare(call)
            response = endpoint.handler(call)
        except JiraError as refused:
            response = refused.answer()
        except JqlError as refused:
            response = JiraError(400, str(refused)).answer()
    response.headers.update(told)
    return marked(call, response)


def _counted(call: Call) -> dict[str, str]:
    """What a Data Center tells of the caller's bucket; an empty one is refused."""
    if call.user is None or call.site.allowance is None:
        return {}
    allowed, told = call.site.allowance.spend(call.user, call.now)
    if not allowed:
        raise BucketError(told)
    return told


def _spare(call: Call) -> None:
    """One issue takes 20 writes in two seconds and 100 in thirty, when the site keeps to it."""
    known = call.request.path_params.get("issue")
    issue = call.found(known) if known and call.site.spares_issues else None
    if issue is None:
        return
    recent = [at for at in call.site.writes.get(issue.id, ()) if call.now - at < timedelta(seconds=30)]
    if len(recent) >= 100 or sum(call.now - at < timedelta(seconds=2) for at in recent) >= 20:
        raise LimitedError("jira-per-issue-on-write", 2)
    call.site.writes[issue.id] = [*recent, call.now]
