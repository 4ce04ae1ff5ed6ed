"""
Compliance that nobody tested is a claim. An auditor asks three things about each obligation: is it defined, is it covered by work,
is that work tested?

We look at stories and features that an obligation stands behind, from validation on, and count the tests that are linked to them,
from either end (Xray, Zephyr, Azure Test Plans). A feature may have its own tests, or a test for each piece of work below it.

How to fix: link the test. A control that is no software is proven by evidence instead (`accept_evidence`).

Known false positives: tests in a tool that leaves no link. Whether the newest execution passed is not looked at.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Evidence, EvidenceKind, Kind, Stage, WorkClass
from safesync.rules.examples import bad, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What counts instead of a test."""

    accept_evidence: bool = Field(default=True, description="Whether evidence counts where there is no test.")


_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}
_DONE: dict[str, Any] = {**_OBLIGED, "stage": Stage.DONE}
_PAGE = (Evidence(EvidenceKind.PAGE),)

RULE = Rule(
    code="CP603",
    name="regulatory-work-without-test",
    level=Level.COMPLIANCE,
    judges=(Kind.STORY, Kind.FEATURE),
    source="SAFe, Compliance: continuously verify and validate",
    options=Options,
    when="regulatory AND stage IN ('validating', 'done')",
    flaw="tests = 0 AND (work_below = 0 OR work_tested_below < work_below) AND NOT (:accept_evidence AND evidence_links > 0)",
    severity=Severity.WARNING,
    error_when="stage = 'done'",
    remedy="Link the test that shows it, or the evidence where it is no software.",
    evidence="Tests linked to it: {tests}, evidence: {evidence_links}. Below it {work_tested_below} of {work_below} have a test; "
    "without one: {untested_keys}.",
    examples=(
        bad("a story in validation", story(**_OBLIGED, stage=Stage.VALIDATING), severity=Severity.WARNING),
        bad("a feature with nothing below it", feature(**_DONE), severity=Severity.ERROR),
        bad(
            "one of two stories has none",
            feature(**_DONE),
            story(1, parent="jira:2", tested_by="jira:90"),
            story(7, parent="jira:2"),
        ),
        bad("evidence, where it does not count", story(**_DONE, evidence=_PAGE), options={"accept_evidence": False}),
        bad("a story is not tested by those below it", story(**_DONE), story(7, parent="jira:1", tested_by="jira:90")),
        good("not built yet", story(**_OBLIGED)),
        good("no obligation", story(stage=Stage.DONE)),
        good("a test", story(**_DONE, tested_by="jira:90")),
        good("the feature has its own test", feature(**_DONE, tested_by="jira:90"), story(parent="jira:2")),
        good("each story has a test", feature(**_DONE), story(parent="jira:2", tested_by="jira:90")),
        good("a control that is no software", story(**_DONE, evidence=_PAGE)),
    ),
)
