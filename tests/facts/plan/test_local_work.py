"""How much of what a team does in an iteration stands below no feature."""

from __future__ import annotations

from typing import Any

from linked_facts import seen

from safesync.model.item import Item, Kind, Stage
from safesync.rules.examples import CURRENT, NEXT, backlog_of, feature, story


def share(*items: Item, uid: str = "jira:1") -> Any:
    return seen(backlog_of((feature(2), *items), groups=frozenset()), "local_share", uid)


def planned(number: int, **fields: Any) -> Item:
    return story(number, iteration=CURRENT, **fields)


def test_stories_of_one_team_and_iteration_are_held_against_each_other():
    below = [planned(number, parent="jira:2") for number in (10, 11, 12)]
    others = [planned(20, team="Heron"), story(21, iteration=NEXT), planned(22, stage=Stage.CANCELLED), planned(23, kind=Kind.BUG)]
    assert share(planned(1), *below) == 25
    assert share(planned(1), *below, *others) == 25
    assert share(planned(1), planned(13, stage=Stage.DONE), *below[:2]) == 50


def test_a_story_below_a_feature_has_no_such_share_nor_has_one_without_an_iteration_or_a_team():
    assert share(planned(1, parent="jira:2"), planned(10)) is None
    assert share(story(1), planned(10)) is None
    assert share(planned(1, team=None, unseen=frozenset({"team"})), planned(10)) is None


def test_a_parent_out_of_sight_may_lead_to_a_feature_and_is_not_counted():
    assert share(planned(1), planned(10, parent="jira:99")) == 50
