"""Servers that write ``null`` where others leave a key out, or write an empty list."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from ado_wire import Wire

from safesync.connectors.azure.documents import (
    BinnedItems,
    Boards,
    Capacities,
    Columns,
    Comments,
    Evaluations,
    Fields,
    FoundItems,
    FoundLinks,
    LinkChanges,
    Node,
    Revisions,
    TeamAreas,
    WebTeams,
    WorkItems,
    WorkItemTypes,
)
from safesync.connectors.azure.nulls import without_nulls
from safesync.model.item import ItemRef


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (Node, {"name": "Payments", "identifier": None, "attributes": None, "children": [{"name": "Train", "children": None}]}),
        (WorkItemTypes, {"value": None}),
        (WorkItemTypes, {"value": [{"name": "Bug", "states": None, "fields": None, "fieldInstances": None}]}),
        (Fields, {"value": None}),
        (WebTeams, {"value": None}),
        (TeamAreas, {"defaultValue": None, "values": None}),
        (TeamAreas, {"values": [{"value": "Payments", "includeChildren": None}]}),
        (Capacities, {"teamMembers": None, "value": None}),
        (Boards, {"value": None}),
        (Columns, {"value": None}),
        (Revisions, {"values": None, "isLastBatch": None, "continuationToken": None, "nextLink": None}),
        (Revisions, {"values": [{"id": 1, "rev": 2, "fields": None}], "isLastBatch": True}),
        (LinkChanges, {"values": None}),
        (WorkItems, {"value": None}),
        (FoundItems, {"asOf": None, "workItems": None, "columns": None}),
        (FoundLinks, {"workItemRelations": None}),
        (BinnedItems, {"value": None}),
        (BinnedItems | tuple, {"value": None}),
        (Comments, {"comments": None, "continuationToken": None}),
        (Evaluations, {"evaluations": None}),
    ],
)
def test_a_null_is_as_good_as_nothing_and_a_list_of_nothing_is_empty(shape: Any, told: Any) -> None:
    read = msgspec.convert(without_nulls(told, shape), type=shape)
    lists = [value for value in (getattr(read, name) for name in read.__struct_fields__) if isinstance(value, tuple)]
    assert all(value == () or None not in value for value in lists)


@pytest.mark.parametrize("told", [{}, {"count": 0}, {"values": 3}, [], None])
def test_what_is_no_such_list_is_still_refused(told: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(without_nulls(told, Revisions), type=Revisions)


def test_an_item_that_is_not_shown_stays_null_and_its_fields_too() -> None:
    told = {"value": [None, {"id": 7, "rev": 1, "fields": {"System.Tags": None}, "relations": None}]}
    assert msgspec.convert(without_nulls(told, WorkItems), type=WorkItems).value == (None, told["value"][1])


def test_a_list_of_comments_that_is_null_holds_none(wire: Wire, ref: ItemRef) -> None:
    wire.knows_me()
    wire.says("GET", "/Payments/_apis/wit/workItems/412/comments", json={"totalCount": 0, "comments": None, "continuationToken": None})
    assert wire.tracker().find_comments(ref, "7f3a9c") == ()


def test_a_byte_order_mark_before_a_good_answer_is_no_part_of_it(wire: Wire, ref: ItemRef) -> None:
    wire.knows_me()
    body = b"\xef\xbb\xbf" + json.dumps({"comments": []}).encode()
    wire.says("GET", "/Payments/_apis/wit/workItems/412/comments", body=body, content_type="application/json")
    assert wire.tracker().find_comments(ref, "7f3a9c") == ()
