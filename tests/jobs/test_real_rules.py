"""The whole path from a tracker's item to a comment, with the shipped rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import CODES, Office, TitleJudge

from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.jobs.run import run_once
from safesync.model.finding import Rollout, Severity
from safesync.model.item import Markup, RichText, Stage
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting, Slice

CRITERIA = RichText("Given a paid order, when it ships, then a receipt is sent within 5 minutes", Markup.MARKDOWN)

FALCON, OTHERS = Slice(only=(("team", ("Falcon",)),)), Slice(never=(("team", ("Falcon",)),))


def setting(code: str, rollout: Rollout = Rollout.COMMENT, *where: Slice, after_days: int = 14) -> RuleSetting:
    rule = shipped()[code]
    return RuleSetting(rule, rule.options(), rollout=rollout, where=where, after_days=after_days)


def run(office: Office, *rules: RuleSetting) -> None:
    result = run_once(office.sources, office.store, Judge(rules), office.organisation, office.feedback, NOON, rules=rules)
    assert (result.errors, result.stopped) == ((), None)


def said(jira: FakeTracker, uid: str) -> str:
    return " ".join(str(comment.message.blocks) for comment in jira.comments.get(uid, ()))


def test_a_story_without_criteria_is_told_so_until_it_has_some(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, points=3.0)
    run(office, setting("TM101"), setting("TM105"))
    assert "TM101" in said(jira, uid)
    assert "TM105" not in said(jira, uid)
    jira.items[uid] = replace(jira.items[uid], acceptance=CRITERIA)
    jira.touch(uid)
    run(office, setting("TM101"), setting("TM105"))
    assert jira.said(uid)[0].startswith("All points are settled")
    assert (jira.labels(uid), office.store.findings()) == (set(), ())


def test_a_field_that_is_not_readable_any_more_takes_nothing_back(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    run(office, setting("TM101"))
    jira.items[uid] = replace(jira.items[uid], unseen=frozenset({"acceptance", "description"}))
    jira.touch(uid)
    before = said(jira, uid)
    run(office, setting("TM101"))
    assert (said(jira, uid), len(office.store.findings())) == (before, 1)


@pytest.mark.parametrize(
    ("rollout", "comments", "labels"),
    [
        (Rollout.ESCALATE, 1, {"safesync-attention", "safesync-tm"}),
        (Rollout.COMMENT, 1, {"safesync-attention", "safesync-tm"}),
        (Rollout.LABEL, 0, {"safesync-attention", "safesync-tm"}),
        (Rollout.REPORT, 0, set()),
        (Rollout.SHADOW, 0, set()),
    ],
)
def test_a_rule_is_as_loud_as_it_is_set(office: Office, jira: FakeTracker, rollout: Rollout, comments: int, labels: set[str]) -> None:
    uid = jira.put(1)
    run(office, setting("TM101", rollout))
    assert (len(jira.said(uid)), jira.labels(uid), len(office.store.findings())) == (comments, labels, 1)
    writes = jira.calls.writes
    run(office, setting("TM101", rollout))
    assert jira.calls.writes == writes


def test_a_rule_may_be_quiet_for_one_team_alone(office: Office, jira: FakeTracker) -> None:
    falcon, heron = jira.put(1, team="Falcon"), jira.put(2, team="Heron")
    run(office, setting("TM101", Rollout.REPORT, FALCON), setting("TM101", Rollout.COMMENT, OTHERS))
    assert (len(jira.said(falcon)), len(jira.said(heron))) == (0, 1)


def test_findings_of_a_rule_that_was_switched_off_are_over(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    run(office, setting("TM101"), setting("TM105"))
    assert jira.said(uid)[0].startswith("2 points")
    run(office, setting("TM105"))
    assert jira.said(uid)[0].startswith("One point")
    assert [known.finding.code for known in office.store.findings()] == ["TM105"]


def test_a_rule_that_crashed_takes_nothing_back_and_one_switched_off_does(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101 and TM105")
    rules = [setting("TM101"), setting("TM105")]
    both, crashed = TitleJudge(), TitleJudge(codes=CODES - {"TM101"})

    def left(judge: TitleJudge, rules: list[RuleSetting]) -> list[str]:
        check(office.store, judge, office.organisation, NOON, trackers=["jira"], rules=rules)
        return [known.finding.code for known in office.store.findings()]

    pull(office.sources[0], office.store, NOON)
    assert left(both, rules) == ["TM101", "TM105"]
    assert left(crashed, rules) == ["TM101", "TM105"]
    assert left(crashed, rules[1:]) == ["TM105"]


def test_a_rule_in_the_shadow_is_counted_and_shown_apart(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    rules = [setting("TM101", Rollout.SHADOW), setting("TM105")]
    result = run_once(office.sources, office.store, Judge(rules), office.organisation, office.feedback, NOON, rules=rules)
    assert result.report is not None
    assert [(one.code, one.subject) for one in result.report.flawed] == [("TM105", uid)]
    assert [(one.code, one.subject) for one in result.report.shadowed] == [("TM101", uid)]
    assert ("TM101" in said(jira, uid), len(office.store.findings())) == (False, 2)


def told_on_day(office: Office, day: int, *rules: RuleSetting) -> list[tuple[str, Severity, date | None]]:
    now = NOON + timedelta(days=day)
    report = check(office.store, Judge(rules), office.organisation, now, trackers=["jira"], rules=rules).report
    return [(one.code, one.severity, one.escalation.since if one.escalation else None) for one in report.flawed]


def test_what_stays_long_is_graver_by_one_and_goes_to_the_next_role(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    escalating = setting("TM101", Rollout.ESCALATE, after_days=7)
    run(office, escalating)
    assert told_on_day(office, 6, escalating) == [("TM101", Severity.WARNING, None)]
    day = NOON.date() + timedelta(days=7)
    assert told_on_day(office, 7, escalating) == told_on_day(office, 9, escalating), "raised once, not once a day"
    assert told_on_day(office, 7, escalating) == [("TM101", Severity.ERROR, day)]
    made = run_once(
        office.sources,
        office.store,
        Judge([escalating]),
        office.organisation,
        office.feedback,
        NOON + timedelta(days=8),
        rules=[escalating],
    )
    assert (made.errors, made.stopped) == ((), None)
    assert f"Open since {NOON:%Y-%m-%d}, so it is on the list of Product Management too" in said(jira, uid)
    writes = jira.calls.writes
    run_once(
        office.sources,
        office.store,
        Judge([escalating]),
        office.organisation,
        office.feedback,
        NOON + timedelta(days=20),
        rules=[escalating],
    )
    assert jira.calls.writes == writes, "an escalation is told once"


def test_a_finding_that_came_back_waits_again_before_it_is_escalated(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    escalating = setting("TM101", Rollout.ESCALATE, after_days=7)
    run(office, escalating)
    bare = jira.items[uid]
    for day, item in ((5, replace(bare, acceptance=CRITERIA)), (6, bare)):
        jira.items[uid] = item
        jira.touch(uid)
        pull(office.sources[0], office.store, NOON + timedelta(days=day))
        told_on_day(office, day, escalating)
    assert told_on_day(office, 12, escalating)[0][2] is None
    assert told_on_day(office, 13, escalating)[0][2] == NOON.date() + timedelta(days=13)


def test_a_limit_of_days_that_is_configured_anew_edits_its_comments_and_days_that_pass_do_not(office: Office, jira: FakeTracker) -> None:
    jira.put(1, stage=Stage.IN_PROGRESS, last_human_change_at=NOON - timedelta(days=28), created_at=NOON - timedelta(days=40))
    evidence = "Nobody was here for {working_days_since_human_change} working days; {stale_days} working days are usual."

    def edits(days: int, later: int = 0, remedy: str = "Say within 2 days how it stands.") -> int:
        rule = replace(shipped()["TM108"], evidence=evidence)
        rules = [RuleSetting(rule, rule.options(stale_days=days), remedy={"": remedy})]
        at = NOON + timedelta(days=later)
        return (
            run_once(office.sources, office.store, Judge(rules), office.organisation, office.feedback, at, rules=rules).trackers[0].edited
        )

    assert (edits(5), edits(5, 1), edits(5, 4)) == (0, 0, 0)
    assert (edits(6, 4), edits(6, 5)) == (1, 0)
    assert (edits(6, 5, "Say within 3 days how it stands."), edits(6, 6, "Say within 3 days how it stands.")) == (1, 0)
    assert "6 working days are usual" in said(jira, "jira:1")
