"""Tries rules on their own examples, and says what a rule lacks to be one that an organisation can live with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from safesync.model.finding import Verdict
from safesync.rules.examples import unknown_facts, verdict
from safesync.rules.rule import Example, Rule

FEWEST = 2
"""Good examples, and bad ones, that a rule has at least."""
_LONGEST_REMEDY = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one example; ``wrong`` says what is wrong with it, and is empty when nothing is."""

    code: str
    example: Example
    verdict: Verdict | None
    wrong: str = ""


def trials(rule: Rule) -> Iterator[Trial]:
    """Each example of a rule on the whole path; a rule that fails on one is told, not raised."""
    for example in rule.tried:
        try:
            if unknown := unknown_facts(rule, example):
                yield Trial(rule.code, example, None, f"there is no fact {unknown[0]}")
                continue
            found = verdict(rule, example)
        except Exception as error:  # noqa: BLE001 - the rule may be anybody's
            yield Trial(rule.code, example, None, f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}")
        else:
            yield Trial(rule.code, example, found, _wrong(example, found))


def _wrong(example: Example, found: Verdict) -> str:
    if not example.evaluable:
        return "" if found is Verdict.NOT_EVALUABLE else "the rule can be judged on it"
    if (found is Verdict.FLAWED) is not example.flawed:
        return "the rule finds nothing wrong with it" if example.flawed else "the rule finds it flawed"
    return "the rule cannot be judged on it" if found is Verdict.NOT_EVALUABLE else ""


def lacks(rule: Rule) -> tuple[str, ...]:
    """What is missing of: why, how to fix, false positives, a source, two good and two bad examples, words for people."""
    why = rule.page.strip().partition("\n\n")[0]
    bad = sum(example.flawed for example in rule.examples)
    parts = {
        "it does not say why it exists": not why or why.startswith(("How to fix", "Known false positives")),
        "it does not say 'How to fix:'": re.search(r"How\s+to\s+fix:[ \n]\S", rule.page) is None,
        "it does not say 'Known false positives:'": re.search(r"Known\s+false\s+positives:[ \n]\S", rule.page) is None,
        "it names no source": not rule.source.strip(),
        "its remedy is no sentence": not rule.remedy.endswith("."),
        f"its remedy has more than {_LONGEST_REMEDY} words": len(rule.remedy.split()) > _LONGEST_REMEDY,
        f"it has {bad} bad examples, {FEWEST} at least are needed": bad < FEWEST,
        f"it has {len(rule.examples) - bad} good examples, {FEWEST} at least are needed": len(rule.examples) - bad < FEWEST,
        **{f"its option {name} has no description": not option.description for name, option in rule.options.model_fields.items()},
    }
    return tuple(said for said, missing in parts.items() if missing)
