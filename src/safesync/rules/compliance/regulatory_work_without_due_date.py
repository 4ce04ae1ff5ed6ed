"""
An obligation without a day cannot be put in order with other work, and is remembered when it is too late.

We look at open features, capabilities and epics that an obligation stands behind: their due day, that of a requirement that is
linked to them, or that of something above them.

How to fix: enter the day from which the rule holds. An obligation that has none because it always holds carries the label
`continuous`.

Known false positives: days that stand only in a text.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule

_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}

RULE = Rule(
    code="CP606",
    name="regulatory-work-without-due-date",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SafeSync; SAFe, Roadmap: external deadlines are milestones",
    when="open AND regulatory",
    flaw="obligation_due IS NULL AND NOT has_label('continuous')",
    severity=Severity.WARNING,
    remedy="Enter the day from which the obligation holds.",
    evidence="No due day on it, on a requirement linked to it, or above it.",
    examples=(
        bad("no day", feature(**_OBLIGED)),
        bad("an epic", epic(**_OBLIGED)),
        bad("a capability", capability(**_OBLIGED)),
        good("no obligation", feature()),
        good("done", feature(**_OBLIGED, stage=Stage.DONE)),
        good("its own day", feature(**_OBLIGED, due_on=date(2027, 1, 17))),
        good("the day of the epic", feature(parent="jira:3"), epic(**_OBLIGED, due_on=date(2027, 1, 17))),
        good("it always holds", feature(**_OBLIGED, labels=("continuous",))),
    ),
)
