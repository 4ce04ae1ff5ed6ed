"""The search: queries over the index, page by page."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from safesync.connectors.sandbox.jira import issue_view, rendering
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, PlainError, ProblemError, respond
from safesync.connectors.sandbox.jira.bodies import Count, SearchBody
from safesync.connectors.sandbox.jira.entities import Issue, User
from safesync.connectors.sandbox.jira.jql import parse
from safesync.connectors.sandbox.jira.jql_meaning import Asker, condition
from safesync.connectors.sandbox.jira.jql_order import order
from safesync.connectors.sandbox.jira.state import JiraSite

_CHEAP = frozenset({"id", "key"})
_TOKEN_LIFE = timedelta(days=7)
_BAD_TOKEN = "The provided next page token is invalid or expired."  # noqa: S105 - a sentence about tokens


@dataclass(frozen=True, slots=True)
class _Search:
    jql: str
    fields: tuple[str, ...]
    token: str | None
    most: int
    expand: frozenset[str]
    properties: tuple[str, ...]
    reconcile: frozenset[int]


def by_post(call: Call) -> Response:
    """The search with its question in the body, which is a closed bean."""
    body = call.body(SearchBody)
    if body.reconcile_issues is None:
        said = 'Cannot invoke "java.util.List.stream()" because "reconcileIssues" is null'
        raise PlainError(500, {"message": said, "status-code": 500, "stack-trace": ""})
    reconcile = body.reconcile_issues or []
    asked = _Search(
        body.jql,
        tuple(body.fields),
        body.next_page_token,
        body.max_results,
        frozenset(body.expand.split(",")),
        tuple(body.properties),
        frozenset(reconcile),
    )
    return _answer(call, asked, len(reconcile))


def by_get(call: Call) -> Response:
    """The search with its question in the address."""
    reconcile = call.listed("reconcileIssues")
    if not all(each.isdecimal() for each in reconcile):
        raise ProblemError(400, "Bad Request", f"Failed to convert 'reconcileIssues' with value: '{','.join(reconcile)}'", call.path)
    asked = _Search(
        call.text("jql"),
        tuple(call.listed("fields")),
        call.text("nextPageToken") or None,
        call.number("maxResults", 50),
        frozenset(call.listed("expand")),
        tuple(call.listed("properties")),
        frozenset(int(each) for each in reconcile),
    )
    return _answer(call, asked, len(reconcile))


def count(call: Call) -> Response:
    """About how many issues a query finds."""
    query = parse(call.body(Count).jql)
    if call.user is None:
        return respond({"count": 0})
    test = condition(query, Asker(call.site, call.user, call.now))
    return respond({"count": sum(1 for issue in indexed(call) if test(issue))})


def _answer(call: Call, asked: _Search, reconciled: int) -> Response:
    """A page. What is wrong is found in the order in which Jira looks."""
    after = _position(call, asked)
    if reconciled > 50:
        raise JiraError(400, "The max number of issues to reconcile is 50.")
    if not 1 <= asked.most <= 5000:
        raise JiraError(400, "The max results parameter has to be between 1 and 5,000.")
    query = parse(asked.jql)
    if query.where is None:
        raise JiraError(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    if len(asked.properties) > 5:
        raise JiraError(400, "The maximum number of properties is 5.")
    if call.user is None:
        return respond({"issues": [], "isLast": True})
    found = _found(call, call.user, asked, after)
    size = min(asked.most, 5000 if set(asked.fields) <= _CHEAP else call.site.page_limit)
    if call.site.short_pages:
        size = min(size, call.site.short_pages.pop(0))
    return respond(_page(call, asked, found, size, after))


def _found(call: Call, user: User, asked: _Search, after: Any) -> list[tuple[Any, Issue]]:
    """What the query finds behind the position, in order."""
    query = parse(asked.jql)
    test = condition(query, Asker(call.site, user, call.now))
    key = order(query, call.site)
    keyed = [(key(issue), issue) for issue in indexed(call, asked.reconcile) if test(issue)]
    return sorted((pair for pair in keyed if after is None or after < pair[0]), key=lambda pair: pair[0])


def _page(call: Call, asked: _Search, found: list[tuple[Any, Issue]], size: int, after: Any) -> dict[str, Any]:
    shown = found[:size]
    wanted = issue_view.selected(call, asked.fields, "id")
    body: dict[str, Any] = {"issues": [_bean(call, issue, asked, wanted) for _, issue in shown], "isLast": len(found) <= size}
    if not body["isLast"]:
        body["nextPageToken"] = _token(call, asked, shown[-1][0] if shown else after)
    if "names" in asked.expand:
        body["names"] = {field.id: field.name for field in wanted}
    if "schema" in asked.expand:
        body["schema"] = {field.id: rendering.schema(field) for field in wanted}
    return body


def _bean(call: Call, issue: Issue, asked: _Search, wanted: list[Any]) -> dict[str, Any]:
    if not asked.properties and set(asked.fields) <= {"id"}:
        return {"id": str(issue.id)}
    bean = issue_view.bean(call, issue, wanted, asked.properties)
    if set(asked.fields) <= _CHEAP:
        del bean["fields"]
    if "changelog" in asked.expand:
        bean["changelog"] = rendering.histories(call, issue, 40)
    return bean


def _token(call: Call, asked: _Search, position: Any) -> str:
    """A name for the position behind which the next page begins; an issue that changes meanwhile moves past it."""
    held = call.site.page_tokens
    if len(held) > 1000:
        call.site.page_tokens = held = {token: kept for token, kept in held.items() if call.now - kept[0] <= _TOKEN_LIFE}
    token = secrets.token_urlsafe(24)
    held[token] = (call.now, asked.jql, position)
    return token


def _position(call: Call, asked: _Search) -> Any:
    if asked.token is None:
        return None
    made, jql, position = call.site.page_tokens.get(asked.token, (None, "", None))
    if made is None or call.now - made > _TOKEN_LIFE or jql != asked.jql:
        raise JiraError(400, _BAD_TOKEN)
    return position


def indexed(call: Call, reconcile: frozenset[int] = frozenset()) -> Iterator[Issue]:
    """The issues as the index has them, which is late, but for those that are to be reconciled; archived projects are not in it."""
    site = call.site
    open_to_caller = {project for project in site.projects.values() if project.status == "live" and call.sees(project)}
    for issue in site.issues.values():
        shown = issue if not issue.past or issue.id in reconcile else _as_indexed(site, issue)
        if shown is not None and shown.project in open_to_caller and site.shows(call.user, shown):
            yield shown
    for gone, issue in site.buried:
        if gone > site.index_time() and issue.id not in reconcile and issue.project in open_to_caller and site.shows(call.user, issue):
            yield issue


def _as_indexed(site: JiraSite, issue: Issue) -> Issue | None:
    seen = site.index_time()
    issue.past = [entry for entry in issue.past if entry[0] > seen]
    return issue.past[0][1] if issue.past else issue


_API = "/rest/api/3/search"
ENDPOINTS = (
    Endpoint("POST", f"{_API}/jql", by_post, reads=True),
    Endpoint("GET", f"{_API}/jql", by_get),
    Endpoint("POST", f"{_API}/approximate-count", count, reads=True),
)
