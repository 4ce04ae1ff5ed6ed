"""What Jira's description leaves open, and other sites may do otherwise than the one we know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
import responses
from jira_raw import AGILE, API, CLOUD, SERVER_INFO, SITE, change, log, moved, person, raw_issue, ref, tracker_at
from test_jira_pull import FIELDS, asked, found, full, later, site

from safesync.connectors.jira import translate, values
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.history import whole
from safesync.connectors.jira.metadata import Cursor
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Page
from safesync.model.errors import ItemError, RunError
from safesync.model.item import Item

GATEWAY = "https://api.atlassian.com/ex/jira/11111111-2222"
NO_SCOPE = {"code": 401, "message": "Unauthorized; scope does not match"}


def in_pages(wire: responses.RequestsMock, url: str, entries: list[dict[str, Any]], held_in: str = "values", **told: object) -> None:
    """Two entries a page, by position; nothing says which page is the last."""

    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        start = int(request.params["startAt"])  # type: ignore[attr-defined]  # responses adds it
        return 200, {}, json.dumps({held_in: entries[start : start + 2], **told})

    wire.remove("GET", url)
    wire.add_callback("GET", url, page)


def cursor_of(page: Page) -> Cursor:
    known = Cursor.read(page.cursor)
    assert known is not None
    return known


# pages


def test_an_empty_token_is_the_end_like_none_at_all(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    issue = raw_issue("1", changelog=log(moved("2026-11-10T09:00:00.000+0000", "2", "3"), total=50))
    found(wire, issue)
    wire.replace("POST", f"{API}/search/jql", json={"issues": [issue], "nextPageToken": ""})
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": [], "nextPageToken": ""})
    (page,) = full(tracker)
    assert page.census == {"jira:1"}


def test_sprints_and_versions_are_read_to_the_end_where_nothing_says_it(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    in_pages(wire, f"{AGILE}/board/5/sprint", [{"id": number, "name": f"Falcon {number}", "state": "closed"} for number in range(1, 6)])
    in_pages(wire, f"{API}/project/PAY/version", [{"id": str(number), "name": f"PI 26.{number}"} for number in range(1, 5)])
    known = cursor_of(full(tracker)[-1]).metadata
    assert {"1", "2", "3", "4", "5"} <= known.sprints.keys()
    assert [one.name for one in known.releases] == ["PI 26.1", "PI 26.2", "PI 26.3", "PI 26.4"]


def test_a_list_that_ignores_positions_is_not_read_for_ever(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    wire.replace("GET", f"{AGILE}/board/5/sprint", json={"values": [{"id": 1, "name": "Falcon 1"}]})
    full(tracker)
    assert len(asked(wire, "/board/5/sprint")) == 2


def test_our_comment_is_found_behind_the_first_page_without_a_total(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    us = {"accountId": "account-safesync"}
    noted = [{"key": "safesync", "value": {"reference": "abc123", "digest": "d"}}]
    comments = [{"id": str(number), "author": person("Ada"), "body": None, "properties": []} for number in range(1, 5)]
    wire.get(f"{API}/issue/1001/comment", json={})
    in_pages(wire, f"{API}/issue/1001/comment", [*comments, {"id": "5", "author": us, "body": None, "properties": noted}], "comments")
    assert [one.comment_id for one in tracker.find_comments(ref(), "abc123")] == ["5"]


def test_items_are_looked_at_by_a_search_where_they_cannot_be_fetched_by_id(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.post(f"{API}/issue/bulkfetch", status=403, json={"errorMessages": []})
    wire.post(f"{API}/search/jql", json={"issues": [{"id": "1001", "fields": {"updated": "x"}}], "isLast": True})
    assert tracker.revisions([ref("1001"), ref("1002")]) == {"jira:1001": "x"}
    (body,) = asked(wire, "/search/jql")
    assert (body["jql"], body["reconcileIssues"]) == ("id in (1001, 1002)", [1001, 1002])


# values


def test_a_column_limit_may_be_written_as_text(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    columns = [{"name": "Doing", "max": "4", "statuses": [{"id": "3"}]}, {"name": "Done", "max": None, "statuses": []}]
    wire.replace("GET", f"{AGILE}/board/5/configuration", json={"columnConfig": {"columns": columns}})
    surroundings = full(tracker)[-1].surroundings
    assert surroundings is not None
    assert [(one.name, one.limit) for one in surroundings.columns] == [("Doing", 4), ("Done", None)]


def test_a_slip_in_a_date_costs_that_date_and_not_the_site(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    late = {"id": 9, "name": "Falcon 9", "startDate": "9999-12-31T23:00:00.000-05:00", "endDate": "20222-01-01T00:00:00Z"}
    wire.replace("GET", f"{AGILE}/board/5/sprint", json={"values": [late], "isLast": True})
    wire.replace("GET", f"{API}/project/PAY/version", json={"values": [{"name": "Typo", "releaseDate": "20222-01-05"}], "isLast": True})
    known = cursor_of(full(tracker)[-1]).metadata
    assert (known.sprints["9"].starts_at, known.sprints["9"].ends_at) == (None, None)
    assert known.releases[0].ends_on is None


@pytest.mark.parametrize("value", ["9999-12-31T23:00:00.000-05:00", "0001-01-01T00:00:00.000+05:00", 1e300, -1e300])
def test_a_time_that_cannot_be_is_a_wrong_value_and_nothing_worse(value: object) -> None:
    with pytest.raises(ValueError, match=r"no time|year"):
        values.instant(value)


def test_a_due_date_that_is_none_is_unseen(context: Context) -> None:
    item = translate.issue(raw_issue("1", duedate="20222-01-05"), context)
    assert isinstance(item, Item)
    assert item.due_on is None
    assert "due_on" in item.unseen


def test_somebody_whose_profile_hides_the_name_is_somebody(context: Context) -> None:
    item = translate.issue(raw_issue("1", assignee={"accountId": "5b10", "active": True}), context)
    assert isinstance(item, Item)
    assert item.owner == "5b10"


def test_a_history_that_comes_back_shorter_than_it_was_is_not_the_whole(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    robot = person("Deployer", "app")
    shown = [change(f"2026-11-{day}T09:00:00.000+0000", robot, field="Link") for day in (10, 11, 12)]
    issue = raw_issue("1", changelog=log(*shown, total=50))
    assert not whole(issue)
    found(wire, issue)
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": []})
    (page,) = full(tracker)
    assert {"transitions", "last_human_change_at"} <= page.items[0].unseen


# what stands before a site


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_version_three_is_asked_whatever_refuses_version_two(status: int, wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{GATEWAY}/rest/api/2/serverInfo", status=status, json=NO_SCOPE)
    wire.get(f"{GATEWAY}/rest/api/3/serverInfo", json=CLOUD)
    wire.get(f"{GATEWAY}/rest/api/3/myself", json={"accountId": "account-safesync"})
    wire.post(f"{GATEWAY}/rest/api/3/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]})
    assert tracker_at(GATEWAY, pauses, user=None).identify().deployment == "Jira Cloud"


def test_a_token_without_the_scope_for_boards_reads_all_but_boards(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire, boards=False)
    wire.replace("GET", f"{AGILE}/board", status=401, json=NO_SCOPE)
    found(wire, raw_issue("1"))
    (page,) = full(tracker)
    assert "board_column" in page.items[0].unseen


def test_a_write_without_the_scope_for_it_is_told_which_it_needs(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{API}/issue/1001", status=401, json=NO_SCOPE)
    with pytest.raises(ItemError, match="write:jira-work"):
        tracker.change_labels(ref(), ["safesync-tm101"], [])


def test_boards_that_are_hidden_later_keep_what_they_said(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1", customfield_10020=None))
    first = full(tracker)[-1]
    wire.replace("GET", f"{AGILE}/board", status=403, json={"errorMessages": []})
    (page,) = tracker.pull(later(first.cursor, timedelta(hours=25)))
    assert page.census is not None
    assert page.surroundings == first.surroundings
    assert "board_column" not in page.items[0].unseen - first.items[0].unseen
    assert any("boards are not shown to us any more" in warning for warning in tracker.warnings)


PAGE = {"status": 404, "body": "<html>No way here</html>", "content_type": "text/html"}


def test_a_page_in_place_of_the_boards_teaches_nothing_and_they_are_asked_again(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    shown = {"values": [{"id": 5, "name": "Falcon", "type": "scrum"}], "isLast": True}
    wire.replace("GET", f"{AGILE}/board", **PAGE)
    found(wire, raw_issue("1"))
    first = full(tracker)[-1]
    assert "board_column" in first.items[0].unseen
    assert [warning for warning in tracker.warnings if "boards were not told" in warning and "did not come from Jira" in warning]
    wire.replace("GET", f"{AGILE}/board", json=shown)
    (second,) = tracker.pull(later(first.cursor, timedelta(minutes=5)))
    assert second.surroundings is not None
    assert [team.name for team in second.surroundings.teams] == ["Falcon"]
    assert not [warning for warning in tracker.warnings if "boards" in warning]
    (third,) = tracker.pull(second.cursor)
    assert third.census is not None, "what was read without boards is read again"
    assert tracker.pull(third.cursor).__next__().census is None


@pytest.mark.parametrize(
    "marked", [{"json": {"errorMessages": []}}, {"body": "<html>Dead link</html>", "headers": {"X-AREQUESTID": "1x2"}}]
)
def test_the_words_and_the_marks_of_jira_are_believed_at_once(
    marked: dict[str, Any], wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    site(wire)
    wire.replace("GET", f"{AGILE}/board", status=404, **marked)
    found(wire, raw_issue("1"))
    first = full(tracker)[-1]
    assert len([call for call in wire.calls if f"{AGILE}/board" in str(call.request.url)]) == 1
    assert not [warning for warning in tracker.warnings if "boards" in warning]
    (second,) = tracker.pull(later(first.cursor, timedelta(minutes=5)))
    assert second.surroundings is None


@pytest.mark.parametrize("answer", [PAGE, {"status": 403, "body": ""}])
def test_what_a_gateway_says_once_is_asked_again_at_once(
    answer: dict[str, Any], wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]
) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    fetched = next(one for one in wire.registered() if str(one.url).endswith("/issue/bulkfetch"))
    wire.remove(fetched)
    wire.post(f"{API}/issue/bulkfetch", **answer)
    wire.add(fetched)
    assert [item.uid for item in full(tracker)[-1].items] == ["jira:1"]
    assert len(asked(wire, "/search/jql")) == 1, "the census alone: nothing was given up"
    assert len(pauses) == 1


@pytest.mark.parametrize(("answer", "waits"), [(PAGE, 3), ({"status": 403, "json": {"message": "Forbidden"}}, 0)])
def test_what_a_gateway_never_lets_pass_is_read_by_searches(
    answer: dict[str, Any], waits: int, wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]
) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    wire.replace("POST", f"{API}/issue/bulkfetch", **answer)
    assert [item.uid for item in full(tracker)[-1].items] == ["jira:1"]
    assert len(pauses) == waits


def in_team(issue_id: str, team: str, **fields: object) -> dict[str, Any]:
    return raw_issue(issue_id, customfield_10001={"id": team, "name": team}, **fields)


def site_with_teams(wire: responses.RequestsMock) -> None:
    site(wire)
    wire.replace("GET", f"{API}/field", json=[*FIELDS, {"id": "customfield_10001", "name": "Team", "custom": True, "schema": {}}])


@pytest.fixture
def with_teams(pauses: list[float]) -> Iterator[JiraTracker]:
    found = tracker_at(
        SITE, pauses, mapping=Mapping.model_validate({"types": {"story": ["Story"]}, "fields": {"team": [{"name": "Team"}]}})
    )
    yield found
    found.close()


@pytest.mark.parametrize("path", ["board", "board/5/configuration", "board/5/sprint"])
def test_a_board_at_which_jira_always_fails_keeps_what_it_said(path: str, wire: responses.RequestsMock, with_teams: JiraTracker) -> None:
    site_with_teams(wire)
    found(wire, in_team("1", "Falcon", customfield_10020=None))
    first = full(with_teams)[-1]
    wire.replace("GET", f"{AGILE}/{path}", status=500, json={"errorMessages": []})
    (page,) = with_teams.pull(later(first.cursor, timedelta(hours=25)))
    assert page.census is not None
    assert page.surroundings == first.surroundings
    assert page.items[0].board_column == first.items[0].board_column == "Doing"
    assert any("boards were not told" in warning if path == "board" else "the board Falcon" in warning for warning in with_teams.warnings)
    wire.replace("GET", f"{AGILE}/{path}", status=500, json={"errorMessages": []})
    (again,) = with_teams.pull(later(page.cursor, timedelta(hours=50)))
    assert again.surroundings == first.surroundings


def test_columns_of_a_board_at_which_jira_always_fails_are_unseen_for_its_team_alone(
    wire: responses.RequestsMock, with_teams: JiraTracker
) -> None:
    site_with_teams(wire)
    wire.replace("GET", f"{AGILE}/board/6/configuration", status=500, json={"errorMessages": []})
    found(wire, in_team("1", "Falcon"), in_team("2", "Payments flow"))
    (page,) = full(with_teams)
    of_falcon, of_flow = page.items
    assert "board_column" not in of_falcon.unseen
    assert "board_column" in of_flow.unseen
    assert page.surroundings is not None
    assert {team.name for team in page.surroundings.teams} == {"Falcon", "Payments flow"}


def test_being_forgotten_where_answers_name_nobody_moves_no_cursor(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    found(wire)  # an anonymous search finds nothing, and that is no error
    wire.replace("GET", f"{API}/myself", status=401, body="Client must be authenticated to access this resource.")
    with pytest.raises(RunError, match="create a new one"):
        list(tracker.pull(cursor))


# clocks


def test_a_clock_that_was_set_means_reading_everything(wire: responses.RequestsMock, pauses: list[float]) -> None:
    now = datetime.now(UTC)
    tracker = tracker_at(SITE, pauses, clock=lambda: now)
    site(wire)
    found(wire, raw_issue("1"))
    wire.replace("GET", SERVER_INFO, json=CLOUD, headers={"Date": format_datetime(now + timedelta(hours=2), usegmt=True)})
    cursor = full(tracker)[-1].cursor
    wire.replace("GET", SERVER_INFO, json=CLOUD, headers={"Date": format_datetime(now, usegmt=True)})
    tracker.identify()
    assert list(tracker.pull(cursor))[-1].census == {"jira:1"}


def test_a_read_that_seems_to_have_begun_in_the_future_proves_nothing(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    known = cursor_of(full(tracker)[-1])
    ahead = Cursor(known.watermark + timedelta(hours=2), known.full_at, known.metadata).text()
    assert list(tracker.pull(ahead))[-1].census == {"jira:1"}


def test_half_an_emoji_in_a_title_ends_no_run(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    text = json.dumps({"issues": [raw_issue("1", summary="SIGN")]})
    wire.remove("POST", f"{API}/issue/bulkfetch")
    wire.post(f"{API}/issue/bulkfetch", body=text.replace('"SIGN"', r'"a \ud83d b"'), content_type="application/json")
    (page,) = full(tracker)
    assert [item.title for item in page.items] == ["a ? b"]
