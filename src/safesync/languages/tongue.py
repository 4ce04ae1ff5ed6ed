"""One language: what stands in its catalogue, and how it says numbers and days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from types import MappingProxyType
from typing import Literal, get_args

Language = Literal["en", "de", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class _Grammar:
    """
    What a catalogue cannot say.

    ``plurals`` find what is counted behind a number, at the start of what follows it, and say what is put in its place where ``few``
    takes the number for one. What a verb stands behind stays: it would have to change, too.
    ``thousands`` stands between the thousands of a large number.
    """

    decimal_mark: str
    thousands: str
    few: re.Pattern[str]
    plurals: tuple[tuple[re.Pattern[str], str], ...]


_GRAMMAR: Mapping[Language, _Grammar] = MappingProxyType(
    {
        "en": _Grammar(
            ".",
            ",",
            re.compile(r"1"),
            (
                (re.compile(r"^( (?:working )?day)s\b"), r"\1"),
                (re.compile(r"^( (?:planned )?(?:point|item|objective|iteration|line))s\b(?! (?:are|were)\b)"), r"\1"),
            ),
        ),
        "de": _Grammar(
            ",",
            ".",
            re.compile(r"1"),
            (
                (re.compile(r"^( (?:Arbeitst|T|Kalendert)ag)en?\b"), r"\1"),
                (re.compile(r"^( Punkt)en?\b(?! (?:sind|waren|haben)\b)"), r"\1"),
                (re.compile(r"^ Einträgen?\b(?! (?:sind|tragen)\b)"), " Eintrag"),
                (re.compile(r"^( PI-Ziel)e\b"), r"\1"),
                (re.compile(r"^( Iteration)en\b"), r"\1"),
            ),
        ),
        "fr": _Grammar(
            ",",
            "\u202f",
            re.compile(r"[01](?:,\d+)?"),
            (
                (re.compile(r"^( jour)s(?:( ouvr(?:é|able))s)?\b"), r"\1\2"),
                (re.compile(r"^( (?:point|élément|objectif|itération))s\b(?! (?:sont|ont|étaient|notés|contribuent|terminés)\b)"), r"\1"),
            ),
        ),
    }
)
_FIGURE = re.compile(r"(?<=[ (/])(?<![,;] )(\d+)(?:\.(\d+))?(?=/\d|\)?(?:, |; |$)|\) (?:über|au-dessus de) )")
"""The last of a name's entry: what stands before it, such as the number of an iteration, is a part of the name, or the whole of it."""
_FEWEST_DIGITS = 5
_ELAPSED = re.compile(r"\b\d+(?:[,.\u202f]\d{3})*(?= (?:(?:working )?days?|(?:Arbeitst|T|Kalendert)age?n?|jours?)\b)")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language; the sentence that stands in the code, in English, is the key to what is said in it."""

    code: Language
    catalogue: NullTranslations = field(repr=False, compare=False)

    def say(self, text: str, /, **values: object) -> str:
        """The sentence, with these values in the place of the names in braces."""
        said = self.catalogue.gettext(text) if text else ""
        return said.format_map(values) if values else said

    def counted(self, one: str, many: str, count: int, /) -> str:
        """The sentence for so many of something; it may say ``{count}``."""
        return self.catalogue.ngettext(one, many, count).format(count=count)

    def number(self, value: float) -> str:
        """
        A number as people write it: no trailing .0, at most two digits behind the decimal mark.

        From five digits on its thousands stand apart; what has four may be a year.
        """
        value = round(value, 2)  # before its sign is looked at: a little less than nothing is 0, not -0
        if isinstance(value, int) or value.is_integer():
            whole, rest = str(int(value)), ""
        else:
            whole, _, rest = f"{value:.2f}".rstrip("0").rstrip(".").partition(".")
        return self._marked(whole, rest)

    def _marked(self, whole: str, rest: str) -> str:
        grammar = _GRAMMAR[self.code]
        if len(whole.lstrip("-")) >= _FEWEST_DIGITS:
            whole = f"{int(whole):,}".replace(",", grammar.thousands)
        return f"{whole}{grammar.decimal_mark}{rest}" if rest else whole

    def listed(self, text: str) -> str:
        """A list of names, each with its figure behind it (``X-1 (2.5), X-2 3.5/8``), with the figures as people write them."""
        return _FIGURE.sub(lambda figure: self._marked(figure[1], figure[2] or ""), text)

    def after(self, value: str, text: str) -> str:
        """What follows a value in a sentence: behind a one there is one day, or one point."""
        grammar = _GRAMMAR[self.code]
        if grammar.few.fullmatch(value):
            for plural, one in grammar.plurals:
                text = plural.sub(one, text)
        return text


@cache
def tongue(code: str = "en") -> Tongue:
    """A language by its code. English has no catalogue: the code is written in it, and so is what we have no words for."""
    for language in LANGUAGES:
        if language == code != "en":
            with (resources.files(__package__) / f"{language}.mo").open("rb") as compiled:
                return Tongue(language, GNUTranslations(compiled))
    return Tongue("en", NullTranslations())


ENGLISH = tongue()


def counts_days(text: str) -> bool:
    """Whether it says a number of days, which tomorrow is another one."""
    return _ELAPSED.search(text) is not None


def days_in(text: str) -> tuple[str, ...]:
    """The numbers of days that it says."""
    return tuple(_ELAPSED.findall(text))


def without_days(text: str) -> str:
    """A text that stays the same while days pass, in whatever language it is: what is said of the 17th day is no news on the 18th."""
    return _ELAPSED.sub("", text)
