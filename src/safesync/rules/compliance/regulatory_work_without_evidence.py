"""
Evidence that is put together when the auditor is in the house costs more and convinces less than what was kept when the work
was done.

We look at stories, features and capabilities behind which an obligation stands and that are done, and count what hangs on them:
attachments, commits, pull requests, builds, deployments, test results, pages, links, and items linked as evidence. A feature
may have its own evidence, or some on each piece of work below it.

How to fix: attach or link the evidence.

Known false positives: evidence in a tool that leaves no link. What is in an attachment is not looked at: that it is there is all
that is known.
"""

from __future__ import annotations

from typing import Any

from safesync.model.finding import Severity
from safesync.model.item import Evidence, EvidenceKind, Kind, Stage, WorkClass
from safesync.rules.examples import bad, capability, feature, good, story
from safesync.rules.rule import Level, Rule

_DONE: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE, "stage": Stage.DONE}
_REPORT = (Evidence(EvidenceKind.ATTACHMENT),)

RULE = Rule(
    code="CP604",
    name="regulatory-work-without-evidence",
    level=Level.COMPLIANCE,
    judges=(Kind.STORY, Kind.FEATURE, Kind.CAPABILITY),
    source="SAFe, Compliance: evidence is a by-product of development",
    when="regulatory AND stage = 'done'",
    flaw="evidence_links = 0 AND (work_below = 0 OR work_evidenced_below < work_below)",
    severity=Severity.ERROR,
    remedy="Attach or link the evidence that this was done.",
    evidence="Linked pieces of evidence {evidence_links}",
    figures=("none below it for {unevidenced_keys}",),
    examples=(
        bad("nothing hangs on it", story(**_DONE)),
        bad("a document-only obligation without its document", feature(**_DONE, labels=("evidence-only",))),
        bad(
            "one of two stories has none",
            capability(**_DONE),
            feature(parent="jira:5"),
            story(1, parent="jira:2", evidence=_REPORT),
            story(7, parent="jira:2"),
        ),
        bad("what hangs on a part of a story is not on the story", story(**_DONE), story(7, parent="jira:1", evidence=_REPORT)),
        good("not done yet", story(work_class=WorkClass.COMPLIANCE)),
        good("no obligation", story(stage=Stage.DONE)),
        good("a report is attached", story(**_DONE, evidence=_REPORT)),
        good("the feature has its own", feature(**_DONE, evidence=_REPORT), story(parent="jira:2")),
        good("each story has some", feature(**_DONE), story(parent="jira:2", evidence=_REPORT)),
    ),
)
