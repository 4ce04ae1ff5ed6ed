"""A rule that has nothing to look at, or nothing to hold it against, says so to the administrator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safesync.model.finding import Report, Severity
from safesync.model.item import Item, Stage
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import LONG_PAST_INTERVAL, NOW, PAST_INTERVAL, backlog_of, epic, pi_objective, story
from safesync.rules.rule import RuleSetting


def told(code: str, *items: Item, **options: Any) -> tuple[Report, set[tuple[str, int, str, tuple[str, ...]]]]:
    rule = shipped()[code]
    report = Judge([RuleSetting(rule, rule.options.model_validate(options))]).judge(backlog_of(items), NOW)
    return report, {(each.code, each.count, each.remedy, each.facts) for each in report.unevaluated}


def test_without_any_objective_the_rule_names_the_type_and_the_file_that_would_bring_some():
    report, said = told("GR508", story())
    assert said == {("GR508", 0, "none was read: map a type to pi_objective, or name a file as organisation.data.objectives", ())}
    assert report.codes == {"GR508"}


def test_with_one_objective_nothing_is_missing():
    assert told("GR508", pi_objective())[1] == set()


def test_a_threshold_that_nobody_decided_is_asked_for_and_nothing_is_flagged():
    report, said = told("GR505", epic(cost_estimate=9e9, stage=Stage.IN_PROGRESS))
    assert report.flawed == ()
    assert said == {("GR505", 1, "decide rules.GR505.options.threshold", ())}


def test_with_a_threshold_the_rule_speaks():
    report, said = told("GR505", epic(cost_estimate=9e9, stage=Stage.IN_PROGRESS), threshold=5)
    assert [finding.subject for finding in report.flawed] == ["jira:3"]
    assert said == set()


def test_costs_that_nobody_can_see_are_not_missing_estimates():
    unmapped = frozenset({"cost_estimate", "cost_forecast", "approval"})
    report, said = told("GR505", epic(stage=Stage.IN_PROGRESS, unseen=unmapped), threshold=5)
    assert report.flawed == ()
    assert report.unjudged == {("GR505", "jira:3")}
    assert {(code, count) for code, count, *_ in said} == {("GR505", 1)}


def test_teams_are_not_blamed_for_objectives_that_nobody_has_read():
    report, said = told("PI802", story(interval="PI 26.4"))
    assert report.flawed == ()
    assert ("PI802", "group:objectives:team|Falcon|PI 26.4") in report.unjudged
    assert "objectives" in {fact for *_, facts in said for fact in facts}


def test_promises_that_are_too_small_are_an_information_and_broken_ones_more():
    def severity(*actual: float, before: float = 10.0) -> Severity:
        now = [pi_objective(20 + at, interval=PAST_INTERVAL, planned_value=10.0, actual_value=value) for at, value in enumerate(actual)]
        then = [pi_objective(30 + at, interval=LONG_PAST_INTERVAL, planned_value=10.0, actual_value=before) for at in range(3)]
        found = told("PI805", *now, *then)[0].flawed
        return next(one.severity for one in found if "team|Falcon" in one.subject)

    assert severity(10, 10, 11, before=11) is Severity.INFO
    assert severity(8, 8, 7.9) is Severity.WARNING
    assert severity(6, 6, 5.9) is Severity.ERROR


def test_predictability_waits_for_the_last_actual_value():
    scored = [pi_objective(20 + at, interval=PAST_INTERVAL, actual_value=1.0) for at in range(3)]
    subject = ("PI805", f"group:objectives:team|Falcon|{PAST_INTERVAL}")
    assert {(one.code, one.subject) for one in told("PI805", *scored)[0].flawed} >= {subject}
    report, _ = told("PI805", *scored, replace(pi_objective(30, interval=PAST_INTERVAL), actual_value=None))
    assert report.flawed == ()
    assert subject in report.unjudged


def test_a_portfolio_without_budgets_is_told_which_file_would_bring_them():
    report, said = told("GR507", epic(value_stream="Pay", stage=Stage.IN_PROGRESS))
    assert report.flawed == ()
    assert {fact for *_, facts in said for fact in facts} >= {"budget"}


def test_a_mix_without_targets_is_not_judged():
    report, said = told("GR502", *(epic(100 + at, horizon="H1") for at in range(6)))
    assert report.flawed == ()
    assert {(code, count) for code, count, *_ in said} == {("GR502", 1)}
