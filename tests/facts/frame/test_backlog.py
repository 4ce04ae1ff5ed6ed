"""The frame that rules see: parents across trackers, cycles, inheritance, and what was not seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from safesync.facts.backlog import Backlog
from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.facts.frame.columns import column_type
from safesync.facts.frame.links import of_rows, resolved
from safesync.model.item import Item, Kind, Link, Relation, Stage, WorkClass
from safesync.model.organisation import Organisation, Train
from safesync.rules.examples import CURRENT, NEXT, NEXT_INTERVAL, backlog_of, bug, epic, feature, story, surroundings_of
from safesync.rules.rule import Surroundings

NO_GOALS = frozenset({"open_goals"})
"""Unseen as long as there is no objective at all."""


def seen(backlog: Backlog, fact: str, uid: str = "jira:1") -> Any:
    """The value of a fact, or the word for not having seen it."""
    row = backlog.items.filter(pl.col("uid") == uid).collect().row(0, named=True)
    return "unseen" if row.get(f"unseen.{fact}") else row[fact]


def elsewhere(item: Item, tracker: str, key: str) -> Item:
    """The same item in another tracker."""
    return replace(item, tracker=tracker, uid=f"{tracker}:{item.native_id}", key=key)


def test_every_fact_of_the_catalogue_is_a_column():
    frame = backlog_of((story(),)).items.collect()
    assert set(ITEM_FACTS) <= set(frame.columns)
    for name, fact in ITEM_FACTS.items():
        if fact.vocabulary:
            assert frame.schema[name] == column_type(fact), name


@pytest.mark.parametrize("group", sorted(GROUP_FACTS))
def test_every_fact_of_a_group_is_a_column(group: str):
    assert set(GROUP_FACTS[group]) <= set(backlog_of((story(),)).groups[group].columns)


def test_an_empty_backlog_is_a_backlog():
    backlog = backlog_of(())
    assert backlog.items.collect().height == 0
    assert backlog.groups["train_interval"].height == len(surroundings_of().intervals)


@pytest.mark.parametrize("reference", ["ado:2", "ado:412"])
def test_a_parent_in_another_tracker_is_found_by_id_and_by_key(reference: str):
    backlog = backlog_of((story(parent=reference), elsewhere(feature(), "ado", "412")))
    assert seen(backlog, "parent_kind") == "feature"
    assert seen(backlog, "parent_key") == "412"
    assert seen(backlog, "has_feature_ancestor") is True
    assert backlog.unseen <= NO_GOALS


def test_many_references_are_resolved_each_to_its_own_item():
    items = pl.DataFrame(
        {
            "row": pl.Series(range(200), dtype=pl.UInt32),
            "uid": [f"jira:{number}" for number in range(200)],
            "tracker": ["jira"] * 200,
            "key": [f"PAY-{number}" for number in range(200)],
        }
    )
    targets = [f"jira:PAY-{n * 7 % 200}" if n % 3 else f"jira:{n * 11 % 230}" for n in range(200)]
    links = pl.DataFrame({"uid": items["uid"], "relation": ["parent"] * 200, "target": targets})
    expected = [n * 7 % 200 if n % 3 else n * 11 % 230 if n * 11 % 230 < 200 else None for n in range(200)]
    found = resolved(items, links).sort("row")
    assert found["row"].to_list() == list(range(200))
    assert found["target_row"].to_list() == expected
    assert resolved(items, found).equals(found)


def test_a_key_that_two_items_have_is_that_of_the_first():
    items = pl.DataFrame({"uid": ["jira:1", "jira:2", "jira:3"], "tracker": ["jira"] * 3, "key": ["A-1", "A-2", "A-2"]})
    links = pl.DataFrame({"uid": ["jira:1", "jira:1"], "relation": ["parent", "depends_on"], "target": ["jira:A-2", "jira:3"]})
    assert resolved(items, links)["target_row"].to_list() == [1, 2]


def test_items_that_are_left_out_take_their_links_along_and_are_seen_by_nobody():
    items = pl.DataFrame({"uid": [f"jira:{n}" for n in range(5)], "tracker": ["jira"] * 5, "key": [f"A-{n}" for n in range(5)]})
    links = pl.DataFrame({"uid": items["uid"], "relation": ["parent"] * 5, "target": ["jira:4", "jira:A-0", "jira:1", "jira:2", "x:9"]})
    kept = pl.Series([True, False, True, True, True])
    assert of_rows(resolved(items, links), kept).equals(resolved(items.filter(kept), links))


def test_an_id_of_one_tracker_is_no_key_of_another():
    backlog = backlog_of((story(parent="jira:2"), elsewhere(feature(), "ado", "2")))
    assert seen(backlog, "parent_kind") == "unseen"


def test_a_parent_that_nobody_sees_leaves_the_ancestors_open_and_nothing_else():
    backlog = backlog_of((story(parent="ado:99"), story(7)))
    for fact in ("parent_kind", "parent_key", "has_feature_ancestor", "has_epic_ancestor", "themes"):
        assert seen(backlog, fact) == "unseen", fact
    assert seen(backlog, "points") == 3
    assert seen(backlog, "has_feature_ancestor", "jira:7") is False
    assert seen(backlog, "themes", "jira:7") is None


def test_what_is_seen_below_a_hidden_ancestor_stays_seen():
    backlog = backlog_of((story(parent="jira:2"), feature(parent="ado:99", work_class=WorkClass.ENABLER, themes=("trust",))))
    assert seen(backlog, "has_feature_ancestor") is True
    assert seen(backlog, "has_epic_ancestor") == "unseen"
    assert seen(backlog, "themes") == "trust"
    assert seen(backlog, "parent_kind", "jira:2") == "unseen"


def test_of_two_parents_the_one_that_can_be_seen_counts():
    links = (Link(Relation.PARENT, "ado:99"), Link(Relation.PARENT, "jira:2"))
    backlog = backlog_of((story(links=links), feature()))
    assert seen(backlog, "parent_kind") == "feature"
    assert backlog.unseen <= NO_GOALS


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_cycle_of_parents_ends(length: int):
    ring = tuple(feature(number, parent=f"jira:{number % length + 10}") for number in range(10, 10 + length))
    ring = tuple(replace(each, links=(Link(Relation.PARENT, f"jira:{10 + (number + 1) % length}"),)) for number, each in enumerate(ring))
    backlog = backlog_of((story(parent="jira:10"), *ring))
    assert seen(backlog, "has_feature_ancestor") is True
    assert seen(backlog, "has_epic_ancestor") is False


def test_ancestors_are_seen_through_a_long_line():
    line = [epic(3, themes=("trust",), work_class=WorkClass.COMPLIANCE)]
    for number in range(10, 40):
        line.append(story(number, parent=line[-1], work_class=WorkClass.UNKNOWN))
    backlog = backlog_of((story(parent=line[-1], work_class=WorkClass.UNKNOWN), *line))
    assert seen(backlog, "has_epic_ancestor") is True
    assert seen(backlog, "has_feature_ancestor") is False
    assert seen(backlog, "themes") == "trust"
    assert seen(backlog, "work_class") == "compliance"


def test_the_nearest_work_class_counts():
    items = (
        story(parent="jira:2", work_class=WorkClass.UNKNOWN),
        feature(parent="jira:3", work_class=WorkClass.ENABLER),
        epic(work_class=WorkClass.COMPLIANCE),
        story(7, parent="jira:2", work_class=WorkClass.TECH_DEBT),
        story(8, work_class=WorkClass.UNKNOWN),
    )
    backlog = backlog_of(items)
    assert [seen(backlog, "work_class", f"jira:{number}") for number in (1, 7, 8)] == ["enabler", "tech_debt", "unknown"]


def test_a_work_class_that_was_not_seen_may_still_be_inherited():
    hidden = {"work_class": WorkClass.UNKNOWN, "unseen": frozenset({"work_class"})}
    backlog = backlog_of((story(parent="jira:2", **hidden), feature(work_class=WorkClass.ENABLER), story(7, **hidden)))
    assert seen(backlog, "work_class") == "enabler"
    assert seen(backlog, "work_class", "jira:7") == "unseen"


def test_where_nobody_works_with_themes_they_are_unseen():
    nobody = Surroundings(organisation=Organisation())
    assert seen(backlog_of((story(), story(7)), nobody), "themes") == "unseen"
    assert seen(backlog_of((story(), story(7, themes=("any",))), nobody), "themes") is None


def test_themes_of_all_ancestors_are_joined_and_only_known_ones_count():
    around = Surroundings(organisation=Organisation(themes=("trust", "instant-payments")))
    items = (
        story(parent="jira:2", themes=("Trust", "forgotten")),
        feature(parent="jira:3", themes=("instant-payments",)),
        epic(themes=("trust", "old")),
        story(7, themes=("forgotten",)),
    )
    backlog = backlog_of(items, around)
    assert seen(backlog, "themes") == "instant-payments; trust"
    assert seen(backlog, "themes", "jira:7") is None
    assert seen(backlog, "own_themes", "jira:7") == "forgotten"


def test_children_are_counted_by_kind_and_bugs_are_named_last():
    items = (
        feature(),
        bug(4, parent="jira:2"),
        story(5, parent="jira:2"),
        story(6, parent="jira:2", stage=Stage.DONE),
        story(7, parent="jira:2", stage=Stage.CANCELLED),
        replace(story(8, parent="jira:2"), kind=Kind.TASK),
    )
    backlog = backlog_of(items)
    names = ("children", "open_children", "open_stories", "open_bugs", "open_tasks", "open_features")
    assert [seen(backlog, name, "jira:2") for name in names] == [5, 3, 1, 1, 1, 0]
    assert seen(backlog, "open_children_keys", "jira:2") == "PAY-5, PAY-8, PAY-4 (bug)"
    assert seen(backlog, "children", "jira:4") == 0


def test_at_most_five_children_are_named():
    backlog = backlog_of((feature(), *(story(number, parent="jira:2") for number in range(10, 20))))
    assert seen(backlog, "open_children", "jira:2") == 10
    assert seen(backlog, "open_children_keys", "jira:2").count(",") == 4


def test_a_child_whose_stage_was_not_seen_leaves_the_count_open():
    backlog = backlog_of((feature(), story(parent="jira:2", unseen=frozenset({"stage"})), feature(9), story(8, parent="jira:9")))
    assert seen(backlog, "open_stories", "jira:2") == "unseen"
    assert seen(backlog, "open_stories", "jira:9") == 1


def test_the_latest_of_several_dependencies_is_told():
    links = tuple(Link(Relation.DEPENDS_ON, f"jira:{number}") for number in (7, 8, 9))
    items = (story(iteration=CURRENT, links=links), story(7, iteration=NEXT), feature(8, interval=NEXT_INTERVAL), story(9))
    backlog = backlog_of(items)
    assert seen(backlog, "late_dependency_key") == "PAY-8"
    assert seen(backlog, "late_dependency_days") == 84
    assert seen(backlog, "late_dependency_crosses") is True


def test_a_dependency_that_nobody_sees_is_ignored():
    backlog = backlog_of((story(iteration=CURRENT, depends_on="ado:99"),))
    assert seen(backlog, "late_dependency_days") is None
    assert not {name for name in backlog.unseen if name.startswith("late_")}


def test_two_that_wait_for_each_other_are_judged_like_others():
    backlog = backlog_of((story(iteration=CURRENT, depends_on="jira:7"), story(7, iteration=NEXT, depends_on="jira:1")))
    assert seen(backlog, "late_dependency_key") == "PAY-7"
    assert seen(backlog, "late_dependency_key", "jira:7") is None


def test_a_train_is_the_items_own_else_that_of_its_team():
    around = Surroundings(organisation=Organisation((Train("Payments", ("Falcon",)),)))
    items = (story(), story(7, train="Cards"), story(8, team="Nobody"), story(9, team=None, unseen=frozenset({"team"})))
    backlog = backlog_of(items, around)
    assert [seen(backlog, "train", f"jira:{number}") for number in (1, 7, 8, 9)] == ["Payments", "Cards", None, "unseen"]


def test_flags_exist_only_for_what_some_item_has_unseen():
    assert backlog_of((story(), story(7))).unseen == NO_GOALS
    backlog = backlog_of((story(unseen=frozenset({"points"})), story(7)))
    assert backlog.unseen == {"points"} | NO_GOALS
    assert [name for name in backlog.items.collect_schema() if name.startswith("unseen.points")] == ["unseen.points"]
    assert seen(backlog, "points") == "unseen"
    assert seen(backlog, "points", "jira:7") == 3


def test_links_that_were_not_read_leave_the_hierarchy_open():
    backlog = backlog_of((story(unseen=frozenset({"links"})),))
    for fact in ("parent_kind", "has_feature_ancestor", "late_dependency_days"):
        assert seen(backlog, fact) == "unseen", fact
