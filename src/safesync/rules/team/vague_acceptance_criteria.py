"""
Criteria such as "works fast and is user friendly" move the discussion to the review: everybody agrees until they see it.
A list of more than ten is usually several stories in one.

A criterion counts as vague when it has a vague word and nothing that can be checked: no number, no quoted text, no code.

How to fix: replace the adjective by a result that can be observed; split the item when the list is long.

Known false positives: short but exact criteria in words that the lexicon takes for vague ones; lists of error codes
that count as one criterion each.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, bad, feature, good, story
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions

_VAGUE = "Works fast and is user friendly"
_EXACT = "Given a guest, when she opens /admin, then she gets HTTP 403"
_OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}
_TWO = {"min_criteria_of_obligations": 2}


def _listed(exact: int, *, vague: int = 0) -> str:
    """So many criteria that can be checked, and so many that cannot."""
    lines = [f"- Given {n} orders, when they are paid, then {n} receipts are sent" for n in range(2, 2 + exact)]
    return "\n".join(
        [*lines, *(f"- Given a list of kind {kind}, when it is opened, then it is user friendly" for kind in "abcdef"[:vague])]
    )


class Options(RuleOptions):
    """How much is too vague."""

    max_criteria: int = Field(default=10, ge=1, description="More criteria than this mean several items in one.")
    max_vague_share: float = Field(default=0.5, ge=0, le=1, description="Highest share of criteria that may be vague.")
    min_criteria_of_obligations: Annotated[int, NotAbove("max_criteria")] = Field(
        default=1, ge=1, description="Fewest criteria of an item that an obligation stands behind."
    )


RULE = Rule(
    code="TM102",
    name="vague-acceptance-criteria",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.FEATURE),
    source="Common readiness rule: criteria that pass or fail",
    options=Options,
    flaw="acceptance_verdict = 'weak' OR acceptance_verdict = 'ok' AND "
    "(acceptance_count > :max_criteria OR acceptance_vague_share > :max_vague_share"
    " OR acceptance_count < :min_criteria_of_obligations AND regulatory)",
    severity={Gate.READY: Severity.INFO, Gate.CURRENT: Severity.WARNING},
    remedy="Say for each criterion what can be observed; split a long list, and add what an obligation lacks.",
    evidence="What we found: {acceptance_places}; too vague to check: {acceptance_vague_share} % of the criteria. "
    "At most {max_criteria} are usual, of an obligation at least {min_criteria_of_obligations}.",
    examples=(
        bad("only vague phrases", story(acceptance=_VAGUE, iteration=CURRENT), severity=Severity.WARNING),
        bad("planned for the next iteration", story(acceptance=_VAGUE, iteration=NEXT), severity=Severity.INFO),
        bad("ready to be pulled", story(acceptance=_VAGUE), severity=Severity.INFO),
        bad("of a feature", feature(acceptance=_VAGUE, interval=CURRENT_INTERVAL), severity=Severity.WARNING),
        bad("two words", story(acceptance="Refuse them", iteration=CURRENT)),
        bad("eleven criteria", story(acceptance=_listed(11), iteration=CURRENT)),
        bad("six of eleven are vague", story(acceptance=_listed(5, vague=6), iteration=CURRENT), options={"max_criteria": 20}),
        good("ten criteria", story(acceptance=_listed(10), iteration=CURRENT)),
        good("half of them are vague", story(acceptance=_listed(2, vague=2), iteration=CURRENT)),
        good("an idea may be vague", story(acceptance=_VAGUE, stage=Stage.ANALYSIS)),
        good("one exact criterion", story(acceptance=_EXACT, iteration=CURRENT)),
        bad("one for an obligation, where two are asked for", story(acceptance=_EXACT, **_OBLIGED), options=_TWO),
        good("two for an obligation", story(acceptance=_listed(2), **_OBLIGED), options=_TWO),
        good("no criteria at all are another rule's matter", story(iteration=CURRENT)),
    ),
    cases=(
        good("one for an obligation, where that is enough", story(acceptance=_EXACT, **_OBLIGED)),
        good("one where no obligation is", story(acceptance=_EXACT), options=_TWO),
        good("none for an obligation is another rule's matter", story(**_OBLIGED), options=_TWO),
        good("eleven placeholders are another rule's matter", story(acceptance="- TBD\n" * 11, iteration=CURRENT)),
    ),
)
