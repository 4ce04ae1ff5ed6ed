"""
A story is a promise between a Product Owner and a team. Without acceptance criteria nobody can say
when it is kept: the team guesses, the review disappoints, the story comes back.

We look where teams really write them: the field, a section or numbered lines of the description,
Given/When/Then, a checklist. Ideas may be vague; what a team commits to may not, so the
severity rises with the gate.

A line that stands unchanged in five or more items of its project and type, and in every fifth of those with criteria, is a template's or
a Definition of Done: it says nothing of this one.

How to fix: write one to five statements that can be checked, in the field for acceptance criteria or below a heading
"Acceptance criteria" in the description.

Known false positives: criteria that stand only in an attachment or on a linked page; a checklist app whose field is
not mapped; chores that need none (exclude them by their label); stories of which linked tests say enough (`exclude: tests > 0`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT, NEXT, bad, good, story
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
_FOUR_ALIKE = tuple(story(number, acceptance=_DONE) for number in range(11, 15))
"""With the one that is judged, five that say the same."""

RULE = Rule(
    code="TM101",
    name="story-without-acceptance-criteria",
    level=Level.TEAM,
    judges=Kind.STORY,
    source="SAFe, Iteration Planning: stories with clearly defined acceptance criteria",
    options=Options,
    flaw="acceptance_verdict IN :verdicts OR acceptance_words < :min_words OR acceptance_own_lines < :min_own_lines",
    severity={Gate.BACKLOG: Severity.INFO, Gate.READY: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Add acceptance criteria: one to five statements that can be checked.",
    evidence="What we found: {acceptance_places}",
    figures=("{acceptance_own_lines} lines of its own",),
    examples=(
        bad("nothing written", story(), severity=Severity.WARNING),
        bad("an idea may be vague", story(stage=Stage.ANALYSIS), severity=Severity.INFO),
        bad("planned for the next iteration", story(iteration=NEXT), severity=Severity.WARNING),
        bad("a placeholder is no criterion", story(acceptance="TBD", iteration=CURRENT), severity=Severity.ERROR),
        bad("a heading with nothing below it", story(description="h3. Acceptance Criteria\n\nh3. Notes\nSee the board.")),
        bad("fewer words than the options ask for", story(acceptance="Refuse with HTTP 403"), options={"min_words": 5}),
        bad("an unfilled template", story(description="h3. Acceptance Criteria\n* Criterion 1\n* Criterion 2")),
        bad("what every story says", story(acceptance=_DONE), *_FOUR_ALIKE),
        good("what every story says, where that is enough", story(acceptance=_DONE), *_FOUR_ALIKE, options={"min_own_lines": 0}),
        good("a line of its own", story(acceptance=f"{_DONE}\n- A row without an amount is refused"), *_FOUR_ALIKE),
        bad("fewer lines of its own than asked for", story(acceptance=f"{_DONE}\n- Refuse it"), *_FOUR_ALIKE, options={"min_own_lines": 2}),
        good("what a few others say too", story(acceptance=_DONE), *_FOUR_ALIKE[1:]),
        good("just as many words as the options ask for", story(acceptance="Refuse payments above the limit"), options={"min_words": 5}),
        good("testable", story(acceptance="Given a paid order, when it ships, then a receipt is sent to the payer")),
        good(
            "a section of the description",
            story(description="h3. Acceptance Criteria\n* 10,000 rows are exported in 5 seconds\n* A row without an amount is refused"),
        ),
    ),
)
