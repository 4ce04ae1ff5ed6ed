"""What is planted at Meridian, and nothing else, is wrong there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from bank_oracle import Oracle, at_noon

from safesync.connectors.sandbox.meridian.export import committed_truth, truth_text
from safesync.connectors.sandbox.meridian.people import CARDS, PAYMENTS
from safesync.connectors.sandbox.meridian.truth import GROUP, meridian, near_misses, truth
from safesync.connectors.sandbox.meridian.work import Home
from safesync.model.item import Kind, Stage, WorkClass

DAYS = (date(2026, 11, 26), date(2024, 2, 29), date(2027, 1, 1), *(date(2026, 6, 1) + timedelta(days=n) for n in range(7)))
RULES = {
    *("TM101", "TM102", "TM105", "TM107", "TM108", "TM111", "PG202", "PG203"),
    *("PF301", "PF305", "LK701", "LK702", "LK706", "LK709", "GR503", "FL401"),
}


def subjects(today: date) -> set[tuple[str, str]]:
    return {(each.code, each.key if each.tracker == GROUP else f"{each.tracker}:{each.key}") for each in truth(today)}


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_is_wrong_is_exactly_what_was_planted(today: date):
    assert Oracle(meridian(today), at_noon(today)).found() == subjects(today)


@pytest.mark.parametrize("hour", [time(0, 5), time(6), time(23, 59)], ids=str)
def test_the_truth_holds_at_every_hour_of_the_day(hour: time):
    today = DAYS[0]
    assert Oracle(meridian(today), datetime.combine(today, hour, UTC)).found() == subjects(today)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_truth_is_the_same_on_every_day_and_is_the_committed_one(today: date):
    assert truth_text(meridian(today)) == committed_truth()


def test_each_rule_has_three_to_fifteen_flaws():
    counts = Counter(each.code for each in truth(DAYS[0]))
    assert set(counts) == RULES
    assert all(3 <= count <= 15 for count in counts.values()), counts


def test_no_more_than_ninety_flawed_items_stand_in_jira():
    items = {(each.tracker, each.key) for each in truth(DAYS[0]) if each.tracker != GROUP}
    counts = Counter(tracker for tracker, _ in items)
    assert counts == {"jira": 87, "azure": 53}


def test_nothing_is_planted_twice():
    assert len(subjects(DAYS[0])) == len(truth(DAYS[0]))


def test_no_near_miss_is_a_flaw():
    missed = {(each.code, each.key if each.tracker == GROUP else f"{each.tracker}:{each.key}") for each in near_misses(DAYS[0])}
    assert len(missed) >= 70
    assert not missed & subjects(DAYS[0])


def test_every_rule_but_those_of_groups_has_near_misses_among_its_own_kind():
    assert {each.code for each in near_misses(DAYS[0])} == RULES


def test_drift_is_far_from_the_tolerance_on_both_sides():
    oracle = Oracle(meridian(DAYS[0]), at_noon(DAYS[0]))
    drifts = {place: oracle.drift(*place) for place in oracle.shares()}
    assert {place for place, drift in drifts.items() if drift > 15} == {(PAYMENTS, "PI 26.4"), (PAYMENTS, "PI 27.1"), (CARDS, "PI 27.1")}
    assert all(drift < 9 or drift > 15 for drift in drifts.values()), drifts


def test_every_train_and_interval_has_enough_sized_points_to_be_judged():
    bank = meridian(DAYS[0])
    points: Counter[tuple[str, str]] = Counter()
    for work in bank.works:
        if work.team and work.interval and work.stage is not Stage.CANCELLED:
            points[work.home.value, work.interval] += int(work.points or 0)
    assert len(points) == 6
    assert min(points.values()) >= 60


def test_the_oracle_notices_a_story_that_loses_its_criteria():
    bank = meridian(DAYS[0])
    oracle = Oracle(bank, at_noon(DAYS[0]))
    story = next(work for work in bank.works if work.kind is Kind.STORY and work.open and not list(oracle.codes(work)))
    assert list(oracle.codes(replace(story, acceptance=(), description=()))) == ["TM101"]


def test_compliance_crowds_out_innovation_in_payments():
    shares = Oracle(meridian(DAYS[0]), at_noon(DAYS[0])).shares()
    assert shares[PAYMENTS, "PI 26.4"][WorkClass.COMPLIANCE] > 1.5 * shares[PAYMENTS, "PI 26.3"][WorkClass.COMPLIANCE] > 0
    assert shares[PAYMENTS, "PI 26.4"][WorkClass.FEATURE] < shares[PAYMENTS, "PI 26.3"][WorkClass.FEATURE]


def test_the_bank_spans_both_trackers():
    counts = Counter((work.home, work.kind) for work in meridian(DAYS[0]).works)
    assert sum(counts.values()) == 608
    assert counts[Home.AZURE, Kind.FEATURE] == 99
    assert counts[Home.AZURE, Kind.STORY] == 0
    assert counts[Home.PAY, Kind.FEATURE] == 0
    assert counts[Home.CARDS, Kind.EPIC] == 12
