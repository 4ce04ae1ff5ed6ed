"""
Lean budgets give money to value streams and not to projects: within its budget a value stream decides for itself, and the
budget is the outer rail. When the epics that run cost more than there is, somebody will be stopped in the middle.

For the period that today belongs to we add what running the value stream costs to what its epics cost: those being worked on and
those done in the period, each by the greatest of forecast (else estimate) and actual cost; an epic with both target days counts by
the days that lie in the period. It is flawed when that is above the budget, or when most is spent and most of the time is still to
come. Budgets come from the file that `organisation.data.budgets` names; without one the rule is not evaluable. Nor is it where an
epic that runs names no value stream that we could see, belongs to no train, and would cost more than is left.

How to fix: let Lean Portfolio Management move money between value streams, or park an epic.

Known false positives: epics of several value streams, which count whole for the one that they name; budgets and costs in
different units.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import Budget, Registers
from safesync.rules.examples import bad, epic, good, unknown
from safesync.rules.rule import Group, Level, NotAbove, Rule, RuleOptions

_SUBJECT = "group:budget_period:Pay|2026-H2"


class Options(RuleOptions):
    """How near to the budget is too near."""

    tolerance: Annotated[float, NotAbove("grave")] = Field(default=5, ge=0, description="Percent above the budget that is no finding yet.")
    grave: float = Field(default=15, ge=0, description="Percent above the budget from which on it is an error.")
    spent: float = Field(default=80, ge=0, le=100, description="Percent of the budget that is spent too early ...")
    left: float = Field(default=40, ge=0, le=100, description="... while more than so many percent of the period are to come.")


def _pay(amount: float = 100.0, **fields: Any) -> Organisation:
    """A train of the value stream Pay, which may spend so much in the second half of 2026."""
    budget = Budget("Pay", "2026-H2", date(2026, 7, 1), date(2026, 12, 31), amount, **fields)
    return Organisation((Train("Payments", ("Falcon", "Heron"), "Pay"),), registers=Registers(budgets=(budget,)))


def _year(starts_on: date = date(2026, 10, 1), ends_on: date = date(2027, 3, 31), **fields: Any) -> Organisation:
    """The same with another period, of which more than half is to come."""
    budget = Budget("Pay", "2026-H2", starts_on, ends_on, 100.0, **fields)
    return Organisation((Train("Payments", ("Falcon",), "Pay"),), registers=Registers(budgets=(budget,)))


_RUNNING: dict[str, Any] = {"value_stream": "Pay", "stage": Stage.IN_PROGRESS}
_ASTRAY: dict[str, Any] = {"stage": Stage.IN_PROGRESS, "unseen": frozenset({"value_stream"})}

RULE = Rule(
    code="GR507",
    name="value-stream-over-budget",
    level=Level.GUARDRAILS,
    judges=Group.BUDGET_PERIOD,
    source="SAFe, Lean Budgets: funding value streams; tolerances by SafeSync",
    options=Options,
    when="period_phase = 'current'",
    flaw="expected_spend > budget * (100 + :tolerance) / 100 OR spent_share > :spent AND time_left > :left",
    severity=Severity.WARNING,
    error_when="expected_spend > budget * (100 + :grave) / 100",
    remedy="Let Lean Portfolio Management move money between value streams, or park an epic.",
    evidence="{value_stream} in {period}: epics {epic_cost} + running cost {run_cost} = {expected_spend}, budget {budget}; "
    "{spent_share} % spent, {time_left} % of the period to come.",
    numbers=(
        ("Epics", "{epics}, of which {uncosted_epics} have no cost and count as 0"),
        ("Most expensive in the period", "{contributors}"),
    ),
    examples=(
        bad("one epic costs more than there is", epic(**_RUNNING, cost_forecast=106.0), subject=_SUBJECT, organisation=_pay()),
        bad(
            "together, with what running costs",
            epic(3, **_RUNNING, cost_estimate=50.0),
            epic(4, **_RUNNING, cost_forecast=20.0, cost_actual=30.0),
            subject=_SUBJECT,
            organisation=_pay(run_cost=30.0),
        ),
        bad(
            "done in the period, and paid",
            epic(value_stream="Pay", stage=Stage.DONE, cost_actual=120.0, days_in_stage=30),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        bad(
            "the greater part of it lies in the period",
            epic(**_RUNNING, cost_estimate=200.0, target_start=date(2026, 7, 1), target_end=date(2027, 3, 31)),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        bad(
            "the train tells the value stream",
            epic(train="Payments", stage=Stage.IN_PROGRESS, cost_forecast=106.0),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        bad("most is spent, and most of the time to come", epic(**_RUNNING), subject=_SUBJECT, organisation=_year(spent=81.0)),
        bad("spent on epics", epic(**_RUNNING, cost_actual=81.0), subject=_SUBJECT, organisation=_year()),
        unknown(
            "no budget is known",
            epic(**_RUNNING, cost_forecast=500.0),
            subject="group:budget_period:Pay|no budget",
            organisation=Organisation((Train("Payments", ("Falcon",), "Pay"),)),
        ),
        unknown(
            "an epic whose value stream nobody sees would cost more than is left",
            epic(3, **_RUNNING, cost_forecast=90.0),
            epic(4, **_ASTRAY, cost_forecast=20.0),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        good("within what is tolerated", epic(**_RUNNING, cost_forecast=105.0), subject=_SUBJECT, organisation=_pay()),
        good("spent near the end of the period", epic(**_RUNNING, cost_forecast=90.0), subject=_SUBJECT, organisation=_pay(spent=95.0)),
        good(
            "the greater part of it lies elsewhere",
            epic(**_RUNNING, cost_estimate=200.0, target_start=date(2026, 10, 1), target_end=date(2027, 9, 30)),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        good(
            "another value stream's epic",
            epic(value_stream="Cards", stage=Stage.IN_PROGRESS, cost_forecast=500.0),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        good("not begun", epic(value_stream="Pay", cost_forecast=500.0), subject=_SUBJECT, organisation=_pay()),
        good(
            "done before the period",
            epic(value_stream="Pay", stage=Stage.DONE, cost_actual=500.0, days_in_stage=150),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        good(
            "a period that is over",
            epic(**_RUNNING, cost_forecast=500.0),
            subject="group:budget_period:Pay|2026-H1",
            organisation=Organisation(
                (Train("Payments", ("Falcon",), "Pay"),),
                registers=Registers(budgets=(Budget("Pay", "2026-H1", date(2026, 1, 1), date(2026, 6, 30), 100.0),)),
            ),
        ),
    ),
    cases=(
        good(
            "whose-ever it is, it fits",
            epic(3, **_RUNNING, cost_forecast=90.0),
            epic(4, **_ASTRAY, cost_forecast=10.0),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        bad(
            "too much already, whose-ever it is",
            epic(3, **_RUNNING, cost_forecast=106.0),
            epic(4, **_ASTRAY, cost_forecast=20.0),
            subject=_SUBJECT,
            organisation=_pay(),
        ),
        bad("15 percent above", epic(**_RUNNING, cost_forecast=115.0), subject=_SUBJECT, organisation=_pay(), severity=Severity.WARNING),
        bad("more than that", epic(**_RUNNING, cost_forecast=115.5), subject=_SUBJECT, organisation=_pay(), severity=Severity.ERROR),
        bad(
            "a little too early", epic(**_RUNNING), subject=_SUBJECT, organisation=_year(date(2026, 9, 21), date(2026, 12, 29), spent=81.0)
        ),
        good("late enough", epic(**_RUNNING), subject=_SUBJECT, organisation=_year(date(2026, 9, 20), date(2026, 12, 28), spent=81.0)),
        good("four fifths spent", epic(**_RUNNING), subject=_SUBJECT, organisation=_year(spent=80.0)),
    ),
)
