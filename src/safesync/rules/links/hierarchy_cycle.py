"""
When an item stands above itself, over however many others, every sum over the hierarchy is wrong or never ends, and what belongs to
what can no longer be told.

We follow all parents, across projects and trackers. A cycle is reported once, on the first of its items that is open, with the way
round; of its steps the one whose kinds fit least is named as the likeliest slip.

How to fix: take away one of the parents.

Known false positives: none.
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule

RULE = Rule(
    code="LK705",
    name="hierarchy-cycle",
    level=Level.LINKS,
    judges=tuple(Kind),
    source="SAFe, Requirements Model: each item is part of one of the level above",
    flaw="hierarchy_cycle IS NOT NULL",
    absorbs=("LK701", "LK703"),
    severity=Severity.ERROR,
    remedy="Remove one of these parents; the likeliest slip is {hierarchy_cycle_weakest}.",
    evidence="Each stands below the next: {hierarchy_cycle}. Items in the knot: {hierarchy_cycle_items}.",
    examples=(
        bad("an item below itself", story(parent="jira:1")),
        bad("two below each other", story(parent="jira:2"), feature(parent="jira:1")),
        bad("over three levels", story(parent="jira:2"), feature(parent="jira:3"), epic(parent="jira:1")),
        bad("told on the first that is open", feature(2, parent="jira:1"), story(1, parent="jira:2", stage=Stage.DONE)),
        good("told once", feature(2, parent="jira:1"), story(1, parent="jira:2")),
        good("a line up to the epic", story(parent="jira:2"), feature(parent="jira:3"), epic()),
        good("below a cycle, not in it", story(7, parent="jira:1"), story(1, parent="jira:2"), feature(parent="jira:1")),
    ),
)
