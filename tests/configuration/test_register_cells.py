"""What people and spreadsheets write into a cell."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesync.configuration.registers import cells
from safesync.model.item import Stage

NUMBERS = {
    "7": 7,
    "-3": -3,
    "+4": 4,
    "12.5": 12.5,
    "12,5": 12.5,
    " 1500 ": 1500,
    "0.125": 0.125,
    "0,125": 0.125,
    "1234.567": 1234.567,
    "1,234,567": 1234567,
    "1.234.567": 1234567,
    "1.234.567,89": 1234567.89,
    "1,234.5": 1234.5,
    "1.234,50": 1234.5,
    "1 234 567": 1234567,
    "1\u00a0234\u202f567,5": 1234567.5,
    "1'234'567.25": 1234567.25,
    "1\u2019234": 1234,
    "1 500": 1500,
}


@pytest.mark.parametrize(("text", "meant"), NUMBERS.items())
def test_a_number_is_read_as_it_was_meant(text: str, meant: float):
    assert cells.number(text) == pytest.approx(meant)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.000", "-999,999"])
def test_a_number_that_may_mean_two_is_refused(text: str):
    with pytest.raises(ValueError, match=r"may be .* write it without a sign between thousands"):
        cells.number(text)


@pytest.mark.parametrize(
    "text", ["seven", "12.5.1", "1,2,3", "1 23", "1.23.456", "nan", "inf", "1e5", "€ 5", "5 %", "--1", ",5", "5,", "1.234.567.8", "1,234,5"]
)
def test_what_is_no_number_is_refused(text: str):
    with pytest.raises(ValueError, match="must be a number"):
        cells.number(text)


@given(st.integers(min_value=-(10**9), max_value=10**9), st.integers(min_value=0, max_value=99), st.sampled_from(",."))
def test_money_with_two_decimals_is_read_with_either_decimal_sign_and_either_grouping(whole: int, cents: int, point: str):
    sign = "." if point == "," else ","
    for text in (
        f"{whole}{point}{cents:02}",
        f"{whole:,}".replace(",", sign) + f"{point}{cents:02}",
        f"{whole:,}".replace(",", " ") + f"{point}{cents:02}",
    ):
        assert cells.number(text) == pytest.approx(float(f"{whole}.{cents:02}"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("2.11.2026", date(2026, 11, 2)),
        ("02.11.2026", date(2026, 11, 2)),
        ("2026-11-02T10:00:00", date(2026, 11, 2)),
    ],
)
def test_a_day_is_read_as_it_was_meant(text: str, meant: date):
    assert cells.day(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11/02/2026", "must be a day"),
        ("2026-13-01", "there is no day"),
        ("31.02.2026", "there is no day"),
        ("soon", "must be a day"),
        ("2026-11", "must be a day"),
    ],
)
def test_a_day_that_is_none_or_may_be_two_is_refused(text: str, said: str):
    with pytest.raises(ValueError, match=said):
        cells.day(text)


def test_yes_and_no_are_read_in_three_languages_and_as_truths():
    assert [cells.truth(word) for word in ("Yes", "x", "JA", "oui", "committed", True)] == [True] * 6
    assert [cells.truth(word) for word in ("no", "Nein", "non", "0", "stretch", False)] == [False] * 6
    with pytest.raises(ValueError, match="must be yes or no, not 'maybe'"):
        cells.truth("maybe")


def test_how_far_an_objective_is_has_few_words():
    assert cells.stage("In Progress") is Stage.IN_PROGRESS
    assert cells.stage("in_progress") is Stage.IN_PROGRESS
    assert cells.stage("Canceled") is Stage.CANCELLED
    with pytest.raises(ValueError, match="did you mean 'closed'"):
        cells.stage("closd")


def test_keys_are_separated_as_people_separate_them():
    assert cells.keys("PAY-1; PAY-2,ado:412  PAY-9") == ("PAY-1", "PAY-2", "ado:412", "PAY-9")
    assert cells.keys([412, "PAY-1"]) == ("412", "PAY-1")
    assert cells.keys(412) == ("412",)
    assert cells.keys("") == ()


@given(st.text(max_size=40))
def test_whatever_stands_in_a_cell_is_read_or_refused_in_a_short_sentence(text: str):
    for read in (cells.number, cells.day, cells.truth, cells.stage):
        said = ""
        try:
            read(text)
        except ValueError as error:
            said = str(error)
        assert len(said) < 400
        assert "\n" not in said
