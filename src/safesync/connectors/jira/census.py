"""What became of issues that a full read did not show: asked by id, because a search proves nothing about what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safesync.connectors.jira import jql
from safesync.connectors.jira.client import JiraClient
from safesync.connectors.jira.scan import PAGE, chunks, matching, shown
from safesync.connectors.port import Fate, Scope


def fates(client: JiraClient, scope: Scope, wanted: Sequence[str]) -> Iterator[tuple[str, Fate]]:
    """
    (id, fate), one call per 100; one more for those that a query of the scope may have left out.

    Jira answers for a deleted issue as for one that is hidden from us: ``Fate.UNTOLD``, and never ``Fate.DELETED``.
    """
    for some in chunks(wanted, PAGE):
        homes = {str(one["id"]): str(one["fields"]["project"]["key"]) for one in shown(client, some, ["project"])}
        near = [native_id for native_id, home in homes.items() if not scope.projects or home in scope.projects]
        within = set(matching(client, jql.among(near, scope))) if scope.query and near else set(near)
        for native_id in some:
            yield native_id, _fate(native_id in homes, native_id in within)


def _fate(readable: bool, within: bool) -> Fate:
    if not readable:
        return Fate.UNTOLD
    return Fate.PRESENT if within else Fate.MOVED
