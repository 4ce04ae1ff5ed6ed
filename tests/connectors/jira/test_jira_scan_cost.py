"""How many calls a pull of ten thousand issues takes, counted at the site."""

from __future__ import annotations

from math import ceil
from typing import Literal

import pytest
from jira_generated import FIRST, Backlog, reading

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.port import Page

ITEMS = 10_000
DEPLOYMENTS: tuple[Literal["cloud", "data-center"], ...] = ("cloud", "data-center")


def pulled(tracker: JiraTracker, backlog: Backlog, cursor: str | None) -> tuple[list[Page], int]:
    """The pages of a run and the calls it took, with the proof who we are."""
    before = backlog.asked.total()
    tracker.identify()
    pages = list(tracker.pull(cursor))
    return pages, backlog.asked.total() - before


def items(pages: list[Page]) -> list[str]:
    return [one.native_id for page in pages for one in page.items]


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_ten_thousand_issues_cost_a_call_a_page_and_a_steady_run_six(deployment: Literal["cloud", "data-center"]) -> None:
    backlog = Backlog(ITEMS, deployment=deployment)
    with reading(backlog) as tracker:
        full, calls = pulled(tracker, backlog, None)
        assert calls <= 1.02 * ITEMS / 100 + 25
        assert tracker.calls.total == backlog.asked.total()
        assert sorted(items(full), key=int) == [str(number) for number in range(FIRST, FIRST + ITEMS)]
        assert full[-1].census == {f"jira:{number}" for number in range(FIRST, FIRST + ITEMS)}
        assert not any("last_human_change_at" in one.unseen for page in full for one in page.items)
        steady, calls = pulled(tracker, backlog, full[-1].cursor)
        assert (items(steady), calls <= 6) == ([], True)
        for changed in (1, 100, 250):
            backlog.touch(range(FIRST, FIRST + changed))
            again, calls = pulled(tracker, backlog, steady[-1].cursor)
            assert (len(items(again)), calls <= 6 + 3 * ceil(changed / 100)) == (changed, True)


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_no_call_is_about_a_single_issue(deployment: Literal["cloud", "data-center"]) -> None:
    backlog = Backlog(300, deployment=deployment)
    with reading(backlog) as tracker:
        pulled(tracker, backlog, None)
    assert [path for path in backlog.asked if "/issue/1" in path] == []


@pytest.mark.parametrize("most", [2, 7, 50])
def test_a_server_that_caps_its_pages_is_read_whole(most: int) -> None:
    backlog = Backlog(301, deployment="data-center", most=most)
    with reading(backlog) as tracker:
        pages, calls = pulled(tracker, backlog, None)
    assert len(items(pages)) == len(set(items(pages))) == 301
    assert calls <= ceil(301 / (most - 1)) + 25


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 199, 200])
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_backlog_of_any_size_is_read_whole(deployment: Literal["cloud", "data-center"], number: int) -> None:
    backlog = Backlog(number, deployment=deployment)
    with reading(backlog) as tracker:
        pages, _ = pulled(tracker, backlog, None)
    assert sorted(items(pages)) == sorted(str(FIRST + at) for at in range(number))
    assert [page.cursor is not None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_an_administrators_order_is_not_sent_along() -> None:
    backlog = Backlog(5)
    with reading(backlog, query="labels = payments ORDER BY rank") as tracker:
        pulled(tracker, backlog, None)
    (query,) = [body["jql"] for body in backlog.bodies if body and "jql" in body]
    assert query == 'project in ("PAY") AND (labels = payments) ORDER BY created ASC, key ASC'


@pytest.mark.parametrize("lanes", [1, 3])
def test_the_result_does_not_depend_on_how_many_calls_go_side_by_side(lanes: int) -> None:
    def read(count: int) -> list[str]:
        backlog = Backlog(950)
        with reading(backlog, lanes=count) as tracker:
            return items(pulled(tracker, backlog, None)[0])

    assert read(lanes) == read(4)


@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_no_more_calls_are_under_way_than_the_administrator_allows(deployment: Literal["cloud", "data-center"]) -> None:
    backlog = Backlog(1_500, latency_s=0.01, deployment=deployment)
    with reading(backlog, lanes=2) as tracker:
        pages, _ = pulled(tracker, backlog, None)
    assert (len(items(pages)), backlog.most_under_way) == (1_500, 2)
