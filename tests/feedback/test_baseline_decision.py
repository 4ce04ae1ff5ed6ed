from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from feedback_values import NOON, finding, item

from safesync.feedback.baseline import burn_down, departures, old_findings
from safesync.model.baseline import Baseline, Departure, OldFinding
from safesync.model.change import CommentMark

DAY = timedelta(days=1)


def old(number: int, train: str | None = "Payments", **fields: object) -> OldFinding:
    return replace(OldFinding("TM101", f"jira:{number}", train, NOON, "7"), **fields)


def test_only_untold_findings_of_items_that_are_there_become_old():
    items = {one.uid: one for one in (item(1), item(2), item(3, labels=("safesync-tm",)), item(4))}
    marks = {"jira:2": CommentMark("jira:2", "c1", "d"), "jira:4": CommentMark("jira:4", None, None)}
    findings = [finding(subject=f"jira:{number}") for number in (1, 2, 3, 4, 5)] + [finding(subject="group:team_column:jira|Falcon|Doing")]
    made = old_findings(findings, items, marks, lambda one: one.key, NOON)
    assert [(each.subject, each.train, each.revision) for each in made] == [("jira:1", "PAY-1", "7"), ("jira:4", "PAY-4", "7")]


def test_what_is_over_leaves_as_settled_also_when_it_was_touched():
    baseline = Baseline({}, (old(1), old(2), old(3), old(4, left=Departure.TOUCHED, left_at=NOON)))
    present = {("TM101", "jira:2"), ("TM101", "jira:3")}
    gone = departures(baseline, present, lambda each: each.subject in {"jira:1", "jira:2"}, NOON + DAY)
    assert [(each.subject, each.left, each.left_at) for each in gone] == [
        ("jira:1", Departure.SETTLED, NOON + DAY),
        ("jira:2", Departure.TOUCHED, NOON + DAY),
    ]


def test_a_burn_down_counts_by_train_and_week():
    some = (
        old(1),
        old(2, left=Departure.SETTLED, left_at=NOON + 7 * DAY),
        old(3, left=Departure.TOUCHED, left_at=NOON + 8 * DAY),
        old(4, train=None, since=NOON + 9 * DAY),
    )
    payments, nobody = burn_down(Baseline({}, some), NOON + 9 * DAY)
    assert (payments.train, payments.taken, payments.settled, payments.touched, payments.left) == ("Payments", 3, 1, 1, 1)
    assert payments.weekly == ((date(2026, 12, 3), 2), (date(2026, 12, 5), 1))
    assert (nobody.train, nobody.left, nobody.weekly) == (None, 1, ((date(2026, 12, 5), 1),))


def test_an_empty_baseline_has_no_trains():
    assert burn_down(Baseline(), NOON) == ()
