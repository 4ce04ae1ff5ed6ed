"""What files beside the trackers say about items, and items that only stand in files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from safesync.facts.backlog import Backlog, backlog
from safesync.facts.frame.columns import coded, narrowed
from safesync.facts.frame.links import Addresses
from safesync.model.item import Item, Kind, Link, Relation
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import REGISTERS, Budget, Entry, Register, Registers
from safesync.rules.examples import NOW, epic, facts_of, feature, key_result, links_of, objective, pi_objective, story

_MONEY = frozenset({"cost_estimate", "cost_forecast", "approval"})


def seen(*items: Item, registers: Registers, resolved: bool = False, **more: Any) -> Backlog:
    """A backlog as a store gives it (coded, links resolved) or as an example does."""
    facts, links = facts_of(items), links_of(items)
    if resolved:
        facts = narrowed(coded(facts))
        links = Addresses(facts).resolved(links)
    organisation = Organisation((Train("Payments", ("Falcon",), "Pay"),), registers=registers, **more)
    return backlog(facts, links, (), (), (), (), organisation, NOW)


def register(*entries: tuple[str, dict[str, Any]], facts: frozenset[str] = _MONEY) -> Registers:
    told = tuple(Entry(name, tuple((fact, values.get(fact)) for fact in sorted(facts))) for name, values in entries)
    return Registers(approvals=Register(facts, told))


def of(found: Backlog, key: str) -> dict[str, Any]:
    return found.items.filter(pl.col("key") == key).collect().row(0, named=True)


def in_file(item: Item) -> Item:
    links = tuple(replace(link, target=link.target.replace("jira:", f"{REGISTERS}:")) for link in item.links)
    return replace(item, uid=f"{REGISTERS}:{item.native_id}", tracker=REGISTERS, links=links)


@pytest.mark.parametrize("resolved", [False, True])
def test_costs_and_approvals_go_to_the_item_with_that_key(resolved: bool):
    told = register(("PAY-3", {"cost_estimate": 650_000.0, "approval": "Approved"}), ("pay-4", {"cost_estimate": 5.0}))
    found = seen(epic(3), epic(4, cost_forecast=7.0), story(), registers=told, resolved=resolved)
    assert (of(found, "PAY-3")["expected_cost"], of(found, "PAY-3")["approval_status"]) == (650_000, "approved")
    assert of(found, "PAY-4")["expected_cost"] == 7
    assert of(found, "PAY-1")["cost_estimate"] is None


def test_a_day_that_a_register_tells_is_a_day():
    found = seen(epic(3), registers=register(("PAY-3", {"approved_on": "2026-11-02"}), facts=frozenset({"approved_on"})))
    assert of(found, "PAY-3")["approved_on"] == date(2026, 11, 2)


def test_an_empty_cell_says_nothing_against_the_tracker():
    found = seen(epic(3, cost_estimate=9.0), registers=register(("PAY-3", {"approval": "Approved"})))
    assert of(found, "PAY-3")["cost_estimate"] == 9


@pytest.mark.parametrize("resolved", [False, True])
def test_a_register_makes_its_facts_seen_for_every_item_that_it_could_name(resolved: bool):
    unmapped = frozenset({"cost_estimate", "cost_forecast", "cost_actual", "approval"})
    found = seen(
        epic(3, unseen=unmapped), epic(4, unseen=unmapped), story(unseen=unmapped), registers=register(("PAY-3", {})), resolved=resolved
    )
    for key in ("PAY-3", "PAY-4"):
        row = of(found, key)
        assert not row.get("unseen.approval", False)
        assert not row.get("unseen.expected_cost", False)
        assert row["unseen.cost_actual"]
    assert of(found, "PAY-1")["unseen.approval"]


def test_without_a_register_what_is_not_mapped_is_unseen():
    found = seen(epic(3, unseen=frozenset({"cost_estimate", "cost_forecast"})), registers=Registers())
    assert of(found, "PAY-3")["unseen.expected_cost"]


def test_one_of_two_costs_is_enough_to_have_looked():
    found = seen(epic(3, unseen=frozenset({"cost_forecast"})), registers=Registers())
    assert not of(found, "PAY-3").get("unseen.expected_cost", False)


def test_a_key_that_two_trackers_have_needs_the_tracker_before_it():
    twin = replace(epic(3), uid="ado:3", tracker="ado")
    told = register(("PAY-3", {"cost_estimate": 1.0}), ("ado:PAY-3", {"cost_estimate": 2.0}))
    found = seen(epic(3), twin, registers=told).items.collect()
    assert dict(found.select("uid", "cost_estimate").rows()) == {"jira:3": None, "ado:3": 2.0}


@pytest.mark.parametrize("resolved", [False, True])
def test_an_objective_of_a_file_stands_among_the_items_and_is_served_by_work(resolved: bool):
    told = in_file(pi_objective(20))
    serving = (("PAY-2", told.uid), ("PAY-99", told.uid))
    found = seen(feature(2), story(labels=("x",)), registers=Registers(items=(told,), serving=serving), resolved=resolved)
    row = found.items.filter(pl.col("uid") == told.uid).collect().row(0, named=True)
    assert (row["kind"], row["linked_work"], row["planned_value"]) == (Kind.PI_OBJECTIVE, 1, 8)
    assert found.items.collect()["row"].to_list() == [0, 1, 2]
    assert list(of(found, "PAY-1")["labels"]) == ["x"]


@pytest.mark.parametrize("resolved", [False, True])
def test_key_results_of_a_file_count_for_their_objective_and_for_the_epics_that_serve_them(resolved: bool):
    goal = in_file(objective(30))
    result = in_file(key_result(31, parent="jira:30"))
    found = seen(epic(3), epic(4), registers=Registers(items=(goal, result), serving=(("PAY-3", result.uid),)), resolved=resolved)
    assert of(found, "PAY-30")["key_results"] == 1
    assert (of(found, "PAY-3")["open_goals"], of(found, "PAY-4")["open_goals"]) == (1, 0)


def test_items_of_a_file_may_name_more_people_than_the_short_numbers_of_a_tracker_have_room_for():
    told = tuple(in_file(objective(number, owner=f"Person {number}")) for number in range(300))
    found = seen(epic(301, owner="Falk"), registers=Registers(items=told), resolved=True)
    assert found.items.select("owner").collect()["owner"].n_unique() == 301
    assert of(found, "PAY-301")["owner"] == "Falk"


def test_links_of_a_tracker_stay_as_they_were():
    items = (epic(3), feature(2, parent="jira:3"))
    told = Registers(items=(in_file(pi_objective(20)),))
    assert of(seen(*items, registers=told, resolved=True), "PAY-3")["features"] == 1


def test_a_value_stream_without_a_budget_is_told_as_unseen():
    (row,) = seen(epic(3), registers=Registers()).groups["budget_period"].to_dicts()
    assert (row["group"], row["unseen.budget"]) == ("Pay|no budget", True)


def test_a_budget_of_a_value_stream_without_epics_has_nothing_to_pay():
    told = Registers(budgets=(Budget("Pay", "H2", date(2026, 7, 1), date(2026, 12, 31), 100.0),))
    (row,) = seen(registers=told).groups["budget_period"].to_dicts()
    assert (row["expected_spend"], row["spent_share"], row["unseen.budget"]) == (0, 0, False)


def test_links_of_every_relation_that_matters_survive_the_join():
    served = replace(feature(2), links=(Link(Relation.CONTRIBUTES_TO, "jira:20"),))
    found = seen(served, pi_objective(20), registers=Registers(items=(in_file(objective(30)),)), resolved=True)
    assert of(found, "PAY-20")["linked_work"] == 1
