"""
An epic is a bet, and its MVP is the test of it. When the MVP is done somebody has to say what was learned: persevere, pivot,
or stop. Without that word the money flows on by itself.

We look at open epics with features that carry the label `mvp`, and at the day on which the last of these was done; at epics that have
spent the budget of their MVP, where they have one; and with `by_cost` at epics that have spent what was approved.

How to fix: record the decision of Lean Portfolio Management in the mapped field, or in the file of approvals.

Known false positives: decisions that are recorded elsewhere. Epics whose features do not say which of them are the MVP are
not evaluable, until the budget of the MVP is spent.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, epic, feature, good, unknown
from safesync.rules.rule import Level, Rule, RuleOptions

_RUNNING: dict[str, Any] = {"stage": Stage.IN_PROGRESS, "days_in_stage": 39}
_MVP: dict[str, Any] = {"parent": "jira:3", "labels": ("MVP",), "stage": Stage.DONE}


class Options(RuleOptions):
    """When a decision is due."""

    days: int = Field(default=30, ge=0, le=3650, description="Days after the MVP was done.")
    by_cost: bool = Field(default=False, description="Whether a decision is due as well when the approved cost is spent.")


RULE = Rule(
    code="PF307",
    name="decision-overdue",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Epic: the MVP is evaluated against the hypothesis, then pivot, persevere or stop; the days by SafeSync",
    options=Options,
    flaw="decision IS NULL AND (days_since_mvp > :days OR mvp_budget_spent OR :by_cost AND cost_actual >= cost_approved)",
    absorbs=("LK707",),
    severity=Severity.WARNING,
    remedy="Decide whether to persevere, to pivot or to stop, and record it.",
    evidence="No decision",
    figures=(
        "all MVP features ({mvp_features}) are done, the last for {days_since_mvp} days (at most {days})",
        "spent so far: {cost_actual}",
        "budget of the MVP: {mvp_budget}",
        "approved: {cost_approved}",
    ),
    examples=(
        bad("done for more than a month", epic(**_RUNNING), feature(**_MVP, days_in_stage=31)),
        bad(
            "the last of two was done a while ago, more features follow",
            epic(**_RUNNING),
            feature(**_MVP, days_in_stage=39),
            feature(4, **_MVP, days_in_stage=32),
            feature(5, parent="jira:3"),
        ),
        bad(
            "the approved money is spent",
            epic(**_RUNNING, cost_approved=100.0, cost_actual=100.0),
            feature(**{**_MVP, "stage": Stage.READY}),
            options={"by_cost": True},
        ),
        bad("sooner, in this organisation", epic(**_RUNNING), feature(**_MVP, days_in_stage=15), options={"days": 14}),
        bad("the budget of the MVP is spent", epic(**_RUNNING, mvp_budget=40.0, cost_actual=40.0), feature(parent="jira:3")),
        good("a part of the budget is left", epic(**_RUNNING, mvp_budget=40.0, cost_actual=39.0), feature(**_MVP, days_in_stage=1)),
        good(
            "spent and decided", epic(**_RUNNING, mvp_budget=40.0, cost_actual=90.0, decision="persevere"), feature(**_MVP, days_in_stage=1)
        ),
        unknown(
            "nobody tells what was spent",
            epic(**_RUNNING, mvp_budget=40.0, unseen=frozenset({"cost_actual"})),
            feature(**_MVP, days_in_stage=1),
        ),
        good("a month ago", epic(**_RUNNING), feature(**_MVP, days_in_stage=30)),
        good(
            "a part of the MVP is open", epic(**_RUNNING), feature(**_MVP, days_in_stage=39), feature(4, parent="jira:3", labels=("mvp",))
        ),
        good("decided", epic(**_RUNNING, decision="pivot"), feature(**_MVP, days_in_stage=39)),
        good("closed", epic(stage=Stage.DONE), feature(**_MVP, days_in_stage=39)),
        good(
            "spent, and this organisation does not ask",
            epic(**_RUNNING, cost_approved=100.0, cost_actual=100.0),
            feature(**{**_MVP, "stage": Stage.READY}),
        ),
        good(
            "nearly spent",
            epic(**_RUNNING, cost_approved=100.0, cost_actual=99.0),
            feature(**{**_MVP, "stage": Stage.READY}),
            options={"by_cost": True},
        ),
    ),
)
