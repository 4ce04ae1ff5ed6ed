"""
Large initiatives are the third guardrail: above a threshold Lean Portfolio Management agrees before work starts, because
what has begun is hardly ever stopped.

We look at open epics, capabilities and features that are ready, being worked on, or whose features are: what each is expected to
cost (its forecast, else its estimate) against the threshold, and whether its approval says so and comes from somebody who may give
it. Work that is under way without any estimate is reported too, for nobody can tell its size. SAFe names no threshold: while none is
set the rule judges nothing.

How to fix: obtain the approval and record it, in the mapped field or in the file of approvals, or let the work wait.

Known false positives: an approval that is recorded elsewhere (map its field, or name it in the file of approvals);
epics from before the rule (`since`); features that carry the estimate of their epic.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, computed_field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT_INTERVAL, bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions

_SET: dict[str, Any] = {"threshold": 500_000}
_BOARD = {"threshold": 500_000, "approvers": ["Portfolio board"]}
_LARGE: dict[str, Any] = {"cost_estimate": 500_000.0, "stage": Stage.READY}


class Options(RuleOptions):
    """What is significant, and who agrees to it."""

    threshold: float = Field(default=0, ge=0, description="Cost from which an initiative is significant; 0: nobody has decided it yet.")
    statuses: frozenset[str] = Field(
        default=frozenset({"approved", "accepted", "go", "yes", "genehmigt", "freigegeben", "approuvé"}),
        min_length=1,
        description="Words, in small letters, that mean that it was approved.",
    )
    approvers: frozenset[str] = Field(default=frozenset(), description="Names of those who may approve; empty: anybody may.")
    estimate_required: bool = Field(default=True, description="Whether work under way without an estimate is told.")
    since: str = Field(
        default="1970-01-01", pattern=r"^\d{4}-\d{2}-\d{2}$", description="Only what was created on this day or later is judged."
    )

    @computed_field  # type: ignore[prop-decorator]  # pydantic's way
    @property
    def anybody(self) -> bool:
        """Whether it does not matter who approved."""
        return not self.approvers


RULE = Rule(
    code="GR505",
    name="significant-initiative-unapproved",
    level=Level.GUARDRAILS,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Lean Budget Guardrails: approving significant initiatives; the threshold is the organisation's",
    options=Options,
    unset="threshold",
    when=":threshold > 0 AND open AND (stage >= 'ready' OR active_features > 0) AND created_at >= :since",
    flaw="expected_cost >= :threshold AND (approval_status IS NULL OR NOT approval_status IN :statuses"
    " OR NOT :anybody AND (approver IS NULL OR NOT approver IN :approvers))"
    " OR :estimate_required AND kind = 'epic' AND (active OR active_features > 0) AND expected_cost IS NULL",
    severity={Gate.BACKLOG: Severity.WARNING, Gate.ACTIVE: Severity.ERROR},
    remedy="Obtain and record the approval of Lean Portfolio Management, with an estimate, or let the work wait.",
    evidence="Expected cost {expected_cost}, threshold {threshold}; stage {stage}, features being worked on {active_features};"
    " approval {approval}",
    figures=("by {approver}", "on {approved_on}", "to be given by {approvers}"),
    examples=(
        bad("as large as the threshold, ready, approved by nobody", epic(**_LARGE), options=_SET),
        bad("the approval is asked for, not given", epic(**_LARGE, approval="Requested"), options=_SET),
        bad("approved by somebody who may not", epic(**_LARGE, approval="Approved", approver="Kim"), options=_BOARD),
        bad(
            "still analysed, and its feature is being built",
            epic(cost_estimate=500_000.0, stage=Stage.ANALYSIS),
            feature(parent="jira:3", stage=Stage.IN_PROGRESS),
            options=_SET,
        ),
        bad("the forecast has outgrown the estimate", epic(cost_estimate=1.0, cost_forecast=500_000.0), options=_SET),
        bad("under way without an estimate", epic(stage=Stage.IN_PROGRESS), options=_SET, severity=Severity.ERROR),
        bad(
            "being built below it without an estimate",
            epic(stage=Stage.READY),
            feature(parent="jira:3", stage=Stage.VALIDATING),
            options=_SET,
        ),
        bad("a feature as large as an epic", feature(**_LARGE), options=_SET, severity=Severity.WARNING),
        good("approved", epic(**_LARGE, approval="Approved"), options=_SET),
        good("approved by one who may", epic(**_LARGE, approval="approved ", approver="Portfolio board"), options=_BOARD),
        good("smaller than the threshold", epic(cost_estimate=499_999.0), options=_SET),
        good("still analysed", epic(cost_estimate=500_000.0, stage=Stage.ANALYSIS), options=_SET),
        good(
            "its feature is done, nothing is under way", epic(stage=Stage.READY), feature(parent="jira:3", stage=Stage.DONE), options=_SET
        ),
        good("done long ago", epic(cost_estimate=500_000.0, stage=Stage.DONE), options=_SET),
        good("a feature needs no estimate in money", feature(stage=Stage.IN_PROGRESS), options=_SET),
        good("no estimate is asked for", epic(stage=Stage.IN_PROGRESS), options={**_SET, "estimate_required": False}),
        good("from before the rule", epic(**_LARGE), options={**_SET, "since": "2026-10-10"}),
        good("nobody has decided a threshold", epic(**_LARGE)),
    ),
    cases=(
        bad("planned for now, not begun", epic(**_LARGE, interval=CURRENT_INTERVAL), options=_SET, severity=Severity.WARNING),
        bad("approved by nobody knows whom", epic(**_LARGE, approval="Approved"), options=_BOARD),
        bad("a capability too", capability(**_LARGE), options=_SET),
        *(
            good(f"{word} is a yes", epic(**_LARGE, approval=word), options=_SET)
            for word in ("Accepted", "Go", "Yes", "Genehmigt", "Freigegeben", "Approuvé")
        ),
        bad("any threshold is one", epic(cost_estimate=1.0), options={"threshold": 1}),
        good("under way, and small", epic(cost_estimate=1.0, stage=Stage.IN_PROGRESS), options=_SET),
        bad("from the day of the rule", epic(**_LARGE), options={**_SET, "since": "2026-10-09"}),
    ),
)
