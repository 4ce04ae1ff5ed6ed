"""A run that nobody looks at says in the log what a person would be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import structlog

from safesync.cli.working import _logged
from safesync.jobs.result import RunResult, TrackerResult
from safesync.model.change import Plan


def result(*trackers: TrackerResult) -> RunResult:
    return RunResult(1, Plan(datetime(2026, 11, 26, tzinfo=UTC), ()), trackers, None)


@pytest.mark.parametrize("several", [1, 2])
def test_warnings_and_what_ended_a_tracker_are_logged_once_each(several: int) -> None:
    warned = TrackerResult("jira", 4, 7, (), warnings=tuple(f"PAY is hidden ({number})." for number in range(several)))
    with structlog.testing.capture_logs() as logs:
        _logged(result(warned, TrackerResult("ado", 0, 1, (), error="ado: the token ended.")))
    assert [(one["event"], one["log_level"], one["tracker"], one["reason"]) for one in logs] == [
        *(("tracker.warned", "warning", "jira", f"PAY is hidden ({number}).") for number in range(several)),
        ("tracker.ended", "error", "ado", "ado: the token ended."),
    ]


def test_what_stopped_a_run_and_where_its_plan_is_are_logged() -> None:
    with structlog.testing.capture_logs() as logs:
        _logged(replace(result(), stopped="212 items."), ("The plan is saved.",))
    assert [(one["event"], one["log_level"], one["reason"]) for one in logs] == [
        ("run.stopped", "error", "212 items."),
        ("run.noted", "warning", "The plan is saved."),
    ]


def test_a_run_in_which_all_is_well_says_nothing() -> None:
    with structlog.testing.capture_logs() as logs:
        _logged(result(TrackerResult("jira", 4, 7, ())))
    assert logs == []
