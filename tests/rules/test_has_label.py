from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import coded
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import Compiler

LETTERS = st.text(alphabet="aAzZ09 -_.:/()[]{}*+?|^$#&~\\\"'äÄéÉßяЯ故\n", min_size=1, max_size=6)


def has(label: str, labels: list[str] | None) -> bool:
    frame = pl.DataFrame({"labels": [labels]}, schema={"labels": pl.List(pl.String)})
    spellings = {"labels": pl.Series(labels or [], dtype=pl.String).unique()}
    conditions = [compiler.must(tree.Labelled(ITEM_FACTS["labels"], label)) for compiler in (Compiler(), Compiler(spellings=spellings))]
    answers = {bool(one.select(condition).item()) for one in (frame, coded(frame)) for condition in conditions}
    assert len(answers) == 1  # texts or numbers, and whoever knows every label of the frame or does not
    return answers.pop()


@settings(deadline=None)
@given(LETTERS, st.lists(LETTERS, max_size=3))
def test_a_label_is_any_text_and_its_case_does_not_matter(label: str, others: list[str]) -> None:
    for some in (others, [*others, label], [*others, label.upper()], [*others, label.capitalize()]):
        assert has(label, some) == (label.lower() in [one.lower() for one in some])


@pytest.mark.parametrize(
    ("label", "labels", "expected"),
    [
        ("local-work", ["Chore", "LOCAL-Work"], True),
        ("local-work", ["local-workshop", "my local-work"], False),
        ("a.c", ["abc"], False),
        ("a|b", ["a"], False),
        ("größe", ["GRÖSSE"], False),
        ("größe", ["GRÖßE"], True),
        ("x", [], False),
        ("x", None, False),
    ],
)
def test_the_whole_label_must_be_the_same(label: str, labels: list[str] | None, expected: bool) -> None:
    assert has(label, labels) is expected
