"""How the scan goes on when a site answers less than it should, and where it stops."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
import responses
from jira_moving import MOMENTS, SCOPE, Moving
from jira_raw import API, change, log, person, raw_issue, ref
from starlette.responses import JSONResponse
from test_jira_pull import asked, found, full, later, site

from safesync.connectors.jira.metadata import Cursor
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.lanes import ahead, side_by_side, with_last
from safesync.connectors.port import Fate, Scope, Witness
from safesync.connectors.sandbox.jira import traffic, writes
from safesync.model.errors import RunError


def uids(tracker: JiraTracker, cursor: str | None = None) -> list[str]:
    return sorted(one.uid for page in tracker.pull(cursor) for one in page.items)


# by id


def test_issues_that_cannot_be_fetched_by_id_are_read_by_the_search(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    wire.post(f"{API}/issue/bulkfetch", status=403, json={"errorMessages": []})
    found(wire, raw_issue("1"), raw_issue("2"))
    pages = full(tracker)
    assert [one.uid for page in pages for one in page.items] == ["jira:1", "jira:2"]
    assert pages[-1].census == {"jira:1", "jira:2"}
    assert [body["fields"] == ["id"] for body in asked(wire, "/search/jql")] == [True, False]


def test_an_answer_that_leaves_issues_out_is_asked_again_for_them(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    numbers = [str(number) for number in range(1, 8)]
    wire.post(f"{API}/search/jql", json={"issues": [{"id": one} for one in numbers], "isLast": True})

    def three(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        wanted = json.loads(request.body or b"")["issueIdsOrKeys"]
        shown = [raw_issue(one) for one in wanted if one != "7"][:3]
        return 200, {}, json.dumps({"issues": shown})

    wire.add_callback("POST", f"{API}/issue/bulkfetch", three)
    (page,) = full(tracker)
    assert [one.native_id for one in page.items] == numbers[:6]
    assert page.census == {f"jira:{one}" for one in numbers[:6]}  # the seventh is not there any more, whatever the index says
    assert len(asked(wire, "/issue/bulkfetch")) == 3


def test_an_issue_that_the_census_shows_twice_is_read_once(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"), raw_issue("2"), token="next")
    found(wire, raw_issue("2"), raw_issue("3"))
    assert uids(tracker) == ["jira:1", "jira:2", "jira:3"]
    assert [body["issueIdsOrKeys"] for body in asked(wire, "/issue/bulkfetch")] == [["1", "2", "3"]]


def test_long_histories_of_many_pages_are_read_together(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    silent = log(change("2026-09-19T10:00:00Z", person("Ada"), field="summary", fieldId="summary"), total=120)
    found(wire, *(raw_issue(str(number), changelog=silent) for number in range(1, 451)))
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": []})
    assert len(uids(tracker)) == 450
    assert [len(body["issueIdsOrKeys"]) for body in asked(wire, "/changelog/bulkfetch")] == [200, 200, 50]


# what we wrote


def test_what_we_wrote_is_named_on_every_page_and_fifty_at_most(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor

    for number in range(1, 61):
        wire.put(f"{API}/issue/{number}", status=204)
        tracker.change_labels(ref(str(number)), ["safesync-tm101"], [])
    wire.remove("POST", f"{API}/search/jql")
    found(wire, raw_issue("2"), token="next")
    found(wire, raw_issue("3"))
    before = len(asked(wire, "/search/jql"))
    last = list(tracker.pull(cursor))[-1]
    named = [body["reconcileIssues"] for body in asked(wire, "/search/jql")[before:]]
    assert named == [list(range(60, 10, -1))] * 2
    known = Cursor.read(last.cursor)
    assert known is not None
    assert known.written == tuple(range(60, 10, -1))


def test_what_we_wrote_is_not_forgotten_by_a_pull_that_breaks_off(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    wire.put(f"{API}/issue/1", status=204)
    tracker.change_labels(ref("1"), ["safesync-tm101"], [])
    wire.remove("POST", f"{API}/search/jql")
    wire.post(f"{API}/search/jql", status=400, json={"errorMessages": []})
    found(wire, raw_issue("1"))
    with pytest.raises(RunError):
        list(tracker.pull(cursor))
    list(tracker.pull(cursor))
    assert [body["reconcileIssues"] for body in asked(wire, "/search/jql")[-2:]] == [[1], [1]]


def test_nothing_is_reconciled_where_nothing_was_written(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    site(wire)
    found(wire, raw_issue("1"))
    cursor = full(tracker)[-1].cursor
    list(tracker.pull(later(cursor, timedelta(minutes=10))))
    assert "reconcileIssues" not in asked(wire, "/search/jql")[-1]  # a null there breaks Jira


# what became of the missing


@pytest.mark.parametrize("cloud", [True, False])
@pytest.mark.parametrize("query", [None, "labels = ours"])
def test_what_became_of_missing_issues_is_asked_by_id(cloud: bool, query: str | None) -> None:
    moving = Moving(cloud, MOMENTS[2])
    moving.fill(5)
    here, gone, away, hidden, other = moving.ids()
    writes.edit(moving.site, str(here), "Ann Lee", {"labels": ["ours"]})
    writes.delete(moving.site, str(gone))
    writes.move(moving.site, str(away), "Ann Lee", "OTHER")
    writes.delete(moving.site, str(hidden))  # Jira answers for both alike
    tracker = moving.tracker(Scope(SCOPE.projects, query))
    with moving.wired():
        fates = tracker.fates([ref(str(one)) for one in (here, gone, away, hidden, other)])
    assert isinstance(tracker, Witness)
    out_of_query = Fate.MOVED if query else Fate.PRESENT
    assert list(fates.values()) == [Fate.PRESENT, Fate.UNTOLD, Fate.MOVED, Fate.UNTOLD, out_of_query]


@pytest.mark.parametrize("cloud", [True, False])
def test_revisions_leave_out_who_is_gone(cloud: bool) -> None:
    moving = Moving(cloud, MOMENTS[2])
    moving.fill(7)
    moving.site.page_limit = 3
    first, *rest = moving.ids()
    writes.delete(moving.site, str(first))
    with moving.wired():
        known = moving.tracker().revisions([ref(str(one)) for one in (first, *rest)])
    assert sorted(known) == [f"jira:{one}" for one in rest]


def test_one_issue_is_read_at_a_center_whatever_the_index_says() -> None:
    moving = Moving(False, MOMENTS[2])
    moving.fill(3)
    gone, here, _ = moving.ids()
    writes.delete(moving.site, str(gone))
    nothing = JSONResponse({"issues": [], "total": 0})
    moving.site.faults.append(traffic.Fault(traffic.calls("POST", "/search$"), "before", lambda _: nothing))
    with moving.wired():
        tracker = moving.tracker()
        assert tracker.revisions([ref(str(here))]).keys() == {f"jira:{here}"}
        assert tracker.revisions([ref(str(gone))]) == {}


# a Data Center that does not keep to its word


def at_a_center(moving: Moving, fault: Any) -> JiraTracker:
    moving.fill(9)
    moving.site.page_limit = 3
    moving.site.faults.append(fault)
    return moving.tracker()


def test_a_position_that_is_ignored_ends_the_run() -> None:
    moving = Moving(False, MOMENTS[2])
    tracker = at_a_center(moving, traffic.Fault(traffic.calls("POST", "/search$"), "before", _always_first, times=99))
    with moving.wired(), pytest.raises(RunError, match="answered with others"):
        list(tracker.pull(None))


def test_a_site_that_shows_fewer_than_it_says_ends_the_run() -> None:
    moving = Moving(False, MOMENTS[2])
    tracker = at_a_center(moving, traffic.Fault(traffic.calls("POST", "/search$"), "before", _nobody, times=99))
    with moving.wired(), pytest.raises(RunError, match="9 issues are there, but shows 0"):
        list(tracker.pull(None))


def _always_first(_request: object) -> Any:
    return JSONResponse({"startAt": 0, "maxResults": 2, "total": 9, "issues": [raw_issue("1"), raw_issue("2")]})


def _nobody(_request: object) -> Any:
    return JSONResponse({"maxResults": 3, "total": 9, "issues": []})


# side by side


def test_results_come_in_the_order_of_the_calls_and_only_some_wait() -> None:
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        return number

    results = side_by_side((lambda number=number: call(number) for number in range(50)), 3)
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    assert max(begun) <= 4 + 2 * 3
    assert list(results) == list(range(4, 50))


def test_the_first_failure_ends_all_and_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def call(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise RunError("out")
        return number

    with pytest.raises(RunError, match="out"):
        list(side_by_side((lambda number=number: call(number) for number in range(50)), 2))
    assert max(begun) <= 2 + 2 * 2


def test_what_is_made_ahead_is_the_same_and_its_error_is_told() -> None:
    def steps() -> Any:
        yield [1]
        yield [2]
        raise RunError("out")

    made = ahead(steps())
    assert [next(made), next(made)] == [[1], [2]]
    with pytest.raises(RunError, match="out"):
        next(made)


@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_exactly_one_is_the_last(number: int) -> None:
    found_last = list(with_last(range(number), -1))
    assert [value for value, _ in found_last] == (list(range(number)) or [-1])
    assert [last for _, last in found_last] == [False] * (len(found_last) - 1) + [True]
