"""Reads issues page by page, with as many histories as it takes to understand them; never a call per issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.model.errors import RunError

_PAGE = 100  # more is cut silently as soon as fields are asked for
_HISTORIES = 10_000
_BULK = 100


def pages(
    client: JiraClient, jql: str, fields: Sequence[str], enough: Callable[[dict[str, Any]], bool]
) -> Iterator[tuple[list[dict[str, Any]], bool]]:
    """
    (issues, whether this is the last page); ``RunError`` when the site goes in circles.

    The search brings the newest histories of each issue for nothing. Only for those that are not ``enough`` one more
    call a page brings all.
    """
    token: str | None = None
    used: set[str] = set()
    while True:
        answer = _searched(client, jql, fields, token)
        token = answer.get("nextPageToken")
        last = answer.get("isLast") is True or token is None
        if token is None and answer.get("isLast") is False:
            raise RunError(f"{client.name}: Jira says that more issues follow, but not where. Run again.")
        if token is not None and not last:
            if token in used:
                raise RunError(f"{client.name}: Jira gave the same page token twice: its search goes in circles. Run again.")
            used.add(token)
        issues = answer["issues"]
        _complete(client, [one for one in issues if not enough(one)])
        yield issues, last
        if last:
            return


def revisions(client: JiraClient, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(id, present revision) of the issues that are still there, 100 a call."""
    for start in range(0, len(ids), _BULK):
        body = {"issueIdsOrKeys": list(ids[start : start + _BULK]), "fields": ["updated"]}
        for one in client.read("POST", "issue/bulkfetch", body=body)["issues"]:
            yield str(one["id"]), str(one["fields"]["updated"])


def _searched(client: JiraClient, jql: str, fields: Sequence[str], token: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {"jql": jql, "maxResults": _PAGE, "fields": list(fields), "expand": "changelog"}
    try:
        answer = client.read("POST", "search/jql", body=body if token is None else {**body, "nextPageToken": token})
    except RefusedError as error:
        raise RunError(f"{client.name}: Jira refused the search ({error.status}). Check the scope's projects and jql: {jql}") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("issues"), list):
        raise RunError(f"{client.name}: the answer to a search holds no issues. Check the address.")
    return answer


def _complete(client: JiraClient, issues: list[dict[str, Any]]) -> None:
    """Give these issues all their histories; where that is refused they stay as they are, and their items say so."""
    if not issues:
        return
    wanted = [str(one["id"]) for one in issues]
    found: dict[str, list[Any]] = {key: [] for key in wanted}
    token: str | None = None
    used: set[str] = set()
    while True:
        body = {"issueIdsOrKeys": wanted, "maxResults": _HISTORIES}
        try:
            answer = client.read("POST", "changelog/bulkfetch", body=body if token is None else {**body, "nextPageToken": token})
        except RefusedError:
            return
        for log in answer.get("issueChangeLogs") or ():
            found.setdefault(str(log["issueId"]), []).extend(log.get("changeHistories") or ())
        token = answer.get("nextPageToken")
        if token is None:
            break
        if token in used:
            raise RunError(f"{client.name}: Jira gave the same page token of changelogs twice. Run again.")
        used.add(token)
    for raw, key in zip(issues, wanted, strict=True):
        raw["changelog"] = {"histories": found[key], "total": len(found[key])}
