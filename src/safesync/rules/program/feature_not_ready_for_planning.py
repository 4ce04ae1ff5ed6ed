"""
PI planning takes two days of a hundred people. A feature that is not ready for it wastes their time, or is planned on guesses.

We look at features of the next planning interval, and at the first `top_n` in the order of each train that are in no interval yet,
from `lead_days` before the next interval begins; an error from `last_days` before. When no next interval with days is known nothing
can be said. The points are one checklist, and the rules behind them say nothing of their own in the comment. A rule counts as it is
set for the feature: where it is off, its point is not asked.

How to fix: settle the open points, or pull another feature.

Known false positives: those of the rules behind the points; planning that takes place much earlier than the interval begins
(raise `lead_days`).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage, WorkClass
from safesync.rules.compliance import regulatory_work_without_source
from safesync.rules.examples import bad, feature, good, story, with_interval
from safesync.rules.links import orphan_feature, unplanned_dependency
from safesync.rules.program import (
    enabler_without_kind,
    feature_without_acceptance_criteria,
    feature_without_benefit_hypothesis,
    incomplete_wsjf,
    oversized_feature,
)
from safesync.rules.rule import Level, NotAbove, Part, Rule, RuleOptions


class Options(RuleOptions):
    """Which features, and from when on."""

    top_n: int = Field(default=10, ge=0, description="How many features in the order of each train, beside those of the next interval.")
    lead_days: int = Field(default=21, ge=0, le=365, description="Days before the next interval begins from which features must be ready.")
    last_days: Annotated[int, NotAbove("lead_days")] = Field(
        default=5, ge=0, le=365, description="Days before it from which it is an error."
    )


_SOON = "PI 27.0"
_IN_TIME, _TOO_EARLY = with_interval(_SOON, 21), with_interval(_SOON, 22)
_HYPOTHESIS = "If payers can save their account, then 20 % more of them finish the payment within one minute"


def _ready(number: int = 1, **fields: Any) -> Item:
    """A feature that is ready but for what is said."""
    known: dict[str, Any] = {
        "interval": _SOON,
        "train": "Payments",
        "acceptance": "Payers see the fee before they confirm, on web and phone",
        "benefit": _HYPOTHESIS,
        "themes": ("trust",),
        "rank": f"0|i{number:05}:",
    }
    return feature(number, **{**known, **fields})


RULE = Rule(
    code="PG208",
    name="feature-not-ready-for-planning",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, PI Planning: content readiness of the ART backlog; the days are SafeSync's",
    options=Options,
    when="NOT active AND days_to_next_interval <= :lead_days AND (interval_phase = 'next' OR interval IS NULL AND rank_in_train <= :top_n)",
    flaw="TRUE",
    parts=(
        Part("acceptance criteria", feature_without_acceptance_criteria.RULE),
        Part("a benefit hypothesis", feature_without_benefit_hypothesis.RULE),
        Part("all parts of WSJF", incomplete_wsjf.RULE),
        Part("somebody who answers for it", flaw="owner IS NULL", remedy="Name who answers for it."),
        Part("an epic or a theme", orphan_feature.RULE),
        Part("the kind of enabler", enabler_without_kind.RULE),
        Part("a size that fits", oversized_feature.RULE),
        Part("dependencies that are planned", unplanned_dependency.RULE),
        Part("the obligation that it meets", regulatory_work_without_source.RULE),
    ),
    severity=Severity.WARNING,
    error_when="days_to_next_interval <= :last_days",
    remedy="Settle the open points before PI planning, or pull another feature.",
    evidence="The next planning interval begins in {days_to_next_interval} days.",
    examples=(
        bad("no criteria", _ready(acceptance=None), around=_IN_TIME),
        bad("no benefit hypothesis", _ready(benefit=None), around=_IN_TIME),
        bad("no job size", _ready(job_size=None), around=_IN_TIME),
        bad("nobody answers for it", _ready(owner=None), around=_IN_TIME),
        bad("neither epic nor theme", _ready(themes=()), around=_IN_TIME),
        bad("an enabler of no kind", _ready(work_class=WorkClass.ENABLER), around=_IN_TIME),
        bad("it needs a feature that is in no plan", _ready(depends_on="jira:7"), feature(7), around=_IN_TIME),
        bad("an obligation of which nobody says which", _ready(work_class=WorkClass.COMPLIANCE), around=_IN_TIME),
        bad("thirty-one stories below it", _ready(), *(story(300 + n, parent="jira:1") for n in range(31)), around=_IN_TIME),
        bad("in no interval, and the first of its train", _ready(interval=None, acceptance=None), around=_IN_TIME),
        good(
            "the eleventh of its train",
            _ready(11, interval=None, acceptance=None),
            *(_ready(number, interval=None) for number in range(1, 11)),
            around=_IN_TIME,
        ),
        good("ready", _ready(), around=_IN_TIME),
        good("too early", _ready(acceptance=None), around=_TOO_EARLY),
        good("of the interval after that", _ready(acceptance=None, interval="PI 27.1"), around=_IN_TIME),
        good("done", _ready(owner=None, stage=Stage.DONE), around=_IN_TIME),
        good("begun already", _ready(acceptance=None, stage=Stage.IN_PROGRESS), around=_IN_TIME),
    ),
    cases=(
        bad("six days before", _ready(acceptance=None), around=with_interval(_SOON, 6), severity=Severity.WARNING),
        bad("five days before", _ready(acceptance=None), around=with_interval(_SOON, 5), severity=Severity.ERROR),
        bad(
            "the tenth of its train",
            _ready(10, interval=None, acceptance=None),
            *(_ready(number, interval=None) for number in range(1, 10)),
            around=_IN_TIME,
        ),
    ),
)
