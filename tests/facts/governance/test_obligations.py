"""Facts of compliance: what stands behind an item and below it, its day, its approval, and what nobody saw of all that."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from safesync.facts.backlog import Backlog
from safesync.model.item import Evidence, EvidenceKind, Item, Kind, Link, Relation, Stage, WorkClass
from safesync.model.organisation import Organisation
from safesync.rules.examples import CURRENT, LONG_PAST, NEXT, PAST, backlog_of, bug, capability, epic, feature, story, task
from safesync.rules.rule import Surroundings

OBLIGED: dict[str, Any] = {"work_class": WorkClass.COMPLIANCE}


def without_groups(items: tuple[Item, ...], around: Surroundings | None = None) -> Backlog:
    """All that is asked here is about items."""
    return backlog_of(items, around, groups=frozenset())


def told(backlog: Backlog, fact: str, uid: str = "jira:1") -> Any:
    row = backlog.items.filter(pl.col("uid") == uid).collect().row(0, named=True)
    return "unseen" if row.get(f"unseen.{fact}") else row[fact]


def requirement(number: int = 77, **fields: Any) -> Item:
    return feature(number, kind=Kind.REQUIREMENT, **fields)


def unseen(*names: str) -> frozenset[str]:
    return frozenset(names)


@pytest.mark.parametrize(
    "items",
    [
        (story(**OBLIGED),),
        (story(labels=("REGULATORY",)),),
        (story(satisfies="jira:77"),),
        (story(parent="jira:2"), feature(parent="jira:3"), epic(**OBLIGED)),
        (story(parent="jira:77"), requirement()),
    ],
    ids=["class", "label", "requirement", "two levels up", "below a requirement"],
)
def test_an_obligation_stands_behind_an_item(items: tuple[Item, ...]):
    assert told(without_groups(items), "regulatory") is True


def test_the_labels_that_say_so_are_the_organisations():
    around = Surroundings(organisation=Organisation(compliance_labels=("BaFin",)))
    items = (story(1, labels=("bafin",)), story(2, labels=("compliance",)))
    assert [told(without_groups(items, around), "regulatory", f"jira:{number}") for number in (1, 2)] == [True, False]


def test_which_of_its_labels_say_so_is_told():
    around = Surroundings(organisation=Organisation(compliance_labels=("BaFin", "DORA")))
    items = (story(1, labels=("web", "dora", "bafin")), story(2, labels=("web",)), story(3, labels=()))
    assert [told(without_groups(items, around), "obliging_labels", f"jira:{number}") for number in (1, 2, 3)] == ["bafin, dora", None, None]
    assert told(without_groups((story(labels=("web",)),)), "obliging_labels") is None


@pytest.mark.parametrize("field", ["work_class", "labels", "links"])
def test_what_was_not_seen_may_be_an_obligation(field: str):
    assert told(without_groups((story(unseen=unseen(field)),)), "regulatory") == "unseen"
    items = (story(parent="jira:2"), feature(unseen=unseen(field)))
    assert told(without_groups(items), "regulatory") == "unseen"
    assert told(without_groups((story(**OBLIGED, unseen=unseen("labels", "links")),)), "regulatory") is True


def test_above_a_parent_out_of_sight_there_may_be_an_obligation():
    assert told(without_groups((story(parent="jira:99"),)), "regulatory_above") == "unseen"
    assert told(without_groups((story(parent="jira:2"), feature(**OBLIGED, parent="jira:99"))), "regulatory_above") is True


def test_a_circle_of_parents_ends():
    circle = (epic(1, parent="jira:2", **OBLIGED), epic(2, parent="jira:1"), story(3, parent="jira:2", tested_by="jira:9"))
    backlog = without_groups(circle)
    assert (told(backlog, "regulatory", "jira:2"), told(backlog, "regulatory", "jira:3")) == (True, True)
    assert told(backlog, "work_below", "jira:1") == told(backlog, "work_below", "jira:2") == 1


def test_work_tests_and_what_lacks_them_add_up_over_all_levels():
    items = (
        epic(1, **OBLIGED),
        capability(2, parent="jira:1"),
        feature(3, parent="jira:2"),
        feature(4, parent="jira:1"),
        story(10, parent="jira:3", stage=Stage.DONE, tested_by="jira:90"),
        story(11, parent="jira:3"),
        task(12, parent="jira:11"),
        bug(13, parent="jira:4", tested_by="jira:91"),
        story(14, parent="jira:4", stage=Stage.CANCELLED),
        story(15, parent="jira:1"),
    )
    backlog = without_groups(items)
    sums = {uid: [told(backlog, f"work{name}_below", uid) for name in ("", "_done", "_tested")] for uid in ("jira:1", "jira:2", "jira:4")}
    assert sums == {"jira:1": [4, 1, 2], "jira:2": [2, 1, 1], "jira:4": [1, 0, 1]}
    assert told(backlog, "untested_keys", "jira:1") == "PAY-11, PAY-15"
    assert told(backlog, "untested_keys", "jira:4") is None


def test_a_link_that_test_and_story_both_show_is_one_test():
    test = story(9, kind=Kind.TEST, links=(Link(Relation.TESTS, "jira:1"), Link(Relation.TESTS, "jira:2")))
    backlog = without_groups((story(1, links=(Link(Relation.TESTED_BY, "jira:9"), Link(Relation.TESTED_BY, "other:5"))), feature(2), test))
    assert [told(backlog, "tests", uid) for uid in ("jira:1", "jira:2", "jira:9")] == [2, 1, 0]


def test_what_hangs_on_work_adds_up_too():
    page = (Evidence(EvidenceKind.PAGE),)
    items = (
        feature(2, **OBLIGED),
        story(1, parent="jira:2", evidence=page),
        story(3, parent="jira:2"),
        story(4, parent="jira:2", unseen=unseen("evidence")),
    )
    assert told(without_groups(items[:3]), "work_evidenced_below", "jira:2") == 1
    assert told(without_groups(items[:3]), "unevidenced_keys", "jira:2") == "PAY-3"
    assert (
        told(without_groups(items), "work_evidenced_below", "jira:2")
        == told(without_groups(items), "unevidenced_keys", "jira:2")
        == "unseen"
    )


def test_nobody_knows_of_tests_where_no_links_were_shown():
    items = (feature(2, **OBLIGED), story(1, parent="jira:2", unseen=unseen("tests")))
    backlog = without_groups(items)
    assert told(backlog, "tests") == told(backlog, "work_tested_below", "jira:2") == "unseen"
    assert told(backlog, "work_below", "jira:2") == 1


def test_controls_come_from_fields_links_and_from_above():
    items = (
        story(1, parent="jira:2", controls="SOX-404; SOX-302", satisfies="jira:77"),
        feature(2, parent="jira:3"),
        epic(3, controls="DORA Art. 12"),
        requirement(),
        story(4, satisfies="other:1"),
        story(5),
    )
    backlog = without_groups(items)
    assert told(backlog, "controls") == "DORA Art. 12; PAY-77; SOX-302; SOX-404"
    assert told(backlog, "controls", "jira:2") == "DORA Art. 12"
    assert told(backlog, "controls", "jira:77") == "PAY-77"
    assert told(backlog, "controls", "jira:4") == "a linked requirement"
    assert told(backlog, "controls", "jira:5") is None
    assert told(without_groups((story(unseen=unseen("controls")),)), "controls") == "unseen"


def test_constraints_are_asked_for_where_somebody_links_them():
    links = (Link(Relation.CONSTRAINED_BY, "jira:90"), Link(Relation.CONSTRAINED_BY, "jira:91"))
    linked = tuple(story(number, links=links) for number in (4, 5, 6))
    elsewhere = tuple(story(number, links=links, project="CARDS") for number in (7, 8))
    backlog = without_groups((story(1), *linked, story(3, project="CARDS"), *elsewhere))
    assert [told(backlog, "nfr_practice", uid) for uid in ("jira:1", "jira:4", "jira:3")] == [True, True, False]


def test_the_day_is_the_own_one_then_the_requirements_then_the_nearest_above():
    items = (
        story(1, parent="jira:2", due_on=date(2026, 12, 1)),
        feature(2, parent="jira:3", satisfies="jira:77", due_on=None),
        epic(3, due_on=date(2027, 6, 1)),
        requirement(due_on=date(2027, 1, 1)),
        story(4, parent="jira:2"),
        feature(5, parent="jira:3"),
        feature(6),
    )
    backlog = without_groups(items)
    days = {uid: told(backlog, "obligation_due", uid) for uid in ("jira:1", "jira:2", "jira:4", "jira:5", "jira:6")}
    assert days == {"jira:1": "2026-12-01", "jira:2": "2027-01-01", "jira:4": "2027-01-01", "jira:5": "2027-06-01", "jira:6": None}
    assert told(backlog, "days_to_due") == 13
    assert told(without_groups((feature(2, unseen=unseen("due_on")),)), "obligation_due", "jira:2") == "unseen"


def test_the_plan_ends_with_the_last_open_work():
    due = date(2026, 12, 31)
    items = (
        feature(2, due_on=due, target_end=date(2026, 12, 10)),
        story(1, parent="jira:2", iteration=NEXT),
        story(3, parent="jira:2", iteration="jira:iteration:6", stage=Stage.DONE),
    )
    assert told(without_groups(items), "days_plan_after_due", "jira:2") == -18
    assert told(without_groups((feature(2, due_on=due),)), "days_plan_after_due", "jira:2") is None
    hidden = (feature(2, due_on=due), story(1, parent="jira:2", unseen=unseen("iteration")))
    assert told(without_groups(hidden), "days_plan_after_due", "jira:2") == "unseen"


def history(*points: float, team: str = "Falcon") -> tuple[Item, ...]:
    boxes = (LONG_PAST, "jira:iteration:2", PAST)
    return tuple(
        story(number, points=each, stage=Stage.DONE, iteration=box, team=team)
        for number, (each, box) in enumerate(zip(points, boxes, strict=False), start=50 if team == "Falcon" else 60)
    )


def test_the_pace_is_that_of_a_slow_iteration_and_needs_three():
    work = (feature(2, **OBLIGED), story(1, parent="jira:2", points=30.0, iteration=CURRENT))
    assert told(without_groups((*work, *history(10, 10, 10))), "finish_days", "jira:2") == 42
    assert told(without_groups((*work, *history(10, 20, 20))), "finish_days", "jira:2") == 33, "13 points: the 15th percentile"
    assert told(without_groups((*work, *history(10, 10))), "finish_days", "jira:2") is None
    assert told(without_groups(work), "open_points_below", "jira:2") == 30


def test_the_slowest_team_decides_when_it_is_finished():
    work = (feature(2), story(1, parent="jira:2", points=10.0), story(3, parent="jira:2", points=10.0, team="Heron"))
    assert told(without_groups((*work, *history(10, 10, 10), *history(5, 5, 5, team="Heron"))), "finish_days", "jira:2") == 28


GIVEN: dict[str, Any] = {"approval": "Approved", "approver": "Lea", "approved_on": date(2026, 11, 2)}


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        (GIVEN, "given"),
        ({}, "missing"),
        ({**GIVEN, "approval": "Declined"}, "refused"),
        ({**GIVEN, "approval": "In review"}, "pending"),
        ({**GIVEN, "approver": None}, "unsigned"),
        ({**GIVEN, "approved_on": None}, "unsigned"),
        ({**GIVEN, "approver": " KIM"}, "by_its_owner"),
        ({**GIVEN, "unseen": unseen("approver")}, "unseen"),
        ({"unseen": unseen("approval")}, "unseen"),
        ({"approval": "Rejected", "unseen": unseen("approver", "approved_on")}, "refused"),
    ],
)
def test_an_approval_is_a_status_a_person_and_a_day(fields: dict[str, Any], verdict: str):
    assert told(without_groups((feature(1, **fields),)), "sign_off") == verdict


def test_where_approvers_are_named_nobody_else_approves():
    around = Surroundings(organisation=Organisation(approvers=("lea", "Noor")))
    backlog = without_groups((feature(1, **GIVEN), feature(2, **{**GIVEN, "approver": "Ola"})), around)
    assert [told(backlog, "sign_off", uid) for uid in ("jira:1", "jira:2")] == ["given", "by_a_stranger"]
