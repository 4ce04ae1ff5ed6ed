"""
Capacity allocation is a percentage of what is known. When a tenth of the points carries no class, each share is wrong by up to that
tenth, and nobody can rely on them.

We add up the points of planned stories and bugs of a train in the current and the next interval; an item without a class takes that
of its feature. What Azure DevOps writes by itself (Value Area: Business) is no choice of anybody and counts only where the mapping
says so.

How to fix: give a class to the items that are listed, best to their features: stories inherit it.

Known false positives: intervals that are hardly planned yet (`min_points`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Stage, WorkClass
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT_INTERVAL, PAST_INTERVAL, bad, feature, good, story
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_SUBJECT = f"group:train_interval:Payments|{CURRENT_INTERVAL}"


class Options(RuleOptions):
    """How much may be unknown."""

    max_unknown: float = Field(default=10, ge=0, le=100, description="Highest share of points without a class, in percent.")
    min_points: float = Field(default=50, ge=0, description="Fewer planned points than this are no plan yet.")


RULE = Rule(
    code="GR504",
    name="work-without-class",
    level=Level.GUARDRAILS,
    judges=Group.TRAIN_INTERVAL,
    source="SAFe, Lean Budget Guardrails: capacity allocation; the share by SafeSync",
    options=Options,
    when="interval_phase IN ('current', 'next') AND sized_points >= :min_points",
    flaw="unknown_share > :max_unknown",
    severity=Severity.INFO,
    remedy="Give a work class to the features of the items listed; stories inherit it.",
    evidence="{train} in {interval}: {unknown_share} % of {sized_points} points have no work class (at most {max_unknown} %).",
    numbers=(("Most points without a class", "{unclassed}"),),
    examples=(
        bad("nothing is classed", story(points=50.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN), subject=_SUBJECT),
        bad(
            "a little more than a tenth",
            story(1, points=89.0, iteration=CURRENT),
            story(7, points=11.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN),
            subject=_SUBJECT,
        ),
        bad(
            "in the next interval too",
            story(points=50.0, interval=NEXT_INTERVAL, work_class=WorkClass.UNKNOWN),
            subject=f"group:train_interval:Payments|{NEXT_INTERVAL}",
        ),
        good(
            "a tenth",
            story(1, points=90.0, iteration=CURRENT),
            story(7, points=10.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN),
            subject=_SUBJECT,
        ),
        good(
            "the feature has a class",
            story(points=60.0, iteration=CURRENT, parent="jira:2", work_class=WorkClass.UNKNOWN),
            feature(),
            subject=_SUBJECT,
        ),
        good("hardly planned yet", story(points=49.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN), subject=_SUBJECT),
        good(
            "over and done",
            story(points=60.0, interval=PAST_INTERVAL, iteration=None, work_class=WorkClass.UNKNOWN),
            subject=f"group:train_interval:Payments|{PAST_INTERVAL}",
        ),
        good(
            "cancelled",
            story(1, points=60.0, iteration=CURRENT),
            story(7, points=60.0, iteration=CURRENT, stage=Stage.CANCELLED, work_class=WorkClass.UNKNOWN),
            subject=_SUBJECT,
        ),
    ),
)
