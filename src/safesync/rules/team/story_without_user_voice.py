"""
A story that says who wants what keeps the user in the conversation. It is a convention, and many good teams do without it: turn this
rule on where you have agreed on it.

We look in title and description, in every language that SafeSync reads. Enablers, bugs and spikes need no user voice.

How to fix: write "As a <role> I want <goal> so that <benefit>".

Known false positives: stories in another form that was agreed on, such as "When ..., I want ...".
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What belongs to it."""

    require_benefit: bool = Field(default=False, description="Whether the benefit must be said too: 'so that ...'.")
    classes: frozenset[str] = Field(
        default=frozenset({"feature"}), min_length=1, description="Work classes whose stories speak in user voice."
    )


RULE = Rule(
    code="TM104",
    name="story-without-user-voice",
    level=Level.TEAM,
    judges=Kind.STORY,
    source="SAFe, Story: user voice; enabler stories may be written otherwise",
    options=Options,
    when="open AND work_class IN :classes",
    flaw="story_voice = 'none' OR :require_benefit AND story_voice = 'partial'",
    severity=Severity.INFO,
    remedy="Say who wants what: as a role I want a goal, so that a benefit.",
    evidence="Found of role, goal and benefit: {story_voice_parts}.",
    examples=(
        bad("a task in a story's clothes", story(title="Add a column for the fee")),
        bad("no benefit, where it is required", story(title="As a payer I want to see the fee"), options={"require_benefit": True}),
        good("without a benefit", story(title="As a payer I want to see the fee")),
        good(
            "with all three",
            story(title="Fee", description="As a payer I want to see the fee so that I can choose the cheaper way"),
            options={"require_benefit": True},
        ),
        good("in German", story(title="Als Zahlende möchte ich die Gebühr sehen, damit ich den günstigeren Weg wähle")),
        good("done", story(title="Add a column for the fee", stage=Stage.DONE)),
        good("an enabler", story(title="Add a column for the fee", work_class=WorkClass.ENABLER)),
    ),
)
