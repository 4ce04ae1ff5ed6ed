"""
More started means less finished. A limit on a column of the team's board says when to stop starting.

We count as the board does: open items of the team in the column, both halves of a split one together, tasks being parts of stories.
What stands in one of the `expedite_lanes` is not counted, and blocked items are only with `count_blocked`. The limit is the board's;
where it has none, `limits` may set one. A team with a limit on no column, whose people are known, may have `per_member` items under way
for each of them.

How to fix: finish or hand over before pulling the next item.

Known false positives: boards that count sub-tasks; on Jira expedite lanes, which are counted there, for it tells no swimlanes.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Annotated, Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.rules.examples import bad, bug, good, story, surroundings_of
from safesync.rules.rule import Group, Level, NamesOf, Rule, RuleOptions, Surroundings


class Options(RuleOptions):
    """Limits where the board has none."""

    limits: Annotated[dict[str, dict[str, int]], NamesOf(("team",))] = Field(
        default_factory=dict, description="Team -> column -> limit in items, for columns without a limit on the board."
    )
    per_member: float = Field(
        default=1.5, ge=0, description="Items under way for each member of a team whose board has no limit at all; 0 for no such limit."
    )
    expedite_lanes: frozenset[str] = Field(
        default=frozenset({"Expedite"}), description="Swimlanes whose items are not counted, in any case."
    )
    count_blocked: bool = Field(default=True, description="Whether blocked items are counted.")
    tolerance: int = Field(default=0, ge=0, description="Items above the limit that are let pass.")


def _limit(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None]:
    own = options.limits.get(str(group["team"]), {}).get(str(group["board_column"]))
    usual = ceil(options.per_member * group["members"]) if group["members"] else None
    limits = (each for each in (group["wip_limit"], own, usual) if each is not None)
    return {"limit": next(limits, None), "spared": _spared(options, group)}


def _spared(options: Options, group: Mapping[str, Any]) -> float:
    """Items in the column that do not count."""
    lanes = {name.casefold() for name in options.expedite_lanes}
    return float(
        sum(
            some["items"]
            for some in group["apart"] or ()
            if str(some["lane"]).casefold() in lanes or (some["blocked"] and not options.count_blocked)
        )
    )


def _under_way(count: int) -> tuple[Item, ...]:
    return tuple(story(number, team="Heron", stage=Stage.IN_PROGRESS) for number in range(1, count + 1))


def _people(count: int) -> Surroundings:
    teams = (Team("Heron", members=count), Team("Falcon", members=1))
    return surroundings_of(Organisation((Train("Payments", ("Falcon", "Heron")),), teams=teams))


_TWO_PEOPLE = _people(2)
_WHOLE = "group:team_column:*|Heron|everything under way"
_FIVE = {"limits": {"Heron": {"everything under way": 5}}}
_DOING = "group:team_column:jira|Falcon|In progress"

RULE = Rule(
    code="FL401",
    name="team-wip-exceeded",
    level=Level.FLOW,
    judges=Group.TEAM_COLUMN,
    source="SAFe, Team Kanban: WIP limits on the states of the board",
    options=Options,
    limits=_limit,
    limit_facts=(
        Fact(
            "limit", FactType.NUMBER, Sort.GROUPED, "The limit of the board, else that of the options or of the team's size.", unit="items"
        ),
        Fact("spared", FactType.NUMBER, Sort.GROUPED, "Items in the column that the options leave out.", unit="items"),
    ),
    when="limit > 0",
    flaw="wip - spared > limit + :tolerance",
    severity=Severity.WARNING,
    remedy="Finish or hand over before the next item is pulled.",
    evidence="{team} has {wip} items in the column {board_column}; the limit is {limit}.",
    numbers=(("Items", "{wip}"), ("Not counted", "{spared}"), ("Limit", "{limit}"), ("Among them", "{contributors}")),
    examples=(
        bad(
            "three where two are allowed",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7, 8)),
            subject="group:team_column:jira|Falcon|In progress",
        ),
        bad(
            "a limit from the options",
            story(board_column="To do"),
            bug(board_column="To do"),
            subject="group:team_column:jira|Falcon|To do",
            options={"limits": {"Falcon": {"To do": 1}}},
        ),
        bad(
            "of four one in the lane for what is urgent",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7, 8)),
            story(9, stage=Stage.IN_PROGRESS, board_column="In progress", board_lane="Expedite"),
            subject=_DOING,
        ),
        good(
            "of three one in the lane for what is urgent",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7)),
            story(9, stage=Stage.IN_PROGRESS, board_column="In progress", board_lane="EXPEDITE"),
            subject=_DOING,
        ),
        good(
            "blocked ones, where they do not count",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7)),
            story(9, stage=Stage.IN_PROGRESS, board_column="In progress", blocked=True),
            subject=_DOING,
            options={"count_blocked": False},
        ),
        good(
            "as many as allowed",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7)),
            subject="group:team_column:jira|Falcon|In progress",
        ),
        good(
            "one above the limit, where one is let pass",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7, 8)),
            subject="group:team_column:jira|Falcon|In progress",
            options={"tolerance": 1},
        ),
        good(
            "a limit of zero is none",
            story(board_column="To do"),
            subject="group:team_column:jira|Falcon|To do",
            options={"limits": {"Falcon": {"To do": 0}}},
        ),
        good(
            "what is done does not count",
            *(story(number, stage=Stage.DONE, board_column="In progress") for number in (1, 7, 8)),
            subject="group:team_column:jira|Falcon|In progress",
        ),
    ),
    cases=(
        bad("four items of two people whose board has no limit", *_under_way(4), subject=_WHOLE, around=_TWO_PEOPLE),
        good("three of two people", *_under_way(3), subject=_WHOLE, around=_TWO_PEOPLE),
        good("eight of five people", *_under_way(8), subject=_WHOLE, around=_people(5)),
        good("as many as they like", *_under_way(9), subject=_WHOLE, around=_TWO_PEOPLE, options={"per_member": 0}),
        good("a limit of the options goes first", *_under_way(4), subject=_WHOLE, around=_TWO_PEOPLE, options=_FIVE),
        good("what is not begun does not count", *_under_way(3), story(20, team="Heron"), subject=_WHOLE, around=_TWO_PEOPLE),
        bad(
            "blocked ones count",
            *(story(number, stage=Stage.IN_PROGRESS, board_column="In progress") for number in (1, 7)),
            story(9, stage=Stage.IN_PROGRESS, board_column="In progress", blocked=True),
            subject=_DOING,
        ),
        bad(
            "another lane counts",
            *(story(n, stage=Stage.IN_PROGRESS, board_column="In progress", board_lane="Upkeep") for n in (1, 7, 8)),
            subject=_DOING,
            options={"count_blocked": False},
        ),
        good(
            "a lane of the organisation's own",
            *(story(n, stage=Stage.IN_PROGRESS, board_column="In progress", board_lane="Upkeep") for n in (1, 7, 8)),
            subject=_DOING,
            options={"expedite_lanes": {"upkeep"}},
        ),
    ),
)
