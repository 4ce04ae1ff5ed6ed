"""What a rule lacks, and how its examples are tried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import create_model

from safesync.model.finding import Verdict
from safesync.rules.catalog import shipped
from safesync.rules.examples import bad, good, story, unknown
from safesync.rules.rule import RuleOptions
from safesync.rules.trial import lacks, trials

WHOLE = shipped()["TM105"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"page": ""}, "it does not say why it exists"),
        ({"page": "How to fix: estimate.\n\nKnown false positives: none."}, "it does not say why it exists"),
        ({"page": WHOLE.page.replace("Known false positives", "Mind")}, "it does not say 'Known false positives:'"),
        ({"page": "Why.\n\nKnown false positives: none."}, "it does not say 'How to fix:'"),
        ({"page": "Why.\n\nHow to fix:\n\nKnown false positives: none."}, "it does not say 'How to fix:'"),
        ({"source": " "}, "it names no source"),
        ({"remedy": "Estimate"}, "its remedy is no sentence"),
        ({"remedy": "word " * 20 + "word."}, "its remedy has more than 20 words"),
        ({"examples": WHOLE.examples[:1]}, "good examples, 2 at least are needed"),
        ({"examples": tuple(each for each in WHOLE.examples if not each.flawed)}, "it has 0 bad examples, 2 at least are needed"),
        ({"options": create_model("Options", __base__=RuleOptions, most=(int, 3))}, "its option most has no description"),
    ],
)
def test_each_thing_that_is_missing_is_named(changes: dict[str, object], said: str) -> None:
    assert lacks(WHOLE) == ()
    assert any(said in each for each in lacks(replace(WHOLE, **changes)))  # type: ignore[arg-type]


def test_an_example_that_does_not_see_what_it_needs_proves_nothing() -> None:
    (only,) = trials(replace(WHOLE, examples=(bad("unseen", story(points=None, unseen=frozenset({"points"}))),)))
    assert (only.verdict, only.wrong) == (Verdict.NOT_EVALUABLE, "the rule finds nothing wrong with it")


def test_an_example_says_where_the_rule_cannot_know() -> None:
    hidden = story(points=None, unseen=frozenset({"points"}))
    found = trials(replace(WHOLE, examples=(unknown("hidden", hidden), unknown("seen", story()), good("hidden", hidden)), cases=()))
    assert [each.wrong for each in found] == ["", "the rule can be judged on it", "the rule cannot be judged on it"]


def test_cases_are_tried_too() -> None:
    tried = [each.example.about for each in trials(replace(WHOLE, cases=(bad("a case", story(points=None)),)))]
    assert tried == [*(each.about for each in WHOLE.examples), "a case"]


def test_a_rule_that_fails_on_an_example_is_told() -> None:
    (only,) = trials(replace(WHOLE, flaw="pionts IS NULL", examples=WHOLE.examples[:1]))
    assert only.verdict is None
    assert only.wrong.startswith("ConditionError: ")
