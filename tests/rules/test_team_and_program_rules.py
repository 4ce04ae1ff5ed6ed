"""What examples of rules cannot say: severities, what stays open, and words of the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from safesync.model.finding import Finding, Report, Severity, absorbed
from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import Budget, Registers
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import (
    CURRENT,
    CURRENT_INTERVAL,
    LONG_PAST,
    NEXT_INTERVAL,
    NOW,
    PAST,
    backlog_of,
    epic,
    feature,
    key_result,
    objective,
    story,
    surroundings_of,
    with_interval,
)
from safesync.rules.rule import RuleSetting, Surroundings

FALCON = f"group:team_iteration:Falcon|{CURRENT}"


def report(code: str, *items: Item, around: Surroundings | None = None, **options: Any) -> Report:
    rule = shipped()[code]
    return Judge([RuleSetting(rule, rule.options.model_validate(options))]).judge(backlog_of(items, around), NOW)


def finding(code: str, *items: Item, around: Surroundings | None = None, **options: Any) -> Finding:
    (found,) = report(code, *items, around=around, **options).flawed
    return found


@pytest.mark.parametrize(("days", "severity"), [(14, Severity.WARNING), (15, Severity.ERROR)])
def test_a_blocked_item_is_an_error_after_more_than_ten_working_days(days: int, severity: Severity):
    assert finding("TM110", story(blocked=True, changed_days_ago=days)).severity is severity


def test_without_a_field_for_the_reason_only_silence_is_told():
    hidden = frozenset({"blocked_reason"})
    silent, fresh = story(1, blocked=True, changed_days_ago=8, unseen=hidden), story(7, blocked=True, changed_days_ago=3, unseen=hidden)
    found = report("TM110", silent, fresh)
    assert [one.subject for one in found.flawed] == ["jira:1"]
    assert found.unjudged == {("TM110", "jira:7")}
    assert found.flawed[0].evidence == (
        "Flagged as blocked (at most 5 working days, 1 without a reason): without a change by a person for 6 working days."
    )


def test_a_reason_and_what_has_arrived_are_shown():
    blocked = story(1, blocked=True, blocked_reason="Waits for the bank", changed_days_ago=8, depends_on="jira:7")
    found = finding("TM110", blocked, story(7, stage=Stage.DONE))
    assert found.evidence == (
        "Flagged as blocked (at most 5 working days, 1 without a reason): without a change by a person for 6 working days,"
        " the reason given is: Waits for the bank, "
        "what it depended on is done: PAY-7."
    )


def history(*iterations: str, points: float = 20.2) -> tuple[Item, ...]:
    return tuple(story(100 + n, stage=Stage.DONE, points=points, iteration=uid) for n, uid in enumerate(iterations))


THREE = history(LONG_PAST, "jira:iteration:2", PAST)


@pytest.mark.parametrize(("points", "severity"), [(25.0, Severity.WARNING), (25.5, Severity.ERROR)])
def test_a_load_shows_its_arithmetic_and_is_an_error_beyond_a_fifth_too_much(points: float, severity: Severity):
    found = finding("TM112", story(1, points=points, iteration=CURRENT), *THREE)
    assert (found.subject, found.severity) == (FALCON, severity)
    assert found.evidence == (
        f"Falcon has planned {points:g} points in 26.4.4; its capacity is 21: the average of its last 3 iterations."
    ), "20.2 rounded up"
    assert dict(found.numbers) == {
        "Load": f"{round(points / 21 * 100)} %",
        "Without points": "0 % of 1 item",
        "Heaviest items": f"PAY-1 ({points:g})",
    }


def test_a_capacity_that_nobody_knows_is_not_evaluable():
    found = report("TM112", story(1, points=90.0, iteration=CURRENT), *history("jira:iteration:2", PAST))
    assert (found.flawed, found.unjudged) == ((), {("TM112", FALCON)})


@pytest.mark.parametrize(("sized", "known"), [(4, True), (3, False)])
def test_a_load_that_fits_is_only_believed_when_most_items_have_points(sized: int, known: bool):
    items = (*(story(n, points=1.0, iteration=CURRENT) for n in range(1, sized + 1)), story(50, points=None, iteration=CURRENT))
    found = report("TM112", *items, *THREE)
    assert not found.flawed
    assert (not found.unjudged) is known


@pytest.mark.parametrize(("interval", "severity"), [(CURRENT_INTERVAL, Severity.ERROR), ("PI 26.3", Severity.WARNING)])
def test_a_feature_that_spreads_is_an_error_once_its_interval_runs(interval: str, severity: Severity):
    found = finding("PG206", feature(interval=interval), story(1, parent="jira:2", interval=NEXT_INTERVAL))
    assert found.severity is severity
    assert found.evidence == f"Planned for {interval}, 0 % done; its stories are in PI 27.1 (1): later than the feature: PAY-1."


@pytest.mark.parametrize(("days", "severity"), [(5, Severity.ERROR), (6, Severity.WARNING)])
def test_a_feature_that_is_not_ready_is_an_error_in_the_last_days(days: int, severity: Severity):
    found = finding("PG208", feature(interval="PI 27.0", owner=None), around=with_interval("PI 27.0", days))
    assert found.severity is severity
    assert found.evidence == f"The next planning interval begins in {days} days. 1 of 1 points are open: somebody who answers for it."


def test_without_a_next_interval_readiness_is_not_evaluable():
    found = report("PG208", feature(owner=None, rank="1", train="Payments"), around=Surroundings())
    assert (found.flawed, found.unjudged) == ((), {("PG208", "jira:2")})


def test_pairs_against_wsjf_are_named_with_their_scores():
    parts = {"time_criticality": 1.0, "risk_reduction": 1.0, "job_size": 2.0, "train": "Payments"}
    upper, lower = feature(1, rank="1", business_value=2.0, wsjf_score=9.0, **parts), feature(7, rank="2", business_value=8.0, **parts)
    found = finding("PG204", upper, lower)
    assert found.evidence == (
        "Payments, 2 features of class feature, WSJF in brackets: PAY-1 (2) above PAY-7 (5), PAY-1 says 9, its parts give 2."
    )
    assert dict(found.numbers) == {"Agreement of rank and WSJF": "-1 (1 is perfect)", "Pairs against WSJF": "1"}


def test_a_feature_behind_its_plan_shows_both_shares():
    items = (story(1, parent="jira:2", stage=Stage.DONE), story(7, parent="jira:2", points=9.0))
    assert finding("PG210", feature(interval=CURRENT_INTERVAL), *items).evidence == (
        "1 of 2 stories, spikes and bugs are done: 25 % of the work, 79 % of the days for development in PI 26.4 are over."
    )


@pytest.mark.parametrize(
    ("approvers", "words"),
    [
        (["Portfolio board"], "approval Approved: by Kim, to be given by Portfolio board."),
        ([], "approval Requested: by Kim."),
    ],
)
def test_who_may_approve_is_said_where_somebody_decided_it(approvers: list[str], words: str) -> None:
    approval = "Approved" if approvers else "Requested"
    asked = epic(stage=Stage.READY, cost_estimate=500_000.0, approval=approval, approver="Kim")
    assert finding("GR505", asked, threshold=500_000, approvers=approvers).evidence.endswith(words)


def test_a_list_of_criteria_says_how_many_are_too_vague() -> None:
    vague = story(description="h3. Acceptance criteria\n* works properly\n* looks nice\n* HTTP 403 for guests", iteration=CURRENT)
    assert "too vague to check: 66.7 % of the criteria" in finding("TM102", vague).evidence


def test_key_results_are_counted_below_objectives_alone() -> None:
    assert "key results" not in finding("PF309", key_result(baseline=None)).evidence
    assert finding("PF309", objective()).evidence.endswith("key results below it 0 (1 to 5).")


@pytest.mark.parametrize(
    ("first", "second", "item"),
    [
        ("PF305", "PF308", epic(stage=Stage.IN_PROGRESS)),
        ("TM110", "TM108", story(stage=Stage.IN_PROGRESS, blocked=True, blocked_reason="The vendor", changed_days_ago=20)),
    ],
)
def test_what_has_one_cause_is_told_once(first: str, second: str, item: Item) -> None:
    shelf = shipped()
    rules = [RuleSetting(shelf[code], shelf[code].options()) for code in (first, second)]
    found = Judge(rules).judge(backlog_of((item, key_result())), NOW).flawed
    assert absorbed(found) == {(second, item.uid): first}


def test_what_costs_most_is_named_with_its_cost_in_brackets() -> None:
    budget = Budget("Pay", "2026-H2", date(2026, 7, 1), date(2026, 12, 31), 100.0)
    around = surroundings_of(Organisation((Train("Payments", ("Falcon",), "Pay"),), registers=Registers(budgets=(budget,))))
    dear = replace(epic(value_stream="Pay", stage=Stage.IN_PROGRESS, cost_forecast=700_000.0), key="3")
    assert dict(finding("GR507", dear, around=around).numbers)["Most expensive in the period"] == "#3 (700,000)"
