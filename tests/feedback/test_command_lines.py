"""The language of replies: what is read, what is asked back, and what is none of our business."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesync.feedback.commands import MOST_DAYS, Command, Misread, Verb, parse

TODAY = date(2026, 11, 26)
LATER = date(2027, 1, 15)
CODES = st.from_regex(r"[A-Z]{1,4}[0-9]{1,5}", fullmatch=True)
REASONS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60)
DAYS = st.dates(TODAY, date(2400, 1, 1))


def read(line: str) -> Command | Misread | None:
    return parse(line, TODAY)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("waive TM101 until 2027-01-15: agreed: twice", Command(Verb.WAIVE, "TM101", LATER, reason="agreed: twice")),
        ("Waive: tm101  UNTIL 2027-01-15 - agreed", Command(Verb.WAIVE, "TM101", LATER, reason="agreed")),
        ("waive TM101 until 2026-11-26: today", Command(Verb.WAIVE, "TM101", TODAY, reason="today")),
        ("snooze 5d", Command(Verb.SNOOZE, days=5)),
        ("snooze for 2 weeks: we are at a fair", Command(Verb.SNOOZE, days=14)),
        ("snooze until 2027-01-15", Command(Verb.SNOOZE, until=LATER)),
        (f"snooze {MOST_DAYS}d", Command(Verb.SNOOZE, days=MOST_DAYS)),
        ("recheck please", Command(Verb.RECHECK)),
        ("explain", Command(Verb.EXPLAIN)),
        ("explain tm101", Command(Verb.EXPLAIN, "TM101")),
        ("wrong X101: it is a spike", Command(Verb.WRONG, "X101", reason="it is a spike")),
    ],
)
def test_people_write_it_in_many_ways(line: str, command: Command) -> None:
    assert read(line) == command


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("wave TM101 until 2027-01-15: x", "safesync waive TM101 until 2027-01-15: x"),
        ("waive TM101", "safesync waive TM101 until 2026-12-24: why"),
        ("waive TM101 until 2027-01-15", "safesync waive TM101 until 2027-01-15: why"),
        ("waive TM101 until 2026-11-25: over", "safesync waive TM101 until 2026-12-24: over"),
        ("waive TM101 until 2027-02-30: no day", "safesync waive TM101 until 2026-12-24: no day"),
        ("rechek", "safesync recheck"),
        ("explain TM1O1", "safesync explain"),
        ("wrong TM101", "safesync wrong TM101: why"),
        ("help", "safesync followed by waive, snooze, recheck, explain, wrong"),
        (f"snooze {MOST_DAYS + 1}d", "safesync snooze 5d, or safesync snooze until 2026-12-24, for a year at most"),
        ("snooze 0d", "safesync snooze 5d, or safesync snooze until 2026-12-24, for a year at most"),
    ],
)
def test_what_is_not_understood_is_asked_back_in_the_nearest_spelling(line: str, nearest: str) -> None:
    asked_back = read(line)
    assert isinstance(asked_back, Misread)
    assert (asked_back.said, asked_back.nearest.format_map(dict(asked_back.values))) == (f"safesync {line}", nearest)


@pytest.mark.parametrize(
    ("here", "nearest"),
    [
        (("PG202",), "safesync waive PG202 until 2026-12-24: why"),
        (("PG202", "TM105", "TM107"), "safesync waive PG202 until 2026-12-24: why, and a line of its own for TM105, TM107"),
        ((), "safesync waive CODE until 2026-12-24: why, with the code of a point in the place of CODE"),
    ],
)
def test_who_names_no_rule_is_asked_about_those_that_speak_on_the_item(here: tuple[str, ...], nearest: str) -> None:
    asked_back = parse("waive all", TODAY, here)
    assert isinstance(asked_back, Misread)
    assert asked_back.nearest.format_map(dict(asked_back.values)) == nearest
    named = parse("waive TM101", TODAY, here)
    assert isinstance(named, Misread)
    assert named.nearest == "safesync waive TM101 until 2026-12-24: why"


@pytest.mark.parametrize("day", ["15.01.2027", "15. 1. 2027", "2027-1-15", "2027/01/15", "2027\u201101\u201115"])
def test_a_day_that_is_written_otherwise_is_kept_in_what_is_asked_back(day: str) -> None:
    assert read(f"waive TM101 until {day}: r") == Misread(
        f"safesync waive TM101 until {day}: r", "safesync waive TM101 until 2027-01-15: r"
    )
    snoozed = read(f"snooze until {day}")
    assert isinstance(snoozed, Misread)
    assert dict(snoozed.values)["until"] == "safesync snooze until 2027-01-15"


@pytest.mark.parametrize("day", ["31.02.2027", "01/02/2027", "15.01.27"])
def test_a_day_that_is_none_or_may_be_two_is_not_guessed(day: str) -> None:
    read_as = read(f"waive TM101 until {day}: r")
    assert isinstance(read_as, Misread)
    assert "2027" not in read_as.nearest


def test_a_snooze_until_a_day_may_last_a_year_and_not_a_day_more() -> None:
    assert read(f"snooze until {TODAY + timedelta(days=MOST_DAYS)}") == Command(Verb.SNOOZE, until=TODAY + timedelta(days=MOST_DAYS))
    assert isinstance(read(f"snooze until {TODAY + timedelta(days=MOST_DAYS + 1)}"), Misread)


@pytest.mark.parametrize("line", ["", "is wrong about this story and we say so", "waits for the board to waive it all"])
def test_who_speaks_about_us_asks_for_nothing(line: str) -> None:
    assert read(line) is None


def test_a_long_reason_is_cut() -> None:
    command = read("wrong TM101: " + "x" * 201)
    assert isinstance(command, Command)
    assert command.reason == "x" * 199 + "…"
    assert read("wrong TM101: " + "x" * 200) == Command(Verb.WRONG, "TM101", reason="x" * 200)


@given(st.text(max_size=120), st.dates())
def test_any_line_is_read(line: str, said_on: date) -> None:
    for start in ("", *(f"{verb} " for verb in Verb)):
        read_as = parse(start + line, said_on)
        assert read_as is None or isinstance(read_as, (Command, Misread))


@given(
    st.one_of(
        st.builds(Command, st.just(Verb.WAIVE), CODES, DAYS, reason=REASONS),
        st.builds(Command, st.just(Verb.WRONG), CODES, reason=REASONS),
        st.builds(Command, st.just(Verb.SNOOZE), days=st.integers(1, MOST_DAYS)),
        st.builds(Command, st.just(Verb.SNOOZE), until=st.dates(TODAY, TODAY + timedelta(days=MOST_DAYS))),
        st.builds(Command, st.just(Verb.EXPLAIN), st.none() | CODES),
        st.just(Command(Verb.RECHECK)),
    )
)
def test_a_command_as_it_is_best_written_is_read_as_it_was_meant(command: Command) -> None:
    assert read(str(command).removeprefix("safesync ")) == command


@given(st.text(max_size=60).map(lambda text: f"waive {text}"))
def test_what_is_proposed_for_a_waiver_can_be_sent_as_it_is(line: str) -> None:
    read_as = read(line)
    if isinstance(read_as, Misread) and read_as.nearest.startswith("safesync waive"):
        assert isinstance(read(read_as.nearest.removeprefix("safesync ")), Command)
