"""
A story below no feature serves no plan that anybody above the team can see: it takes capacity and appears nowhere.

SAFe allows stories from the team's own context; give them the label `local-work`.

How to fix: set the feature it belongs to as its parent, in whichever tracker that feature lives.

Known false positives: support and maintenance (name their classes in `exempt_classes`). A parent that SafeSync may not read
is no false positive: then the rule says nothing.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT, NEXT, bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Who may stand alone."""

    local_label: str = Field(default="local-work", description="Label of stories from the team's own context.")
    exempt_classes: frozenset[str] = Field(default=frozenset(), description="Work classes that need no feature.")


RULE = Rule(
    code="LK701",
    name="orphan-story",
    level=Level.LINKS,
    judges=Kind.STORY,
    source="SAFe, Story: most stories come from features; teams add some from their local context",
    options=Options,
    flaw="NOT has_feature_ancestor AND NOT has_label(:local_label) AND NOT work_class IN :exempt_classes",
    severity={Gate.BACKLOG: Severity.INFO, Gate.NEXT: Severity.WARNING},
    remedy="Set the feature that it belongs to as its parent, or label it as local work.",
    evidence="Its parent: {parent_key}; no feature stands above it.",
    examples=(
        bad("no parent", story(iteration=CURRENT)),
        bad("an epic is no feature", story(parent="jira:3", iteration=CURRENT), epic()),
        bad("planned for the next iteration", story(iteration=NEXT), severity=Severity.WARNING),
        bad("ready to be pulled", story(), severity=Severity.INFO),
        bad("an idea", story(stage=Stage.ANALYSIS), severity=Severity.INFO),
        good("below a feature", story(parent="jira:2", iteration=CURRENT), feature()),
        good("below a story below a feature", story(parent="jira:7", iteration=CURRENT), story(7, parent="jira:2"), feature()),
        good("support", story(work_class=WorkClass.MAINTENANCE, iteration=CURRENT), options={"exempt_classes": {"maintenance"}}),
        good("local work", story(labels=("Local-Work",), iteration=CURRENT)),
    ),
)
