"""Columns of boards: what stands in their swimlanes, and the teams that have no limit at all."""

from __future__ import annotations

from typing import Any

from safesync.model.item import Item, Stage
from safesync.model.organisation import BoardColumn, Organisation, Team
from safesync.rules.examples import backlog_of, story
from safesync.rules.rule import Surroundings

DOING = BoardColumn("jira", "Falcon", "Doing")
LIMITED = BoardColumn("jira", "Falcon", "Doing", limit=2)


def columns(*items: Item, column: BoardColumn = DOING, members: int | None = 4) -> dict[str, dict[str, Any]]:
    organisation = Organisation(teams=(Team("Falcon", members=members),))
    around = Surroundings(columns=(column,), organisation=organisation)
    found = backlog_of(items, around, groups=frozenset({"team_column"})).groups["team_column"]
    return {row["board_column"]: row for row in found.rows(named=True)}


def doing(number: int, **fields: Any) -> Item:
    return story(number, stage=Stage.IN_PROGRESS, board_column="Doing", **fields)


def test_items_of_a_column_are_told_apart_by_lane_and_by_whether_they_are_blocked():
    found = columns(doing(1), doing(2, board_lane="Expedite"), doing(3, blocked=True), doing(4, board_lane="Expedite"))["Doing"]
    assert found["wip"] == 4
    assert found["apart"] == [
        {"lane": None, "blocked": False, "items": 1},
        {"lane": None, "blocked": True, "items": 1},
        {"lane": "Expedite", "blocked": False, "items": 2},
    ]


def test_a_team_without_any_limit_is_held_against_its_people():
    found = columns(doing(1), story(2, stage=Stage.VALIDATING), story(3))
    assert [(name, row["wip"], row["members"]) for name, row in found.items()] == [("Doing", 1, None), ("everything under way", 2, 4)]
    assert found["everything under way"]["group"] == "*|Falcon|everything under way"
    assert columns(story(3))["everything under way"]["wip"] == 0, "so that a finding about it can end"


def test_one_limit_or_people_whom_nobody_counted_are_reasons_not_to():
    assert list(columns(doing(1), column=LIMITED)) == ["Doing"]
    assert list(columns(doing(1), members=None)) == ["Doing"]
