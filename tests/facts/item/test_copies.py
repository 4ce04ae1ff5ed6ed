"""How many items share a text."""

from __future__ import annotations

from dataclasses import replace

from safesync.facts.backlog import measured_for
from safesync.model.item import Item
from safesync.rules.examples import backlog_of, story


def copies(*items: Item, fact: str = "description_copies") -> list[object]:
    frame = backlog_of(items).items.sort("uid").collect()
    unseen = frame[f"unseen.{fact}"].to_list() if f"unseen.{fact}" in frame.columns else [False] * frame.height
    return ["unseen" if hidden else value for value, hidden in zip(frame[fact].to_list(), unseen, strict=True)]


def test_copies_are_the_other_items_of_the_project_and_type_with_the_same_text():
    same, other = "Describe here what is to be done", "Payers see their receipt"
    elsewhere = replace(story(4, description=same), project="CARDS")
    assert copies(story(1, description=same), story(2, description=same), story(3, description=other), elsewhere) == [1.0, 1.0, 0.0, 0.0]


def test_criteria_are_compared_as_well():
    texts = ("Receipts are sent within 5 s", "Receipts are sent within 5 s", None)
    found = copies(*(story(number, acceptance=text) for number, text in enumerate(texts, 1)), fact="acceptance_copies")
    assert found == [1.0, 1.0, None]


def test_the_copies_of_an_unseen_text_are_unseen():
    hidden = replace(story(1), description=None, unseen=frozenset({"description"}))
    assert copies(hidden, story(2))[0] == "unseen"


_DONE = "- Code is reviewed\n- The manual says it"


def own_lines(*acceptance: str | None) -> list[object]:
    return copies(*(story(number, acceptance=text) for number, text in enumerate(acceptance, 1)), fact="acceptance_own_lines")


def test_lines_that_stand_in_five_items_are_no_items_own():
    assert own_lines(*[_DONE] * 4) == [2.0] * 4
    assert own_lines(*[_DONE] * 4, f"{_DONE}\n- Rows without an amount are refused", None) == [0.0] * 4 + [1.0, None]


def test_lines_are_a_templates_from_every_fifth_item_on():
    others = [f"- Case {number} is shown to {number} payers" for number in range(21)]
    assert own_lines(*[_DONE] * 5, *others[:20]).count(0.0) == 5
    assert own_lines(*[_DONE] * 5, *others).count(2.0) == 5


def test_the_order_of_items_and_the_notation_of_a_line_change_nothing():
    texts = [_DONE, *["* *code is reviewed*\n* the manual says it."] * 4, "- Receipts are sent within 5 s"]
    assert own_lines(*texts) == [0.0] * 5 + [1.0]
    assert own_lines(*reversed(texts)) == [1.0] + [0.0] * 5


def test_a_line_twice_in_one_item_stands_in_one_item():
    assert own_lines(*["- The manual says it\n- The manual says it"] * 3) == [1.0] * 3


def test_lines_of_another_project_or_type_are_not_counted():
    elsewhere = replace(story(9, acceptance=_DONE), project="CARDS")
    bugs = replace(story(10, acceptance=_DONE), native_type="Bug")
    assert copies(*(story(number, acceptance=_DONE) for number in range(1, 5)), elsewhere, bugs, fact="acceptance_own_lines") == [2.0] * 6


def test_own_lines_of_unseen_criteria_are_unseen():
    hidden = replace(story(1), unseen=frozenset({"acceptance"}))
    assert copies(hidden, story(2), fact="acceptance_own_lines") == ["unseen", None]


def test_a_rule_that_reads_copies_has_loaded_what_they_are_counted_by():
    assert {"description_digest", "project", "native_type"} <= measured_for(["description_copies"])
