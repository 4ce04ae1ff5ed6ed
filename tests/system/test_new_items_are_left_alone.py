"""An item that is created while SafeSync runs by its schedule: nothing is begun on it before its people had their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from house import House
from upheaved import MARK, Scenery, scenery

from safesync.connectors.sandbox.jira import writes
from safesync.model.item import Item

NEW_HOURS, BUSY_HOURS = 4, 1
GRACE = ("grace: {new_hours: 0, busy_hours: 0}", f"grace: {{new_hours: {NEW_HOURS}, busy_hours: {BUSY_HOURS}}}")
PATTERNS = ("PAY-32", "59")
"""A story without criteria and a feature without a benefit hypothesis."""


def created_anew(world: Scenery) -> tuple[str, str]:
    """An issue and a work item like those, made now."""
    site, organisation = world.sandbox.site, world.sandbox.organisation
    with site.lock:
        old = site.issue(PATTERNS[0])
        issue = writes.create(site, old.project, old.creator, {**old.values, "issuetype": old.type, "labels": [MARK]})
    item = world.item(PATTERNS[1])
    fields = {name: value for name, value in item.fields.items() if (kind := organisation.field_kind(name)) and not kind.read_only}
    with organisation.lock:
        made = organisation.add_work_item(item.type, {**fields, "System.Tags": MARK}, world.sandbox.clock(), item.latest.by)
    return issue.key, str(made.id)


def stored(home: House, keys: Sequence[str]) -> list[Item]:
    references = [f"{'ado' if key.isdecimal() else 'jira-eu'}:{key}" for key in keys]
    return [item for reference in references if (item := home.job.store.item(reference))]


def begun(home: House, at: datetime) -> list[tuple[int, int]]:
    """How many comments and labels a run at that time writes in each tracker."""
    result = home.run(at)
    assert result.errors == ()
    return [(each.created, each.labels_added) for each in result.trackers]


def test_nothing_is_begun_on_a_new_item_before_its_hours_are_over_and_then_all_at_once(tmp_path: Path) -> None:
    with scenery(tmp_path, "cloud", ["PAY-38"], ["62"]) as world, world.house(GRACE) as home:
        met = begun(home, world.sandbox.clock() + timedelta(hours=2))
        assert met == [(1, 2), (1, 2)], "what is old, and was left alone for an hour, is told"
        keys = created_anew(world)
        now = world.sandbox.clock()
        assert begun(home, now) == [(0, 0), (0, 0)]
        born = [item.created_at for item in stored(home, keys)]
        assert len(born) == 2
        moment, whole = timedelta(microseconds=1), timedelta(hours=NEW_HOURS)
        assert begun(home, min(born) + timedelta(hours=BUSY_HOURS)) == [(0, 0), (0, 0)]
        assert begun(home, min(born) + whole - moment) == [(0, 0), (0, 0)]
        assert [created for created, _ in begun(home, max(born) + whole)] == [1, 1]
        assert begun(home, max(born) + whole) == [(0, 0), (0, 0)]
        assert all("safesync-attention" in world.ours(key) for key in keys)
