"""
What may go wrong with an answer, on purpose.

``KINDS`` holds everything that the sandbox can do to a request, by name: ``KINDS["reset-after"].fault(calls("POST"))`` is
a fault to be put into ``site.faults`` or ``organisation.faults``. ``trouble`` lets them come by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from safesync.connectors.sandbox import misfortunes
from safesync.connectors.sandbox.server import NoAnswer

When = Literal["before", "after"]
Act = Callable[[Request], Response | None]
ALWAYS = 1_000_000_000
"""As ``times``: it does not end."""


@dataclass(slots=True)
class Fault:
    """
    Something that goes wrong, ``times`` times, with the requests that match.

    ``act`` is called before the request is carried out, and what it returns is the answer in its place (``None``: go
    on as usual); or after it was carried out, and what it returns replaces the answer, which stands in
    ``request.state.answer``. It may do anything else too, such as ending the client's process.
    """

    matches: Callable[[Request], bool]
    when: When
    act: Act
    times: int = 1


def befall(faults: Sequence[Fault], request: Request, when: When) -> Response | None:
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


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can go wrong, by name."""

    name: str
    when: When
    """``before``: the request is not carried out, but for ``expired``; ``after``: it was, and only the answer suffers."""
    act: Act
    meaning: str
    trackers: frozenset[str] = frozenset({"jira", "azure"})
    """Where it happens: not every sign of one tracker's is known to the other."""

    def fault(self, matches: Callable[[Request], bool] | None = None, times: int = 1) -> Fault:
        """It, for the next requests, or the next that match."""
        return Fault(matches or calls("*"), self.when, self.act, times)


_JIRA, _AZURE = frozenset({"jira"}), frozenset({"azure"})
REASONS = {
    "throttled-burst": "jira-burst-based",
    "throttled-issue": "jira-per-issue-on-write",
    "throttled-quota": "jira-quota-global-based",
    "throttled-tenant-quota": "jira-quota-tenant-based",
    "throttled-cost": "jira-cost-based",
}
"""The kinds that carry a ``RateLimit-Reason``, and which."""


def kinds(retry_after_s: int = 1, slow_s: float = 2.0, hung_s: float = 60.0) -> Mapping[str, Kind]:
    """Everything that can go wrong: how long one is asked to wait, how slow is slow, and when a hung connection ends."""
    bad = misfortunes
    every = (
        Kind("throttled", "before", bad.throttled(retry_after_s), "429 with Retry-After in seconds"),
        Kind("throttled-date", "before", bad.throttled_until(retry_after_s), "429 with Retry-After as a date"),
        Kind("throttled-silent", "before", bad.throttled(None), "429 that does not say how long"),
        *(
            Kind(name, "before", bad.throttled(retry_after_s, reason), f"429 with RateLimit-Reason {reason}", _JIRA)
            for name, reason in REASONS.items()
        ),
        Kind("throttled-gateway", "before", bad.throttled_gateway(60), "429 with X-RateLimit-Reset alone, without seconds in it", _JIRA),
        Kind(
            "throttled-bucket", "before", bad.throttled_bucket(retry_after_s), "429 of a Data Center, with the state of its bucket", _JIRA
        ),
        Kind(
            "throttled-resource", "before", bad.throttled_resource(retry_after_s), "429 of Azure DevOps, with X-RateLimit-Resource", _AZURE
        ),
        Kind("delayed", "after", delayed(str(retry_after_s)), "done, with Retry-After on the answer"),
        Kind("bad-gateway", "before", broken(502), "502 with a page for people"),
        Kind("unavailable", "before", broken(503), "503 with a page for people"),
        Kind("unavailable-wait", "before", broken(503, str(retry_after_s)), "503 with Retry-After"),
        Kind("gateway-timeout", "before", broken(504), "504 with a page for people"),
        Kind("gateway-timeout-after", "after", broken(504), "504 though it was done"),
        Kind("server-error", "before", bad.server_error, "500 with JSON"),
        Kind("server-error-after", "after", bad.server_error, "500 with JSON though it was done"),
        Kind("short-body", "after", bad.short_body, "fewer bytes than Content-Length says"),
        Kind("cut-json", "after", bad.cut_json, "half of the JSON, of the right length"),
        Kind("empty-body", "after", bad.empty_body, "200 with nothing in it"),
        Kind("wrong-type", "after", bad.wrong_type, "the right JSON, called text/html"),
        Kind("html", "before", bad.page, "200 with a page for people"),
        Kind("sign-in-page", "before", bad.sign_in_page(200), "200 with the page where one signs in"),
        Kind("sign-in-page-203", "before", bad.sign_in_page(203), "203 with the page where one signs in"),
        Kind("sign-in-redirect", "before", bad.sign_in_redirect, "302 to the page where one signs in"),
        Kind("reset-before", "before", no_answer, "connection reset before anything was done"),
        Kind("reset-after", "after", no_answer, "connection reset after it was done"),
        Kind("slow", "after", bad.slow(slow_s), f"an answer after {slow_s:g} s"),
        Kind("hung", "after", bad.hung(hung_s), "done, and no answer while the connection stays open"),
        Kind("expired", "before", bad.expired, "the credentials are not known any more"),
    )
    return MappingProxyType({kind.name: kind for kind in every})


KINDS: Mapping[str, Kind] = kinds()
