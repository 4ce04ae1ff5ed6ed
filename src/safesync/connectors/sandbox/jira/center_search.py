"""The search of a Data Center: any query, page by page with ``startAt`` and a total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from safesync.connectors.sandbox.jira import issue_view, rendering
from safesync.connectors.sandbox.jira.answers import Call, JiraError, respond
from safesync.connectors.sandbox.jira.bodies import NumberedSearch
from safesync.connectors.sandbox.jira.entities import Issue
from safesync.connectors.sandbox.jira.jql import Query, parse
from safesync.connectors.sandbox.jira.jql_meaning import Asker, Test, condition
from safesync.connectors.sandbox.jira.jql_order import order
from safesync.connectors.sandbox.jira.searching import indexed

_BARE = frozenset({"id", "key"})


@dataclass(frozen=True, slots=True)
class _Search:
    jql: str
    start: int
    most: int
    fields: tuple[str, ...]
    expand: frozenset[str]
    validated: bool = True


def by_get(call: Call) -> Response:
    """The search with its question in the address."""
    return respond(page(call, _in_address(call, call.text("jql"))))


def _in_address(call: Call, jql: str) -> _Search:
    return _Search(
        jql,
        call.number("startAt", 0),
        call.number("maxResults", 50),
        tuple(call.listed("fields")),
        frozenset(call.listed("expand")),
        _validated(call.text("validateQuery")),
    )


def by_post(call: Call) -> Response:
    """The search with its question in the body; what the body cannot hold is refused."""
    body = call.body(NumberedSearch)
    fields, validated = tuple(body.fields or ()), _validated(body.validate_query)
    return respond(page(call, _Search(body.jql or "", body.start_at, body.max_results, fields, _expand(body), validated)))


def _validated(asked: bool | str) -> bool:
    return str(asked).lower() not in {"false", "none", "warn"}


def _expand(body: NumberedSearch) -> frozenset[str]:
    return frozenset(each for part in body.expand or () for each in part.split(","))


def inside(call: Call, holds: Test) -> Response:
    """The issues of a board or sprint, narrowed further by the query of the address."""
    return respond(page(call, _in_address(call, call.text("jql")), holds))


def page(call: Call, asked: _Search, holds: Test | None = None) -> dict[str, Any]:
    """One page; ``maxResults`` of 0 asks for the total alone, a negative one for as many as the site allows."""
    if asked.start < 0:
        raise JiraError(400, "The startAt parameter must not be negative.")
    call.searching = True
    query = parse(asked.jql)
    doubts: list[str] | None = None if asked.validated else []
    tests = [condition(query, Asker(call.site, call.user, call.now, doubts))] if query.where is not None else []
    found = _ordered(call, query, [*tests, *([holds] if holds else [])])
    most = call.site.page_limit if asked.most < 0 else min(asked.most, call.site.page_limit)
    shown = found[asked.start : asked.start + most]
    wanted = issue_view.selected(call, asked.fields, "*navigable")
    body: dict[str, Any] = {
        "expand": "schema,names",
        "startAt": asked.start,
        "maxResults": most,
        "total": len(found),
        "issues": [_bean(call, issue, asked, wanted) for issue in shown],
    }
    if doubts:
        body["warningMessages"] = doubts
    if "names" in asked.expand:
        body["names"] = {field.id: field.name for field in wanted}
    if "schema" in asked.expand:
        body["schema"] = {field.id: rendering.schema(field) for field in wanted}
    return body


def _ordered(call: Call, query: Query, tests: list[Test]) -> list[Issue]:
    key = order(query, call.site)
    return sorted((issue for issue in indexed(call) if all(test(issue) for test in tests)), key=key)


def _bean(call: Call, issue: Issue, asked: _Search, wanted: list[Any]) -> dict[str, Any]:
    bean = issue_view.bean(call, issue, wanted)
    if asked.fields and set(asked.fields) <= _BARE:
        del bean["fields"]
    if "changelog" in asked.expand:
        bean["changelog"] = rendering.histories(call, issue, 0)
    return bean
