"""What people write to SafeSync on an item, and what becomes of it: with the tracker in memory and a real store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from feedback_lines import lines_of
from office import Office, TitleJudge

from safesync.feedback.plan import ASKED_AT_ONCE
from safesync.feedback.settings import Caps, CommandRoles, FeedbackSettings, Limits
from safesync.jobs.check import check
from safesync.jobs.silence import silences
from safesync.jobs.upkeep import upkeep
from safesync.jobs.waivers import Standing, configured, standing
from safesync.store.port import Store

WAIVE = "safesync waive TM101 until 2027-01-15: agreed with the risk office"


def said(jira: FakeTracker, uid: str) -> list[str]:
    """All lines of the one comment, nothing where there is none."""
    comments = jira.comments.get(uid, [])
    assert len(comments) <= 1
    return lines_of(comments[0].message) if comments else []


def quiet_then(office: Office) -> None:
    """Another run writes nothing."""
    before = office.writes()
    office.run()
    assert office.writes() == before


def silent(office: Office) -> dict[str, str]:
    checked = check(office.store, TitleJudge(), office.organisation, NOON, trackers=["jira"])
    waivers, _ = configured(office.store, office.feedback, NOON)
    items = office.store.items([one.subject for one in checked.report.flawed])
    return {code: why for (code, _), why in silences(checked.report, items, waivers, (), NOON.date()).items()}


def test_a_reply_waives_as_a_label_does_with_its_reason_and_who_gave_it(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101 and TM105")
    office.run()
    jira.person_says(uid, "We talked about this.", WAIVE)
    office.run()
    assert said(jira, uid)[0] == "One point before this story is ready"
    assert "Waived: TM101 until 2027-01-15 (agreed with the risk office; Robin)." in said(jira, uid)
    assert silent(office) == {"TM101": "waived: TM101 until 2027-01-15 (agreed with the risk office; Robin)"}
    quiet_then(office)
    office.run(NOON + timedelta(days=51))
    assert said(jira, uid)[0] == "2 points before this story is ready"


def test_a_waiver_ends_with_the_comment_that_says_it(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    reply = jira.person_says(uid, WAIVE)
    office.run()
    assert said(jira, uid) == []
    jira.person_rewrites(uid, reply)
    office.run()
    assert said(jira, uid)[0].startswith("One point")


def test_waivers_of_replies_are_listed_with_how_they_stand(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(unwaivable=frozenset({"FL401"}))
    uid = jira.put(1, "TM101 and TM105 and FL401")
    jira.person_says(uid, WAIVE, "safesync waive TM105 until 2026-12-01: soon over", "safesync waive PG202 until 2027-01-01: never found")
    jira.person_says(
        uid, "safesync waive FL401 until 2027-01-01: not for people to say", "safesync wrong TM105: the estimate is in the title"
    )
    office.run()
    checked = check(office.store, TitleJudge(), office.organisation, NOON, trackers=["jira"])
    waivers, strange = configured(office.store, office.feedback, NOON)
    waived = standing(checked, waivers, office.feedback.unwaivable, NOON.date())
    assert [(each.waiver.code, each.standing, each.waiver.wrong) for each in waived] == [
        ("FL401", Standing.REFUSED, False),
        ("PG202", Standing.UNUSED, False),
        ("TM101", Standing.HOLDS, False),
        ("TM105", Standing.HOLDS, True),
    ]
    told = [each.sentence for _, each in upkeep(checked, {}, office.organisation, waived, strange).concerns]
    assert (
        "people say that TM105 is wrong about PAY-1 (the estimate is in the title; Robin); look whether the rule fits (rules.TM105)" in told
    )
    assert any("cannot be waived by a comment" in line for line in said(jira, uid))
    assert (
        "Waived: TM101 until 2027-01-15 (agreed with the risk office; Robin), TM105 as wrong (the estimate is in the title; Robin)."
        in said(jira, uid)
    )
    assert said(jira, uid)[0].startswith("One point")


def test_a_snooze_says_nothing_new_until_its_last_day_is_over(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.person_says(uid, "safesync snooze 5d")
    office.run()
    assert said(jira, uid)[-1] == "Quiet until 2026-12-01, as Robin asked: what is found until then is not told here."
    jira.retitle(uid, "TM101 and PG202")
    quiet_then(office)
    office.run(NOON + timedelta(days=5))
    assert "PG202" not in "".join(said(jira, uid))
    assert jira.labels(uid) == {"safesync-attention", "safesync-tm"}
    assert silent(office) == dict.fromkeys(("TM101", "PG202"), "snoozed until 2026-12-01 (Robin)")
    office.run(NOON + timedelta(days=6))
    assert said(jira, uid)[0].startswith("2 points")
    assert "Quiet" not in "".join(said(jira, uid))


def test_who_asks_while_the_item_sleeps_is_answered_and_told_nothing_new_beside(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store]
) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=1, share=0.0, jump=1))
    quiet = "Quiet until 2026-12-01, as Robin asked: what is found until then is not told here."
    office.met()
    spoken, unspoken = jira.put(1, "TM101"), jira.put(2, "fine")
    office.run()
    for uid in (spoken, unspoken):
        jira.person_says(uid, "safesync snooze 5d")
    office.run()
    jira.retitle(spoken, "TM101 and PG202")
    jira.retitle(unspoken, "PG202")
    assert office.run().stopped is None
    for uid in (spoken, unspoken):
        jira.person_says(uid, "safesync wave it", who="noor")
    office.run()
    for uid in (spoken, unspoken):
        assert said(jira, uid)[0] == "Asked here:"
        assert said(jira, uid)[1].startswith("Noor: “safesync wave it” was not understood.")
        assert said(jira, uid)[-1] == quiet
    assert "safesync-pg" not in jira.labels(spoken) | jira.labels(unspoken)
    quiet_then(office)
    office.store = new_store()
    office.run()
    quiet_then(office)
    assert [len(jira.said(uid)) for uid in (spoken, unspoken)] == [1, 1]
    jira.person_says(spoken, "safesync snooze until 2026-12-03")
    office.run()
    assert said(jira, spoken)[-1] == quiet.replace("12-01", "12-03")
    quiet_then(office)
    office.run(NOON + timedelta(days=8))
    assert said(jira, spoken)[0].startswith("2 points")


@pytest.mark.parametrize("comments", [True, False], ids=["nothing stands", "labels alone stand"])
def test_who_asks_and_then_puts_the_item_to_sleep_in_one_comment_is_answered(office: Office, jira: FakeTracker, *, comments: bool) -> None:
    uid = jira.put(1, "fine" if comments else "TM101")
    office.feedback = FeedbackSettings(comments=comments)
    office.run()
    office.feedback = FeedbackSettings()
    jira.person_says(uid, "safesync wave it", "safesync snooze 5d")
    office.run()
    assert [line[:12] for line in said(jira, uid)] == ["Asked here:", "Robin: “safe", "safesync wai", "Quiet until "]
    quiet_then(office)


def test_nothing_begins_on_an_item_that_sleeps_and_another_look_wakes_it(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.person_says(uid, "safesync snooze until 2027-01-15")
    office.run()
    assert (said(jira, uid), jira.labels(uid)) == ([], set())
    jira.person_says(uid, "@SafeSync recheck")
    office.run()
    assert said(jira, uid)[0].startswith("One point")
    assert any("looked again" in line for line in said(jira, uid))
    quiet_then(office)


def test_another_look_passes_the_baseline_and_the_days_budget(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(caps=Caps(day=1), limits=Limits(items=2, share=1.0))
    for number in range(1, 5):
        jira.put(number, "TM101")
    office.run()
    assert (jira.comments, len(office.store.baseline().quiet)) == ({}, 4)
    for number in (1, 2):
        jira.person_says(f"jira:{number}", "safesync recheck")
    office.run()
    assert [len(jira.said(f"jira:{number}")) for number in range(1, 5)] == [1, 1, 0, 0]
    quiet_then(office)


def test_nobody_stops_a_run_by_asking_and_few_are_answered_at_once(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=1, share=0.0, jump=1))
    office.met()
    for number in range(1, ASKED_AT_ONCE + 3):
        uid = jira.put(number, "fine")
        jira.person_says(uid, "safesync explain" if number % 2 else "safesync help")
    flawed = jira.put(99, "TM101")
    result = office.run()
    assert (result.stopped, len(jira.comments), len(jira.said(flawed))) == (None, ASKED_AT_ONCE + 1, 1)
    office.run()
    assert len(jira.comments) == ASKED_AT_ONCE + 3
    quiet_then(office)


def test_an_answer_goes_after_two_weeks(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.person_says(uid, "safesync recheck")
    office.run()
    office.run(NOON + timedelta(days=14))
    assert any("looked again" in line for line in said(jira, uid))
    office.run(NOON + timedelta(days=15))
    assert not any("looked again" in line for line in said(jira, uid))
    assert said(jira, uid)[0].startswith("One point")


def test_who_has_no_role_is_answered_once_and_nothing_changes(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(
        roles={"risk-office": ("noor",)}, commands=CommandRoles(waive=("owner", "risk-office"), snooze=(), wrong=("risk-office",))
    )
    uid = jira.put(1, "TM101")
    jira.person_says(uid, WAIVE, "safesync snooze 5d")
    office.run()
    told = [line for line in said(jira, uid) if line.startswith("Robin: ")]
    assert told == [
        "Robin: thank you, but “waive” can be asked here by who answers for the item or risk-office; nothing was changed.",
        "Robin: thank you, but “snooze” is not asked in comments here; nothing was changed.",
    ]
    quiet_then(office)
    jira.person_says(uid, WAIVE, who="noor")
    office.run()
    assert any("TM101 until 2027-01-15" in line for line in said(jira, uid))
    other = jira.put(2, "TM101")
    jira.person_says(other, WAIVE, by_owner=True)
    office.run()
    assert said(jira, other) == []


def test_what_was_not_understood_is_answered_with_how_it_may_have_been_meant(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "fine")
    wave = "wave TM101 until 2027-01-15"
    jira.person_says(uid, f"safesync {wave}: <b>why</b>", "safesync explain TM110")
    office.run()
    assert said(jira, uid) == [
        "There is nothing to tell here now. Last change on 2026-11-26.",
        "Asked here:",
        f"Robin: “safesync {wave}: <b>why</b>” was not understood. Perhaps you mean:",
        "safesync waive TM101 until 2027-01-15: <b>why</b>",
        "Robin: no rule here is called TM110. Perhaps you mean TM105.",
    ]
    quiet_then(office)


def test_a_lost_store_comes_to_the_same(office: Office, jira: FakeTracker, new_store: Callable[[], Store]) -> None:
    first, second = jira.put(1, "TM101 and TM105"), jira.put(2, "TM101")
    jira.person_says(first, WAIVE, "safesync recheck")
    office.run()
    jira.person_says(second, "safesync snooze 1w")
    office.run()
    before, writes = {uid: said(jira, uid) for uid in (first, second)}, jira.calls.writes
    office.store = new_store()
    office.run()
    office.run()
    assert ({uid: said(jira, uid) for uid in (first, second)}, jira.calls.writes) == (before, writes)


def test_a_deleted_comment_stays_away_until_somebody_asks_and_once_for_each_time(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.person_says(uid, "safesync recheck")
    office.run()
    jira.person_deletes_comment(uid)
    jira.retitle(uid, "TM105")
    office.run()
    quiet_then(office)
    assert said(jira, uid) == []
    jira.person_says(uid, "safesync recheck")
    office.run()
    assert said(jira, uid)[0].startswith("One point")
    quiet_then(office)
    jira.person_deletes_comment(uid)
    jira.retitle(uid, "TM101")
    office.run()
    office.run()
    assert said(jira, uid) == []


@pytest.mark.parametrize("keeps_digest", [True, False])
def test_a_comment_that_a_person_took_over_is_kept_and_ours_starts_anew_when_asked(
    office: Office, jira: FakeTracker, keeps_digest: bool
) -> None:
    jira.keeps_digest = keeps_digest
    uid = jira.put(1, "TM101")
    office.run()
    jira.person_edits_comment(uid)
    jira.retitle(uid, "TM101 and TM105")
    office.run()
    jira.person_says(uid, "safesync recheck")
    office.run()
    theirs, ours = jira.comments[uid]
    assert (theirs.by_person, ours.by_person) == (True, False)
    assert lines_of(ours.message)[0].startswith("2 points")
    quiet_then(office)
    jira.retitle(uid, "TM101")
    office.run()
    assert [lines_of(one.message)[0][:9] for one in jira.comments[uid]] == ["One point", "One point"]
    quiet_then(office)


def test_who_takes_a_comment_over_and_asks_is_answered_in_the_next_run(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.person_edits_comment(uid)
    jira.person_says(uid, "safesync recheck")
    office.run()
    assert [one.by_person for one in jira.comments[uid]] == [True, False]
    quiet_then(office)


def test_a_lost_store_takes_an_old_question_for_answered_where_people_want_no_more(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store]
) -> None:
    uid = jira.put(1, "TM101")
    jira.person_says(uid, "safesync recheck")
    office.run()
    jira.person_edits_comment(uid)
    office.store = new_store()
    office.run()
    quiet_then(office)
    assert [one.by_person for one in jira.comments[uid]] == [True]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("error", [Killed(), ERRORS["unknown"]], ids=["killed", "no answer"])
@pytest.mark.parametrize("call", ["create_comment", "edit_comment", "change_labels"])
def test_killed_at_any_write_of_an_answer_it_is_given_once(
    office: Office, jira: FakeTracker, call: str, error: BaseException, *, after: bool
) -> None:
    first, second, third = jira.put(1, "TM101"), jira.put(2, "TM101"), jira.put(3, "fine")
    office.run()
    jira.person_edits_comment(second)
    jira.retitle(second, "TM101 again")
    jira.retitle(first, "TM101 and PG202")
    for uid in (first, second, third):
        jira.person_says(uid, "safesync recheck")
    for spared in range(3):
        jira.break_at(call, error, after=after, spared=spared)
        with suppress(Killed):
            office.run()
        jira.faults.clear()
        jira.retitle(first, f"TM101 and PG202 {'TM105' * (spared % 2)}")
    office.run()
    assert [len(jira.comments[uid]) for uid in (first, second, third)] == [1, 2, 1]
    for uid in (first, second, third):
        assert sum("looked again" in line for line in lines_of(jira.comments[uid][-1].message)) == 1
    quiet_then(office)
    assert office.store.open_intents("jira") == ()
