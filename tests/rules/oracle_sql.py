"""
A condition as SQL with four outcomes, written anew and apart from the compiler that makes columns of it.

A row has the values of its facts, a rank beside each ordered word, and ``unseen.<fact>`` where one was not seen.
"""

from __future__ import annotations

from datetime import date

from safesync.rules.condition import tree

_ORDER = (tree.Comparison.BELOW, tree.Comparison.AT_MOST, tree.Comparison.ABOVE, tree.Comparison.AT_LEAST)


class Pair:
    """Writes what must be, and what can be, when ``unseen`` are the facts that have a column that says so."""

    def __init__(self, unseen: frozenset[str]) -> None:
        self._unseen = unseen

    def must(self, node: tree.Truth, *, be: bool = True) -> str:
        """Where the condition is so whatever the unseen values are."""
        match node:
            case tree.Not():
                return self.must(node.term, be=not be)
            case tree.Surely():
                return self.must(node.term) if be else f"NOT {self.can(node.term)}"
            case tree.All() | tree.AnyOf():
                return _joined([self.must(term, be=be) for term in node.terms], all_of=isinstance(node, tree.All) is be)
            case tree.AtLeast():
                return _counted(node, [(self.must if be else self.can)(term) for term in node.terms], be=be)
            case _:
                return f"({_settled(node, be=be)} AND NOT {self.hidden(node)})"

    def can(self, node: tree.Truth, *, be: bool = True) -> str:
        """Where it is so for some of them."""
        match node:
            case tree.Not():
                return self.can(node.term, be=not be)
            case tree.Surely():
                return self.can(node.term) if be else f"NOT {self.must(node.term)}"
            case tree.All() | tree.AnyOf():
                return _joined([self.can(term, be=be) for term in node.terms], all_of=isinstance(node, tree.All) is be)
            case tree.AtLeast():
                return _counted(node, [(self.can if be else self.must)(term) for term in node.terms], be=be)
            case _:
                return f"({_settled(node, be=be)} OR {self.hidden(node)})"

    def hidden(self, node: tree.Node) -> str:
        """Where the value of a leaf or an operand depends on what was not seen."""
        match node:
            case tree.Named() | tree.Labelled():
                return f'"unseen.{node.fact.name}"' if node.fact.name in self._unseen else "FALSE"
            case tree.Calculated() | tree.Compared():
                left, right = node.left, node.right
                sides = [f"({self.hidden(one)} AND NOT {self._empty(other)})" for one, other in ((left, right), (right, left))]
                return f"({sides[0]} OR {sides[1]})"
            case tree.Negative() | tree.Absolute() | tree.Among() | tree.Empty():
                return self.hidden(node.value)
            case tree.FirstOf():
                return self._hidden_among(node.values)
            case _:
                return "FALSE"

    def _hidden_among(self, values: tuple[tree.Value, ...]) -> str:
        """The first that is not seen to be empty is the one that counts."""
        whens = [f"WHEN {self.hidden(value)} THEN TRUE WHEN {_value(value)} IS NOT NULL THEN FALSE" for value in values]
        return f"(CASE {' '.join(whens)} ELSE FALSE END)"

    def _empty(self, value: tree.Value) -> str:
        return f"({_value(value)} IS NULL AND NOT {self.hidden(value)})"


def _joined(parts: list[str], *, all_of: bool) -> str:
    return "(" + (" AND " if all_of else " OR ").join(parts) + ")"


def _counted(node: tree.AtLeast, terms: list[str], *, be: bool) -> str:
    return f"(({' + '.join(terms)}) {'>=' if be else '<'} {node.count})"


def _settled(node: tree.Truth, *, be: bool) -> str:
    return f"coalesce({'' if be else 'NOT '}({_plain(node)}), FALSE)"


def _plain(node: tree.Truth) -> str:
    match node:
        case tree.Fixed():
            return "TRUE" if node.value else "FALSE"
        case tree.Named():
            return f'"{node.fact.name}"'
        case tree.Labelled():
            return f"has_label(labels, {_literal(node.label)})"
        case tree.Empty():
            return f"{_value(node.value)} IS NULL"
        case tree.Among():
            return f"{_value(node.value)} IN ({', '.join(map(_literal, node.choices))})"
        case tree.Compared():
            ranked = node.comparison in _ORDER
            return f"{_value(node.left, ranked=ranked)} {node.comparison} {_value(node.right, ranked=ranked)}"
        case _:
            raise TypeError(node)


def _value(value: tree.Value, *, ranked: bool = False) -> str:
    match value:
        case tree.Named():
            return f'"{value.fact.name}_rank"' if ranked and value.fact.ordered else f'"{value.fact.name}"'
        case tree.Constant():
            words = [str(word) for word in value.vocabulary]
            return str(words.index(str(value.value))) if ranked and words else _literal(value.value)
        case tree.Calculated():
            return f"({_value(value.left)} {value.operation} {_value(value.right)})"
        case tree.Negative():
            return f"(-{_value(value.value)})"
        case tree.Absolute():
            return f"abs({_value(value.value)})"
        case tree.FirstOf():
            return f"coalesce({', '.join(_value(each, ranked=ranked) for each in value.values)})"


def _literal(value: str | float | date) -> str:
    return repr(float(value)) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"
