"""How much of a disk the store takes, and that a store of before is read as it was."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from store_rows import NOON, a_row, an_item
from store_versions import migrated

from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Page
from safesync.facts.measure import measure
from safesync.model.item import Link, Markup, Relation, RichText, Stage, Transition
from safesync.store.documents import document
from safesync.store.port import TrackerState
from safesync.store.sql import open_store

ITEMS = 500
STATE = TrackerState("cursor", "me", "scope")
LATER = (
    "blocked_on",
    "board_lane",
    "business_case_attached",
    "criteria_editor",
    "mvp_budget",
    "test_result",
    "tested_on",
    "blocked_until",
    "business_case_host",
    "commented_on",
    "departed_owner",
    "acceptance_digest",
    "acceptance_line_digests",
    "description_digest",
    "benefit_line_digests",
    "description_line_digests",
)
"""Facts that came after such a store: nobody has seen them."""


def test_an_item_without_texts_takes_at_most_a_thousand_bytes(tmp_path: Path) -> None:
    # Forty fields that are not mapped, and facts that are made of them, as most sites have them.
    unmapped = Mapping().unmapped | {"team", "points", "job_size", "business_value", "time_criticality", "risk_reduction"}
    items = [
        an_item(number, unseen=unmapped, links=(Link(Relation.PARENT, "jira:9"),), transitions=(Transition(NOON, Stage.READY),))
        for number in range(ITEMS)
    ]
    url, file = f"sqlite:///{tmp_path / 'small.db'}", tmp_path / "small.db"
    open_store(url).close()
    empty = file.stat().st_size
    store = open_store(url)
    store.save_page("jira", Page(items=tuple(items)), [measure(one) for one in items], state=STATE, now=NOON)
    store.close()
    assert (file.stat().st_size - empty) / ITEMS <= 1_000


def test_a_store_in_which_every_item_named_what_was_not_seen_is_read_as_it_was(url: str) -> None:
    before = an_item(
        description=RichText("<p>said</p>", Markup.HTML), links=(Link(Relation.PARENT, "jira:9"),), unseen=frozenset({"team", "points"})
    )
    with migrated(url, "0003") as connection:
        known = {"uid": before.uid, "key": before.key, "document": document(before), "now": "2026-11-26 12:00:00"}
        connection.execute(
            text(
                "insert into items (uid, tracker, native_id, key, document, seen_at) values (:uid, 'jira', '10001', :key, :document, :now)"
            ),
            known,
        )
        connection.execute(
            text("insert into facts (uid, tracker, key, kind, unseen) values (:uid, 'jira', :key, 'story', 'points team')"), known
        )
        connection.execute(text("insert into links (uid, relation, target) values (:uid, 'parent', 'jira:9')"), known)
    store = open_store(url)
    assert store.items([before.uid]) == {before.uid: before}
    scene = store.scene()
    assert scene.facts.select("uid", "kind", "unseen").rows() == [
        (
            "jira:10001",
            "story",
            f"points team {' '.join(LATER)}",
        )
    ]
    assert scene.links.rows() == [(0, "parent", None)]
    store.save_page("jira", Page(items=(before,)), [a_row(before)], state=STATE, now=NOON)
    assert store.items([before.uid]) == {before.uid: before}
    store.close()


def test_what_stood_for_lines_of_criteria_in_another_form_is_unseen_until_they_are_read_again(url: str) -> None:
    before = an_item()
    with migrated(url, "0016") as connection:
        known = {"uid": before.uid, "key": before.key, "document": document(before), "now": "2026-11-26 12:00:00"}
        connection.execute(text("insert into unseen (unseen_id, names) values (1, ''), (2, 'acceptance_line_digests points')"))
        connection.execute(
            text(
                "insert into items (uid, tracker, native_id, key, document, seen_at) values (:uid, 'jira', '10001', :key, :document, :now)"
            ),
            known,
        )
        connection.execute(
            text(
                "insert into facts (uid, tracker, key, kind, acceptance_line_digests, unseen_id) "
                "values (:uid, 'jira', :key, 'story', '0a1b2c3d 4e5f6a7b', 2)"
            ),
            known,
        )
    store = open_store(url)
    lines = "acceptance_digest acceptance_line_digests description_digest benefit_line_digests description_line_digests"
    assert store.scene().facts.select("acceptance_line_digests", "unseen").rows() == [(None, f"points {lines}")]
    store.close()
