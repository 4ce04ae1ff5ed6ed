"""The query language, as far as it is played here: read into a tree, everything unknown refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from safesync.connectors.sandbox.azure.refusal import Refusal, invalid

TEXT_LIMIT = 32_000
Side = Literal["", "source", "target"]

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>(?:\[?(?:source|target)\]?\.)?\[[^\]]+\])|(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<macro>@\w+)|(?P<operator><>|<=|>=|[=<>(),+-])|(?P<word>[A-Za-z_][\w.]*))""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Macro:
    """A value that depends on who asks, when and where: ``@today - 3``."""

    name: str
    days: int = 0


Value = str | float | Macro


@dataclass(frozen=True, slots=True)
class Clause:
    """A comparison of one field."""

    side: Side
    field: str
    operator: str
    values: tuple[Value, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Both:
    """All of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Condition


Condition = Clause | Both | Either | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A query."""

    columns: tuple[str, ...]
    links: bool
    condition: Condition | None
    order: tuple[tuple[str, bool], ...]
    """(field, whether descending)."""
    as_of: str | None
    mode: str


def read(text: str) -> Query:
    """The query that a text says; raises ``Refusal`` for what is wrong and for what is not played here."""
    if len(text) > TEXT_LIMIT:
        raise invalid("VS402338: The query text exceeds the limit of 32000 characters.", "WorkItemTrackingQueryException")
    return _Reader(text).query()


def wrong(message: str, near: str) -> Refusal:
    """A refusal in the words of the real one: the place stands at the end."""
    return invalid(f"{message} The error is caused by «{near}».", "WorkItemTrackingQueryException")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            near = text[at:].strip()
            raise wrong("Expecting closing quote." if near[0] in "'\"" else "The query contains an unexpected character.", near[:40])
        tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return tokens


class _Reader:
    """Goes over the words once, from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def query(self) -> Query:
        self._expect("select")
        columns = self._columns()
        self._expect("from")
        source = self._word().lower()
        if source not in {"workitems", "workitemlinks"}:
            raise wrong("The FROM clause names an unknown source.", source)
        condition = self._either() if self._accept("where") else None
        order, as_of, mode = self._tail()
        return Query(columns, source == "workitemlinks", condition, order, as_of, mode)

    def _tail(self) -> tuple[tuple[tuple[str, bool], ...], str | None, str]:
        order: tuple[tuple[str, bool], ...] = ()
        as_of, mode = None, "mustcontain"
        while self._at < len(self._tokens):
            if self._accept("order"):
                self._expect("by")
                order = self._order()
            elif self._accept("asof"):
                as_of = self._string()
            elif self._accept("mode"):
                self._expect("(")
                mode = self._word().lower()
                self._expect(")")
            else:
                raise wrong("The query contains something that is not understood.", self._peek())
        return order, as_of, mode

    def _columns(self) -> tuple[str, ...]:
        columns = [self._field()[1]]
        while self._accept(","):
            columns.append(self._field()[1])
        return tuple(columns)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        order = []
        while True:
            name = self._field()[1]
            descending = self._accept("desc")
            if not descending:
                self._accept("asc")
            order.append((name, descending))
            if not self._accept(","):
                return tuple(order)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._accept("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _one(self) -> Condition:
        if self._accept("not"):
            return Not(self._one())
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._clause()

    def _clause(self) -> Condition:
        start = self._at
        side, name = self._field()
        negated = self._accept("not")
        operator = self._next().lower()
        if operator == "is":
            negated = self._accept("not")
            self._expect("empty")
            return self._made(Clause(side, name, "is empty", (), self._said(start)), negated=negated)
        if operator == "contains" and name.lower() == "system.history" and self._accept("words"):
            operator = "contains words"
        if operator not in {"contains words", "=", "<>", "<", ">", "<=", ">=", "in", "contains", "under"} or self._peek().lower() in {
            "words",
            "group",
        }:
            raise wrong("This operator is not played by this organisation.", self._said(start))
        values = self._values() if operator == "in" else (self._value(),)
        return self._made(Clause(side, name, operator, values, self._said(start)), negated=negated)

    @staticmethod
    def _made(clause: Clause, *, negated: bool) -> Condition:
        return Not(clause) if negated else clause

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        self._at += 1
        if kind == "text":
            return _unquoted(text)
        if kind == "number":
            return float(text)
        if kind == "macro":
            return Macro(text[1:].lower(), self._days())
        if text.lower() in {"true", "false"}:
            return text.lower()
        raise wrong("Expecting a value.", text or "the end of the query")

    def _days(self) -> int:
        if self._peek() in {"+", "-"}:
            sign = self._next()
            return int(f"{sign}{self._next()}")
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if kind == "number" and text.startswith("-"):
            self._at += 1
            return int(text)
        return 0

    def _field(self) -> tuple[Side, str]:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        self._at += 1
        if kind == "field":
            side, dot, name = text.partition(".[")
            sides: dict[str, Side] = {"source": "source", "target": "target"}
            return (sides[side.strip("[]").lower()], name.rstrip("]")) if dot else ("", text.strip("[]"))
        if kind == "word":
            return "", text
        raise wrong("Expecting field name.", text or "the end of the query")

    def _string(self) -> str:
        value = self._value()
        if not isinstance(value, str):
            raise wrong("Expecting a date.", str(value))
        return value

    def _said(self, start: int) -> str:
        return " ".join(text for _, text in self._tokens[start : self._at])

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise wrong("The query ends too early.", "the end of the query")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _word(self) -> str:
        return self._next()

    def _accept(self, word: str) -> bool:
        if self._peek().lower() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise wrong(f"Expecting {word.upper()}.", self._peek() or "the end of the query")


def _unquoted(text: str) -> str:
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)
