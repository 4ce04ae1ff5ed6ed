"""
A parent in a project where hardly anybody else has theirs is usually a slip of the search box, and whoever plans there may not even
be allowed to see the child.

We look at parents below the level of epics, which may live in a portfolio's project: one in another project, and for a story one of
another train in the same project. A pair of projects in which at least `usual_percent` of the parents lie is how these projects
work together and is not judged, nor is a pair named in `allowed_pairs`; a project with fewer than five items that have a parent has
no habit.

How to fix: confirm the pair in the options, or set the right parent.

Known false positives: the first items of a new cooperation; shared features of two trains.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind
from safesync.rules.examples import bad, bug, capability, epic, feature, good, story, task
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Which projects belong together."""

    allowed_pairs: frozenset[str] = Field(
        default=frozenset(), description="Pairs `child's project > parent's project` that are meant so, such as `PAY > ART`."
    )
    shared_kinds: frozenset[Kind] = Field(
        default=frozenset({Kind.EPIC, Kind.THEME, Kind.OBJECTIVE, Kind.KEY_RESULT}),
        description="Kinds of parents that may live in any project.",
    )
    usual_percent: float = Field(
        default=20, gt=0, description="Share of a project's parents from which on a pair is usual; above 100: never."
    )


_ART = replace(feature(), project="ART")

RULE = Rule(
    code="LK704",
    name="cross-project-parent",
    level=Level.LINKS,
    judges=(Kind.CAPABILITY, Kind.FEATURE, Kind.STORY, Kind.SPIKE, Kind.BUG, Kind.TASK),
    source="SafeSync; SAFe, Features: a feature belongs to one train",
    options=Options,
    flaw="NOT parent_kind IN :shared_kinds AND (parent_project <> project AND NOT project_pair IN :allowed_pairs"
    " AND (parent_project_share IS NULL OR parent_project_share < :usual_percent)"
    " OR kind = 'story' AND parent_project = project AND parent_train <> train)",
    severity=Severity.INFO,
    remedy="Confirm that the parent is meant to live there, or set the right one.",
    evidence="Its parent {parent_key} lives in {parent_project}, it in {project}",
    figures=("train of the parent {parent_train}", "its own train {train}", "{parent_project_usage}"),
    examples=(
        bad("a parent in a project where nobody else has one", story(parent="jira:2"), _ART),
        bad(
            "nearly a fifth of the parents lies there",
            *(story(10 + number, parent="jira:2" if number < 5 else "jira:9") for number in range(26)),
            _ART,
            feature(9),
        ),
        bad("a feature of another train", story(parent="jira:2"), feature(train="Cards")),
        good("in the same project", story(parent="jira:2"), feature(train="Payments")),
        good("a feature without a train", story(parent="jira:2"), feature()),
        good("a bug that another train mends", bug(parent="jira:2"), feature(train="Cards")),
        good("a pair that is allowed", story(parent="jira:2"), _ART, options={"allowed_pairs": {"PAY > ART"}}),
        good(
            "a fifth of the parents lies there",
            story(parent="jira:2"),
            _ART,
            *(story(10 + number, parent="jira:9") for number in range(4)),
            feature(9),
        ),
        good("no parent", story()),
    ),
    cases=(
        *(
            bad(f"of {name}", item, _ART)
            for name, item in (
                ("a capability", capability(parent="jira:2")),
                ("a feature", feature(7, parent="jira:2")),
                ("a spike", story(kind=Kind.SPIKE, parent="jira:2")),
                ("a bug", bug(parent="jira:2")),
                ("a task", task(parent="jira:2")),
            )
        ),
        good(
            "a fifth of the parents lies with that train, in a project of its own",
            story(parent="jira:2"),
            replace(feature(train="Cards"), project="ART"),
            *(story(10 + number, parent="jira:9") for number in range(4)),
            feature(9),
        ),
        *(
            good(f"a portfolio's {kind.value.replace('_', ' ')}", feature(parent="jira:3"), replace(epic(kind=kind), project="PORT"))
            for kind in (Kind.EPIC, Kind.THEME, Kind.OBJECTIVE, Kind.KEY_RESULT)
        ),
    ),
)
