"""The page of a rule, in Markdown: all that its file says, for people who will never open that file."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from safesync.facts.groups import GROUPS
from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind
from safesync.rules.judgement import severity_by_gate, vocabulary
from safesync.rules.rule import MARGIN, Level, NotAbove, Part, Rule
from safesync.rules.wording import said

_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than", "min_length": "entries at least"}
_TYPES = {int: "whole number", float: "number", bool: "true or false", str: "text"}
_SHORT = {word.lower(): word for word in ("WSJF", "MVP", "PI", "WIP")}
GATES = {
    Gate.BACKLOG: "somewhere in the backlog",
    Gate.READY: "said to be ready",
    Gate.NEXT: "planned for what comes next",
    Gate.CURRENT: "planned for now",
    Gate.ACTIVE: "being worked on",
    Gate.DONE: "done",
}
"""What each gate means, for the table of severities."""


def pages(rules: Mapping[str, Rule]) -> dict[str, str]:
    """File names and texts: one page a rule, and the index."""
    return {"README.md": _index(rules), **{f"{code}.md": page(rule) for code, rule in rules.items()}}


def page(rule: Rule) -> str:
    """A rule as a page."""
    sections = (
        [f"# {rule.code}: {said_name(rule)}", rule.page],
        _facts_of(rule),
        ["## What to do", _names_in_code(rule.remedy)],
        ["## How much it matters", *_severities(rule)],
        ["## Condition", *_conditions(rule)],
        ["## What a finding shows", *_evidence(rule)],
        _options(rule),
        _examples(rule),
        ["## In the configuration", *_configuration(rule)],
    )
    return "\n\n".join(part for section in sections for part in section if part) + "\n"


def said_name(rule: Rule) -> str:
    """The flaw in words."""
    return " ".join(_SHORT.get(word, word) for word in rule.name.split("-"))


def judged(rule: Rule) -> str:
    """What it judges, in words."""
    if rule.group is not None:
        return GROUPS[rule.group.value].TITLE
    return "every kind of item" if rule.kinds == tuple(Kind) else ", ".join(map(_called, rule.kinds))


def _called(kind: Kind) -> str:
    return " ".join(_SHORT.get(word, word) for word in kind.value.split("_"))


def _facts_of(rule: Rule) -> list[str]:
    rows = (("Judges", judged(rule)), ("Level", rule.level.value), ("State", rule.lifecycle.value), ("Source", rule.source))
    return [_table(("", ""), rows)]


def _severities(rule: Rule) -> Iterator[str]:
    graver = (
        f"It is {word} where, beyond that, `{condition}`."
        for word, condition in (("at least a warning", rule.warning_when), ("an error", rule.error_when))
        if condition
    )
    if isinstance(rule.severity, Severity):
        yield f"Always: **{rule.severity.value}**."
    else:
        by_gate = zip(Gate, severity_by_gate(rule.severity), strict=True)
        yield _table(
            ("when the item is", "gate", "severity"), ((GATES[gate], f"`{gate.value}`", severity.value) for gate, severity in by_gate)
        )
    yield "\n\n".join(graver)


def _conditions(rule: Rule) -> Iterator[str]:
    if rule.when:
        yield f"Judged are those for which\n\n```sql\n{rule.when}\n```"
    if rule.parts:
        yield f"Flawed are those of them for which at least {_least(rule)} of these points is open:"
        yield "\n".join(f"- {part.asks}{_judged_by(part)}" for part in rule.parts)
        yield "In a comment they are one checklist: what a rule among them finds on the same item is not said a second time."
    if not rule.parts or rule.flaw != "TRUE":
        yield f"Flawed are those of them for which\n\n```sql\n{rule.flaw}\n```"
    if rule.eased:
        names = " and ".join(f"`:{name}`" for name in rule.eased)
        yield f"A finding that stands ends only where {names} is undercut by {MARGIN:g} % (`margin`), so that it does not come and go."
    if rule.absorbs:
        others = " and ".join(f"[{code}]({code}.md)" for code in rule.absorbs)
        yield f"What {others} would say about the same item has the same cause, and is not said beside it in a comment."


def _least(rule: Rule) -> str:
    return f"`:{rule.at_least}`" if rule.at_least else "one"


def _judged_by(part: Part) -> str:
    return f" ([{part.rule.code}]({part.rule.code}.md))" if part.rule else f": open where `{part.flaw}`"


def _evidence(rule: Rule) -> Iterator[str]:
    figures = f": {', '.join(rule.figures)}." if rule.figures else ""
    yield _names_in_code(rule.evidence + figures) or "Nothing beyond what to do."
    if rule.numbers:
        yield "\n".join(f"- {label}: {_names_in_code(text)}" for label, text in rule.numbers)


def _names_in_code(text: str) -> str:
    return text.replace("{", "`").replace("}", "`")


def _options(rule: Rule) -> list[str]:
    fields = rule.options.model_fields
    if not fields:
        return []
    rows = ((f"`{name}`", _kind(field), _default(field), field.description or "") for name, field in fields.items())
    return ["## Options", _table(("option", "type", "default", "means"), rows)]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, (Mapping, frozenset, tuple, list)) and not value:
        return "empty"
    return f"`{', '.join(f'{key}: {said(each)}' for key, each in value.items()) if isinstance(value, Mapping) else said(value)}`"


def _kind(field: FieldInfo) -> str:
    limits = [
        f"{words} {said(limit)}"
        for part in field.metadata
        for name, words in _LIMITS.items()
        if (limit := getattr(part, name, None)) is not None
    ]
    limits += [f"not above `{part.option}`" for part in field.metadata if isinstance(part, NotAbove)]
    return ", ".join([_type(field.annotation), *limits])


def _type(kind: Any) -> str:
    """A type in words."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return "one of " + ", ".join(f"`{word}`" for word in inner)
    if origin in {Union, types.UnionType}:
        return " or ".join(_type(each) for each in inner if each is not type(None))
    if origin is dict:
        return f"mapping from {_type(inner[0])} to {_type(inner[1])}"
    if origin in {frozenset, tuple, list, set}:
        return f"list of {_type(inner[0])}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{each.value}`" for each in kind)
    return _TYPES.get(kind, "value")


def _examples(rule: Rule) -> list[str]:
    groups = (("Flawed", (True, True)), ("Fine", (False, True)), ("Cannot be judged", (False, False)))
    told = {word: [each.about for each in rule.examples if (each.flawed, each.evaluable) == kind] for word, kind in groups}
    lists = ("\n".join([f"{word}:", "", *(f"- {about}" for about in abouts)]) for word, abouts in told.items() if abouts)
    more = f", and so are {len(rule.cases)} more on and beside the thresholds" if rule.cases else ""
    return ["## Examples", *lists, f"Each of these is run through the whole path as a test{more}."] if rule.examples else []


def _configuration(rule: Rule) -> Iterator[str]:
    options = ", ".join(f"{name}: ..." for name in list(rule.options.model_fields)[:1])
    yield "\n".join(
        (
            "```text",
            "rules:",
            f"  {rule.code}: off                      # nobody is told",
            f"  {rule.code}: info                     # one severity for every item",
            *([f"  {rule.code}: {{options: {{{options}}}}}"] if options else []),
            f"  {rule.code}: {{stage: report}}          # only in reports: no comment, no label",
            "```",
        )
    )
    if "team" in vocabulary(rule):
        yield "One of these lines; below `teams: <team>: rules:` the same holds for that team alone."


def _index(rules: Mapping[str, Rule]) -> str:
    parts = ["# Rules", "One page a rule, written by `safesync rules pages docs/rules` from the files of the rules."]
    for level in Level:
        of_level = [rule for rule in rules.values() if rule.level is level]
        if of_level:
            rows = ((f"[{rule.code}]({rule.code}.md)", said_name(rule), judged(rule)) for rule in of_level)
            parts += [f"## {level.value.capitalize()}", _table(("code", "flaw", "judges"), rows)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)
