"""
A story below no feature serves no plan that anybody above the team can see: it takes capacity and appears nowhere.

SAFe allows stories from the team's own context; give them the label `local-work`. While no more than `local_work_share` of what a team
does in an iteration stands below no feature, that is a remark and no warning.

How to fix: set the feature it belongs to as its parent, in whichever tracker that feature lives.

Known false positives: support and maintenance (name their classes in `exempt_classes`). A parent that SafeSync may not read
is no false positive: then the rule says nothing.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Who may stand alone."""

    local_label: str = Field(default="local-work", description="Label of stories from the team's own context.")
    local_work_share: float = Field(
        default=20, ge=0, le=100, description="Share of a team's stories in an iteration that may stand alone, in percent."
    )
    exempt_classes: frozenset[str] = Field(default=frozenset(), description="Work classes that need no feature.")


def _with_feature(count: int, **fields: Any) -> tuple[Item, ...]:
    """As many stories of the iteration below one feature."""
    return (feature(), *(story(10 + at, parent="jira:2", iteration=CURRENT, **fields) for at in range(count)))


RULE = Rule(
    code="LK701",
    name="orphan-story",
    level=Level.LINKS,
    judges=Kind.STORY,
    source="SAFe, Story: most stories come from features; teams add some from their local context",
    options=Options,
    flaw="NOT has_feature_ancestor AND NOT has_label(:local_label) AND NOT work_class IN :exempt_classes",
    severity=Severity.INFO,
    warning_when="gate >= 'next' AND (local_share IS NULL OR local_share > :local_work_share)",
    remedy="Set the feature that it belongs to as its parent, or label it as local work.",
    evidence="Its parent: {parent_key}; no feature stands above it",
    figures=(
        "its parent is of kind {parent_kind}",
        "{local_share} % of the team's stories in the iteration have none (up to {local_work_share} % may be local work)",
    ),
    examples=(
        bad("no parent", story(iteration=CURRENT)),
        bad("an epic is no feature", story(parent="jira:3", iteration=CURRENT), epic()),
        bad("planned for the next iteration", story(iteration=NEXT), severity=Severity.WARNING),
        bad("one of four, and one of five may be", story(iteration=CURRENT), *_with_feature(3), severity=Severity.WARNING),
        bad("one of five", story(iteration=CURRENT), *_with_feature(4), severity=Severity.INFO),
        bad("another team's do not count", story(iteration=CURRENT), *_with_feature(4, team="Heron"), severity=Severity.WARNING),
        bad("in no iteration", story(interval=CURRENT_INTERVAL), severity=Severity.WARNING),
        bad("ready to be pulled", story(), severity=Severity.INFO),
        bad("an idea", story(stage=Stage.ANALYSIS), severity=Severity.INFO),
        good("below a feature", story(parent="jira:2", iteration=CURRENT), feature()),
        good("below a story below a feature", story(parent="jira:7", iteration=CURRENT), story(7, parent="jira:2"), feature()),
        good("support", story(work_class=WorkClass.MAINTENANCE, iteration=CURRENT), options={"exempt_classes": {"maintenance"}}),
        good("local work", story(labels=("Local-Work",), iteration=CURRENT)),
    ),
    cases=(
        bad(
            "a little more than a fifth",
            *(story(number, iteration=CURRENT) for number in (1, 4, 5, 6, 7)),
            *_with_feature(19),
            severity=Severity.WARNING,
        ),
        bad("nobody knows whose it is", story(iteration=CURRENT, team=None, unseen=frozenset({"team"})), severity=Severity.WARNING),
    ),
)
