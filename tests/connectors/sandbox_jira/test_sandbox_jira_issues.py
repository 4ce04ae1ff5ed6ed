from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.jira.catalogue import SPRINT
from safesync.connectors.sandbox.jira.entities import Permission

ISSUE = "/rest/api/3/issue"


def _fields(world: Any, key: str) -> dict[str, Any]:
    fields: dict[str, Any] = world.api.get(f"{ISSUE}/{key}").json()["fields"]
    return fields


def test_an_issue_shows_parents_sprints_teams_and_documents_as_jira_cloud_does(world: Any) -> None:
    fields = _fields(world, "PAY-3")
    assert fields["parent"]["key"] == "PAY-2"
    assert fields["parent"]["fields"]["issuetype"]["hierarchyLevel"] == 1
    assert fields["status"]["statusCategory"]["key"] == "indeterminate"
    assert [(sprint["name"], sprint["state"]) for sprint in fields[SPRINT]] == [("Falcon 26.4.2", "closed"), ("Falcon 26.4.3", "active")]
    assert fields[SPRINT][0]["startDate"].endswith("Z")
    assert fields["created"] == "2026-10-27T10:30:40.000+0100"
    assert fields["customfield_10001"]["name"] == "Falcon"
    assert fields["customfield_10102"]["value"] == "PI 26.4"
    assert fields["customfield_10101"]["content"][0]["type"] == "bulletList"
    assert [subtask["key"] for subtask in fields["subtasks"]] == ["PAY-7"]
    assert fields["customfield_10014"] == "PAY-2"
    assert fields["customfield_10018"]["showField"] is False
    assert fields["comment"]["total"] == 1
    assert "parent" not in _fields(world, "PAY-5")


def test_a_link_is_read_from_both_of_its_ends(world: Any) -> None:
    (blocked,), (blocking,) = _fields(world, "PAY-3")["issuelinks"], _fields(world, "PAY-4")["issuelinks"]
    assert (blocked["inwardIssue"]["key"], blocked["type"]["inward"]) == ("PAY-4", "is blocked by")
    assert (blocking["outwardIssue"]["key"], "inwardIssue" in blocking) == ("PAY-3", False)


def test_labels_are_added_and_removed_one_by_one_and_leave_a_changelog_and_a_later_updated(world: Any) -> None:
    world.clock.move(minutes=5)
    verbs = {"update": {"labels": [{"add": "safesync-tm101"}, {"add": "checkout"}, {"remove": "absent"}, {"remove": "theme:trust"}]}}
    assert world.api.put(f"{ISSUE}/PAY-3", json=verbs).status_code == 204
    fields = _fields(world, "PAY-3")
    assert fields["labels"] == ["checkout", "safesync-tm101"]
    assert fields["updated"] == "2026-11-26T10:35:40.000+0100"
    last = world.api.get(f"{ISSUE}/PAY-3/changelog").json()["values"][-1]
    assert last["author"]["accountType"] == "app"
    (item,) = last["items"]
    assert (item["fromString"], item["toString"]) == ("theme:trust checkout", "checkout safesync-tm101")


def test_an_edit_that_changes_nothing_leaves_no_trace(world: Any) -> None:
    before = _fields(world, "PAY-3")["updated"]
    world.clock.move(minutes=5)
    assert world.api.put(f"{ISSUE}/PAY-3", json={"update": {"labels": [{"add": "checkout"}]}}).status_code == 204
    assert _fields(world, "PAY-3")["updated"] == before
    assert world.api.get(f"{ISSUE}/PAY-3/changelog").json()["total"] == 2


def test_one_wrong_field_and_nothing_is_written(world: Any) -> None:
    answer = world.api.put(f"{ISSUE}/PAY-3", json={"fields": {"summary": "Other"}, "update": {"labels": [{"add": "a b"}]}})
    assert answer.status_code == 400
    assert answer.json() == {"errorMessages": [], "errors": {"labels": "The label 'a b' can't contain spaces."}}
    assert _fields(world, "PAY-3")["summary"] == "Pay a bill at once"


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"fields": {"description": "text"}}, "description", "Operation value must be an Atlassian Document"),
        ({"fields": {"customfield_99999": 1}}, "customfield_99999", "It is not on the appropriate screen, or unknown."),
        ({"fields": {"status": {"name": "Done"}}}, "status", "It is not on the appropriate screen, or unknown."),
        ({"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}}, "labels", "cannot appear in both"),
        ({"fields": {"customfield_10016": "five"}}, "customfield_10016", "Operation value must be a number"),
        ({"fields": {"customfield_10102": {"value": "PI 99.9"}}}, "customfield_10102", "Specify a valid 'id' or 'name'"),
        ({"fields": {"parent": {"key": "PAY-5"}}}, "parent", "does not belong to appropriate hierarchy"),
        ({"fields": {SPRINT: "Falcon 26.4.4"}}, SPRINT, "Number value expected as the Sprint id."),
        ({"fields": {"duedate": "tomorrow"}}, "duedate", "Error parsing date string"),
        ({"fields": {"summary": ""}}, "summary", "You must specify a summary of the issue."),
        ({"update": {"customfield_10016": [{"add": 1}]}}, "customfield_10016", "does not support operation 'add'"),
    ],
)
def test_a_wrong_value_is_refused_by_field(world: Any, body: dict[str, Any], field: str, said: str) -> None:
    answer = world.api.put(f"{ISSUE}/PAY-3", json=body)
    assert answer.status_code == 400
    assert said in answer.json()["errors"][field]


def test_a_text_is_too_long_by_jiras_own_count(world: Any) -> None:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": "x" * 1000}]}
    fits = {"type": "doc", "version": 1, "content": [paragraph] * 32}
    assert world.api.put(f"{ISSUE}/PAY-3", json={"fields": {"description": fits}}).status_code == 204
    over = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x" * 32_766}]}]}
    answer = world.api.put(f"{ISSUE}/PAY-3", json={"fields": {"description": over}})
    assert answer.json()["errors"]["description"] == "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


def test_the_edited_issue_may_be_returned(world: Any) -> None:
    answer = world.api.put(f"{ISSUE}/PAY-3", params={"returnIssue": "true"}, json={"fields": {"customfield_10016": 8}})
    assert (answer.status_code, answer.json()["fields"]["customfield_10016"]) == (200, 8.0)


def test_a_sprint_is_written_as_a_number_and_the_closed_ones_stay(world: Any) -> None:
    future = world.site.sprint("Falcon 26.4.4")
    world.api.put(f"{ISSUE}/PAY-3", json={"fields": {SPRINT: future.id}}).raise_for_status()
    assert [sprint["name"] for sprint in _fields(world, "PAY-3")[SPRINT]] == ["Falcon 26.4.2", "Falcon 26.4.4"]


def test_a_parent_is_set_by_key_and_cleared_with_none(world: Any) -> None:
    world.api.put(f"{ISSUE}/PAY-5", json={"fields": {"parent": {"key": "PAY-2"}}}).raise_for_status()
    assert _fields(world, "PAY-5")["parent"]["key"] == "PAY-2"
    (item,) = world.api.get(f"{ISSUE}/PAY-5/changelog").json()["values"][-1]["items"]
    assert (item["field"], item["toString"], "fieldId" in item) == ("IssueParentAssociation", "PAY-2", False)
    world.api.put(f"{ISSUE}/PAY-5", json={"update": {"parent": [{"set": {"none": True}}]}}).raise_for_status()
    assert "parent" not in _fields(world, "PAY-5")


def test_silence_towards_watchers_is_for_project_administrators(world: Any) -> None:
    ask = {"params": {"notifyUsers": "false"}, "json": {"update": {"labels": [{"add": "quiet"}]}}}
    refused = world.api.put(f"{ISSUE}/PAY-3", **ask)
    assert (refused.status_code, "To discard the user notification" in refused.text) == (400, True)
    world.site.allow("SafeSync", "PAY", Permission.ADMINISTER)
    assert world.api.put(f"{ISSUE}/PAY-3", **ask).status_code == 204


def test_an_issue_that_is_closed_or_that_one_may_not_edit_stays_as_it_is(world: Any) -> None:
    world.site.status("Done").closed = True
    assert world.api.put(f"{ISSUE}/PAY-6", json={"update": {"labels": [{"add": "x"}]}}).status_code == 400
    world.site.deny("SafeSync", "CARDS", Permission.EDIT)
    answer = world.api.put(f"{ISSUE}/CARDS-1", json={"update": {"labels": [{"add": "x"}]}})
    assert answer.json()["errors"] == {"labels": "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown."}
    assert (_fields(world, "PAY-6")["labels"], _fields(world, "CARDS-1")["labels"]) == ([], [])


def test_a_moved_issue_answers_to_its_old_key_with_its_new_one(world: Any) -> None:
    number = world.site.issue("PAY-5").id
    writes.move(world.site, "PAY-5", "Ann Lee", "CARDS")
    for known in ("PAY-5", "CARDS-2", str(number)):
        found = world.api.get(f"{ISSUE}/{known}").json()
        assert (found["id"], found["key"]) == (str(number), "CARDS-2")
    bulk = world.api.post(f"{ISSUE}/bulkfetch", json={"issueIdsOrKeys": ["PAY-5", "CARDS-2"], "fields": ["project"]}).json()
    assert [issue["key"] for issue in bulk["issues"]] == ["CARDS-2"]
    assert world.api.search("project = PAY AND issuetype = Story order by key") == ["PAY-3", "PAY-4"]


def test_a_project_with_a_new_key_renames_all_its_issues_and_nobody_sees_it_in_updated(world: Any) -> None:
    before = world.site.issue("PAY-3").updated
    world.site.deny("SafeSync", "PAY", Permission.COMMENT)
    writes.rename_project(world.site, "PAY", "MONEY")
    assert world.api.search("project = MONEY AND issuetype = Story order by key") == ["MONEY-3", "MONEY-4", "MONEY-5"]
    assert world.api.get(f"{ISSUE}/PAY-3").json()["key"] == "MONEY-3"
    assert world.api.get("/rest/api/3/project/PAY").json()["key"] == "MONEY"
    assert world.site.issue("MONEY-3").updated == before
    assert not world.site.may(world.site.user("SafeSync"), Permission.COMMENT, world.site.project("MONEY"))


def test_hidden_and_deleted_issues_look_the_same_and_are_absent_from_a_bulk(world: Any) -> None:
    world.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    writes.delete(world.site, "PAY-6")
    hidden, deleted = world.api.get(f"{ISSUE}/CARDS-1"), world.api.get(f"{ISSUE}/PAY-6")
    assert hidden.status_code == deleted.status_code == 404
    assert hidden.json() == deleted.json()
    bulk = world.api.post(f"{ISSUE}/bulkfetch", json={"issueIdsOrKeys": ["CARDS-1", "PAY-6", "PAY-4", "PAY-3"]}).json()
    assert ([issue["key"] for issue in bulk["issues"]], bulk["issueErrors"]) == (["PAY-3", "PAY-4"], [])
    assert world.api.post(f"{ISSUE}/bulkfetch", json={"issueIdsOrKeys": ["PAY-3"] * 101}).status_code == 400


def test_the_changelog_is_oldest_first_alone_and_newest_first_inside_an_issue(world: Any) -> None:
    for number in range(45):
        world.clock.move(minutes=1)
        writes.edit(world.site, "PAY-4", "Ann Lee", {"Story Points": float(number)})
    alone = world.api.get(f"{ISSUE}/PAY-4/changelog", params={"maxResults": 500}).json()
    assert (alone["maxResults"], alone["total"], alone["values"][-1]["items"][0]["toString"]) == (100, 45, "44")
    found = world.api.post("/rest/api/3/search/jql", json={"jql": "key = PAY-4", "fields": ["summary"], "expand": "changelog"}).json()
    inside = found["issues"][0]["changelog"]
    assert (len(inside["histories"]), inside["total"], inside["histories"][0]["items"][0]["toString"]) == (40, 45, "44")


def test_changelogs_come_in_bulk_page_by_page_and_by_field(world: Any) -> None:
    body: dict[str, Any] = {"issueIdsOrKeys": ["PAY-3", "PAY-4", "NONE-1"], "maxResults": 1}
    first = world.api.post("/rest/api/3/changelog/bulkfetch", json=body).json()
    second = world.api.post("/rest/api/3/changelog/bulkfetch", json={**body, "nextPageToken": first["nextPageToken"]}).json()
    assert [len(page["issueChangeLogs"][0]["changeHistories"]) for page in (first, second)] == [1, 1]
    assert "nextPageToken" not in second
    only = world.api.post("/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": ["PAY-3"], "fieldIds": ["status"]}).json()
    (entry,) = only["issueChangeLogs"][0]["changeHistories"]
    assert entry["items"][0]["fieldId"] == "status"
    world.site.epoch_changelogs = True
    again = world.api.post("/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": ["PAY-3"], "fieldIds": ["status"]}).json()
    expected = int((world.clock() - timedelta(days=8)).timestamp() * 1000)
    assert again["issueChangeLogs"][0]["changeHistories"][0]["created"] == expected


def test_a_transition_moves_the_status_and_its_category(world: Any) -> None:
    offered = world.api.get(f"{ISSUE}/PAY-4/transitions").json()["transitions"]
    done = next(each["id"] for each in offered if each["to"]["name"] == "Done")
    world.clock.move(hours=1)
    assert world.api.post(f"{ISSUE}/PAY-4/transitions", json={"transition": {"id": done}}).status_code == 204
    fields = _fields(world, "PAY-4")
    assert fields["status"]["name"] == fields["resolution"]["name"] == "Done"
    assert fields["statuscategorychangedate"] == fields["resolutiondate"] == fields["updated"]
    items = world.api.get(f"{ISSUE}/PAY-4/changelog").json()["values"][-1]["items"]
    assert [item["field"] for item in items] == ["status", "resolution"]


def test_without_the_permission_no_transition_is_offered_and_none_is_valid(world: Any) -> None:
    world.site.deny("SafeSync", "PAY", Permission.TRANSITION)
    assert world.api.get(f"{ISSUE}/PAY-4/transitions").json()["transitions"] == []
    answer = world.api.post(f"{ISSUE}/PAY-4/transitions", json={"transition": {"id": "71"}})
    assert (answer.status_code, answer.json()["errorMessages"]) == (400, ["Transition id '71' is not valid for this issue."])


def test_an_issue_is_created_with_the_next_key_and_deleted_with_its_sub_tasks_only_when_said(world: Any) -> None:
    given = {
        "project": {"key": "PAY"},
        "issuetype": {"name": "Story"},
        "summary": "Pay later",
        "labels": ["new"],
        "parent": {"key": "PAY-2"},
    }
    made = world.api.post(ISSUE, json={"fields": given})
    assert (made.status_code, made.json()["key"]) == (201, "PAY-8")
    assert _fields(world, "PAY-8")["creator"]["displayName"] == "SafeSync"
    refused = world.api.post(ISSUE, json={"fields": {"project": {"key": "PAY"}, "summary": "No type"}})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["issuetype"])
    assert world.api.delete(f"{ISSUE}/PAY-3").status_code == 400
    assert world.api.delete(f"{ISSUE}/PAY-3", params={"deleteSubtasks": "true"}).status_code == 204
    assert world.api.get(f"{ISSUE}/PAY-7").status_code == 404
    assert _fields(world, "PAY-4")["issuelinks"] == []


def test_a_link_is_made_once_and_both_issues_tell_of_it(world: Any) -> None:
    body = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "PAY-3"}, "outwardIssue": {"key": "CARDS-1"}}
    assert [world.api.post("/rest/api/3/issueLink", json=body).status_code for _ in range(2)] == [201, 201]
    (link,) = _fields(world, "CARDS-1")["issuelinks"]
    assert link["inwardIssue"]["key"] == "PAY-3"
    (item,) = world.api.get(f"{ISSUE}/CARDS-1/changelog").json()["values"][0]["items"]
    assert (item["field"], "fieldId" in item, item["toString"]) == ("Link", False, "This issue is blocked by PAY-3")


def test_properties_of_an_issue_come_back_with_the_search(world: Any) -> None:
    path = f"{ISSUE}/PAY-3/properties/safesync"
    assert [world.api.put(path, json={"v": number}).status_code for number in (1, 2)] == [201, 200]
    body = {"jql": "key in (PAY-3, PAY-4) order by key", "properties": ["safesync"], "fields": ["summary"]}
    found = world.api.post("/rest/api/3/search/jql", json=body).json()["issues"]
    assert [issue["properties"] for issue in found] == [{"safesync": {"v": 2}}, {}]
    assert [world.api.delete(path).status_code for _ in range(2)] == [204, 404]


def test_many_clients_at_once_lose_no_label_and_each_leaves_its_entry(world: Any) -> None:
    def add(number: int) -> int:
        body = {"update": {"labels": [{"add": f"n{number}"}]}}
        status: int = world.client(world.api.auth).put(f"{ISSUE}/PAY-4", json=body).status_code
        return status

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(add, range(16))) == [204] * 16
    assert sorted(world.site.issue("PAY-4").values["labels"]) == sorted(f"n{number}" for number in range(16))
    assert len(world.site.issue("PAY-4").history) == 16
    assert len(world.site.requests) == 16
