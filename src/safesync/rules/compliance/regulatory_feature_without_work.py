"""
An obligation that nobody broke down into work will not be met: there is no trace from the rule of the regulator to what a team
does, and an auditor asks for just that trace.

We look at features and capabilities that an obligation stands behind (class compliance, a compliance label, a requirement
linked to it or above it), and count the stories, bugs and tasks below them at any depth, cancelled ones left out. Before it is
planned a feature may be empty; planned for the next interval it needs work, and once it is done some of that work is done too.

How to fix: create or link the stories. An obligation that only needs a document carries the label `evidence-only`; its
evidence is then looked at by CP604.

Known false positives: work in a tracker that SafeSync does not read.
"""

from __future__ import annotations

from typing import Any

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT_INTERVAL, NEXT_INTERVAL, bad, bug, capability, feature, good, story, task
from safesync.rules.rule import Level, Rule

_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}

RULE = Rule(
    code="CP601",
    name="regulatory-feature-without-work",
    level=Level.COMPLIANCE,
    judges=(Kind.FEATURE, Kind.CAPABILITY),
    source="SAFe, Compliance: build compliance in, with traceability from requirement to work",
    when="regulatory AND stage <> 'cancelled' AND NOT has_label('evidence-only')",
    flaw="work_below = 0 OR stage = 'done' AND work_done_below = 0",
    absorbs=("PG207",),
    severity={Gate.NEXT: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Create or link the stories that meet this obligation.",
    evidence="Work below it: {work_below}, of it done: {work_done_below}. Requirements: {controls}.",
    examples=(
        bad("planned for the next interval, and nothing below it", feature(**_OBLIGED, interval=NEXT_INTERVAL), severity=Severity.WARNING),
        bad("planned for now", capability(**_OBLIGED, interval=CURRENT_INTERVAL), severity=Severity.ERROR),
        bad("by its label", feature(labels=("Regulatory",), interval=NEXT_INTERVAL)),
        bad("by a requirement", feature(satisfies="jira:77", interval=NEXT_INTERVAL)),
        bad(
            "done, and nothing below it is",
            feature(**_OBLIGED, stage=Stage.DONE),
            story(parent="jira:2"),
        ),
        bad(
            "what was cancelled is no work",
            feature(**_OBLIGED, interval=NEXT_INTERVAL),
            story(parent="jira:2", stage=Stage.CANCELLED),
        ),
        good("no obligation", feature(interval=NEXT_INTERVAL)),
        good("given up", feature(**_OBLIGED, interval=NEXT_INTERVAL, stage=Stage.CANCELLED)),
        good("a document is all that it needs", feature(**_OBLIGED, interval=NEXT_INTERVAL, labels=("Evidence-Only",))),
        good("not planned yet", feature(**_OBLIGED)),
        good("work is below it", feature(**_OBLIGED, interval=NEXT_INTERVAL), story(parent="jira:2")),
        good("work below a feature is work below its capability", capability(**_OBLIGED), feature(parent="jira:5"), task(parent="jira:2")),
        good("done with its work", feature(**_OBLIGED, stage=Stage.DONE), story(parent="jira:2", stage=Stage.DONE), bug(parent="jira:2")),
    ),
)
