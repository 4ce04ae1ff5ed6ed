"""Plan equals apply: whatever people do and whatever breaks, what is written is what the plan says, once, or is named as left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mortal_store import MortalStore
from office import Office

from safesync.feedback.batches import batches, only
from safesync.feedback.labels import is_ours
from safesync.feedback.plan_file import plan_from_json, plan_to_json
from safesync.feedback.settings import FeedbackSettings, Grace, Limits
from safesync.jobs.check import check
from safesync.jobs.plan import plan
from safesync.jobs.pull import pull
from safesync.jobs.result import RunResult
from safesync.model.change import Applied, BatchBy, ItemChange, Outcome, Plan
from safesync.store.sql import open_store

EXAMPLES = int(os.environ.get("SAFESYNC_EXAMPLES", "18"))
"""More where somebody has the time: SAFESYNC_EXAMPLES=2000."""
TITLES = ("fine", "TM101", "TM105 and PG202", "PG202i", "?TM101", "TM101 and FL401")
FREE = FeedbackSettings(limits=Limits(items=1000, share=1.0, jump=1000), grace=Grace(new_hours=0, busy_hours=0), ready_label=True)
TRAINS = ("Payments", "Cards", None)
ACTS = ("retitle", "relabel", "tag", "touch", "person_deletes_comment", "person_edits_comment", "move", "remove")
PEOPLE = st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.sampled_from(TITLES))
CALLS = st.sampled_from(["revisions", "find_comments", "read_comment", "create_comment", "edit_comment", "change_labels"])
MEDDLING = st.tuples(CALLS, st.integers(0, 4), PEOPLE)
FAULTS = st.one_of(
    st.none(),
    st.tuples(st.just("store"), st.integers(1, 12), st.booleans()),
    st.tuples(st.sampled_from(["killed", "run", "unknown"]), st.integers(0, 12), st.booleans()),
    st.tuples(st.sampled_from(["conflict", "item"]), st.integers(0, 12), st.just(False)),  # a no is said of what was not done
)


@dataclass(slots=True)
class World:
    """Two trackers, and what people have in them."""

    trackers: tuple[FakeTracker, FakeTracker]
    titles: dict[str, str] = field(default_factory=dict)
    tags: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: list[tuple[str, str | None]], keeps_digest: bool) -> World:
        made = cls((FakeTracker("jira"), FakeTracker("ado", keeps_digest=keeps_digest)))
        for number, (title, train) in enumerate(items):
            tracker = made.trackers[number % 2]
            uid = tracker.put(number, title, train=train, labels=("chore",), last_human_change_at=NOON)
            made.titles[uid], made.tags[uid] = title, {"chore"}
        return made

    def act(self, act: str, number: int, title: str) -> str:
        """A person does something; to which item."""
        tracker = self.trackers[number % 2]
        uid = f"{tracker.name}:{number}"
        if uid not in tracker.items:
            return ""
        if not act.startswith("person"):
            tracker.items[uid] = replace(tracker.items[uid], last_human_change_at=NOON.replace(minute=tracker.clock % 60))
        if act == "retitle":
            tracker.retitle(uid, title)
            self.titles[uid] = title
        elif act == "relabel":  # takes labels off, one of ours perhaps too
            self.tags[uid] = {"theirs"}
            tracker.relabel(uid, "theirs", *[label for label in tracker.items[uid].labels if is_ours(label)][:1])
        elif act == "tag":
            self.tags[uid].add("urgent")
            tracker.relabel(uid, *dict.fromkeys((*tracker.items[uid].labels, "urgent")))
        elif act == "move":
            tracker.items[uid] = replace(tracker.items[uid], project="CARDS")
            tracker.touch(uid)
        else:
            getattr(tracker, act)(uid)
        return uid

    def forget(self) -> None:
        """What was written until now is none of the plan's doing."""
        for tracker in self.trackers:
            tracker.written.clear()

    def written(self) -> list[tuple[str, str, Any]]:
        return [one for tracker in self.trackers for one in tracker.written]

    def assert_people_kept_theirs(self) -> None:
        for tracker in self.trackers:
            for uid, item in tracker.items.items():
                assert item.title == self.titles[uid]
                assert {label for label in item.labels if not is_ours(label)} == self.tags[uid]


def said_of(change: ItemChange) -> Counter[tuple[str, str, Any]]:
    """What a plan says will be written to one item."""
    uid, parts = change.ref.uid, []
    if change.comment is not None:
        parts.append((uid, change.comment.action.value, change.comment.message))
    if change.add_labels or change.remove_labels:
        parts.append((uid, "labels", (change.add_labels, change.remove_labels)))
    return Counter(parts)


def judged(made: Plan, results: dict[str, Applied], written: list[tuple[str, str, Any]]) -> None:
    """Divergence is nought: what is not named as left was written just so, and nothing else was, and nothing twice."""
    by_item: dict[str, Counter[tuple[str, str, Any]]] = {}
    for one in written:
        by_item.setdefault(one[0], Counter())[one] += 1
    said = {change.ref.uid: said_of(change) for change in made.changes}
    assert by_item.keys() <= said.keys(), "nothing but what the plan names"
    for uid, parts in said.items():
        wrote = by_item.get(uid, Counter())
        assert wrote <= parts, "nothing else, and nothing twice"
        if results[uid].outcome in {Outcome.DONE, Outcome.ALREADY}:
            assert wrote == parts
        else:
            assert results[uid].reason


def planned(office: Office, by: BatchBy) -> Plan:
    names = [tracker.name for tracker in office.trackers]
    for source in office.sources:
        pull(source, office.store, NOON)
    checked = check(office.store, office.judge, office.organisation, NOON, trackers=names)
    return plan_from_json(plan_to_json(plan(office.store, checked, office.organisation, FREE, NOON, trackers=names, batch_by=by).plan))


def broken(office: Office, world: World, fault: Any, step: Callable[[], RunResult]) -> RunResult | None:
    """A step in which something breaks; ``None`` when the process died."""
    whole = office.store
    if fault is not None and fault[0] == "store":
        office.store = MortalStore(whole, fault[1], fault[2])  # type: ignore[assignment]
    elif fault is not None:
        kind, at, after = fault
        world.trackers[at % 2].break_at("any", Killed() if kind == "killed" else ERRORS[kind], after=after, spared=at)
    try:
        return step()
    except Killed:
        return None
    finally:
        office.store = whole
        for tracker in world.trackers:
            tracker.faults.clear()
            tracker.meddlers.clear()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan-template") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    items=st.lists(st.tuples(st.sampled_from(TITLES), st.sampled_from(TRAINS)), min_size=4, max_size=8),
    keeps_digest=st.booleans(),
    answered=st.booleans(),
    lately=st.lists(PEOPLE, max_size=4),
    since=st.lists(PEOPLE, max_size=3),
    meddling=st.lists(MEDDLING, max_size=2),
    faults=st.lists(FAULTS, max_size=2),
    by=st.sampled_from(BatchBy),
    batchwise=st.booleans(),
)
def test_what_is_applied_is_what_was_planned_once_or_is_named(
    *,
    template: Path,
    items: list[tuple[str, str | None]],
    keeps_digest: bool,
    answered: bool,
    lately: list[Any],
    since: list[Any],
    meddling: list[Any],
    faults: list[Any],
    by: BatchBy,
    batchwise: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "store.db")
        world = World.of(items, keeps_digest)
        office = Office(open_store(f"sqlite:///{folder}/store.db"), Path(folder), world.trackers, feedback=FREE)
        if answered:
            office.run()
        for each in lately:
            world.act(*each)
        made = planned(office, by)
        world.forget()
        changed = {world.act(*each) for each in since}
        for call, spared, (act, number, title) in meddling:
            world.trackers[number % 2].meddle_at(call, partial(world.act, act, number, title), spared=spared)
        _applied_in_the_end(office, world, made, list(faults), batchwise=batchwise)
        assert not changed & {uid for uid, *_ in world.written()}, "what changed since the plan was made is left"
        _quiet_in_the_end(office, world, made)
        office.store.close()


def _applied_in_the_end(office: Office, world: World, made: Plan, faults: list[Any], *, batchwise: bool) -> None:
    """The plan is applied until nothing breaks any more, whole or batch by batch."""
    parts = [only(made, [batch.name]) for batch in batches(made, lambda _: False)] if batchwise else [made]
    results: dict[str, Applied] = {}
    for part in parts:
        for fault in (faults.pop() if faults else None, None):
            result = broken(office, world, fault, lambda part=part: office.apply(part))  # type: ignore[misc]
            results |= {one.ref.uid: one for each in (result.trackers if result else ()) for one in each.results}
    judged(made, results, world.written())
    world.assert_people_kept_theirs()


def _quiet_in_the_end(office: Office, world: World, made: Plan) -> None:
    """Applied once more it writes nothing that is not left for it, and of two runs the second writes nothing."""
    office.apply(made)
    writes = office.writes()
    office.apply(made)
    assert office.writes() == writes
    office.run()
    office.run()
    writes = office.writes()
    office.run()
    assert office.writes() == writes
    world.assert_people_kept_theirs()
    assert all(len([one for one in comments if not one.by_person]) <= 1 for each in world.trackers for comments in each.comments.values())


@settings(max_examples=EXAMPLES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    items=st.lists(st.tuples(st.sampled_from(TITLES), st.sampled_from(TRAINS)), min_size=4, max_size=8),
    lately=st.lists(PEOPLE, max_size=4),
    meddling=st.lists(MEDDLING, max_size=2),
)
def test_a_run_writes_its_own_plan(template: Path, items: list[tuple[str, str | None]], lately: list[Any], meddling: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "store.db")
        world = World.of(items, keeps_digest=True)
        office = Office(open_store(f"sqlite:///{folder}/store.db"), Path(folder), world.trackers, feedback=FREE)
        for _ in range(2):
            for each in lately:
                world.act(*each)
            for call, spared, (act, number, title) in meddling:
                world.trackers[number % 2].meddle_at(call, partial(world.act, act, number, title), spared=spared)
            world.forget()
            result = broken(office, world, None, office.run)
            assert result is not None
            results = {one.ref.uid: one for each in result.trackers for one in each.results}
            judged(result.plan, results, world.written())
            world.assert_people_kept_theirs()
        office.store.close()
