"""The words of a condition before it is a tree: what may stand in it at all, and where each word stands."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token

from safesync.rules.condition.slips import ConditionError, Slip

LONGEST = 20_000
"""Characters; a list of labels fits, a file pasted by mistake is refused before anything looks at it."""

_WORDS = MappingProxyType(
    {
        "SELECT": "a condition has no sub-queries; ask for a fact instead",
        "WITH": "a condition has no sub-queries; ask for a fact instead",
        "EXISTS": "a condition has no sub-queries; ask for a fact instead",
        "ALL": "ALL is not part of the language",
        "ANY": "ANY is not part of the language; write IN (...)",
        "SOME": "SOME is not part of the language; write IN (...)",
        "UNNEST": "UNNEST is not part of the language",
        "LIKE": "LIKE is not part of the language; compare whole texts with = or IN, or labels with has_label('x')",
        "ILIKE": "ILIKE is not part of the language; compare whole texts with = or IN, or labels with has_label('x')",
        "RLIKE": "RLIKE is not part of the language; compare whole texts with = or IN",
        "GLOB": "GLOB is not part of the language; compare whole texts with = or IN",
        "SIMILAR": "SIMILAR TO is not part of the language; compare whole texts with = or IN",
        "SIMILAR_TO": "SIMILAR TO is not part of the language; compare whole texts with = or IN",
        "CASE": "CASE is not part of the language; write the cases with AND and OR",
        "CAST": "types are not converted; every fact has one type",
        "TRY_CAST": "types are not converted; every fact has one type",
        "OVER": "window functions are not part of the language; ask for a fact of a group instead",
        "UNION": "a condition is not a query",
        "UNKNOWN": "UNKNOWN is not part of the language; a fact that was not seen makes the condition unknown by itself",
        "SYMMETRIC": "SYMMETRIC is not part of the language",
        "COLLATE": "COLLATE is not part of the language",
        "ESCAPE": "ESCAPE is not part of the language",
        "DISTINCT": "IS DISTINCT FROM is not part of the language; write = or <>, and IS NULL",
    }
)
_SIGNS = MappingProxyType(
    {
        "::": "types are not converted; every fact has one type",
        ";": "a condition is one expression; ';' has no place in it",
        "[": "brackets are not part of the language; lists stand in ( )",
        "]": "brackets are not part of the language; lists stand in ( )",
        "{": "braces are not part of the language; an option is written :name",
        "}": "braces are not part of the language; an option is written :name",
        "@": "'@' is not part of the language; an option is written :name",
        "?": "'?' is not part of the language; an option is written :name",
        "$": "'$' is not part of the language; an option is written :name",
        "||": "texts are not joined; write OR between conditions",
        "&&": "write AND",
        "%": "% is not part of the language",
        "~": "regular expressions are not part of the language",
        "#": "'#' is not part of the language",
        "|": "write OR between conditions",
        "&": "write AND between conditions",
        "^": "'^' is not part of the language",
    }
)


_KEPT = 1024
"""So many texts are read once: a rule's are asked for at each reading of a configuration and for each part of it. Nobody changes a tree."""


class Words:
    """The tokens of a text, with the places of options, which the tree of the parser has lost."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self._options: dict[str, deque[tuple[int, int]]] = defaultdict(deque)
        for colon, name in zip(self.tokens, self.tokens[1:], strict=False):
            if colon.text == ":":
                self._options[name.text].append((colon.start, name.end + 1))

    def place_of_option(self, name: str) -> tuple[int, int]:
        """Where this option stands; each call gives its next place, as the walker goes from left to right."""
        places = self._options[name]
        if not places:
            return 0, len(self.text)
        return places.popleft() if len(places) > 1 else places[0]

    def refused(self) -> list[Slip]:
        """Every word and sign that has no place in a condition."""
        before = (None, *self.tokens)
        named = {token.start for colon, token in zip(before, self.tokens, strict=False) if colon is not None and colon.text == ":"}
        return [slip for token in self.tokens if token.start not in named for slip in _refuse(token, self.text)]


def _refuse(token: Token, text: str) -> list[Slip]:
    slips = []
    if token.token_type.name not in ("STRING", "IDENTIFIER"):
        word = token.text.upper()
        message = _WORDS.get(word, "") or _SIGNS.get(token.text, "") or (_SIGNS["$"] if word.startswith("$") else "")
        if message:
            slips.append(Slip(token.start, token.end + 1, message))
    if token.comments:
        places = [at for at in (text.find("--", token.end), text.find("/*", token.end), text.find("/*")) if at >= 0]
        start = min(places, default=token.start)
        slips.append(Slip(start, min(start + 2, len(text)), "a condition has no comments; comment in YAML with #"))
    return slips


@lru_cache(_KEPT)
def _tokens(text: str) -> Sequence[Token]:
    if len(text) > LONGEST:
        raise ConditionError(
            text[:80], [Slip(LONGEST, len(text), f"a condition has at most {LONGEST:,} characters, this has {len(text):,}")]
        )
    if not text.strip():
        raise ConditionError(text, [Slip(0, len(text), "the condition is empty")])
    try:
        return sqlglot.tokenize(text)
    except TokenError as error:
        raise ConditionError(text, [_untied(text)]) from error


def _untied(text: str) -> Slip:
    """The quote that nobody closes: the one after which an odd number stands."""
    quote = text.rfind("'") if text.count("'") % 2 else text.rfind('"')
    if quote < 0:
        return Slip(0, len(text), "this cannot be read as a condition")
    return Slip(quote, len(text), "a quote opens here or before and is never closed; a quote inside a text is doubled ('')")


def parsed(words: Words) -> exp.Expr:
    """The tree of the parser; its own exceptions become slips in our words."""
    text = words.text
    try:
        return _tree(text)
    except ParseError as error:
        raise ConditionError(text, words.refused() or [_translated(text, error)]) from error
    except RecursionError:
        raise too_deep(text) from None


@lru_cache(_KEPT)
def _tree(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, into=exp.Condition, error_message_context=len(text))


def too_deep(text: str) -> ConditionError:
    """The error for a text that no person wrote."""
    return ConditionError(text, [Slip(0, len(text), "nested too deeply")])


def _translated(text: str, error: ParseError) -> Slip:
    if not error.errors:
        return Slip(0, len(text), "this cannot be read as a condition")
    found = error.errors[0]
    start = len(found.get("start_context") or "")
    word = found.get("highlight") or ""
    end = start + max(1, len(word))
    description = str(found.get("description") or "")
    if "missing for" in description:
        return Slip(start, end, f"something is missing after '{word}'")
    if "Expecting )" in description:
        return Slip(start, end, f"a ')' is missing after '{word}'")
    return Slip(start, end, f"'{word}' is not expected here; AND or OR may be missing before it")
