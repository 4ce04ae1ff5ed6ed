"""Who a census missed, and under which accounts we wrote: on every store."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from store_rows import NOON, a_row, an_item
from store_versions import migrated

from safesync.connectors.port import Page
from safesync.model.item import Item
from safesync.store.port import Absent, Store, TrackerState
from safesync.store.sql import open_store

LATER = NOON + timedelta(days=1)


def save(store: Store, *items: Item, missed: Collection[str] | None = None, at: object = NOON) -> None:
    rows = [{**a_row(item), "project": item.project} for item in items]
    store.save_page("jira", Page(items=items), rows, state=TrackerState(None, "me", "x"), now=at, missed=missed)  # type: ignore[arg-type]


def test_a_roll_call_counts_who_is_known_and_names_who_is_absent(store: Store) -> None:
    save(store, an_item(1), an_item(2), an_item(3, project="CARDS"), an_item(4))
    store.mark_gone(["jira:10004"], NOON)
    roll = store.roll_call("jira", frozenset({"jira:10001", "jira:unknown"}))
    assert (roll.known, store.projects("jira")) == ({"PAY": 2, "CARDS": 1}, {"PAY": 2, "CARDS": 1})
    assert roll.absent == (Absent("jira:10002", "PAY", None), Absent("jira:10003", "CARDS", None))
    assert (store.roll_call("ado", frozenset()).absent, store.projects("ado")) == ((), {})


def test_a_missed_item_keeps_the_time_until_a_census_or_a_page_shows_it(store: Store) -> None:
    everyone = [an_item(number) for number in (1, 2, 3)]
    save(store, *everyone)
    save(store, missed=["jira:10001", "jira:10002"])
    save(store, missed=["jira:10001", "jira:10003"], at=LATER)
    since = {one.uid: one.since for one in store.roll_call("jira", frozenset()).absent}
    assert since == {"jira:10001": NOON, "jira:10002": None, "jira:10003": LATER}
    save(store, everyone[0])
    assert [one.since for one in store.roll_call("jira", frozenset()).absent] == [None, None, LATER]


def test_a_page_without_a_census_forgets_nobody_who_was_missed(store: Store) -> None:
    save(store, an_item(1))
    save(store, missed=["jira:10001"])
    save(store, an_item(2))
    assert store.roll_call("jira", frozenset({"jira:10002"})).absent == (Absent("jira:10001", "PAY", NOON),)


def test_who_was_not_found_keeps_the_time_until_a_page_or_a_census_shows_them_or_they_are_gone(store: Store) -> None:
    everyone = [an_item(number) for number in range(1, 6)]
    save(store, *everyone)
    uids = [item.uid for item in everyone]
    store.note_unfound("jira", uids[:4], NOON)
    store.note_unfound("jira", uids, LATER)
    assert (store.unfound("jira"), store.unfound("ado")) == (dict.fromkeys(uids[:4], NOON) | {uids[4]: LATER}, {})
    save(store, everyone[0])
    store.mark_gone([uids[1]], LATER)
    page = Page(gone=(uids[2],), census=frozenset({uids[3]}))
    store.save_page("jira", page, [], state=TrackerState(None, "me", "x"), now=LATER, missed=[], unfound=[uids[4]])
    assert store.unfound("jira") == {uids[4]: LATER}


def test_the_accounts_of_a_tracker_are_remembered_each_once(store: Store) -> None:
    for account in ("one", "two", "one"):
        store.note_account("jira", account)
    assert (store.accounts("jira"), store.accounts("ado")) == ({"one", "two"}, frozenset())


def test_a_store_of_the_first_version_keeps_the_account_that_it_knew_and_reads_all_again(url: str) -> None:
    with migrated(url, "0001") as connection:
        connection.exec_driver_sql("insert into trackers (name, cursor, account_id) values ('jira', 'c', 'before'), ('ado', null, null)")
        connection.exec_driver_sql(
            "insert into items (uid, tracker, native_id, key, document, seen_at) values ('jira:1', 'jira', '1', 'P-1', '{}', '2026-11-18')"
        )
        connection.exec_driver_sql(
            "insert into facts (uid, tracker, kind, stage, unseen) values ('jira:1', 'jira', 'epic', 'ready', 'team')"
        )
    newer = open_store(url)
    assert (newer.accounts("jira"), newer.accounts("ado")) == ({"before"}, frozenset())
    assert newer.tracker_state("jira").cursor is None, "what was never measured has to be read"
    assert {"team", "cost_estimate", "horizon"} <= set(newer.scene().facts["unseen"][0].split())
    newer.close()
