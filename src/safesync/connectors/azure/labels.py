"""Our tags on work items: put on and taken off one by one, under a lock on the revision, so that nobody's tag is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safesync.connectors.azure import values
from safesync.connectors.azure.answers import RACED, RefusedError, about_item
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.items import read_items
from safesync.connectors.azure.resources import ITEMS
from safesync.connectors.port import LabelsRefusedError, OutOfReachError
from safesync.model.errors import ConflictError, ItemError
from safesync.model.item import ItemRef

_TAGS, _REVISION = "System.Tags", "System.Rev"
_TRIES = 4
_LONGEST = 400
_MOST = 100
_TOO_MANY, _NO_TAG = "TF401243", "TF401407"


def change_labels(client: AzureClient, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
    """
    The tags that are there when we look, with ours added and taken away; nothing is written when that changes nothing.

    A change that comes between looking and writing is answered 412: then we look again, ``ConflictError`` after four times.
    """
    for tag in add:
        _check(tag)
    for _ in range(_TRIES):
        revision, present = _look(client, ref)
        wanted = changed(present, add, remove)
        if wanted == present:
            return
        try:
            _save(client, ref, revision, wanted, replaces=bool(present))
        except RefusedError as refused:
            if refused.status == 400 and refused.own and refused.code != RACED:
                raise _not_to_be(refused) from refused
            if refused.status != 412 and refused.code != RACED:
                raise refused.for_item() from refused
        else:
            return
    raise ConflictError(f"its tags could not be changed, because somebody changed it {_TRIES} times meanwhile.")


def changed(present: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> tuple[str, ...]:
    """The tags afterwards: others' as they are, ours without double; Azure DevOps compares them without upper and lower case."""
    unwanted = {tag.casefold() for tag in remove} - {tag.casefold() for tag in add}
    kept = [tag for tag in present if tag.casefold() not in unwanted]
    there = {tag.casefold() for tag in kept}
    return (*kept, *(tag for tag in dict.fromkeys(add) if tag.casefold() not in there))


def _look(client: AzureClient, ref: ItemRef) -> tuple[int, tuple[str, ...]]:
    with about_item():
        found = next(read_items(client, [int(ref.native_id)], (_REVISION, _TAGS)), ())
    if not found:
        raise OutOfReachError("it is gone, or the token may not see it.")
    return int(found[0]["rev"]), values.tags(found[0]["fields"].get(_TAGS))


def _save(client: AzureClient, ref: ItemRef, revision: int, tags: Sequence[str], *, replaces: bool) -> None:
    patch = [
        {"op": "test", "path": "/rev", "value": revision},
        {"op": "replace" if replaces else "add", "path": f"/fields/{_TAGS}", "value": "; ".join(tags)},
    ]
    route = {"project": ref.project, "id": ref.native_id}
    client.write("PATCH", ITEMS, dict[str, Any], route=route, body=patch, media_type="application/json-patch+json")


def _not_to_be(refused: RefusedError) -> LabelsRefusedError:
    """Too many tags, one that is none, or a rule of the item's type that it breaks already, such as an empty field that must be filled."""
    if refused.code == _TOO_MANY:
        return LabelsRefusedError(f"it has as many tags as Azure DevOps keeps on one ({_MOST}): ours are not set. Remove some.")
    by_item = refused.code != _NO_TAG
    advice = " Save it by hand once: what Azure DevOps misses there is shown then." if by_item else ""
    return LabelsRefusedError(f"{refused}{advice}", by_item=by_item)


def _check(tag: str) -> None:
    if not tag.strip() or len(tag) > _LONGEST or any(letter in ";," or ord(letter) > 0xFFFF for letter in tag):
        raise ItemError(f"{tag!r} cannot be a tag in Azure DevOps (no ';', ',' or emoji, {_LONGEST} letters at most).")
