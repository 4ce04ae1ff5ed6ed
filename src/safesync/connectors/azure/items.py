"""Work items by their ids: two hundred a call, several calls at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import WorkItems
from safesync.connectors.azure.resources import ITEMS_BATCH
from safesync.connectors.lanes import side_by_side

BATCH = 200
Raws = tuple[Mapping[str, Any], ...]
OnRefused = Callable[[int, RefusedError], None]
"""What to do about an item that the tracker fails to give, alone among its page."""


def read_items(
    client: AzureClient, ids: Sequence[int], fields: Sequence[str] = (), *, lanes: int = 1, refused: OnRefused | None = None
) -> Iterator[Raws]:
    """
    The items that exist and may be read, page by page in the order of ``ids``: all fields and relations, or only ``fields``.

    Those that are gone or hidden are left out: asked for otherwise, one of them would fail the whole page. With
    ``refused``, one that the tracker cannot give for a reason of its own is told there, and its page comes without it.
    """
    pages = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    if lanes <= 1 or len(ids) <= BATCH:
        yield from (_page(client, some, fields, refused) for some in pages)
    else:
        # Nothing is begun beyond the lanes: a page here is two hundred whole items.
        yield from side_by_side((partial(_page, client, some, fields, refused) for some in pages), lanes, begun=lanes)


def _page(client: AzureClient, ids: Sequence[int], fields: Sequence[str], refused: OnRefused | None) -> Raws:
    shown: dict[str, Any] = {"fields": list(fields)} if fields else {"$expand": "relations"}
    body = {"ids": list(ids), "errorPolicy": "omit", **shown}
    try:
        return tuple(raw for raw in client.read(ITEMS_BATCH, WorkItems, body=body).value if raw is not None)
    except RefusedError as error:
        if refused is None or not _is_of_one_item(error):
            raise
        if len(ids) == 1:
            refused(ids[0], error)
            return ()
    half = len(ids) // 2
    return (*_page(client, ids[:half], fields, refused), *_page(client, ids[half:], fields, refused))


def _is_of_one_item(error: RefusedError) -> bool:
    # Ten thousand revisions make a server fail over an item (500); 404 is a server that does not know what omit means.
    return error.says_gone or error.type_key == "TooManyRevisions"
