"""
A missed legal day costs fines or the licence. What cannot be finished in time is seen months before, when somebody adds it up.

We compare the day of the obligation (its own, its requirement's or that of something above it) with the plan and with the pace:
the last day on which it or open work below it is planned to end, and the days that the slowest team needs for the open points
below when every iteration is a slow one and nothing else is done. The plan may end on the day itself, for it says what somebody
decided (`plan_buffer_days`); the pace is a forecast and must end `buffer_days` before. What is not planned at all is at risk when the
day is nearer than `horizon_days`, about one planning interval. A target that is the due day once more, as where both are one field, is
no plan: then the iteration, the interval and the work below it count.

How to fix: plan it now, give it more people, or raise the risk with those who answer for the obligation.

Known false positives: work without estimates makes the pace look better, not worse. There is no pace before three finished
iterations; then only days are compared.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, LONG_PAST, NEXT, PAST, bad, capability, epic, feature, good, story
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """How early is early enough."""

    buffer_days: int = Field(
        default=14, ge=0, le=365, description="So many days before its day everything should be finished at this pace."
    )
    plan_buffer_days: int = Field(default=0, ge=0, le=365, description="So many days before its day the plan should end.")
    horizon_days: int = Field(default=70, ge=0, le=3650, description="What is due within so many days should be planned.")
    urgent_days: Annotated[int, NotAbove("horizon_days")] = Field(
        default=30, ge=0, le=365, description="Within so many days of its day it is an error."
    )


_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}
_SOON = date(2027, 1, 26)
_PACE = tuple(
    story(number, points=10.0, stage=Stage.DONE, iteration=iteration)
    for number, iteration in enumerate((LONG_PAST, "jira:iteration:2", PAST), start=20)
)
"""Ten points in each of three iterations of two weeks."""

RULE = Rule(
    code="CP607",
    name="regulatory-due-date-at-risk",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SafeSync; SAFe, Roadmap: external deadlines are milestones",
    options=Options,
    when="open AND regulatory",
    flaw="days_to_due < 0 OR days_plan_after_due + :plan_buffer_days > 0 OR finish_days > days_to_due - :buffer_days"
    " OR days_plan_after_due IS NULL AND days_to_due < :horizon_days",
    severity=Severity.WARNING,
    error_when="days_to_due < :urgent_days",
    remedy="Plan it now, give it more people, or raise the risk with those who answer for the obligation.",
    evidence="Due on {obligation_due}",
    figures=(
        "planned to end on {obligation_plan_end}",
        "open points below it {open_points_below}",
        "these take {finish_days} days at the pace of a slow iteration (they should be done {buffer_days} days before)",
    ),
    examples=(
        bad("over", feature(**_OBLIGED, due_on=date(2026, 11, 17), target_end=date(2026, 10, 1))),
        bad("planned to end a day too late", feature(**_OBLIGED, due_on=date(2027, 3, 1), target_end=date(2027, 3, 2))),
        bad(
            "planned into the days that should be left",
            feature(**_OBLIGED, due_on=date(2027, 3, 1), target_end=date(2027, 2, 16)),
            options={"plan_buffer_days": 14},
        ),
        bad("work below it ends later", epic(**_OBLIGED, due_on=date(2026, 12, 5)), story(parent="jira:3", iteration=NEXT)),
        bad("not planned, and due within an interval", capability(**_OBLIGED, due_on=_SOON)),
        bad(
            "thirty points are six weeks at ten in two",
            feature(**_OBLIGED, due_on=date(2027, 1, 12), target_end=date(2026, 12, 20)),
            story(parent="jira:2", points=30.0, iteration=CURRENT),
            *_PACE,
        ),
        bad("thirty days are left", feature(**_OBLIGED, due_on=date(2026, 12, 18)), severity=Severity.WARNING),
        bad("twenty-nine days are left", feature(**_OBLIGED, due_on=date(2026, 12, 17)), severity=Severity.ERROR),
        bad("the day stands there twice, and nothing is planned", feature(**_OBLIGED, due_on=_SOON, target_end=_SOON)),
        good("planned for the interval that ends on its day", feature(**_OBLIGED, due_on=date(2026, 12, 13), interval=CURRENT_INTERVAL)),
        good(
            "in time",
            feature(**_OBLIGED, due_on=date(2027, 3, 1), target_end=date(2027, 2, 15)),
            options={"plan_buffer_days": 14},
        ),
        good("not planned, and due after an interval", feature(**_OBLIGED, due_on=date(2027, 1, 27))),
        good(
            "the pace is enough",
            feature(**_OBLIGED, due_on=date(2027, 1, 13), target_end=date(2026, 12, 20)),
            story(parent="jira:2", points=30.0, iteration=CURRENT),
            *_PACE,
        ),
        good("over, but done", feature(**_OBLIGED, stage=Stage.DONE, due_on=date(2026, 11, 17))),
        good("an end of its own, and no obligation", feature(due_on=date(2026, 11, 17))),
        good("due today, and planned to be done before", feature(**_OBLIGED, due_on=date(2026, 11, 18), target_end=date(2026, 11, 4))),
    ),
)
