"""What a rule said about an item or a group, with everything around it that an administrator asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.origin import Came
from safesync.configuration.origin import Origin, Said
from safesync.configuration.own_rules import is_own
from safesync.model.finding import Rollout, Severity, Verdict
from safesync.rules.condition.explaining import NOT_SEEN, Explained, Form, deciding
from safesync.rules.engine import Explanation
from safesync.rules.wording import said

_STYLES = {Verdict.FLAWED: "red", Verdict.FINE: "green", Verdict.NOT_EVALUABLE: "yellow", Verdict.NOT_APPLICABLE: "dim"}


@dataclass(frozen=True, slots=True)
class Option:
    """A threshold: its value, and where that was said."""

    name: str
    value: object
    origin: Origin


@dataclass(frozen=True, slots=True)
class Fact:
    """What was read of an item, and where it came from."""

    name: str
    value: object
    came: Came


@dataclass(frozen=True, slots=True)
class Account:
    """A rule's explanation with everything around it that an administrator asks for."""

    told: Explanation
    rule: Origin
    """What made the rule judge."""
    severity: Origin
    options: tuple[Option, ...]
    facts: tuple[Fact, ...]
    margin: Origin
    """Who said how far below its threshold a finding ends."""
    stage: Origin
    """Who said how loudly it speaks."""
    quiet: str | None = None
    """Why nobody is told although it is flawed: it is waived, its item sleeps, or it is older than SafeSync."""

    @property
    def part(self) -> Explained:
        """The condition that settles it: that the rule applies at all, else its flaw."""
        return self.told.flaw if self.told.verdict is Verdict.FLAWED or self.told.applies.value is True else self.told.applies

    @property
    def decided_by(self) -> tuple[Explained, ...]:
        """The leaves without which the verdict might be another."""
        return deciding(self.part)

    @property
    def silent_by_severity(self) -> bool:
        """Whether the flaw is there and only the severity at this gate is off."""
        return self.told.verdict is Verdict.FINE and self.told.flaw.value is True and self.told.severity is Severity.OFF


# --- for programs -----------------------------------------------------------------------------------------------


def account_fields(each: Account) -> dict[str, Any]:
    """The account as plain values."""
    told = each.told
    return {
        "code": told.code,
        "name": told.setting.rule.name,
        "verdict": told.verdict.value,
        "severity": told.severity.value,
        "severity_origin": origin_fields(each.severity),
        "judges_because_of": origin_fields(each.rule),
        "applies": _operand_fields(told.applies),
        "flaw": _operand_fields(told.flaw),
        "worse": _operand_fields(told.worse) if told.worse else None,
        "stands_by_margin": {"value": told.margin, "origin": origin_fields(each.margin)} if told.margin else None,
        "stage": {"value": told.setting.rollout.value, "origin": origin_fields(each.stage)},
        "quiet": each.quiet,
        "decided_by": [{"text": part.text, "value": _plain(part.value), "options": list(part.options)} for part in each.decided_by],
        "options": {one.name: {"value": _plain(one.value), "origin": origin_fields(one.origin)} for one in each.options},
        "facts": {one.name: _fact_fields(one) for one in each.facts},
    }


def _fact_fields(fact: Fact) -> dict[str, Any]:
    came = fact.came
    return {
        "value": _plain(fact.value) if fact.value is not NOT_SEEN else None,
        "seen": fact.value is not NOT_SEEN,
        "source": came.sentence,
        "line": origin_fields(came.line) if came.line is not None else None,
        "remedy": came.remedy or None,
    }


def origin_fields(origin: Origin) -> dict[str, Any]:
    """An origin as plain values."""
    if origin.said is Said.DEFAULT:
        return {"from": "default"}
    place = {"file": origin.asked_in or origin.name, "line": origin.line, "column": origin.column} if origin.line else {}
    return {"from": origin.said.value, **({"name": origin.name} if origin.said is not Said.FILE else {}), **place}


def _operand_fields(each: Explained) -> dict[str, Any]:
    return {"text": each.text, "value": _plain(each.value), "parts": [_operand_fields(part) for part in each.parts]}


def _plain(value: object) -> object:
    if isinstance(value, set | frozenset | list | tuple):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


# --- for people -------------------------------------------------------------------------------------------------


def print_account(each: Account, *, whole: bool) -> None:
    """The verdict, what decided it, the facts and thresholds of that; ``whole``: also every operand and every other fact."""
    out, told = show.console(), each.told
    words = Text(f"{told.code} ", style="bold").append(told.verdict.value.replace("_", " "), style=_STYLES[told.verdict])
    if told.verdict is Verdict.FLAWED:
        words.append(f" ({told.severity.value}: {_origin(each.severity, 'the rule itself')})", style="not bold")
    out.print(words.append(f"  {told.setting.rule.name.replace('-', ' ')}", style="dim"))
    if whole:
        of_itself = "the folder of rules that it stands in" if is_own(told.code) else "the rules that are on by default"
        out.print(Text(f"  judges because of {_origin(each.rule, of_itself)}", style="dim"))
        _print_operand(each.part, 1)
    for sentence in _in_spite(each):
        out.print(Text(f"  {sentence}"))
    named = _print_deciding(each)
    for fact in each.facts:
        if whole or fact.name in named or fact.value is NOT_SEEN:
            _print_fact(fact)
    for option in each.options:
        if whole or any(option.name in part.options for part in each.decided_by):
            out.print(
                Text(f"  :{option.name} = {said(option.value)}  ", style="dim").append(f"{_origin(option.origin, 'default of the rule')}")
            )


def _in_spite(each: Account) -> Iterator[str]:
    """Why something else happens than the condition says."""
    told = each.told
    if each.silent_by_severity:
        yield f"the flaw is there, and its severity at this gate is off ({_origin(each.severity, 'the rule itself')})"
    rule, options = told.setting.rule, told.setting.options
    if rule.unset and not getattr(options, rule.unset):
        yield f"it judges nothing before somebody decides rules.{rule.code}.options.{rule.unset}"
    if told.margin:
        below = f"a finding stands: it ends only where the threshold is undercut by {told.margin:g} %"
        yield f"{below} (margin: {_origin(each.margin, 'default')})"
    if told.verdict is Verdict.FLAWED and told.setting.rollout is not Rollout.COMMENT:
        yield f"stage: {told.setting.rollout.value} ({_origin(each.stage, 'default')})"
    if each.quiet:
        yield f"nobody is told: {each.quiet}"


def _print_deciding(each: Account) -> set[str]:
    """The leaves that decided, and the names of the facts in them."""
    why = {
        Verdict.FLAWED: "because",
        Verdict.FINE: "because",
        Verdict.NOT_APPLICABLE: "not judged because",
        Verdict.NOT_EVALUABLE: "depends on what was not seen:",
    }[each.told.verdict]
    for part in each.decided_by:
        show.console().print(Text(f"  {why} {part.text}").append(f"  = {_in_words(part.value)}", style="dim"))
    return {name for part in each.decided_by for name in _names(part)}


def _names(part: Explained) -> Iterator[str]:
    yield "labels" if part.text.startswith("has_label(") else part.text
    for below in part.parts:
        yield from _names(below)


def _print_fact(fact: Fact) -> None:
    value = "not seen" if fact.value is NOT_SEEN else said(fact.value)
    show.console().print(Text(f"  {fact.name} = {value}  ", style="dim").append(str(fact.came)))
    if fact.came.remedy:
        show.console().print(Text(f"    to see it: {fact.came.remedy}", style="yellow"))


def _print_operand(each: Explained, depth: int) -> None:
    told_below = [part.text for part in each.parts] == [each.text]
    if not told_below and (each.form is not Form.NOT or depth > 1):
        show.console().print(Text("  " * depth + each.text).append(f"  = {_in_words(each.value)}", style="dim"))
    for part in each.parts:
        _print_operand(part, depth + (not told_below))


def _in_words(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "empty", True: "true", False: "false"}[value]
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


def _origin(origin: Origin, otherwise: str) -> str:
    return otherwise if origin.said is Said.DEFAULT else str(origin)
