"""What Data Center shows and takes, on the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses
from jira_center import (
    ADA,
    EPIC,
    FIELDS,
    INITIATIVE,
    KNOWN,
    PLACE,
    SPRINT,
    SUBTASK,
    US,
    V2,
    center,
    permissions,
    raw_of,
    searched,
    tracker_there,
)
from jira_raw import MAPPING, ref

from safesync.connectors.jira.fields import EPIC_LINK, PARENT_LINK, locate
from safesync.connectors.jira.metadata import Cursor, Telling
from safesync.connectors.jira.tracker import JiraTracker
from safesync.model.change import PostedComment
from safesync.model.errors import ItemError, RunError
from safesync.model.item import Item, Kind, Link, Markup, Relation
from safesync.model.message import Message, Paragraph, Span

EPIC_FIELD, PARENT_FIELD, SPRINT_FIELD, ACCEPTANCE = "customfield_10006", "customfield_10008", "customfield_10005", "customfield_10010"
MESSAGE = Message((Paragraph((Span("All is {well}."),)),), "7f3a9c", "digest-1")
NOTED = {"reference": "7f3a9c", "digest": "digest-1"}


@pytest.fixture
def there(wire: responses.RequestsMock, pauses: list[float]) -> JiraTracker:
    center(wire)
    return tracker_there(pauses)


def pulled(tracker: JiraTracker) -> tuple[dict[str, Item], Cursor]:
    pages = list(tracker.pull(None))
    assert [one for page in pages for one in page.refused] == []
    known = Cursor.read(pages[-1].cursor)
    assert known is not None
    return {one.native_id: one for page in pages for one in page.items}, known


def asked_alone(wire: responses.RequestsMock) -> list[str]:
    return [str(call.request.url).split("?")[0].rsplit("/", 1)[1] for call in wire.calls if "/issue/" in str(call.request.url)]


def comment(comment_id: str, author: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    who = author or US
    return {"id": comment_id, "author": who, "updateAuthor": who, "body": "text", "created": "2026-09-01T10:00:00.000+0000", **more}


def test_parents_are_found_in_the_order_sub_task_epic_link_parent_link(wire: responses.RequestsMock, there: JiraTracker) -> None:
    searched(
        wire,
        raw_of("1", SUBTASK, parent={"id": "2", "key": "PAY-2"}, **{EPIC_FIELD: "PAY-9", PARENT_FIELD: "PAY-8"}),
        raw_of("2", **{EPIC_FIELD: "PAY-3", PARENT_FIELD: "PAY-8"}),
        raw_of("3", EPIC, **{PARENT_FIELD: "PAY-4"}),
        raw_of("4", INITIATIVE),
    )
    items, known = pulled(there)
    parents = {native_id: [link.target for link in one.links] for native_id, one in items.items()}
    assert parents == {"1": ["jira:2"], "2": ["jira:PAY-3"], "3": ["jira:PAY-4"], "4": []}
    assert all(link.relation is Relation.PARENT for one in items.values() for link in one.links)
    assert known.metadata.parent_links is Telling.TOLD
    assert asked_alone(wire) == []


def test_a_hidden_parent_link_is_asked_of_what_stands_above_a_story_and_the_site_remembered(
    wire: responses.RequestsMock, there: JiraTracker
) -> None:
    searched(wire, raw_of("1"), raw_of("2", INITIATIVE), raw_of("3", EPIC), raw_of("4", EPIC, **{EPIC_FIELD: "PAY-3"}))
    wire.get(f"{V2}/search", status=400, json={"errorMessages": ["The field does not support searching for EMPTY values."]}, headers=KNOWN)
    wire.get(f"{V2}/issue/2", json={"id": "2", "fields": {PARENT_FIELD: None}}, headers=KNOWN)
    wire.get(f"{V2}/issue/3", json={"id": "3", "fields": {PARENT_FIELD: "PAY-2"}}, headers=KNOWN)
    items, known = pulled(there)
    assert items["3"].links == (Link(Relation.PARENT, "jira:PAY-2"),)
    assert asked_alone(wire) == ["2", "3"]
    assert known.metadata.parent_links is Telling.HIDDEN


@pytest.mark.parametrize(("shown", "telling"), [("PAY-2", Telling.TOLD), (None, Telling.HIDDEN)])
def test_one_search_may_say_whether_parent_links_are_told(
    shown: str | None, telling: Telling, wire: responses.RequestsMock, there: JiraTracker
) -> None:
    searched(wire, raw_of("3", EPIC))
    wire.get(f"{V2}/search", json={"issues": [{"id": "9", "fields": {PARENT_FIELD: shown}}], "total": 1}, headers=KNOWN)
    wire.get(f"{V2}/issue/3", json={"id": "3", "fields": {PARENT_FIELD: None}}, headers=KNOWN)
    _, known = pulled(there)
    assert known.metadata.parent_links is telling
    assert asked_alone(wire) == ([] if telling is Telling.TOLD else ["3"])


def test_where_nobody_has_a_parent_link_few_issues_of_each_type_are_asked(wire: responses.RequestsMock, there: JiraTracker) -> None:
    searched(wire, *(raw_of(str(number), EPIC if number % 2 else INITIATIVE) for number in range(1, 41)))
    wire.get(f"{V2}/search", json={"issues": [], "total": 0}, headers=KNOWN)
    for number in range(1, 41):
        wire.get(f"{V2}/issue/{number}", json={"id": str(number), "fields": {PARENT_FIELD: None}}, headers=KNOWN)
    pulled(there)
    assert len(asked_alone(wire)) == 10
    assert sum("/search?" in str(call.request.url) for call in wire.calls) == 1


def test_an_epic_that_is_gone_since_the_search_stops_nothing(wire: responses.RequestsMock, there: JiraTracker) -> None:
    searched(wire, raw_of("3", EPIC))
    wire.get(f"{V2}/search", json={"issues": [], "total": 0}, headers=KNOWN)
    wire.get(f"{V2}/issue/3", status=404, json={"errorMessages": []}, headers=KNOWN)
    items, _ = pulled(there)
    assert items["3"].links == ()


def test_a_site_without_either_link_is_read_without_a_warning(wire: responses.RequestsMock, pauses: list[float]) -> None:
    center(wire, fields=[one for one in FIELDS if one["id"] not in (EPIC_FIELD, PARENT_FIELD)])
    searched(wire, raw_of("3", EPIC))
    tracker = tracker_there(pauses)
    items, _ = pulled(tracker)
    assert "links" not in items["3"].unseen
    assert not any("link" in one for one in tracker.warnings)


def test_versions_and_boards_become_intervals_and_teams(wire: responses.RequestsMock, there: JiraTracker) -> None:
    searched(wire, raw_of("1"))
    (around,) = [page.surroundings for page in there.pull(None) if page.surroundings]
    assert [(one.label, str(one.starts_on), str(one.ends_on)) for one in around.intervals] == [("PI 26.4", "2026-10-05", "2026-12-18")]
    assert [one.name for one in around.teams] == ["Falcon"]


def test_on_cloud_both_links_say_nothing() -> None:
    assert {EPIC_LINK, PARENT_LINK}.isdisjoint(locate(MAPPING, FIELDS).ids)
    assert {EPIC_LINK, PARENT_LINK} <= locate(MAPPING, FIELDS, cloud=False).ids.keys()


def test_an_old_sprint_is_read_whatever_its_name_and_goal_hold(wire: responses.RequestsMock, there: JiraTracker) -> None:
    searched(wire, raw_of("1", **{SPRINT_FIELD: [SPRINT]}))
    items, known = pulled(there)
    assert items["1"].iteration == "jira:iteration:37"
    found = known.metadata.sprints["37"]
    assert (found.name, found.state, str(found.starts_on), str(found.ends_on)) == ("Falcon, 26.4.3", "active", "2026-11-16", "2026-11-28")


def test_texts_are_wiki_people_have_names_and_types_have_levels(wire: responses.RequestsMock, there: JiraTracker) -> None:
    gone = {"self": f"{V2}/user?username=gone", "name": "gone", "displayName": "gone", "active": False}
    searched(
        wire,
        raw_of("1", assignee=gone, description="h3. Why\n* because", **{ACCEPTANCE: "It *works*"}),
        raw_of("2", SUBTASK),
        raw_of("3", {"id": "99", "name": "Task", "subtask": False}),
    )
    items, _ = pulled(there)
    description, acceptance = items["1"].description, items["1"].acceptance
    assert description is not None
    assert acceptance is not None
    assert (items["1"].owner, description.markup, acceptance.markup) == ("gone", Markup.WIKI, Markup.WIKI)
    assert [items[one].kind for one in "123"] == [Kind.STORY, Kind.OTHER, Kind.OTHER]
    assert items["1"].url == f"{PLACE}/browse/PAY-1"


def test_our_own_changes_and_those_of_bots_are_not_a_persons(wire: responses.RequestsMock, there: JiraTracker) -> None:
    def changed(at: str, who: dict[str, Any]) -> dict[str, Any]:
        return {"id": at, "author": who, "created": at, "items": [{"field": "labels", "fieldtype": "jira", "from": "", "to": ""}]}

    raw = raw_of("1", created="2026-09-01T10:00:00.000+0000", updated="2026-09-20T10:00:00.000+0000")
    deployer = {"key": "JIRAUSER10177", "name": "deployer", "displayName": "Deploy robot"}
    histories = [
        changed("2026-09-05T10:00:00.000+0000", ADA),
        changed("2026-09-10T10:00:00.000+0000", deployer),
        changed("2026-09-20T10:00:00.000+0000", US),
    ]
    raw["changelog"] = {"histories": histories, "total": 3}
    searched(wire, raw)
    items, _ = pulled(there)
    assert str(items["1"].last_human_change_at) == "2026-09-05 10:00:00+00:00"


def test_a_comment_is_wiki_markup_with_our_mark_and_no_parameter(wire: responses.RequestsMock, there: JiraTracker) -> None:
    wire.post(f"{V2}/issue/1001/comment", status=201, json=comment("55"), headers=KNOWN)
    wire.put(f"{V2}/issue/1001/comment/55", json=comment("55"), headers=KNOWN)
    assert there.create_comment(ref(), MESSAGE) == PostedComment("55", "digest-1")
    assert there.edit_comment(ref(), "55", MESSAGE) == PostedComment("55", "digest-1")
    posted, edited = (call.request for call in wire.calls if call.request.method in ("POST", "PUT"))
    expected = {"body": "All is \\{well\\}.\n\nSafeSync ref 7f3a9c", "properties": [{"key": "safesync", "value": NOTED}]}
    assert json.loads(posted.body or b"") == json.loads(edited.body or b"") == expected
    assert (posted.params, edited.params) == ({}, {})


def test_our_comments_are_found_by_property_and_by_footer_and_nobody_elses(wire: responses.RequestsMock, there: JiraTracker) -> None:
    marked, footed, lost = comment("55"), comment("56", body="All.\n\nSafeSync ref 7f3a9c"), comment("57")
    shown = [comment("54", ADA, body="SafeSync ref 7f3a9c"), marked, footed, lost, comment("58", {"name": "safesync"})]
    wire.get(f"{V2}/issue/1001/comment", json={"comments": shown, "total": 5, "maxResults": 1048576, "startAt": 0}, headers=KNOWN)
    wire.get(f"{V2}/comment/55/properties/safesync", json={"key": "safesync", "value": NOTED}, headers=KNOWN)
    for number in (56, 57):
        wire.get(f"{V2}/comment/{number}/properties/safesync", status=404, json={"errorMessages": []}, headers=KNOWN)
    assert there.find_comments(ref(), "7f3a9c") == (PostedComment("55", "digest-1"), PostedComment("56", None))


def test_labels_are_changed_again_aloud_where_watchers_may_not_be_spared(wire: responses.RequestsMock, there: JiraTracker) -> None:
    wire.put(f"{V2}/issue/1001", status=403, json={"errorMessages": ["..."], "errors": {}}, headers=KNOWN)
    wire.put(f"{V2}/issue/1001", status=204, headers=KNOWN)
    there.change_labels(ref(), ["safesync-tm101"], ["safesync-tm102"])
    first, second = (call.request for call in wire.calls if call.request.method == "PUT")
    assert (first.params, second.params) == ({"notifyUsers": "false"}, {})
    assert json.loads(second.body or b"") == {"update": {"labels": [{"add": "safesync-tm101"}, {"remove": "safesync-tm102"}]}}


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_a_refused_comment_is_the_items_trouble_and_sent_once(status: int, wire: responses.RequestsMock, there: JiraTracker) -> None:
    wire.put(f"{V2}/issue/1001/comment/55", status=status, json={"errorMessages": ["secret"]}, headers=KNOWN)
    wire.get(f"{V2}/project/PAY", json={"id": "1", "key": "PAY", "archived": False}, headers=KNOWN)
    with pytest.raises(ItemError, match=str(status)) as caught:
        there.edit_comment(ref(), "55", MESSAGE)
    assert "secret" not in str(caught.value)
    assert there.calls.writes == 1


def test_a_project_whose_permissions_are_not_told_is_not_guessed(wire: responses.RequestsMock, there: JiraTracker) -> None:
    wire.replace(responses.GET, f"{V2}/mypermissions", status=404, json={"errorMessages": ["No project could be found with key 'PAY'."]})
    wire.get(f"{V2}/project/PAY", status=404, json={"errorMessages": []}, headers=KNOWN)
    with pytest.raises(RunError, match="cannot see the project PAY"):
        there.identify()
    wire.replace(responses.GET, f"{V2}/project/PAY", json={"id": "1", "key": "PAY"})  # something in between knows no such question
    identity = there.identify()
    assert identity.may_comment == identity.may_label == {"PAY"}
    assert any("does not tell what we may do in PAY; what we write there may be refused" in one for one in identity.warnings)
    wire.replace(responses.GET, f"{V2}/mypermissions", status=403, json={"errorMessages": []})
    with pytest.raises(RunError, match="does not tell what we may do in PAY"):
        there.identify()


def test_permissions_are_told_by_what_is_missing(wire: responses.RequestsMock, there: JiraTracker) -> None:
    wire.replace(responses.GET, f"{V2}/mypermissions", json=permissions("BROWSE_PROJECTS", "EDIT_ISSUES", "ADD_COMMENTS"), headers=KNOWN)
    identity = there.identify()
    assert (identity.may_comment, identity.may_label) == (frozenset(), {"PAY"})
    assert there.calls.reads == 4, "what it is, who we are, what we may, and when our token ends"


def test_the_limit_that_an_administrator_set_is_waited_for(wire: responses.RequestsMock, there: JiraTracker, pauses: list[float]) -> None:
    limited = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Interval-Seconds": "1", "Retry-After": "7"}
    wire.replace(responses.GET, f"{V2}/myself", status=429, headers=limited)
    wire.get(f"{V2}/myself", json=US, headers=KNOWN)
    assert there.identify().account_id == "JIRAUSER10100"
    assert pauses == [7.0]
