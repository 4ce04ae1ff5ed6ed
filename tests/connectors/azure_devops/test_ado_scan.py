"""How an organisation is read when it is large, when its reports are refused, and when items are not where they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from ado_meridian import Meridian, Shelf, denied
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.queries import ids_where, in_projects, links_where
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.port import Fate, Page, Witness
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.faults import Fault, broken, calls
from safesync.model.errors import RunError
from safesync.model.item import Link, Relation

PARENT = "System.LinkTypes.Hierarchy-Reverse"
RELATED = "System.LinkTypes.Related"
OURS = in_projects(("Payments",))


def refuses_reports(meridian: Meridian, status: int = 403) -> Fault:
    fault = Fault(calls("GET", "/reporting/"), "before", denied(status), times=10**6)
    meridian.organisation.faults.append(fault)
    return fault


def asked(meridian: Meridian, fragment: str) -> int:
    return sum(fragment in one.path.lower() for one in meridian.organisation.requests)


def cost(meridian: Meridian, work: Callable[[], Any]) -> int:
    before = len(meridian.organisation.requests)
    work()
    return len(meridian.organisation.requests) - before


def client(tracker: AzureTracker) -> AzureClient:
    return tracker._client


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_without_the_reports_queries_tell_the_same_items(meridian: Meridian, status: int) -> None:
    feature = meridian.add("Feature")
    stories = [meridian.add(fields={"System.Tags": "ui"}) for _ in range(3)]
    meridian.add(area="Elsewhere")
    meridian.organisation.link(stories[0], PARENT, feature)
    with_reports = Shelf()
    census = with_reports.take(meridian.tracker().pull(None))[-1].census
    refuses_reports(meridian, status)
    tracker, shelf = meridian.tracker(), Shelf()
    pages = shelf.take(tracker.pull(None))
    assert pages[-1].census == census == shelf.items.keys()
    assert [shelf.items[uid].links for uid in sorted(census)] == [with_reports.items[uid].links for uid in sorted(census)]
    assert any("reports" in warning for warning in tracker.warnings)


def test_what_changes_is_found_by_queries_and_nothing_new_takes_two(meridian: Meridian) -> None:
    refuses_reports(meridian)
    feature, story, other = meridian.add("Feature"), meridian.add(), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.now += timedelta(minutes=50)
    assert cost(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == 2
    meridian.change(story, System__Title="Changed")
    born = meridian.add(days=-1 / 12)
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert {item.uid for page in pages for item in page.items} == {f"ado:{story.id}", f"ado:{born.id}"}
    meridian.now += timedelta(hours=3)
    shelf.take(tracker.pull(shelf.cursor))
    meridian.now += timedelta(hours=1)
    meridian.organisation.link(other, PARENT, feature, meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert {item.uid for page in pages for item in page.items} == {f"ado:{other.id}", f"ado:{feature.id}"}
    assert shelf.items[f"ado:{other.id}"].links == (Link(Relation.PARENT, f"ado:{feature.id}"),)


def test_a_change_that_queries_see_late_is_not_lost(meridian: Meridian) -> None:
    refuses_reports(meridian)
    story = meridian.add()
    meridian.organisation.manners.query_lag_s = 60
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items[f"ado:{story.id}"].title != "Changed"
    meridian.now += timedelta(minutes=2)
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items[f"ado:{story.id}"].title == "Changed"


def test_more_items_than_an_answer_holds_are_all_found(meridian: Meridian) -> None:
    refuses_reports(meridian)
    items = [meridian.add() for _ in range(23)]
    for parent, item in pairwise(items):
        meridian.organisation.link(item, PARENT, parent)
    meridian.organisation.manners.result_limit = 5
    pages = Shelf().take(meridian.tracker().pull(None))
    assert pages[-1].census == {f"ado:{item.id}" for item in items}


@pytest.mark.parametrize("at_most", [1, 2, 5, 7, 22, 23, 24])
def test_a_full_answer_is_followed_by_the_ids_after_its_last(meridian: Meridian, at_most: int) -> None:
    items = [meridian.add() for _ in range(23)]
    asking = client(meridian.tracker())
    assert list(ids_where(asking, OURS, at_most=at_most)) == [item.id for item in items]


@pytest.mark.parametrize("limit", [4, 10, 40, 1000])
def test_links_are_found_whatever_an_answer_holds(meridian: Meridian, limit: int) -> None:
    items = [meridian.add() for _ in range(12)]
    for parent, item in pairwise(items):
        meridian.organisation.link(item, RELATED, parent)
    meridian.organisation.manners.result_limit = limit
    rows = links_where(client(meridian.tracker()), in_projects(("Payments",), "[Source]."), at_most=limit)
    both_ways = {pair for one, other in pairwise(range(1, 13)) for pair in ((one, other), (other, one))}
    assert sorted((row.source.id, row.target.id) for row in rows if row.source and row.target) == sorted(both_ways)


def test_an_item_with_more_links_than_an_answer_holds_ends_the_run_and_no_loop(meridian: Meridian) -> None:
    first, *others = (meridian.add() for _ in range(9))
    for item in others:
        meridian.organisation.link(item, RELATED, first)
    meridian.organisation.manners.result_limit = 5
    with pytest.raises(RunError, match="single item"):
        list(links_where(client(meridian.tracker()), in_projects(("Payments",), "[Source]."), at_most=5))


def test_a_project_with_an_apostrophe_is_quoted() -> None:
    assert in_projects(("O'Hara", "B")) == "[System.TeamProject] IN ('O''Hara', 'B')"


def test_a_long_query_of_the_administrators_is_asked_in_pieces_that_fit(meridian: Meridian) -> None:
    items = [meridian.add(fields={"System.Tags": "ui"}) for _ in range(30)]
    query = "[System.Tags] CONTAINS 'ui'" + " AND [System.Title] <> 'x'" * 1180
    tracker, shelf = meridian.tracker(query=query), Shelf()
    pages = shelf.take(tracker.pull(None))
    assert pages[-1].census == {f"ado:{item.id}" for item in items}
    for item in items:
        meridian.change(item, System__Title="Changed")
    shelf.take(tracker.pull(shelf.cursor))
    assert {item.title for item in shelf.items.values()} == {"Changed"}
    with pytest.raises(RunError, match="too long"):
        list(meridian.tracker(query=query + " AND [System.Title] <> 'y'" * 100).pull(None))


def test_reports_that_are_refused_later_lose_nothing_and_are_asked_again_once_an_hour(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    fault = refuses_reports(meridian)
    meridian.change(story, System__Title="Changed")
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}"}
    assert shelf.items[f"ado:{story.id}"].title == "Changed"
    fault.times = 0
    shelf.take(tracker.pull(shelf.cursor))
    assert tracker.warnings
    fault.times = 10**6
    for hours, reports in ((0.9, 0), (0.2, 1), (0.9, 0), (0.2, 1)):
        meridian.now += timedelta(hours=hours)
        before = asked(meridian, "/reporting/")
        shelf.take(tracker.pull(shelf.cursor))
        assert asked(meridian, "/reporting/") - before == reports
    fault.times = 0
    meridian.now += timedelta(hours=1.1)
    shelf.take(tracker.pull(shelf.cursor))
    assert tracker.warnings == ()
    assert [one.at for one in shelf.items[f"ado:{story.id}"].transitions] == [story.revisions[0].at]


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_of_a_gateway_in_place_of_a_report_is_waited_out(meridian: Meridian, status: int) -> None:
    story = meridian.add()
    for report in ("workitemlinks", "workitemrevisions"):
        meridian.organisation.faults.append(Fault(calls("GET", report), "before", broken(status), times=2))
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    assert tracker.warnings == ()
    assert [one.at for one in shelf.items[f"ado:{story.id}"].transitions] == [story.revisions[0].at]
    meridian.change(story, System__Title="Changed")
    meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", broken(status), times=2))
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is None
    assert (shelf.items[f"ado:{story.id}"].title, tracker.warnings) == ("Changed", ())


def bars(meridian: Meridian, fragment: str = "/reporting/", *, times: int = 10**6) -> Fault:
    """A gateway shows its page in place of these reports."""
    fault = Fault(calls("GET", fragment), "before", broken(403), times=times)
    meridian.organisation.faults.append(fault)
    return fault


def patience(meridian: Meridian, work: Callable[[], Any]) -> tuple[int, float]:
    """How often the reports were asked for in a run, and how many seconds it would have waited."""
    before, meridian.pauses_s[:] = asked(meridian, "/reporting/"), []
    work()
    return asked(meridian, "/reporting/") - before, sum(meridian.pauses_s)


@pytest.mark.parametrize("report", ["workitemlinks", "workitemrevisions"])
def test_a_page_that_stays_in_place_of_a_report_has_everything_asked_for_at_once_and_again_when_it_is_gone(
    meridian: Meridian, report: str
) -> None:
    story, other, deleted = meridian.add(), meridian.add(), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    meridian.organisation.link(other, PARENT, story, meridian.stamp())
    with meridian.organisation.lock:
        meridian.organisation.ledger.delete(deleted, meridian.stamp())
    bars(meridian, report, times=4)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}", f"ado:{other.id}"} == shelf.items.keys()
    assert shelf.items[f"ado:{story.id}"].title == "Changed"
    assert shelf.items[f"ado:{other.id}"].links == (Link(Relation.PARENT, f"ado:{story.id}"),)
    assert ["did not come from Azure DevOps" in warning for warning in tracker.warnings] == [True]
    meridian.change(story, System__Title="Changed again")
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == shelf.items.keys()
    assert (shelf.items[f"ado:{story.id}"].title, tracker.warnings) == ("Changed again", ())
    assert [len(item.transitions) for item in shelf.items.values()] == [1, 1]
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is None


def test_where_a_gateway_never_lets_the_reports_pass_queries_help_and_each_run_asks_once_without_waiting(meridian: Meridian) -> None:
    story = meridian.add()
    fault = bars(meridian)
    tracker, shelf = meridian.tracker(("Payments", "Elsewhere")), Shelf()
    # Both reports are asked for side by side: after 2, 4 and 8 seconds each.
    assert patience(meridian, lambda: shelf.take(tracker.pull(None))) == (8, 28.0)
    for hours in (0.1, 2, 23, 0.1):
        meridian.now += timedelta(hours=hours)
        meridian.change(story, System__Title=f"Changed after {hours}")
        assert patience(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == (1, 0.0)
        assert shelf.items[f"ado:{story.id}"].title == f"Changed after {hours}"
        assert ["did not come from Azure DevOps" in warning for warning in tracker.warnings] == [True]
    meridian.organisation.faults.remove(fault)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}"}
    assert (len(shelf.items[f"ado:{story.id}"].transitions), tracker.warnings) == (1, ())


def test_reports_that_a_gateway_bars_later_are_waited_for_once_and_not_again_for_the_rest_of_the_run(meridian: Meridian) -> None:
    meridian.add()
    tracker, shelf = meridian.tracker(("Payments", "Elsewhere")), Shelf()
    shelf.take(tracker.pull(None))
    bars(meridian)
    assert patience(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == (8, 28.0)
    assert patience(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == (1, 0.0)


def test_a_gateway_that_bars_the_reports_of_single_projects_does_not_have_all_read_in_each_run(meridian: Meridian) -> None:
    story = meridian.add()
    fault = bars(meridian, "elsewhere/_apis/wit/reporting/")
    tracker, shelf = meridian.tracker(("Payments", "Elsewhere")), Shelf()
    assert shelf.take(tracker.pull(None))[-1].census == {f"ado:{story.id}"}
    for _ in range(2):
        assert patience(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == (4, 0.0)
        assert tracker.warnings
    meridian.organisation.faults.remove(fault)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}"}
    assert tracker.warnings == ()


def test_a_failure_of_the_server_is_waited_out_while_a_gateway_bars_the_reports(meridian: Meridian) -> None:
    meridian.add()
    fault = bars(meridian)
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.organisation.faults[:] = [Fault(calls("GET", "/reporting/"), "before", broken(503), times=2), fault]
    asked_for, waited_s = patience(meridian, lambda: shelf.take(tracker.pull(shelf.cursor)))
    assert (asked_for, waited_s) == (3, 6.0)


def test_headers_of_azure_devops_say_that_it_was_the_tracker_which_refused(meridian: Meridian) -> None:
    def unrouted(_request: Request) -> Response:
        return PlainTextResponse("The controller for path '/x' was not found.", 404, {"X-VSS-E2EID": "1", "ActivityId": "1"})

    meridian.add()
    meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", unrouted, times=10**6))
    tracker = meridian.tracker()
    list(tracker.pull(None))
    assert ["refused to our account" in warning for warning in tracker.warnings] == [True]
    # Both are asked for at the same time; the second is not begun any more where the first was refused already.
    assert (asked(meridian, "workitemlinks"), asked(meridian, "workitemrevisions")) in {(1, 1), (1, 0), (0, 1)}


@pytest.mark.parametrize("status", [400, 404, 410])
@pytest.mark.parametrize("report", ["workitemlinks", "workitemrevisions"])
def test_a_place_that_expired_means_everything(meridian: Meridian, report: str, status: int) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    meridian.organisation.faults.append(Fault(calls("GET", report), "before", denied(status)))
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}"}
    assert shelf.items[f"ado:{story.id}"].title == "Changed"
    assert cost(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == 2


def test_a_place_refused_in_the_middle_of_a_full_read_ends_the_run_and_moves_no_cursor(meridian: Meridian) -> None:
    for _ in range(12):
        meridian.add()
    meridian.organisation.manners.page_size = 5

    def expired(request: Request) -> Response | None:
        return JSONResponse({"message": "gone", "typeKey": "X"}, 400) if "continuationtoken" in str(request.url).lower() else None

    meridian.organisation.faults.append(Fault(calls("GET", "workitemrevisions"), "before", expired, times=9))
    given: list[Page] = []
    with pytest.raises(RunError, match="Run again later"):
        given.extend(meridian.tracker().pull(None))
    assert given == []


def test_a_report_that_goes_in_a_circle_is_not_followed_for_ever(meridian: Meridian) -> None:
    meridian.add()

    def circle(request: Request) -> Response:
        token = {"": "1", "1": "2", "2": "3", "3": "1"}[request.query_params.get("continuationToken", "")]
        return JSONResponse({"values": [], "isLastBatch": False, "continuationToken": token})

    meridian.organisation.faults.append(Fault(calls("GET", "workitemrevisions"), "before", circle, times=10**6))
    with pytest.raises(RunError, match="twice"):
        list(meridian.tracker().pull(None))
    assert asked(meridian, "workitemrevisions") == 4


def test_a_full_read_does_not_read_the_links_of_all_times(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(30)]
    for item in items[1:]:
        meridian.organisation.link(item, RELATED, items[0])
    meridian.organisation.manners.page_size = 5
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    assert asked(meridian, "workitemlinks") == 1
    meridian.organisation.link(items[2], PARENT, items[1], meridian.stamp())
    shelf.take(tracker.pull(shelf.cursor))
    assert Link(Relation.PARENT, f"ado:{items[1].id}") in shelf.items[f"ado:{items[2].id}"].links


def test_a_report_that_names_no_place_when_it_has_nothing_to_tell_is_read_from_its_beginning(meridian: Meridian) -> None:
    story = meridian.add()

    def placeless(request: Request) -> Response | None:
        return JSONResponse({"values": [], "isLastBatch": True}) if "startDateTime" in request.query_params else None

    meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", placeless, times=10**6))
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert (pages[-1].census, shelf.items[f"ado:{story.id}"].title) == (None, "Changed")
    assert cost(meridian, lambda: shelf.take(tracker.pull(shelf.cursor))) == 2


@pytest.mark.parametrize("others", [0, 40])
def test_what_other_projects_did_costs_nothing(meridian: Meridian, others: int) -> None:
    items = [meridian.add() for _ in range(12)]
    for _ in range(others):
        meridian.add(area="Elsewhere")
    meridian.organisation.manners.page_size = 5
    shelf = Shelf()
    shelf.take(meridian.tracker().pull(None))
    assert shelf.items.keys() == {f"ado:{item.id}" for item in items}
    assert asked(meridian, "workitemrevisions") == 1 + 3


def test_of_very_many_projects_the_whole_organisation_is_asked(meridian: Meridian) -> None:
    projects = [f"Small {number}" for number in range(25)]
    for name in projects:
        meridian.organisation.add_project(name)
        meridian.add(area=name)
    tracker, shelf = meridian.tracker(tuple(projects)), Shelf()
    assert len(shelf.take(tracker.pull(None))[-1].census or ()) == 25
    assert asked(meridian, "workitemrevisions") == 1


def test_an_item_that_moved_in_and_one_that_moved_out_are_told_by_where_they_are(meridian: Meridian) -> None:
    came, went, stayed = meridian.add(area="Elsewhere"), meridian.add(), meridian.add()
    meridian.change(came, System__TeamProject="Payments", System__AreaPath="Payments", System__IterationPath="Payments")
    meridian.change(went, System__TeamProject="Elsewhere", System__AreaPath="Elsewhere", System__IterationPath="Elsewhere")
    shelf = Shelf()
    assert shelf.take(meridian.tracker().pull(None))[-1].census == {f"ado:{came.id}", f"ado:{stayed.id}"} == shelf.items.keys()


def test_an_item_that_the_server_fails_over_is_refused_alone(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(9)]
    ill = items[4]

    def fails(request: Request) -> Response | None:
        said = f"Work item {ill.id} has 10001 revisions, but currently, only work items with up to 10,000 revisions are supported."
        return JSONResponse({"message": said, "typeKey": "X"}, 500) if ill.id in json.loads(request._body)["ids"] else None

    fault = Fault(calls("POST", "workitemsbatch"), "before", fails, times=10**6)
    meridian.organisation.faults.append(fault)
    tracker, shelf = meridian.tracker(), Shelf()
    pages = shelf.take(tracker.pull(None))
    assert [one.native_id for page in pages for one in page.refused] == [str(ill.id)]
    assert shelf.items.keys() == {f"ado:{item.id}" for item in items if item is not ill}
    assert pages[-1].census == {f"ado:{item.id}" for item in items}, "it is there all the same"
    meridian.change(ill, System__Title="Changed")
    meridian.change(items[0], System__Title="Changed")
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert [one.native_id for page in pages for one in page.refused] == [str(ill.id)]
    assert shelf.items[f"ado:{items[0].id}"].title == "Changed"


def test_a_server_that_fails_the_page_for_a_missing_item_costs_that_item_alone(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(5)]
    meridian.organisation.faults.append(
        Fault(calls("POST", "workitemsbatch"), "before", lambda _: JSONResponse({"message": "TF401232: no"}, 404), times=1)
    )
    assert sum(len(page.items) for page in meridian.tracker().pull(None)) == len(items)


def test_items_that_a_gateway_does_not_let_us_ask_for_are_not_passed_over(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    meridian.organisation.faults.append(Fault(calls("POST", "workitemsbatch"), "before", broken(404), times=5))
    with pytest.raises(RunError, match="404"):
        shelf.take(tracker.pull(shelf.cursor))
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items[f"ado:{story.id}"].title == "Changed"


def test_what_became_of_missing_items_is_told_one_by_one(meridian: Meridian) -> None:
    present, moved, deleted, destroyed, unselected = (meridian.add(fields={"System.Tags": "ui"}) for _ in range(5))
    refs = [meridian.ref(item) for item in (present, moved, deleted, destroyed, unselected)]
    meridian.change(moved, System__TeamProject="Elsewhere", System__AreaPath="Elsewhere", System__IterationPath="Elsewhere")
    meridian.organisation.ledger.delete(deleted, meridian.stamp())
    meridian.organisation.ledger.destroy(destroyed)
    meridian.change(unselected, System__Tags="b")
    tracker = meridian.tracker(query="[System.Tags] CONTAINS 'ui'")
    assert isinstance(tracker, Witness)
    fates: dict[str, Fate] = {}
    # Which items are there, which of them the query selects, and who of the others is in the recycle bin.
    assert (
        cost(meridian, lambda: fates.update(tracker.fates(refs))) - asked(meridian, "/_apis/resourceareas") - asked_options(meridian) == 3
    )
    assert [fates[ref.uid] for ref in refs] == [Fate.PRESENT, Fate.MOVED, Fate.DELETED, Fate.HIDDEN, Fate.UNSELECTED]


def asked_options(meridian: Meridian) -> int:
    return sum(one.method == "OPTIONS" for one in meridian.organisation.requests)


def test_items_of_a_project_that_is_hidden_prove_nothing(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, ref = meridian.tracker(), meridian.ref(story)
    tracker.identify()
    meridian.organisation.project("Payments").permissions.read = False
    assert tracker.fates([ref]) == {ref.uid: Fate.HIDDEN}
    meridian.organisation.faults.append(Fault(calls("GET", "recyclebin"), "before", denied(403)))
    assert tracker.fates([ref]) == {ref.uid: Fate.HIDDEN}


def test_a_deletion_that_the_stream_tells_is_told_by_a_full_read_too(meridian: Meridian) -> None:
    items: list[WorkItem] = [meridian.add() for _ in range(3)]
    meridian.organisation.ledger.delete(items[1], meridian.stamp())
    pages = list(meridian.tracker().pull(None))
    assert pages[-1].gone == (f"ado:{items[1].id}",)
