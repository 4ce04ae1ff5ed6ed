"""Rules of one's own in YAML, over items, their parents, their children and groups of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from safesync.model.item import Stage
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, NOW, backlog_of, feature, story
from safesync.rules.settings import RuleSettingsError, read_rules
from safesync.rules.trial import trials

WORDS = {"code": "X301", "name": "own-rule", "severity": "warning", "remedy": "Look at it."}
ITEMS = (
    feature(9, stage=Stage.DONE, owner="Robin"),
    story(1, parent="jira:9", points=8.0, owner="Kim"),
    story(2, parent="jira:9", points=5.0, owner="Robin", stage=Stage.DONE),
    feature(8),
    story(3, parent="jira:8", points=5.0, iteration=CURRENT),
)


def flawed(rule: Mapping[str, Any]) -> set[str]:
    settings = read_rules({"custom": [{**WORDS, **rule}]}, catalogue=shipped(), packs={}).settings
    return {finding.subject for finding in Judge(tuple(settings)).judge(backlog_of(ITEMS), NOW).flawed}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"for": "story", "flaw": "parent_stage = 'done'"}, {"jira:1"}),
        ({"for": "story", "when": "TRUE", "flaw": "parent_owner = owner"}, {"jira:2", "jira:3"}),
        ({"for": "story", "flaw": "parent_points IS NULL AND points > 5"}, {"jira:1"}),
        ({"for": "feature", "when": "TRUE", "flaw": "children_points > 10"}, {"jira:9"}),
        ({"for": "feature", "when": "TRUE", "flaw": "children = 1 AND open_children = 1"}, {"jira:8"}),
        ({"for": ["story", "feature"], "when": "TRUE", "flaw": "open_children_points >= 8 OR points = 8"}, {"jira:1", "jira:9"}),
        ({"for": "train_interval", "flaw": "sized_points BETWEEN 1 AND 5"}, {"group:train_interval:Payments|PI 26.4"}),
    ],
)
def test_a_rule_over_parents_children_and_groups_finds_what_it_says(rule: dict[str, Any], found: set[str]) -> None:
    assert flawed(rule) == found


def test_examples_may_name_facts_of_parents_children_and_groups() -> None:
    custom = [
        {
            **WORDS,
            "for": "story",
            "flaw": "parent_points < points",
            "examples": {"bad": [{"parent_points": 3, "points": 5}], "good": [{"points": 5}]},
        },
        {**WORDS, "code": "X302", "for": "team_column", "flaw": "wip > 3", "examples": {"bad": [{"wip": 4}], "good": [{"wip": 3}]}},
    ]
    for setting in read_rules({"custom": custom}, catalogue=shipped(), packs={}).settings:
        assert [trial.wrong for trial in trials(setting.rule)] == ["", ""]


def test_a_fact_of_items_is_none_of_a_group() -> None:
    with pytest.raises(RuleSettingsError, match="there is no fact parent_points"):
        flawed({"for": "team_column", "flaw": "parent_points > 1"})
