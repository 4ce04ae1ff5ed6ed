"""
Business Owners give each PI objective a planned business value at PI planning and an actual one at Inspect and Adapt. That is
the fourth guardrail, continuous Business Owner engagement, in two numbers; without them predictability is an opinion.

We look at the objectives of teams and trains, of trackers and of the file that `organisation.data.objectives` names: whether the
planned value is there a few days after the interval began, whether it lies on the scale, and whether the actual one is there a few
days after it ended.

Where the organisation keeps a roster of its Business Owners (the file `organisation.data.business_owners`) and `roster` is on, one of
those of its train has to stand on the objective as its owner, too. A train of which the roster names nobody is GR509's matter.
What is found about an objective of a file is told on the item that stands for its team, else its train (`anchor`).

How to fix: let a Business Owner score the objective.

Known false positives: objectives that are kept elsewhere (name a file); organisations that use another scale (`scale`).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import BusinessOwner, Registers
from safesync.rules.examples import (
    LONG_PAST_INTERVAL,
    NEXT_INTERVAL,
    PAST_INTERVAL,
    bad,
    good,
    pi_objective,
    surroundings_of,
    unknown,
    with_interval,
)
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """By when the values are due, and on which scale."""

    grace_days: int = Field(default=3, ge=0, le=365, description="Days after the beginning of the interval without a planned value.")
    closing_days: Annotated[int, NotAbove("remembered_days")] = Field(
        default=5, ge=0, le=365, description="Days after the end of the interval without an actual value."
    )
    remembered_days: int = Field(default=120, ge=0, le=3650, description="Objectives of intervals that ended longer ago are left alone.")
    scale: float = Field(default=10, gt=0, description="Highest business value.")
    roster: bool = Field(default=False, description="Whether its owner has to be a Business Owner of its train, by the roster.")


_ROSTER = surroundings_of(
    Organisation(
        trains=(Train("Payments", ("Falcon",)), Train("Cards", ("Ibis",))),
        registers=Registers(business_owners=(BusinessOwner("Payments", "Rana Okafor"), BusinessOwner("Cards", "Lea Brandt"))),
    )
)
_NO_ROSTER = surroundings_of(Organisation(trains=(Train("Payments", ("Falcon",)),)))
_KEPT: dict[str, Any] = {"options": {"roster": True}, "around": _ROSTER}

RULE = Rule(
    code="GR508",
    name="objective-without-business-value",
    level=Level.GUARDRAILS,
    judges=Kind.PI_OBJECTIVE,
    source="SAFe, Lean Budget Guardrails: continuous Business Owner engagement; PI Objectives: business value from 1 to 10",
    options=Options,
    without="map a type to pi_objective, or name a file as organisation.data.objectives",
    when="stage <> 'cancelled' AND days_since_interval_end <= :remembered_days",
    flaw="days_since_interval_start > :grace_days AND planned_value IS NULL OR planned_value < 1 OR planned_value > :scale"
    " OR :roster AND business_owners > 0 AND days_since_interval_start > :grace_days AND NOT owned_by_business_owner"
    " OR days_since_interval_end > :closing_days AND actual_value IS NULL",
    severity=Severity.WARNING,
    remedy="Let a Business Owner of the train give the objective its business value and answer for it.",
    evidence="{interval} began {days_since_interval_start} days ago. Business value (1 to {scale}): planned {planned_value},"
    " actual {actual_value} (due {closing_days} days after the end); owner {owner}",
    figures=("Business Owners of {train} on the roster ({business_owner_names})",),
    examples=(
        bad("planned by nobody, well into the interval", pi_objective(planned_value=None)),
        bad("off the scale", pi_objective(planned_value=11.0)),
        bad("over, and nobody said what it was worth", pi_objective(interval=PAST_INTERVAL)),
        bad("over and done, and nobody said so", pi_objective(interval=PAST_INTERVAL, stage=Stage.DONE)),
        bad("its owner is a Business Owner of another train", pi_objective(owner="Lea Brandt"), **_KEPT),
        good("its owner is one of its train", pi_objective(owner="rana okafor"), **_KEPT),
        good("whoever its owner is, where that does not count", pi_objective(owner="Lea Brandt"), around=_ROSTER),
        unknown("nobody keeps a roster", pi_objective(), options={"roster": True}, around=_NO_ROSTER),
        good("planned, and not over", pi_objective()),
        good("over and scored", pi_objective(interval=PAST_INTERVAL, actual_value=0.0)),
        good("planned for later", pi_objective(interval=NEXT_INTERVAL, planned_value=None)),
        good("cancelled", pi_objective(planned_value=None, stage=Stage.CANCELLED)),
        good("long over", pi_objective(interval=LONG_PAST_INTERVAL), options={"remembered_days": 90}),
    ),
    cases=(
        bad("nothing is worth less than one", pi_objective(planned_value=0.5)),
        bad("nobody stands on it", pi_objective(owner=None), **_KEPT),
        good("nobody of its train is in the roster", pi_objective(team="Kite", train="Loans"), **_KEPT),
        good("its owner may come in the first days", pi_objective(owner=None), options={"roster": True, "grace_days": 44}, around=_ROSTER),
        good("the least", pi_objective(planned_value=1.0)),
        good("the most", pi_objective(planned_value=10.0)),
        good("three days after the begin", pi_objective(interval="PI 30.1", planned_value=None), around=with_interval("PI 30.1", -3)),
        bad("four days after the begin", pi_objective(interval="PI 30.1", planned_value=None), around=with_interval("PI 30.1", -4)),
        good("five days after the end", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -74)),
        bad("six days after the end", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -75)),
        bad("a hundred and twenty days after the end", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -189)),
        good("forgotten a day later", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -190)),
        good("within the first days", pi_objective(planned_value=None), options={"grace_days": 44}),
        bad("after the first days", pi_objective(planned_value=None), options={"grace_days": 43}),
        good("Inspect and Adapt is still to come", pi_objective(interval=PAST_INTERVAL), options={"closing_days": 45}),
        bad("Inspect and Adapt is over", pi_objective(interval=PAST_INTERVAL), options={"closing_days": 44}),
        bad("ended as long ago as is remembered", pi_objective(interval=PAST_INTERVAL), options={"remembered_days": 45}),
        good("ended a day too long ago", pi_objective(interval=PAST_INTERVAL), options={"remembered_days": 44}),
    ),
)
