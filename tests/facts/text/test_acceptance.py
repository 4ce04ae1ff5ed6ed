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


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Given a paid order, when it ships, then a receipt is sent", "ok"),
        ("Given a paid order when it ships then a receipt is sent", "ok"),
        ("Given a paid order. When it ships. Then a receipt is sent.", "ok"),
        ("*Given* we have a paid order *when* it ships *then* a receipt is sent", "ok"),
        ("This is what we want. Given a paid order, when it ships, then a receipt is sent.", "ok"),
        ("Given a paid order, when it ships, then a receipt is sent. We need that for the audit.", "ok"),
        ("Expected: given a paid order, when it ships, then a receipt is sent", "ok"),
        ("Das wollen wir. Gegeben eine bezahlte Bestellung, wenn sie verschickt wird, dann geht eine Quittung hinaus.", "ok"),
        ("Given the size of the team, when we have time, then decide what to do", "missing"),
        ("Given the little memory it is slow when the heap is full, and then it crashes", "missing"),
        ("Given the age of the server I would not care. It restarts when it must, then it runs.", "missing"),
        ("Angenommen, wir haben Zeit, wenn die Liste steht, dann entscheiden wir", "missing"),
        ("The plan is old. Given the load, when we find time, then somebody looks at it.", "missing"),
    ],
)
def test_a_scenario_on_one_line_is_told_from_prose(text: str, verdict: str, place_of: Callable[..., Place]):
    assert read(description=place_of(text, "wiki")).verdict == verdict


@pytest.mark.parametrize("markup", ["plain", "markdown"])
def test_scenarios_are_read_in_the_words_that_spanish_teams_have_for_them(markup: str, place_of: Callable[..., Place]):
    one = "Escenario {}:\nHay un pedido.\nContexto:\nEl pedido está pagado\nEvento:\nSale del almacén\nResultado:\nSe envía el recibo\n"
    found = read(description=place_of(one.format(1) + one.format(2), markup))
    assert (found.verdict, found.count) == ("ok", 2)


@pytest.mark.parametrize(
    "text",
    [
        "Acceptance criteria tbd",
        "AC TBD",
        "AC tbd by the Product Owner",
        "## Acceptance criteria (tbd)",
        "**Acceptance criteria** to be defined",
        "Akzeptanzkriterien noch offen",
        "Critères d'acceptation à définir",
        "AC: tbd\n\nThe clerk opens the list of all orders each morning.",
        "Acceptance criteria TBD.\n\nThe clerk opens the list of all orders each morning.",
    ],
)
def test_criteria_that_are_left_open_are_a_placeholder_with_and_without_a_colon(text: str, place_of: Callable[..., Place]):
    assert read(description=place_of(text, "markdown")).verdict == "placeholder"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("AC: tbd\n- the list is sorted by date\n- it has ten rows", 2),
        ("Acceptance criteria: add them here\nThe list is sorted by date", 1),
        ("Acceptance criteria: see below\nThe list is sorted by date", 1),
        ("Acceptance criteria :-\nThe list is sorted by date", 1),
    ],
)
def test_what_stands_below_a_hint_or_as_a_list_counts_all_the_same(text: str, count: int, place_of: Callable[..., Place]):
    found = read(description=place_of(text))
    assert (found.verdict, found.count) == ("ok", count)


@pytest.mark.parametrize(
    "heading",
    [
        "Acceptance criteria (v2):",
        "## Acceptance criteria (Sprint 12)",
        "## Acceptance criteria for release 2",
        "Definition of Done (updated 2026-02-15):",
        "## Acceptance criteria 2026",
        "## AC (v2)",
        "## When is this done?",
        "## Done criteria",
        "## Fertig-Kriterien",
        "## Criterios de cierre",
        "## Kryteria ukończenia (DoD)",
        "## Acceptatiechecklist",
        "## 验收清单",
        "## How will we know we are done?",
        "## Wann sind wir fertig?",
        "## Quand est-ce terminé ?",
    ],
)
def test_a_heading_of_criteria_may_end_in_a_number_be_a_question_or_have_another_name(heading: str, place_of: Callable[..., Place]):
    assert (
        read(description=place_of(f"{heading}\n- the list is sorted by date\n- it has ten rows", "markdown"), boxes_count=False).count == 2
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (
            "<div>As a guest, I would like to book a room such that:</div><div>1. free days show</div><div>2. it is held for an hour</div>",
            "ok",
        ),
        (
            "<div>Als Gast möchte ich ein Zimmer buchen, so, dass:</div><ul><li>freie Tage zu sehen sind</li><li>es frei ist</li></ul>",
            "ok",
        ),
        ("<div>Assign the rooms such that:</div><div>1. its branch is old</div><div>2. it runs a script</div>", "missing"),
        ("<div>As a guest, I would like to be able to:</div><div>1. book a room by mail</div><div>2. cancel it by mail</div>", "missing"),
    ],
)
def test_a_story_may_end_in_its_conditions(text: str, verdict: str, place_of: Callable[..., Place]):
    assert read(description=place_of(text, "html")).verdict == verdict


@pytest.mark.parametrize(
    ("heading", "count"),
    [
        ("## Acceptance", 2),
        ("## Acceptance / test", 2),
        ("## User acceptance testing", 0),
        ("## Acceptance environment 2", 0),
        ("Deployment to acceptance:", 0),
    ],
)
def test_acceptance_by_itself_is_a_heading_of_criteria_only_alone(heading: str, count: int, place_of: Callable[..., Place]):
    assert read(description=place_of(f"{heading}\n- the list is sorted by date\n- it has ten rows", "markdown")).count == count


def test_a_question_of_a_template_is_none_be_it_in_italics(place_of: Callable[..., Place]):
    text = "## Acceptance criteria\n- [ ] _What will the clerk see as a result of this story?_"
    assert read(description=place_of(text, "markdown")).verdict == "placeholder"


_QUOTED = {
    "wiki": "{quote}\nh3. Acceptance criteria\n* the list is sorted by date\n* it has ten rows\n{quote}",
    "markdown": "> ### Acceptance criteria\n> - the list is sorted by date\n> - it has ten rows",
    "html": "<blockquote><h3>Acceptance criteria</h3><ul><li>the list is sorted by date</li><li>it has ten rows</li></ul></blockquote>",
}


@pytest.mark.parametrize("markup", _QUOTED)
def test_criteria_in_a_quote_are_the_items_own(markup: str, place_of: Callable[..., Place]):
    """People set off their own story and criteria as a quote more often than they cite another item's."""
    assert read(description=place_of(_QUOTED[markup], markup)).count == 2


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
