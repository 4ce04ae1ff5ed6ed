"""What was approved is remembered, and compared with what an item says now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from safesync.facts.item.approved import change_since, remembered, share
from safesync.facts.measure import measure
from safesync.model.item import Item, Markup, RichText
from safesync.rules.examples import feature

DAY, LATER = date(2026, 11, 2), date(2026, 11, 9)


def approved(text: str, on: date = DAY, **fields: Any) -> Item:
    return feature(description=RichText(text, Markup.WIKI), approval="Approved", approver="Lea", approved_on=on, **fields)


def test_the_text_that_was_seen_first_with_an_approval_stays_until_the_next_one():
    first = remembered(approved("pay by card"), None, DAY)
    second = remembered(approved("pay by cheque"), first, LATER)
    assert (second.approved_text, second.approved_text_seen_on) == ("pay by card", DAY)
    again = remembered(approved("pay by cheque", LATER), second, LATER)
    assert (again.approved_text, again.approved_text_seen_on) == ("pay by cheque", LATER)


def test_what_is_not_approved_or_not_seen_is_not_remembered():
    plain = feature(description="pay by card")
    assert remembered(plain, None, DAY) is plain
    assert remembered(approved("", unseen=frozenset({"description"})), None, DAY).approved_text is None


@pytest.mark.parametrize(
    ("seen_on", "now", "unseen", "told"),
    [
        (DAY, "pay by card", (), (True, 0.0)),
        (DAY, "h1. pay *by* card", (), (True, 0.0)),
        (DAY, "pay by cheque", (), (True, pytest.approx(1 / 3))),
        (date(2026, 11, 3), "pay by card", (), (True, 0.0)),
        (date(2026, 11, 4), "pay by card", (), (False, None)),
        (date(2026, 11, 4), "pay by cheque", (), (True, pytest.approx(1 / 3))),
        (DAY, "pay by card", ("acceptance",), (False, None)),
        (DAY, "pay by cheque", ("acceptance",), (True, pytest.approx(1 / 3))),
        (DAY, "pay by cheque", ("description",), (False, None)),
    ],
)
def test_that_nothing_changed_is_said_only_where_it_is_known(seen_on: date, now: str, unseen: tuple[str, ...], told: tuple[bool, Any]):
    item = approved(now, approved_text="pay by card", approved_text_seen_on=seen_on, unseen=frozenset(unseen))
    assert change_since(item) == told
    assert ("approved_text_change" in str(measure(item)["unseen"]).split()) is not told[0]


def test_an_approval_from_before_the_text_was_remembered_says_nothing():
    assert change_since(approved("pay by card")) == (False, None)
    assert change_since(feature()) == (True, None)
    assert change_since(feature(unseen=frozenset({"approved_on"}))) == (False, None)


def test_a_number_or_a_day_is_everything():
    assert share("within 5 days, by card", "by card within 5 days") == 0
    assert share("within 5 days", "within 9 days") == share("on 2027-01-17", "on 2027-03-17") == 1
    assert share("", "") == 0


def test_criteria_are_part_of_what_was_approved():
    first = remembered(approved("pay", acceptance=RichText("a card is taken", Markup.PLAIN)), None, DAY)
    changed = replace(first, acceptance=RichText("a cheque is taken", Markup.PLAIN))
    assert change_since(changed) == (True, pytest.approx(2 / 10))
