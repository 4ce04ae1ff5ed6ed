from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from feedback_values import finding, text_of

from safesync.feedback.comment import Topic, comment_of, reference_of, resolved
from safesync.model.finding import Point, Severity
from safesync.model.item import Gate, Kind
from safesync.model.message import Bullets, Mark, Span

STORY = Topic("jira:1", Kind.STORY, "Iteration 26.4.3")


def test_one_finding_reads_as_outcome_remedy_evidence_code_and_footer() -> None:
    assert text_of(comment_of(STORY, [finding(remedy="Add acceptance criteria.", evidence="Looked in: description (empty).")])) == [
        "One point before this story is ready for Iteration 26.4.3",
        "Add acceptance criteria. Looked in: description (empty). TM101",
        "Does not apply? Add the label safesync-waive-tm101. This comment updates itself.",
    ]


@pytest.mark.parametrize(
    ("topic", "gate", "headline"),
    [
        (Topic("jira:1", Kind.FEATURE), Gate.READY, "One point before this feature is ready"),
        (Topic("jira:1", Kind.FEATURE, "PI 27.1"), Gate.NEXT, "One point before this feature is ready for PI 27.1"),
        (STORY, Gate.ACTIVE, "One point to settle while work on this story goes on"),
        (STORY, Gate.DONE, "One point to settle on this finished story"),
        (Topic("jira:1", Kind.OTHER), None, "One point before this item is ready"),
        (Topic("jira:1", Kind.EPIC, groups=("Falcon",)), None, "One point about Falcon"),
        (Topic("jira:1", Kind.EPIC, groups=("Falcon", "Heron")), None, "One point about Falcon and Heron"),
        (Topic("jira:1", Kind.EPIC, groups=("Payments", "Falcon", "Heron")), None, "One point about Payments, Falcon and Heron"),
    ],
)
def test_the_first_line_says_what_the_item_must_be_ready_for(topic: Topic, gate: Gate | None, headline: str) -> None:
    assert text_of(comment_of(topic, [finding(gate=gate)]))[0] == headline


def test_what_people_wrote_turns_none_of_our_words_around() -> None:
    evidence = finding(evidence="Looked at \u202eevil\u2066 and \u05e9\u05dc\u05d5\u05dd.")
    assert text_of(comment_of(STORY, [evidence]))[1] == "Do what TM101 asks. Looked at evil and \u05e9\u05dc\u05d5\u05dd. TM101"


def test_at_most_five_points_are_shown_gravest_first_and_the_rest_is_counted() -> None:
    many = [finding(f"TM10{n}", Severity.INFO) for n in range(1, 6)]
    message = comment_of(STORY, [*many, finding("TM109", Severity.ERROR), finding("TM108")])
    lines = text_of(message)
    assert lines[0].startswith("7 points before")
    assert [line.rsplit(" ", 1)[1] for line in lines[1:6]] == ["TM109", "TM108", "TM101", "TM102", "TM103"]
    assert lines[6] == "And 2 more: TM104, TM105."
    assert isinstance(message.blocks[1], Bullets)
    assert message.blocks[1].numbered


def test_evidence_is_emphasised_and_the_code_is_a_link() -> None:
    message = comment_of(STORY, [finding()], docs_url="https://safesync.example/rules/")
    assert isinstance(message.blocks[1], Bullets)
    spans = message.blocks[1].entries[0]
    assert [span.mark for span in spans if span.text == "Looked for TM101."] == [Mark.EM]
    assert spans[-1] == Span("TM101", href="https://safesync.example/rules/TM101")


def test_what_one_rule_says_about_several_groups_is_one_line() -> None:
    groups = [
        finding("FL401", subject=f"group:team_column:Falcon/{column}", remedy="Finish before you start.", evidence=f"{column}: 7 of 5.")
        for column in ("Review", "Build")
    ]
    lines = text_of(comment_of(Topic("jira:1", Kind.EPIC, groups=("Falcon",)), groups))
    assert lines[:2] == ["One point about Falcon", "Finish before you start. Build: 7 of 5. Review: 7 of 5. FL401"]


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"remedy": "Another remedy."}, False),
        ({"evidence": "Other evidence."}, False),
        ({"evidence": "Unchanged for 16 days, limit 5 days."}, True),
        ({"evidence": "Unchanged for 150 days, limit 5 days."}, True),
        ({"evidence": "Unchanged for 15 hours, limit 5 days."}, False),
        ({"severity": Severity.ERROR}, True),
    ],
)
def test_the_digest_changes_with_what_is_said_and_with_nothing_else(changed: dict[str, str], same: bool) -> None:
    before = finding(evidence="Unchanged for 15 days, limit 5 days.")
    after = finding(**{"evidence": before.evidence, **changed})
    assert (comment_of(STORY, [before]).digest == comment_of(STORY, [after]).digest) is same


def test_where_days_are_counted_the_comment_says_of_which_day_that_is_true() -> None:
    counting = finding(evidence="Unchanged for 15 days.")
    today, tomorrow = (comment_of(STORY, [counting], on=date(2026, 11, day)) for day in (24, 25))
    assert text_of(today)[-1].endswith("This comment updates itself. Days as of 2026-11-24.")
    assert (today.digest == tomorrow.digest, today == tomorrow) == (True, False)
    assert comment_of(STORY, [finding()], on=date(2026, 11, 24)) == comment_of(STORY, [finding()])


def test_the_order_of_findings_does_not_matter() -> None:
    two = [finding("TM101"), finding("TM105")]
    assert comment_of(STORY, two) == comment_of(STORY, two[::-1])


def test_resolved_is_one_line_and_its_day_is_nothing_new() -> None:
    message = resolved(STORY, date(2026, 11, 24))
    assert text_of(message) == ["All points are settled - thank you. Last change on 2026-11-24."]
    assert message.digest == resolved(STORY, date(2026, 12, 1)).digest
    assert message.digest != resolved(STORY, date(2026, 11, 24), waived=True).digest


def test_every_comment_on_an_item_has_its_reference_which_the_encoders_write() -> None:
    messages = [comment_of(STORY, [finding()]), comment_of(STORY, [finding("TM105"), finding()]), resolved(STORY, date(2026, 11, 24))]
    assert {message.reference for message in messages} == {reference_of("jira:1")}
    assert not any(message.reference in line for message in messages for line in text_of(message))
    assert reference_of("jira:1") != reference_of("jira:2")


def test_endless_evidence_is_cut_so_that_every_tracker_takes_the_comment() -> None:
    message = comment_of(STORY, [finding(f"TM10{n}", evidence="word " * 10_000, remedy="do " * 10_000) for n in range(9)])
    assert sum(map(len, text_of(message))) < 10_000
    assert text_of(message)[1].count("…") == 2


CHECKLIST = finding(
    "TM114",
    Severity.ERROR,
    remedy="Settle the open points.",
    points=(
        Point("acceptance criteria", "TM101", "Add acceptance criteria.", "Looked in: field (empty)."),
        Point("an estimate", "TM105", "Estimate the story."),
        Point("a size that fits", "TM106"),
        Point("an owner", "", "Name somebody."),
    ),
    least=2,
)


def test_a_checklist_is_the_headline_and_its_parts_are_not_said_twice() -> None:
    message = comment_of(STORY, [finding("TM101"), finding("TM105"), finding("TM108"), CHECKLIST])
    assert text_of(message) == [
        "Not ready for Iteration 26.4.3 yet: 3 of 4 points open, and 1 more",
        "Add acceptance criteria. Looked in: field (empty). TM101",
        "Estimate the story. TM105",
        "Name somebody. TM114",
        "Do what TM108 asks. Looked for TM108. TM108",
        "Already fine: a size that fits.",
        "A point does not apply? Add a label with its code, such as safesync-waive-tm101. This comment updates itself.",
    ]


def test_a_point_that_was_settled_is_something_new_to_say() -> None:
    settled = tuple(replace(point, remedy="", evidence="") if point.code == "TM105" else point for point in CHECKLIST.points)
    assert comment_of(STORY, [CHECKLIST]).digest != comment_of(STORY, [replace(CHECKLIST, points=settled)]).digest
