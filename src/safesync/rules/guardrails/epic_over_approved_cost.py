"""
An approval is given for a size, not for a name. An epic that has outgrown what was approved is another decision, and it
belongs to those who took the first one.

We compare the greater of forecast and actual cost with the approved cost, in whatever one unit the organisation keeps them. What is
missing is not guessed: without an approved cost nothing is judged.

How to fix: have it approved anew, cut it to its MVP, or stop it.

Known false positives: costs kept in different currencies or units; a forecast that counts what the approval left out.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, epic, good
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions

_APPROVED: dict[str, Any] = {"cost_approved": 100.0, "stage": Stage.IN_PROGRESS}


class Options(RuleOptions):
    """How much more than approved is still the same decision."""

    tolerance: Annotated[float, NotAbove("grave")] = Field(
        default=10, ge=0, description="Percent above the approved cost that is no finding yet."
    )
    grave: float = Field(default=25, ge=0, description="Percent above the approved cost from which on it is an error.")


RULE = Rule(
    code="GR506",
    name="epic-over-approved-cost",
    level=Level.GUARDRAILS,
    judges=Kind.EPIC,
    source="SAFe, Lean Budget Guardrails: approving significant initiatives; tolerances by SafeSync",
    options=Options,
    flaw="projected_cost > cost_approved * (100 + :tolerance) / 100",
    severity=Severity.WARNING,
    error_when="projected_cost > cost_approved * (100 + :grave) / 100",
    remedy="Have the higher cost approved, cut the epic to its MVP, or stop it.",
    evidence="Approved {cost_approved}, forecast {cost_forecast}, spent so far {cost_actual}; up to {tolerance} % above is no finding.",
    examples=(
        bad("the forecast is a little more than a tenth above", epic(**_APPROVED, cost_forecast=110.5)),
        bad("a quarter above", epic(**_APPROVED, cost_forecast=125.0), severity=Severity.WARNING),
        bad("more than a quarter above", epic(**_APPROVED, cost_forecast=125.5), severity=Severity.ERROR),
        bad("spent already, whatever the forecast says", epic(**_APPROVED, cost_forecast=90.0, cost_actual=130.0)),
        bad("the tolerance is the organisation's", epic(**_APPROVED, cost_forecast=104.0), options={"tolerance": 3}),
        good("a tenth above", epic(**_APPROVED, cost_forecast=110.0, cost_actual=20.0)),
        good("nothing was approved yet: GR505 looks after that", epic(cost_forecast=900.0)),
        good("nothing is forecast", epic(**_APPROVED)),
        good("done", epic(cost_approved=100.0, cost_actual=200.0, stage=Stage.DONE)),
    ),
)
