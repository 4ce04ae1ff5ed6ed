from __future__ import annotations

from dataclasses import replace

import pytest
from feedback_values import NOON, finding, item, plan, situation, text_of

from safesync.feedback.comment import Topic, comment_of, resolved
from safesync.feedback.plan import Anchor, make_plan, marks_to_correct
from safesync.feedback.settings import FeedbackSettings
from safesync.model.change import CommentAction, CommentMark
from safesync.model.finding import Finding, Point, Severity
from safesync.model.item import Gate, Kind

STORY = Topic("jira:1", Kind.STORY)
SAID = comment_of(STORY, [finding()]).digest
LABELLED = ("safesync-attention", "safesync-tm")


def test_a_warning_on_an_item_without_a_comment_creates_one_and_labels_it() -> None:
    (change,) = plan(finding())
    assert change.comment is not None
    assert (change.comment.action, change.revision, change.codes) == (CommentAction.CREATE, "7", ("TM101",))
    assert (change.add_labels, change.remove_labels) == (LABELLED, ())


def test_info_alone_says_nothing() -> None:
    assert plan(finding(severity=Severity.INFO)) == ()


def test_info_is_told_beside_a_warning_but_brings_no_label() -> None:
    (change,) = plan(finding(), finding("PG202", Severity.INFO))
    assert change.comment is not None
    assert text_of(change.comment.message)[0].startswith("2 points")
    assert change.add_labels == LABELLED


def test_what_is_said_already_is_not_said_again() -> None:
    assert plan(finding(), items=(item(labels=LABELLED),), marks=(CommentMark("jira:1", "c1", SAID, LABELLED),)) == ()


def test_other_words_edit_the_comment_in_place() -> None:
    (change,) = plan(finding("TM105"), items=(item(labels=LABELLED),), marks=(CommentMark("jira:1", "c1", SAID, LABELLED),))
    assert change.comment is not None
    assert (change.comment.action, change.comment.comment_id) == (CommentAction.EDIT, "c1")
    assert (change.add_labels, change.remove_labels) == ((), ())


def test_a_comment_with_only_info_left_goes_on_and_its_labels_go() -> None:
    (change,) = plan(finding("TM105", Severity.INFO), items=(item(labels=LABELLED),), marks=(CommentMark("jira:1", "c1", SAID, LABELLED),))
    assert change.comment is not None
    assert "TM105" in text_of(change.comment.message)[1]
    assert change.remove_labels == LABELLED


def test_an_item_that_is_fine_gets_one_line_and_loses_our_labels_only() -> None:
    mark = CommentMark("jira:1", "c1", SAID, LABELLED)
    (change,) = plan(items=(item(labels=("chore", *LABELLED)),), marks=(mark,))
    assert change.comment is not None
    assert len(text_of(change.comment.message)) == 1
    assert change.remove_labels == LABELLED


def test_a_resolved_comment_stays_as_it_is() -> None:
    assert plan(marks=(CommentMark("jira:1", "c1", resolved(STORY, NOON.date()).digest),)) == ()


def test_an_item_that_was_not_looked_at_is_left_alone() -> None:
    assert plan(items=(item(labels=LABELLED),), marks=(CommentMark("jira:1", "c1", SAID),), subjects=frozenset()) == ()
    assert plan(finding(), subjects=frozenset()) == ()


def test_an_unjudged_finding_is_still_said() -> None:
    mark = CommentMark("jira:1", "c1", SAID, LABELLED)
    assert plan(finding(), items=(item(labels=LABELLED),), marks=(mark,), unjudged=frozenset({("TM101", "jira:1")})) == ()


def test_nothing_is_said_on_a_silenced_item_and_labels_only_go_when_their_reason_went() -> None:
    silenced = CommentMark("jira:1", None, None, LABELLED, silenced=True)
    assert plan(finding("PG202"), finding(), items=(item(labels=LABELLED),), marks=(silenced,)) == ()
    (change,) = plan(items=(item(labels=LABELLED),), marks=(silenced,))
    assert (change.comment, change.add_labels, change.remove_labels) == (None, (), LABELLED)


def test_a_waived_rule_is_not_said() -> None:
    assert plan(finding(), items=(item(labels=("Safesync-Waive-TM101",)),)) == ()
    (change,) = plan(finding(), items=(item(labels=("safesync-waive-tm101",)),), marks=(CommentMark("jira:1", "c1", SAID),))
    assert change.comment is not None
    assert text_of(change.comment.message)[0].startswith("All points are settled or waived")


def test_labels_that_were_not_seen_are_not_touched() -> None:
    (change,) = plan(finding(), items=(item(unseen=frozenset({"labels"})),))
    assert (change.add_labels, change.remove_labels) == ((), ())


@pytest.mark.parametrize(("found", "removed"), [((), LABELLED), ((finding(),), ())])
def test_our_labels_without_a_mark_mend_the_comment_that_may_stand_there(found: tuple[Finding, ...], removed: tuple[str, ...]) -> None:
    (change,) = plan(*found, items=(item(labels=LABELLED),))
    assert change.comment is not None
    assert (change.comment.action, change.comment.comment_id) == (CommentAction.EDIT, None)
    assert change.remove_labels == removed


def test_after_the_store_was_lost_nothing_is_resolved_that_could_not_be_judged() -> None:
    assert plan(items=(item(labels=LABELLED),), unjudged=frozenset({("TM101", "jira:1")})) == ()


@pytest.mark.parametrize(("settings", "comment", "labels"), [({"comments": False}, False, LABELLED), ({"labels": False}, True, ())])
def test_comments_and_labels_can_be_switched_off(settings: dict[str, bool], comment: bool, labels: tuple[str, ...]) -> None:
    (change,) = plan(finding(), settings=FeedbackSettings(**settings))
    assert ((change.comment is not None), change.add_labels) == (comment, labels)


def test_group_findings_go_to_their_anchor_in_one_line_a_rule_and_without_an_anchor_nowhere() -> None:
    about = [finding("FL401", subject=f"group:team_column:Falcon/{column}", gate=None) for column in ("Build", "Review")]
    anchors = {one.subject: Anchor("jira:1", "Falcon") for one in about}
    (change,) = plan(*about, finding("GR503", subject="group:train_interval:Cards/PI 26.4"), items=(item(kind=Kind.EPIC),), anchors=anchors)
    assert change.comment is not None
    assert text_of(change.comment.message)[0] == "One point about Falcon"
    assert (change.codes, change.add_labels) == (("FL401",), ("safesync-attention", "safesync-fl"))


def test_the_gravest_and_nearest_comes_first() -> None:
    found = [
        finding(subject="jira:1", gate=Gate.BACKLOG),
        finding(subject="jira:2", gate=Gate.CURRENT),
        finding(subject="jira:3", severity=Severity.ERROR, gate=Gate.BACKLOG),
    ]
    assert [change.ref.uid for change in plan(*found, items=(item(1), item(2), item(3)))] == ["jira:3", "jira:2", "jira:1"]


@pytest.mark.parametrize(
    ("iteration", "interval", "ending"),
    [
        ("jira:iteration:3", "PI 26.4", "is ready for Falcon 26.4.3"),
        ("jira:iteration:over", "PI 26.4", "is ready for PI 26.4"),
        (None, "PI 26.4", "is ready for PI 26.4"),
        ("jira:iteration:over", "PI 26.3", "is ready"),
    ],
)
def test_the_comment_names_what_is_ahead_and_not_what_is_over(iteration: str | None, interval: str, ending: str) -> None:
    (change,) = plan(finding(), items=(item(iteration=iteration, interval=interval),))
    assert change.comment is not None
    assert text_of(change.comment.message)[0].endswith(ending)


def test_the_same_situation_gives_the_same_plan() -> None:
    one = situation(finding(), finding("TM105"))
    assert make_plan(one, FeedbackSettings(), NOON) == make_plan(one, FeedbackSettings(), NOON)


def test_a_label_taken_off_by_a_person_is_forgotten_when_its_reason_went() -> None:
    mark = CommentMark("jira:1", "c1", SAID, LABELLED)
    assert marks_to_correct(situation(finding(), marks=(mark,))) == ()
    (corrected,) = marks_to_correct(situation(marks=(mark,)))
    assert corrected.labels == ()
    assert marks_to_correct(situation(items=(item(labels=LABELLED),), marks=(mark,))) == ()


def readiness(least: int) -> tuple[Finding, ...]:
    points = (Point("acceptance criteria", "TM101", "Add criteria."), Point("an estimate", "TM105", "Estimate it."))
    return finding("TM101"), finding("TM105"), finding("TM114", points=points, least=least)


@pytest.mark.parametrize(
    ("waived", "least", "lines"),
    [
        ((), 2, ["Not ready yet: 2 of 2 points open", "Add criteria. TM101", "Estimate it. TM105"]),
        (("safesync-waive-tm101",), 1, ["Not ready yet: 1 of 1 points open", "Estimate it. TM105"]),
        (("safesync-waive-tm101",), 2, ["One point before this story is ready", "Do what TM105 asks. Looked for TM105. TM105"]),
        (
            ("safesync-waive-tm114",),
            2,
            [
                "2 points before this story is ready",
                "Do what TM101 asks. Looked for TM101. TM101",
                "Do what TM105 asks. Looked for TM105. TM105",
            ],
        ),
    ],
)
def test_a_waived_point_leaves_the_checklist(waived: tuple[str, ...], least: int, lines: list[str]) -> None:
    (change,) = plan(*readiness(least), items=(item(labels=waived),))
    assert change.comment is not None
    assert text_of(change.comment.message)[: len(lines)] == lines


def test_a_comment_whose_findings_are_told_by_labels_alone_does_not_say_that_all_is_settled() -> None:
    known = replace(situation(finding(), marks=(CommentMark("jira:1", "c1", SAID),)), label_only=frozenset({("TM101", "jira:1")}))
    (change,) = make_plan(known, FeedbackSettings(), NOON).changes
    assert change.comment is not None
    assert text_of(change.comment.message)[0].startswith("What is open here is told by labels only.")
