from __future__ import annotations

from typing import Any

import pytest

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.jira.entities import Permission

SEARCH = "/rest/api/3/search/jql"


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = PAY AND issuetype = Story ORDER BY key", ["PAY-3", "PAY-4", "PAY-5"]),
        ("project in (PAY, 'Cards') AND type = Story AND labels is EMPTY ORDER BY key DESC", ["PAY-4", "CARDS-1"]),
        ('labels = "theme:trust"', ["PAY-3"]),
        ("project = PAY AND labels != idea ORDER BY key", ["PAY-3"]),
        ("project = PAY AND NOT labels = idea ORDER BY key", ["PAY-3"]),
        ("project = PAY AND (labels not in (idea) OR labels is EMPTY) AND type = Story ORDER BY key", ["PAY-3", "PAY-4"]),
        ("parent = PAY-2 ORDER BY created", ["PAY-3", "PAY-4"]),
        ('"Epic Link" = PAY-2 and status = Ready', ["PAY-4"]),
        ("sprint in openSprints() ORDER BY key", ["PAY-3", "PAY-4"]),
        ("sprint = 'Falcon 26.4.2'", ["PAY-3"]),
        ("fixVersion = 'PI 26.4'", ["PAY-3"]),
        ("statusCategory = Done", ["PAY-6"]),
        ("statusCategory != Done AND statusCategory != 'To Do' ORDER BY key ASC", ["PAY-2", "PAY-3"]),
        ("assignee = 'Ann Lee'", ["PAY-3"]),
        ("project = PAY and assignee is not empty", ["PAY-3"]),
        ("project = PAY and assignee != currentUser()", ["PAY-3"]),
        ("created >= -4d order by created asc", ["PAY-6", "PAY-7", "CARDS-1"]),
        ("created >= '2026-11-23 04:30' and created <= '2026-11-24' order by id", ["PAY-6"]),
        ("'Story Points' > 5 or cf[10016] < 4", ["PAY-4"]),
        ("'Program Increment' = 'PI 26.4' && ! (summary ~ 'refund')", ["PAY-3"]),
        ("summary ~ bill ORDER BY 'Story Points' DESC, key", ["PAY-5", "PAY-4", "PAY-3"]),
        ("duedate <= 2026-12-01", ["PAY-3"]),
        ("key in (PAY-3, pay-4) order by key", ["PAY-3", "PAY-4"]),
        ("key > PAY-5 order by key", ["PAY-6", "PAY-7"]),
        ("Team = Falcon", ["PAY-3"]),
    ],
)
def test_a_query_finds_what_jira_would_find(world: Any, jql: str, keys: list[str]):
    assert world.api.search(jql) == keys


@pytest.mark.parametrize(
    ("jql", "said"),
    [
        (
            "project = PAY and status = =",
            "Expecting either a value, list or function but got '='. You must surround '=' in quotation marks",
        ),
        ("project = PAY and status = =", "(line 1, character 28)"),
        ("project = NOPE", "The value 'NOPE' does not exist for the field 'project'."),
        ("weather = fine", "Field 'weather' does not exist or you do not have permission to view it."),
        ("status was Done", "does not know the operator 'was'"),
        ("sprint = lastSprint()", "Unable to find JQL function 'lastSprint()'"),
        ("project = PAY order by a, b, c, d, e, f, g, h", "maximum number of fields"),
        ("key = PAY-99", "An issue with key 'PAY-99' does not exist for the field 'key'."),
        ("id in (99999)", "A value with ID '99999' does not exist for the field 'id'."),
        ("updated >= yesterday", "Date value 'yesterday' for field 'updated' is invalid."),
        ("labels > a", "The operator '>' is not supported by the 'labels' field."),
        ("project = PAY ]", "is a reserved JQL character"),
        ("(project = PAY", "Expecting ')'"),
        ("order by created", "Unbounded JQL queries are not allowed here."),
        ("", "Unbounded JQL queries are not allowed here."),
    ],
)
def test_a_query_that_is_not_understood_is_refused_aloud(world: Any, jql: str, said: str):
    answer = world.api.post(SEARCH, json={"jql": jql})
    assert answer.status_code == 400
    assert said in answer.json()["errorMessages"][0]


def test_updated_is_relative_to_the_servers_clock_or_read_in_the_callers_zone(world: Any):
    world.clock.move(minutes=30)
    writes.edit(world.site, "PAY-5", "Ann Lee", {"labels": ["now"]})
    world.clock.move(minutes=10)
    assert world.api.search('updated >= "-10m"') == ["PAY-5"]
    assert world.api.search('project = PAY AND updated >= "-9m"') == []
    # 10:00:40 UTC is five in the morning for the caller in New York, whatever the site's own zone.
    assert world.api.search('updated >= "2026-11-26 05:00"') == ["PAY-5"]
    assert world.api.search('updated >= "2026-11-26 05:01"') == []


def test_only_ids_come_back_unless_fields_are_asked_for(world: Any):
    page = world.api.post(SEARCH, json={"jql": "key = PAY-3"}).json()
    assert page == {"issues": [{"id": str(world.site.issue("PAY-3").id)}], "isLast": True}
    shown = world.api.get(SEARCH, params={"jql": "key = PAY-3", "fields": "summary,status", "expand": "names"}).json()
    assert set(shown["issues"][0]["fields"]) == {"summary", "status"}
    assert shown["names"] == {"summary": "Summary", "status": "Status"}
    everything = world.api.post(SEARCH, json={"jql": "key = PAY-3", "fields": ["*navigable", "-labels"]}).json()["issues"][0]["fields"]
    assert "labels" not in everything
    assert "comment" not in everything
    assert everything["customfield_10016"] == 5.0


def test_pages_hold_a_hundred_issues_with_fields_and_all_without_them(world: Any):
    for number in range(130):
        world.site.add_issue("CARDS", "Task", f"Task {number}", created=world.clock())
    body = {"jql": "project = CARDS order by key", "maxResults": 5000, "fields": ["summary"]}
    first = world.api.post(SEARCH, json=body).json()
    second = world.api.post(SEARCH, json={**body, "nextPageToken": first["nextPageToken"]}).json()
    assert (len(first["issues"]), first["isLast"]) == (100, False)
    assert (len(second["issues"]), second["isLast"], "nextPageToken" in second) == (31, True, False)
    assert {issue["key"] for issue in first["issues"]}.isdisjoint(issue["key"] for issue in second["issues"])
    cheap = world.api.post(SEARCH, json={**body, "fields": ["id"]}).json()
    assert (len(cheap["issues"]), cheap["isLast"]) == (131, True)


def test_an_issue_touched_between_pages_is_seen_again_and_none_is_missed(world: Any):
    world.site.page_limit = 3
    body = {"jql": "project = PAY order by updated", "fields": ["summary"]}
    first = world.api.post(SEARCH, json=body).json()
    seen = [issue["key"] for issue in first["issues"]]
    world.clock.move(minutes=1)
    writes.edit(world.site, seen[0], "Ann Lee", {"labels": ["touched"]})
    token = first["nextPageToken"]
    while token:
        page = world.api.post(SEARCH, json={**body, "nextPageToken": token}).json()
        seen += [issue["key"] for issue in page["issues"]]
        token = page.get("nextPageToken")
    assert seen[0] == seen[-1]
    assert set(seen) == {f"PAY-{number}" for number in range(1, 8)}


def test_a_page_may_be_short_or_empty_and_still_have_a_token(world: Any):
    world.site.short_pages = [0, 2]
    assert len(world.api.search("project = PAY")) == 7
    assert [seen.status for seen in world.site.requests] == [200, 200, 200]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"jql": "project = PAY", "maxResults": 0}, 400, "The max results parameter has to be between 1 and 5,000."),
        ({"jql": "project = PAY", "maxResults": 5001}, 400, "The max results parameter has to be between 1 and 5,000."),
        ({"jql": "project = PAY", "nextPageToken": "BOGUS"}, 400, "The provided next page token is invalid or expired."),
        ({"jql": "project = PAY", "reconcileIssues": list(range(51))}, 400, "The max number of issues to reconcile is 50."),
        ({"jql": "project = PAY", "bogus": 1}, 400, "Invalid request payload."),
        ({"jql": "project = PAY", "expand": ["names"]}, 400, "Invalid request payload."),
        ({"jql": "project = PAY", "fields": "summary"}, 400, "Invalid request payload."),
    ],
)
def test_a_malformed_search_is_refused_with_jiras_words(world: Any, body: dict[str, Any], status: int, said: str):
    answer = world.api.post(SEARCH, json=body)
    assert answer.status_code == status
    assert answer.json()["errorMessages"][0].startswith(said)


def test_what_breaks_before_jira_itself_looks_has_its_own_form(world: Any):
    null = world.api.post(SEARCH, json={"jql": "project = PAY", "reconcileIssues": None})
    assert (null.status_code, null.json()["status-code"]) == (500, 500)
    untyped = world.api.post(SEARCH, data=b"{}")
    assert (untyped.status_code, untyped.headers["content-type"]) == (415, "application/problem+json")
    assert untyped.json()["instance"] == SEARCH
    number = world.api.get(SEARCH, params={"jql": "project = PAY", "maxResults": "abc"})
    assert number.json()["detail"] == "Failed to convert 'maxResults' with value: 'abc'"
    assert world.api.get("/rest/api/3/search").status_code == 410


def test_a_token_expires_after_a_week(world: Any):
    world.site.page_limit = 2
    body = {"jql": "project = PAY", "fields": ["summary"]}
    token = world.api.post(SEARCH, json=body).json()["nextPageToken"]
    world.clock.move(days=8)
    assert world.api.post(SEARCH, json={**body, "nextPageToken": token}).status_code == 400


def test_the_index_is_late_for_edits_new_and_deleted_issues_unless_they_are_reconciled(world: Any):
    site = world.site
    site.index_lag_s = 60
    issue = site.issue("PAY-5")
    world.api.put("/rest/api/3/issue/PAY-5", json={"update": {"labels": [{"add": "fresh"}]}}).raise_for_status()
    made = world.api.post(
        "/rest/api/3/issue",
        json={"fields": {"project": {"key": "PAY"}, "issuetype": {"name": "Story"}, "summary": "New"}},
    ).json()
    world.api.delete("/rest/api/3/issue/PAY-6").raise_for_status()

    assert world.api.search("labels = fresh") == []
    assert world.api.search("labels = fresh", reconcileIssues=[issue.id]) == ["PAY-5"]
    assert world.api.search("project = PAY and summary ~ New") == []
    assert world.api.search("project = PAY and summary ~ New", reconcileIssues=[int(made["id"])]) == [made["key"]]
    assert "PAY-6" in world.api.search("project = PAY")
    assert world.api.get("/rest/api/3/issue/PAY-6").status_code == 404
    world.clock.move(seconds=61)
    assert world.api.search("labels = fresh") == ["PAY-5"]
    assert "PAY-6" not in world.api.search("project = PAY")
    assert world.api.post("/rest/api/3/search/approximate-count", json={"jql": "project = PAY"}).json() == {"count": 7}


def test_archived_projects_and_those_one_may_not_browse_are_not_found(world: Any):

    world.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    world.site.project("PAY").status = "archived"
    assert world.api.search("created > -400d") == []
    assert world.client(("ann@meridian.example", "anns-token")).search("created > -400d") == ["CARDS-1"]


def test_a_project_one_may_not_browse_any_more_is_unknown_to_the_query_language(world: Any) -> None:
    world.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    for jql, said in (
        ("project in (PAY, CARDS)", "The value 'CARDS' does not exist"),
        ("key = CARDS-1", "An issue with key 'CARDS-1' does not exist"),
    ):
        answer = world.api.post(SEARCH, json={"jql": jql})
        assert answer.status_code == 400
        assert answer.json()["errorMessages"][0].startswith(said)
