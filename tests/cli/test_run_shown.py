"""What a run did, as a person and as a program are told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safesync.cli.show import failed, left, print_run, run_fields
from safesync.jobs.result import RunResult, TrackerResult
from safesync.model.change import Applied, Outcome, Plan
from safesync.model.finding import Report
from safesync.model.item import ItemRef


@pytest.mark.parametrize(
    ("refused", "said"), [(0, ""), (1, "1 item is left: the tracker refused"), (2, "2 items are left: the tracker refused")]
)
def test_what_is_not_tried_again_is_counted(refused: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = RunResult(1, Plan(datetime(2026, 11, 26, tzinfo=UTC), ()), (), refused=refused)
    print_run(result)
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    assert ("refused" in shown) is bool(refused)
    assert run_fields(result)["refused"] == refused


@pytest.mark.parametrize(("errors", "counted"), [((None, "no"), True), (("no", "no"), False)])
def test_a_run_that_reached_no_tracker_counts_no_findings(
    errors: tuple[str | None, ...], counted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    trackers = tuple(TrackerResult(str(number), 0, 0, (), error=error) for number, error in enumerate(errors))
    print_run(RunResult(1, Plan(now, ()), trackers, Report(now, 4, frozenset(), frozenset(), ())))
    assert ("0 findings on 4 items" in capsys.readouterr().out) is counted


@pytest.mark.parametrize(("barred", "fails"), [(True, True), (False, False)])
def test_a_right_that_a_project_lacks_fails_the_command_whatever_is_written_elsewhere(barred: bool, fails: bool) -> None:
    paid, carded = (ItemRef(f"jira:{key}", "jira", key, f"{key}-1", key, "") for key in ("PAY", "CARDS"))
    results = (Applied(paid, Outcome.FAILED, reason="We may not comment in PAY", barred=barred), Applied(carded, Outcome.DONE))
    assert failed([TrackerResult("jira", 2, 9, results)]) is fails


def test_items_that_were_left_for_the_same_reason_are_told_in_one_sentence() -> None:
    refs = [ItemRef(f"jira:{number}", "jira", f"{number}", f"PAY-{number}", "PAY", "") for number in (1, 12, 3)]
    results = tuple(Applied(ref, Outcome.FAILED, reason=f"{ref.key}: PUT issue/{ref.native_id} was answered with 400.") for ref in refs)
    others = tuple(Applied(ref, Outcome.SKIPPED, reason="it changed since the plan was made") for ref in refs[:1])
    assert list(left(TrackerResult("jira", 3, 9, (*results, *others)))) == [
        "jira: PAY-1, PAY-12, PAY-3 could not be written: PAY-1: PUT issue/1 was answered with 400.",
        "jira: PAY-1 was skipped: it changed since the plan was made",
    ]
