"""
How much the examples of a rule notice: every threshold, operator, word, gate and default is changed, one at a time.

A changed rule that says the same about all examples has survived: that part of the rule is tested by none of them. The facts of
each example are computed once, and all changes of a rule are judged in one query over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import polars as pl
import polars.selectors as cs
from pydantic import ValidationError

from safesync.model.finding import Severity
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.engine import Judge, limited
from safesync.rules.examples import row_of_facts, seen_by
from safesync.rules.judgement import Judgement, judgement, vocabulary
from safesync.rules.mutants import Mutant, conditions_of, mutants, point_name, replaced
from safesync.rules.rule import Example, Rule, RuleSetting


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
    groups = sorted(_by_options(rule.tried), key=lambda group: (bool(group[0]), -len(group[1])))
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
        self._conditions = conditions_of(rule, self._setting.options)
        judge = Judge([self._setting, *(other.setting for other in self._others)])
        row = _row_of_item if rule.group is None else _row_of_group
        facts = pl.concat([_widened(row(each, rule, judge)) for each in examples], how="diagonal_relaxed")
        # A flag exists only where something is unseen; in the rows of the others everything is seen.
        self._facts = facts.with_columns(cs.starts_with(UNSEEN).fill_null(value=False))

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
            conditions[mutant.part] = replaced(conditions[mutant.part], mutant)
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
        gates = rows["gate"].cast(pl.String).to_list() if "gate" in rows.columns else [None] * rows.height
        return [
            [_holds(*one, each) for one in zip(self._examples, gates, told, strict=True)]
            for each, told in zip(changed, _told(rows, changed), strict=True)
        ]


class _Told(NamedTuple):
    """What a judgement says about one example."""

    flawed: bool
    possible: bool
    """Flawed, or it cannot be known."""
    worse: bool
    raised: bool


def _told(rows: pl.DataFrame, changed: Sequence[Judgement]) -> Iterator[list[_Told]]:
    """What each judgement says about each row, asked in one query."""
    unseen = (name.removeprefix(UNSEEN) for name in rows.columns if name.startswith(UNSEEN) and rows[name].any())
    compiler, never = Compiler(frozenset(unseen)), tree.Fixed(value=False)
    columns: list[pl.Expr] = []
    for each in changed:
        flawed = compiler.must(each.whole)
        possible = compiler.can(each.whole) if compiler.doubtful(each.whole) else flawed
        columns += [flawed, possible, compiler.must(each.worse or never), compiler.must(each.raised or never)]
    said = rows.with_row_index("example").select("example", *(column.alias(f"{at}") for at, column in enumerate(columns)))
    for at in range(0, len(columns), len(_Told._fields)):
        yield [_Told(*row) for row in said.select(f"{at + part}" for part in range(len(_Told._fields))).rows()]


def _holds(example: Example, gate: str | None, told: _Told, made: Judgement) -> bool:
    known = told.flawed or not told.possible
    if told.flawed is not example.flawed or known is not example.evaluable:
        return False
    if example.severity is None or not told.flawed:
        return True
    severity = made.severity(gate)
    severity = Severity.WARNING if told.raised and severity is Severity.INFO else severity
    return example.severity is (Severity.ERROR if told.worse else severity)


def _widened(facts: pl.DataFrame) -> pl.DataFrame:
    """Each example numbers its texts in its own way: they stand together as texts only."""
    return facts.with_columns(cs.categorical().cast(pl.String), cs.list(cs.categorical()).cast(pl.List(pl.String)))


def _row_of_item(example: Example, rule: Rule, judge: Judge) -> pl.DataFrame:
    if not example.items:
        return row_of_facts(example, rule)
    seen = seen_by(judge, example)
    return seen.at((seen.uids == example.subject).arg_true()).collect()


def _row_of_group(example: Example, rule: Rule, judge: Judge) -> pl.DataFrame:
    group = rule.group or ""
    if not example.items:
        return row_of_facts(example, rule).with_columns(group=pl.lit(""))
    _, _, key = example.subject.split(":", 2)
    seen = seen_by(judge, example)
    return seen.groups[group].filter(pl.col("group") == key)


def _assembled(made: Judgement, kinds: tuple[str, ...], conditions: Mapping[str, tree.Truth | None], facts: Mapping[str, Any]) -> Judgement:
    """The judgement with other conditions, put together as ``judgement`` does it."""
    when = conditions["when"] or tree.Fixed(value=True)
    of_kinds: tree.Truth = tree.Among(tree.Named(facts["kind"]), kinds) if kinds else tree.Fixed(value=True)
    applies = tree.both(of_kinds, tree.Surely(when))
    flaw = conditions["flaw"] or tree.Fixed(value=True)
    if made.checklist:
        points = [conditions[point_name(part)] for part in made.setting.rule.parts]
        asked = [each.open if point is None else tree.Surely(point) for each, point in zip(made.checklist, points, strict=True)]
        flaw = tree.both(flaw, tree.AtLeast(made.least, tuple(asked)))
    gates = made.whole.terms[2:] if isinstance(made.whole, tree.All) else ()
    whole = tree.both(tree.Surely(applies), tree.Surely(flaw), *gates)
    return replace(made, applies=applies, flaw=flaw, whole=whole, raised=conditions["warning_when"], worse=conditions["error_when"])
