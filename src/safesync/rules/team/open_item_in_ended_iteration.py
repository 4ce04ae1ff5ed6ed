"""
What is left open in an iteration that is over drops out of every plan: it is in no sprint that anybody looks at, and the
velocity of the old one is wrong. Azure DevOps keeps the old iteration path, Jira the closed sprint.

How to fix: move it to the next iteration, split it, or close it.

Known false positives: iterations whose last day is wrong in the tracker; teams that close an iteration days after its end
(raise `grace_days`). Jira keeps closed sprints on items that went back to the backlog: after `history_days` nothing is said.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT, ENDED, LONG_PAST, PAST, bad, bug, good, story, with_ended
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """How long tidying up may take."""

    grace_days: Annotated[int, NotAbove("history_days")] = Field(
        default=1, ge=0, le=365, description="Days after the end of an iteration in which leftovers may be moved."
    )
    history_days: int = Field(
        default=120,
        ge=1,
        le=3650,
        description="Days after which an ended iteration is history: the item went back to the backlog long ago.",
    )


RULE = Rule(
    code="TM111",
    name="open-item-in-ended-iteration",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG),
    source="SAFe, Iteration Review and Planning: unfinished stories return to the team backlog",
    options=Options,
    flaw="days_since_iteration_end > :grace_days AND days_since_iteration_end <= :history_days",
    severity=Severity.WARNING,
    remedy="Move it to the next iteration, split it, or close it.",
    evidence="Its iteration {iteration_name} ended {days_since_iteration_end} days ago.",
    examples=(
        bad("left behind", story(iteration=PAST)),
        bad("a bug in progress too", bug(iteration=PAST, stage=Stage.IN_PROGRESS)),
        good("in the current iteration", story(iteration=CURRENT)),
        good("in none", story()),
        bad("two days late", story(iteration=ENDED), around=with_ended(2)),
        bad("after 120 days", story(iteration=ENDED), around=with_ended(120)),
        good("it ended yesterday", story(iteration=ENDED), around=with_ended(1)),
        good("after 121 days it is history", story(iteration=ENDED), around=with_ended(121)),
        good("its iteration is history", story(iteration=LONG_PAST), options={"history_days": 15}),
        bad("its iteration is not history yet", story(iteration=LONG_PAST), options={"history_days": 60}),
    ),
)
