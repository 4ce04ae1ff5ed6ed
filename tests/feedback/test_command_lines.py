"""The language of replies: what is read, what is asked back, and what is none of our business."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesync.facts.text.addressed import MOST_LINES, addressed
from safesync.feedback.commands import MOST_DAYS, PLACE, Command, Misread, Verb, is_only_for_us, parse
from safesync.languages.tongue import ENGLISH, tongue
from safesync.model.item import Markup, RichText

TODAY = date(2026, 11, 26)
LATER = date(2027, 1, 15)
CODES = st.from_regex(r"[A-Z]{1,4}[0-9]{1,5}", fullmatch=True)
REASONS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60)
DAYS = st.dates(TODAY, date(2400, 1, 1))


def read(line: str) -> Command | Misread | None:
    return parse(line, TODAY)


def asked_back(line: str, here: tuple[str, ...] = (), language: str = "en") -> tuple[str, ...]:
    """The lines that are proposed for one that is not understood."""
    read_as = parse(line, TODAY, here)
    assert isinstance(read_as, Misread)
    assert read_as.said == f"safesync {line}"
    return tuple(one.proposed(tongue(language)) for one in read_as.proposals)


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
        ("- please recheck!", Command(Verb.RECHECK)),
        ("*explain*?", Command(Verb.EXPLAIN)),
        ("\u2192 recheck\u200f", Command(Verb.RECHECK)),
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
        ("wave TM101 until 2027-01-15: x", ["waive TM101 until 2027-01-15: x"]),
        ("waive TM101", ["waive TM101 until 2026-12-24: why"]),
        ("waive TM101 until 2027-01-15", ["waive TM101 until 2027-01-15: why"]),
        ("waive TM101 until 2026-11-25: over", ["waive TM101 until 2026-12-24: over"]),
        ("waive TM101 until 2027-02-30: no day", ["waive TM101 until 2026-12-24: no day"]),
        ("waive TM101 until 15.1.2027 - agreed", ["waive TM101 until 2027-01-15: agreed"]),
        ("waive tm101, X5 until 2027-01-15: as X7", ["waive TM101 until 2027-01-15: as X7", "waive X5 until 2027-01-15: as X7"]),
        ("waive TM101 until soon: Why?", ["waive TM101 until 2026-12-24: why"]),
        ("waive TM 101 until 2027-01-15; agreed", ["waive TM101 until 2027-01-15: agreed"]),
        ("waive TM101 until 2027-01-15T10:00", ["waive TM101 until 2026-12-24: why"]),
        ("wrong TM101 because it is a spike", ["wrong TM101: because it is a spike"]),
        ("can you explain TM101?", ["explain TM101"]),
        ("Bot recheck", ["recheck"]),
        ("rechek", ["recheck"]),
        ("explain TM1O1", ["explain"]),
        ("explain TM101 and TM105", ["explain TM101", "explain TM105"]),
        ("wrong TM101", ["wrong TM101: why"]),
        ("help", []),
        (f"snooze {MOST_DAYS + 1}d", ["snooze 5d", "snooze until 2026-12-24"]),
        ("snooze 0d", ["snooze 5d", "snooze until 2026-12-24"]),
    ],
)
def test_what_is_not_understood_is_asked_back_in_the_nearest_spelling(line: str, nearest: list[str]) -> None:
    assert asked_back(line, ("TM101",)) == tuple(f"safesync {one}" for one in nearest)


@pytest.mark.parametrize(
    ("here", "nearest"),
    [
        (("PG202",), ["safesync waive PG202 until 2026-12-24: warum"]),
        (("PG202", "TM105"), ["safesync waive PG202 until 2026-12-24: warum", "safesync waive TM105 until 2026-12-24: warum"]),
        ((), ["safesync waive CODE until 2026-12-24: warum"]),
    ],
)
def test_who_names_no_rule_is_asked_about_those_that_speak_on_the_item(here: tuple[str, ...], nearest: list[str]) -> None:
    assert asked_back("waive all", here, "de") == tuple(nearest)
    assert asked_back("waive TM101", here) == ("safesync waive TM101 until 2026-12-24: why",)
    assert len(asked_back("waive all: agreed", tuple(f"X{number}" for number in range(99)))) == MOST_LINES


@pytest.mark.parametrize("reason", ["why", "Why?", "warum", "„Warum“", "pourquoi", "pourquoi ?"])
def test_what_stands_in_the_place_of_a_reason_is_none(reason: str) -> None:
    for line in (f"waive TM101 until 2027-01-15: {reason}", f"wrong TM101: {reason}"):
        read_as = read(line)
        assert isinstance(read_as, Misread)
        assert (read_as.proposals, dict(read_as.values)) == ((), {"why": reason})
    assert isinstance(read(f"wrong TM101: {reason} not"), Command)


@pytest.mark.parametrize("day", ["15.01.2027", "15. 1. 2027", "2027-1-15", "2027/01/15", "2027\u201101\u201115"])
def test_a_day_that_is_written_otherwise_is_kept_in_what_is_asked_back(day: str) -> None:
    assert asked_back(f"waive TM101 until {day}: r") == ("safesync waive TM101 until 2027-01-15: r",)
    assert asked_back(f"snooze until {day}")[1] == "safesync snooze until 2027-01-15"


@pytest.mark.parametrize("line", ["waive TM101 until 2026-11-25: over", "snooze until 2026-11-25"])
def test_a_day_that_is_over_is_told_as_that(line: str) -> None:
    said = parse(line, TODAY)
    assert isinstance(said, Misread)
    assert said.answer == "“{said}” names a day that is over. Perhaps you mean:"


@pytest.mark.parametrize("day", ["31.02.2027", "01/02/2027", "15.01.27"])
def test_a_day_that_is_none_or_may_be_two_is_not_guessed(day: str) -> None:
    assert asked_back(f"waive TM101 until {day}: r") == ("safesync waive TM101 until 2026-12-24: r",)


def test_a_snooze_until_a_day_may_last_a_year_and_not_a_day_more() -> None:
    assert read(f"snooze until {TODAY + timedelta(days=MOST_DAYS)}") == Command(Verb.SNOOZE, until=TODAY + timedelta(days=MOST_DAYS))
    assert isinstance(read(f"snooze until {TODAY + timedelta(days=MOST_DAYS + 1)}"), Misread)


@pytest.mark.parametrize("line", ["unwaive TM101", "undo the waiver of TM101", "cancel"])
def test_who_wants_to_take_something_back_is_told_how_and_never_proposed_more_of_it(line: str) -> None:
    read_as = read(line)
    assert isinstance(read_as, Misread)
    assert (read_as.verb, read_as.proposals, "delete or rewrite" in read_as.answer) == (None, (), True)


@pytest.mark.parametrize("line", ["", "thanks!", "is wrong about this story and we say so", "waits for the board to waive it all"])
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


@given(st.sampled_from(Verb), st.text(max_size=60))
def test_what_is_proposed_can_be_sent_as_it_is_but_for_a_reason_that_is_missing(verb: Verb, text: str) -> None:
    read_as = read(f"{verb} {text}")
    for one in read_as.proposals if isinstance(read_as, Misread) else ():
        if one.code != PLACE:
            again = read(one.proposed(ENGLISH).removeprefix("safesync "))
            needs_reason = verb in {Verb.WAIVE, Verb.WRONG} and not one.reason
            assert (isinstance(again, Misread) and not again.proposals) if needs_reason else again == one


@pytest.mark.parametrize(
    ("text", "is_only"),
    [
        ("safesync recheck", True),
        ("@SafeSync explain TM101\n\n`safesync recheck please`", True),
        ("> Why is it blocked?\n\nsafesync explain", True),
        ("safesync waive all", True),
        ("safesync waive TM101 until 2099-01-15: why", True),
        ("@safesync\nsafesync wave it", True),
        ("safesync help", True),
        ("safesync thanks a lot!", True),
        ("safesync unwaive TM101", True),
        ("safesync waive TM101 until 2099-01-15: waiting for the vendor", False),
        ("safesync waive TM101 until 2099-01-15, agreed", False),
        ("safesync waive all: waiting for the vendor", False),
        ("safesync snooze 2w: we are at a fair", False),
        ("We wait for the vendor.\n\nsafesync recheck", False),
        ("safesync recheck\n\nThank you!", False),
        ("safesync waits for the vendor, as we all do", False),
        ("safesync waiting for the vendor", False),
        ("safesync thanks, we wait for the vendor now", False),
        ("safesync is wrong, vendor waits", False),
        ("safesync wrong TM110 the vendor delivers", False),
        ("safesync recheck\n\n```\nTimeoutError\n```", False),
        ("safesync recheck\n\n![the error](error.png)", False),
        ("We wait for the vendor.", False),
        ("> safesync recheck", False),
    ],
)
def test_a_comment_of_commands_alone_is_a_word_to_us_and_not_about_the_item(text: str, is_only: bool) -> None:
    assert is_only_for_us(addressed(RichText(text, Markup.MARKDOWN)), TODAY) is is_only
