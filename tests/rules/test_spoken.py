from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from safesync.languages.spoken import Spoken
from safesync.model.finding import Finding
from safesync.model.item import Item
from safesync.model.organisation import BoardColumn, Organisation, Train
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import NOW, seen_by, story
from safesync.rules.rule import Example, RuleSetting, Surroundings
from safesync.rules.settings import read_rules

SPOKEN = Spoken("en", {"ado": "fr"}, {"pay": "de"}, {"Cards": "fr"}, {"Falcon": "de"}, {"Heron": "fr"})


@pytest.mark.parametrize(
    ("place", "language"),
    [
        ((None, None, None, None), "en"),
        (("jira", "CARDS", None, "Heron"), "en"),
        (("ado", "Other", None, None), "fr"),
        (("ado", "PAY", None, None), "de"),
        (("jira", "Pay", "Cards", None), "de"),
        (("ado", "Other", "Cards", "Falcon"), "de"),
    ],
)
def test_the_narrowest_place_says_which_language_an_item_has(place: tuple[str | None, ...], language: str) -> None:
    assert SPOKEN.on(*place) == language


def test_a_group_speaks_as_was_said_for_it_or_as_is_spoken_where_its_own_item_stands() -> None:
    asked = [("Falcon", "Cards"), ("Heron", "Payments"), ("Kite", "Cards"), ("Kite", None)]
    assert [SPOKEN.about(team, train) for team, train in asked] == ["de", "fr", "fr", "en"]
    assert SPOKEN.used == {"en", "de", "fr"}


def test_a_team_whose_findings_stand_on_its_trains_item_is_told_there_in_the_trains_language() -> None:
    guests = replace(SPOKEN, guests=frozenset({"Falcon", "Kite"}))
    assert [guests.about("Falcon", "Cards"), guests.about("Falcon", None), guests.about("Heron", "Cards")] == ["fr", "en", "fr"]
    assert guests.among("Falcon", "Cards") == "de"
    assert guests.on("jira", "CARDS", "Cards", "Falcon") == "de"


def found(settings: tuple[RuleSetting, ...], *items: Item, spoken: Spoken = SPOKEN, **around: Any) -> dict[str, Finding]:
    judge = Judge(settings, spoken)
    example = Example(flawed=True, about="", items=items, surroundings=Surroundings(**around))
    return {finding.subject: finding for finding in judge.judge(seen_by(judge, example), NOW).flawed}


def said(section: dict[str, Any]) -> tuple[RuleSetting, ...]:
    return read_rules(section, catalogue=shipped(), packs={}).settings


def test_each_item_is_told_in_the_language_of_its_place() -> None:
    items = (
        story(1, project="PAY", team=None, points=None),
        story(2, project="CARDS", team="Falcon", points=None),
        story(3, project="X", team=None, points=None),
    )
    told = found(said({"TM105": {}}), *items)
    assert [told[item.uid].language for item in items] == ["de", "de", "en"]
    assert told[items[0].uid].remedy == "Die Story in Punkten schätzen."
    assert told[items[2].uid].remedy == shipped()["TM105"].remedy


def test_what_is_found_about_a_team_is_in_its_language() -> None:
    columns = (BoardColumn("jira", "Falcon", "Review", 1), BoardColumn("jira", "Kite", "Review", 1))
    items = tuple(story(number, team=team, board_column="Review") for number, team in enumerate(("Falcon", "Falcon", "Kite", "Kite")))
    told = found(said({"FL401": {}}), *items, columns=columns, organisation=Organisation(trains=(Train("Payments", ("Falcon", "Kite")),)))
    assert {finding.subject.split("|")[1]: finding.language for finding in told.values()} == {"Falcon": "de", "Kite": "en"}


def test_values_are_said_as_the_language_says_them() -> None:
    (german,) = found(said({"TM106": {"options": {"max_points": 12.5}}}), story(points=20.5), spoken=Spoken("de")).values()
    assert "20,5 Punkte" in german.evidence
    assert "12,5" in german.evidence


def test_an_administrators_remedy_is_said_in_every_language_or_in_its_own() -> None:
    items = story(1, project="PAY", team=None, points=None), story(2, project="X", team=None, points=None)
    for_all = found(said({"TM105": {"remedy": "Ask Robin."}}), *items)
    assert [for_all[item.uid].remedy for item in items] == ["Ask Robin."] * 2
    german = found(said({"TM105": {"remedy": {"de": "Robin fragen."}}}), *items)
    assert [german[item.uid].remedy for item in items] == ["Robin fragen.", shipped()["TM105"].remedy]


def test_a_rule_of_ones_own_says_what_was_written_and_what_was_written_for_a_language() -> None:
    rule = {"code": "X301", "name": "own-rule", "for": "story", "flaw": "points IS NULL", "severity": "warning"}
    items = story(1, project="PAY", team=None, points=None), story(2, project="X", team=None, points=None)
    one = found(said({"custom": [{**rule, "remedy": "Look at it."}]}), *items)
    assert [one[item.uid].remedy for item in items] == ["Look at it."] * 2
    two = found(said({"custom": [{**rule, "remedy": {"de": "Ansehen.", "en": "Look at it."}}]}), *items)
    assert [two[item.uid].remedy for item in items] == ["Ansehen.", "Look at it."]


def test_figures_in_a_list_are_written_as_people_write_them_there() -> None:
    rule = shipped()["TM112"]
    example = next(one for one in rule.examples if one.flawed)
    example = replace(example, items=tuple(replace(item, points=item.points and item.points * 1.03125) for item in example.items))
    judge = Judge((RuleSetting(rule, rule.options(**example.options)),), Spoken("de"))
    (told,) = [one for one in judge.judge(seen_by(judge, example), NOW).flawed if one.subject == example.subject]
    said = " ".join((told.evidence, *(text for _, text in told.numbers)))
    assert re.search(r"\d,\d+\)", said)
    assert not re.search(r"\d\.\d+\)", said)
