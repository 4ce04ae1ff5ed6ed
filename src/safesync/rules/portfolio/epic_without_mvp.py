"""
Without an MVP the whole epic is the bet. The smallest thing that tests the hypothesis comes first, with a word about how
the result is measured; the rest is funded when that is known.

From ready on an epic needs one: described in its field or under a heading, or marked by the label `mvp` on a feature below it.

How to fix: describe the smallest test of the hypothesis, or mark the features that are it.

Known false positives: obligations that leave nothing to test: say so in the field, in a sentence (`min_words`), or exclude
their class.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions

_MVP = "One merchant in one country pays by the new way for four weeks; we count the payments that came through."


class Options(RuleOptions):
    """How much text is a description, and who needs none."""

    min_words: int = Field(default=10, ge=1, description="Fewer words than this describe nothing.")
    exempt_classes: frozenset[str] = Field(default=frozenset({"maintenance"}), description="Work classes that need no MVP.")
    measured: bool = Field(default=False, description="Whether the epic has to name a measure too: a number with a unit, a metric.")


RULE = Rule(
    code="PF304",
    name="epic-without-mvp",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Epic: the MVP tests the hypothesis; the number of words by SafeSync",
    options=Options,
    when="open AND stage >= 'ready' AND NOT work_class IN :exempt_classes",
    flaw="(mvp_words IS NULL OR mvp_words < :min_words) AND mvp_features = 0 OR :measured AND NOT measure_named",
    severity=Severity.WARNING,
    remedy="Describe the smallest test of the hypothesis and how it is measured, or label its features mvp.",
    evidence="Words about an MVP: {mvp_words} (at least {min_words});"
    " features with the label mvp: {mvp_features}; a measure is named: {measure_named}.",
    examples=(
        bad("ready, and nobody says where to begin", epic()),
        bad("nine words", epic(mvp="word " * 9)),
        bad("a feature, and nobody says that it is the MVP", epic(), feature(parent="jira:3")),
        good("described", epic(mvp=_MVP)),
        good("ten words", epic(mvp="word " * 10)),
        good("marked below", epic(), feature(parent="jira:3", labels=("MVP",))),
        good("keeping the lights on", epic(work_class=WorkClass.MAINTENANCE)),
        good("still analysed", epic(stage=Stage.ANALYSIS)),
        good("done", epic(stage=Stage.DONE)),
        bad("nothing that could be measured", epic(mvp="word " * 10), options={"measured": True}),
        good("a measure is named", epic(mvp="word " * 10, description="Payments take 8 s instead of 20 s"), options={"measured": True}),
        bad("more is asked here", epic(mvp=_MVP), options={"min_words": 30}),
    ),
)
