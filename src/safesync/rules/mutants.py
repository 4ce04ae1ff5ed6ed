"""
The changes that a rule may suffer: every threshold, operator, word, gate and default, one at a time.

Each is said in words and kept as a place in a condition, so that it is found again where other options made another condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from safesync.facts.fact import FactType
from safesync.model.finding import Severity
from safesync.model.item import Gate
from safesync.rules.condition import tree
from safesync.rules.condition.reading import read
from safesync.rules.judgement import severity_by_gate, vocabulary
from safesync.rules.rule import Part, Rule, RuleOptions

Route = tuple[int, ...]
"""From the top of a condition to one of its nodes: which operand at each step."""
_PARTS = ("when", "flaw", "warning_when", "error_when")
_NEIGHBOURS = MappingProxyType(
    {
        tree.Comparison.EQUAL: (tree.Comparison.UNEQUAL,),
        tree.Comparison.UNEQUAL: (tree.Comparison.EQUAL,),
        tree.Comparison.BELOW: (tree.Comparison.AT_MOST, tree.Comparison.AT_LEAST),
        tree.Comparison.AT_MOST: (tree.Comparison.BELOW, tree.Comparison.ABOVE),
        tree.Comparison.ABOVE: (tree.Comparison.AT_LEAST, tree.Comparison.AT_MOST),
        tree.Comparison.AT_LEAST: (tree.Comparison.ABOVE, tree.Comparison.BELOW),
    }
)
_OPPOSITES = MappingProxyType(
    {
        tree.Operation.PLUS: tree.Operation.MINUS,
        tree.Operation.MINUS: tree.Operation.PLUS,
        tree.Operation.TIMES: tree.Operation.OVER,
        tree.Operation.OVER: tree.Operation.TIMES,
    }
)


_FEW = 7
_LEFT_OUT = -1
"""The number of the change that takes a point out of a checklist."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    One change of a rule, said as ``flaw: points > 8 -> points >= 8``.

    It is a change of a node in a condition (``part``, ``route``, ``number``), of a default (``options``), or of the severities.
    """

    what: str
    part: str = ""
    route: Route = ()
    number: int = 0
    options: Mapping[str, Any] | None = None
    severity: Mapping[Gate, Severity] | None = None
    kinds: tuple[str, ...] = ()


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """Every change that is made to a rule."""
    options = rule.options()
    return (*_of_conditions(rule, options), *_of_kinds(rule), *_of_gates(rule), *_of_defaults(rule, options))


def _of_conditions(rule: Rule, options: RuleOptions) -> Iterator[Mutant]:
    for part, condition in conditions_of(rule, options).items():
        if part not in _PARTS:
            yield Mutant(f"{part}: not asked", part, number=_LEFT_OUT)
        if condition is None or isinstance(condition, tree.Fixed):
            continue
        for route, node in _walk(condition):
            for number, changed in enumerate(_changes(node)):
                yield Mutant(f"{part}: {_said(node, changed, number)}", part, route, number)


def _said(node: tree.Node, changed: tree.Node, number: int) -> str:
    if isinstance(node, tree.All | tree.AnyOf) and number:
        return f"without {tree.written(node.terms[number - 1])}"
    return f"{tree.written(node)} -> {tree.written(changed)}"


def _of_kinds(rule: Rule) -> Iterator[Mutant]:
    kinds = tuple(kind.value for kind in rule.kinds)
    # A longer list means any kind of item: nobody would write an example for each.
    if 1 < len(kinds) <= _FEW:
        for kind in kinds:
            yield Mutant(f"judges: without {kind}", kinds=tuple(each for each in kinds if each != kind))


def _of_gates(rule: Rule) -> Iterator[Mutant]:
    """The severity from one gate on begins one gate later or earlier, or is another one."""
    if isinstance(rule.severity, Severity):
        return
    gates, named = tuple(Gate), dict(rule.severity)
    for gate, said in named.items():
        for other in (gates.index(gate) - 1, gates.index(gate) + 1):
            if 0 <= other < len(gates) and gates[other] not in named:
                moved = {(gates[other] if each is gate else each): severity for each, severity in named.items()}
                if severity_by_gate(moved) != severity_by_gate(named):
                    yield Mutant(f"severity: from {gate.value} -> from {gates[other].value}", severity=MappingProxyType(moved))
        if said is not Severity.OFF:
            instead = Severity.WARNING if said is Severity.INFO else Severity.INFO
            yield Mutant(f"severity: {gate.value} {said.value} -> {instead.value}", severity=MappingProxyType({**named, gate: instead}))


def _of_defaults(rule: Rule, options: RuleOptions) -> Iterator[Mutant]:
    for name in rule.options.model_fields:
        value = getattr(options, name)
        for said, changed in _other_values(value):
            if _valid(rule, {name: changed}):
                yield Mutant(f"option {name}: {said}", options=MappingProxyType({name: changed}))


def _valid(rule: Rule, options: Mapping[str, Any]) -> bool:
    try:
        rule.options.model_validate(options)
    except ValidationError:
        return False
    return True


def _other_values(value: Any) -> Iterator[tuple[str, Any]]:
    """Other values for a default: as near as can be."""
    match value:
        case bool():
            yield f"{value} -> {not value}".lower(), not value
        case int() | float():
            for step in (_step(value), -_step(value)):
                yield f"{value:g} -> {value + step:g}", type(value)(value + step)
        case frozenset() | tuple() | list() | set():
            for each in sorted(value, key=str):
                yield f"without {each}", type(value)(other for other in value if other != each)
        case Mapping():
            for key, below in value.items():
                for said, changed in _other_values(below):
                    yield f"{key}: {said}", {**value, key: changed}


def _step(value: float) -> float:
    return 1 if float(value).is_integer() else max(0.01, round(abs(value) / 10, 3))


def _changes(node: tree.Node) -> list[tree.Node]:  # noqa: PLR0911 - one line a shape
    """The other things that could stand in the place of a node."""
    match node:
        case tree.Constant():
            return [] if node.option else [replace(node, value=value) for value in _other_constants(node)]
        case tree.Compared():
            return [replace(node, comparison=other) for other in _NEIGHBOURS[node.comparison]]
        case tree.Among() if not node.options:
            lists = [tuple(other for other in node.choices if other != each) for each in node.choices]
            return [replace(node, choices=each) if each else tree.Fixed(value=False) for each in lists]
        case tree.Calculated():
            return [replace(node, operation=_OPPOSITES[node.operation])]
        case tree.FirstOf():
            return [node.values[0], tree.FirstOf(tuple(reversed(node.values)))]
        case tree.Negative() | tree.Absolute():
            return [node.value]
        case _:
            return _changes_of_truth(node)


def _changes_of_truth(node: tree.Node) -> list[tree.Node]:  # noqa: PLR0911 - one line a shape
    match node:
        case tree.All():
            return [tree.AnyOf(node.terms), *_shorter(node)]
        case tree.AnyOf():
            return [tree.All(node.terms), *_shorter(node)]
        case tree.Not() | tree.Surely():
            return [node.term] if isinstance(node, tree.Not) else []
        case tree.Fixed():
            return [] if node.option else [tree.Fixed(value=not node.value)]
        case tree.Named() if node.fact.type is FactType.TRUTH:
            return [tree.Not(node)]
        case tree.Empty():
            return [tree.Not(node)]
        case tree.Labelled():
            return [tree.Not(node), replace(node, label=f"{node.label}?")]
        case _:
            return []


def _shorter(node: tree.All | tree.AnyOf) -> list[tree.Node]:
    """Without one of the terms."""
    rest = [node.terms[:at] + node.terms[at + 1 :] for at in range(len(node.terms))]
    return [terms[0] if len(terms) == 1 else replace(node, terms=terms) for terms in rest]


def _other_constants(constant: tree.Constant) -> Iterator[Any]:
    value = constant.value
    if constant.vocabulary:
        words = [str(word) for word in constant.vocabulary]
        at = words.index(str(value))
        yield from (words[other] for other in (at - 1, at + 1) if 0 <= other < len(words))
    elif isinstance(value, date):
        yield from (value + timedelta(days=1), value - timedelta(days=1))
    elif isinstance(value, str):
        yield f"{value}?"
    else:
        yield from (value + _step(value), value - _step(value))


def _walk(node: tree.Node, route: Route = ()) -> Iterator[tuple[Route, tree.Node]]:
    yield route, node
    inner = () if isinstance(node, tree.Not) and isinstance(node.term, tree.Empty | tree.Labelled | tree.Named) else tree.children(node)
    for at, child in enumerate(inner):
        # A fact in the place of a value is no truth that could be turned round.
        if not (isinstance(child, tree.Named) and isinstance(node, tree.Empty | tree.Compared | tree.Among)):
            yield from _walk(child, (*route, at))


def replaced(condition: tree.Truth | None, mutant: Mutant) -> tree.Truth | None:
    """The condition with the change in it; as it is where its options leave no such node."""
    if mutant.number == _LEFT_OUT:
        return tree.Fixed(value=False)
    changed = None if condition is None else _at(condition, mutant.route, mutant.number)
    return condition if changed is None else changed  # type: ignore[return-value]  # a truth stays one: changes are of the same sort


def _at(node: tree.Node, route: Route, number: int) -> tree.Node | None:
    if not route:
        others = _changes(node)
        return others[number] if number < len(others) else None
    below = list(tree.children(node))
    if route[0] >= len(below):
        return None
    changed = _at(below[route[0]], route[1:], number)
    if changed is None:
        return None
    below[route[0]] = changed
    return _with_operands(node, below)


def _with_operands(node: tree.Node, below: list[Any]) -> tree.Node:
    match node:
        case tree.Calculated() | tree.Compared():
            return replace(node, left=below[0], right=below[1])
        case tree.Negative() | tree.Absolute() | tree.Among() | tree.Empty():
            return replace(node, value=below[0])
        case tree.FirstOf():
            return tree.FirstOf(tuple(below))
        case tree.All() | tree.AnyOf():
            return replace(node, terms=tuple(below))
        case tree.Not() | tree.Surely():
            return replace(node, term=below[0])
        case _:
            return node


def conditions_of(rule: Rule, options: RuleOptions) -> dict[str, tree.Truth | None]:
    """What a rule is made of, by name: its own conditions, and the points of its checklist (``None`` for what another rule says)."""
    texts = {**{name: getattr(rule, name) for name in _PARTS}, **{point_name(part): part.flaw for part in rule.parts}}
    values = options.model_dump()
    return {name: read(text, vocabulary(rule), values) if text else None for name, text in texts.items()}


def point_name(part: Part) -> str:
    """By which name ``conditions_of`` has a point of the checklist."""
    return f"part {part.asks!r}"
