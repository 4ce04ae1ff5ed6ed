"""What is answered to ``explain`` in a reply: facts, values and what is asked of them, in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import Surroundings
from safesync.feedback.answers import Account
from safesync.jobs.accounts import account
from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.languages.tongue import tongue
from safesync.model.item import Kind, Stage
from safesync.model.timebox import Iteration
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import seen_by
from safesync.rules.rule import RuleSetting


def told(office: Office, code: str, language: str, **options: object) -> str:
    """The account of a rule on the only item."""
    rule = shipped()[code]
    rules = (RuleSetting(rule, rule.options(**options)),)
    pull(office.sources[0], office.store, NOON)
    checked = check(office.store, Judge(rules), office.organisation, NOON, trackers=["jira"], rules=rules)
    (each,) = checked.explain("jira:1")
    return account(each, tongue(language)).text


STORY = "TM108: working days without a change by a person: 20 (told when more than 5); kind: story; stage: in progress."
GERMAN = "TM108: Arbeitstage ohne Änderung durch einen Menschen: 20 (gemeldet, wenn mehr als 10); Phase: in Arbeit."
FRENCH = "TM108 : jours ouvrés sans modification par une personne : 20 (signalé si plus de 10) ; étape : en cours."


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        (Kind.STORY, "en", STORY),
        (Kind.FEATURE, "en", STORY.replace("5", "10").replace(" kind: story;", "")),
        (Kind.FEATURE, "de", GERMAN),
        (Kind.FEATURE, "fr", FRENCH),
    ],
)
def test_the_limit_that_the_item_passed_is_told_in_words(
    office: Office, jira: FakeTracker, kind: Kind, language: str, expected: str
) -> None:
    jira.put(1, kind=kind, stage=Stage.IN_PROGRESS, last_human_change_at=NOON - timedelta(days=28), created_at=NOON - timedelta(days=40))
    assert told(office, "TM108", language) == expected.replace(" :", "\u00a0:").replace(" ;", "\u00a0;")


def test_both_ends_of_a_range_are_told_together(office: Office, jira: FakeTracker) -> None:
    last = date(2026, 11, 1)
    sprint = Iteration("jira:iteration:7", "jira", "Sprint 7", last - timedelta(days=13), last)
    jira.surroundings = Surroundings(iterations=(sprint,))
    jira.put(1, stage=Stage.READY, iteration="jira:iteration:7")
    assert told(office, "TM111", "en") == "TM111: days since its iteration ended: 25 (told when more than 1 and at most 120)."


@pytest.mark.parametrize(
    ("options", "language", "expected"),
    [
        ({}, "en", "words of the business case: empty (told when less than 40); business case attached as a file: no."),
        ({}, "de", "Wörter des Business Case: leer (gemeldet, wenn weniger als 40); Business Case als Datei angehängt: nein."),
        (
            {"hosts": ["wiki.example"], "attachments": False, "exempt_below": 100},
            "de",
            (
                "Wörter des Business Case: leer (gemeldet, wenn weniger als 40);"
                " Site des verlinkten Business Case: leer (gemeldet, wenn anders als wiki.example);"
                " erwartete Kosten: 300,5 (gemeldet, wenn mindestens 100)."
            ),
        ),
    ],
)
def test_each_way_that_would_satisfy_is_told_with_what_it_asks(
    office: Office, jira: FakeTracker, options: dict[str, object], language: str, expected: str
) -> None:
    jira.put(1, kind=Kind.EPIC, stage=Stage.READY, cost_estimate=300.5)
    assert told(office, "PF303", language, **options) == f"PF303: {expected}"


def accounted(code: str, about: str) -> Account:
    """The account of an example of a rule."""
    rule = shipped()[code]
    (example,) = (one for one in rule.tried if one.about == about)
    behind = [RuleSetting(part.rule, part.rule.options()) for part in rule.parts if part.rule]
    judge = Judge([RuleSetting(rule, rule.options(**example.options)), *behind])
    (each,) = (one for one in judge.explain(seen_by(judge, example), example.subject) if one.code == code)
    return account(each)


@pytest.mark.parametrize(
    ("code", "about", "expected"),
    [
        ("GR506", "a quarter above", "projected cost: 125 (told when more than 110); approved cost: 100."),
        ("PF310", "it ends before it starts", "planned first day: 2026-12-14 (told when after 2026-12-13); planned last day: 2026-12-13."),
        ("CP609", "three words of twenty-nine", "share of the text changed since the approval: 10.3 % (told when more than 10 %)."),
        ("TM114", "neither criteria nor an estimate", "acceptance criteria: still open; an estimate: still open."),
    ],
)
def test_values_and_what_is_asked_of_them_are_in_words(code: str, about: str, expected: str) -> None:
    assert accounted(code, about).text == f"{code}: {expected}"


def test_an_answer_is_new_when_somebody_configures_otherwise_and_not_when_another_fact_changes() -> None:
    assert accounted("GR506", "a quarter above").limits == ""
    assert accounted("CP609", "a day").limits == "more than 10 %"


def test_an_empty_field_has_no_limit(office: Office, jira: FakeTracker) -> None:
    jira.put(1, points=None)
    assert told(office, "TM105", "de") == "TM105: Punkte: leer."


def test_what_an_option_settles_alone_is_not_told(office: Office, jira: FakeTracker) -> None:
    jira.put(1)
    assert told(office, "LK701", "en") == "LK701: a feature or capability above it: no; label local-work: no."


def test_what_is_found_about_a_team_is_named_and_reckoned_in_words() -> None:
    rule = shipped()["FL401"]
    example = next(one for one in rule.tried if one.flawed)
    judge = Judge([RuleSetting(rule, rule.options(**example.options))])
    (each,) = judge.explain(seen_by(judge, example), example.subject)
    said = account(each, tongue("de"), "Falcon, In progress").text
    assert said.startswith("FL401 (Falcon, In progress): Einträge dort: 3; nicht gezählte Einträge: 0; Limit: 2;")
    assert said.endswith("Einträge dort - nicht gezählte Einträge: 3 (gemeldet, wenn mehr als 2).")


def test_what_a_difference_is_called_has_no_sign_of_a_condition() -> None:
    rule = shipped()["GR503"]
    example = next(one for one in rule.tried if one.flawed)
    judge = Judge([RuleSetting(rule, rule.options(**example.options))])
    (each,) = judge.explain(seen_by(judge, example), example.subject)
    assert "Anteil Features - Ziel Features: 40 % (gemeldet, wenn mehr als 10 %)" in account(each, tongue("de")).text
