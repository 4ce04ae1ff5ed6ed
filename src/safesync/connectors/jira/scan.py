"""
Reads the issues of a scope, all of them or those that changed: a call a page, never a call an issue.

Jira Cloud has no way into the middle of a search: a page is found by the token on the page before. So everything is read
by a census of ids, 5,000 a call, and the issues behind them a hundred a call, side by side; read by id they are also as
they are now, and not as the index had them. What changed is read by the search itself, page after page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from safesync.connectors.jira import changelogs, jql
from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.positions import Positions
from safesync.connectors.lanes import ahead, side_by_side
from safesync.connectors.patience import BarredError
from safesync.connectors.port import Scope
from safesync.model.errors import RunError

Raw = dict[str, Any]
_One = TypeVar("_One")
PAGE = 100
"""Of a search with fields Jira Cloud cuts more silently, and no more may be fetched by id."""
_IDS = 5000
RECONCILED = 50


def everything(
    client: JiraClient, scope: Scope, fields: Sequence[str], enough: Callable[[Raw], bool], *, lanes: int
) -> Iterator[list[Raw]]:
    """All issues in scope, each once, with the histories that it takes to understand them; ``lanes`` calls at a time."""
    if not client.site.cloud:
        return Positions(client, jql.everything(scope), fields, PAGE).pages(lanes)
    return changelogs.completed(client, _everything_by_id(client, scope, fields, lanes), enough)


def changed(
    client: JiraClient,
    scope: Scope,
    fields: Sequence[str],
    enough: Callable[[Raw], bool],
    *,
    since: datetime,
    now: datetime,
    written: Sequence[int] = (),
) -> Iterator[list[Raw]]:
    """
    The issues in scope that changed after ``since``, and some that changed shortly before; both times by the site's clock.

    Ours that the index may not know yet, at most 50 ids, are shown as they are when named in ``written``.
    """
    query = jql.changed(scope, since, now)
    if not client.site.cloud:
        return Positions(client, query, fields, PAGE).pages(1)
    body = {**_asking(query, fields), **({"reconcileIssues": list(written)} if written else {})}
    return changelogs.completed(client, ahead(_by_token(client, body)), enough)


def revisions(client: JiraClient, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(id, present revision) of the issues that are still there, 100 a call."""
    for one in shown(client, wanted, ["updated"]):
        yield str(one["id"]), str(one["fields"]["updated"])


def shown(client: JiraClient, wanted: Iterable[str], fields: Sequence[str]) -> Iterator[Raw]:
    """The issues with these ids, wherever they are now; those that are gone or hidden are left out. 100 a call."""
    for some in chunks(wanted, PAGE):
        yield from _fetched_or_found(client, some, fields) if client.site.cloud else _named(client, some, fields)


def _fetched_or_found(client: JiraClient, wanted: list[str], fields: Sequence[str]) -> Iterator[Raw]:
    try:
        yield from client.read("POST", "issue/bulkfetch", body={"issueIdsOrKeys": wanted, "fields": list(fields)})["issues"]
    except (RefusedError, BarredError):
        # What stands before the site lets searches pass alone. Reconciled, they show the present.
        for some in chunks(wanted, RECONCILED):
            body = {"jql": jql.among(some), "maxResults": PAGE, "fields": list(fields), "reconcileIssues": [int(one) for one in some]}
            for page in _by_token(client, body):
                yield from page


def _named(client: JiraClient, wanted: list[str], fields: Sequence[str]) -> list[Raw]:
    """
    The same on Data Center, which has only its search for that, and may refuse it whole for one id that is no more.

    One alone is read: the index of the search may be behind.
    """
    if len(wanted) == 1:
        return _read(client, wanted[0], fields)
    body = {"jql": jql.among(wanted), "maxResults": len(wanted), "fields": list(fields), "validateQuery": False}
    try:
        answer = client.read("POST", "search", body=body)
    except RefusedError as error:
        if error.status != 400:
            raise
    else:
        asked = set(wanted)
        found = [one for one in answer["issues"] if str(one["id"]) in asked]
        left = asked - {str(one["id"]) for one in found}
        # The server may hold fewer a page; ``total`` says whether those that are missing are on another. A page without any
        # that we asked for brings us no further.
        return found + _named(client, sorted(left), fields) if found and left and int(answer["total"]) > len(found) else found
    half = len(wanted) // 2
    return [one for some in (wanted[:half], wanted[half:]) for one in _named(client, some, fields)]


def _read(client: JiraClient, native_id: str, fields: Sequence[str]) -> list[Raw]:
    try:
        return [client.read("GET", f"issue/{native_id}", params={"fields": ",".join(fields)})]
    except RefusedError as error:
        if not error.says_gone:
            raise
        return []


def matching(client: JiraClient, query: str) -> Iterator[str]:
    """The ids of the issues that a query finds."""
    if client.site.cloud:
        found = _by_token(client, {"jql": query, "maxResults": _IDS, "fields": ["id"]})
    else:
        found = Positions(client, query, ["updated"], PAGE).pages(1)
    yield from (str(one["id"]) for page in found for one in page)


def chunks(values: Iterable[_One], size: int) -> Iterator[list[_One]]:
    """The values, ``size`` at a time."""
    left = iter(values)
    while some := list(islice(left, size)):
        yield some


def _everything_by_id(client: JiraClient, scope: Scope, fields: Sequence[str], lanes: int) -> Iterator[list[Raw]]:
    census = ahead(_by_token(client, {"jql": jql.everything(scope), "maxResults": _IDS, "fields": ["id"]}))
    counted = _once(str(one["id"]) for page in census for one in page)
    calls = (partial(_fetched, client, some, fields) for some in chunks(counted, PAGE))
    began = False
    try:
        for issues in side_by_side(calls, lanes):
            yield [one for one in issues if _within(one, scope)]
            began = True
    except (RefusedError, BarredError) as error:
        if began:
            raise RunError(f"{error} Run again.") from error
        # A gateway that lets searches pass alone is slow, but nothing is lost.
        yield from ahead(_by_token(client, _asking(jql.everything(scope), fields)))


def _once(values: Iterable[str]) -> Iterator[str]:
    """Each value at its first sight: an issue that is saved between two pages may stand on both."""
    seen = set[int]()
    for value in values:
        if int(value) not in seen:
            seen.add(int(value))
            yield value


def _fetched(client: JiraClient, wanted: list[str], fields: Sequence[str]) -> list[Raw]:
    """The issues behind ids; asked again for what is missing as long as anything comes, for an answer may be cut short."""
    found: dict[str, Raw] = {}
    while missing := [one for one in wanted if one not in found]:
        body = {"issueIdsOrKeys": missing, "fields": list(fields), "expand": ["changelog"]}
        more = {str(one["id"]): one for one in client.read("POST", "issue/bulkfetch", body=body)["issues"]}
        if not more.keys() - found.keys():
            break
        found |= more
    return [found[one] for one in wanted if one in found]


def _within(raw: Raw, scope: Scope) -> bool:
    """Whether an issue that was read by id is still in one of the projects; it may have moved since it was counted."""
    project = (raw.get("fields") or {}).get("project")
    key = project.get("key") if isinstance(project, dict) else None
    return key is None or not scope.projects or str(key) in scope.projects


def _asking(query: str, fields: Sequence[str]) -> Raw:
    return {"jql": query, "maxResults": PAGE, "fields": list(fields), "expand": "changelog"}


def _by_token(client: JiraClient, body: Raw) -> Iterator[list[Raw]]:
    """The pages of a search of Jira Cloud; ``RunError`` when it goes in circles."""
    token: str | None = None
    used: set[str] = set()
    while True:
        answer = _searched(client, body if token is None else {**body, "nextPageToken": token})
        yield answer["issues"]
        token = answer.get("nextPageToken") or None
        if answer.get("isLast") is True or (token is None and answer.get("isLast") is not False):
            return
        if token is None:
            raise RunError("Jira says that more issues follow, but not where. Run again.")
        if token in used:
            raise RunError("Jira gave the same page token twice: its search goes in circles. Run again.")
        used.add(token)


def _searched(client: JiraClient, body: Raw) -> Raw:
    try:
        answer = client.read("POST", "search/jql", body=body)
    except RefusedError as error:
        raise RunError(f"Jira refused the search ({error.status}). Check the scope's projects and jql: {body['jql']}") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("issues"), list):
        raise RunError("the answer to a search holds no issues. Check the address.")
    return answer
