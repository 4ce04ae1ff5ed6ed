"""Reads what Jira lists page by page at a position: boards, sprints, versions, comments, projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safesync.connectors.jira.client import JiraClient


def listed(
    client: JiraClient, path: str, params: Mapping[str, str], *, size: int = 50, held_in: str = "values", agile: bool = False
) -> Iterator[dict[str, Any]]:
    """
    The entries, each once.

    ``isLast`` and ``total`` are optional in Jira's own description: where neither is told, only a page that shows
    nothing new is the end. So a site that ignores positions is not asked for ever.
    """
    start = 0
    known: set[str] = set()
    while True:
        page = client.read("GET", path, params={**params, "startAt": str(start), "maxResults": str(size)}, agile=agile)
        fresh = {name: one for one in page[held_in] if (name := str(one.get("id", one))) not in known}
        yield from fresh.values()
        known |= fresh.keys()
        start += len(page[held_in])
        if not fresh or _ends(page, start):
            return


def _ends(page: dict[str, Any], shown: int) -> bool:
    if (last := page.get("isLast")) is not None:
        return bool(last)
    total = page.get("total")
    return total is not None and shown >= int(total)
