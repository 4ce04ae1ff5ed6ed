"""
Criteria such as "works fast and is user friendly" move the discussion to the review: everybody agrees until they see it.
A list of more than ten is usually several stories in one.

A criterion counts as vague when it has a vague word and nothing that can be checked: no number, no quoted text,
no code. How to fix: replace the adjective by a result that can be observed; split the item when the list is long.

Known false positives: short but exact criteria in words that the lexicon takes for vague ones; lists of error codes
that count as one criterion each.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind
from safesync.rules.examples import CURRENT, bad, good, story
from safesync.rules.rule import Level, Rule, RuleOptions

_TWELVE = "\n".join(f"- Given {n} orders, when they are paid, then {n} receipts are sent" for n in range(2, 14))


class Options(RuleOptions):
    """How much is too vague."""

    max_criteria: int = Field(default=10, ge=1, description="More criteria than this mean several items in one.")
    max_vague_share: float = Field(default=0.5, ge=0, le=1, description="Highest share of criteria that may be vague.")


RULE = Rule(
    code="TM102",
    name="vague-acceptance-criteria",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.FEATURE),
    source="Common readiness rule: criteria that pass or fail",
    options=Options,
    flaw="acceptance_verdict = 'weak' OR acceptance_verdict = 'ok' AND "
    "(acceptance_count > :max_criteria OR acceptance_vague_share > :max_vague_share)",
    severity={Gate.READY: Severity.INFO, Gate.CURRENT: Severity.WARNING},
    remedy="Say for each criterion what can be observed; split the item when the list is long.",
    evidence="What we found: {acceptance_places}.",
    examples=(
        bad("only vague phrases", story(acceptance="Works fast and is user friendly", iteration=CURRENT)),
        bad("twelve criteria", story(acceptance=_TWELVE, iteration=CURRENT)),
        good("one exact criterion", story(acceptance="Given a guest, when she opens /admin, then she gets HTTP 403", iteration=CURRENT)),
        good("no criteria at all are another rule's matter", story(iteration=CURRENT)),
    ),
)
