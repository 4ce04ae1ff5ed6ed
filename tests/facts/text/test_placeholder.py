from __future__ import annotations

import pytest

from safesync.facts.text import title as of_title
from safesync.facts.text import vagueness, words
from safesync.facts.text.placeholder import is_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "TBD",
        "tbd.",
        "T.B.D.",
        "TBD by the Product Owner",
        "to be defined in refinement",
        "N/A",
        "-",
        "...",
        "…",
        "[TBD]",
        "<criterion>",
        "Criterion 1",
        "Point 2:",
        "Kriterium 3",
        "Critère 4",
        "Enter acceptance criteria here",
        "hier Kriterien eintragen",
        "folgt noch",
        "wird noch ergänzt",
        "à compléter",
        "Given <context>, when <action>, then <outcome>",
        "As a <role> I want <goal> so that <benefit>",
        "See above",
        "siehe oben",
        "voir ci-dessus",
        "lorem ipsum dolor sit amet",
        "pendiente",
        "n.v.t.",
        "待定",
        "未定",
        "_____",
        "To be refined with the team in the next session",
        "See the attached screenshot",
        "Refer to the requirements document v2",
        "Siehe Lastenheft Kapitel 4.2",
        "Voir la page Confluence du projet",
        "Seront précisés lors du prochain atelier",
        "volgen nog",
        "Need to discuss with Maria first",
        "Müssen noch mit dem Fachbereich abgestimmt werden",
        "To do: write them down",
        "详见需求文档",
        "後日追記",
    ],
)
def test_a_line_that_nobody_wrote_is_a_placeholder(text: str):
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "TODO list shows only open tasks",
        "No error is shown",
        "None of the reports change",
        "Point 1 of the contract is printed",
        "Test data is deleted every night",
        "Given a <role> user of the portal, when they log in, then the menu shows",
        "Follow-up mails stop",
        "See the total including tax",
        "Step 1 asks for the amount",
        "https://example.org/criteria",
        "x = 5",
        "Offene Posten sind sichtbar",
        "Enter opens the selected order",
        "Unknown users see a hint",
        "Folgt der Kunde dem Link, sieht er seine Bestellung",
        "Voir la page de confirmation après le paiement",
        "Fill in the amount and press Save",
        "后台显示详见链接",
        "後日配送を選択できる",
        "To do that, the queue gets a second lock",
    ],
)
def test_a_line_that_says_something_is_none(text: str):
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "works as expected",
        "Done.",
        "funktioniert wie erwartet",
        "fonctionne correctement",
        "The UI is fast and easy to use",
        "Mails are sent correctly",
    ],
)
def test_vague_phrases_alone_say_nothing(text: str):
    assert vagueness.says_nothing_else(text)


@pytest.mark.parametrize(
    "text",
    [
        "fast: under 2 s",
        "works for guests",
        'the label reads "OK"',
        "returns correct totals per day",
        "Mails about refunds are sent correctly",
    ],
)
def test_a_vague_word_beside_others_says_something(text: str):
    assert not vagueness.says_nothing_else(text)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("The import is fast", True),
        ("The import of 10k rows is fast", False),
        ("The page shows the correct total", True),
        ("The total is correct for each day", False),
        ("Steak is served", False),
    ],
)
def test_a_number_or_comparison_cancels_vagueness(text: str, vague: bool):
    assert vagueness.is_vague(text) is vague


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a b c", 3),
        ("the user's e-mail", 4),
        ("17 + 4", 0),
        ("see https://example.org/a/b-c now", 2),
        ("at http:// or ftp://x.example/a://b, then gopher://y", 6),
        ("ユーザーは出力できる", 5),
        ("été déjà vu", 3),
    ],
)
def test_real_words_are_counted(text: str, count: int):
    assert words.in_text(text) == count


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("", "empty"),
        ("New story", "placeholder"),
        ("Neue Story 3", "placeholder"),
        ("TBD", "placeholder"),
        ("<title>", "placeholder"),
        ("Login", "weak"),
        ("Pay by card", "ok"),
    ],
)
def test_a_title_that_nobody_wrote_is_a_placeholder(title: str, verdict: str):
    assert of_title.verdict(title) == verdict
