"""
An auditor asks which rule a change satisfies. When the item does not say it, somebody has to remember, and years later nobody
does.

We look at features, capabilities and epics that an obligation stands behind, in this order: links to requirements, the mapped
field with controls, and what title, labels and description name ("DORA Art. 12", "SOX-404"); what stands above an item
counts for it too.

How to fix: link the requirement, or write the control or article into the field or the description.

Known false positives: controls whose names SafeSync does not know (extend the lexicon). Where your trackers have no field for
controls, say so with `mapping.fields.controls: []`; until then the rule is not evaluable for items that name none.
"""

from __future__ import annotations

from typing import Any

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule

_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}

RULE = Rule(
    code="CP602",
    name="regulatory-work-without-source",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Compliance: traceability from regulation to solution",
    when="open AND regulatory",
    flaw="controls IS NULL",
    severity=Severity.WARNING,
    remedy="Name the requirement, control or article that this satisfies, or link it.",
    evidence="Looked at links to requirements, the field for controls, title, labels and description, here and above: {controls}.",
    examples=(
        bad("nothing is named", feature(**_OBLIGED)),
        bad("an epic by its label", epic(labels=("compliance",))),
        bad("a capability", capability(**_OBLIGED)),
        good("no obligation", feature()),
        good("done", feature(**_OBLIGED, stage=Stage.DONE)),
        good("a control in the field", feature(**_OBLIGED, controls="SOX-404")),
        good("a requirement is linked", feature(satisfies="jira:77")),
        good("the epic above it names it", feature(parent="jira:3"), epic(**_OBLIGED, controls="DORA Art. 12")),
    ),
)
