"""The node types of the parser that may stand in a condition, with every argument that the walker reads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from safesync.rules.condition import tree

COMPARISONS: Mapping[type[exp.Expr], tree.Comparison] = MappingProxyType(
    {
        exp.EQ: tree.Comparison.EQUAL,
        exp.NEQ: tree.Comparison.UNEQUAL,
        exp.LT: tree.Comparison.BELOW,
        exp.LTE: tree.Comparison.AT_MOST,
        exp.GT: tree.Comparison.ABOVE,
        exp.GTE: tree.Comparison.AT_LEAST,
    }
)
OPERATIONS: Mapping[type[exp.Expr], tree.Operation] = MappingProxyType(
    {exp.Add: tree.Operation.PLUS, exp.Sub: tree.Operation.MINUS, exp.Mul: tree.Operation.TIMES, exp.Div: tree.Operation.OVER}
)
ARGUMENTS: Mapping[type[exp.Expr], frozenset[str]] = MappingProxyType(
    {
        **{kind: frozenset({"this", "expression"}) for kind in (*COMPARISONS, *OPERATIONS, exp.And, exp.Or, exp.Is)},
        exp.Div: frozenset({"this", "expression"}),
        exp.Not: frozenset({"this"}),
        exp.Neg: frozenset({"this"}),
        exp.Paren: frozenset({"this"}),
        exp.Abs: frozenset({"this"}),
        exp.Placeholder: frozenset({"this"}),
        exp.Boolean: frozenset({"this"}),
        exp.Null: frozenset(),
        exp.Coalesce: frozenset({"this", "expressions"}),
        exp.In: frozenset({"this", "expressions", "field"}),
        exp.Between: frozenset({"this", "low", "high"}),
        exp.Literal: frozenset({"this", "is_string"}),
        exp.Column: frozenset({"this", "table", "db", "catalog"}),
        exp.Anonymous: frozenset({"this", "expressions"}),
    }
)
"""Every node type that may stand in a condition, with every argument the walker reads. Anything else is refused."""
HARMLESS = frozenset({"typed", "safe", "big_int"})
"""Arguments by which dialects remember how they were written; the walker gives the meaning itself."""
