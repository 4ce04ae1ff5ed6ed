"""
How much the examples of a rule notice: every threshold, operator, word, gate and default is changed, one at a time.

A changed rule that says the same about all examples has survived: that part of the rule is tested by none of them. The facts of
each example are computed once, and all changes of a rule are judged in one query over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import polars as pl
from pydantic import ValidationError

from safesync.facts.columns import column_type
from safesync.facts.fact import FactType
from safesync.model.finding import Severity
from safesync.model.item import Gate
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.condition.reading import read
from safesync.rules.engine import Judge, limited
from safesync.rules.examples import seen_by
from safesync.rules.judgement import Judgement, judgement, severity_by_gate, vocabulary
from safesync.rules.rule import Example, Part, Rule, RuleOptions, RuleSetting

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


_FEW = 6
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


@dataclass(frozen=True, slots=True)
class Survey:
    """What became of all changes of a rule."""

    code: str
    mutants: int
    survivors: tuple[str, ...]

    @property
    def killed(self) -> float:
        """The share of changes that an example noticed; 1 for a rule in which nothing can be changed."""
        return 1 - len(self.survivors) / self.mutants if self.mutants else 1.0


def survey(rule: Rule) -> Survey:
    """Changes a rule in every way, and asks its examples."""
    # The defaults first: most changes are noticed there, and only what survives is shown to the others.
    groups = sorted(_by_options(rule.examples), key=lambda group: (bool(group[0]), -len(group[1])))
    found = mutants(rule)
    alive: Sequence[Mutant] = found
    for options, examples in groups:
        if alive:
            noticed = _Scene(rule, options, tuple(examples)).notices(alive)
            alive = [each for each, seen in zip(alive, noticed, strict=True) if not seen]
    return Survey(rule.code, len(found), tuple(each.what for each in alive))


def _by_options(examples: Sequence[Example]) -> list[tuple[Mapping[str, Any], list[Example]]]:
    groups: list[tuple[Mapping[str, Any], list[Example]]] = []
    for example in examples:
        same = next((group for options, group in groups if options == example.options), None)
        if same is None:
            groups.append((example.options, [example]))
        else:
            same.append(example)
    return groups


# --- the examples -----------------------------------------------------------------------------------------------


class _Scene:
    """Examples of a rule with the same options: one row an example, with all its facts."""

    def __init__(self, rule: Rule, options: Mapping[str, Any], examples: tuple[Example, ...]) -> None:
        self._rule, self._options, self._examples = rule, options, examples
        self._setting = RuleSetting(rule, rule.options.model_validate(dict(options)))
        self._others = [judgement(RuleSetting(part.rule, part.rule.options())) for part in rule.parts if part.rule]
        self._made = judgement(self._setting, self._others)
        self._conditions = _conditions(rule, self._setting.options)
        judge = Judge([self._setting, *(other.setting for other in self._others)])
        row = _row_of_item if rule.group is None else _row_of_group
        self._facts = pl.concat([row(each, rule, judge) for each in examples], how="diagonal")

    def _rows(self, made: Judgement) -> pl.DataFrame:
        """For a group the limits come from the options, which may be what was changed."""
        return self._facts if self._rule.group is None else limited(made, self._facts)

    def notices(self, found: Sequence[Mutant]) -> list[bool]:
        """For each change whether one of these examples comes out otherwise than it says."""
        plain = [each for each in found if each.options is None]
        told = self._judged(self._rows(self._made), [self._made, *(self._changed(each) for each in plain)])
        # An example that does not hold as it is proves nothing about a change.
        as_it_is, *changed = told
        result = {id(each): self._differs(as_it_is, said) for each, said in zip(plain, changed, strict=True)}
        for each in found:
            if each.options is not None:
                result[id(each)] = self._differs(as_it_is, self._judged_with(each) or as_it_is)
        return [result[id(each)] for each in found]

    @staticmethod
    def _differs(as_it_is: list[bool], changed: list[bool]) -> bool:
        return any(holds and not holds_still for holds, holds_still in zip(as_it_is, changed, strict=True))

    def _changed(self, mutant: Mutant) -> Judgement:
        made = self._made
        if mutant.severity is not None:
            return judgement(RuleSetting(replace(self._rule, severity=mutant.severity), self._setting.options), self._others)
        conditions = dict(self._conditions)
        if mutant.part:
            conditions[mutant.part] = _replaced(conditions[mutant.part], mutant)
        kinds = mutant.kinds or tuple(kind.value for kind in self._rule.kinds)
        return _assembled(made, kinds, conditions, vocabulary(self._rule))

    def _judged_with(self, mutant: Mutant) -> list[bool]:
        """A default counts where an example gives no value of its own; nothing where it cannot stand beside what the examples give."""
        try:
            options = self._rule.options.model_validate({**(mutant.options or {}), **self._options})
        except ValidationError:
            return []
        made = judgement(RuleSetting(self._rule, options), self._others)
        return self._judged(self._rows(made), [made])[0]

    def _judged(self, rows: pl.DataFrame, changed: Sequence[Judgement]) -> list[list[bool]]:
        """For each judgement which of the examples hold."""
        unseen = frozenset(name.removeprefix(UNSEEN) for name in rows.columns if name.startswith(UNSEEN))
        compiler = Compiler(unseen)
        columns = [compiler.must(each.whole).alias(f"flawed {at}") for at, each in enumerate(changed)]
        for name in ("worse", "raised"):
            holds = [getattr(each, name) or tree.Fixed(value=False) for each in changed]
            columns += [compiler.must(each).alias(f"{name} {at}") for at, each in enumerate(holds)]
        gates = rows["gate"].cast(pl.String).to_list() if "gate" in rows.columns else [None] * rows.height
        said = rows.with_row_index("example").select("example", *columns)
        return [
            [
                _holds(example, each, flawed=flawed, worse=worse, raised=raised, gate=gate)
                for example, gate, flawed, worse, raised in zip(
                    self._examples, gates, *(said[f"{name} {at}"].to_list() for name in ("flawed", "worse", "raised")), strict=True
                )
            ]
            for at, each in enumerate(changed)
        ]


def _holds(example: Example, made: Judgement, *, flawed: bool, worse: bool, raised: bool, gate: str | None) -> bool:
    if flawed is not example.flawed:
        return False
    if example.severity is None or not flawed:
        return True
    severity = made.severity(gate)
    severity = Severity.WARNING if raised and severity is Severity.INFO else severity
    return example.severity is (Severity.ERROR if worse else severity)


def _row_of_item(example: Example, rule: Rule, judge: Judge) -> pl.DataFrame:
    if not example.items:
        return _row_of_facts(example, rule)
    seen = seen_by(judge, example)
    row = seen.at((seen.uids == example.subject).arg_true()).collect()
    texts = [name for name, dtype in row.schema.items() if dtype == pl.Categorical]
    lists = [name for name, dtype in row.schema.items() if dtype == pl.List(pl.Categorical)]
    return row.with_columns(pl.col(texts).cast(pl.String), pl.col(lists).cast(pl.List(pl.String)))


def _row_of_facts(example: Example, rule: Rule) -> pl.DataFrame:
    """For an example that is written as facts, which says nothing about kind, gate and whether it is judged at all."""
    facts = vocabulary(rule)
    given = {name: [value] for name, value in example.facts.items() if name in facts}
    frame = pl.DataFrame(given, schema={name: column_type(facts[name]) for name in given})
    return frame.with_columns(pl.lit(None, dtype=column_type(fact)).alias(name) for name, fact in facts.items() if name not in given)


def _row_of_group(example: Example, rule: Rule, judge: Judge) -> pl.DataFrame:
    group = rule.group or ""
    if not example.items:
        return _row_of_facts(example, rule).with_columns(group=pl.lit(""))
    _, _, key = example.subject.split(":", 2)
    seen = seen_by(judge, example)
    return seen.groups[group].filter(pl.col("group") == key)


# --- the changes ------------------------------------------------------------------------------------------------


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """Every change that is made to a rule."""
    options = rule.options()
    return (*_of_conditions(rule, options), *_of_kinds(rule), *_of_gates(rule), *_of_defaults(rule, options))


def _of_conditions(rule: Rule, options: RuleOptions) -> Iterator[Mutant]:
    for part, condition in _conditions(rule, options).items():
        if part not in _PARTS:
            yield Mutant(f"{part}: not asked", part, number=_LEFT_OUT)
        if condition is None or isinstance(condition, tree.Fixed):
            continue
        for route, node in _walk(condition):
            for number, changed in enumerate(_changes(node)):
                yield Mutant(f"{part}: {tree.written(node)} -> {tree.written(changed)}", part, route, number)


def _of_kinds(rule: Rule) -> Iterator[Mutant]:
    kinds = tuple(kind.value for kind in rule.kinds)
    # A longer list means any kind of item: nobody would write an example for each.
    if 1 < len(kinds) <= _FEW:
        for kind in kinds:
            yield Mutant(f"judges: without {kind}", kinds=tuple(each for each in kinds if each != kind))


def _of_gates(rule: Rule) -> Iterator[Mutant]:
    """The severity from one gate on begins one gate later or earlier, and the gate from which on anything is said at all."""
    if isinstance(rule.severity, Severity):
        return
    gates, named = tuple(Gate), dict(rule.severity)
    for gate in named:
        for other in (gates.index(gate) - 1, gates.index(gate) + 1):
            if 0 <= other < len(gates) and gates[other] not in named:
                moved = {(gates[other] if each is gate else each): severity for each, severity in named.items()}
                if severity_by_gate(moved) != severity_by_gate(named):
                    yield Mutant(f"severity: from {gate.value} -> from {gates[other].value}", severity=MappingProxyType(moved))


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
            return [tree.AnyOf(node.terms)]
        case tree.AnyOf():
            return [tree.All(node.terms)]
        case tree.Not() | tree.Surely():
            return [node.term] if isinstance(node, tree.Not) else []
        case tree.Fixed():
            return [] if node.option else [tree.Fixed(value=not node.value)]
        case tree.Named() if node.fact.type is FactType.TRUTH:
            return [tree.Not(node)]
        case tree.Empty() | tree.Labelled():
            return [tree.Not(node)]
        case _:
            return []


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


def _replaced(condition: tree.Truth | None, mutant: Mutant) -> tree.Truth | None:
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


def _conditions(rule: Rule, options: RuleOptions) -> dict[str, tree.Truth | None]:
    """What a rule is made of, by name: its own conditions, and the points of its checklist (``None`` for what another rule says)."""
    texts = {**{name: getattr(rule, name) for name in _PARTS}, **{_point(part): part.flaw for part in rule.parts}}
    values = options.model_dump()
    return {name: read(text, vocabulary(rule), values) if text else None for name, text in texts.items()}


def _point(part: Part) -> str:
    return f"part {part.asks!r}"


def _assembled(made: Judgement, kinds: tuple[str, ...], conditions: Mapping[str, tree.Truth | None], facts: Mapping[str, Any]) -> Judgement:
    """The judgement with other conditions, put together as ``judgement`` does it."""
    when = conditions["when"] or tree.Fixed(value=True)
    of_kinds: tree.Truth = tree.Among(tree.Named(facts["kind"]), kinds) if kinds else tree.Fixed(value=True)
    applies = tree.both(of_kinds, tree.Surely(when))
    flaw = conditions["flaw"] or tree.Fixed(value=True)
    if made.checklist:
        points = [conditions[_point(part)] for part in made.setting.rule.parts]
        asked = [each.open if point is None else tree.Surely(point) for each, point in zip(made.checklist, points, strict=True)]
        flaw = tree.both(flaw, tree.AtLeast(made.least, tuple(asked)))
    gates = made.whole.terms[2:] if isinstance(made.whole, tree.All) else ()
    whole = tree.both(tree.Surely(applies), tree.Surely(flaw), *gates)
    return replace(made, applies=applies, flaw=flaw, whole=whole, raised=conditions["warning_when"], worse=conditions["error_when"])
