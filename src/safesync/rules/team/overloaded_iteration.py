"""
A team that plans more than it can do turns every plan into leftovers: nobody can rely on what was promised, and the
last items of the list, whatever they are worth, are the ones that stay.

We add up the points of stories, spikes and bugs of a team in its current and its next iteration, done ones included and cancelled
ones left out; sub-tasks are parts of stories. The capacity is what `capacities` says for the team, else the velocity that the
tracker or the configuration gives it, else the average of its last ended iterations, at most five, rounded up. With fewer than
`min_iterations` of them nobody knows the capacity and nothing is said; nor when many items have no points and the others still fit.
Iterations for innovation and planning are the matter of another rule.

How to fix: move the items that rank lowest to a later iteration.

Known false positives: a team that has just grown (set its capacity); items that stay planned in the iteration although they were
left out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.rules.capacity import CAPACITY, CapacityOptions, capacity_of
from safesync.rules.examples import CURRENT, LATER, LONG_PAST, NEXT, PAST, bad, bug, good, story, task, unknown, with_iteration, with_later
from safesync.rules.rule import Group, Level, NotAbove, Rule

_SECOND = "jira:iteration:2"
_SUBJECT, _NEXT = (f"group:team_iteration:Falcon|{uid}" for uid in (CURRENT, NEXT))


class Options(CapacityOptions):
    """How full is too full."""

    max_load: Annotated[float, NotAbove("error_load")] = Field(
        default=1.0, gt=0, le=10, description="Highest share of the capacity that may be planned."
    )
    error_load: float = Field(default=1.2, gt=0, le=10, description="Beyond this share it is an error.")
    max_unestimated: float = Field(
        default=20, ge=0, le=100, description="Highest share of items without points, in percent, of which a load can be known."
    )


def _capacity(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | str | None] | None:
    found = capacity_of(options, group)
    if found is None:
        return None
    capacity, source = found
    if group["planned_points"] <= capacity * options.max_load and (group["unestimated_share"] or 0) > options.max_unestimated:
        return None
    return {"capacity": capacity, "capacity_source": source, "load": round(group["planned_points"] / capacity * 100)}


def _history(points: float, *iterations: str) -> tuple[Item, ...]:
    return tuple(story(100 + number, stage=Stage.DONE, points=points, iteration=uid) for number, uid in enumerate(iterations))


_THREE = _history(20.0, LONG_PAST, _SECOND, PAST)

RULE = Rule(
    code="TM112",
    name="overloaded-iteration",
    level=Level.TEAM,
    judges=Group.TEAM_ITERATION,
    source="SAFe, Iteration Planning: a team plans by its capacity, which its velocity tells",
    options=Options,
    eased=("max_load",),
    limits=_capacity,
    limit_facts=(
        *CAPACITY,
        Fact("load", FactType.NUMBER, Sort.GROUPED, "Planned points as a share of the capacity.", unit="percent"),
    ),
    when="iteration_phase IN ('current', 'next') AND NOT innovation",
    flaw="planned_points > :max_load * capacity",
    severity=Severity.WARNING,
    error_when="planned_points > :error_load * capacity",
    remedy="Move the items that rank lowest to a later iteration.",
    evidence="{team} has planned {planned_points} points in {iteration}; its capacity is {capacity}: {capacity_source}.",
    numbers=(
        ("Load", "{load} %"),
        ("Without points", "{unestimated_share} % of {planned_items} items"),
        ("Heaviest items", "{contributors}"),
    ),
    examples=(
        bad("more than it usually gets done", story(points=20.5, iteration=CURRENT), *_THREE, subject=_SUBJECT),
        good("as much as it usually gets done", story(points=20.0, iteration=CURRENT), *_THREE, subject=_SUBJECT),
        bad(
            "what is done counts, and bugs do",
            story(points=12.0, iteration=CURRENT, stage=Stage.DONE),
            bug(points=9.0, iteration=CURRENT),
            *_THREE,
            subject=_SUBJECT,
        ),
        good(
            "cancelled items and sub-tasks do not",
            story(points=20.0, iteration=CURRENT),
            story(7, points=9.0, iteration=CURRENT, stage=Stage.CANCELLED),
            task(points=9.0, iteration=CURRENT, team="Falcon"),
            *_THREE,
            subject=_SUBJECT,
        ),
        bad("a capacity from the options", story(points=9.0, iteration=CURRENT), subject=_SUBJECT, options={"capacities": {"Falcon": 8}}),
        good("room for more", story(points=9.0, iteration=CURRENT), subject=_SUBJECT, options={"capacities": {"Falcon": 9}}),
        bad(
            "at the load that is an error beyond",
            story(points=12.0, iteration=CURRENT),
            subject=_SUBJECT,
            options={"capacities": {"Falcon": 10}},
            severity=Severity.WARNING,
        ),
        bad(
            "beyond it",
            story(points=12.5, iteration=CURRENT),
            subject=_SUBJECT,
            options={"capacities": {"Falcon": 10}},
            severity=Severity.ERROR,
        ),
        bad(
            "a share of the capacity",
            story(points=8.5, iteration=CURRENT),
            subject=_SUBJECT,
            options={"capacities": {"Falcon": 10}, "max_load": 0.8},
        ),
        bad(
            "too much already, whatever the others without points are",
            story(points=21.0, iteration=CURRENT),
            story(7, points=None, iteration=CURRENT),
            *_THREE,
            subject=_SUBJECT,
        ),
        good(
            "few without points",
            *(story(number, points=4.0, iteration=CURRENT) for number in range(1, 5)),
            story(7, points=None, iteration=CURRENT),
            *_THREE,
            subject=_SUBJECT,
        ),
        good("an IP iteration is another rule's matter", story(points=90.0, iteration=NEXT), *_THREE, subject=_NEXT),
        good(
            "far ahead", story(points=90.0, iteration=LATER), *_THREE, subject=f"group:team_iteration:Falcon|{LATER}", around=with_later()
        ),
        unknown("two iterations do not tell what it gets done", story(points=90.0, iteration=CURRENT), *_THREE[1:], subject=_SUBJECT),
    ),
    cases=(
        bad(
            "the next iteration", story(points=90.0, iteration=NEXT), *_THREE, subject=_NEXT, around=with_iteration(NEXT, innovation=False)
        ),
        unknown(
            "five of 24 without points, and the others fit",
            story(30, points=2.0, iteration=CURRENT),
            *(story(number, points=1.0 if number < 19 else None, iteration=CURRENT) for number in range(1, 24)),
            *_THREE,
            subject=_SUBJECT,
        ),
        bad(
            "half without points, and the others are too many where four fifths are the most",
            story(points=18.0, iteration=CURRENT),
            story(7, points=None, iteration=CURRENT),
            *_THREE,
            subject=_SUBJECT,
            options={"max_load": 0.8},
        ),
    ),
)
