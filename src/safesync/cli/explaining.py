"""``explain``: what each rule says about an item, every fact, threshold and line that it hangs on, and why the others are silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened_from
from safesync.cli.origin import Came, Provenance
from safesync.configuration.effective import origin_of, origin_of_severity
from safesync.configuration.origin import Origin, Said, of_rule
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.facts.backlog import backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.jobs.check import of_trackers
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Severity, Verdict
from safesync.model.item import Gate, Item
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


def explain(path: Path, reference: str, code: str | None, *, as_json: bool) -> None:
    """What each rule says about an item, with every operand and its value, and where the values came from."""
    loaded = read_configuration(path, secrets=Secrets.STORE)
    with opened_from(loaded, trackers=False) as job:
        item, accounts = _looked(job, loaded, reference, code.upper() if code else None)
    if as_json:
        show.as_json(
            {"item": item.uid, "key": item.key, "title": item.title, "url": item.url, "rules": [_fields(each) for each in accounts]}
        )
        return
    show.console().print(Text(f"{item.key} {item.title}", style="bold"))
    aside = () if code else tuple(each.told.code for each in accounts if each.told.verdict is Verdict.NOT_APPLICABLE)
    for each in accounts:
        if each.told.code not in aside:
            _print(each, whole=code is not None)
    if aside:
        show.console().print(Text(f"not applicable: {', '.join(aside)}; name one of them to see why", style="dim"))


def found(job: Opened, reference: str) -> Item:
    """The item that a person means; ``ConfigurationError`` when there is none, or its tracker is not configured any more."""
    item = job.store.item(reference)
    if item is None:
        raise ConfigurationError(f"no item {reference!r} was read; write KEY, tracker:KEY or tracker:id, and run 'safesync pull' first")
    if item.tracker not in {part.name for part in job.configuration.trackers}:
        raise ConfigurationError(f"{item.key} was read from {item.tracker}, which is not in this configuration any more")
    return item


def _looked(job: Opened, loaded: Loaded, reference: str, code: str | None) -> tuple[Item, tuple[Account, ...]]:
    item = found(job, reference)
    names = [part.name for part in job.configuration.trackers]
    scene = of_trackers(job.store.scene(), names)
    surroundings = (scene.iterations, scene.intervals, scene.columns, scene.teams)
    seen = backlog(scene.facts, scene.links, *surroundings, job.configuration.as_organisation(), datetime.now(UTC))
    explanations = [each for each in job.judge.explain(seen, item.uid) if code is None or each.code == code]
    if code is not None and not explanations:
        known = sorted({setting.rule.code for setting in job.rules if setting.rule.group is None})
        raise ConfigurationError(near("no rule of this configuration judges single items as", code, known))
    at = names.index(item.tracker)
    measured = scene.facts.filter(scene.facts["uid"] == item.uid).row(0, named=True)
    provenance = Provenance(item, measured, job.configuration.trackers[at], at, loaded.source)
    return item, tuple(_account(each, provenance, loaded) for each in _one_a_rule(explanations))


def _one_a_rule(explanations: list[Explanation]) -> Iterator[Explanation]:
    """Of several settings of a rule the one that judges this item, else the first."""
    chosen: dict[str, Explanation] = {}
    for each in explanations:
        known = chosen.setdefault(each.code, each)
        if known.verdict is Verdict.NOT_APPLICABLE:
            chosen[each.code] = known if each.verdict is Verdict.NOT_APPLICABLE else each
    yield from chosen.values()


def _account(told: Explanation, provenance: Provenance, loaded: Loaded) -> Account:
    setting = told.setting
    values = setting.options.model_dump()
    options = tuple(
        Option(name, values[name], origin_of(setting, ("options", name), loaded))
        for name in _options_in((told.applies, told.flaw, *((told.worse,) if told.worse else ())))
    )
    facts = tuple(
        Fact(name, value, provenance.of(ITEM_FACTS[name], seen=value is not NOT_SEEN))
        for name, value in told.facts.items()
        if name in ITEM_FACTS
    )
    rule = of_rule(setting.places.get(()), loaded.source, loaded.packs)
    return Account(told, rule, origin_of_severity(setting, Gate(told.gate) if told.gate else None, loaded), options, facts)


def _options_in(parts: tuple[Explained, ...]) -> list[str]:
    names: dict[str, None] = {}
    for part in parts:
        names |= dict.fromkeys((*part.options, *_options_in(part.parts)))
    return list(names)


# --- for programs -----------------------------------------------------------------------------------------------


def _fields(each: Account) -> dict[str, Any]:
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


def _print(each: Account, *, whole: bool) -> None:
    """The verdict, what decided it, the facts and thresholds of that; ``whole``: also every operand and every other fact."""
    out, told = show.console(), each.told
    words = Text(f"{told.code} ", style="bold").append(told.verdict.value.replace("_", " "), style=_STYLES[told.verdict])
    if told.verdict is Verdict.FLAWED:
        words.append(f" ({told.severity.value}: {_origin(each.severity, 'the rule itself')})", style="not bold")
    out.print(words.append(f"  {told.setting.rule.name.replace('-', ' ')}", style="dim"))
    if whole:
        out.print(Text(f"  judges because of {_origin(each.rule, 'the rules that are on by default')}", style="dim"))
        _print_operand(each.part, 1)
    if each.silent_by_severity:
        out.print(Text(f"  the flaw is there, and its severity at this gate is off ({_origin(each.severity, 'the rule itself')})"))
    named = _print_deciding(each)
    for fact in each.facts:
        if whole or fact.name in named or fact.value is NOT_SEEN:
            _print_fact(fact)
    for option in each.options:
        if whole or any(option.name in part.options for part in each.decided_by):
            out.print(
                Text(f"  :{option.name} = {said(option.value)}  ", style="dim").append(f"{_origin(option.origin, 'default of the rule')}")
            )


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
    if each.form is not Form.NOT or depth > 1:
        show.console().print(Text("  " * depth + each.text).append(f"  = {_in_words(each.value)}", style="dim"))
    for part in each.parts:
        _print_operand(part, depth + 1)


def _in_words(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "empty", True: "true", False: "false"}[value]
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


def _origin(origin: Origin, otherwise: str) -> str:
    return otherwise if origin.said is Said.DEFAULT else str(origin)
