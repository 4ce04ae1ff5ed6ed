from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from safesync.facts.text import acceptance
from safesync.facts.text.lexicon import LANGUAGES, lexicon, shipped, speak
from safesync.facts.text.placeholder import is_placeholder
from safesync.facts.text.reading import NOTHING, Place

TEXT = "Ready for shipping when:\n- the label is printed in A6\n- the weight is known"


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    speak({})


def verdict(text: str, place_of: Callable[..., Place]) -> str:
    return acceptance.read(NOTHING, place_of(text), boxes_count=True).verdict


def test_a_heading_that_was_added_announces_criteria(place_of: Callable[..., Place]):
    assert verdict(TEXT, place_of) == "missing"
    speak({"en": {"acceptance": ("Ready for shipping when",)}})

    assert verdict(TEXT, place_of) == "ok"
    assert verdict("Akzeptanzkriterien:\n- die Liste ist nach Datum sortiert", place_of) == "ok"


def test_a_language_that_is_not_shipped_may_be_added(place_of: Callable[..., Place]):
    speak({"sv": {"acceptance": ("Acceptanskriterier",), "placeholders": ("kommer senare",)}})

    assert verdict("Acceptanskriterier:\n- listan visar alla kunder i Malmö", place_of) == "ok"
    assert is_placeholder("Kommer senare.")


def test_words_of_a_scenario_go_with_those_of_their_language(place_of: Callable[..., Place]):
    speak({"de": {"given": ("Vorhanden ist",)}})

    assert verdict("Vorhanden ist ein Kunde\nWenn er zahlt\nDann erhält er eine Quittung", place_of) == "ok"


def test_without_additions_texts_are_read_as_shipped():
    speak({"en": {"vague": ("zippy",)}})
    speak({})

    assert lexicon() is shipped(LANGUAGES)
