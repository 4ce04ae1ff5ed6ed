from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from feedback_values import NOON, finding, item, plan, text_of
from feedback_values import situation as situated

from safesync.feedback.plan import make_plan
from safesync.feedback.settings import FeedbackSettings, WaiverPart
from safesync.feedback.waivers import Waivers, granted, of_labels, told
from safesync.model.change import CommentMark
from safesync.model.finding import Severity
from safesync.model.waiver import Waiver

TODAY = NOON.date()
WHY = Waiver("TM101", "jira:1", date(2027, 1, 15), "agreed with the risk office", "Robin")


def on_item(*waivers: Waiver, labels: tuple[str, ...] = (), unwaivable: tuple[str, ...] = (), today: date = TODAY) -> list[str]:
    return sorted(told(one) for one in Waivers({"jira:1": waivers}, unwaivable).on("jira:1", labels, today).values())


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("safesync-waive-tm101", ["TM101"]),
        ("SafeSync-Waive-TM101", ["TM101"]),
        ("safesync-waive-tm101-until-2027-01-15", ["TM101 until 2027-01-15"]),
        ("safesync-waive-x7-until-2027-01-15", ["X7 until 2027-01-15"]),
        ("safesync-waive-tm101-until-2027-02-30", []),
        ("safesync-waive-tm101-until-soon", []),
        ("safesync-waive-", []),
        ("not-safesync-waive-tm101", []),
    ],
)
def test_a_label_waives_a_rule_for_ever_or_until_a_day(label: str, said: list[str]) -> None:
    assert [told(one) for one in of_labels("jira:1", ("chore", label))] == said


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    label = "safesync-waive-tm101-until-2026-11-26"
    assert on_item(labels=(label,)) == ["TM101 until 2026-11-26"]
    assert on_item(labels=(label,), today=date(2026, 11, 27)) == []
    assert on_item(WHY, today=date(2027, 1, 15)) != []
    assert on_item(WHY, today=date(2027, 1, 16)) == []


def test_what_the_configuration_says_is_shown_before_a_label() -> None:
    told = ["TM101 until 2027-01-15 (agreed with the risk office; Robin)"]
    assert on_item(WHY, labels=("safesync-waive-tm101",)) == told
    assert on_item(WHY, labels=("safesync-waive-tm101",), today=date(2027, 2, 1)) == ["TM101"], "the label goes on when the other is over"


def test_of_a_rule_that_no_label_waives_only_the_configuration_does() -> None:
    assert on_item(labels=("safesync-waive-tm101",), unwaivable=("TM101",)) == []
    assert len(on_item(WHY, unwaivable=("TM101",))) == 1


def test_entries_of_the_configuration_become_waivers_and_unknown_items_are_named() -> None:
    part = WaiverPart(rule="TM101", items=("PAY-1", "PAY-9"), until=date(2027, 1, 15), reason="r")
    made, strange = granted([part], {"PAY-1": "jira:1"}.get)
    assert made == (Waiver("TM101", "jira:1", date(2027, 1, 15), "r"),)
    assert strange == ((part, "PAY-9"),)


def comment(*codes: str, settings: FeedbackSettings | None = None, **parts: Any) -> list[str]:
    made = replace(situated(*(finding(code) for code in codes)), **parts)
    changes = make_plan(made, settings or FeedbackSettings(), NOON).changes
    return [line for change in changes if change.comment for line in text_of(change.comment.message)]


def test_the_comment_shows_what_is_waived_and_why() -> None:
    lines = comment("TM101", "TM105", waivers=Waivers({"jira:1": (WHY,)}))
    assert lines == [
        "One point before this story is ready",
        "Do what TM105 asks. Looked for TM105. TM105",
        "Waived: TM101 until 2027-01-15 (agreed with the risk office; Robin).",
        "Does not apply? Add the label safesync-waive-tm105. This comment updates itself.",
    ]


def test_a_waiver_of_what_nobody_found_is_not_shown() -> None:
    assert not any("Waived" in line for line in comment("TM105", waivers=Waivers({"jira:1": (WHY,)})))


def test_where_all_is_waived_nothing_is_begun_and_what_stands_shrinks() -> None:
    assert comment("TM101", waivers=Waivers({"jira:1": (WHY,)})) == []
    (line,) = comment("TM101", waivers=Waivers({"jira:1": (WHY,)}), marks={"jira:1": CommentMark("jira:1", "c1", "before")})
    assert line.startswith("All points are settled or waived - thank you. Waived: TM101 until 2027-01-15")


def test_no_label_is_offered_for_a_rule_that_no_label_waives() -> None:
    both = comment("TM101", "TM105", settings=FeedbackSettings(unwaivable=frozenset({"TM101"})))
    assert both[-1] == "A point does not apply? Add a label with its code, such as safesync-waive-tm105. This comment updates itself."
    assert comment("TM101", settings=FeedbackSettings(unwaivable=frozenset({"TM101"})))[-1] == "This comment updates itself."


def test_a_waived_error_is_not_loud() -> None:
    changes = plan(finding(severity=Severity.ERROR), items=(item(labels=("safesync-waive-tm101-until-2026-12-31",)),))
    assert changes == ()
