"""
Compliance that nobody tested is a claim. An auditor asks three things about each obligation: is it defined, is it covered by work,
is that work tested?

We look at stories and features that an obligation stands behind, from validation on, and count the tests that are linked to them,
from either end (Xray, Zephyr, Azure Test Plans). A feature may have its own tests, or a test for each piece of work below it.

A test that failed proves the opposite, so the newest result of each linked test counts as well (`results`): from the mapped
field, from Azure Test Plans, or from the file `organisation.data.tests`. Where nothing tells the results of tests that are linked,
the rule cannot be judged.

How to fix: link the test, or make it pass. A control that is no software is proven by evidence instead (`accept_evidence`).

Known false positives: tests in a tool that leaves no link. Where nobody keeps results, turn `results` off.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Evidence, EvidenceKind, Kind, Link, Relation, Stage, WorkClass
from safesync.rules.examples import a_test, bad, feature, good, story, unknown
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What counts instead of a test."""

    accept_evidence: bool = Field(default=True, description="Whether evidence counts where there is no test.")
    results: bool = Field(default=True, description="Whether a linked test whose newest result is a failure counts as a flaw.")


_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}
_DONE: dict[str, Any] = {**_OBLIGED, "stage": Stage.DONE}
_TWO = (Link(Relation.TESTED_BY, "jira:90"), Link(Relation.TESTED_BY, "jira:91"))
_PAGE = (Evidence(EvidenceKind.PAGE),)

RULE = Rule(
    code="CP603",
    name="regulatory-work-without-test",
    level=Level.COMPLIANCE,
    judges=(Kind.STORY, Kind.FEATURE),
    source="SAFe, Compliance: continuously verify and validate",
    options=Options,
    when="regulatory AND stage IN ('validating', 'done')",
    flaw="tests = 0 AND (work_below = 0 OR work_tested_below < work_below) AND NOT (:accept_evidence AND evidence_links > 0)"
    " OR :results AND tests_failed > 0",
    severity=Severity.WARNING,
    error_when="stage = 'done'",
    remedy="Link the test that shows it and make it pass, or link the evidence where it is no software.",
    evidence="Linked tests {tests}, pieces of evidence {evidence_links}",
    figures=("no test below it for {untested_keys}", "failed at last {failed_test_keys}"),
    absorbs=("CP604",),
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
        bad("its test failed", story(**_DONE, tested_by="jira:90"), a_test(90, test_result="FAIL"), severity=Severity.ERROR),
        bad("one of two failed", story(**_DONE, links=_TWO), a_test(90, test_result="Passed"), a_test(91, test_result="Failed")),
        bad("its tests failed in all", feature(**_DONE, tested_by="jira:90", test_result="3.1 - NOK")),
        good("not built yet", story(**_OBLIGED)),
        good("no obligation", story(stage=Stage.DONE)),
        good("a test that passed", story(**_DONE, tested_by="jira:90"), a_test(90, test_result="Passed")),
        good("a test that was not run yet", story(**_DONE, tested_by="jira:90"), a_test(90)),
        good("the feature has its own test", feature(**_DONE, tested_by="jira:90"), story(parent="jira:2"), a_test(90)),
        good("each story has a test", feature(**_DONE), story(parent="jira:2", tested_by="jira:90")),
        good("results do not count", story(**_DONE, tested_by="jira:90"), a_test(90, test_result="FAIL"), options={"results": False}),
        unknown("nobody tells the result", story(**_DONE, tested_by="jira:90"), a_test(90, unseen=frozenset({"test_result"}))),
        unknown("a test that nobody saw", story(**_DONE, tested_by="jira:90")),
        good("a control that is no software", story(**_DONE, evidence=_PAGE)),
    ),
)
