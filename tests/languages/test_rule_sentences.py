"""Every sentence that a rule says, and every word that its values are said with, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from test_catalogues import TRANSLATED, catalogue, phrases

import safesync
from safesync.facts.called import called
from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.facts.fact import Fact
from safesync.languages.phrases import translated
from safesync.languages.spoken import Spoken
from safesync.languages.tongue import ENGLISH, Language, tongue
from safesync.model.finding import Finding
from safesync.rules.catalog import shipped
from safesync.rules.condition.reading import read
from safesync.rules.condition.tree import facts_of
from safesync.rules.engine import Judge
from safesync.rules.examples import NOW, seen_by
from safesync.rules.judgement import vocabulary
from safesync.rules.page import said_name
from safesync.rules.rule import ROLE, Rule, RuleSetting
from safesync.rules.wording import NOTHING

_NAME = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[^\W\d_]{2}")
_MARKUP = re.compile(r"[<>*_`|\[\]@#!\\]|\s\s|--")
_ADDRESS = {
    "de": re.compile(r"\b(Sie|Ihre?[nmrs]?|du|dich|dein\w*|euch)\b"),
    "fr": re.compile(r"\b(vous|votre|vos|tu|toi|ton)\b", re.IGNORECASE),
}
_MOST_WORDS = 20
"""Of a remedy: nobody reads more in the ten seconds that there are."""
_SAME = {
    "de": {
        *("backlog", "bug", "capability", "compliance", "enabler", "epic", "feature", "funnel", "key result", "ok", "spike", "story"),
        *("team", "team {name}", "test", "{count} Given/When/Then", "Epics", "Features", "Limit"),
        *("Lean Portfolio Management", "Product Management"),
        *("business value", "iteration", "job size", "labels", "tests", "time criticality", "tracker", "value stream"),
        *("budget", "limit", "status {approval}"),
    },
    "fr": {
        *("backlog", "bug", "capability", "enabler", "epic", "feature", "maintenance", "ok", "spike", "story", "test"),
        *("train", "train {name}", "points", "{count} Given/When/Then", "Epics", "Features"),
        *(f"{{{name}_points}} points" for name in ("added", "committed", "planned", "removed", "unplaced")),
        *("Lean Portfolio Management", "Product Management", "budget", "tests"),
    },
}
"""Words that both languages share, in large or small letters."""


def sentences(rule: Rule) -> Iterator[str]:
    """What a rule says, as it stands in the code."""
    yield from (rule.remedy, rule.evidence, *rule.figures)
    yield from (text for number in rule.numbers for text in number)
    yield from (text for part in rule.parts for text in (part.asks, part.remedy))


def facts() -> Iterator[Fact]:
    """Every fact that a sentence may speak of, the limits of rules among them."""
    yield from ITEM_FACTS.values()
    yield from (fact for group in GROUP_FACTS.values() for fact in group.values())
    yield from (fact for rule in shipped().values() for fact in rule.limit_facts)


@cache
def said_by_rules() -> dict[str, tuple[str, ...]]:
    """Each sentence with the codes of the rules that say it; names and signs alone need no translation."""
    found: dict[str, list[str]] = {}
    for code, rule in shipped().items():
        for text in dict.fromkeys(sentences(rule)):
            if _has_words(text):
                found.setdefault(text, []).append(code)
    return {text: tuple(codes) for text, codes in found.items()}


@cache
def said_of_values() -> frozenset[str]:
    """Each word and phrase that values come in."""
    words = {str(word).replace("_", " ") for fact in facts() for word in fact.vocabulary}
    composed = {phrase for fact in facts() for phrase in fact.phrases}
    names = {called(name) for name in {*ITEM_FACTS, *_asked_of_groups()}} | {said_name(rule) for rule in shipped().values()}
    return frozenset(text for text in words | composed | names | {NOTHING, "yes", "no"} | set(ROLE.values()) if _has_words(text))


def _asked_of_groups() -> Iterator[str]:
    """The facts by which shipped rules find groups flawed."""
    for rule in shipped().values():
        if rule.group is not None:
            yield from facts_of(read(rule.flaw, vocabulary(rule), rule.options().model_dump()))


def _has_words(text: str) -> bool:
    return _WORD.search(_NAME.sub("", text)) is not None


@cache
def entries(language: str) -> dict[str, polib.POEntry]:
    return {each.msgid: each for each in catalogue(language)}


def ours(language: str) -> Iterator[polib.POEntry]:
    """What rules and values say; what comments say besides is not judged here."""
    return (each for text, each in entries(language).items() if text in said_by_rules() or text in said_of_values())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_of_a_rule_and_every_word_of_a_value_is_in_every_language(language: str) -> None:
    assert len(said_by_rules()) > 250
    assert len(said_of_values()) > 100
    assert (said_by_rules().keys() | said_of_values()) - entries(language).keys() == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    known = said_by_rules().keys() | said_of_values() | set(phrases())
    others = {text for text in entries(language) if _has_words(text)} - known
    sources = [path.read_text(encoding="utf-8") for path in Path(safesync.__file__).parent.rglob("*.py")]
    assert {text for text in others if not any(f'"{text}"' in source for source in sources)} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_stands_in_the_catalogue_with_the_codes_of_its_rules(language: str) -> None:
    told = {text: entries(language)[text].comment for text in said_by_rules()}
    assert told == {text: ", ".join(codes) for text, codes in said_by_rules().items()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_says_something_else_than_the_english_but_for_words_that_are_the_same(language: str) -> None:
    same = {each.msgid for each in ours(language) if each.msgid.casefold() == each.msgstr.casefold() and _has_words(each.msgid)}
    assert same == _SAME[language]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_no_markup_and_addresses_nobody(language: str) -> None:
    said = {each.msgstr for each in ours(language)}
    assert {text for text in said if _MARKUP.search(_NAME.sub("0", text))} == set()
    assert {text for text in said if _ADDRESS[language].search(text)} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_ends_as_its_sentence_does(language: str) -> None:
    ends = {each.msgid: each.msgstr for each in ours(language) if each.msgid.endswith(".") != each.msgstr.rstrip(" »").endswith((".", "?"))}
    assert ends == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_remedy_is_short_in_every_language(language: str) -> None:
    words = {code: sum(map(_has_words, tongue(language).say(rule.remedy).split())) for code, rule in shipped().items()}
    assert {code: count for code, count in words.items() if count > _MOST_WORDS} == {}


def test_in_french_a_no_break_space_stands_before_signs() -> None:
    for each in ours("fr"):
        text = _NAME.sub("0", each.msgstr)
        assert re.search(r"(?<!\u00a0)[:;?!%»]", text) is None, text
        assert re.search(r"«(?!\u00a0)", text) is None, text


@pytest.mark.parametrize(("language", "days"), [("de", "(Arbeitst|T)agen?"), ("fr", "jours( ouvrés)?")])
def test_days_stand_behind_their_number_so_that_a_day_that_passes_is_no_news(language: str, days: str) -> None:
    counted = [(name, each) for each in ours(language) for name in re.findall(r"(\{\w+\}) (?:working )?days", each.msgid)]
    assert len(counted) > 20
    assert [each.msgid for name, each in counted if not re.search(rf"{re.escape(name)} {days}\b", each.msgstr)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_phrase_of_a_fact_is_found_again_in_what_is_put_together_from_it(language: str) -> None:
    tongue_ = tongue(language)
    for fact in facts():
        for phrase in fact.phrases:
            parts = {name[1:-1]: f"X-{at}" for at, name in enumerate(_NAME.findall(phrase))}
            assert translated(phrase.format(**parts), fact.phrases, tongue_) == tongue_.say(phrase, **parts), fact.name


def test_what_stands_inside_a_phrase_is_said_by_phrases_too_and_names_stay() -> None:
    of_criteria, unplanned = ITEM_FACTS["acceptance_places"].phrases, ITEM_FACTS["unplanned_dependency"].phrases
    found = "field: empty; description: 3 criteria under a heading, too vague to check"
    amiss = "PAY-1 is cancelled; PAY-2 was planned for Sprint is cancelled, which is over, and has not begun; PAY-3: what?"
    german = tongue("de")
    assert translated(found, of_criteria, german) == "Feld (leer), Beschreibung (3 Kriterien unter einer Überschrift, zu vage zum Prüfen)"
    assert translated(amiss, unplanned, german) == (
        "PAY-1 ist abgebrochen; PAY-2 war für Sprint is cancelled geplant (vorbei) und hat nicht begonnen; PAY-3: what?"
    )
    assert translated(found, of_criteria, ENGLISH) == found
    assert translated("a text of before\n", of_criteria, german) == "a text of before\n"


def finding(code: str, language: Language, number: int = 0) -> Finding:
    """What a rule says about its first bad example, or a later one."""
    rule = shipped()[code]
    example = [each for each in rule.examples if each.flawed][number]
    settings = [RuleSetting(each, each.options()) for each in (rule, *(part.rule for part in rule.parts if part.rule))]
    settings[0] = RuleSetting(rule, rule.options.model_validate(dict(example.options)))
    judge = Judge(settings, Spoken(default=language))
    found = judge.judge(seen_by(judge, example), NOW).flawed
    return next(each for each in found if each.code == code and each.subject == example.subject)


@pytest.mark.parametrize(
    ("code", "language", "remedy", "evidence"),
    [
        (
            "TM101",
            "de",
            "Akzeptanzkriterien ergänzen: ein bis fünf prüfbare Aussagen.",
            "Gesucht in: Feld (leer), Beschreibung (leer).",
        ),
        (
            "TM101",
            "fr",
            "Ajouter des critères d'acceptation\u00a0: une à cinq affirmations vérifiables.",
            "Cherché dans\u00a0: champ (vide), description (vide).",
        ),
        (
            "FL405",
            "de",
            "Entscheiden: fertigstellen, aufteilen oder stoppen.",
            (
                "Seit 13 Tagen in der Phase „in Arbeit“: Arbeit begonnen vor 13 Tagen, üblich sind höchstens 12 Tage"
                " (85 von 100; 30 fertige Einträge der Art Story von Payments)."
            ),
        ),
        (
            "PI801",
            "fr",
            "Négocier le périmètre avec les Business Owners jusqu'à ce que le plan tienne.",
            (
                "40,5 points sont planifiés dans PI 26.4\u00a0: par l'équipe Falcon, dans le train Payments, pour une capacité de 40"
                " (4 itérations de 10, fixée dans la configuration), charge de 101\u00a0%."
            ),
        ),
        (
            "GR509",
            "de",
            "Business Owner die PI-Ziele gegeneinander abwägen lassen und ihre Namen daran vermerken.",
            (
                "Team Falcon in PI 26.4, PI-Ziele mit Business Owner 3 von 3: eingetragen (Kim),"
                " Wert 10 bei 66,7 % von 3 bewerteten (höchstens 50 %)."
            ),
        ),
    ],
)
def test_a_finding_is_told_in_the_language_of_its_place(code: str, language: Language, remedy: str, evidence: str) -> None:
    found = finding(code, language)
    assert (found.remedy, found.evidence) == (remedy, evidence)


def test_a_checklist_names_its_points_in_the_language_of_its_place() -> None:
    found = finding("TM114", "de")
    assert [point.asks for point in found.points][:2] == ["Akzeptanzkriterien", "Schätzung"]
    assert found.points[0].remedy == "Akzeptanzkriterien ergänzen: ein bis fünf prüfbare Aussagen."
    assert found.evidence == "Geplant für 26.4.4. Offene Punkte: 2 von 5 (Akzeptanzkriterien, Schätzung)."


def test_the_numbers_of_a_finding_have_labels_in_the_language_of_its_place() -> None:
    labels = [label for label, _ in finding("PI801", "de").numbers]
    assert labels == ["Auslastung", "Noch in keiner Iteration", "Ohne Punkte", "Größte Einträge"][: len(labels)]
    assert labels
