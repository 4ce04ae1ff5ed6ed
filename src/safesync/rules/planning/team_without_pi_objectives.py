"""
Stakeholders read objectives and not backlogs. A team's PI objectives say in business words what comes of its plan; without
them nobody outside of the team can tell what was promised, and with too many nobody can either.

We count the objectives of each team in the current interval, a few days after it began, where the team has work planned in it.

How to fix: summarise the plan in a few objectives, in business words.

Known false positives: objectives that are kept elsewhere: name a file as `organisation.data.objectives`. While no objective
at all is known the rule is not evaluable.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, PAST_INTERVAL, bad, good, pi_objective, story, with_interval
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_PAST = f"group:objectives:team|Falcon|{PAST_INTERVAL}"
_OWN = "group:objectives:team|Falcon|PI 30.1"
_FALCON, _HERON = (f"group:objectives:team|{team}|{CURRENT_INTERVAL}" for team in ("Falcon", "Heron"))


class Options(RuleOptions):
    """How many objectives a team should have, and by when."""

    grace_days: int = Field(default=3, ge=0, le=365, description="Days after the beginning of the interval without objectives.")
    most: int = Field(default=10, ge=1, description="Highest number of objectives of a team in an interval.")


def _objectives(count: int, **fields: Any) -> tuple[Any, ...]:
    return tuple(pi_objective(100 + number, **fields) for number in range(count))


RULE = Rule(
    code="PI802",
    name="team-without-pi-objectives",
    level=Level.PLANNING,
    judges=Group.OBJECTIVES,
    source="SAFe, PI Objectives: each team summarises what it intends to achieve; the numbers by SafeSync",
    options=Options,
    when="level = 'team' AND interval_phase = 'current' AND days_since_start > :grace_days AND planned_items > 0",
    flaw="objectives = 0 OR objectives > :most",
    severity=Severity.WARNING,
    remedy="Summarise the plan of the team in a few PI objectives, in business words.",
    evidence="{team} in {interval}, {days_since_start} days after it began: PI objectives {objectives} (1 to {most}),"
    " planned items {planned_items}.",
    numbers=(("Objectives, actual / planned value", "{contributors}"),),
    examples=(
        bad("work and no objective", story(iteration=CURRENT), pi_objective(team="Heron"), subject=_FALCON),
        bad("more than anybody reads", story(iteration=CURRENT), *_objectives(11), subject=_FALCON),
        bad(
            "all were given up",
            story(iteration=CURRENT),
            pi_objective(stage=Stage.CANCELLED),
            pi_objective(21, team="Heron"),
            subject=_FALCON,
        ),
        bad("planned for the next iteration of the interval", story(iteration=NEXT), pi_objective(team="Heron"), subject=_FALCON),
        good("one objective", story(iteration=CURRENT), pi_objective(), subject=_FALCON),
        good("ten objectives", story(iteration=CURRENT), *_objectives(10), subject=_FALCON),
        good("nothing is planned", story(iteration=CURRENT), pi_objective(), subject=_HERON),
        good("the interval before", story(interval=PAST_INTERVAL), pi_objective(team="Heron"), subject=_PAST),
        good("cancelled work is none", story(iteration=CURRENT, team="Heron", stage=Stage.CANCELLED), pi_objective(), subject=_HERON),
        good(
            "a train's objectives are its teams'",
            story(iteration=CURRENT),
            pi_objective(team="Heron", interval="PI 27.1"),
            subject=f"group:objectives:train|Payments|{CURRENT_INTERVAL}",
        ),
        good(
            "the next interval is still being planned",
            story(interval="PI 27.1", iteration=None),
            pi_objective(),
            subject="group:objectives:team|Falcon|PI 27.1",
        ),
    ),
    cases=(
        good("three days after it began", story(interval="PI 30.1"), pi_objective(), subject=_OWN, around=with_interval("PI 30.1", -3)),
        bad("four days after it began", story(interval="PI 30.1"), pi_objective(), subject=_OWN, around=with_interval("PI 30.1", -4)),
        good("within the first days", story(iteration=CURRENT), pi_objective(team="Heron"), subject=_FALCON, options={"grace_days": 44}),
        bad("a day later", story(iteration=CURRENT), pi_objective(team="Heron"), subject=_FALCON, options={"grace_days": 43}),
    ),
)
