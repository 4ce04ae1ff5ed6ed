from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from safesync.facts.text import acceptance
from safesync.facts.text.reading import NOTHING, UNSEEN, Place


def read(*, field: Place = NOTHING, description: Place = NOTHING, boxes_count: bool = True):
    return acceptance.read(field, description, boxes_count=boxes_count)


def test_a_labelled_text_gets_its_verdict(case: dict[str, Any], place_of: Callable[..., Place]):
    text = case["text"] if isinstance(case["text"], str) else json.dumps(case["text"])
    places = {} if case["place"] == "none" else {case["place"]: place_of(text, case["markup"])}

    found = read(**places, boxes_count=case.get("kind", "story") == "story")

    assert found.verdict == case["expected"], found.places
    assert found.count == case.get("count", found.count)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("See the mock-up. The search box keeps its text after a result was opened.", "ok"),
        ("TBD. We will talk about the search box next week.", "placeholder"),
    ],
)
def test_what_stands_behind_a_reference_counts_and_what_stands_behind_a_placeholder_does_not(
    text: str, verdict: str, place_of: Callable[..., Place]
):
    assert read(field=place_of(text)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The acceptance criteria for this are that the job ends before 04:00 each night", "ok"),
        ("Our acceptance criteria are:\n- the job ends before four\n- a failed job calls somebody", "ok"),
        ("The following acceptance criteria were agreed:\n- the job ends before four\n- a failed job calls somebody", "ok"),
        ("Acceptance criteria were discussed, open points are: who calls whom, and when", "missing"),
        ("Acceptance criteria were reviewed:\n- the job ends before four\n- a failed job calls somebody", "missing"),
        ('The parent says "Acceptance criteria: the job ends before four", here only the disk is ordered', "missing"),
    ],
)
def test_a_sentence_may_announce_criteria_or_only_speak_of_them(text: str, verdict: str, place_of: Callable[..., Place]):
    assert read(description=place_of(text)).verdict == verdict


def test_the_better_of_two_places_counts(place_of: Callable[..., Place]):
    found = read(field=place_of("TBD"), description=place_of("AC1: the list is sorted by date\nAC2: the newest comes first"))

    assert (found.verdict, found.count) == ("ok", 2)
    assert found.places == "field: only a placeholder; description: 2 criteria by number"


def test_of_two_equal_places_the_field_counts(place_of: Callable[..., Place]):
    one = place_of("the list is sorted by date")
    other = place_of("Acceptance criteria: the list is sorted by name")

    assert read(field=one, description=other).places == "field: 1 criterion; description: 1 criterion under a heading"


def test_places_that_were_not_read_are_told_apart_from_empty_ones():
    assert read(field=UNSEEN).places == "field: not read; description: empty"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("- the page is easy to use\n- the page opens within 2 seconds", 0.5),
        ("- the import is fast: 10k rows in 5 s\n- every row is stored", 0.0),
        ("- the import of all rows is done quickly\n- it behaves properly for the clerk", 1.0),
    ],
)
def test_the_vague_share_counts_criteria_that_nobody_can_measure(text: str, share: float, place_of: Callable[..., Place]):
    assert read(field=place_of(text)).vague_share == share


def test_what_is_missing_has_no_share_of_anything():
    assert (read().verdict, read().count, read().vague_share) == ("missing", 0, None)


def test_checkboxes_without_a_heading_count_only_where_the_kind_says_so(place_of: Callable[..., Place]):
    boxes = place_of("- [ ] the mail names the order number\n- [x] the mail is sent at once", "markdown")

    assert read(description=boxes).count == 2
    assert read(description=boxes, boxes_count=False).verdict == "missing"


def test_two_scenarios_are_two_criteria(place_of: Callable[..., Place]):
    one = "Scenario: one\nGiven a card\nWhen it is used\nThen it is charged\n"
    two = "Scenario: two\nGiven a locked card\nWhen it is used\nThen it is refused"

    assert read(description=place_of(one + two)).count == 2


def test_a_scenario_is_in_one_language(place_of: Callable[..., Place]):
    assert (
        read(description=place_of("Data about the customers\nwhen they log in\ndann ist alles gut und alle sind froh")).verdict == "missing"
    )


_ROWS = ("The export holds all bookings of the month", "finance"), ("It is ready within a minute", "all"), ("Empty months say so", "all")


def _document() -> str:
    def cell(name: str, text: str) -> dict[str, Any]:
        return {"type": name, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}

    head = {"type": "tableRow", "content": [cell("tableHeader", text) for text in ("No.", "It must", "For whom")]}
    rows = [{"type": "tableRow", "content": [cell("tableCell", text) for text in (str(at), *row)]} for at, row in enumerate(_ROWS, 1)]
    heading = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Acceptance criteria"}]}
    return json.dumps({"type": "doc", "version": 1, "content": [heading, {"type": "table", "content": [head, *rows]}]})


_TABLES = {
    "wiki": "h3. Acceptance criteria\n||No.||It must||For whom||\n"
    + "\n".join(f"|{at}|{one}|{two}|" for at, (one, two) in enumerate(_ROWS, 1)),
    "markdown": "### Acceptance criteria\n| No. | It must | For whom |\n|:--|---|---|\n"
    + "\n".join(f"| {at} | {one} | {two} |" for at, (one, two) in enumerate(_ROWS, 1)),
    "html": "<h3>Acceptance criteria</h3><table><tr><th>No.</th><th>It must</th><th>For whom</th></tr>"
    + "".join(f"<tr><td>{at}</td><td><p>{one}</p></td><td>{two}</td></tr>" for at, (one, two) in enumerate(_ROWS, 1))
    + "</table>",
    "adf": _document(),
}


@pytest.mark.parametrize("markup", _TABLES)
def test_of_a_table_each_row_is_a_criterion(markup: str, place_of: Callable[..., Place]):
    found = read(description=place_of(_TABLES[markup], markup))
    assert (found.verdict, found.count) == ("ok", 3)


def test_a_table_of_nothing_but_its_head_counts_its_cells(place_of: Callable[..., Place]):
    assert (
        read(description=place_of("h3. Acceptance criteria\n||The export holds all bookings||It is ready in a minute||", "wiki")).count == 2
    )


def test_rows_stand_beside_items_of_lists(place_of: Callable[..., Place]):
    text = "h3. Acceptance criteria\n* The export is signed by us\n|The month is chosen first|by finance|\n* It is kept for ten years\n"
    assert read(description=place_of(text, "wiki")).count == 3


def test_boxes_behind_a_table_are_criteria_of_their_own(place_of: Callable[..., Place]):
    boxes = "".join(f'<div><input type="checkbox"> {one}</div>' for one, _ in _ROWS)
    table = "<table><tr><td>1</td><td>The clerk sees the list first</td></tr></table>"
    assert read(description=place_of(f"<h3>Acceptance criteria</h3>{table}{boxes}", "html")).count == 4


def test_a_list_in_a_cell_does_not_end_its_row(place_of: Callable[..., Place]):
    def text(said: str) -> dict[str, Any]:
        return {"type": "paragraph", "content": [{"type": "text", "text": said}]}

    listed = {"type": "bulletList", "content": [{"type": "listItem", "content": [text("as a file of all bookings")]}]}
    cells = [[text("The month is chosen first")], [text("Who may:"), listed], [text("finance and audit only")]]
    row = {"type": "tableRow", "content": [{"type": "tableCell", "content": content} for content in cells]}
    heading = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Acceptance criteria"}]}
    document = json.dumps({"type": "doc", "version": 1, "content": [heading, {"type": "table", "content": [row]}]})
    rows = {line.level for line in place_of(document, "adf").lines if line.level >= 8}
    assert len(rows) == 1
