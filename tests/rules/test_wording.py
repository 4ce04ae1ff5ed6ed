"""How values are said to a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from safesync.rules.wording import WordingError, said, sentence


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (8.0, "8"),
        (0.1 + 0.2, "0.3"),
        (2.5, "2.5"),
        (-3.0, "-3"),
        (12, "12"),
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        ("Falcon", "Falcon"),
        (date(2026, 11, 18), "2026-11-18"),
        (datetime(2026, 11, 18, 23, 59, tzinfo=UTC), "2026-11-18"),
        (frozenset({"b", "a"}), "a, b"),
        (frozenset[str](), "none"),
    ],
)
def test_a_value_is_said_in_plain_words(value: Any, words: str):
    assert said(value) == words


@pytest.mark.parametrize(
    ("days", "words"), [(1, "1 day ago"), (1.0, "1 day ago"), (2, "2 days ago"), (11, "11 days ago"), (None, "none days ago")]
)
def test_one_day_is_not_days(days: float | None, words: str):
    assert sentence("{days} days ago", {"days"}).filled({"days": days}) == words
    assert sentence("{days} working days", {"days"}).filled({"days": 1}) == "1 working day"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("open_children_keys", "25, PAY-3, 112", "#25, PAY-3, #112"),
        ("late_dependency_key", "99", "#99"),
        ("dependency_cycle", "7 -> PAY-2 -> 7", "#7 -> PAY-2 -> #7"),
        ("added_items", "25 (2.5), PAY-3 (1)", "#25 (2.5), PAY-3 (1)"),
        ("contributors", "104, 107, CARDS-7", "#104, #107, CARDS-7"),
        ("contributors", "3 700000, 1 690000.5", "#3 700000, #1 690000.5"),
        ("contributors", "3 (H1, 9 %), CARDS-3 (H2, 7 %)", "#3 (H1, 9 %), CARDS-3 (H2, 7 %)"),
        ("inverted", "67 (2.31) above 69 (4); 67 (2.31) above 73 (3.5)", "#67 (2.31) above #69 (4); #67 (2.31) above #73 (3.5)"),
        ("costly", "2 (610000), CARDS-5 (340000)", "#2 (610000), CARDS-5 (340000)"),
        ("history", "26.4.1 20, 26.4.2 24", "26.4.1 20, 26.4.2 24"),
        ("planned_items", 12, "12"),
        ("team", "42", "42"),
    ],
)
def test_a_work_item_that_is_only_a_number_is_not_told_as_a_count(name: str, value: Any, told: str) -> None:
    assert sentence(f"Open below it: {{{name}}}.", {name}).filled({name: value}) == f"Open below it: {told}."


def test_a_sentence_is_filled_and_doubled_braces_are_braces():
    made = sentence("{points} of {{most}}: {team}", {"points", "team"})
    assert made.names == {"points", "team"}
    assert made.filled({"points": 3.0, "team": "{points}"}) == "3 of {most}: {points}", "a value is never a sentence"


@pytest.mark.parametrize(
    "text", ["{points.real}", "{points[0]}", "{points!r}", "{points:>9}", "{}", "{0}", "{pints}", "{points", "points}"]
)
def test_nothing_but_a_plain_name_stands_in_braces(text: str):
    with pytest.raises(WordingError):
        sentence(text, {"points"})
