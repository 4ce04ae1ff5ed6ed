"""
What stands a level too high or too low is counted twice in every sum above it, or not at all: a story below an epic is in no
feature, a feature below a feature hides in another one's progress.

We look at the parent's kind: stories stand below features, features below capabilities or epics, capabilities below epics, epics
below themes or objectives, tasks below what a team plans or below other tasks. A parent whose type is mapped to no kind is not
judged. What at least `usual_percent` of the items of a type in a project do is how people work there, and is not judged either; a
project with fewer than five such items is held against its whole tracker.

How to fix: set a parent of the level above, or name the pair in `also`.

Known false positives: an organisation that nests on purpose in a few places (name them in `exclude`).
"""

from __future__ import annotations

from pydantic import Field, field_validator

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT, bad, bug, capability, epic, feature, good, story, task
from safesync.rules.rule import Level, Rule, RuleOptions

_BELOW = {
    Kind.EPIC: (Kind.THEME, Kind.OBJECTIVE, Kind.KEY_RESULT),
    Kind.CAPABILITY: (Kind.EPIC,),
    Kind.FEATURE: (Kind.CAPABILITY, Kind.EPIC),
    Kind.STORY: (Kind.FEATURE,),
    Kind.SPIKE: (Kind.FEATURE, Kind.CAPABILITY, Kind.EPIC, Kind.STORY),
    Kind.BUG: (Kind.STORY, Kind.FEATURE, Kind.CAPABILITY, Kind.EPIC),
    Kind.TASK: (Kind.STORY, Kind.BUG, Kind.SPIKE, Kind.IMPROVEMENT, Kind.TASK),
}
_PAIRS = frozenset(f"{kind.value} > {parent.value}" for kind, parents in _BELOW.items() for parent in parents)


class Options(RuleOptions):
    """Below whom each kind may stand, and what is usual."""

    pairs: frozenset[str] = Field(default=_PAIRS, min_length=1, description="Pairs `kind > kind of its parent` that are right.")
    also: frozenset[str] = Field(default=frozenset(), description="Further pairs that are right, such as `story > epic`.")
    usual_percent: float = Field(
        default=50, gt=0, description="Share of a project's items of a type from which on a parent's kind is usual there; above 100: never."
    )

    @field_validator("pairs", "also")
    @classmethod
    def _of_kinds(cls, pairs: frozenset[str]) -> frozenset[str]:
        for pair in sorted(pairs):
            for word in pair.split(" > ") if " > " in pair else [pair]:
                if word not in tuple(Kind):
                    raise ValueError(f"{pair} is no pair of kinds such as story > feature")
        return pairs


RULE = Rule(
    code="LK703",
    name="wrong-level-parent",
    level=Level.LINKS,
    judges=tuple(_BELOW),
    source="SAFe, Requirements Model: epics are split into capabilities and features, features into stories",
    options=Options,
    flaw="parent_kind <> 'other' AND (parent_kind_share IS NULL OR parent_kind_share < :usual_percent)"
    " AND NOT level_pair IN :pairs AND NOT level_pair IN :also",
    absorbs=("LK701",),
    severity=Severity.WARNING,
    remedy="Set a parent of the level above, or change its own type.",
    evidence="Its parent {parent_key} is of kind {parent_kind}, as it is for {parent_kind_usage}.",
    examples=(
        bad("a story below an epic", story(parent="jira:3", iteration=CURRENT), epic()),
        bad("a story below a story", story(parent="jira:7"), story(7)),
        bad("a feature below a feature", feature(parent="jira:7"), feature(7)),
        bad("a task below a feature", task(parent="jira:2"), feature()),
        bad(
            "nearly half of the stories stand below an epic",
            *(story(10 + number, parent="jira:3" if number < 25 else "jira:2") for number in range(51)),
            epic(),
            feature(),
        ),
        good("a story below a feature", story(parent="jira:2"), feature()),
        good("a feature below an epic", feature(parent="jira:3"), epic()),
        good("a feature below a capability", feature(parent="jira:5"), capability()),
        good("a capability below an epic", capability(parent="jira:3"), epic()),
        good("no parent at all", story()),
        good("a parent whose type is mapped to no kind", story(parent="jira:9"), epic(9, kind=Kind.OTHER)),
        good(
            "half of the stories of the project stand below epics",
            *(story(10 + number, parent="jira:3" if number < 5 else "jira:2") for number in range(10)),
            epic(),
            feature(),
        ),
        good("an organisation without features", story(parent="jira:3"), epic(), options={"also": {"story > epic"}}),
        good("what is done stays where it is", story(parent="jira:3", stage=Stage.DONE), epic()),
    ),
    cases=(
        bad("a capability below a capability", capability(parent="jira:7"), capability(7)),
        bad("an epic below an epic", epic(parent="jira:7"), epic(7)),
        bad("a spike below a task", story(8, kind=Kind.SPIKE, parent="jira:6"), task()),
        bad("a bug below a task", bug(parent="jira:6"), task()),
        *(
            good(f"an epic below {word}", epic(parent="jira:9"), epic(9, kind=kind))
            for word, kind in (("a theme", Kind.THEME), ("an objective", Kind.OBJECTIVE), ("a key result", Kind.KEY_RESULT))
        ),
        *(
            good(f"a spike below its {parent.kind.value}", story(8, kind=Kind.SPIKE, parent=parent), parent)
            for parent in (feature(), capability(), epic(), story())
        ),
        *(
            good(f"a bug below its {parent.kind.value}", bug(parent=parent), parent)
            for parent in (story(), feature(), capability(), epic())
        ),
        *(
            good(f"a task below its {parent.kind.value}", task(parent=parent), parent)
            for parent in (story(), bug(), story(8, kind=Kind.SPIKE), epic(9, kind=Kind.IMPROVEMENT), task(7))
        ),
    ),
)
