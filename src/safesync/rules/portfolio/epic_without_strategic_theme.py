"""
Strategic themes connect the portfolio to the strategy of the enterprise. Spending that serves no theme is the core worry
of portfolio management: it may be right, but nobody has said why.

Epics from analysis on need a theme, and so do features above which no epic stands. A theme counts when the item or anything above
it carries it, and, when the configuration lists the themes, when it is one of these.

How to fix: link a theme, or ask whether the epic should be done at all.

Known false positives: keeping the lights on, when it is not classed as maintenance.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Who needs none."""

    exempt_classes: frozenset[str] = Field(default=frozenset({"maintenance"}), description="Work classes that need no theme.")


RULE = Rule(
    code="PF305",
    name="epic-without-strategic-theme",
    level=Level.PORTFOLIO,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Strategic Themes: connect the portfolio to the strategy of the enterprise",
    options=Options,
    when="open AND (kind = 'epic' AND stage >= 'analysis' OR kind <> 'epic' AND NOT has_epic_ancestor)",
    flaw="themes IS NULL AND NOT work_class IN :exempt_classes",
    absorbs=("PF308",),
    severity=Severity.WARNING,
    remedy="Link the strategic theme that it serves, or ask whether it should be done.",
    evidence="No known theme on it or above it. Themes that stand on it: {own_themes}.",
    examples=(
        bad("an epic without a theme", epic(stage=Stage.ANALYSIS)),
        bad("a feature on its own", feature()),
        good("an epic with a theme", epic(stage=Stage.ANALYSIS, themes=("trust",))),
        good("the epic above it answers for the theme", feature(parent="jira:3"), epic(themes=("trust",))),
        bad("a capability on its own", capability()),
        good("an idea in the funnel", epic(stage=Stage.FUNNEL)),
        good("an epic that is done", epic(stage=Stage.DONE)),
        good("the epic above it is asked, and not the feature", feature(parent="jira:3"), epic()),
        good("keeping the lights on", epic(stage=Stage.ANALYSIS, work_class=WorkClass.MAINTENANCE)),
    ),
)
