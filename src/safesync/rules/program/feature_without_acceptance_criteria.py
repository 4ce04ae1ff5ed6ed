"""
Teams estimate a feature and split it by what it must do to be accepted. Without acceptance criteria every team imagines another
feature, and nobody can say afterwards whether it is there.

We look where people really write them: the field, a section or numbered lines of the description, Given/When/Then, a checklist. For
an enabler exit criteria or a Definition of Done count. Ideas in the funnel may be vague.

A line that stands unchanged in five or more items of its project and type, and in every fifth of those with criteria, is a template's or
a Definition of Done: it says nothing of this one.

How to fix: write the conditions by which Product Management will accept the feature, in the field or below a heading "Acceptance
criteria" in the description.

Known false positives: criteria that stand only in an attachment or on a linked page; a checklist app whose field is not mapped;
features of which linked tests say enough (`exclude: tests > 0`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT_INTERVAL, NEXT_INTERVAL, bad, capability, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What counts as none."""

    verdicts: frozenset[str] = Field(
        default=frozenset({"missing", "empty", "placeholder"}), min_length=1, description="Which verdicts count as no acceptance criteria."
    )
    min_words: int = Field(default=0, ge=0, description="Criteria of fewer words in all count as none.")
    min_own_lines: int = Field(
        default=1, ge=0, description="Criteria with fewer lines that are not also in many others of its project and type count as none."
    )


_DONE = "- The change is on the test system\n- The release notes name it"
_FOUR_ALIKE = tuple(feature(number, acceptance=_DONE) for number in range(11, 15))
"""With the one that is judged, five that say the same."""

RULE = Rule(
    code="PG201",
    name="feature-without-acceptance-criteria",
    level=Level.PROGRAM,
    judges=(Kind.FEATURE, Kind.CAPABILITY),
    source="SAFe, Features and Capabilities: each has a benefit hypothesis and acceptance criteria",
    options=Options,
    when="open AND stage <> 'funnel'",
    flaw="acceptance_verdict IN :verdicts OR acceptance_words < :min_words OR acceptance_own_lines < :min_own_lines",
    severity={Gate.BACKLOG: Severity.INFO, Gate.READY: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Add acceptance criteria: the conditions by which Product Management will accept it.",
    evidence="What we found: {acceptance_places}",
    figures=("{acceptance_own_lines} lines of its own",),
    examples=(
        bad("nothing written", feature(interval=CURRENT_INTERVAL), severity=Severity.ERROR),
        bad("ready to be planned", feature(), severity=Severity.WARNING),
        bad("a capability too", capability(interval=NEXT_INTERVAL), severity=Severity.WARNING),
        bad("a placeholder is no criterion", feature(acceptance="TBD", interval=CURRENT_INTERVAL)),
        bad("an unfilled template", feature(description="h3. Acceptance Criteria\n* Criterion 1\n* Criterion 2")),
        bad(
            "a heading with nothing below it", feature(description="h3. Acceptance Criteria", stage=Stage.ANALYSIS), severity=Severity.INFO
        ),
        bad("fewer words than the options ask for", feature(acceptance="Refuse with HTTP 403"), options={"min_words": 5}),
        bad("what every feature says", feature(acceptance=_DONE), *_FOUR_ALIKE),
        good("what every feature says, where that is enough", feature(acceptance=_DONE), *_FOUR_ALIKE, options={"min_own_lines": 0}),
        good("a line of its own", feature(acceptance=f"{_DONE}\n- The fee is shown before payers confirm"), *_FOUR_ALIKE),
        good("what a few others say too", feature(acceptance=_DONE), *_FOUR_ALIKE[1:]),
        good("just as many words as the options ask for", feature(acceptance="Refuse payments above the limit"), options={"min_words": 5}),
        good("conditions that can be checked", feature(acceptance="Payers see the fee before they confirm, on web and phone")),
        good(
            "an enabler with a Definition of Done",
            feature(work_class=WorkClass.ENABLER, description="h3. Definition of Done\n* All 12 services log in one format"),
        ),
        good("done", feature(stage=Stage.DONE)),
        good("an idea in the funnel may be vague", feature(stage=Stage.FUNNEL)),
    ),
)
