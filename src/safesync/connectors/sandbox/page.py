"""The page on which people read and edit the items of both sandbox trackers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from safesync.connectors.sandbox.shelf import FORM_FIELDS, RefusedError, Row, Shelf, Shown

PAGE_SIZE = 25
_FILTERS = ("tracker", "project", "type", "state", "label")
_TRACKERS = {"jira": "Jira", "azure": "Azure DevOps"}
_HEADERS = {
    # No script runs here, whatever a text holds; and no other site may post a form to this one.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Played:
    """Which deployments the sandbox plays, by name, and what goes wrong by itself; an empty text is nothing."""

    deployments: tuple[str, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class Query:
    """What the list shall show: exact filters, words that all must occur, and which page of it."""

    filters: Mapping[str, str]
    words: str
    page: int

    def fits(self, row: Row) -> bool:
        """Whether an item is asked for."""
        exact = {"tracker": row.tracker, "project": row.project, "type": row.type, "state": row.state}
        if any(value and exact[name] != value for name, value in self.filters.items() if name != "label"):
            return False
        if (label := self.filters["label"]) and label not in row.labels:
            return False
        text = f"{row.key} {row.title} {row.owner or ''}".casefold()
        return all(word in text for word in self.words.casefold().split())

    def address(self, page: int) -> str:
        """The address of another page of the same list."""
        given = {**self.filters, "q": self.words, "page": str(page) if page > 1 else ""}
        return "/?" + urlencode({name: value for name, value in given.items() if value})


def asked(parameters: Mapping[str, str]) -> Query:
    """The query of an address; nonsense is read as nothing."""
    page = parameters.get("page", "1")
    return Query({name: parameters.get(name, "") for name in _FILTERS}, parameters.get("q", ""), int(page) if page.isdecimal() else 1)


class People:
    """Who reads and edits here: one page over the shelves of both trackers; ``plays`` says what is played at this moment."""

    def __init__(self, shelves: Sequence[Shelf], people: Sequence[str], plays: Callable[[], Played]) -> None:
        self._shelves = {shelf.tracker: shelf for shelf in shelves}
        self._people = tuple(people)
        self._plays = plays
        self._templates = Environment(
            loader=PackageLoader("safesync.connectors.sandbox"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["when"] = lambda at: f"{at:%Y-%m-%d %H:%M}"
        self._templates.globals["tracker_names"] = _TRACKERS

    def routes(self) -> list[BaseRoute]:
        """The page, and the addresses of items that people know from the real trackers."""
        return [
            Route("/", self._list),
            Route("/style.css", self._style),
            Route("/item/{tracker}/{key}", self._item, methods=["GET"]),
            Route("/item/{tracker}/{key}", _same_site(self._change), methods=["POST"]),
            Route("/item/{tracker}/{key}/comment", _same_site(self._comment), methods=["POST"]),
            Route("/item/{tracker}/{key}/comment/{comment:int}/delete", _same_site(self._delete_comment), methods=["POST"]),
            Route("/jira/browse/{key}", self._browse("jira")),
            Route("/azure/meridian/{project}/_workitems/edit/{key}", self._browse("azure")),
            Route("/tfs/Meridian/{project}/_workitems/edit/{key}", self._browse("azure")),
        ]

    async def _list(self, request: Request) -> Response:
        query = asked(request.query_params)
        every = [row for shelf in self._shelves.values() for row in shelf.rows()]
        found = [row for row in every if query.fits(row)]
        pages = max(1, ceil(len(found) / PAGE_SIZE))
        page = min(max(1, query.page), pages)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        return self._answer("items.html", query=query, rows=shown, total=len(found), page=page, pages=pages, choices=_choices(every))

    async def _item(self, request: Request) -> Response:
        shown = self._shown(request)
        if shown is None:
            return self._missing(request)
        person = request.query_params.get("as", "")
        saved = request.query_params.get("saved", "")
        return self._answer("item.html", item=shown, form=shown.form, people=self._people, person=person, saved=saved, problem="")

    async def _change(self, request: Request) -> Response:
        given = await _form(request)
        values = {name: given[name].replace("\r\n", "\n") for name in FORM_FIELDS if name in given}
        return self._done(request, given, lambda shelf, key, person: shelf.change(key, person, values), values)

    async def _comment(self, request: Request) -> Response:
        given = await _form(request)
        return self._done(request, given, lambda shelf, key, person: shelf.comment(key, person, given.get("text", "")), {})

    async def _delete_comment(self, request: Request) -> Response:
        given = await _form(request)
        number = int(request.path_params["comment"])
        return self._done(request, given, lambda shelf, key, person: shelf.delete_comment(key, person, number), {})

    def _done(self, request: Request, given: dict[str, str], act: Callable[[Shelf, str, str], object], values: dict[str, str]) -> Response:
        """Back to the item when it worked, else the form as it was filled in, with the reason."""
        shown = self._shown(request)
        if shown is None:
            return self._missing(request)
        tracker, key, person = request.path_params["tracker"], request.path_params["key"], given.get("as", "")
        try:
            act(self._shelves[tracker], key, self._present(person))
        except RefusedError as refused:
            form = {**shown.form, **values}
            return self._answer("item.html", 400, item=shown, form=form, people=self._people, person=person, saved="", problem=str(refused))
        return RedirectResponse(f"/item/{tracker}/{key}?" + urlencode({"as": person, "saved": "1"}), 303)

    def _present(self, person: str) -> str:
        if person not in self._people:
            raise RefusedError("Choose who you are.")
        return person

    def _shown(self, request: Request) -> Shown | None:
        shelf = self._shelves.get(request.path_params["tracker"])
        return shelf.shown(request.path_params["key"]) if shelf else None

    def _missing(self, request: Request) -> Response:
        return self._answer("missing.html", 404, key=request.path_params["key"])

    def _browse(self, tracker: str) -> _Handler:
        async def found(request: Request) -> Response:
            return RedirectResponse(f"/item/{tracker}/{request.path_params['key']}", 302)

        return found

    async def _style(self, _request: Request) -> Response:
        text, _, _ = self._templates.loader.get_source(self._templates, "style.css")  # type: ignore[union-attr]
        return Response(text, media_type="text/css", headers=_HEADERS)

    def _answer(self, template: str, status: int = 200, **values: Any) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(plays=self._plays(), **values), status, _HEADERS)


def _choices(rows: Iterable[Row]) -> dict[str, list[str]]:
    """What can be filtered by."""
    found: dict[str, set[str]] = {name: set() for name in _FILTERS}
    for row in rows:
        found["tracker"].add(row.tracker)
        found["project"].add(row.project)
        found["type"].add(row.type)
        found["state"].add(row.state)
        found["label"].update(row.labels)
    return {name: sorted(values, key=str.casefold) for name, values in found.items()}


async def _form(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _same_site(handler: _Handler) -> _Handler:
    """Only forms of this page are taken: another site open in the same browser can write nothing here."""

    async def guarded(request: Request) -> Response:
        origin = request.headers.get("origin")
        if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
            return PlainTextResponse("This form was sent by another site.", 403)
        return await handler(request)

    return guarded
