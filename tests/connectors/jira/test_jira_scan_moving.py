"""Nobody stands still while we read: what we know in the end is what is there, whatever happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jira_moving import MOMENTS, Moving, Reader

ZONES = ("Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "America/New_York")
Deed = Callable[[Moving], object]
WHICH = st.integers(0, 11)


def _edit(which: int, title: str) -> Deed:
    return lambda moving: moving.edit(which, title)


def _comment(which: int) -> Deed:
    return lambda moving: moving.comment(which)


def _create(title: str) -> Deed:
    return lambda moving: moving.create(title)


def _delete(which: int) -> Deed:
    return lambda moving: moving.delete(which)


def _send(which: int, project: str) -> Deed:
    return lambda moving: moving.send_to(which, project)


TITLES = st.sampled_from(("one", "two", "three", "four"))
DEEDS = st.one_of(
    st.builds(_edit, WHICH, TITLES),
    st.builds(_comment, WHICH),
    st.builds(_create, TITLES),
    st.builds(_delete, WHICH),
    st.builds(_send, WHICH, st.sampled_from(("PAY", "CARDS", "OTHER"))),
)
SOME = st.lists(DEEDS, max_size=4)
WHILE = st.lists(st.one_of(st.integers(1, 12), DEEDS), max_size=8)
"""Deeds, and how many requests pass before the next."""
ROUNDS = st.lists(st.tuples(SOME, st.sampled_from((0, 1, 3, 20, 90)), WHILE), min_size=1, max_size=4)
"""What happens before a run, how many minutes pass, and what happens while it reads."""


def _nothing() -> None:
    """A request passes."""


def _plan(moving: Moving, during: list[int | Deed]) -> list[Callable[[], object]]:
    plan: list[Callable[[], object]] = []
    for one in during:
        plan += [_nothing] * one if isinstance(one, int) else [partial(one, moving)]
    return plan


@given(
    cloud=st.booleans(),
    now=st.sampled_from(MOMENTS),
    zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)),
    lag_s=st.sampled_from((0.0, 20.0, 200.0)),
    page=st.integers(2, 5),
    rounds=ROUNDS,
)
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
def test_in_the_end_we_know_what_is_there(
    *, cloud: bool, now: datetime, zones: tuple[str, str], lag_s: float, page: int, rounds: list[tuple[list[Deed], int, list[int | Deed]]]
) -> None:
    moving = Moving(cloud, now, *zones)
    moving.fill(9)
    moving.site.index_lag_s, moving.site.page_limit = lag_s, page
    reader = Reader(moving)
    with moving.wired():
        for before, minutes, during in rounds:
            for deed in before:
                deed(moving)
            moving.move(minutes=minutes)
            moving.meanwhile = _plan(moving, during)
            reader.pull()
            moving.meanwhile = []
        moving.move(seconds=lag_s + 1)
        reader.pull()
        there = moving.in_scope()
        assert {uid: reader.known()[uid] for uid in there} == there
        moving.move(hours=25)
        reader.pull()
        assert reader.known() == there
        reader.pull()
        assert reader.read == []


@pytest.mark.parametrize("after", range(9, 16))
@pytest.mark.parametrize("number", [1, 2, 5])
def test_issues_that_vanish_while_a_data_center_is_read_hide_no_others(after: int, number: int) -> None:
    moving = Moving(False, MOMENTS[2])
    moving.fill(14)
    moving.site.page_limit = 3
    moving.meanwhile = [*[_nothing] * after, lambda: [moving.delete(0) for _ in range(number)]]
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
    assert moving.in_scope().items() <= reader.known().items()
    assert len(reader.read) == len(set(reader.read))


@pytest.mark.parametrize("cloud", [True, False])
@pytest.mark.parametrize("late_s", [10, 100, 240])
def test_an_issue_that_is_indexed_late_is_found_by_a_later_run(cloud: bool, late_s: int) -> None:
    moving = Moving(cloud, MOMENTS[2])
    moving.fill(6)
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
        moving.move(minutes=20)
        moving.site.index_lag_s = late_s
        moving.edit(2, "late")
        reader.pull()
        assert reader.read == []
        moving.move(seconds=late_s)
        reader.pull()
    assert [reader.kept[uid].title for uid in reader.read] == ["late"]


@pytest.mark.parametrize("cloud", [True, False])
def test_the_overlap_brings_nothing_twice(cloud: bool) -> None:
    moving = Moving(cloud, MOMENTS[2])
    moving.fill(6)
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
        moving.move(minutes=30)
        moving.edit(2, "changed")
        moving.move(seconds=30)
        seen = [len(reader.pull()[0].items) for _ in range(3)]
    assert seen == [1, 0, 0]


@pytest.mark.parametrize("cloud", [True, False])
def test_two_changes_in_the_second_in_which_we_read_are_both_seen(cloud: bool) -> None:
    moving = Moving(cloud, MOMENTS[2], answer_s=0.0)
    moving.fill(6)
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
        moving.edit(2, "first")
        reader.pull()
        moving.edit(2, "second")
        reader.pull()
    assert "second" in [one.title for one in reader.kept.values()]


def test_an_index_that_is_behind_undoes_nothing() -> None:
    moving = Moving(True, MOMENTS[2])
    moving.fill(6)
    moving.edit(2, "old")
    moving.move(minutes=1)
    moving.site.index_lag_s = 200
    moving.edit(2, "new")
    moving.move(seconds=10)
    reader = Reader(moving)
    with moving.wired():
        reader.pull()  # everything is read by id, as it is
        titles = {one.title for one in reader.kept.values()}
        moving.move(seconds=10)
        reader.pull()  # the search still shows the old state, in the overlap
    assert "new" in titles
    assert {one.title for one in reader.kept.values()} == titles


def test_what_we_wrote_in_this_process_is_seen_though_the_index_is_behind() -> None:
    moving = Moving(True, MOMENTS[2])
    moving.fill(6)
    tracker = moving.tracker()
    with moving.wired():
        *_, last = tracker.pull(None)
        moving.move(minutes=30)
        moving.site.index_lag_s = 200
        ref = last.items[0].ref
        tracker.change_labels(ref, ["safesync-tm101"], [])
        moving.move(seconds=20)
        (page,) = tracker.pull(last.cursor)
        (again,) = moving.tracker().pull(page.cursor)
    assert [(one.uid, one.labels) for one in page.items] == [(ref.uid, ("safesync-tm101",))]
    assert again.items == ()


def test_an_issue_that_moves_out_while_everything_is_read_is_no_item_of_ours() -> None:
    moving = Moving(True, MOMENTS[2])
    moving.fill(6)
    # Who we are, our rights and the survey are asked first; the census next, then the issues.
    moving.meanwhile = [*[lambda: None] * 9, lambda: moving.send_to(1, "OTHER")]
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
    assert reader.known() == moving.in_scope()


@pytest.mark.parametrize("cloud", [True, False])
def test_a_run_after_a_long_pause_reads_further_back_than_the_pause(cloud: bool) -> None:
    moving = Moving(cloud, MOMENTS[2], answer_s=600)
    moving.fill(30)
    moving.site.page_limit = 5
    reader = Reader(moving)
    with moving.wired():
        reader.pull()
        moving.move(minutes=1)
        for which in range(30):
            moving.edit(which, f"changed {which}")
        moving.move(hours=12)
        reader.pull()  # an hour passes while it reads, and "now" goes on with it
    assert sorted(reader.read) == sorted(moving.in_scope())
