"""
Enablers explore, build architecture, build infrastructure or meet an obligation. When nobody says which, a train cannot see that it
has explored nothing for a year, or built for its pipeline alone.

We look at items that are enablers by themselves, not at stories that are so by their feature. The kind stands in its field, or is a
label: exploration, architecture, infrastructure, compliance.

How to fix: set the field or the label.

Known false positives: organisations that do not tell enablers apart (turn the rule off).
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import NEXT_INTERVAL, bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule

_KINDS = ("exploration", "architecture", "infrastructure", "compliance")

RULE = Rule(
    code="PG209",
    name="enabler-without-kind",
    level=Level.PROGRAM,
    judges=(Kind.FEATURE, Kind.STORY, Kind.EPIC),
    source="SAFe, Enablers: exploration, architecture, infrastructure and compliance",
    when="open AND own_work_class = 'enabler'",
    flaw="enabler_kind IS NULL" + "".join(f" AND NOT has_label('{kind}')" for kind in _KINDS),
    severity={Gate.BACKLOG: Severity.INFO, Gate.NEXT: Severity.WARNING},
    remedy="Say what kind of enabler it is: exploration, architecture, infrastructure or compliance.",
    evidence="Its kind is empty and no label names one.",
    examples=(
        bad("a feature", feature(work_class=WorkClass.ENABLER, interval=NEXT_INTERVAL), severity=Severity.WARNING),
        bad("ready to be planned", feature(work_class=WorkClass.ENABLER), severity=Severity.INFO),
        bad("still analysed", feature(work_class=WorkClass.ENABLER, stage=Stage.ANALYSIS), severity=Severity.INFO),
        bad("a story", story(work_class=WorkClass.ENABLER, labels=("backend",))),
        bad("an epic", epic(work_class=WorkClass.ENABLER)),
        good("in its field", feature(work_class=WorkClass.ENABLER, enabler_kind="Architecture")),
        *(good(f"as a label: {kind}", feature(work_class=WorkClass.ENABLER, labels=(kind,))) for kind in _KINDS),
        good("done", feature(work_class=WorkClass.ENABLER, stage=Stage.DONE)),
        good("no enabler", feature()),
        good(
            "a story that is an enabler by its feature",
            story(work_class=WorkClass.UNKNOWN, parent="jira:2"),
            feature(work_class=WorkClass.ENABLER),
        ),
    ),
)
