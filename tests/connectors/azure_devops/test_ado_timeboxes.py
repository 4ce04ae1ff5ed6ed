"""Iteration nodes as iterations and planning intervals."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from ado_wire import Shared, load

from safesync.connectors.azure.documents import Node
from safesync.connectors.azure.timeboxes import Spot, intervals, is_iteration, iterations, spots
from safesync.connectors.mapping import Mapping
from safesync.model.timebox import PlanningInterval


def node(name: str, *children: dict[str, object], start: str | None = None, finish: str | None = None) -> dict[str, object]:
    dates = {"startDate": f"{start}T00:00:00Z", "finishDate": f"{finish}T00:00:00Z"} if start else None
    return {"id": 1, "name": name, "children": list(children), "attributes": dates, "path": "\\not\\used"}


ROOT = node(
    "Payments",
    node(
        "PI 26.4",
        node("Iteration 26.4.1", start="2026-10-05", finish="2026-10-16"),
        node("Iteration 26.4.2", start="2026-10-19", finish="2026-10-30"),
        node("IP Iteration", start="2026-11-30", finish="2026-12-11"),
        start="2026-10-05",
        finish="2026-12-11",
    ),
    node("PI 27.1", node("Sprint 1", start="2027-01-04", finish="2027-01-15"), node("Sprint 2")),
    node("PI 27.2", start="2027-03-29", finish="2027-06-04"),
    node("PI 27.3"),
    node("Sprint 9"),
)


def found() -> list[Spot]:
    return [*spots(msgspec.convert(ROOT, Node))]


def test_leaves_are_iterations_and_the_nodes_above_them_intervals():
    boxes = iterations("ado", found(), Mapping(), None)
    assert [box.uid for box in boxes] == [
        "ado:iteration:Payments\\PI 26.4\\Iteration 26.4.1",
        "ado:iteration:Payments\\PI 26.4\\Iteration 26.4.2",
        "ado:iteration:Payments\\PI 26.4\\IP Iteration",
        "ado:iteration:Payments\\PI 27.1\\Sprint 1",
        "ado:iteration:Payments\\PI 27.1\\Sprint 2",
        "ado:iteration:Payments\\Sprint 9",
    ]
    assert [box.interval for box in boxes] == ["PI 26.4", "PI 26.4", "PI 26.4", "PI 27.1", "PI 27.1", None]
    assert [box.innovation for box in boxes] == [False, False, True, False, False, False]
    assert (boxes[0].starts_on, boxes[0].ends_on) == (date(2026, 10, 5), date(2026, 10, 16))


def test_an_interval_has_its_own_dates_else_those_of_what_stands_in_it():
    assert intervals(found(), None) == (
        PlanningInterval("PI 26.4", date(2026, 10, 5), date(2026, 12, 11)),
        PlanningInterval("PI 27.1", date(2027, 1, 4), date(2027, 1, 15)),
        PlanningInterval("PI 27.2", date(2027, 3, 29), date(2027, 6, 4)),
        PlanningInterval("PI 27.3"),
    )


@pytest.mark.parametrize(
    ("name", "iteration"),
    [("PI 26.4", False), ("Increment 7", False), ("2026 Q3", False), ("PI 26.4.2", True), ("Iteration 26.4.2", True), ("Sprint 12", True)],
)
def test_a_leaf_without_dates_is_an_interval_only_when_it_is_called_like_one(name: str, iteration: bool):
    assert is_iteration(Spot(f"P\\{name}", name, leaf=True), None) is iteration


@pytest.mark.shared
def test_the_nodes_of_a_real_recording_get_the_paths_that_work_items_write(shared: Shared):
    body = load(shared("data/azure-devops/recordings/samples/iterations_04_GET_nodes.json"))["response"]["body"]
    paths = [spot.path for spot in spots(msgspec.convert(body, Node))]
    assert paths[:2] == ["IterationProj_000001", "IterationProj_000001\\Sprint 1"]


def test_a_node_whose_dates_nobody_can_read_has_none_and_costs_the_others_nothing():
    odd = {"name": "Odd", "attributes": {"startDate": "soon", "finishDate": "12/1/2026 4:00:00 AM"}}
    ends = {"name": "Never", "attributes": {"startDate": "0001-01-01T00:00:00+01:00", "finishDate": "9999-12-31T23:59:59Z"}}
    found = [*spots(msgspec.convert({"name": "Payments", "children": [odd, ends]}, Node))]
    assert [(spot.name, spot.starts_on, spot.ends_on) for spot in found] == [
        ("Payments", None, None),
        ("Odd", None, None),
        ("Never", date(1, 1, 1), date(9999, 12, 31)),
    ]
