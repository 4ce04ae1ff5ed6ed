"""What may go wrong with an answer, on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from safesync.connectors.sandbox.server import NoAnswer


@dataclass(slots=True)
class Fault:
    """
    Something that goes wrong, ``times`` times, with the requests that match.

    ``act`` is called before the request is carried out, and what it returns is the answer in its place (``None``: go
    on as usual); or after it was carried out, and what it returns replaces the answer, which stands in
    ``request.state.answer``. It may do anything else too, such as ending the client's process.
    """

    matches: Callable[[Request], bool]
    when: Literal["before", "after"]
    act: Callable[[Request], Response | None]
    times: int = 1


def befall(faults: Sequence[Fault], request: Request, when: Literal["before", "after"]) -> Response | None:
    """Lets the faults act that are due now; the first answer that one gives is given."""
    for fault in faults:
        if fault.times > 0 and fault.when == when and fault.matches(request):
            fault.times -= 1
            answer = fault.act(request)
            if answer is not None:
                return answer
    return None


def calls(method: str, path: str = "") -> Callable[[Request], bool]:
    """Matches requests of a method (``"*"`` any) whose path the regular expression is found in, whatever its case."""
    pattern = re.compile(path, re.IGNORECASE)
    return lambda request: method in {"*", request.method} and pattern.search(request.url.path) is not None


def broken(status: int, retry_after: str | None = None) -> Callable[[Request], Response]:
    """Answers with a status and a page for people, as proxies in front of a tracker do."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda _request: HTMLResponse(f"<html><head><title>{status}</title></head><body>Error</body></html>", status, headers)


def delayed(retry_after: str) -> Callable[[Request], Response]:
    """After the request: the answer as it is, with ``Retry-After`` on it."""

    def act(request: Request) -> Response:
        answer: Response = request.state.answer
        answer.headers["Retry-After"] = retry_after
        return answer

    return act


def no_answer(_request: Request) -> Response:
    """Resets the connection; what was done stays done."""
    return NoAnswer()
