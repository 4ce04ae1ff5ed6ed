from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from string import Formatter

import polib
import pytest

import safesync
from safesync.cli.report_page import URGENCY
from safesync.feedback.comment import KINDS
from safesync.languages.tongue import LANGUAGES, tongue, without_days
from safesync.rules.page import GATES
from safesync.rules.rule import NEXT_ROLE

TRANSLATED = [language for language in LANGUAGES if language != "en"]
SPEAKING = {"say", "counted"}
_ON_A_PAGE = re.compile(r'\b(?:say|counted)\("([^"]+)"(?:, "([^"]+)")?')
FOLDER = resources.files("safesync.languages")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(FOLDER / f"{language}.po"), check_for_duplicates=True)


def phrases() -> Iterator[str]:
    """Every sentence that stands in a call that speaks, and those that stand in tables."""
    yield from (word for words in KINDS.values() for word in words)
    yield from NEXT_ROLE.values()
    yield from (word for words in URGENCY.values() for word in words)
    yield from GATES.values()
    yield from _spoken_on_pages()
    for path in sorted(Path(safesync.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "safesync.languages" in text or "safesync.feedback.voice" in text:
            yield from _spoken(ast.parse(text))


def _spoken_on_pages() -> Iterator[str]:
    for path in sorted(Path(safesync.__file__).parent.rglob("templates/*.html")):
        for found in _ON_A_PAGE.findall(path.read_text(encoding="utf-8")):
            yield from filter(None, found)


def _spoken(module: ast.Module) -> Iterator[str]:
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            for each in _sentences(node):
                for value in named.get(each.id, []) if isinstance(each, ast.Name) else [each]:
                    yield from _constants(value)


def _sentences(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id="Misread")) | ast.Call(func=ast.Attribute(attr="spans" | "line")):
            return node.args[1:2]
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in SPEAKING:
            return node.args[:2]
    return []


def _constants(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _constants(value.body)
            yield from _constants(value.orelse)


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_read_at_start_is_what_the_catalogue_compiles_to(language: str) -> None:
    assert (FOLDER / f"{language}.mo").read_bytes() == catalogue(language).to_binary(), "run: make languages"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_phrase_of_a_comment_is_in_every_language(language: str) -> None:
    said = set(phrases()) - {"{remedy} {evidence} {code}", "{remedy} {code}"}
    known = {text for each in catalogue(language) for text in (each.msgid, each.msgid_plural)}
    assert len(said) > 70
    assert said - known == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_what_its_sentence_names(language: str) -> None:
    for each in catalogue(language):
        said = list(each.msgstr_plural.values()) or [each.msgstr]
        assert all(said), each.msgid
        assert names(each.msgid_plural or each.msgid) == set().union(*map(names, said)), each.msgid


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_counts_days_counts_them_in_words_that_pass_no_news(language: str) -> None:
    """Else the comments of a language would be edited every morning."""
    for each in catalogue(language):
        for name in names(each.msgid) if each.msgstr else ():
            assert _stays(each.msgid, name) == _stays(each.msgstr, name), (each.msgid, name)


def _stays(text: str, name: str) -> bool:
    fifteenth, sixteenth = (text.format_map({each: day if each == name else "x" for each in names(text)}) for day in ("15", "16"))
    return without_days(fifteenth) == without_days(sixteenth)


@pytest.mark.parametrize(
    ("language", "value", "text", "said"),
    [
        ("en", "1", " days", " day"),
        ("en", "1", " working days in it", " working day in it"),
        ("en", "2", " days", " days"),
        ("en", "1", " daysailors", " daysailors"),
        ("de", "1", " Tage", " Tag"),
        ("de", "1", " Tagen unverändert", " Tag unverändert"),
        ("de", "1", " Arbeitstagen", " Arbeitstag"),
        ("de", "0", " Tage", " Tage"),
        ("de", "1,5", " Tage", " Tage"),
        ("de", "1", " Tagebuch", " Tagebuch"),
        ("fr", "1", " jours", " jour"),
        ("fr", "1", " jours ouvrés", " jour ouvré"),
        ("fr", "0", " jours", " jour"),
        ("fr", "1,5", " jours", " jour"),
        ("fr", "2", " jours ouvrés", " jours ouvrés"),
        ("en", "1", " points", " point"),
        ("en", "1", " planned items", " planned item"),
        ("en", "1", " points are planned", " points are planned"),
        ("en", "1", " pointsman", " pointsman"),
        ("en", "1", " lines of its own", " line of its own"),
        ("de", "1", " Punkten", " Punkt"),
        ("de", "1", " Punkte sind geplant", " Punkte sind geplant"),
        ("de", "1", " Einträgen", " Eintrag"),
        ("de", "1", " PI-Ziele", " PI-Ziel"),
        ("de", "0", " Einträge", " Einträge"),
        ("fr", "0", " points", " point"),
        ("fr", "1", " éléments", " élément"),
        ("fr", "1", " points sont planifiés", " points sont planifiés"),
    ],
)
def test_behind_one_stands_one_of_what_is_counted(language: str, value: str, text: str, said: str) -> None:
    assert tongue(language).after(value, text) == said


@pytest.mark.parametrize(
    ("value", "en", "de", "fr"),
    [
        (3, "3", "3", "3"),
        (3.0, "3", "3", "3"),
        (2.5, "2.5", "2,5", "2,5"),
        (1 / 3, "0.33", "0,33", "0,33"),
        (2026, "2026", "2026", "2026"),
        (10_000, "10,000", "10.000", "10\u202f000"),
        (-0.001, "0", "0", "0"),
        (9_999.999, "10,000", "10.000", "10\u202f000"),
        (-1_250_000.5, "-1,250,000.5", "-1.250.000,5", "-1\u202f250\u202f000,5"),
    ],
)
def test_a_number_has_the_marks_of_its_language(value: float, en: str, de: str, fr: str) -> None:
    assert [tongue(language).number(value) for language in LANGUAGES] == [en, de, fr]


@pytest.mark.parametrize(
    ("text", "de"),
    [
        ("PAY-1 (2.5), PAY-2 (13), PAY-3 (0.5)", "PAY-1 (2,5), PAY-2 (13), PAY-3 (0,5)"),
        ("Iteration 26.4 22.5, Iteration 26.5 7", "Iteration 26.4 22,5, Iteration 26.5 7"),
        ("PAY-1 (2) über PAY-2 (3.03); PAY-3 (2.5) über PAY-4 (4.1)", "PAY-1 (2) über PAY-2 (3,03); PAY-3 (2,5) über PAY-4 (4,1)"),
        ("OBJ-1 3.5/8, OBJ-2 7/7.5, OBJ-3 ?/8", "OBJ-1 3,5/8, OBJ-2 7/7,5, OBJ-3 ?/8"),
        ("PAY-1 250000, PAY-12345 (1250000.5), Increment 12345 9999", "PAY-1 250.000, PAY-12345 (1.250.000,5), Increment 12345 9999"),
        ("12345, 12346, 12347 (2.5); 12348", "12345, 12346, 12347 (2,5); 12348"),
        ("", ""),
    ],
)
def test_figures_in_a_list_have_the_decimal_mark_and_names_keep_their_point(text: str, de: str) -> None:
    large = {"250000": "250,000", "1250000": "1,250,000"}
    assert tongue("en").listed(text) == re.sub(r"(?<=[ (])(?:1?250000)", lambda found: large[found[0]], text)
    assert tongue("de").listed(text) == de
    assert tongue("fr").listed(text) == re.sub(r"(?<=\d)\.(?=\d{3})", "\u202f", de)


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (days, unit)
        for days in (1, 14, 20, 365, "12,345", "12.345", "12\u202f345")
        for unit in ("days", "working days", "Tage", "Tagen", "Arbeitstagen", "jours", "jours ouvrés")
    ],
)
def test_a_day_that_passes_is_no_news_in_any_language(days: int | str, unit: str) -> None:
    assert without_days(f"x {days} {unit} y") == without_days(f"x 15 {unit} y") != without_days(f"x 15 {unit} z")


def test_a_language_that_nobody_translated_is_answered_in_english() -> None:
    assert tongue("xx").say("none") == "none"


def test_nothing_is_said_in_the_place_of_nothing() -> None:
    assert [tongue(language).say("") for language in LANGUAGES] == ["", "", ""]
