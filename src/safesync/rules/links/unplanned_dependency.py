"""
What is planned on top of something that nobody has planned is a hope. A team finds out in the middle of its iteration, when it is
too late to plan anything else.

Of what is planned for now or next we look at every item that it needs. Such a supplier is amiss when it is cancelled; when it has
not begun and stands in no iteration or interval, or only in one that is over, and has no day of its own that is still to come; or
when it has neither a team nor an owner. It is also amiss when it is to end before the item begins, the item begins in `lead_days`
or less, and the supplier has not begun. A supplier that is being worked on is well, and so is one without timeboxes where its team
uses none.

How to fix: have the supplier planned with a date, or plan the item later.

Known false positives: links that were forgotten when the plan changed. Links that only relate two items never count.
"""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT, NEXT, NEXT_INTERVAL, NOW, PAST_INTERVAL, bad, capability, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


def _in(days: int) -> date:
    """A day of the examples, so many days from theirs."""
    return NOW.date() + timedelta(days=days)


class Options(RuleOptions):
    """How early a supplier must have begun."""

    lead_days: int = Field(
        default=5, ge=0, le=365, description="Days before the item begins at which a supplier that is to end before must have begun."
    )


RULE = Rule(
    code="LK711",
    name="unplanned-dependency",
    level=Level.LINKS,
    judges=(Kind.STORY, Kind.SPIKE, Kind.FEATURE, Kind.CAPABILITY, Kind.EPIC),
    source="SAFe, PI Planning: the ART planning board shows each dependency in the iteration in which it is delivered",
    options=Options,
    flaw="unplanned_dependencies > 0 OR unstarted_dependency_days <= :lead_days",
    severity={Gate.NEXT: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Have what it needs planned with a date, or plan this item later.",
    evidence="Of what it needs",
    figures=("without a plan ({unplanned_dependencies}): {unplanned_dependency}", "late to begin: {unstarted_dependency}"),
    examples=(
        bad(
            "in no iteration",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7),
            story(8, iteration=NEXT),
            severity=Severity.ERROR,
        ),
        bad("cancelled", story(iteration=NEXT, depends_on="jira:7"), story(7, stage=Stage.CANCELLED), severity=Severity.WARNING),
        bad("left behind in an interval that is over", story(iteration=CURRENT, depends_on="jira:7"), story(7, interval=PAST_INTERVAL)),
        bad("nobody's", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT, team=None, owner=None)),
        bad(
            "a feature in no interval", feature(interval=NEXT_INTERVAL, depends_on="jira:7"), feature(7), feature(8, interval=NEXT_INTERVAL)
        ),
        bad(
            "the day it was promised for is over",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7, due_on=_in(-1)),
            story(8, iteration=NEXT),
        ),
        bad(
            "not begun five days before",
            story(iteration=CURRENT, target_start=_in(5), depends_on="jira:7"),
            story(7, iteration=CURRENT, target_end=_in(4)),
        ),
        good("planned for the same iteration", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT)),
        good("planned later, which is told as late", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=NEXT)),
        good(
            "in no iteration, but begun",
            story(iteration=CURRENT, depends_on="jira:7"),
            story(7, stage=Stage.IN_PROGRESS),
            story(8, iteration=NEXT),
        ),
        good(
            "in no iteration, but done", story(iteration=CURRENT, depends_on="jira:7"), story(7, stage=Stage.DONE), story(8, iteration=NEXT)
        ),
        good("promised for a day", story(iteration=CURRENT, depends_on="jira:7"), story(7, due_on=_in(0)), story(8, iteration=NEXT)),
        good("its team plans without iterations", story(iteration=CURRENT, depends_on="jira:7"), story(7, team="Heron")),
        good("itself in no plan", story(depends_on="jira:7"), story(7, stage=Stage.CANCELLED)),
    ),
    cases=(
        bad("of a spike", story(kind=Kind.SPIKE, iteration=CURRENT, depends_on="jira:7"), story(7), story(8, iteration=NEXT)),
        *(
            bad(f"of {name}", item, feature(7), feature(8, interval=NEXT_INTERVAL))
            for name, item in (
                ("a capability", capability(interval=NEXT_INTERVAL, depends_on="jira:7")),
                ("an epic", epic(interval=NEXT_INTERVAL, depends_on="jira:7")),
            )
        ),
        bad(
            "not begun twelve days before, where twelve are asked for",
            story(iteration=NEXT, depends_on="jira:7"),
            story(7, iteration=CURRENT),
            options={"lead_days": 12},
        ),
        good("a team without an owner", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT, owner=None)),
        good("an owner without a team", story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=CURRENT, team=None)),
        good(
            "not begun six days before",
            story(iteration=CURRENT, target_start=_in(6), depends_on="jira:7"),
            story(7, iteration=CURRENT, target_end=_in(5)),
        ),
        good(
            "begun five days before",
            story(iteration=CURRENT, target_start=_in(5), depends_on="jira:7"),
            story(7, iteration=CURRENT, target_end=_in(4), stage=Stage.IN_PROGRESS),
        ),
        good(
            "to end on the day on which it begins",
            story(iteration=CURRENT, target_start=_in(5), depends_on="jira:7"),
            story(7, iteration=CURRENT, target_end=_in(5)),
        ),
    ),
)
