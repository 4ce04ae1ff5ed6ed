"""
The way back matters as much as the way down: from a story that calls itself compliance work an auditor must come to the obligation
that it serves. Without it the effort counts for nothing in an audit.

We look at open stories that carry one of the organisation's `compliance_labels` themselves. They need a requirement that is
linked to them, or a feature, epic or requirement above them behind which an obligation stands.

How to fix: set the parent, or link the requirement. Or take the label off, when it is not compliance work.

Known false positives: labels that were copied with a story.
"""

from __future__ import annotations

from typing import Any

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule

_LABELLED: dict[str, Any] = {"labels": ("Compliance",)}

RULE = Rule(
    code="CP610",
    name="compliance-story-untraced",
    level=Level.COMPLIANCE,
    judges=Kind.STORY,
    source="SAFe, Compliance: traceability in both directions",
    when="open AND regulatory_label",
    flaw="NOT regulatory_above",
    severity=Severity.WARNING,
    remedy="Set the regulatory feature as its parent, or link the requirement that it serves.",
    evidence="Label that obliges: {obliging_labels}; its parent: {parent_key}."
    " Nothing above it stands for an obligation, and no requirement is linked.",
    examples=(
        bad("on its own", story(**_LABELLED)),
        bad("below a feature of another class", story(**_LABELLED, parent="jira:2"), feature()),
        good("below a regulatory feature", story(**_LABELLED, parent="jira:2"), feature(work_class=WorkClass.COMPLIANCE)),
        good("done", story(**_LABELLED, stage=Stage.DONE)),
        good("an ordinary story", story()),
        good("two levels up", story(**_LABELLED, parent="jira:2"), feature(parent="jira:3"), epic(labels=("regulatory",))),
        good("a requirement is linked", story(**_LABELLED, satisfies="jira:77")),
    ),
)
