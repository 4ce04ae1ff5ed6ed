from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from jira_raw import AGILE, API, CLOUD, ME, SITE, change, log, moved, person, raw_issue, ref, shelve, status, tracker_at

from safesync.connectors.jira.metadata import Cursor
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Access, Addresses, Page, Scope
from safesync.model.errors import RunError
from safesync.model.item import Link, Relation, Stage

NOW = datetime.now(UTC)
UNNAMED = 1
"""The answers of these tests do not say whom they are given to, so a pull asks that once more at its end."""
FIELDS = [
    {"id": "customfield_10016", "name": "Story Points", "schema": {"custom": "com.pyxis.greenhopper.jira:jsw-story-points"}},
    {"id": "customfield_10020", "name": "Sprint", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
    {"id": "customfield_10019", "name": "Rank", "schema": {"custom": "com.pyxis.greenhopper.jira:gh-lexo-rank"}},
    {
        "id": "customfield_10021",
        "name": "Markiert",
        "untranslatedName": "Flagged",
        "schema": {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"},
    },
]


def site(wire: responses.RequestsMock, *, boards: bool = True) -> None:
    """Everything that a full pull asks for around the issues."""
    wire.get(f"{API}/myself", json={"accountId": ME, "displayName": "SafeSync"})
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]})
    wire.get(f"{API}/field", json=FIELDS)
    wire.get(f"{API}/status", json=[status(one) for one in "12345"])
    wire.get(f"{API}/issuetype", json=[{"id": "11", "name": "Story", "hierarchyLevel": 0}])
    version = {"name": "PI 26.4", "startDate": "2026-10-05", "releaseDate": "2026-12-18"}
    wire.get(f"{API}/project/PAY/version", json={"values": [version], "isLast": True})
    if not boards:
        wire.get(f"{AGILE}/board", status=403, json={"errorMessages": []})
        return
    shown = [{"id": 5, "name": "Falcon", "type": "scrum"}, {"id": 6, "name": "Payments flow", "type": "kanban"}]
    wire.get(f"{AGILE}/board", json={"values": shown, "isLast": True})
    columns = [{"name": "To do", "statuses": [{"id": "1"}]}, {"name": "Doing", "max": 4, "min": 1, "statuses": [{"id": "3"}]}]
    wire.get(f"{AGILE}/board/5/configuration", json={"columnConfig": {"columns": columns}})
    wire.get(f"{AGILE}/board/6/configuration", json={"columnConfig": {"columns": []}})
    sprint = {
        "id": 37,
        "name": "Falcon 26.4.3",
        "state": "active",
        "startDate": "2026-11-16T09:00:00.000Z",
        "endDate": "2026-11-29T00:00:00.000Z",
    }
    wire.get(f"{AGILE}/board/5/sprint", json={"values": [sprint], "isLast": True})


def found(wire: responses.RequestsMock, *issues: dict[str, Any], token: str | None = None, **more: object) -> None:
    shelve(wire, issues)
    answer = {"issues": list(issues), "isLast": token is None, **more}
    wire.post(f"{API}/search/jql", json=answer if token is None else {**answer, "nextPageToken": token})


def asked(wire: responses.RequestsMock, path: str) -> list[dict[str, Any]]:
    return [
        json.loads(call.request.body or b"null")
        for call in wire.calls
        if call.request.url and call.request.url.split("?")[0].endswith(path)
    ]


def full(tracker: JiraTracker) -> list[Page]:
    return list(tracker.pull(None))


def later(cursor: str | None, passed: timedelta) -> str:
    """The cursor as it would be, had it been written so much earlier."""
    known = Cursor.read(cursor)
    assert known is not None
    return Cursor(known.watermark - passed, known.full_at - passed, known.metadata).text()


def test_a_full_pull_counts_everybody_and_reads_them_by_id(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"), raw_issue("2", without=("summary",)), token="next")
    found(wire, raw_issue("3"))
    (page,) = full(tracker)
    assert [one.uid for one in page.items] == ["jira:1", "jira:3"]
    assert [one.native_id for one in page.refused] == ["2"]
    assert page.census == {"jira:1", "jira:2", "jira:3"}
    assert page.cursor is not None
    counted = asked(wire, "/search/jql")
    assert [body.get("nextPageToken") for body in counted] == [None, "next"]
    assert counted[0] == {"jql": 'project in ("PAY") ORDER BY created ASC, key ASC', "maxResults": 5000, "fields": ["id"]}
    (read,) = asked(wire, "/issue/bulkfetch")
    assert {"customfield_10016", "customfield_10020", "summary"} <= set(read["fields"])
    assert (read["issueIdsOrKeys"], read["expand"]) == (["1", "2", "3"], ["changelog"])
    assert "*all" not in read["fields"]


def test_a_full_pull_tells_iterations_intervals_teams_and_columns(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    around = full(tracker)[-1].surroundings
    assert around is not None
    (iteration,) = around.iterations
    assert (iteration.uid, iteration.interval) == ("jira:iteration:37", "PI 26.4")
    assert (str(iteration.starts_on), str(iteration.ends_on)) == ("2026-11-16", "2026-11-28")
    assert [(one.label, str(one.starts_on), str(one.ends_on)) for one in around.intervals] == [("PI 26.4", "2026-10-05", "2026-12-18")]
    assert [(one.team, one.name, one.limit, one.active) for one in around.columns] == [
        ("Falcon", "To do", None, False),
        ("Falcon", "Doing", 4, True),
    ]
    assert [one.name for one in around.teams] == ["Falcon", "Payments flow"]


def test_a_site_without_boards_is_read_and_its_columns_are_unseen(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire, boards=False)
    found(wire, raw_issue("1"))
    (page,) = full(tracker)
    assert "board_column" in page.items[0].unseen


def test_a_steady_pull_is_one_call(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    before = tracker.calls.total
    found(wire)
    (page,) = tracker.pull(later(cursor, timedelta(minutes=60)))
    assert tracker.calls.total - before == 1 + UNNAMED
    assert asked(wire, "/search/jql")[-1]["jql"] == 'project in ("PAY") AND updated >= "-66m" ORDER BY created ASC, key ASC'
    assert page.items == ()
    assert page.cursor is not None
    assert (page.census, page.surroundings) == (None, None)


def test_a_run_right_after_another_is_steady_though_its_clock_seems_behind(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    before = tracker.calls.total
    found(wire)
    (page,) = tracker.pull(later(cursor, -timedelta(seconds=2)))
    assert tracker.calls.total - before == 1 + UNNAMED
    assert '"-5m"' in asked(wire, "/search/jql")[-1]["jql"]
    assert page.census is None


def test_a_clock_that_was_set_back_makes_everything_be_read(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    (page,) = tracker.pull(later(cursor, -timedelta(hours=2)))
    assert page.census == {"jira:1"}


def test_the_watermark_is_the_sites_time_when_the_scan_began(wire: responses.RequestsMock, pauses: list[float]) -> None:
    at = [NOW]
    ahead = {"Date": (NOW + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    wire.get(f"{API}/myself", json={"accountId": ME}, headers=ahead)
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]}, headers=ahead)
    site(wire)
    found(wire, raw_issue("1"))
    tracker = tracker_at(SITE, pauses, clock=lambda: at[0])
    pages = tracker.pull(None)
    page = next(pages)
    known = Cursor.read(page.cursor)
    assert known is not None
    assert timedelta(minutes=9, seconds=58) <= known.watermark - NOW <= timedelta(minutes=10)


def test_after_a_day_everything_is_read_again(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    (page,) = tracker.pull(later(cursor, timedelta(hours=24)))
    assert page.census == {"jira:1"}


@pytest.mark.parametrize("cursor", ["", "{}", "no json", '{"form": 0}'])
def test_a_cursor_of_another_form_reads_everything(cursor: str, wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    assert list(tracker.pull(cursor))[-1].census == {"jira:1"}


def test_an_unknown_state_makes_the_site_be_surveyed_again_once(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    strange = {"id": "99", "name": "Waiting", "statusCategory": {"key": "indeterminate"}}
    found(wire, raw_issue("2", status=strange), token="next")
    found(wire, raw_issue("3", status=strange))
    before = len(asked(wire, "/field"))
    pages = list(tracker.pull(cursor))
    assert len(asked(wire, "/field")) - before == 1
    assert pages[-1].surroundings is not None
    assert pages[0].items[0].stage is Stage.IN_PROGRESS
    list(tracker.pull(pages[-1].cursor))
    assert len(asked(wire, "/field")) - before == 1


def test_a_survey_in_the_middle_changes_no_field_that_was_asked_for(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    wire.replace(responses.GET, f"{API}/field", json=[{**FIELDS[0], "id": "customfield_777"}, *FIELDS[1:]])
    strange = {"id": "99", "name": "Waiting", "statusCategory": {"key": "indeterminate"}}
    found(wire, raw_issue("2", status=strange, customfield_10016=8.0))
    (page,) = tracker.pull(cursor)
    assert page.items[0].points == 8.0


def test_a_sprint_of_a_foreign_board_is_learned_from_its_issue(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    before = tracker.calls.total
    sprint = {"id": 90, "name": "Heron 27.1.1", "state": "future"}
    found(wire, raw_issue("2", customfield_10020=[sprint]))
    (page,) = tracker.pull(cursor)
    assert tracker.calls.total - before == 1 + UNNAMED
    assert page.items[0].iteration == "jira:iteration:90"
    assert page.surroundings is not None
    assert {one.name for one in page.surroundings.iterations} == {"Falcon 26.4.3", "Heron 27.1.1"}


def test_long_histories_cost_one_call_a_page(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    silent = log(change("2026-09-19T10:00:00Z", person("Ada"), field="summary", fieldId="summary"), total=120)
    found(wire, raw_issue("1", changelog=silent), raw_issue("2"), raw_issue("3", changelog=silent))
    histories = [{"issueId": "1", "changeHistories": [moved("2026-09-05T10:00:00Z", "1", "3")]}]
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": histories, "nextPageToken": "more"})
    wire.post(
        f"{API}/changelog/bulkfetch",
        json={"issueChangeLogs": [{"issueId": "3", "changeHistories": [moved("2026-09-06T10:00:00Z", "1", "3")]}]},
    )
    (page,) = full(tracker)
    bodies = asked(wire, "/changelog/bulkfetch")
    assert [body["issueIdsOrKeys"] for body in bodies] == [["1", "3"], ["1", "3"]]
    assert {one.native_id: one.transitions[-1].at.day for one in page.items} == {"1": 5, "2": 1, "3": 6}


def test_histories_that_are_refused_are_unseen(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    bare = raw_issue("1")
    del bare["changelog"]
    found(wire, bare)
    wire.post(f"{API}/changelog/bulkfetch", status=403, json={"errorMessages": []})
    (page,) = full(tracker)
    assert {"transitions", "last_human_change_at"} <= page.items[0].unseen


def test_the_same_page_token_twice_ends_the_run(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"), token="again")
    with pytest.raises(RunError, match="goes in circles"):
        full(tracker)


def test_more_issues_without_a_way_to_them_end_the_run(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.post(f"{API}/search/jql", json={"issues": [raw_issue("1")], "isLast": False})
    with pytest.raises(RunError, match="more issues follow"):
        full(tracker)


def test_a_refused_search_names_the_query(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.post(f"{API}/search/jql", status=400, json={"errorMessages": ["Error in JQL"]})
    with pytest.raises(RunError, match='project in \\("PAY"\\)'):
        full(tracker)


def test_a_busy_search_is_asked_again_and_counted(wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]) -> None:
    site(wire)
    wire.post(f"{API}/search/jql", status=429, headers={"Retry-After": "11", "RateLimit-Reason": "jira-burst-based"})
    wire.post(f"{API}/search/jql", status=503)
    found(wire, raw_issue("1"))
    (page,) = full(tracker)
    assert page.cursor is not None
    assert pauses == [11.0, 4.0]
    assert len(asked(wire, "/search/jql")) == 3
    assert tracker.calls.reads == len(wire.calls)


def test_a_quota_that_lasts_longer_than_we_may_wait_ends_the_run_with_the_time(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    reset = (NOW + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%MZ")
    wire.post(f"{API}/search/jql", status=429, headers={"X-RateLimit-Reset": reset, "RateLimit-Reason": "jira-quota-tenant-based"})
    with pytest.raises(RunError, match=r"jira-quota-tenant-based.*come back at"):
        full(tracker)
    assert len(asked(wire, "/search/jql")) == 1


def test_what_is_not_mapped_is_told_after_the_pull(wire: responses.RequestsMock, pauses: list[float]) -> None:
    site(wire)
    found(wire, raw_issue("1", issuetype={"id": "12", "name": "Task", "hierarchyLevel": 0}))
    tracker = tracker_at(SITE, pauses)
    list(tracker.pull(None))
    assert any("the type Task is not mapped; 1 items" in one for one in tracker.warnings)
    assert set(tracker.warnings) <= set(tracker.identify().warnings)


def test_revisions_are_asked_a_hundred_at_a_time(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    answer = {"issues": [{"id": "1", "fields": {"updated": "2026-09-20T10:00:00.000+0200"}}]}
    wire.post(f"{API}/issue/bulkfetch", json=answer)
    assert tracker.revisions([ref(str(number)) for number in range(1, 102)]) == {"jira:1": "2026-09-20T10:00:00.000+0200"}
    assert [len(body["issueIdsOrKeys"]) for body in asked(wire, "/issue/bulkfetch")] == [100, 1]


def test_a_board_that_is_private_or_has_no_sprints_stops_nothing(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.replace(responses.GET, f"{AGILE}/board/5/configuration", status=403, json={"errorMessages": []})
    wire.replace(responses.GET, f"{AGILE}/board/5/sprint", status=400, json={"errorMessages": ["The board does not support sprints"]})
    found(wire, raw_issue("1"))
    around = full(tracker)[-1].surroundings
    assert around is not None
    assert [one.name for one in around.teams] == ["Payments flow"]
    assert around.iterations == ()


def test_long_lists_of_boards_are_read_to_the_end(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.replace(responses.GET, f"{AGILE}/board", json={"values": [{"id": 5, "name": "Falcon", "type": "scrum"}], "isLast": False})
    wire.get(f"{AGILE}/board", json={"values": [{"id": 6, "name": "Flow", "type": "kanban"}], "isLast": True})
    found(wire, raw_issue("1"))
    around = full(tracker)[-1].surroundings
    assert around is not None
    assert [one.name for one in around.teams] == ["Falcon", "Flow"]
    starts = [call.request.params["startAt"] for call in wire.calls if "/board?" in str(call.request.url)]
    assert starts == ["0", "1"]


@pytest.mark.parametrize(("user", "kind"), [(None, "Bearer"), ("bot@meridian.example", "Basic")])
def test_behind_the_gateway_people_are_sent_to_the_site(user: str | None, kind: str, wire: responses.RequestsMock) -> None:
    gateway = "https://api.atlassian.com/ex/jira/11111111-2222"
    wire.get(f"{gateway}/rest/api/3/myself", json={"accountId": ME})
    wire.post(f"{gateway}/rest/api/3/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]})
    wire.get(f"{gateway}/rest/api/2/serverInfo", json=CLOUD)
    for path, answer in {
        "field": [*FIELDS, {"id": "customfield_10108", "name": "Stands under", "schema": {"custom": "text"}}],
        "status": [status("3")],
        "issuetype": [{"id": "11", "name": "Story", "hierarchyLevel": 0}],
    }.items():
        wire.get(f"{gateway}/rest/api/3/{path}", json=answer)
    wire.get(f"{gateway}/rest/api/3/project/PAY/version", json={"values": [], "isLast": True})
    wire.get(f"{gateway}/rest/agile/1.0/board", json={"values": [], "isLast": True})
    wire.post(f"{gateway}/rest/api/3/search/jql", json={"issues": [{"id": "1"}], "isLast": True})
    raw = {**raw_issue("1", customfield_10108=f"{SITE}/browse/PAY-9"), "self": "https://elsewhere.example/rest/api/3/issue/1"}
    wire.post(f"{gateway}/rest/api/3/issue/bulkfetch", json={"issues": [raw]})
    access = Access("jira", gateway, "sandbox-jira-token", user)
    mapping = Mapping.model_validate({"fields": {"parent": {"name": "Stands under"}}})
    (page,) = JiraTracker(access, Scope(("PAY",)), mapping, Addresses((("jira", gateway),))).pull(None)
    assert page.items[0].url == f"{SITE}/browse/PAY-1"
    assert page.items[0].links == (Link(Relation.PARENT, "jira:PAY-9"),)  # people copy addresses of the site, not of the gateway
    assert {str(call.request.headers["Authorization"]).split()[0] for call in wire.calls} == {kind}


def test_what_surrounds_the_issues_must_be_readable(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.replace(responses.GET, f"{API}/field", status=403, json={"errorMessages": []})
    with pytest.raises(RunError, match="GET field was answered with 403"):
        full(tracker)


def test_a_lost_connection_is_tried_again_for_a_read(wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]) -> None:
    site(wire)
    wire.post(f"{API}/search/jql", body=requests.exceptions.ConnectionError("reset"))
    wire.post(f"{API}/search/jql", body=requests.exceptions.ChunkedEncodingError("cut"))
    found(wire, raw_issue("1"))
    assert [one.uid for one in full(tracker)[-1].items] == ["jira:1"]
    assert pauses == [2.0, 4.0]


@pytest.mark.parametrize("path", ["field", "status", "issuetype"])
@pytest.mark.parametrize("answer", [[], {}, None])
def test_a_site_that_shows_not_one_type_or_state_is_not_believed(
    wire: responses.RequestsMock, tracker: JiraTracker, path: str, answer: object
) -> None:
    site(wire)
    wire.replace(responses.GET, f"{API}/{path}", json=answer)
    found(wire, raw_issue("1"))
    with pytest.raises(RunError, match=f"not a single {path}"):
        full(tracker)


@pytest.mark.parametrize("answer", [{}, [], None, {"values": [None]}, {"values": 7}])
def test_an_answer_in_a_shape_of_somebody_else_ends_the_run_with_a_sentence(
    wire: responses.RequestsMock, tracker: JiraTracker, answer: object
) -> None:
    site(wire)
    wire.replace(responses.GET, f"{AGILE}/board", json=answer)
    with pytest.raises(RunError, match="in a shape that Jira does not use"):
        full(tracker)
