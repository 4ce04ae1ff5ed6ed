"""
Words of an administrator in the place of ours: small templates, each for one part of a comment.

A template names the values of its part and may ask with ``if``; nothing else is let in, and it is run in jinja's sandbox. What it
makes is text and never markup: it goes the same way as our own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from safesync.languages.tongue import Language
from safesync.model.message import Span

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 500
"""Characters of a template."""
_LONGEST_SAID = 1_500
"""Characters of what it makes: trackers refuse comments of more than about 30,000, with what markup adds."""
_MOST_PARENTHESES = 20
"""What can be read here could else be too deep where there is less room, in the midst of a run."""
_ITEM = ("points", "count", "kind", "item")
VALUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "headline": (*_ITEM, "place"),
        "headline_at_work": _ITEM,
        "headline_finished": _ITEM,
        "headline_about": ("points", "count", "groups"),
        "headline_checklist": ("open", "asked", "more", "place"),
        "entry": ("remedy", "evidence", "code"),
        "more": ("count", "codes"),
        "settled": ("asks",),
        "waived": ("waivers",),
        "footer": ("label", "count"),
        "counted": ("day",),
        "resolved": (),
        "resolved_waived": (),
        "resolved_labelled": (),
        "resolved_quiet": (),
        "last_change": ("day",),
        "quiet": ("day", "name"),
        "taken_back": ("day",),
    }
)
"""The parts of a comment, and what each may name."""
MAY_BE_EMPTY = frozenset({"more", "settled", "waived", "footer", "counted", "last_change"})
"""Parts that are left out where their template says nothing; any other is then said as shipped."""
NUMBERS = frozenset({"count", "open", "asked"})
"""Values that are numbers; all others are texts."""
_NOT_LET_IN: Mapping[str, str] = MappingProxyType(
    {
        "For": "loops",
        "Call": "calls",
        "CallBlock": "calls",
        "Filter": "filters",
        "FilterBlock": "filters",
        "Test": "tests with is",
        "Getattr": "dots behind a value",
        "Getitem": "brackets behind a value",
        "Include": "other files",
        "Import": "other files",
        "FromImport": "other files",
        "Extends": "other files",
        "Assign": "names of one's own",
        "AssignBlock": "names of one's own",
        "Macro": "macros",
    }
)
_IN_BRACES = re.compile(r"\{([{%])(.*?)[%}]\}", re.DOTALL)


def _part(name: str, what: str) -> Any:
    values = f" Values: {', '.join(VALUES[name])}." if VALUES[name] else ""
    return Field(default=None, max_length=LONGEST, description=what + values)


class PhrasesPart(BaseModel):
    """Words for parts of the comment; what is not named stays as shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headline: str | None = _part("headline", "The first line, before work begins; place is the iteration or PI, or empty.")
    headline_at_work: str | None = _part("headline_at_work", "The first line while the item is worked on.")
    headline_finished: str | None = _part("headline_finished", "The first line on a finished item.")
    headline_about: str | None = _part("headline_about", "The first line on the item of a team or train.")
    headline_checklist: str | None = _part("headline_checklist", "The first line of a checklist; more is our words for what is not on it.")
    entry: str | None = _part("entry", "One point of the list; evidence may be empty.")
    more: str | None = _part("more", "The line behind the fifth point.")
    settled: str | None = _part("settled", "What of a checklist is fine.")
    waived: str | None = _part("waived", "What is waived.")
    footer: str | None = _part("footer", "The last line; label is the one that waives the first point, empty where none does.")
    counted: str | None = _part("counted", "Behind the last line where days are counted: of which day that is true.")
    resolved: str | None = _part("resolved", "All is settled.")
    resolved_waived: str | None = _part("resolved_waived", "All is settled or waived.")
    resolved_labelled: str | None = _part("resolved_labelled", "What is open is told by labels alone.")
    resolved_quiet: str | None = _part("resolved_quiet", "Somebody asks, and there is nothing to tell.")
    last_change: str | None = _part("last_change", "The rest of the line when nothing is left to say.")
    quiet: str | None = _part("quiet", "While people want to hear nothing new.")
    taken_back: str | None = _part("taken_back", "The line of a comment that was taken back.")

    def named(self) -> dict[str, str]:
        """The parts that are named, with their templates."""
        return {name: text for name in VALUES if (text := getattr(self, name)) is not None}


class TemplatesPart(PhrasesPart):
    """Words for every language, and for one; these count before those."""

    en: PhrasesPart = Field(default_factory=PhrasesPart, description="Words in English alone.")
    de: PhrasesPart = Field(default_factory=PhrasesPart, description="Words in German alone.")
    fr: PhrasesPart = Field(default_factory=PhrasesPart, description="Words in French alone.")

    def spoken(self, language: Language) -> tuple[tuple[str, str], ...]:
        """The parts that are said otherwise in a language, with their templates."""
        of_language: PhrasesPart = getattr(self, language)
        return tuple(sorted({**self.named(), **of_language.named()}.items()))


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong in a template, at which character; ``word`` is a name that there is not among ``known``."""

    message: str
    offset: int | None = None
    word: str = ""
    known: tuple[str, ...] = ()


def _unended(said: str) -> str:
    """What the parser says of a template that ends too early, in the words of one who wrote it."""
    if "end of template" not in said.lower():
        return said
    return "an {% if %} has no {% endif %}" if "looking for" in said else "what begins with {{ or {% does not end"


def slips(name: str, text: str) -> Iterator[Slip]:
    """Everything that is wrong with the template of a part; one without slips never fails."""
    from jinja2 import TemplateSyntaxError, nodes  # noqa: PLC0415 - for few; and so below

    if "\n" in text.strip():
        yield Slip("a template is one line")
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        yield Slip(f"this is no template: {_unended(str(error.message))}")
        return
    except RecursionError:
        tree = None
    if tree is None or text.count("(") > _MOST_PARENTHESES:
        yield Slip("this is no template: it is nested too deeply")
        return
    refused = list(dict.fromkeys(filter(None, map(_refused, _below(tree)))))
    yield from map(Slip, refused)
    named = list(tree.find_all(nodes.Name))
    own = {each.name for each in named if each.ctx != "load"}
    for word in sorted({each.name for each in named} - own - set(VALUES[name])):
        has = f"it has {', '.join(VALUES[name])}" if VALUES[name] else "it has none"
        yield Slip(f"the part {name} has no value ({has}) called", _place(text, word), word, VALUES[name])


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    for each in node.iter_child_nodes():
        yield each
        yield from _below(each)


def _refused(node: nodes.Node) -> str:
    """Why a part of a template is not let in; empty when it is."""
    from jinja2 import nodes as kinds  # noqa: PLC0415

    match node:
        case kinds.CondExpr(expr2=None):
            return "an if behind a value needs an else"
        case kinds.Compare() if not _comparable(node):
            return "only numbers are compared by their size, and nothing is looked for in a text: write == or !="
        case kinds.Const(value=float() as number) if not isfinite(number):
            return "a number is too large"
        case kinds.Output() | kinds.TemplateData() | kinds.Name() | kinds.Const() | kinds.If() | kinds.CondExpr():
            return ""
        case kinds.Compare() | kinds.Operand() | kinds.And() | kinds.Or() | kinds.Not():
            return ""
        case _:
            what = _NOT_LET_IN.get(type(node).__name__, "arithmetic and the like")
            return f"{what} are not let into a template: it names values and may ask with if"


def _comparable(node: nodes.Compare) -> bool:
    """Whether a comparison can be made of all values: a text has no size."""
    from jinja2 import nodes as kinds  # noqa: PLC0415

    def is_number(each: nodes.Node) -> bool:
        return (isinstance(each, kinds.Name) and each.name in NUMBERS) or (
            isinstance(each, kinds.Const) and isinstance(each.value, int | float)
        )

    operators = {each.op for each in node.ops}
    return operators <= {"eq", "ne"} or (
        operators.isdisjoint({"in", "notin"}) and all(map(is_number, (node.expr, *(each.expr for each in node.ops))))
    )


def _place(text: str, word: str) -> int | None:
    for part in _IN_BRACES.finditer(text):
        if found := re.search(rf"\b{re.escape(word)}\b", part[2]):
            return part.start(2) + found.start()
    return None


class _Value(str):
    """A value on its way through a template, which asks ``str()`` of everything: it stays the span that it is."""

    __slots__ = ("span",)
    span: Span

    def __str__(self) -> str:
        return self


def said(text: str, values: Mapping[str, str | int | Span]) -> tuple[Span, ...]:
    """What a template makes of these values, at most so much of it as a comment bears."""
    given = {name: _value(value) if isinstance(value, Span) else value for name, value in values.items()}
    made = [part.span if isinstance(part, _Value) else Span(part) for part in _template(text).generate(given)]
    return tuple(_cut(made, _LONGEST_SAID)) if any(span.text.strip() for span in made) else ()


def _value(span: Span) -> _Value:
    value = _Value(span.text)
    value.span = span
    return value


def _cut(spans: list[Span], left: int) -> Iterator[Span]:
    for span in spans:
        if len(span.text) > left:
            if left:
                yield Span(span.text[: left - 1].rstrip() + "…", span.mark, span.href)
            return
        left -= len(span.text)
        yield span


@lru_cache(maxsize=256)
def _template(text: str) -> Template:
    return _environment().from_string(text.strip())


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.globals.clear()
    return made
