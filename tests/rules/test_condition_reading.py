"""What the language accepts, and how it tells what is wrong."""

from __future__ import annotations

import pytest

from safesync.facts.catalog import ITEM_FACTS
from safesync.rules.condition.reading import OptionValue, read
from safesync.rules.condition.slips import ConditionError
from safesync.rules.condition.tree import facts_of, settled, written

OPTIONS: dict[str, OptionValue] = {
    "most": 5,
    "share": 0.5,
    "label": "chore",
    "strict": True,
    "verdicts": frozenset({"missing", "empty"}),
    "wrong": frozenset({"mising"}),
    "none": frozenset[str](),
}


def slips(text: str) -> list[tuple[str, str]]:
    """What is pointed at, and what is said."""
    with pytest.raises(ConditionError) as refused:
        read(text, ITEM_FACTS, OPTIONS)
    return [(text[slip.start : slip.end], slip.message) for slip in refused.value.slips]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("points >= :most", "points >= 5"),
        ("NOT has_label(:label)", "NOT has_label('chore')"),
        ("acceptance_verdict IN :verdicts", "acceptance_verdict IN ('empty', 'missing')"),
        ("acceptance_verdict NOT IN (:verdicts, 'ok')", "NOT (acceptance_verdict IN ('empty', 'missing', 'ok'))"),
        ("open AND :strict", "open AND :strict"),
        ("points BETWEEN 1 AND 3", "(points >= 1) AND (points <= 3)"),
        ("points IS NOT NULL", "NOT (points IS NULL)"),
        ("open OR active AND blocked", "open OR (active AND blocked)"),
        ("'missing' IN :verdicts", "'missing' IN :verdicts"),
        ("'ok' IN :verdicts", "'ok' IN :verdicts"),
        ("team IN :none", "team IN :none"),
        (":most > 3", ":most > 3"),
        ("due_on < '2026-12-24'", "due_on < '2026-12-24'"),
        ("coalesce(points, job_size, 0) > 1.5", "coalesce(points, job_size, 0) > 1.5"),
        ("2 * -points < abs(job_size - 1)", "(2 * (-points)) < abs(job_size - 1)"),
        ("gate >= 'next'", "gate >= 'next'"),
        ("blocked IS NULL", "blocked IS NULL"),
    ],
)
def test_a_condition_is_read(text: str, meaning: str):
    assert written(read(text, ITEM_FACTS, OPTIONS)) == meaning


def test_a_condition_knows_the_facts_that_it_reads():
    tree = read("points > 3 AND (has_label('x') OR abs(job_size) > 1) AND coalesce(team, 'x') = 'y'", ITEM_FACTS)
    assert sorted(facts_of(tree)) == ["job_size", "labels", "points", "team"]


def test_every_mistake_is_told_in_one_reading():
    found = slips("poins > 3 AND tema = 'x' AND kind = 'storry' AND gate >= 'nxt' AND points > :mst")
    assert [place for place, _ in found] == ["poins", "tema", "'storry'", "'nxt'", ":mst"]
    messages = [message for _, message in found]
    for message, nearest in zip(messages, ("points", "team", "story", "next", "most"), strict=True):
        assert message.endswith(f"did you mean '{nearest}'?")


def test_places_count_characters_across_lines_and_signs():
    text = "team = 'Zürich 🚆'\n  AND poins > 3"
    with pytest.raises(ConditionError) as refused:
        read(text, ITEM_FACTS)
    (slip,) = refused.value.slips
    assert text[slip.start : slip.end] == "poins"


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("points > 3 AND team LIKE 'a'", "LIKE", "has_label('x')"),
        ("points::int = 3", "::", "one type"),
        ("points > 3 AND", "AND", "missing after 'AND'"),
        ("(points > 3", "3", "')' is missing"),
        ("team = 'a' points > 3", "points", "AND or OR may be missing"),
        ('team = "a"', '"a"', "single quotes: 'a'"),
        ("points = NULL", "points", "write IS NULL"),
        ("1 < points < 3", "1 < points < 3", "write AND between"),
        ("has_lable('x')", "has_lable('x'", "did you mean 'has_label'?"),
        ("points IN (SELECT 1)", "SELECT", "no sub-queries"),
        ("acceptance_verdict > 'ok'", "acceptance_verdict > 'ok'", "only equal (=) or not (<>)"),
        ("points > 1 -- all", "--", "no comments"),
        ("points > 'x'", "points > 'x'", "points (number) is compared with 'x' (text)"),
        ("due_on < '1.2.2026'", "due_on < '1.2.2026'", "due_on (date) is compared with '1.2.2026' (text); a day is written '2026-11-30'"),
    ],
)
def test_a_mistake_is_told_in_our_words_where_it_is(text: str, place: str, part: str):
    found = slips(text)
    assert any(where.startswith(place[:2]) and part in message for where, message in found), found


def test_an_option_with_an_impossible_value_is_told_as_the_options_mistake():
    with pytest.raises(ConditionError) as refused:
        read("acceptance_verdict IN :wrong", ITEM_FACTS, OPTIONS)
    (slip,) = refused.value.slips
    assert slip.option == "wrong"
    assert "did you mean 'missing'?" in slip.message


def test_each_use_of_an_option_is_pointed_at_where_it_stands():
    text = "points > :mst AND job_size > :mst"
    with pytest.raises(ConditionError) as refused:
        read(text, ITEM_FACTS, OPTIONS)
    assert [slip.start for slip in refused.value.slips] == [text.index(":mst"), text.rindex(":mst")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("open AND :strict", "open"),
        ("open AND NOT :strict", "FALSE"),
        ("open OR :strict", "TRUE"),
        ("open OR NOT :strict", "open"),
        ("points > 1 OR :strict AND blocked", "(points > 1) OR blocked"),
        ("points > 1 OR NOT :strict AND blocked", "points > 1"),
        ("open AND (NOT :strict OR points IS NULL)", "open AND (points IS NULL)"),
        (":strict OR FALSE", "TRUE"),
        ("NOT (blocked AND :strict)", "NOT blocked"),
    ],
)
def test_an_option_that_is_off_asks_for_no_fact(text: str, left: str):
    assert written(settled(read(text, ITEM_FACTS, OPTIONS))) == left
