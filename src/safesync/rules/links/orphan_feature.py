"""
The line from strategy to work is lost most often between epic and feature: a feature that belongs to no epic and carries
no theme cannot be weighed against the strategy.

In Essential SAFe features may be local to their train; then a theme is enough. With `require_epic` it must be an epic.

How to fix: link an epic or a theme.

Known false positives: enablers of a System Architect (`exclude: work_class = 'enabler'`); organisations without a portfolio level.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import NEXT_INTERVAL, bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What is enough."""

    require_epic: bool = Field(default=False, description="Whether an epic must stand above it; else a theme is enough.")


RULE = Rule(
    code="LK702",
    name="orphan-feature",
    level=Level.LINKS,
    judges=(Kind.FEATURE, Kind.CAPABILITY),
    source="SAFe, Features and Capabilities: portfolio epics are split into capabilities and features",
    options=Options,
    flaw="NOT has_epic_ancestor AND (themes IS NULL OR :require_epic)",
    absorbs=("PF305",),
    severity={Gate.READY: Severity.INFO, Gate.NEXT: Severity.WARNING},
    remedy="Link the epic that it belongs to, or the strategic theme that it serves.",
    evidence="Its parent: {parent_key}; no epic above it, themes: {themes}.",
    examples=(
        bad("neither epic nor theme", feature(interval=NEXT_INTERVAL), severity=Severity.WARNING),
        bad("ready to be planned", feature(), severity=Severity.INFO),
        bad("a capability too", capability(interval=NEXT_INTERVAL)),
        good("still analysed", feature(stage=Stage.ANALYSIS)),
        bad("a theme alone, where an epic is required", feature(themes=("trust",)), options={"require_epic": True}),
        good("below an epic", feature(parent="jira:3", interval=NEXT_INTERVAL), epic()),
        good("a theme is enough", feature(themes=("trust",), interval=NEXT_INTERVAL)),
    ),
)
