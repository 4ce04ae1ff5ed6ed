"""
A feature that is done while stories below it are open reports value that has not been delivered.

Bugs are left out: they come in after a release. Name other kinds in `ignore_kinds`.

How to fix: finish, move or cancel the children, or open the parent again.

Known false positives: children that were moved to a later interval on purpose and not given a new parent.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, bug, capability, epic, feature, good, story, task
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Which children count, and from when on."""

    ignore_kinds: frozenset[Kind] = Field(default=frozenset({Kind.BUG}), description="Kinds of children that may stay open.")
    grace_days: int = Field(default=1, ge=0, le=365, description="Days after the parent was done in which children may be tidied up.")


RULE = Rule(
    code="LK706",
    name="done-item-with-open-children",
    level=Level.LINKS,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Features: done when its acceptance criteria are met, which the stories below it deliver",
    options=Options,
    when="stage = 'done'",
    flaw="days_in_stage > :grace_days AND ("
    "open_capabilities > 0 AND NOT 'capability' IN :ignore_kinds OR open_features > 0 AND NOT 'feature' IN :ignore_kinds"
    " OR open_stories > 0 AND NOT 'story' IN :ignore_kinds OR open_bugs > 0 AND NOT 'bug' IN :ignore_kinds"
    " OR open_tasks > 0 AND NOT 'task' IN :ignore_kinds)",
    severity=Severity.WARNING,
    remedy="Finish, move or cancel the open children, or open this item again.",
    evidence="Open below it: {open_children_keys}.",
    examples=(
        bad("an open story", feature(stage=Stage.DONE, days_in_stage=5), story(parent="jira:2")),
        bad("an open feature", epic(stage=Stage.DONE, days_in_stage=5), feature(parent="jira:3")),
        bad("an open capability", epic(stage=Stage.DONE, days_in_stage=5), capability(parent="jira:3")),
        bad("an open task", feature(stage=Stage.DONE, days_in_stage=5), task(parent="jira:2")),
        bad(
            "a bug, where bugs count",
            feature(stage=Stage.DONE, days_in_stage=5),
            bug(parent="jira:2"),
            options={"ignore_kinds": frozenset[Kind]()},
        ),
        bad("a capability with an open feature", capability(stage=Stage.DONE, days_in_stage=5), feature(parent="jira:5")),
        bad("done two days ago", feature(stage=Stage.DONE, days_in_stage=2), story(parent="jira:2")),
        good("done yesterday", feature(stage=Stage.DONE, days_in_stage=1), story(parent="jira:2")),
        good(
            "no bug is open, where bugs count",
            feature(stage=Stage.DONE, days_in_stage=5),
            bug(parent="jira:2", stage=Stage.DONE),
            options={"ignore_kinds": frozenset[Kind]()},
        ),
        good("all done", feature(stage=Stage.DONE, days_in_stage=5), story(parent="jira:2", stage=Stage.DONE)),
        good("cancelled is not open", feature(stage=Stage.DONE, days_in_stage=5), story(parent="jira:2", stage=Stage.CANCELLED)),
        good("bugs come after a release", feature(stage=Stage.DONE, days_in_stage=5), bug(parent="jira:2")),
        good(
            "kinds that this organisation leaves open",
            epic(stage=Stage.DONE, days_in_stage=5),
            *(child(parent="jira:3") for child in (capability, feature, story, task)),
            options={"ignore_kinds": frozenset({Kind.CAPABILITY, Kind.FEATURE, Kind.STORY, Kind.TASK})},
        ),
        good("done this morning", feature(stage=Stage.DONE, days_in_stage=0), story(parent="jira:2")),
    ),
)
