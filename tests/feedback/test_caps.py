from __future__ import annotations

from typing import Any

from feedback_values import NOON, finding, item, situation
from hypothesis import given, settings
from hypothesis import strategies as st

from safesync.feedback.caps import within_caps
from safesync.feedback.plan import make_plan
from safesync.feedback.plan_file import sealed
from safesync.feedback.settings import Caps, FeedbackSettings
from safesync.model.change import CommentMark, Plan
from safesync.model.finding import Severity
from safesync.model.item import Item

ITEMS = tuple(
    item(number, team="Falcon" if number < 5 else "Heron", owner=None if number == 6 else f"P{number % 2}") for number in range(1, 9)
)


def plan_of(*items: Item, **marks: CommentMark) -> Plan:
    grave = {"jira:4": Severity.ERROR, "jira:8": Severity.ERROR}
    found = (finding(subject=one.uid, severity=grave.get(one.uid, Severity.WARNING)) for one in items)
    return make_plan(situation(*found, items=items, marks=tuple(marks.values())), FeedbackSettings(), NOON)


def kept(*begun: str, made: Plan | None = None, **caps: Any) -> tuple[list[str], list[str]]:
    known = {one.uid: one for one in ITEMS}
    within = within_caps(made or plan_of(*ITEMS), known, begun, Caps(**caps))
    assert within.plan == sealed(within.plan)
    return [one.ref.uid for one in within.plan.changes], [one.ref.uid for one in within.waiting]


def test_without_a_cap_the_plan_is_the_plan() -> None:
    made = plan_of(*ITEMS)
    assert within_caps(made, {}, (), Caps()).plan is made


def test_the_gravest_go_first_and_the_others_wait() -> None:
    assert kept(day=3) == (["jira:4", "jira:8", "jira:1"], ["jira:2", "jira:3", "jira:5", "jira:6", "jira:7"])


def test_what_was_begun_today_is_spent() -> None:
    assert kept("jira:1", "jira:77", day=3)[0] == ["jira:4"]


def test_each_team_and_each_person_has_a_budget_of_their_own() -> None:
    assert kept(team=1)[0] == ["jira:4", "jira:8"]
    assert kept("jira:1", team=2)[0] == ["jira:4", "jira:8", "jira:5"]
    assert kept(person=1)[0] == ["jira:4", "jira:1", "jira:6"], "nobody answers for the sixth, so nobody's budget is spent"


def test_what_stands_already_is_never_over_a_cap() -> None:
    made = plan_of(*ITEMS[:3], first=CommentMark("jira:2", "c2", "before"))
    assert kept("jira:7", made=made, day=1)[0] == ["jira:2"]


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_no_cap_is_ever_passed_and_nothing_is_lost(day: int, team: int, person: int) -> None:
    uids, waiting = kept(day=day, team=team, person=person)
    known = {one.uid: one for one in ITEMS}
    assert len(uids) <= day
    assert sorted(uids + waiting) == sorted(known)
    for name in ("Falcon", "Heron"):
        assert sum(known[uid].team == name for uid in uids) <= team
    for name in ("P0", "P1"):
        assert sum(known[uid].owner == name for uid in uids) <= person
