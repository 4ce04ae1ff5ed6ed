from __future__ import annotations

import pytest

from safesync.facts.text.lexicon import LANGUAGES, Family, Step, joined, lexicon, shipped


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_headings_scenarios_and_placeholders(language: str):
    words = shipped((language,))

    assert {Family.ACCEPTANCE, Family.BENEFIT, Family.OTHER, Family.DONE} == set(words.labels.values())
    assert {Step.GIVEN, Step.WHEN, Step.THEN, Step.AND} <= {one.step for some in words.steps.values() for one in some}
    assert words.placeholders


def test_a_lexicon_is_read_once():
    assert lexicon() is lexicon() is shipped(LANGUAGES)


def test_a_heading_that_two_languages_understand_differently_announces_criteria():
    words = joined([{"sections": ["abnahme"]}, {"acceptance": ["Abnahme"]}])

    assert words.labels == {"abnahme": Family.ACCEPTANCE}


def test_a_lexicon_of_another_shape_is_refused():
    with pytest.raises(TypeError, match="acceptance"):
        joined([{"acceptance": "acceptance criteria"}])


def test_no_heading_of_other_sections_is_one_of_criteria():
    words = lexicon()

    assert {words.labels[name] for name in ("notes", "hinweise", "contexte", "out of scope")} == {Family.OTHER}
