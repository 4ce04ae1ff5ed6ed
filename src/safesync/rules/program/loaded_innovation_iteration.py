"""
The innovation and planning iteration is the only buffer of a planning interval. Filled with stories it is a normal iteration, and
what slips before it slips out of the interval.

We look at teams in an IP iteration that is running or next: the points of their stories for features or obligations, against what
the team can do in a normal iteration. Bugs, spikes, enablers, debt and maintenance may well be done there. The capacity is what
`capacities` says, else the velocity given to the team, else the average of its last ended iterations.

How to fix: move the stories to an iteration for development, or take them out of the interval.

Known false positives: trains without IP iterations (turn the rule off); stories for training or a hackathon that are classed as
features.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Stage, WorkClass
from safesync.rules.capacity import CAPACITY, CapacityOptions, capacity_of
from safesync.rules.examples import CURRENT, LATER, LONG_PAST, NEXT, PAST, bad, bug, good, story, unknown, with_iteration, with_later
from safesync.rules.rule import Group, Level, Rule


class Options(CapacityOptions):
    """How much is too much."""

    max_ip_share: float = Field(default=0.1, ge=0, le=1, description="Highest share of a normal iteration's capacity.")


def _capacity(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | str | None] | None:
    found = capacity_of(options, group)
    if found is None:
        return None
    return {"capacity": found[0], "capacity_source": found[1], "ip_load": round(group["feature_points"] / found[0] * 100)}


_CURRENT, _SUBJECT = (f"group:team_iteration:Falcon|{uid}" for uid in (CURRENT, NEXT))
_NOW = with_iteration(CURRENT, innovation=True)
_TWENTY = {"capacities": {"Falcon": 20}}
_THREE = tuple(
    story(100 + number, stage=Stage.DONE, points=20.0, iteration=uid) for number, uid in enumerate((LONG_PAST, "jira:iteration:2", PAST))
)

RULE = Rule(
    code="PG211",
    name="loaded-innovation-iteration",
    level=Level.PROGRAM,
    judges=Group.TEAM_ITERATION,
    source="SAFe, Innovation and Planning Iteration: an estimating buffer for meeting PI objectives",
    options=Options,
    eased=("max_ip_share",),
    limits=_capacity,
    limit_facts=(*CAPACITY, Fact("ip_load", FactType.NUMBER, Sort.GROUPED, "These points as a share of the capacity.", unit="percent")),
    when="innovation AND iteration_phase IN ('current', 'next')",
    flaw="feature_points > :max_ip_share * capacity",
    severity=Severity.WARNING,
    remedy="Move these stories to an iteration for development, or take them out of the interval.",
    evidence="{team} has planned {feature_points} points for features in {iteration}; "
    "a normal iteration has {capacity}: {capacity_source}.",
    numbers=(("Share of a normal iteration", "{ip_load} %"), ("Heaviest items", "{contributors}")),
    examples=(
        bad("more than a tenth", story(points=2.05, iteration=NEXT), subject=_SUBJECT, options=_TWENTY),
        bad("in the running one", story(points=3.0, iteration=CURRENT), around=_NOW, subject=_CURRENT, options=_TWENTY),
        good("a tenth", story(points=2.0, iteration=NEXT), subject=_SUBJECT, options=_TWENTY),
        bad("measured by what the team gets done", story(points=3.0, iteration=NEXT), *_THREE, subject=_SUBJECT),
        good(
            "hardening and exploring belong there",
            bug(points=5.0, iteration=NEXT),
            story(7, points=5.0, iteration=NEXT, work_class=WorkClass.ENABLER),
            story(8, points=5.0, iteration=NEXT, work_class=WorkClass.TECH_DEBT),
            subject=_SUBJECT,
            options=_TWENTY,
        ),
        good(
            "what was cancelled",
            story(points=5.0, iteration=NEXT, stage=Stage.CANCELLED),
            bug(iteration=NEXT),
            subject=_SUBJECT,
            options=_TWENTY,
        ),
        good(
            "an iteration for development",
            story(points=20.0, iteration=CURRENT),
            subject=_CURRENT,
            options=_TWENTY,
        ),
        good(
            "an IP iteration after the next one",
            story(points=5.0, iteration=LATER),
            subject=f"group:team_iteration:Falcon|{LATER}",
            options=_TWENTY,
            around=with_later(innovation=True),
        ),
        unknown("two iterations do not tell what the team gets done", story(points=3.0, iteration=NEXT), *_THREE[1:], subject=_SUBJECT),
    ),
)
