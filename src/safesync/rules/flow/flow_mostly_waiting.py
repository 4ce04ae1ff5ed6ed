"""
Most of the time that a feature takes is waiting, and nobody works faster by working harder. The largest queue is where to begin.

We take the features that a train finished in the last 180 days, from analysis on, and add up how long each was in which stage. The
stages in `waiting` are queues, the others are work. It is reported when work is less than `min_percent` of the whole; single digits are
common and worth a talk, not a blame. Where no finished feature was ever seen in a queue, the states of the tracker are not mapped
to one, and the rule is not evaluable.

How to fix: shorten the largest queue: pull less, decide sooner.

Known false positives: states that hide waiting in "in progress", which make it look better than it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage, Transition
from safesync.rules.examples import NOW, bad, feature, good
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_STAGES = ("analysis", "ready", "in_progress", "validating")


class Options(RuleOptions):
    """What is waiting, and how much of it is much."""

    waiting: frozenset[Stage] = Field(
        default=frozenset({Stage.READY}), min_length=1, description="Stages in which a feature waits for somebody."
    )
    min_percent: float = Field(default=15, gt=0, le=100, description="Share of the time in which a feature should be worked on.")
    min_features: int = Field(default=10, ge=1, description="Fewer finished features than this say nothing.")


def _efficiency(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None] | None:
    days = {stage: float(group[f"{stage}_days"] or 0) for stage in _STAGES}
    waited = sum(of for stage, of in days.items() if stage in options.waiting)
    if group["finished_features"] and not waited:
        return None
    total = sum(days.values())
    return {"efficiency": round((total - waited) / total * 100, 1) if total else None, "waiting_days": round(waited, 1)}


def _took(number: int, work: float, wait: float) -> Item:
    ended = NOW - timedelta(days=5)
    began, ready = ended - timedelta(days=work), ended - timedelta(days=work + wait)
    moves = (Transition(ready, Stage.READY), Transition(began, Stage.IN_PROGRESS), Transition(ended, Stage.DONE))
    return feature(number, train="Payments", stage=Stage.DONE, transitions=moves)


def _ten(work: float, wait: float) -> tuple[Item, ...]:
    return tuple(_took(10 + number, work, wait) for number in range(10))


RULE = Rule(
    code="FL407",
    name="flow-mostly-waiting",
    level=Level.FLOW,
    judges=Group.TRAIN_FLOW,
    source="SAFe, Flow efficiency; the numbers are SafeSync's",
    options=Options,
    limits=_efficiency,
    limit_facts=(
        Fact("efficiency", FactType.NUMBER, Sort.GROUPED, "Share of the days that was not waiting.", unit="percent"),
        Fact("waiting_days", FactType.NUMBER, Sort.GROUPED, "Days that these features waited on average.", unit="days"),
    ),
    when="finished_features >= :min_features",
    flaw="efficiency < :min_percent",
    severity=Severity.INFO,
    remedy="Shorten the largest queue: pull less at a time, decide sooner.",
    evidence="{finished_features} features of {train} waited {waiting_days} days on average and were worked on in {efficiency} % of the"
    " time: analysis {analysis_days}, ready {ready_days}, in progress {in_progress_days}, validating {validating_days} days.",
    numbers=(("Worked on", "{efficiency} %"), ("Waited", "{waiting_days} days"), ("Took longest", "{contributors}")),
    examples=(
        bad("a little less than fifteen days of a hundred", *_ten(14.9, 85.1), subject="group:train_flow:Payments"),
        bad("half, where more is asked for", *_ten(50, 50), subject="group:train_flow:Payments", options={"min_percent": 51}),
        good("fifteen days of a hundred", *_ten(15, 85), subject="group:train_flow:Payments"),
        good("too few to say anything", *_ten(14, 86)[:9], subject="group:train_flow:Payments"),
    ),
)
