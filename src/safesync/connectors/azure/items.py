"""Work items by their ids: two hundred a call, and which of them a query of the administrator's selects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import FoundItems, WorkItems
from safesync.connectors.azure.resources import ITEMS_BATCH, WIQL
from safesync.connectors.port import Scope
from safesync.model.errors import RunError

BATCH = 200
_FOUND_AT_MOST = 20_000
_IDS_A_QUERY = 2_000


def read_items(client: AzureClient, ids: Sequence[int], fields: Sequence[str] = ()) -> Iterator[tuple[Mapping[str, Any], ...]]:
    """
    The items that exist and may be read, page by page: all fields and relations, or only ``fields``.

    Those that are gone or hidden are left out: asked for otherwise, one of them would fail the whole page.
    """
    shown: dict[str, Any] = {"fields": list(fields)} if fields else {"$expand": "relations"}
    for start in range(0, len(ids), BATCH):
        body = {"ids": list(ids[start : start + BATCH]), "errorPolicy": "omit", **shown}
        yield tuple(raw for raw in client.read(ITEMS_BATCH, WorkItems, body=body).value if raw is not None)


def selected(client: AzureClient, scope: Scope, ids: Sequence[int]) -> frozenset[int]:
    """Those of ``ids`` that the query of the scope selects; all of them when it has none."""
    if not scope.query:
        return frozenset(ids)
    found: set[int] = set()
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = ", ".join(str(one) for one in ids[start : start + _IDS_A_QUERY])
        found.update(_found(client, f"[System.Id] IN ({some}) AND ({scope.query})"))
    return frozenset(found)


def _found(client: AzureClient, condition: str) -> Iterator[int]:
    # Dates in a query count whole days unless asked otherwise, and a time in one is then an error.
    body = {
        "query": f"SELECT [System.Id] FROM WorkItems WHERE {condition} ORDER BY [System.Id]"
    }  # the administrator's own condition, read by the tracker
    try:
        answer = client.read(WIQL, FoundItems, query={"timePrecision": True, "$top": _FOUND_AT_MOST}, body=body)
    except RefusedError as refused:
        raise RunError(
            f"scope.query is not accepted by Azure DevOps ({refused.code or refused.status}): it must be a WIQL condition."
        ) from refused
    yield from (row.id for row in answer.work_items)
