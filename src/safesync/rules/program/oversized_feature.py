"""
A feature that eats half of what a train can do in a planning interval cannot be put behind another one any more: with it the
whole interval fails or succeeds.

We add up the points of the stories, spikes and bugs below it and hold them against what its train got done on average in its last
ended intervals, at most three. More than `max_children` of them are too many in any case. A limit for the feature's own estimate is
off until `max_points` is set.

How to fix: split it by what can be shown to users one after the other.

Known false positives: a train whose earlier work is not in the trackers (raise `min_intervals`); job sizes are relative
and not compared with points, unless `job_size_in_points` says that they are.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.rules.examples import NEXT_INTERVAL, PAST_INTERVAL, bad, feature, good, story, with_interval
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What is too large."""

    max_share: float = Field(
        default=0.5, gt=0, le=1, description="Highest share of what the train gets done in an interval that one feature may be."
    )
    min_intervals: int = Field(default=2, ge=1, description="So many ended intervals tell what a train gets done.")
    max_children: int = Field(default=30, ge=1, description="Most stories, spikes and bugs below one feature.")
    max_points: float = Field(default=0, ge=0, description="Highest estimate of the feature itself, in points; 0 for no limit.")
    job_size_in_points: bool = Field(default=False, description="Whether the job size of WSJF is in story points.")


_OLDER = "PI 26.2"
_AROUND = with_interval(_OLDER, -140)


def _done(points: float, *intervals: str) -> tuple[Item, ...]:
    return tuple(story(200 + number, stage=Stage.DONE, points=points, interval=label) for number, label in enumerate(intervals))


def _large(**fields: Any) -> Item:
    return feature(**{"interval": NEXT_INTERVAL, "train": "Payments", **fields})


def _below(count: int, points: float) -> tuple[Item, ...]:
    return tuple(story(300 + number, parent="jira:2", points=points) for number in range(count))


_TWO = _done(40.0, PAST_INTERVAL, _OLDER)

RULE = Rule(
    code="PG205",
    name="oversized-feature",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, Features: sized to fit into one planning interval of one train; the shares are SafeSync's",
    options=Options,
    flaw="train_intervals >= :min_intervals AND story_points > :max_share * train_velocity"
    " OR stories > :max_children"
    " OR :max_points > 0 AND points > :max_points"
    " OR :job_size_in_points AND train_intervals >= :min_intervals AND job_size > :max_share * train_velocity",
    severity={Gate.READY: Severity.WARNING},
    remedy="Split it by what can be shown to users one after the other.",
    evidence="Stories, spikes and bugs below it {stories}, their points {story_points}",
    figures=("its train gets {train_velocity} points done in an interval", "its own estimate is {points}", "its job size is {job_size}"),
    examples=(
        bad("more than half of the interval", _large(), *_below(3, 6.8), *_TWO, around=_AROUND),
        good("half of the interval", _large(), *_below(2, 10.0), *_TWO, around=_AROUND),
        good("one interval tells little", _large(), *_below(3, 7.0), *_done(40.0, PAST_INTERVAL), around=_AROUND),
        bad("thirty-one stories, and ready to be planned", _large(interval=None), *_below(31, 0.0), severity=Severity.WARNING),
        good("thirty stories", _large(), *_below(30, 0.0)),
        bad("its own estimate", _large(points=41.0), *_below(1, 1.0), options={"max_points": 40}),
        good("as large as it may be", _large(points=40.0), *_below(1, 1.0), options={"max_points": 40}),
        good("no limit for its estimate", _large(points=500.0), *_below(1, 1.0)),
        bad(
            "its job size in points",
            _large(job_size=21.0),
            *_below(1, 1.0),
            *_TWO,
            options={"job_size_in_points": True},
            around=_AROUND,
        ),
        good(
            "a small job size in points",
            _large(job_size=20.0),
            *_below(1, 1.0),
            *_TWO,
            options={"job_size_in_points": True},
            around=_AROUND,
        ),
        good(
            "its job size in points, and one interval",
            _large(job_size=21.0),
            *_below(1, 1.0),
            *_TWO[:1],
            options={"job_size_in_points": True},
            around=_AROUND,
        ),
        bad("a limit of one point", _large(points=2.0), *_below(1, 1.0), options={"max_points": 1}),
        good("its job size is relative", _large(job_size=21.0), *_below(1, 1.0), *_TWO, around=_AROUND),
        good("an idea may be large", _large(stage=Stage.FUNNEL, interval=None), *_below(31, 0.0)),
    ),
)
