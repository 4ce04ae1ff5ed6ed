"""
When each of several items waits for the next one and the last for the first, none of them can begin.

We follow what open items need, across projects and trackers. A cycle is reported once, on the first of its items, with the way round.
Of two items that need each other the link is usually drawn twice, once too often: that is reported as an information.

How to fix: take away one link, or split the item that two others wait for.

Known false positives: links of the kind "blocks" that are used for "belongs together".
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, feature, good, story
from safesync.rules.rule import Level, Rule

RULE = Rule(
    code="LK710",
    name="dependency-cycle",
    level=Level.LINKS,
    judges=tuple(Kind),
    source="SAFe, PI Planning: dependencies are resolved or planned one after the other",
    flaw="dependency_cycle IS NOT NULL",
    severity=Severity.INFO,
    error_when="dependency_cycle_items > 2",
    remedy="Take away one of these links, or split an item that others wait for.",
    evidence="Each needs the next: {dependency_cycle}. Items that wait for each other: {dependency_cycle_items}.",
    examples=(
        bad("two that need each other", story(depends_on="jira:7"), story(7, depends_on="jira:1"), severity=Severity.INFO),
        bad(
            "three in a circle",
            story(depends_on="jira:7"),
            story(7, depends_on="jira:2"),
            feature(depends_on="jira:1"),
            severity=Severity.ERROR,
        ),
        good("told once, on the first", story(7, depends_on="jira:1"), story(1, depends_on="jira:7")),
        good("a chain", story(depends_on="jira:7"), story(7, depends_on="jira:8"), story(8)),
        good("one of the circle is done", story(depends_on="jira:7"), story(7, depends_on="jira:1", stage=Stage.DONE)),
        good("it waits for a circle", story(depends_on="jira:7"), story(7, depends_on="jira:8"), story(8, depends_on="jira:7")),
    ),
)
