"""Results of tests: from Test Plans through the sandbox's REST dialect to the items of test cases."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from ado_meridian import TODAY, Meridian, Shelf

from safesync.connectors.azure.documents import LastResult, Point, Reference
from safesync.connectors.azure.results import CaseResult, newest
from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVICES
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.model.item import Item, Link, Relation

EVERYWHERE = pytest.mark.parametrize("meridian", [SERVICES, SERVER_2020], indirect=True, ids=["services", "2020"])
TESTED_BY = "Microsoft.VSTS.Common.TestedBy-Forward"


def pulled(meridian: Meridian, shelf: Shelf | None = None) -> dict[str, Item]:
    tracker, shelf = meridian.tracker(), shelf or Shelf()
    tracker.identify()
    shelf.take(tracker.pull(shelf.cursor))
    return shelf.items


def ago(days: int) -> datetime:
    return TODAY - timedelta(days=days)


def result_of(items: dict[str, Item], case: WorkItem) -> tuple[str | None, date | None, bool]:
    item = items[f"ado:{case.id}"]
    return item.test_result, item.tested_on, "test_result" in item.unseen


@EVERYWHERE
def test_the_newest_result_of_all_suites_is_that_of_the_test_case(meridian: Meridian) -> None:
    story, failed, mended, fresh = meridian.add(), meridian.add("Test Case"), meridian.add("Test Case"), meridian.add("Test Case")
    meridian.organisation.link(story, TESTED_BY, failed)
    meridian.organisation.add_result(failed, "Passed", ago(9))
    meridian.organisation.add_result(failed, "Failed", ago(3), suite=2)
    meridian.organisation.add_result(mended, "Failed", ago(3))
    meridian.organisation.add_result(mended, "Passed", ago(1), suite=2)
    meridian.organisation.add_result(fresh, None, ago(1))
    items = pulled(meridian)
    assert result_of(items, failed) == ("Failed", ago(3).date(), False)
    assert result_of(items, mended) == ("Passed", ago(1).date(), False)
    assert result_of(items, fresh) == (None, None, False), "it was never run, and we have looked"
    assert result_of(items, story) == (None, None, True), "a story has no result of its own"
    assert Link(Relation.TESTED_BY, f"ado:{failed.id}") in items[f"ado:{story.id}"].links


@EVERYWHERE
def test_results_take_one_call_a_page_with_test_cases_and_none_without(meridian: Meridian) -> None:
    meridian.add()
    pulled(meridian)
    assert not asked(meridian)
    for _ in range(3):
        meridian.add("Test Case")
    shelf = Shelf()
    pulled(meridian, shelf)
    assert len(asked(meridian)) == 1
    pulled(meridian, shelf)
    assert len(asked(meridian)) == 1, "nothing changed: nothing is asked"


def asked(meridian: Meridian) -> list[str]:
    return [one.path for one in meridian.organisation.requests if "test/points" in one.path.lower()]


@EVERYWHERE
def test_a_token_without_the_scope_costs_the_results_and_nothing_else(meridian: Meridian) -> None:
    meridian.organisation.manners.results_refused = True
    case = meridian.add("Test Case")
    tracker, shelf = meridian.tracker(), Shelf()
    tracker.identify()
    shelf.take(tracker.pull(None))
    assert result_of(shelf.items, case) == (None, None, True)
    assert any("Test management" in warning for warning in tracker.warnings)


def test_points_without_a_case_an_outcome_or_a_day_say_nothing() -> None:
    day = "2026-11-02T10:00:00.123Z"
    points = [
        Point(Reference("7"), "Failed", LastResult(day), None),
        Point(Reference(7), "Passed", None, "2026-11-01T10:00:00Z"),
        Point(None, "Failed", LastResult(day)),
        Point(Reference("8"), "Unspecified", LastResult(day)),
        Point(Reference("8"), "Passed", None, None),
    ]
    assert newest(points, [7, 8]) == {7: CaseResult("Failed", date(2026, 11, 2)), 8: CaseResult()}
