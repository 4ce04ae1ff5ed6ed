"""Whatever breaks and whenever: one comment an item, and quiet in the end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from fake_tracker import ERRORS, FakeTracker, Killed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mortal_store import MortalStore
from office import Office

from safesync.feedback.labels import wanted_labels
from safesync.feedback.settings import FeedbackSettings, Grace, Limits
from safesync.store.port import Store
from safesync.store.sql import open_store

TITLES = ("fine", "TM101", "TM105 and PG202", "PG202i", "?TM101")
FREE = FeedbackSettings(limits=Limits(items=1000, share=1.0, jump=1000), grace=Grace(new_hours=0, busy_hours=0), ready_label=True)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["retitle", "relabel", "touch", "person_deletes_comment", "person_edits_comment", "person_asks"]),
        st.integers(1, 3),
        st.sampled_from(TITLES),
    ),
    max_size=3,
)
FAULTS = st.one_of(
    st.none(),
    st.tuples(st.just("store"), st.integers(1, 16), st.booleans()),
    st.tuples(st.just("killed"), st.integers(0, 14), st.booleans()),
    st.tuples(st.sampled_from(sorted(ERRORS)), st.integers(0, 14), st.booleans()),
    st.tuples(st.just("lost"), st.integers(0, 14), st.booleans()),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fault-template") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    keeps_digest=st.booleans(),
    first=st.lists(st.sampled_from(TITLES), min_size=3, max_size=3),
    story=st.lists(st.tuples(FAULTS, PEOPLE), max_size=5),
)
def test_after_any_faults_each_item_has_one_comment_and_a_second_run_writes_nothing(
    template: Path, keeps_digest: bool, first: list[str], story: list[tuple[Any, list[tuple[str, int, str]]]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        jira = FakeTracker("jira", keeps_digest=keeps_digest)
        for number, title in enumerate(first, start=1):
            jira.put(number, title)
        office = Office(_store(template, Path(folder), 0), Path(folder), [jira], feedback=FREE)
        heard: set[str] = set()
        for number, (fault, people) in enumerate(story, start=1):
            _broken_run(office, jira, fault, template, number)
            _assert_one_comment(jira)
            for act, item, title in people:
                _act(jira, act, f"jira:{item}", title)
                heard |= {f"jira:{item}"} if act.startswith("person") else set()
        office.run()
        _assert_one_comment(jira)
        _assert_told(office, jira, heard)
        writes = jira.calls.writes
        office.run()
        assert jira.calls.writes == writes
        assert office.store.open_intents("jira") == ()
        office.store.close()


def _store(template: Path, folder: Path, number: int) -> Store:
    path = folder / f"{number}.db"
    shutil.copy(template, path)
    return open_store(f"sqlite:///{path}")


def _broken_run(office: Office, jira: FakeTracker, fault: Any, template: Path, number: int) -> None:
    whole = office.store
    if fault is not None:
        kind, at, after = fault
        if kind == "store":
            office.store = MortalStore(whole, at, after)  # type: ignore[assignment]
        elif kind == "lost":
            whole.close()
            office.store = whole = _store(template, office.folder, number)
        else:
            jira.break_at("any", Killed() if kind == "killed" else ERRORS[kind], after=after, spared=at)
    try:
        office.run()
    except Killed:
        pass
    finally:
        office.store = whole
        jira.faults.clear()


def _act(jira: FakeTracker, act: str, uid: str, title: str) -> None:
    if act == "retitle":
        jira.retitle(uid, title)
    elif act == "relabel":
        jira.relabel(uid, "chore", *sorted(jira.labels(uid))[:1])
    elif act == "person_asks":
        jira.person_says(uid, "safesync recheck")
    else:
        getattr(jira, act)(uid)


def _assert_one_comment(jira: FakeTracker) -> None:
    """Beside those that people took over."""
    assert all(sum(not one.by_person for one in comments) <= 1 for comments in jira.comments.values())


def _assert_told(office: Office, jira: FakeTracker, heard: set[str]) -> None:
    found = [known.finding for known in office.store.findings()]
    for uid in jira.items.keys() - heard:
        loud = {one.code for one in found if one.subject == uid and one.severity != "info"}
        if loud:
            (comment,) = jira.comments[uid]
            said = str(comment.message.blocks)
            assert all(code in said for code in loud)
        if not jira.items[uid].title.startswith("?"):
            # Not evaluable after the store was lost: nobody knows whether these labels are true, so they stay.
            ready = {"safesync-ready"} if not loud else set()
            assert {label for label in jira.labels(uid) if label.startswith("safesync")} <= wanted_labels(loud) | ready
        else:
            assert "safesync-ready" not in jira.labels(uid)
