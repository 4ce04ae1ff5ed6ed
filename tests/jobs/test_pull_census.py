"""Who is missing in a census, and what of it is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker
from office import Office

from safesync.connectors.port import Fate
from safesync.jobs.census import Reach, believed, unproven
from safesync.jobs.pull import Pulled, pull
from safesync.jobs.source import Source
from safesync.model.item import ItemRef
from safesync.store.port import Absent, RollCall, Store


@dataclass(slots=True)
class Telling(FakeTracker):
    """A tracker that can say what became of an item."""

    told: dict[str, Fate] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        self.asked.append(len(refs))
        return {ref.uid: self.told.get(ref.uid, Fate.HIDDEN) for ref in refs}


@dataclass(slots=True)
class Reader:
    """Pulls everything, again and again, as a nightly reconcile does."""

    office: Office
    projects: tuple[str, ...] | None = None

    @property
    def tracker(self) -> FakeTracker:
        return self.office.trackers[0]

    def fill(self, **projects: int) -> None:
        for offset, (project, count) in enumerate(projects.items()):
            for number in range(count):
                self.tracker.put(1000 * offset + number, "TM101", project=project)
        self.tracker.projects = self.tracker.projects if set(projects) <= set(self.tracker.projects) else tuple(projects)
        self.everything()

    def hide(self, project: str, count: int) -> set[str]:
        uids = [uid for uid, item in self.tracker.items.items() if item.project == project]
        self.tracker.hidden |= set(uids[:count])
        return set(uids[:count])

    def everything(self) -> Pulled:
        self.office.fingerprint += "+"
        return self.changes()

    def changes(self) -> Pulled:
        return pull(Source(self.tracker, self.office.fingerprint, self.projects), self.office.store, NOON)

    def known(self) -> frozenset[str]:
        return self.office.store.uids(self.tracker.name)


@pytest.fixture
def reader(office: Office) -> Reader:
    return Reader(office)


@pytest.fixture
def telling(new_store: Callable[[], Store], tmp_path: Path) -> Reader:
    return Reader(Office(new_store(), tmp_path, [Telling("ado")]))


def told(reader: Reader) -> dict[str, Fate]:
    assert isinstance(reader.tracker, Telling)
    return reader.tracker.told


@pytest.mark.parametrize(("total", "missing"), [(10, 1), (10, 4), (40, 7), (6, 4)])
def test_a_few_missing_items_are_gone_when_a_second_census_misses_them_too(reader: Reader, total: int, missing: int) -> None:
    reader.fill(PAY=total)
    reader.hide("PAY", missing)
    first = reader.everything()
    assert (first.gone, len(reader.known()), first.warnings) == (0, total, ())
    second = reader.everything()
    assert (second.gone, len(reader.known()), second.warnings) == (missing, total - missing, ())


@pytest.mark.parametrize(("total", "missing"), [(10, 5), (40, 8), (3, 3), (1, 1)])
def test_a_mass_disappearance_is_an_alarm_however_often_it_is_seen(reader: Reader, total: int, missing: int) -> None:
    reader.fill(PAY=total)
    reader.hide("PAY", missing)
    for _ in range(3):
        again = reader.everything()
        assert (again.gone, len(reader.known())) == (0, total)
        archived = ". If the project was archived, take it out of the scope" if missing == total else ""
        told = f"{missing} of {total} items of PAY are not shown any more; none of them is believed to be gone{archived}"
        assert again.warnings == (told,)


def test_a_small_project_that_vanishes_beside_a_large_one_is_an_alarm(reader: Reader) -> None:
    reader.fill(PAY=60, CARDS=3)
    reader.hide("CARDS", 3)
    for _ in range(3):
        again = reader.everything()
    assert len(reader.known()) == 63
    assert [warning for warning in again.warnings if "CARDS" in warning]
    assert not [warning for warning in again.warnings if "PAY" in warning]


def test_an_alarm_in_one_project_does_not_keep_the_few_of_another(reader: Reader) -> None:
    reader.fill(PAY=60, CARDS=3)
    reader.hide("CARDS", 3)
    missing = reader.hide("PAY", 2)
    reader.everything()
    reader.everything()
    assert len(reader.known()) == 61
    assert not reader.known() & missing


def test_an_item_that_a_census_shows_in_between_is_missed_anew(reader: Reader) -> None:
    reader.fill(PAY=10)
    missing = reader.hide("PAY", 1)
    reader.everything()
    reader.tracker.hidden = set()
    reader.everything()
    reader.tracker.hidden = missing
    reader.everything()
    assert len(reader.known()) == 10
    reader.everything()
    assert len(reader.known()) == 9


def test_a_census_that_is_an_alarm_is_not_the_first_of_two(reader: Reader) -> None:
    reader.fill(PAY=40)
    reader.hide("PAY", 30)
    reader.everything()
    reader.tracker.hidden = set(sorted(reader.tracker.hidden)[:2])
    reader.everything()
    assert len(reader.known()) == 40
    reader.everything()
    assert len(reader.known()) == 38


def test_a_census_whose_page_was_not_kept_counts_for_nothing(reader: Reader) -> None:
    reader.fill(PAY=10)
    reader.hide("PAY", 1)
    reader.tracker.break_at("pull", ERRORS["run"], spared=2)
    with pytest.raises(type(ERRORS["run"])):
        reader.everything()
    reader.everything()
    assert len(reader.known()) == 10


def test_a_project_that_we_may_not_read_any_more_keeps_its_items_and_is_reported_every_time(reader: Reader) -> None:
    reader.fill(PAY=20, CARDS=3)
    reader.tracker.projects = ("PAY",)
    reader.hide("CARDS", 3)
    for once in (reader.everything, reader.everything, reader.changes):
        again = once()
        assert (again.gone, again.lost, len(reader.known())) == (0, {"CARDS"}, 23)
        assert len(again.warnings) == 1
        assert again.warnings[0].startswith("CARDS may not be read any more; its 3 items stay as they are.")


def test_a_project_that_calls_itself_otherwise_and_is_shown_is_not_lost(reader: Reader) -> None:
    reader.fill(PAY=20)
    reader.tracker.projects = ("OLDPAY",)
    reader.projects = ("OLDPAY",)
    again = reader.everything()
    assert (again.lost, again.warnings) == (frozenset(), ())


def test_a_project_that_the_administrator_took_out_of_the_scope_is_gone_at_once(reader: Reader) -> None:
    reader.projects = ("PAY", "CARDS")
    reader.fill(PAY=20, CARDS=9)
    reader.projects = reader.tracker.projects = ("pay",)
    reader.hide("CARDS", 9)
    again = reader.everything()
    assert (again.gone, len(reader.known()), again.lost, again.warnings) == (9, 20, frozenset(), ())


def test_a_project_with_a_new_name_that_vanishes_was_not_taken_out_of_the_scope() -> None:
    roll = RollCall({"PAYMENTS": 2}, (Absent("x:1", "PAYMENTS", NOON), Absent("x:2", "PAYMENTS", NOON)))
    belief = believed(roll, Reach(("PAY",), ("PAY",)), None)
    assert (belief.gone, belief.missed, len(belief.warnings)) == ([], [], 1)
    assert believed(roll, Reach(("PAY",), ("PAY",), scope_changed=True), None).gone == ["x:1", "x:2"]


def test_what_the_tracker_proves_is_believed_at_once_and_what_it_hides_never(telling: Reader) -> None:
    telling.fill(PAY=40)
    deleted, moved, unselected, hidden, present = sorted(telling.hide("PAY", 5))
    told(telling).update({deleted: Fate.DELETED, moved: Fate.MOVED, unselected: Fate.UNSELECTED, present: Fate.PRESENT})
    for _ in range(3):
        again = telling.everything()
        assert telling.known() == telling.tracker.items.keys() - {deleted, moved, unselected}
        assert len(again.warnings) == 1
        assert again.warnings[0].startswith(f"1 item of PAY ({hidden.rpartition(':')[2]}) cannot be seen any more")


def test_a_mass_of_proven_deletions_is_believed_and_a_mass_of_hidden_items_is_an_alarm(telling: Reader) -> None:
    telling.fill(PAY=40)
    some = sorted(telling.hide("PAY", 30))
    told(telling).update(dict.fromkeys(some[:20], Fate.DELETED))
    again = telling.everything()
    assert (again.gone, len(telling.known())) == (20, 20)
    assert again.warnings == ("10 of 40 items of PAY are not shown any more; none of them is believed to be gone",)


def test_nobody_is_asked_about_what_the_tracker_called_gone_by_itself() -> None:
    roll = RollCall({"PAY": 3, "CARDS": 1}, (Absent("x:1", "PAY", None), Absent("x:2", "PAY", None), Absent("x:3", "CARDS", None)))
    assert unproven(roll, ("x:1", "x:3", "x:99")) == RollCall({"PAY": 2}, (Absent("x:2", "PAY", None),))


def test_a_project_that_moves_as_a_whole_was_renamed(telling: Reader) -> None:
    telling.fill(PAY=40)
    told(telling).update(dict.fromkeys(telling.hide("PAY", 40), Fate.MOVED))
    again = telling.everything()
    assert (again.gone, len(telling.known())) == (0, 40)
    assert "Was the project renamed?" in again.warnings[0]


def test_of_a_project_that_we_may_not_read_nobody_asks_what_became_of_its_items(telling: Reader) -> None:
    telling.fill(PAY=20, CARDS=3)
    telling.tracker.projects = ("PAY",)
    telling.hide("CARDS", 3)
    telling.everything()
    assert isinstance(telling.tracker, Telling)
    assert telling.tracker.asked == []


def test_findings_in_a_lost_project_stay_and_nothing_is_written_there(office: Office, jira: FakeTracker) -> None:
    jira.projects, jira.may_comment, jira.may_label = ("PAY", "CARDS"), frozenset({"PAY", "CARDS"}), frozenset({"PAY", "CARDS"})
    jira.put(1, "TM101")
    lost = jira.put(2, "TM101", project="CARDS")
    office.run()
    before = dict(office.store.marks())
    jira.projects, jira.may_comment, jira.may_label = ("PAY",), frozenset({"PAY"}), frozenset({"PAY"})
    jira.hidden = {lost}
    office.judge.lenient = True
    result = office.run()
    assert [finding.finding.subject for finding in office.store.findings()] == [lost]
    assert [change.ref.uid for change in result.plan.changes] == ["jira:1"]
    assert office.store.marks()[lost] == before[lost]
    assert next(tracker.warnings for tracker in result.trackers)[0].startswith("CARDS may not be read any more")
