"""
When an item needs another one that is planned to end later, the plan cannot work as it is drawn.

The end is the item's own last day, else that of its iteration, else that of its interval. A supplier that ends on the same day is
in time, one that is done does not matter, and one without any end, or whose end is over although it is open, is not late but
unplanned. It is an error when the supplier is planned in a later planning interval. With `strict` a supplier has to end before the
item begins, even within one iteration.

How to fix: swap iterations, split the item, or agree on what is handed over earlier.

Known false positives: parallel work against an agreed interface (give the item that waits the label `dependency-agreed`).
"""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, LONG_PAST, NEXT, NEXT_INTERVAL, PAST, bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions

_DAY = date(2026, 12, 1)
_TOGETHER = (story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT))


class Options(RuleOptions):
    """How late is late."""

    tolerance_days: int = Field(default=0, ge=0, le=365, description="Days that a dependency may end after the item itself.")
    strict: bool = Field(default=False, description="Whether a dependency has to end before the item begins, and not only before it ends.")
    agreed_label: str = Field(default="dependency-agreed", description="Label of items whose later dependencies are agreed on.")


RULE = Rule(
    code="LK709",
    name="dependency-planned-late",
    level=Level.LINKS,
    judges=(Kind.STORY, Kind.FEATURE, Kind.EPIC),
    source="SAFe, PI Planning: the ART planning board shows dependencies and when they are due",
    options=Options,
    flaw="NOT has_label(:agreed_label)"
    " AND (late_dependency_days > :tolerance_days OR :strict AND overlapping_dependency_days > :tolerance_days)",
    severity=Severity.WARNING,
    error_when="late_dependency_crosses",
    remedy="Plan what it depends on earlier or this item later, split it, or agree on an earlier hand-over.",
    evidence="Against the plan",
    figures=("{late_dependency_key} is {late_dependency_when}", "{overlapping_dependency}"),
    examples=(
        bad("an iteration too late", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=NEXT), severity=Severity.WARNING),
        bad(
            "an interval too late",
            feature(interval=CURRENT_INTERVAL, depends_on="jira:7"),
            feature(7, interval=NEXT_INTERVAL),
            severity=Severity.ERROR,
        ),
        bad("an epic a day too late", epic(target_end=_DAY, depends_on="jira:7"), epic(7, target_end=_DAY + timedelta(days=1))),
        bad(
            "a day more than is let pass",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7, iteration=NEXT),
            options={"tolerance_days": 13},
        ),
        good(
            "as late as is let pass",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7, iteration=NEXT),
            options={"tolerance_days": 14},
        ),
        good("agreed on", story(iteration=CURRENT, depends_on="jira:7", labels=("Dependency-agreed",)), story(7, iteration=NEXT)),
        good("in time", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=PAST)),
        good("on the same day", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT)),
        good("done", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=NEXT, stage=Stage.DONE)),
        good("in no plan", story(iteration=CURRENT, depends_on="jira:7"), story(7)),
        good("both were planned for iterations that are over", story(iteration=LONG_PAST, depends_on="jira:7"), story(7, iteration=PAST)),
        bad("it was planned long ago, the other is to come", story(iteration=PAST, depends_on="jira:7"), story(7, iteration=NEXT)),
        bad("within one iteration, where that is strict", *_TOGETHER, options={"strict": True}),
        bad(
            "it begins on the day before the other ends",
            epic(target_start=_DAY, depends_on="jira:7"),
            epic(7, target_end=_DAY + timedelta(days=1)),
            options={"strict": True},
        ),
        good(
            "it begins on the day on which the other ends",
            epic(target_start=_DAY, depends_on="jira:7"),
            epic(7, target_end=_DAY),
            options={"strict": True},
        ),
        good("as much as is let pass, where that is strict", *_TOGETHER, options={"strict": True, "tolerance_days": 13}),
        good(
            "done, where that is strict",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7, iteration=CURRENT, stage=Stage.DONE),
            options={"strict": True},
        ),
    ),
)
