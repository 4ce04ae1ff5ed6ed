"""Since when an issue is blocked and who wrote its criteria last, as its changelog tells; and the files on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jira_raw import ME, change, log, person, status

from safesync.connectors.jira import translate
from safesync.connectors.jira.context import Context
from safesync.connectors.mapping import says_blocked
from safesync.model.item import Item, Kind

Raw = Callable[..., dict[str, Any]]
EPIC = {"id": "10000", "name": "Epic", "hierarchyLevel": 1}


def read(raw: dict[str, Any], context: Context) -> Item:
    found = translate.issue(raw, context)
    assert isinstance(found, Item), found
    return found


def at(day: int) -> datetime:
    return datetime(2026, 9, day, 10, tzinfo=UTC)


def edited(day: int, field: str, before: str | None, after: str | None, who: str = "Ada") -> dict[str, Any]:
    texts = {"from": None, "fromString": before, "to": None, "toString": after}
    return change(f"2026-09-{day:02}T10:00:00Z", person(who), field=field, fieldId=field, **texts)


def flag_of(context: Context) -> str:
    (found,) = context.metadata.located.ids["flagged"]
    return found


@pytest.mark.parametrize(
    ("changes", "since"),
    [
        ([(5, "", "Impediment")], at(5)),
        ([(5, "", "Impediment"), (7, "Impediment", ""), (9, "", "Impediment")], at(9)),
        ([(9, "", "Impediment"), (7, "Impediment", ""), (5, "", "Impediment")], at(9)),
        ([(5, "", "Impediment"), (7, "Impediment", "")], None),
    ],
    ids=["once", "again", "newest first", "a flag that was taken away contradicts the issue"],
)
def test_the_flag_stands_since_it_was_set_the_last_time(
    changes: list[tuple[int, str, str]], since: datetime | None, raw: Raw, context: Context
) -> None:
    flag = flag_of(context)
    item = read(raw(**{flag: [{"value": "Impediment"}]}, changelog=log(*(edited(day, flag, *how) for day, *how in changes))), context)
    assert (item.blocked, item.blocked_since, "blocked_since" in item.unseen) == (True, since, since is None)


def test_a_flag_that_nobody_set_stands_since_the_issue_does_and_only_a_whole_history_tells_that(raw: Raw, context: Context) -> None:
    set_flag = {flag_of(context): [{"value": "Impediment"}]}
    item = read(raw(**set_flag, changelog=log()), context)
    assert item.blocked_since == item.created_at
    part = read(raw(**set_flag, changelog=log(edited(5, "labels", "", "x"), total=90)), context)
    assert (part.blocked_since, "blocked_since" in part.unseen) == (None, True)
    free = read(raw(changelog=log(total=90)), context)
    assert (free.blocked, free.blocked_since, "blocked_since" in free.unseen) == (False, None, False)


def test_a_label_and_a_state_say_it_too_and_the_first_of_them_counts(raw: Raw, context: Context) -> None:
    labels = (edited(8, "labels", "x", "x Blocked"), edited(9, "labels", "x Blocked", "x Blocked y"))
    item = read(raw(labels=["x", "Blocked", "y"], changelog=log(*labels)), context)
    assert (item.blocked, item.blocked_since) == (True, at(8))
    standing = {**status("3"), "name": "Blockiert"}
    moved = change("2026-09-06T10:00:00Z", person("Ada"), field="status", fieldId="status", **{"from": "1", "to": "3"})
    item = read(raw(status=standing, labels=["Blocked"], changelog=log(*labels, moved)), context)
    assert (item.blocked, item.blocked_since) == (True, at(6))


def test_a_label_says_it_where_the_site_has_no_flag(raw: Raw, context: Context) -> None:
    located = context.metadata.located
    without = replace(located, ids={name: ids for name, ids in located.ids.items() if name != "flagged"})
    bare = replace(context, metadata=replace(context.metadata, located=without))
    assert "blocked" in read(raw(), bare).unseen
    item = read(raw(labels=["blocked"]), bare)
    assert (item.blocked, "blocked" in item.unseen) == (True, False)


@pytest.mark.parametrize(
    ("word", "meant"), [("Blocked", True), (" bloqué ", True), ("blocked-by-legal", False), ("", False), (None, False)]
)
def test_words_for_being_blocked(word: str | None, meant: bool) -> None:
    assert says_blocked(word) is meant


def test_who_edits_the_criteria_last_is_told_of_what_is_approved(raw: Raw, context: Context) -> None:
    (field,) = context.metadata.located.ids["acceptance"]
    changes = log(edited(5, field, "a", "b", "Ada"), edited(7, field, "b", "c", "Lea"), edited(9, "description", "x", "y", "Kim"))
    written = {field: {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "c"}]}]}}
    feature = read(raw(issuetype=EPIC, **written, changelog=changes), context)
    assert feature.kind in {Kind.FEATURE, Kind.EPIC}
    assert feature.criteria_editor == "Lea"
    unwritten = read(raw(issuetype=EPIC, **{field: None}, changelog=changes), context)
    assert unwritten.criteria_editor == "Kim", "without a field for them they stand in the description"
    story = read(raw(**written, changelog=changes), context)
    assert (story.criteria_editor, "criteria_editor" in story.unseen) == (None, True)


def test_criteria_that_nobody_changed_are_by_who_made_the_issue_where_all_of_its_history_is_told(raw: Raw, context: Context) -> None:
    made = {"issuetype": EPIC, "creator": person("Noor")}
    assert read(raw(**made, changelog=log()), context).criteria_editor == "Noor"
    part = read(raw(**made, changelog=log(total=90)), context)
    assert (part.criteria_editor, "criteria_editor" in part.unseen) == (None, True)


def test_names_of_files_are_kept_of_what_a_document_is_asked_for(raw: Raw, context: Context) -> None:
    files = [{"id": "1", "filename": "LBC.pdf"}, {"id": "2"}]
    item = read(raw(issuetype=EPIC, attachment=files), context)
    assert (item.attachments, "attachments" in item.unseen) == (("LBC.pdf",), False)
    for other in (raw(attachment=files), raw(issuetype=EPIC, without=("attachment",))):
        assert (read(other, context).attachments, "attachments" in read(other, context).unseen) == ((), True)


def test_jira_tells_no_swimlanes(raw: Raw, context: Context) -> None:
    assert "board_lane" in read(raw(), context).unseen


def comments(*said: tuple[int, dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    shown = [{"id": str(day), "author": who, "created": f"2026-09-{day:02}T10:00:00Z"} for day, who in said]
    return {"comments": shown, "total": len(shown) if total is None else total}


def us() -> dict[str, Any]:
    return {"accountId": ME, "displayName": "SafeSync", "accountType": "atlassian"}


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (comments(), (None, False)),
        (comments((3, person("Ada")), (5, person("Bo"))), (at(5), False)),
        (comments((3, person("Ada")), (5, us())), (at(3), False)),
        (comments((5, us())), (None, False)),
        (comments((5, us()), total=21), (None, True)),
        (comments((5, person("Ada")), total=21), (at(5), False)),
        (None, (None, True)),
    ],
    ids=["none", "the newest", "ours does not count", "only ours", "only ours, and more", "a person's, and more", "not shown"],
)
def test_of_a_blocked_issue_the_last_comment_of_a_person_is_told(
    shown: dict[str, Any] | None, told: tuple[datetime | None, bool], raw: Raw, context: Context
) -> None:
    fields: dict[str, Any] = {flag_of(context): [{"value": "Impediment"}], "comment": shown}
    item = read(raw(**fields), context)
    assert (item.commented_at, "commented_at" in item.unseen) == told


def test_of_an_issue_that_is_not_blocked_nobody_asks_for_comments(raw: Raw, context: Context) -> None:
    item = read(raw(comment=comments((5, person("Ada")))), context)
    assert item.commented_at is None
    assert "commented_at" not in item.unseen
