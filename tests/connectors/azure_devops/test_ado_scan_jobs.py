"""A whole pull into a real store: what is believed of items that are not where they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from ado_meridian import Meridian, denied

from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.faults import Fault, broken, calls
from safesync.jobs.pull import Pulled, pull
from safesync.jobs.source import Source
from safesync.model.errors import RunError
from safesync.store.port import Store
from safesync.store.sql import open_store

PROJECTS = ("Payments", "Elsewhere")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'ado.db'}")
    yield opened
    opened.close()


class Nights:
    """One full read after the other, each a day later."""

    def __init__(self, meridian: Meridian, store: Store) -> None:
        self.meridian, self.store = meridian, store
        self.source = Source(meridian.tracker(PROJECTS), "scope", PROJECTS)

    def passes(self) -> Pulled:
        self.meridian.now += timedelta(hours=25)
        return pull(self.source, self.store, self.meridian.now)

    def known(self) -> set[int]:
        return {int(uid.rpartition(":")[2]) for uid in self.store.uids("ado")}


@pytest.fixture
def items(meridian: Meridian) -> list[WorkItem]:
    return [meridian.add() for _ in range(30)] + [meridian.add(area="Elsewhere") for _ in range(3)]


@pytest.mark.parametrize("reports", [True, False])
def test_the_deleted_and_the_moved_are_gone_and_the_destroyed_stay_and_are_told(
    meridian: Meridian, store: Store, items: list[WorkItem], reports: bool
) -> None:
    if not reports:
        meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    nights = Nights(meridian, store)
    assert nights.passes().items == 33
    deleted, moved, destroyed = items[:3]
    meridian.organisation.add_project("Third")
    meridian.organisation.ledger.delete(deleted, meridian.stamp())
    meridian.change(moved, System__TeamProject="Third", System__AreaPath="Third", System__IterationPath="Third")
    meridian.organisation.ledger.destroy(destroyed)
    for _ in range(2):
        told = nights.passes()
        assert nights.known() == {item.id for item in items} - {deleted.id, moved.id}
        assert [warning for warning in told.warnings if f"1 item of Payments ({destroyed.id}) cannot be seen any more" in warning]
    meridian.organisation.ledger.restore(deleted, meridian.stamp())
    nights.passes()
    assert deleted.id in nights.known()


def test_the_columns_of_a_team_that_something_on_the_way_hides_stay_known(meridian: Meridian, store: Store) -> None:
    nights = Nights(meridian, store)
    nights.passes()
    known = set(store.surroundings("ado").columns)
    meridian.organisation.faults.append(Fault(calls("GET", "/boards$"), "before", broken(404), times=5))
    told = nights.passes()
    assert set(store.surroundings("ado").columns) == known != set()
    assert [warning for warning in told.warnings if "What was known of the team" in warning]


def test_a_small_project_without_a_trace_is_an_alarm(meridian: Meridian, store: Store, items: list[WorkItem]) -> None:
    nights = Nights(meridian, store)
    nights.passes()
    for item in items[30:]:
        meridian.organisation.ledger.destroy(item)
    for _ in range(2):
        told = nights.passes()
        assert nights.known() == {item.id for item in items}
        assert any("3 of 3 items of Elsewhere are not shown any more; none of them is believed" in warning for warning in told.warnings)


@pytest.mark.parametrize("reports", [True, False])
def test_a_project_that_is_hidden_from_us_loses_nothing_and_the_others_go_on(
    meridian: Meridian, store: Store, items: list[WorkItem], reports: bool
) -> None:
    if not reports:
        meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    nights = Nights(meridian, store)
    nights.passes()
    around = store.surroundings("ado")
    meridian.organisation.project("Elsewhere").permissions.read = False
    meridian.change(items[0], System__Title="Changed in sight")
    for _ in range(2):
        told = nights.passes()
        assert (nights.known(), told.lost, told.identity.projects) == ({item.id for item in items}, {"Elsewhere"}, ("Payments",))
        assert [one for one in told.warnings if one.startswith("Project Elsewhere does not exist in ")]
        assert [one for one in told.warnings if one.startswith("Elsewhere may not be read any more; its 3 items stay as they are.")]
        assert {one.uid for one in store.surroundings("ado").iterations} == {one.uid for one in around.iterations}
        assert {one.name for one in store.surroundings("ado").teams} == {one.name for one in around.teams}
    assert store.items([f"ado:{items[0].id}"]).popitem()[1].title == "Changed in sight"


def test_what_changed_in_a_project_while_it_was_hidden_is_read_when_it_is_shown_again(
    meridian: Meridian, store: Store, items: list[WorkItem]
) -> None:
    nights, elsewhere = Nights(meridian, store), meridian.organisation.project("Elsewhere").permissions
    nights.passes()
    elsewhere.read = False
    assert pull(nights.source, store, meridian.now).items == 0
    elsewhere.read = True
    meridian.change(items[-1], System__Title="Changed out of sight")
    elsewhere.read = False
    assert pull(nights.source, store, meridian.now).items == 0
    elsewhere.read = True
    pull(nights.source, store, meridian.now)
    assert store.items([f"ado:{items[-1].id}"]).popitem()[1].title == "Changed out of sight"


def test_where_every_project_is_hidden_nothing_is_believed(meridian: Meridian, store: Store, items: list[WorkItem]) -> None:
    nights = Nights(meridian, store)
    nights.passes()
    for name in PROJECTS:
        meridian.organisation.project(name).permissions.read = False
    with pytest.raises(RunError, match=r"Project Payments .* Project Elsewhere"):
        nights.passes()
    assert nights.known() == {item.id for item in items}


def test_a_hidden_project_is_noticed_where_nobody_may_ask_for_permissions(meridian: Meridian, store: Store, items: list[WorkItem]) -> None:
    meridian.organisation.faults.append(Fault(calls("POST", "permissionevaluationbatch"), "before", denied(403), times=10**6))
    nights = Nights(meridian, store)
    nights.passes()
    meridian.organisation.project("Elsewhere").permissions.read = False
    assert (nights.passes().lost, nights.known()) == ({"Elsewhere"}, {item.id for item in items})


def test_a_project_that_the_administrator_takes_out_of_the_scope_is_gone(meridian: Meridian, store: Store, items: list[WorkItem]) -> None:
    nights = Nights(meridian, store)
    nights.passes()
    nights.source = Source(meridian.tracker(("Payments",)), "narrower", ("Payments",))
    told = nights.passes()
    assert nights.known() == {item.id for item in items[:30]}
    assert (told.gone, told.warnings) == (3, nights.source.tracker.warnings)
