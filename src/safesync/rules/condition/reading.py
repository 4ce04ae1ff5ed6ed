"""From text to tree: only shapes that are named here get through, with all their arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlglot import exp

from safesync.facts.fact import Fact, FactType
from safesync.rules.condition import tree
from safesync.rules.condition.shapes import ARGUMENTS, COMPARISONS, HARMLESS, OPERATIONS
from safesync.rules.condition.slips import ConditionError, Slip, nearest
from safesync.rules.condition.sorts import dated, described, ordered, speaking, type_of, vocabulary_of
from safesync.rules.condition.words import Words, parsed, too_deep

OptionValue = bool | float | str | Collection[str]
_DEEPEST = 60
"""Levels of brackets and NOTs; polars compiles recursively too, and has no error for it."""
_LARGEST_WHOLE = 2**53
_FUNCTIONS = ("has_label", "abs", "coalesce")


def read(text: str, facts: Mapping[str, Fact], options: Mapping[str, OptionValue] | None = None) -> tree.Truth:
    """
    The condition that a text states over ``facts``, with ``:name`` bound to the values of ``options``.

    Raises ``ConditionError`` with every mistake that could be found in one reading.
    """
    words = Words(text)
    reader = _Reader(words, facts, options or {})
    try:
        truth = reader.truth(parsed(words))
    except RecursionError:
        raise too_deep(text) from None
    if reader.slips:
        raise ConditionError(text, reader.slips)
    return truth


@dataclass(frozen=True, slots=True)
class _Many:
    """The value of an option that is a set of texts."""

    choices: tuple[str, ...]
    option: str


_Read = tree.Value | None
"""``None``: there was a slip, which has been noted; nothing more is said about it."""


class _Reader:
    def __init__(self, words: Words, facts: Mapping[str, Fact], options: Mapping[str, OptionValue]) -> None:
        self._words, self._facts, self._options = words, facts, options
        self.slips = words.refused()
        self._depth = 0

    # truths

    def truth(self, node: exp.Expr) -> tree.Truth:
        """The truth that a node states; a slip is noted and stands in the tree as FALSE."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise RecursionError
            return self._truth(node) if self._admitted(node) else tree.Fixed(value=False)
        finally:
            self._depth -= 1

    def _truth(self, node: exp.Expr) -> tree.Truth:
        if (comparison := COMPARISONS.get(type(node))) is not None:
            return self._compared(node, comparison)
        known: Mapping[type[exp.Expr], Callable[[exp.Expr], tree.Truth]] = {
            exp.Paren: lambda node: self.truth(node.this),
            exp.Not: lambda node: tree.Not(self.truth(node.this)),
            exp.And: lambda node: tree.All(tuple(self.truth(term) for term in node.flatten())),
            exp.Or: lambda node: tree.AnyOf(tuple(self.truth(term) for term in node.flatten())),
            exp.Boolean: lambda node: tree.Fixed(value=bool(node.this)),
            exp.Is: self._empty,
            exp.In: self._among,
            exp.Between: self._between,
            exp.Anonymous: self._function,
            exp.Column: self._truth_fact,
            exp.Placeholder: self._truth_option,
        }
        if (read := known.get(type(node))) is not None:
            return read(node)
        self._slip(node, "a condition is expected here, this is a value; compare it with something")
        return tree.Fixed(value=False)

    def _compared(self, node: exp.Expr, comparison: tree.Comparison) -> tree.Truth:
        sides = (node.this, node.expression)
        if any(isinstance(side, exp.Null) for side in sides):
            write = "IS NOT NULL" if comparison is tree.Comparison.UNEQUAL else "IS NULL"
            return self._wrong(node, f"nothing is equal to NULL; write {write}")
        if any(isinstance(side.unnest(), tuple(COMPARISONS)) for side in sides):
            return self._wrong(node, "a comparison is not compared again; write AND between the two")
        left, right = (self.value(side) for side in sides)
        if left is None or right is None:
            return tree.Fixed(value=False)
        return self._agreed(node, comparison, left, right)

    def _agreed(self, node: exp.Expr, comparison: tree.Comparison, left: tree.Value, right: tree.Value) -> tree.Truth:
        """Two values of one type, and of one vocabulary; for dates a text becomes a day."""
        left, right = dated(left, right), dated(right, left)
        if FactType.TRUTH in (type_of(left), type_of(right)):
            return self._wrong(node, "a truth is not compared; write it alone, or NOT before it")
        if type_of(left) != type_of(right):
            of_day = FactType.DATE in (type_of(left), type_of(right))
            hint = "; a day is written '2026-11-30'" if of_day and FactType.TEXT in (type_of(left), type_of(right)) else ""
            return self._wrong(node, f"{described(left)} is compared with {described(right)}{hint}")
        words = vocabulary_of(left) or vocabulary_of(right)
        if not self._spoken(node.this, left, words) & self._spoken(node.expression, right, words):
            return tree.Fixed(value=False)
        left, right = speaking(left, words), speaking(right, words)
        if vocabulary_of(left) != vocabulary_of(right):
            return self._wrong(node, f"{described(left)} and {described(right)} have different words")
        comparable = ordered(left) or ordered(right)
        if type_of(left) is FactType.TEXT and not comparable and comparison not in (tree.Comparison.EQUAL, tree.Comparison.UNEQUAL):
            return self._wrong(node, "texts without an order are only equal (=) or not (<>)")
        return tree.Compared(comparison, left, right)

    def _empty(self, node: exp.Expr) -> tree.Truth:
        if not isinstance(node.expression, exp.Null):
            return self._wrong(node, "only IS NULL and IS NOT NULL are known; a truth is written alone, or with NOT before it")
        value = self.value(node.this)
        return tree.Fixed(value=False) if value is None else tree.Empty(value)

    def _among(self, node: exp.Expr) -> tree.Truth:
        listed = (node.args["field"],) if node.args.get("field") is not None else tuple(node.expressions)
        if not listed:
            return self._wrong(node, "the list is empty")
        value = self.value(node.this)
        choices = [choice for entry in listed for choice in self._choices(entry, value)]
        if value is None or self.slips:
            return tree.Fixed(value=False)
        options = tuple(str(entry.this) for entry in listed if isinstance(entry, exp.Placeholder))
        if not choices or isinstance(value, tree.Constant):
            inside = isinstance(value, tree.Constant) and value.value in choices
            return tree.Fixed(inside, options[0] if options else "", node.sql())
        return tree.Among(value, tuple(dict.fromkeys(choices)), options)

    def _choices(self, entry: exp.Expr, value: _Read) -> tuple[str | float, ...]:
        if isinstance(entry, exp.Null):
            self._slip(entry, "NULL is in no list; write OR ... IS NULL")
            return ()
        if isinstance(entry, exp.Placeholder) and isinstance(many := self._option(entry), _Many):
            return self._checked_many(entry, many, value)
        read = self.value(entry)
        if read is None or value is None:
            return ()
        if not isinstance(read, tree.Constant) or isinstance(read.value, date):
            self._slip(entry, "only texts and numbers stand in a list")
        elif read.type != type_of(value):
            self._slip(entry, f"{described(value)} is looked for among {read.type}s")
        elif self._spoken(entry, read, vocabulary_of(value)):
            return (read.value,)
        return ()

    def _checked_many(self, entry: exp.Expr, many: _Many, value: _Read) -> tuple[str, ...]:
        if value is None:
            return ()
        if type_of(value) is not FactType.TEXT:
            self._slip(entry, f"{described(value)} is looked for among texts", many.option)
        words = vocabulary_of(value)
        for choice in many.choices:
            if words and choice not in words:
                self._slip(entry, f"'{choice}' is not one of {', '.join(words)}{nearest(choice, words)}", many.option)
        return many.choices

    def _between(self, node: exp.Expr) -> tree.Truth:
        low = self._compared(exp.GTE(this=node.this, expression=node.args["low"]), tree.Comparison.AT_LEAST)
        high = self._compared(exp.LTE(this=node.this, expression=node.args["high"]), tree.Comparison.AT_MOST)
        return tree.All((low, high))

    def _function(self, node: exp.Expr) -> tree.Truth:
        name = str(node.this)
        if name != "has_label":
            return self._wrong(node, f"there is no function {name}{nearest(name, _FUNCTIONS)}; there are {', '.join(_FUNCTIONS)}")
        label = self.value(node.expressions[0]) if len(node.expressions) == 1 else None
        if not isinstance(label, tree.Constant) or not isinstance(label.value, str):
            return self._wrong(node, "has_label takes one text: has_label('x')")
        if "labels" not in self._facts:
            return self._wrong(node, "only items have labels")
        return tree.Labelled(self._facts["labels"], label.value)

    def _truth_fact(self, node: exp.Expr) -> tree.Truth:
        value = self.value(node)
        if isinstance(value, tree.Named) and value.fact.type is FactType.TRUTH:
            return value
        if value is not None:
            self._slip(node, f"{described(value)} is no condition by itself; compare it with something")
        return tree.Fixed(value=False)

    def _truth_option(self, node: exp.Expr) -> tree.Truth:
        option = self._option(node)
        if isinstance(option, bool):
            return tree.Fixed(option, str(node.this), f":{node.this}")
        return self._wrong(node, f"option {node.this} is no condition by itself") if option is not None else tree.Fixed(value=False)

    # values

    def value(self, node: exp.Expr) -> _Read:
        """The value that a node states, ``None`` after a slip."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise RecursionError
            return self._value(node) if self._admitted(node) else None
        finally:
            self._depth -= 1

    def _value(self, node: exp.Expr) -> _Read:
        known: Mapping[type[exp.Expr], Callable[[exp.Expr], _Read]] = {
            exp.Paren: lambda node: self.value(node.this),
            exp.Literal: self._literal,
            exp.Column: self._named,
            exp.Placeholder: self._bound,
            exp.Neg: lambda node: self._numeric(node, tree.Negative, node.this),
            exp.Abs: lambda node: self._numeric(node, tree.Absolute, node.this),
            exp.Coalesce: self._first_of,
            **dict.fromkeys(OPERATIONS, self._calculated),
        }
        if (read := known.get(type(node))) is not None:
            return read(node)
        if isinstance(node, exp.Anonymous):
            self._function(node)
        self._slip(
            node,
            "a value is expected here, not a condition; a truth is written alone, or with NOT before it"
            if _is_truth(node)
            else "this has no place here",
        )
        return None

    def _literal(self, node: exp.Expr) -> _Read:
        if node.args.get("is_string"):
            return tree.Constant(str(node.this), FactType.TEXT)
        try:
            number = float(node.this)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self._slip(node, f"{node.this} is no number")
            return None
        return tree.Constant(int(number) if number.is_integer() and abs(number) <= _LARGEST_WHOLE else number, FactType.NUMBER)

    def _named(self, node: exp.Expr) -> _Read:
        parts = node.parts  # type: ignore[attr-defined]
        name = ".".join(part.name for part in parts)
        if any(part.args.get("quoted") for part in parts):
            self._slip(node, f"texts stand in single quotes: '{name}'")
        elif (fact := self._facts.get(name)) is None:
            hint = nearest(name.replace(".", "_"), self._facts) or f"; a text stands in single quotes: '{name}'"
            self._slip(node, f"there is no fact {name}{hint}")
        elif fact.type is FactType.LABELS:
            self._slip(node, "labels are asked with has_label('x')")
        else:
            return tree.Named(fact)
        return None

    def _bound(self, node: exp.Expr) -> _Read:
        option = self._option(node)
        if isinstance(option, bool):
            self._slip(node, f"option {node.this} is a truth; write it alone, or NOT before it")
        elif isinstance(option, _Many):
            self._slip(node, f"option {node.this} is a list; write IN :{node.this}")
        elif option is not None:
            return tree.Constant(option, FactType.TEXT if isinstance(option, str) else FactType.NUMBER, option=str(node.this))
        return None

    def _option(self, node: exp.Expr) -> bool | float | str | _Many | None:
        name = str(node.this or "")
        if name not in self._options:
            self._slip(node, f"there is no option {name}{nearest(name, self._options)}")
            return None
        value = self._options[name]
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return str(value)
        if isinstance(value, Collection) and not isinstance(value, Mapping) and all(isinstance(each, str) for each in value):
            return _Many(tuple(sorted(str(each) for each in value)), name)
        self._slip(node, f"option {name} holds no value that a condition can use", name)
        return None

    def _numeric(self, node: exp.Expr, make: Callable[[tree.Value], tree.Value], operand: exp.Expr) -> _Read:
        value = self.value(operand)
        if value is None:
            return None
        if type_of(value) is not FactType.NUMBER:
            self._slip(node, f"{described(value)} is no number")
            return None
        return make(value)

    def _calculated(self, node: exp.Expr) -> _Read:
        left = self._numeric(node.this, lambda value: value, node.this)
        right = self._numeric(node.expression, lambda value: value, node.expression)
        if left is None or right is None:
            return None
        return tree.Calculated(OPERATIONS[type(node)], left, right)

    def _first_of(self, node: exp.Expr) -> _Read:
        operands = (node.this, *node.expressions)
        values = [self.value(operand) for operand in operands]
        kept = [value for value in values if value is not None]
        if len(kept) < len(values):
            return None
        words = next((words for value in kept if (words := vocabulary_of(value))), ())
        spoken = [self._spoken(operand, value, words) for operand, value in zip(operands, kept, strict=True)]
        kept = [speaking(value, words) for value in kept]
        if len({(type_of(value), vocabulary_of(value)) for value in kept}) > 1 or FactType.TRUTH in map(type_of, kept):
            self._slip(node, "coalesce takes values of one type")
            return None
        return tree.FirstOf(tuple(kept)) if all(spoken) else None

    # slips

    def _admitted(self, node: exp.Expr) -> bool:
        allowed = ARGUMENTS.get(type(node))
        # A known node with an argument that nobody reads would silently mean something else: NOT LIKE is Like(negate=True).
        unread = [name for name, value in node.args.items() if value and allowed is not None and name not in allowed | HARMLESS]
        if allowed is not None and not unread:
            return True
        if not self._refused_within(node):
            self._slip(node, f"{_spelled(node)} is not part of the language")
        return False

    def _refused_within(self, node: exp.Expr) -> bool:
        start, end = self._place(node)
        return any(slip.start <= end + 1 and slip.end >= start - 12 for slip in self._words.refused())

    def _spoken(self, node: exp.Expr, value: tree.Value, words: tuple[str, ...]) -> bool:
        if not words or not isinstance(value, tree.Constant) or value.value in words:
            return True
        option = str(node.this) if isinstance(node, exp.Placeholder) else None
        self._slip(node, f"'{value.value}' is not one of {', '.join(words)}{nearest(str(value.value), words)}", option)
        return False

    def _wrong(self, node: exp.Expr, message: str) -> tree.Truth:
        self._slip(node, message)
        return tree.Fixed(value=False)

    def _slip(self, node: exp.Expr, message: str, option: str | None = None) -> None:
        self.slips.append(Slip(*self._place(node), message, option))

    def _place(self, node: exp.Expr) -> tuple[int, int]:
        if isinstance(node, exp.Placeholder):
            return self._words.place_of_option(str(node.this or ""))
        leaves = [leaf.meta for leaf in node.walk() if "start" in leaf.meta]
        if not leaves and node.parent is not None:
            return self._place(node.parent)
        if not leaves:
            return 0, len(self._words.text)
        return min(leaf["start"] for leaf in leaves), max(leaf["end"] for leaf in leaves) + 1


def _is_truth(node: exp.Expr) -> bool:
    return isinstance(node, (*COMPARISONS, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Boolean))


_SIGNS: Mapping[type[exp.Expr], str] = MappingProxyType(
    {exp.BitwiseRightShift: "'>>'", exp.BitwiseLeftShift: "'<<'", exp.BitwiseAnd: "'&'", exp.BitwiseOr: "'|'", exp.BitwiseXor: "'^'"}
)


def _spelled(node: exp.Expr) -> str:
    if sign := _SIGNS.get(type(node)):
        return sign
    return str(node.sql_name()) + "()" if isinstance(node, exp.Func) and hasattr(node, "sql_name") else type(node).__name__
