"""Every example of every shipped rule goes the real path, and every rule is complete."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from safesync import rules
from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.model.finding import Verdict
from safesync.rules.catalog import packs, shipped
from safesync.rules.condition.reading import read
from safesync.rules.condition.tree import facts_of
from safesync.rules.examples import verdict
from safesync.rules.judgement import judgement, vocabulary
from safesync.rules.rule import Level, Rule, RuleSetting
from safesync.rules.trial import lacks

EXAMPLES = [
    pytest.param(rule, number, id=f"{code}: {example.about}")
    for code, rule in shipped().items()
    for number, example in enumerate(rule.tried)
]
RULES = [pytest.param(rule, id=code) for code, rule in shipped().items()]


@cache
def judged(code: str, number: int) -> Verdict:
    """Each example goes its way once, for all tests that ask about it."""
    return verdict(shipped()[code], shipped()[code].tried[number])


@pytest.mark.parametrize(("rule", "number"), EXAMPLES)
def test_an_example_is_judged_as_it_says(rule: Rule, number: int):
    found = judged(rule.code, number)
    assert (found is Verdict.FLAWED) is rule.tried[number].flawed
    assert (found is not Verdict.NOT_EVALUABLE) is rule.tried[number].evaluable


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_why_and_how_to_fix_and_has_two_good_and_two_bad_examples(rule: Rule):
    assert lacks(rule) == ()


@pytest.mark.parametrize("rule", RULES)
def test_a_good_example_is_looked_at_at_least_once(rule: Rule):
    assert Verdict.FINE in {judged(rule.code, number) for number, example in enumerate(rule.tried) if not example.flawed}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_called_as_all_are(rule: Rule):
    assert re.fullmatch(r"[A-Z]{2}[0-9]{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.evidence.endswith(".") or rule.figures  # which end the sentence


@pytest.mark.parametrize("rule", RULES)
def test_every_option_of_a_rule_is_used(rule: Rule):
    texts = f"{rule.flaw} {rule.when} {rule.warning_when} {rule.error_when} :{rule.at_least}"
    unused = {name for name in rule.options.model_fields if f":{name}" not in texts}
    assert not unused or rule.limits is not None, unused


@pytest.mark.parametrize("rule", RULES)
def test_the_sentences_of_a_rule_can_be_said(rule: Rule):
    made = judgement(RuleSetting(rule, rule.options()))
    assert made.named <= vocabulary(rule).keys()


def test_every_file_of_a_rule_is_found_in_the_order_of_the_codes():
    files = [file for level in Level for file in Path(rules.__path__[0], level.value).glob("[a-z]*.py")]
    assert list(shipped()) == sorted(shipped())
    assert {rule.name.replace("-", "_") for rule in shipped().values()} == {file.stem for file in files}


def test_names_are_unique_and_stand_in_a_file_of_that_name():
    names = [rule.name for rule in shipped().values()]
    assert len(set(names)) == len(names)


def test_packs_name_only_shipped_rules():
    for name, pack in packs().items():
        assert set(pack) - {"extends"} <= set(shipped()), name
        assert set(pack.get("extends", [])) <= set(packs()), name


def test_every_fact_that_a_rule_reads_is_declared():
    for rule in shipped().values():
        facts = ITEM_FACTS if rule.group is None else {**GROUP_FACTS[rule.group.value], **{fact.name: fact for fact in rule.limit_facts}}
        assert facts_of(read(rule.flaw, vocabulary(rule), rule.options().model_dump())).keys() <= facts.keys()
