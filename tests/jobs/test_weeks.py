from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.feedback.settings import FeedbackSettings, PlacesPart
from safesync.jobs.telling import after_run
from safesync.model.message import Bullets, Paragraph
from safesync.model.notice import Cause
from safesync.model.organisation import Organisation, Team

ANCHOR = "jira:9"
WEEK = timedelta(days=7)
BEFORE = NOON - timedelta(days=5)  # a Saturday; NOON is a Thursday


@pytest.fixture
def weekly(office: Office, jira: FakeTracker) -> Office:
    office.organisation = Organisation(teams=(Team("Falcon"), Team("Heron")), team_anchors=(("Falcon", "jira:PAY-9"),))
    office.feedback = FeedbackSettings(digest="monday")
    jira.put(9, "Where Falcon meets", team="Falcon")
    return office


def said(jira: FakeTracker) -> list[str]:
    """The comment on the anchor, a line for each line of it."""
    lines: list[str] = []
    for comment in jira.comments.get(ANCHOR, ()):
        for block in comment.message.blocks:
            lines += ["".join(span.text for span in spans) for spans in (block.entries if isinstance(block, Bullets) else (block.spans,))]
    return lines


def test_a_week_stands_in_the_comment_on_the_teams_item(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon")
    jira.put(2, "TM101 and TM105", team="Falcon")
    jira.put(3, "TM101i", team="Falcon")
    jira.put(4, "TM101", team="Heron")
    weekly.run(BEFORE)
    weekly.run()
    headline, first, *rest = said(jira)
    assert headline == "Falcon, week from 2026-11-23: 3 points open on 2 items; 3 new and 0 settled in the week before."
    assert (first, rest[0]) == ("First:", "PAY-1 TM101: Do what TM101 asks. TM101")
    assert rest[-4:] == ["By rule:", "TM101 : 2", "TM105 : 1", "This comment updates itself once a week."]


def test_within_the_week_nothing_is_written_and_the_next_week_edits_the_same_comment(weekly: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", team="Falcon")
    weekly.run()
    jira.retitle(uid, "Well written")
    weekly.run(NOON + timedelta(days=1))
    written, (comment,) = weekly.writes(), jira.comments[ANCHOR]
    weekly.run(NOON + timedelta(days=2))
    assert weekly.writes() == written
    assert said(jira)[0].startswith("Falcon, week from 2026-11-23: 1 point open on 1 item;")
    weekly.run(NOON + timedelta(days=4))
    assert said(jira) == ["Falcon, week from 2026-11-30: nothing is open.", "This comment updates itself once a week."]
    assert [one.comment_id for one in jira.comments[ANCHOR]] == [comment.comment_id]


def test_what_was_settled_in_the_week_before_is_counted(weekly: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", team="Falcon")
    jira.put(2, "TM105", team="Falcon")
    weekly.run(BEFORE)
    jira.retitle(uid, "Well written")
    weekly.run(NOON)
    weekly.run(NOON + timedelta(days=4))
    assert said(jira)[0].endswith("1 point open on 1 item; 0 new and 1 settled in the week before.")


def test_what_is_waived_or_asleep_is_no_point_of_the_week(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon", labels=("safesync-waive-tm101",))
    asleep = jira.put(2, "TM101", team="Falcon")
    jira.person_says(asleep, "safesync snooze 5d")
    weekly.run()
    assert said(jira)[0] == "Falcon, week from 2026-11-23: nothing is open."


def test_findings_on_the_teams_item_are_told_below_its_week_and_edit_it_at_once(weekly: Office, jira: FakeTracker) -> None:
    weekly.run()
    jira.retitle(ANCHOR, "TM105")
    weekly.run()
    lines = said(jira)
    assert lines[0].startswith("Falcon, week from 2026-11-23: 1 point open")
    assert "One point before this story is ready" in lines
    before = weekly.writes()
    weekly.run()
    assert weekly.writes() == before


def test_a_person_who_deletes_it_hears_no_more_of_it(weekly: Office, jira: FakeTracker) -> None:
    weekly.run()
    jira.person_deletes_comment(ANCHOR)
    weekly.run(NOON + WEEK)
    weekly.run(NOON + 2 * WEEK)
    assert said(jira) == []


@pytest.mark.parametrize("digest", ["off", "monday"])
def test_no_week_without_being_asked_for_or_without_an_item(digest: str, office: Office, jira: FakeTracker) -> None:
    office.organisation = Organisation(teams=(Team("Falcon"),), team_anchors=(("Falcon", "jira:PAY-9"),) if digest == "off" else ())
    office.feedback = FeedbackSettings(digest=digest)  # type: ignore[arg-type]
    jira.put(9, "Where Falcon meets", team="Falcon")
    office.run()
    assert office.writes() == 0


def test_titles_are_text_and_cut(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101 [click|https://evil.example] <b>" + "x" * 5000, team="Falcon")
    weekly.run()
    (entry,) = [line for line in said(jira) if line.startswith("PAY-1")]
    assert "[click|https://evil.example] <b>" in entry
    assert len(entry) < 200
    assert all(isinstance(block, Paragraph | Bullets) for block in jira.comments[ANCHOR][0].message.blocks)


def test_channels_are_told_of_each_teams_week(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Heron")
    told = [notice for notice in after_run(weekly.run()) if notice.cause is Cause.DIGEST]
    assert [(notice.team, notice.matter) for notice in told] == [
        ("Falcon", "digest:Falcon:2026-11-23"),
        ("Heron", "digest:Heron:2026-11-23"),
    ]
    assert "PAY-1 TM101: Do what TM101 asks." in told[1].text
    assert not told[1].text.startswith(told[1].title)
    assert told[0].text == "Falcon, week from 2026-11-23: nothing is open."
    assert [notice.over for notice in told] == [False, False]


def test_a_week_that_is_not_told_any_more_is_not_called_settled(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon")
    weekly.run()
    weekly.feedback = FeedbackSettings(digest="off")
    weekly.run()
    assert said(jira) == ["The week of the team is not told here any more. Last change on 2026-11-26."]
    before = weekly.writes()
    weekly.run(NOON + WEEK)
    assert weekly.writes() == before
    jira.retitle(ANCHOR, "TM105")
    weekly.run(NOON + WEEK)
    assert said(jira)[0].startswith("One point")
    jira.retitle(ANCHOR, "Where Falcon meets")
    weekly.run(NOON + WEEK)
    assert said(jira)[0].startswith("All points are settled")


def test_a_week_that_ends_with_the_points_of_its_item_settles_only_these(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon")
    jira.retitle(ANCHOR, "TM105")
    weekly.run()
    weekly.feedback = FeedbackSettings(digest="off")
    jira.retitle(ANCHOR, "Where Falcon meets")
    weekly.run()
    assert said(jira)[0].startswith("The week of the team is not told here any more.")


def test_a_week_moves_with_the_item_that_stands_for_the_team(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon")
    jira.put(8, "Where Falcon meets now", team="Falcon")
    weekly.run()
    weekly.organisation = replace(weekly.organisation, team_anchors=(("Falcon", "jira:PAY-8"),))
    weekly.run()
    assert said(jira)[0].startswith("The week of the team is not told here any more.")
    assert len(jira.comments["jira:8"]) == 1


def test_a_week_in_another_language_is_another_one_also_above_other_points(weekly: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", team="Falcon")
    jira.retitle(ANCHOR, "TM105")
    jira.put(9, "TM105", team="Heron")
    weekly.run()
    assert said(jira)[0].startswith("Falcon, week from 2026-11-23")
    weekly.feedback = weekly.feedback.model_copy(update={"languages": {"de": PlacesPart(teams=("Falcon",))}})
    weekly.run()
    assert said(jira)[0].startswith("Falcon, Woche ab 2026-11-23")
