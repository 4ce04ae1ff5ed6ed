"""What the last reading of a tracker did not bring is known to whoever judges afterwards."""

from __future__ import annotations

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from office import Office

from safesync.jobs.pull import pull
from safesync.jobs.reach import Unread, unread
from safesync.jobs.source import Source
from safesync.model.errors import RunError


def test_a_tracker_that_was_never_asked_or_was_read_whole_is_not_unread(office: Office, jira: FakeTracker) -> None:
    assert not unread(office.store, ["jira"])
    jira.put(1, "TM101")
    office.run()
    assert unread(office.store, ["jira"]) == Unread()


def test_a_reading_that_failed_is_remembered_until_one_ends_well(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    office.run()
    jira.break_at("pull", ERRORS["run"])
    office.run()
    missing = unread(office.store, ["jira", "ado"])
    assert missing == Unread({"jira": "the tracker is out"})
    assert missing.sentences() == ["jira was not read to the end the last time, and nothing of it is judged: the tracker is out"]
    assert missing.of(jira.items["jira:1"]) == "jira was not read to the end the last time (the tracker is out)"
    jira.break_at("pull", KeyError("fields"))
    office.run()
    assert unread(office.store, ["jira"]).trackers == {"jira": "an unexpected KeyError ended its reading"}
    office.run()
    assert not unread(office.store, ["jira"])


def test_a_first_reading_that_was_killed_is_not_whole(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 8):
        jira.put(number, "TM101")
    jira.break_at("pull", Killed(), spared=1)
    with pytest.raises(Killed):
        office.run()
    assert unread(office.store, ["jira"]).trackers == {"jira": "it has to be read from the beginning, as after an upgrade (safesync pull)"}
    office.run()
    assert not unread(office.store, ["jira"])


def test_a_project_that_is_hidden_is_remembered_until_it_is_shown(office: Office, jira: FakeTracker) -> None:
    jira.projects = ("PAY", "CARDS")
    source = Source(jira, "scope-1", ("PAY", "CARDS"))
    jira.put(1, "TM101")
    hidden = jira.put(2, "TM101", project="CARDS")
    pull(source, office.store, NOON)
    jira.projects, jira.hidden = ("PAY",), {hidden}
    pull(source, office.store, NOON)
    missing = unread(office.store, ["jira"])
    assert (missing.trackers, missing.projects) == ({}, {("jira", "CARDS")})
    assert missing.sentences() == ["jira: the project CARDS could not be seen the last time"]
    assert missing.of(jira.items[hidden]) == "the project CARDS could not be seen the last time"
    assert missing.of(jira.items["jira:1"]) == ""
    jira.projects, jira.hidden = ("PAY", "CARDS"), set()
    pull(source, office.store, NOON)
    assert not unread(office.store, ["jira"])


def test_a_reading_that_is_refused_while_a_project_is_hidden_names_it(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.break_at("pull", RunError("Jira refused the search."))
    with pytest.raises(RunError, match=r"refused the search\. It does not show us CARDS\."):
        pull(Source(jira, "scope-1", ("PAY", "CARDS")), office.store, NOON)
