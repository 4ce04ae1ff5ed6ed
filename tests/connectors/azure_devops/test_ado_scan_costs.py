"""What reading a large organisation costs: calls counted, never seconds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ado_generated import Generated

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Page, Scope
from safesync.model.errors import RunError

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def tracker_of(organisation: Generated, lanes: int = 4) -> AzureTracker:
    access, patience = Access("ado", organisation.url, "token"), Patience(sleep=lambda _: None)
    return AzureTracker(access, Scope(("Generated",)), Mapping(), Addresses(), clock=lambda: NOW, patience=patience, lanes=lanes)


def refuses_reports(address: str) -> int | None:
    return 403 if "/reporting/" in address else None


def test_ten_thousand_items_take_two_calls_a_hundred_and_a_quiet_cycle_a_handful() -> None:
    with Generated(10_000) as organisation:
        tracker = tracker_of(organisation)
        tracker.identify()
        pages = list(tracker.pull(None))
        items = [item for page in pages for item in page.items]
        assert len(items) == 10_000
        assert {len(item.transitions) for item in items} == {4}
        assert pages[-1].census == {item.uid for item in items}
        # Discovery, two reports, one batch for two hundred; nothing else grows with the backlog.
        assert organisation.asked["workitemsbatch"] == 50
        assert organisation.asked["workitemrevisions"] == 1 + 40
        assert organisation.asked.total() <= 0.02 * 10_000
        before = organisation.asked.total()
        tracker.identify()
        (page,) = tracker.pull(pages[-1].cursor)
        assert organisation.asked.total() - before == 4
        assert (page.items, page.census) == ((), None)


def test_without_reports_a_quiet_cycle_takes_a_handful_too() -> None:
    with Generated(6_000, 1, refuses=refuses_reports) as organisation:
        tracker = tracker_of(organisation)
        tracker.identify()
        *_, last = tracker.pull(None)
        assert len(last.census or ()) == 6_000
        assert organisation.asked.total() <= 0.02 * 6_000
        before = organisation.asked.total()
        tracker.identify()
        list(tracker.pull(last.cursor))
        assert organisation.asked.total() - before == 4


def test_pages_are_read_four_at_a_time_and_given_in_order() -> None:
    with Generated(3_000, 1, latency_s=0.02) as organisation:
        pages = tracker_of(organisation).pull(None)
        uids = [item.uid for page in pages if page.census is None for item in page.items]
        assert uids == [f"ado:{number}" for number in range(1, 3_001)]
        assert 2 <= organisation.most_at_once <= 4


@pytest.mark.parametrize(("lanes", "at_once"), [(4, 2), (1, 1)])
def test_both_reports_are_read_side_by_side_where_we_may(lanes: int, at_once: int) -> None:
    with Generated(400, 1) as organisation:
        *_, last = tracker_of(organisation, lanes).pull(None)
        tracker = tracker_of(organisation, lanes)
        tracker.identify()
        organisation.most_at_once, organisation.latency_s = 0, 0.05
        list(tracker.pull(last.cursor))
        assert organisation.most_at_once == at_once


def test_whoever_stops_taking_pages_is_asked_for_no_more_than_wait() -> None:
    with Generated(10_000, 1) as organisation:
        pages = tracker_of(organisation).pull(None)
        next(pages)
        pages.close()  # type: ignore[attr-defined]
        assert organisation.asked["workitemsbatch"] <= 4


def test_a_page_that_fails_ends_the_pull_and_leaves_no_cursor() -> None:
    failing = iter([None] * 7 + [403] * 1000)
    with Generated(10_000, 1, refuses=lambda address: next(failing) if "workitemsbatch" in address else None) as organisation:
        given: list[Page] = []
        with pytest.raises(RunError, match="403"):
            given.extend(tracker_of(organisation).pull(None))
        assert all(page.cursor is None for page in given)
        assert organisation.asked["workitemsbatch"] < 15
