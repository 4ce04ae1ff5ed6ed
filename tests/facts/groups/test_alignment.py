"""What serves a theme and what does not, with the sum and its contributors; and what lies in a team's backlog."""

from __future__ import annotations

from typing import Any

from safesync.model.item import Item, Kind, Stage, WorkClass
from safesync.model.organisation import Organisation, Train
from safesync.rules.examples import backlog_of, epic, feature, story
from safesync.rules.rule import Surroundings


def row(kind: str, *items: Item, themes: tuple[str, ...] = ("trust", "open-banking")) -> dict[str, Any]:
    around = Surroundings(organisation=Organisation((Train("Payments", ("Falcon",)),), themes=themes))
    (found,) = backlog_of(items, around, groups=frozenset({kind})).groups[kind].rows(named=True)
    return found


def at_work(number: int, **fields: Any) -> Item:
    return feature(number, stage=Stage.IN_PROGRESS, **fields)


def test_the_shares_of_themes_and_what_serves_none_add_up():
    found = row(
        "alignment",
        at_work(10, points=5.0, themes=("trust",)),
        at_work(11, parent="jira:3"),
        story(20, parent="jira:11", points=2.0),
        story(21, parent="jira:11", points=1.0, stage=Stage.DONE),
        story(22, parent="jira:11", points=9.0, stage=Stage.CANCELLED),
        at_work(12, points=2.0),
        at_work(13, points=9.0, work_class=WorkClass.MAINTENANCE),
        epic(3, themes=("trust", "open-banking"), cost_estimate=300.0),
        epic(4, cost_forecast=100.0),
    )
    assert (found["features"], found["weighed_by"], found["weight"], found["aligned_weight"]) == (3, "points", 10, 8)
    assert (found["aligned_share"], found["by_theme"]) == (80, "trust 65 %, open-banking 15 %, no theme 20 %")
    assert found["contributors"] == "PAY-12 (2)"
    assert (found["cost"], found["aligned_cost_share"], found["costly"]) == (400, 75, "PAY-4 (100)")
    assert found["cost_by_theme"] == "open-banking 38 %, trust 38 %, no theme 25 %"


def test_without_points_each_feature_weighs_the_same_and_without_work_nothing_does():
    found = row("alignment", at_work(10), at_work(11, themes=("trust",)))
    assert (found["weighed_by"], found["weight"], found["aligned_share"]) == ("number of features", 2, 50)
    nothing = row("alignment", story())
    assert (nothing["features"], nothing["aligned_share"], nothing["by_theme"], nothing["unseen.aligned_share"]) == (0, None, None, False)


def test_alignment_is_not_known_where_themes_were_not_seen():
    found = row("alignment", at_work(10, unseen=frozenset({"themes"})), at_work(11, themes=("trust",)))
    assert (found["unseen.aligned_share"], found["unseen.aligned_cost_share"]) == (True, False)


def test_what_waits_for_long_is_told_with_its_days():
    old = [story(30, changed_days_ago=181), story(31, changed_days_ago=400), story(32, changed_days_ago=180)]
    found = row("team_backlog", *old, feature(33, team="Falcon", changed_days_ago=365), story(34, kind=Kind.TASK, changed_days_ago=400))
    assert (found["waiting"], found["stale"], found["stale_share"]) == (4, 2, 50)
    assert (found["contributors"], found["train"]) == ("PAY-31 (400), PAY-30 (181)", "Payments")
