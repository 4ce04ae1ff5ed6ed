"""
That legal and risk agreed must be provable: by whom, and when. An approval by the person who did the work proves nothing.

We look at features, capabilities and epics that an obligation stands behind, from validation on: the mapped fields with the
status of the approval, who gave it and when. It counts when the status says that it was given, a person and a day stand beside
it, that person is not the owner, and is one of `organisation.approvers` where these are named. Nor may it be who changed the
acceptance criteria last, or the description where these stand there (`editors`). Jira's history tells that; Azure DevOps does not without
a call for each item, and what is approved there cannot be judged until `editors` is turned off for that tracker.

How to fix: a second person approves, in the tracker's fields.

Known false positives: approvals that are kept in another tool (map a field that holds their status); an approver who mended a
typo.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, capability, epic, feature, good, unknown
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Who may not approve."""

    editors: bool = Field(default=True, description="Whether an approval does not count by who changed the acceptance criteria last.")


_DONE: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE, "stage": Stage.DONE}
_VALIDATING: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE, "stage": Stage.VALIDATING}
_DAY = date(2026, 11, 2)
_GIVEN: dict[str, Any] = {"approval": "Approved", "approver": "Lea", "approved_on": _DAY}

RULE = Rule(
    code="CP605",
    name="regulatory-work-without-approval",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Compliance: validation and approval by those who answer for it",
    options=Options,
    when="regulatory AND stage IN ('validating', 'done')",
    flaw="sign_off <> 'given' OR :editors AND approved_by_editor",
    severity=Severity.WARNING,
    error_when="stage = 'done'",
    remedy="Let a second person who may do so approve it, with name and day.",
    evidence="Approval {sign_off}",
    figures=("status {approval}", "by {approver}", "on {approved_on}", "owner {owner}", "criteria changed last by {criteria_editor}"),
    examples=(
        bad("nobody approved it", feature(**_DONE), severity=Severity.ERROR),
        bad("still asked for", epic(**_VALIDATING, approval="In review"), severity=Severity.WARNING),
        bad("refused", feature(**_DONE, approval="Rejected", approver="Lea", approved_on=_DAY)),
        bad("a status alone", capability(**_VALIDATING, approval="Approved")),
        bad("without a day", feature(**_DONE, approval="Approved", approver="Lea")),
        bad("by its own owner", feature(**_DONE, approval="Approved", approver="kim", approved_on=_DAY)),
        bad("by who wrote the criteria", feature(**_DONE, **_GIVEN, criteria_editor="LEA")),
        unknown("nobody tells who wrote them", feature(**_DONE, **_GIVEN, unseen=frozenset({"criteria_editor"}))),
        good("where writing and approving may be one", feature(**_DONE, **_GIVEN, criteria_editor="Lea"), options={"editors": False}),
        good("written by another one", feature(**_DONE, **_GIVEN, criteria_editor="Kim")),
        good("not built yet", epic(work_class=WorkClass.COMPLIANCE)),
        good("no obligation", feature(stage=Stage.DONE)),
        good("by somebody else", feature(**_DONE, approval="Approved", approver="Lea", approved_on=_DAY)),
        good("in German", epic(**_VALIDATING, approval="Freigegeben", approver="Lea", approved_on=_DAY)),
    ),
)
