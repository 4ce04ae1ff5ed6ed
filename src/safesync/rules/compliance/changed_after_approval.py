"""
What was approved is what was written on that day. When the text changes afterwards and nobody approves it again, the approval is
about something that is not being built.

SafeSync keeps the text of description and acceptance criteria as it first sees it with an approval, and compares: flawed is what
differs in more than `min_delta` of its words, or in any number or day. Markup and the order of words do not count. A new day of
approval begins anew.

How to fix: let it be approved again, or take the change back.

Known false positives: corrections of typing errors in short texts. Who changed the text is not known, so a bot's edit counts. A
text that SafeSync saw first more than a day after its approval may have changed before: as long as it stays as it was seen, the
rule is not evaluable for it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How much is a change."""

    min_delta: float = Field(default=0.1, ge=0, le=1, description="Share of the words of both texts that may differ.")


_DAY = date(2026, 11, 2)
_APPROVED: dict[str, Any] = {"approval": "Approved", "approver": "Lea", "approved_on": _DAY, "approved_text_seen_on": _DAY}
_NINE = "payers see the fee before they confirm their payment"
_TEN = f"{_NINE} once"
_LONG = f"{_NINE} in every shop abroad"

RULE = Rule(
    code="CP609",
    name="changed-after-approval",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.REQUIREMENT),
    source="SafeSync; SAFe, Compliance: what is validated is what was agreed",
    options=Options,
    when="stage <> 'cancelled'",
    flaw="approved_text_change > :min_delta",
    severity=Severity.WARNING,
    remedy="Let it be approved again, or take the change back.",
    evidence="Approved on {approved_on}; since then {approved_text_change} % of its words changed."
    " A changed number or day counts as 100 %.",
    examples=(
        bad("another scope", feature(**_APPROVED, approved_text="pay by card", description="pay by cheque, abroad")),
        bad("one number", epic(**_APPROVED, approved_text="refunds within 5 days", description="refunds within 9 days")),
        bad("a day", capability(**_APPROVED, approved_text="from 2027-01-17 on", description="from 2027-03-17 on")),
        bad("a requirement", feature(kind=Kind.REQUIREMENT, **_APPROVED, approved_text="pay by card", description="pay by cheque")),
        bad("three words of twenty-nine", feature(**_APPROVED, approved_text=_LONG, description=f"{_LONG} and at home")),
        good("as it was approved", feature(**_APPROVED, approved_text="pay by card", description="pay by *card*")),
        good("two words of twenty", feature(**_APPROVED, approved_text=_TEN, description=f"{_NINE} twice")),
        good("given up", feature(**_APPROVED, stage=Stage.CANCELLED, approved_text="pay by card", description="pay by cheque")),
    ),
)
