"""JQL, as far as the sandbox understands it: text into a tree. What is not understood is refused, never skipped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn


class JqlError(Exception):
    """A query that cannot be answered; the text is what Jira would say."""


@dataclass(frozen=True, slots=True)
class Word:
    """A literal: a bare word, number or quoted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Empty:
    """``EMPTY`` or ``NULL``."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function, such as ``openSprints()``."""

    name: str
    arguments: tuple[str, ...]


Operand = Word | Empty | Call


@dataclass(frozen=True, slots=True)
class Clause:
    """``field operator operands``; several operands stand behind ``in`` and ``not in`` only."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions that must all, or of which one must, hold."""

    joined: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    part: Condition


Condition = Clause | Group | Not


@dataclass(frozen=True, slots=True)
class Order:
    """One field to sort by."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; ``where`` is ``None`` when it restricts nothing."""

    where: Condition | None
    order: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


_TOKENS = re.compile(
    r"""\s*(?:
      (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<operator>!=|!~|<=|>=|=|~|<|>)
    | (?P<join>&&|\|\||!)
    | (?P<mark>[(),])
    | (?P<custom>cf\[\d+\])
    | (?P<word>[^\s"'=!<>~(),&|\[\]{};@?%^$\#/*+]+)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_RESERVED = frozenset({"and", "or", "not", "in", "is", "order", "by", "was", "changed", "empty", "null", "asc", "desc"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def parse(text: str) -> Query:
    """The query as a tree; ``JqlError`` where Jira would refuse, or where the sandbox does not know the construct."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split()
        self._next = 0

    def query(self) -> Query:
        where = None
        if not (self._is_word("order") or self._peek().kind == "end"):
            where = self._or()
        order: tuple[Order, ...] = ()
        if self._take_word("order"):
            if not self._take_word("by"):
                self._fail("Expecting 'by' but got {}.")
            order = self._order()
        if self._peek().kind != "end":
            self._fail("Expecting either 'OR' or 'AND' but got {}.")
        return Query(where, order)

    def _order(self) -> tuple[Order, ...]:
        found = []
        while True:
            field = self._field()
            descending = self._take_word("desc")
            if not descending:
                self._take_word("asc")
            found.append(Order(field, descending))
            if not self._take("mark", ","):
                return tuple(found)

    def _or(self) -> Condition:
        parts = [self._and()]
        while self._take_word("or") or self._take("join", "||"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Group("or", tuple(parts))

    def _and(self) -> Condition:
        parts = [self._not()]
        while self._take_word("and") or self._take("join", "&&"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else Group("and", tuple(parts))

    def _not(self) -> Condition:
        if self._take_word("not") or self._take("join", "!"):
            return Not(self._not())
        if self._take("mark", "("):
            inner = self._or()
            if not self._take("mark", ")"):
                self._fail("Expecting ')' but got {}.")
            return inner
        return self._clause()

    def _clause(self) -> Clause:
        field = self._field()
        if self._take_word("is"):
            operator = "is not" if self._take_word("not") else "is"
            operand = self._operand()
            if not isinstance(operand, Empty):
                raise JqlError(f"The operator '{operator}' is not supported by the '{field}' field.")
            return Clause(field, operator, (operand,))
        if self._take_word("in"):
            return Clause(field, "in", self._list())
        if self._is_word("not"):
            self._next += 1
            if not self._take_word("in"):
                self._fail("Expecting 'IN' but got {}.")
            return Clause(field, "not in", self._list())
        if self._is_word("was") or self._is_word("changed"):
            raise JqlError(f"The sandbox does not know the operator '{self._peek().text}' of the field '{field}'.")
        token = self._peek()
        if token.kind != "operator":
            self._fail("Expecting operator but got {}. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'IS'.")
        self._next += 1
        return Clause(field, token.text, (self._operand(),))

    def _list(self) -> tuple[Operand, ...]:
        if not self._take("mark", "("):
            return (self._operand(),)
        found = [self._operand()]
        while self._take("mark", ","):
            found.append(self._operand())
        if not self._take("mark", ")"):
            self._fail("Expecting ')' but got {}.")
        return tuple(found)

    def _operand(self) -> Operand:
        token = self._peek()
        if self._take_word("empty") or self._take_word("null"):
            return Empty()
        if token.kind == "quoted" or (token.kind == "word" and token.text.lower() not in _RESERVED):
            self._next += 1
            if token.kind == "word" and self._take("mark", "("):
                return Call(token.text, self._arguments())
            return Word(token.text)
        return self._fail(
            "Expecting either a value, list or function but got {0}. You must surround {0} in quotation marks to use it as a value."
        )

    def _arguments(self) -> tuple[str, ...]:
        found: list[str] = []
        while not self._take("mark", ")"):
            token = self._peek()
            if token.kind not in {"word", "quoted"}:
                self._fail("Expecting either a value or ')' but got {}.")
            found.append(token.text)
            self._next += 1
            self._take("mark", ",")
        return tuple(found)

    def _field(self) -> str:
        token = self._peek()
        if token.kind in {"quoted", "custom"} or (token.kind == "word" and token.text.lower() not in _RESERVED):
            self._next += 1
            return token.text
        return self._fail("Expecting a field name but got {}.")

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _is_word(self, word: str) -> bool:
        token = self._peek()
        return token.kind == "word" and token.text.lower() == word

    def _take_word(self, word: str) -> bool:
        found = self._is_word(word)
        self._next += found
        return found

    def _take(self, kind: str, text: str) -> bool:
        token = self._peek()
        found = token.kind == kind and token.text == text
        self._next += found
        return found

    def _fail(self, message: str) -> NoReturn:
        token = self._peek()
        got = "the end of the query" if token.kind == "end" else f"'{token.text}'"
        raise JqlError(f"Error in JQL Query: {message.format(got)} {self._where(token.at)}")

    def _where(self, at: int) -> str:
        before = self._text[:at]
        return f"(line {before.count(chr(10)) + 1}, character {at - (before.rfind(chr(10)) + 1) + 1})"

    def _split(self) -> list[_Token]:
        tokens, at = [], 0
        end = len(self._text.rstrip())
        while at < end:
            match = _TOKENS.match(self._text, at)
            if match is None or match.lastgroup is None:
                start = at + len(self._text[at:]) - len(self._text[at:].lstrip())
                raise JqlError(f"Error in JQL Query: The character '{self._text[start]}' is a reserved JQL character. {self._where(start)}")
            kind, text = match.lastgroup, match[match.lastgroup]
            if kind == "quoted":
                text = re.sub(r"\\(.)", lambda escaped: _ESCAPES.get(escaped[1], escaped[1]), text[1:-1])
            tokens.append(_Token(kind, text, match.start(match.lastgroup)))
            at = match.end()
        return [*tokens, _Token("end", "", end)]
