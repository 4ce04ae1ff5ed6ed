"""Options that can be read and say nothing: one that another one outdoes, one that asks for what nobody tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from safesync.facts.fact import Fact
from safesync.rules.condition import tree
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import Rule, RuleOptions, RuleSetting
from safesync.rules.wording import said

Untold = Callable[[Fact], str]
"""What an administrator does so that a fact can be seen of any item at all; empty where it can."""


def outdone(options: RuleOptions, given: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """
    Of each pair in the wrong order the option that somebody gave, what is wrong, and whether both were given.

    Where one of them is the rule's own, the other one may well be meant: it is the rule's that has to follow.
    """
    for lower, upper in options.order():
        least, most = getattr(options, lower), getattr(options, upper)
        if least <= most or given.isdisjoint((lower, upper)):
            continue
        name, other = (lower, upper) if lower in given else (upper, lower)
        how = "more than" if name == lower else "less than"
        whose = f"{said(getattr(options, other))}{'' if other in given else ' unless you set it'}"
        message = f"{said(getattr(options, name))} is {how} {other} ({whose}): one of the two would say nothing"
        yield name, message, other in given


def untold(setting: RuleSetting, given: frozenset[str], missing: Untold) -> Iterator[tuple[str, str]]:
    """
    Each option that somebody gave and that makes the rule ask for nothing but what is told of no item, with what to do about it.

    Of several things that it asks for one may be enough: what is left is told when items are judged.
    """
    usual = {name: field.get_default(call_default_factory=True) for name, field in type(setting.options).model_fields.items()}
    for name in sorted(given):
        before = setting.options.model_copy(update={name: usual[name]})
        asked = _asked(setting.rule, setting.options)
        known = _asked(setting.rule, before)
        remedies = [missing(fact) for key, fact in asked.items() if key not in known]
        if remedies and all(remedies):
            yield name, f"with this {setting.rule.code} asks for what no tracker and no file here tells: {remedies[0]}"


def _asked(rule: Rule, options: RuleOptions) -> Mapping[str, Fact]:
    """The facts that a rule reads with these options, none where its conditions cannot be read: that is told as such."""
    try:
        known, values = vocabulary(rule), options.model_dump()
        conditions = [read(text, known, values) for text in (rule.when or "TRUE", rule.flaw, rule.error_when or "TRUE")]
    except ConditionError:
        return {}
    return {name: fact for condition in conditions for name, fact in tree.facts_of(tree.settled(condition)).items()}
