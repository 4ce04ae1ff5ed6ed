"""Completes the histories that an answer of Jira Cloud cuts off, for many issues in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.lanes import with_last
from safesync.model.errors import RunError

Raw = dict[str, Any]
_HISTORIES = 10_000
_AT_ONCE = 200
"""A thousand are allowed, but so many with their histories would be a burden to hold."""


def completed(client: JiraClient, pages: Iterable[list[Raw]], enough: Callable[[Raw], bool]) -> Iterator[list[Raw]]:
    """
    The same issues. An answer brings the newest histories of each issue for nothing; those for which they are not
    ``enough`` wait until there are many of them, or no more to come, and are read together.
    """
    waiting: list[Raw] = []
    for issues, last in with_last(pages, []):
        told = [enough(one) for one in issues]
        ready = [one for one, whole in zip(issues, told, strict=True) if whole]
        waiting += [one for one, whole in zip(issues, told, strict=True) if not whole]
        while len(waiting) >= _AT_ONCE or (last and waiting):
            some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            _complete(client, some)
            ready += some
        yield ready


def _complete(client: JiraClient, issues: list[Raw]) -> None:
    """Give these issues all their histories; where that is refused they stay as they are, and their items say so."""
    found: dict[str, list[Any]] = {str(one["id"]): [] for one in issues}
    try:
        for log in _logs(client, list(found)):
            found.setdefault(str(log["issueId"]), []).extend(log.get("changeHistories") or ())
    except RefusedError:
        return
    for raw in issues:
        histories = found[str(raw["id"])]
        held = raw.get("changelog") or {}
        # Fewer than we hold already are not all of them, whatever the answer is called.
        if len(histories) >= len(held.get("histories") or ()):
            raw["changelog"] = {"histories": histories, "total": max(len(histories), int(held.get("total") or 0))}


def _logs(client: JiraClient, wanted: list[str]) -> Iterator[Raw]:
    token: str | None = None
    used: set[str] = set()
    while True:
        body = {"issueIdsOrKeys": wanted, "maxResults": _HISTORIES}
        answer = client.read("POST", "changelog/bulkfetch", body=body if token is None else {**body, "nextPageToken": token})
        yield from answer.get("issueChangeLogs") or ()
        token = answer.get("nextPageToken") or None
        if token is None:
            return
        if token in used:
            raise RunError("Jira gave the same page token of changelogs twice. Run again.")
        used.add(token)
