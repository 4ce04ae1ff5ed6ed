"""
Old work in progress is where forecasts die: what has been under way for longer than nearly all of its kind ever took is stuck, too
large, or forgotten.

We compare the days since work on an item began with the flow time that 85 of 100 items of its kind did not exceed: those of its
train that were done in the last 90 days, where there are at least 30, else those of all trains. With fewer than 30 nobody can say
what is usual, and the rule is not evaluable. Work younger than `min_days` is not judged. Beside that, an epic may be in analysis
for `max_analysis_days`, and a feature ready for `max_ready_days`, about two planning intervals. What is blocked and has a date, and
what is being validated, is left out.

How to fix: decide: finish it, split it, or stop it.

Known false positives: kinds that are of very different sizes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage, Transition
from safesync.rules.examples import NOW, bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How old is old."""

    min_days: int = Field(default=10, ge=0, le=3650, description="Days under way up to which nothing is judged, however quick others are.")
    count_validating: bool = Field(default=False, description="Whether what is being validated is judged too.")
    max_analysis_days: int = Field(default=90, ge=0, le=3650, description="Days that an epic may be in analysis.")
    max_ready_days: int = Field(default=140, ge=0, le=3650, description="Days that a feature may be ready and waiting.")


def _usual(days: int, count: int = 30, **fields: Any) -> tuple[Item, ...]:
    """Stories that were done a week ago after so many days each."""
    ended = NOW - timedelta(days=7)
    history = (Transition(ended - timedelta(days=days), Stage.IN_PROGRESS), Transition(ended, Stage.DONE))
    return tuple(story(100 + number, stage=Stage.DONE, transitions=history, **fields) for number in range(count))


def _under_way(days: int, stage: Stage = Stage.IN_PROGRESS, **fields: Any) -> Item:
    started = Transition(NOW - timedelta(days=days), Stage.IN_PROGRESS)
    later = () if stage is Stage.IN_PROGRESS else (Transition(NOW - timedelta(days=1), stage),)
    return story(stage=stage, transitions=(started, *later), **fields)


RULE = Rule(
    code="FL405",
    name="item-under-way-for-long",
    level=Level.FLOW,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.STORY, Kind.SPIKE, Kind.BUG),
    source="SAFe, Flow time; the numbers are SafeSync's",
    options=Options,
    flaw="(stage = 'in_progress' OR :count_validating) AND days_since_started > usual_flow_time"
    " AND days_since_started > :min_days AND NOT (blocked AND (due_on IS NOT NULL OR target_end IS NOT NULL))"
    " OR kind = 'epic' AND stage = 'analysis' AND days_in_stage > :max_analysis_days"
    " OR kind = 'feature' AND stage = 'ready' AND days_in_stage > :max_ready_days",
    severity=Severity.WARNING,
    remedy="Decide about it: finish it, split it, or stop it.",
    evidence="In the stage {stage} for {days_in_stage} days",
    figures=(
        "work began {days_since_started} days ago",
        "usual are at most {usual_flow_time} days (85 of 100; {usual_flow_time_of})",
    ),
    examples=(
        bad("longer than usual", _under_way(13), *_usual(12)),
        bad("validating counts where it is asked for", _under_way(13, Stage.VALIDATING), *_usual(12), options={"count_validating": True}),
        bad("a date, and not blocked", _under_way(13, due_on=NOW.date()), *_usual(12)),
        bad("blocked without a date", _under_way(13, blocked=True), *_usual(12)),
        bad("an epic in analysis", epic(stage=Stage.ANALYSIS, days_in_stage=91)),
        bad("a feature that waits for three intervals", feature(days_in_stage=141)),
        good("as long as usual", _under_way(12), *_usual(12)),
        good("validated with the customer", _under_way(13, Stage.VALIDATING), *_usual(12)),
        good("blocked until a date", _under_way(13, blocked=True, due_on=NOW.date()), *_usual(12)),
        good("blocked until a planned end", _under_way(13, blocked=True, target_end=NOW.date()), *_usual(12)),
        good("an epic in analysis since a quarter", epic(stage=Stage.ANALYSIS, days_in_stage=90)),
        good("a feature in analysis may take longer", feature(stage=Stage.ANALYSIS, days_in_stage=141)),
        good("a feature that waits for two intervals", feature(days_in_stage=140)),
    ),
    cases=(
        bad("eleven days where three are usual", _under_way(11), *_usual(3)),
        good("ten days where three are usual", _under_way(10), *_usual(3)),
        good("an epic that waits", epic(days_in_stage=141)),
        good("done, where validating counts", _under_way(13, Stage.DONE), *_usual(12), options={"count_validating": True}),
        *(bad(f"of a {kind.value}", _under_way(13, kind=kind), *_usual(12, kind=kind)) for kind in (Kind.CAPABILITY, Kind.SPIKE, Kind.BUG)),
    ),
)
