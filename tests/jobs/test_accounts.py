"""What is answered to ``explain`` in a reply: facts, values and what is asked of them, in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import Surroundings
from safesync.jobs.accounts import account
from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.languages.tongue import tongue
from safesync.model.item import Kind, Stage
from safesync.model.timebox import Iteration
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting


def told(office: Office, code: str, language: str, **options: object) -> str:
    """The account of a rule on the only item."""
    rule = shipped()[code]
    rules = (RuleSetting(rule, rule.options(**options)),)
    pull(office.sources[0], office.store, NOON)
    checked = check(office.store, Judge(rules), office.organisation, NOON, trackers=["jira"], rules=rules)
    (each,) = checked.explain("jira:1")
    return account(each, tongue(language)).text


STORY = "TM108: working days since human change is 20 (told when more than 5); kind is story; stage is in progress."


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        (Kind.STORY, "en", STORY),
        (Kind.FEATURE, "en", STORY.replace("5", "10").replace(" kind is story;", "")),
        (Kind.FEATURE, "de", "TM108: working days since human change = 20 (gemeldet bei mehr als 10); stage = in Arbeit."),
        (Kind.FEATURE, "fr", "TM108: working days since human change = 20 (signalé si plus de 10); stage = en cours."),
    ],
)
def test_the_limit_that_the_item_passed_is_told_in_words(
    office: Office, jira: FakeTracker, kind: Kind, language: str, expected: str
) -> None:
    jira.put(1, kind=kind, stage=Stage.IN_PROGRESS, last_human_change_at=NOON - timedelta(days=28), created_at=NOON - timedelta(days=40))
    assert told(office, "TM108", language) == expected


def test_both_ends_of_a_range_are_told_together(office: Office, jira: FakeTracker) -> None:
    last = date(2026, 11, 1)
    sprint = Iteration("jira:iteration:7", "jira", "Sprint 7", last - timedelta(days=13), last)
    jira.surroundings = Surroundings(iterations=(sprint,))
    jira.put(1, stage=Stage.READY, iteration="jira:iteration:7")
    assert told(office, "TM111", "en") == "TM111: days since iteration end is 25 (told when more than 1 and at most 120)."


def test_an_empty_field_has_no_limit(office: Office, jira: FakeTracker) -> None:
    jira.put(1, points=None)
    assert told(office, "TM105", "de") == "TM105: points = leer."


def test_what_an_option_settles_alone_is_not_told(office: Office, jira: FakeTracker) -> None:
    jira.put(1)
    assert told(office, "LK701", "en") == "LK701: has feature ancestor is false; has label('local-work') is false."
