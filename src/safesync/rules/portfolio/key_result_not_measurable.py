"""
A key result is a number that moves from here to there. Without where it starts and where it is to end nobody can say whether it
moved; an objective without key results is a wish, and one with ten has no focus.

We look at open objectives and key results, of trackers and of the file that `organisation.data.okrs` names: baseline and target of
a key result, whether its progress was looked at lately, and how many key results an objective has.

How to fix: write baseline, target and the present value, and say how it is measured.

Known false positives: key results that are kept in a tool of their own, with nothing but a link here.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, good, key_result, objective
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How many, and how fresh."""

    most: int = Field(default=5, ge=1, description="Highest number of key results of an objective.")
    quiet_days: int = Field(
        default=22, ge=1, le=365, description="Working days that the progress of a key result may rest; a month has 22."
    )


def _results(count: int, **fields: Any) -> tuple[Any, ...]:
    return tuple(key_result(100 + number, parent="jira:30", **fields) for number in range(count))


RULE = Rule(
    code="PF309",
    name="key-result-not-measurable",
    level=Level.PORTFOLIO,
    judges=(Kind.OBJECTIVE, Kind.KEY_RESULT),
    source="SAFe, OKRs: three to five measurable key results; the days by SafeSync",
    options=Options,
    without="map types to objective and key_result, or name a file as organisation.data.okrs",
    flaw="kind = 'key_result' AND (baseline IS NULL OR target IS NULL OR baseline = target"
    " OR working_days_since_human_change > :quiet_days)"
    " OR key_results = 0 OR key_results > :most",
    severity=Severity.INFO,
    remedy="Give each key result a baseline, a target and its present value; give an objective a few of them.",
    evidence="Baseline {baseline}, target {target}, now {progress}",
    figures=(
        "last changed {working_days_since_human_change} working days ago (a key result: at most {quiet_days})",
        "key results below it {key_results} (1 to {most})",
    ),
    examples=(
        bad("from nowhere", key_result(baseline=None)),
        bad("to nowhere", key_result(target=None)),
        bad("it is there already", key_result(baseline=10.0)),
        bad("nobody has looked for more than a month", key_result(changed_days_ago=33)),
        bad("a wish", objective()),
        bad("its only key result was given up", objective(), *_results(1, stage=Stage.CANCELLED)),
        bad("no focus", objective(), *_results(6)),
        good("measurable", key_result()),
        good("looked at a month ago", key_result(changed_days_ago=30)),
        good("an objective rests for as long as it likes", objective(changed_days_ago=90), *_results(1)),
        good("five of them", objective(), *_results(5)),
        good("reached", key_result(baseline=None, stage=Stage.DONE)),
        good("given up", objective(stage=Stage.CANCELLED)),
    ),
)
