from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker
from office import Office

from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Scope
from safesync.jobs.pull import Pulled, pull
from safesync.jobs.source import fingerprint
from safesync.model.errors import RunError
from safesync.model.item import Markup, RichText


def pulled(office: Office) -> Pulled:
    return pull(office.sources[0], office.store, NOON)


def test_who_we_are_is_proven_before_anything_is_read(office: Office, jira: FakeTracker) -> None:
    jira.put(1)
    pulled(office)
    assert jira.log == ["identify", "pull"]


def test_an_identity_without_projects_is_believed_nothing(office: Office, jira: FakeTracker) -> None:
    jira.put(1)
    pulled(office)
    jira.projects, jira.hidden = (), {"jira:1"}
    with pytest.raises(RunError, match="no project in scope"):
        pulled(office)
    assert office.store.uids("jira") == {"jira:1"}


def test_the_next_pull_reads_only_what_changed(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 8):
        jira.put(number)
    assert (pulled(office).items, pulled(office).items) == (7, 0)
    jira.retitle("jira:3", "new")
    again = pulled(office)
    assert (again.items, again.full) == (1, False)


def test_a_pull_that_breaks_off_reads_again_what_its_cursor_did_not_cover(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 8):
        jira.put(number)
    jira.break_at("pull", ERRORS["run"], spared=1)
    with pytest.raises(RunError):
        pulled(office)
    assert (office.store.tracker_state("jira").cursor, len(office.store.uids("jira"))) == (None, 3)
    assert pulled(office).items == 7


@pytest.mark.parametrize("what", ["account", "fingerprint"])
def test_another_account_or_mapping_reads_everything_again(office: Office, jira: FakeTracker, what: str) -> None:
    for number in range(1, 5):
        jira.put(number)
    pulled(office)
    if what == "account":
        jira.account_id = "another"
    else:
        office.fingerprint = "scope-2"
    again = pulled(office)
    assert (again.full, again.items) == (True, 4)
    assert pulled(office).items == 0


def test_a_full_read_that_breaks_off_under_a_new_mapping_begins_again(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 8):
        jira.put(number)
    pulled(office)
    office.fingerprint = "scope-2"
    jira.break_at("pull", ERRORS["run"], spared=2)
    with pytest.raises(RunError):
        pulled(office)
    assert [again.full for again in (pulled(office), pulled(office))] == [True, False]


def test_an_item_whose_text_breaks_the_measuring_is_refused_and_the_others_are_read(office: Office, jira: FakeTracker) -> None:
    jira.put(1)
    jira.put(2, description=object())
    again = pulled(office)
    assert again.items == 1
    assert [(one.native_id, one.reason) for one in again.refused] == [("2", "PAY-2 could not be measured (AttributeError)")]


def test_the_fingerprint_follows_scope_and_mapping() -> None:
    both = Scope(("PAY", "CARDS"))
    assert fingerprint(both, Mapping()) == fingerprint(Scope(("CARDS", "PAY")), Mapping())
    scopes = (Scope(("PAY",)), Scope(("PAY", "CARDS"), "labels = x"), both)
    assert len({fingerprint(scope, Mapping()) for scope in scopes} | {fingerprint(both, Mapping(train_depth=2))}) == 4


def test_the_text_of_an_approval_is_remembered_from_pull_to_pull(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, approved_on=NOON.date(), description=RichText("pay by card", Markup.PLAIN))
    pull(office.sources[0], office.store, NOON)
    jira.items[uid] = replace(jira.items[uid], description=RichText("pay by cheque", Markup.PLAIN))
    jira.touch(uid)
    pull(office.sources[0], office.store, NOON + timedelta(days=3))
    kept = office.store.items([uid])[uid]
    assert (kept.approved_text, kept.approved_text_seen_on) == ("pay by card", NOON.date())
    (changed,) = office.store.scene({"tracker", "key", "approved_text_change"}).facts["approved_text_change"].to_list()
    assert changed == pytest.approx(1 / 3)


def test_the_fingerprint_follows_the_words_that_texts_are_read_by() -> None:
    scope, words = Scope(("PAY",)), {"en": {"acceptance": ("Ready when", "Good if")}}
    assert fingerprint(scope, Mapping(), words) != fingerprint(scope, Mapping())
    assert fingerprint(scope, Mapping(), words) == fingerprint(scope, Mapping(), {"en": {"acceptance": ("Good if", "Ready when")}})
