"""Names of regulations, and measures that a promise can be held against."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from safesync.facts.text.lexicon import Lexicon, lexicon, words_under
from safesync.facts.text.signs import Signs, matcher

_REFERENCE = re.compile(
    r"(?:[ \u00a0]?(?:[-:]|Art(?:icles?|ikel|\.)?|Abs\.|\u00a7)?[ \u00a0]?(?:\d[\w.()/-]{0,15}|[A-Z]{1,4}[-.]\d[\w.-]{0,10}))"
)
_AMOUNT = re.compile(
    r"(?<![\w.])\d[\d.,]{0,12}[ \u00a0]?(%|\u20ac|\$|[^\W\d_]{1,12})|[\u20ac$\u00a3][ \u00a0]?\d|\d[ \u00a0]?(?:->|\u2192)[ \u00a0]?\d"
)
_goes_from_to = matcher(r"\b(?:from|von|de|passer de)\s[^\n]{0,12}?\d[^\n]{0,20}?\s(?:to|auf|\x{e0})\s[^\n]{0,12}?\d")
_has_digit = matcher(r"\d")


def names_measure(low: str) -> bool:
    """Whether a text in lower case names a number with a unit, a change from one to another, or a metric."""
    if _has_digit(low) and (_has_amount(low) or _goes_from_to(low)):
        return True
    signs, whole = _metrics(lexicon())
    return signs.holds(low) and whole.search(low) is not None


def _has_amount(low: str) -> bool:
    """A unit stands behind a number, a currency before it, or an arrow between two."""
    units = words_under(lexicon(), "units")
    return _may_have_amount(units)(low) and any(
        found[1] is None or found[1] in "%\u20ac$" or found[1] in units for found in _AMOUNT.finditer(low)
    )


@cache
def _may_have_amount(units: frozenset[str]) -> Callable[[str], bool]:
    """One pass in place of a try at every digit."""
    names = "|".join(map(re.escape, sorted(units)))
    return matcher(rf"\d[.,]*[ \x{{a0}}]?(?:%|\x{{20ac}}|\$|{names}|->|\x{{2192}})|[\x{{20ac}}$\x{{a3}}][ \x{{a0}}]?\d")


@cache
def _metrics(words: Lexicon) -> tuple[Signs, re.Pattern[str]]:
    names = words.named("metrics")
    return Signs(names), re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")


def control_ids(texts: Iterable[str]) -> str | None:
    """The regulations and controls that some texts name, each once and in their order, joined by ``"; "``."""
    controls, text = _controls(lexicon()), "\n".join(texts)
    if not controls.holds(text):
        return None
    found: dict[str, None] = {}
    for at, prefix in sorted((at, one) for one in controls.phrases for at in _places(text, one)):
        number = _REFERENCE.match(text, at + len(prefix))
        found[(prefix + (number[0] if number else "")).rstrip(".,;:-/(")] = None
    names = [one for one in found if not any(other != one and other.startswith(one) for other in found)]
    return "; ".join(names) or None


@cache
def _controls(words: Lexicon) -> Signs:
    return Signs(words.named("control_keys"))


def _places(text: str, prefix: str) -> Iterable[int]:
    at, tries = text.find(prefix), 0
    while at >= 0 and tries < 20:
        end = at + len(prefix)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalpha():
            yield at
        at, tries = text.find(prefix, end), tries + 1
