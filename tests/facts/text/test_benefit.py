from __future__ import annotations

from collections.abc import Callable

import pytest

from safesync.facts.text import benefit
from safesync.facts.text.reading import NOTHING, UNSEEN, Place


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", "empty"),
        ("TBD", "placeholder"),
        ("If <proposition> then <measurable benefit>", "placeholder"),
        ("more revenue", "weak"),
        ("Customers who see the price early cancel a third less of their orders", "ok"),
        ("à définir", "placeholder"),
        ("Kunden sehen den Preis früher und stornieren deshalb ein Drittel weniger", "ok"),
    ],
)
def test_the_field_is_judged_by_what_somebody_wrote(text: str, verdict: str, place_of: Callable[..., Place]):
    assert benefit.read(place_of(text), NOTHING).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Build the export service for the ledger", "missing"),
        ("h3. Benefit hypothesis", "empty"),
        ("h3. Benefit hypothesis\nTBD\nh3. Notes\nask the users of the ledger about it next week", "placeholder"),
        ("h3. Nutzenhypothese\nWeniger Rückfragen im Kundenservice, weil der Auszug alle Buchungen zeigt", "ok"),
        ("Bénéfice attendu : moins d'appels au service client grâce au relevé complet", "ok"),
        ("h3. Why\nfaster", "weak"),
        ("If clerks can export the ledger themselves, then an audit takes two days less", "ok"),
        ("We believe that clerks will save two days in every audit with this", "ok"),
        ("As a clerk I want to export the ledger so that an audit takes two days less", "ok"),
        ("Wenn Sachbearbeiter selbst exportieren, dann dauert eine Prüfung zwei Tage weniger", "ok"),
        ("Check what happens if the ledger is empty. The old service then fails with an error", "missing"),
        ("so that", "missing"),
        ("So that {}", "placeholder"),
        ("Export the rows of a table, e.g. if somebody exports one, then the headings come with it", "missing"),
        ("Als Sachbearbeiter möchte ich den Auszug selbst abrufen, um eine Rückfrage beim Kunden zu sparen", "ok"),
        ("Como cliente quiero pagar con tarjeta para ahorrar el tiempo de la espera", "ok"),
        ("As a clerk I want it so that it is", "missing"),
        ("h3. Acceptance criteria\n* the row is marked red so that nobody pays it a second time", "missing"),
    ],
)
def test_the_description_is_searched_by_heading_and_by_sentence(text: str, verdict: str, place_of: Callable[..., Place]):
    assert benefit.read(NOTHING, place_of(text, "wiki")).verdict == verdict


def test_criteria_are_no_benefit_and_the_benefit_no_criterion(place_of: Callable[..., Place]):
    text = "h3. Business value\nclerks save two days in each and every audit\nh3. Acceptance criteria\n* the export holds all rows"

    found = benefit.read(NOTHING, place_of(text, "wiki"))

    assert (found.count, found.places) == (9, "field: empty; description: 9 words under a heading")


def test_what_was_not_read_is_said_so():
    assert benefit.read(UNSEEN, UNSEEN).places == "field: not read; description: not read"
