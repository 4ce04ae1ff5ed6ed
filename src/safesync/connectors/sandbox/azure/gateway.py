"""The door of the organisation: who asks, where to, in which version, and what goes wrong on purpose."""

from __future__ import annotations

import base64
import binascii
import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from safesync.connectors.sandbox.azure import catalogue, commentary, paths, planning, queries, reports, surroundings, testing, workitems
from safesync.connectors.sandbox.azure.call import Answer, Call, Handler, listed
from safesync.connectors.sandbox.azure.locations import Location, locations, negotiated
from safesync.connectors.sandbox.azure.organisation import Asked, AzureOrganisation
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.refusal import NoRoute, Refusal
from safesync.connectors.sandbox.faults import befall
from safesync.connectors.sandbox.server import NoAnswer

Clock = Callable[[], datetime]
_RESOURCES = (catalogue, commentary, paths, planning, queries, reports, surroundings, testing, workitems)
_HANDLERS: dict[tuple[str, str], Handler] = dict(itertools.chain.from_iterable(resource.HANDLERS.items() for resource in _RESOURCES))
_READS_BY_POST = frozenset({"wiql", "workItemsBatch", "workItemRevisions", "PermissionEvaluationBatch", "Points"})
_SIGN_IN = "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body>Sign in</body></html>"


def routes(organisation: AzureOrganisation, clock: Clock) -> list[BaseRoute]:
    """
    What to mount under the organisation's address.

    Mounted at ``/tfs/{collection}``, as on a server, only the organisation's name opens, in any upper and lower case. What was built so
    far becomes its past, in the order of its dates.
    """
    with organisation.lock:
        organisation.ledger.settle()
    return [Route("/{path:path}", _Gateway(organisation, clock))]


class _Gateway:
    """All requests: the address is looked up in the table of locations, for that is what clients build it from."""

    def __init__(self, organisation: AzureOrganisation, clock: Clock) -> None:
        self._organisation = organisation
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        location, values = self._place(request)
        named = request.path_params.get("collection", self._organisation.name)
        here = named.lower() == self._organisation.name.lower()
        answer = befall(self._organisation.faults, request, "before") if here else _nowhere(request.path_params["path"])
        if answer is None:
            answer = self._answered(request, location, values, raw)
            request.state.answer = answer
            answer = befall(self._organisation.faults, request, "after") or answer
        self._note(request, location, answer)
        await answer(scope, receive, send)

    def _place(self, request: Request) -> tuple[Location | None, dict[str, str]]:
        path = request.path_params["path"]
        for location in locations(self._organisation.edition):
            match = location.pattern.fullmatch(path)
            if match is not None:
                return location, {name: value for name, value in match.groupdict().items() if value is not None}
        return None, {}

    def _answered(self, request: Request, location: Location | None, values: dict[str, str], raw: bytes) -> Response:
        path = request.path_params["path"]
        person = self._caller(request)
        if person is None:
            return self._sign_in(request)
        try:
            if location is None:
                return self._table(request, path)
            with self._organisation.lock:
                return self._handled(request, location, values, raw, person)
        except Refusal as refusal:
            if self._organisation.edition.silent_about_versions and refusal.type_key == "VssVersionOutOfRangeException":
                return _nowhere(path)
            return _json(refusal.body(), refusal.status, "")
        except NoRoute:
            return _nowhere(path)

    def _handled(self, request: Request, location: Location, values: dict[str, str], raw: bytes, person: Person) -> Response:
        query = {name.lower(): value for name, value in request.query_params.items()}
        version = negotiated(location, _version_asked(request, query), request.method)
        handler = _HANDLERS.get((request.method, location.id))
        if handler is None:
            message = f"The requested resource does not support http method '{request.method}'."
            return _json({"count": 1, "value": {"Message": message}}, 405, "")
        base = _base(request)
        media = request.headers.get("content-type", "").split(";")[0].strip().lower()
        call = Call(self._organisation, person, self._clock(), base, str(request.url), values, query, raw, media, version)
        result = handler(call)
        answer = result if isinstance(result, Answer) else Answer(result)
        response = _json(answer.body, answer.status, version)
        response.headers.update(answer.headers)
        response.headers["X-VSS-UserData"] = f"{person.id}:{person.account}"
        if session := request.headers.get("x-tfs-session"):
            response.headers["X-TFS-Session"] = session
        return response

    def _table(self, request: Request, path: str) -> Response:
        root, _, area = path.rstrip("/").lower().partition("/")
        if request.method != "OPTIONS" or root != "_apis" or "/" in area:
            return _nowhere(path)
        # Python's client asks for the whole table, Node's area by area.
        served = locations(self._organisation.edition)
        return _json(listed([location.row() for location in served if area in {"", location.area.lower()}]), 200, "")

    def _caller(self, request: Request) -> Person | None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._organisation.tokens.get(credentials) if self._takes_bearers() else None
        if scheme.lower() != "basic":
            return None
        try:
            token = base64.b64decode(credentials, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self._organisation.tokens.get(token)

    def _takes_bearers(self) -> bool:
        return self._organisation.edition.hosted and not self._organisation.manners.knows_no_tenant

    def _sign_in(self, request: Request) -> Response:
        if not self._organisation.edition.hosted:
            return HTMLResponse(
                "<html><head><title>401</title></head></html>", 401, {"WWW-Authenticate": 'NTLM, Negotiate, Basic realm="tfs"'}
            )
        if self._organisation.manners.sign_in_page:
            return HTMLResponse(_SIGN_IN, 203)
        if self._organisation.manners.knows_no_tenant:
            return Response(status_code=302, headers={"Location": f"{_base(request)}/_signin"})
        if request.headers.get("x-tfs-fedauthredirect", "").lower() == "suppress" or "authorization" in request.headers:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="Azure DevOps", Bearer'})
        return Response(status_code=302, headers={"Location": f"{_base(request)}/_signin"})

    def _note(self, request: Request, location: Location | None, answer: Response) -> None:
        reads = request.method in {"GET", "HEAD", "OPTIONS"} or (location is not None and location.resource in _READS_BY_POST)
        query = f"?{request.url.query}" if request.url.query else ""
        status = 0 if isinstance(answer, NoAnswer) else answer.status_code
        self._organisation.requests.append(Asked(request.method, f"/{request.path_params['path']}{query}", status, not reads))


def _base(request: Request) -> str:
    """The address that the organisation is mounted at, as this caller sees it."""
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"


def _version_asked(request: Request, query: dict[str, str]) -> str | None:
    if "api-version" in query:
        return query["api-version"]
    for part in request.headers.get("accept", "").replace(",", ";").split(";"):
        name, _, value = part.strip().partition("=")
        if name.lower() == "api-version":
            return value
    return None


def _json(body: Any, status: int, version: str) -> Response:
    media = "application/json; charset=utf-8" + (f"; api-version={version}" if version else "")
    return Response(b"" if body is None else msgspec.json.encode(body), status, media_type=media)


def _nowhere(path: str) -> Response:
    return PlainTextResponse(f"The controller for path '/{path}' was not found or does not implement IController.", 404)
