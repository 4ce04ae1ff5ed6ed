"""How many items share a text."""

from __future__ import annotations

from dataclasses import replace

import pytest

import safesync.facts.item.copies
from safesync.facts.backlog import measured_for
from safesync.model.item import Item, Stage
from safesync.rules.examples import backlog_of, feature, story


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


_UNFILLED = "Please describe what the payer wants to do\nPlease attach a picture"


def own_lines_of_description(*texts: str | None) -> list[object]:
    return copies(*(story(number, description=text) for number, text in enumerate(texts, 1)), fact="description_own_lines")


def test_a_description_of_nothing_but_lines_of_many_has_no_line_of_its_own():
    filled = f"h2. Receipts\n* {_UNFILLED}\n\nPayers see their receipt"
    assert own_lines_of_description(*[_UNFILLED] * 4, None) == [None] * 5
    assert own_lines_of_description(_UNFILLED, *[filled] * 2, *[_UNFILLED] * 2, "Payers pay by card") == [0.0, 1.0, 1.0, 0.0, 0.0, None]


def test_a_template_is_learned_from_those_who_fill_it_in():
    filled = [f"{_UNFILLED}\nPayer {number} sees the receipt" for number in range(9)]
    assert own_lines_of_description(_UNFILLED, *filled) == [0.0, *[1.0] * 9]


def test_of_what_is_done_every_eighth_is_learned_from():
    done = [story(number, description=_UNFILLED, stage=Stage.DONE) for number in range(400)]
    told = backlog_of(done).items.select("description_line_digests").collect().to_series()
    assert 30 < told.count() < 70
    assert copies(*done, story(9_999, description=_UNFILLED), fact="description_own_lines")[-1] == 0.0


def test_headings_code_and_placeholders_are_no_lines_of_a_description():
    text = f"{_UNFILLED}\n\nh2. Our own\n\n{{code}}\nown()\n{{code}}\n\nTBD"
    assert own_lines_of_description(text, *[_UNFILLED] * 4) == [0.0] * 5


def test_a_long_description_is_not_compared():
    lines = [f"Payers see page {number}" for number in range(12)]
    assert own_lines_of_description(*["\n".join(lines)] * 5) == [0.0] * 5
    assert own_lines_of_description(*["\n".join((*lines, "and more"))] * 5) == [None] * 5


def test_a_benefit_of_nothing_but_lines_of_many_has_no_line_of_its_own():
    unfilled = "Describe here what our customers gain and how we will know it"
    features = [feature(number, benefit=unfilled) for number in range(1, 5)]
    described = feature(5, description=f"h2. Benefit hypothesis\n{unfilled}\nPayers finish within one minute")
    assert copies(*features, described, feature(6), fact="benefit_own_lines") == [0.0] * 4 + [1.0, None]


def test_own_lines_are_the_same_however_many_are_counted_at_once(monkeypatch: pytest.MonkeyPatch):
    texts = [f"{_UNFILLED}\nPayer {number} sees it" for number in range(6)] + [_UNFILLED]
    at_once = own_lines_of_description(*texts)
    monkeypatch.setattr(safesync.facts.item.copies, "AT_ONCE", 2)
    assert own_lines_of_description(*texts) == at_once == [1.0] * 6 + [0.0]


@pytest.mark.parametrize(
    ("fact", "field"), [("acceptance_own_lines", "acceptance"), ("description_own_lines", "description"), ("benefit_own_lines", "benefit")]
)
def test_own_lines_of_unseen_texts_are_unseen(fact: str, field: str):
    hidden = replace(story(1), unseen=frozenset({field}))
    assert copies(hidden, story(2), fact=fact) == ["unseen", None]


def test_a_rule_that_reads_copies_has_loaded_what_they_are_counted_by():
    assert {"description_digest", "project", "native_type"} <= measured_for(["description_copies"])
