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


def test_a_rule_that_reads_copies_has_loaded_what_they_are_counted_by():
    assert {"description_digest", "project", "native_type"} <= measured_for(["description_copies"])
