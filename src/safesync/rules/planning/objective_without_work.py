"""
An objective that no work is linked to shows no progress until the last day, and then surprises. The same holds when all of its
work was cancelled or moved to another interval.

We look at committed objectives from a few days after their interval began, and count the items that contribute to them, stand below
them or are what they need; the keys in the file that `organisation.data.objectives` names count too.

How to fix: link the features or stories that will bring it about.

Known false positives: objectives that are events, such as an audit: give them a due day. Work that is linked by "relates
to" alone: map that type of link as `contributes_to`.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT_INTERVAL, NEXT_INTERVAL, PAST_INTERVAL, bad, feature, good, pi_objective, story, with_interval
from safesync.rules.rule import Level, Rule, RuleOptions

_OBJECTIVE = "jira:20"


class Options(RuleOptions):
    """By when the work is known."""

    grace_days: int = Field(default=3, ge=0, le=365, description="Days after the beginning of the interval without linked work.")


RULE = Rule(
    code="PI803",
    name="objective-without-work",
    level=Level.PLANNING,
    judges=Kind.PI_OBJECTIVE,
    source="SAFe, PI Objectives: they summarise planned features and stories",
    options=Options,
    without="map a type to pi_objective, or name a file as organisation.data.objectives",
    when="open AND (committed IS NULL OR committed) AND due_on IS NULL AND days_since_interval_start > :grace_days"
    " AND days_since_interval_end <= 0",
    flaw="linked_work = 0",
    severity=Severity.INFO,
    remedy="Link the features or stories that bring the objective about.",
    evidence="{interval}: {linked_work} items contribute to it; cancelled or planned in another interval: {lost_work}.",
    examples=(
        bad("nothing is linked", pi_objective()),
        bad("its feature was cancelled", pi_objective(), feature(contributes_to=_OBJECTIVE, stage=Stage.CANCELLED)),
        bad("its feature went to the next interval", pi_objective(), feature(contributes_to=_OBJECTIVE, interval=NEXT_INTERVAL)),
        bad("nobody said that it is uncommitted", pi_objective(committed=None)),
        good("a feature contributes", pi_objective(), feature(contributes_to=_OBJECTIVE, interval=CURRENT_INTERVAL)),
        good("a story stands below it", pi_objective(), story(parent=_OBJECTIVE)),
        good("it needs a feature", pi_objective(depends_on="jira:2"), feature()),
        good(
            "one of two is left",
            pi_objective(),
            feature(contributes_to=_OBJECTIVE, stage=Stage.CANCELLED),
            story(contributes_to=_OBJECTIVE),
        ),
        good("an event with its day", pi_objective(due_on=date(2026, 12, 1))),
        good("uncommitted", pi_objective(committed=False)),
        good("done", pi_objective(stage=Stage.DONE)),
        good("planned for later", pi_objective(interval=NEXT_INTERVAL)),
        good("over", pi_objective(interval=PAST_INTERVAL)),
    ),
    cases=(
        good("three days after the begin", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -3)),
        bad("four days after the begin", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -4)),
        bad("on the last day of the interval", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -69)),
        good("a day after the end of the interval", pi_objective(interval="PI 30.1"), around=with_interval("PI 30.1", -70)),
        good("within the first days", pi_objective(), options={"grace_days": 44}),
        bad("a day later", pi_objective(), options={"grace_days": 43}),
    ),
)
