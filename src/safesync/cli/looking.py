"""Commands that only look: at the configuration, at the trackers' answers, at rules and why they fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened
from safesync.cli.origin import facts_in, origin
from safesync.configuration.read import read_configuration
from safesync.configuration.schema import json_schema
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.facts.backlog import backlog
from safesync.jobs.check import of_trackers
from safesync.model.errors import ConfigurationError, Mistake
from safesync.model.finding import Verdict
from safesync.model.item import Item
from safesync.rules.catalog import shipped
from safesync.rules.condition.explaining import Explained
from safesync.rules.engine import Explanation
from safesync.rules.facts_page import facts_page
from safesync.rules.page import judged, page, pages
from safesync.rules.rule import Rule

_STYLES = {Verdict.FLAWED: "red", Verdict.FINE: "green", Verdict.NOT_EVALUABLE: "yellow", Verdict.NOT_APPLICABLE: "dim"}


def validate(path: Path, *, as_json: bool, online: bool) -> None:
    """Every mistake of a configuration; with ``online`` also what the trackers say to it."""
    try:
        loaded = read_configuration(path, secrets=Secrets.ALL if online else Secrets.NONE)
    except ConfigurationError as error:
        if not as_json:
            raise
        places = [
            _place_fields(each) if not isinstance(each, str) else {"file": str(path), "line": None, "column": None, "message": each}
            for each in error.mistakes
        ]
        show.as_json({"valid": False, "mistakes": places})
        raise typer.Exit(2) from None
    if online:
        from safesync.cli.doctor import doctor  # noqa: PLC0415 - a check of the text alone needs no connector

        doctor(path, as_json=as_json)
        return
    rules, trackers = len({setting.rule.code for setting in loaded.rules}), len(loaded.configuration.trackers)
    if as_json:
        warnings = [_place_fields(each) for each in loaded.warnings]
        show.as_json({"valid": True, "mistakes": [], "warnings": warnings, "trackers": trackers, "rules": rules})
    else:
        for warning in loaded.warnings:
            show.console().print(Text(f"{warning}", style="yellow"))
        show.console().print(f"{path} is fine: {_counted(trackers, 'tracker')}, {_counted(rules, 'rule')}")


def _place_fields(place: Mistake) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column, "message": place.message}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class _Looked:
    """An item with what the rules say about it, and where the values that they read came from."""

    item: Item
    explanations: tuple[Explanation, ...]
    origins: Mapping[str, str]


def explain(path: Path, reference: str, code: str | None, *, as_json: bool) -> None:
    """What each rule says about an item, with every operand and its value, and where the value came from."""
    with opened(path, trackers=False) as job:
        looked = _looked(job, reference, code.upper() if code else None)
    item = looked.item
    if as_json:
        rules = [_explanation_fields(each, looked.origins) for each in looked.explanations]
        show.as_json({"item": item.uid, "key": item.key, "title": item.title, "url": item.url, "rules": rules})
        return
    show.console().print(Text(f"{item.key} {item.title}", style="bold"))
    aside = () if code else tuple(each.code for each in looked.explanations if each.verdict is Verdict.NOT_APPLICABLE)
    for each in looked.explanations:
        if each.code not in aside:
            _print_explanation(each, looked.origins)
    if aside:
        show.console().print(Text(f"not applicable: {', '.join(aside)}; name one of them to see why", style="dim"))


def _looked(job: Opened, reference: str, code: str | None) -> _Looked:
    item = job.store.item(reference)
    if item is None:
        raise ConfigurationError(f"no item {reference!r} was read; write KEY, tracker:KEY or tracker:id, and run 'safesync pull' first")
    trackers = {part.name: part.mapping for part in job.configuration.trackers}
    scene = of_trackers(job.store.scene(), list(trackers))
    if item.tracker not in trackers:
        raise ConfigurationError(f"{item.key} was read from {item.tracker}, which is not in this configuration any more")
    surroundings = (scene.iterations, scene.intervals, scene.columns, scene.teams)
    seen = backlog(scene.facts, scene.links, *surroundings, job.configuration.as_organisation(), datetime.now(UTC))
    explanations = tuple(each for each in job.judge.explain(seen, item.uid) if code is None or each.code == code)
    if code is not None and not explanations:
        known = sorted({setting.rule.code for setting in job.rules if setting.rule.group is None})
        raise ConfigurationError(near("no rule of this configuration judges single items as", code, known))
    measured = scene.facts.filter(scene.facts["uid"] == item.uid).row(0, named=True)
    facts = facts_in(part for each in explanations for part in (each.applies, each.flaw))
    return _Looked(item, explanations, {fact.name: origin(fact, item, measured, trackers[item.tracker]) for fact in facts})


def _explanation_fields(each: Explanation, origins: Mapping[str, str]) -> dict[str, Any]:
    named = [fact.name for fact in facts_in((each.applies, each.flaw))]
    return {
        "code": each.code,
        "verdict": each.verdict.value,
        "severity": each.severity.value,
        "applies": _operand_fields(each.applies),
        "flaw": _operand_fields(each.flaw),
        "origins": {name: origins[name] for name in named},
    }


def _operand_fields(each: Explained) -> dict[str, Any]:
    return {"text": each.text, "value": _plain(each.value), "parts": [_operand_fields(part) for part in each.parts]}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _print_explanation(each: Explanation, origins: Mapping[str, str]) -> None:
    out = show.console()
    words = Text(f"{each.code} ", style="bold").append(each.verdict.value.replace("_", " "), style=_STYLES[each.verdict])
    out.print(words.append(f" ({each.severity.value})" if each.verdict is Verdict.FLAWED else "", style="not bold"))
    part = each.applies if each.verdict is Verdict.NOT_APPLICABLE else each.flaw
    _print_operand(part, 1)
    if each.verdict is not Verdict.NOT_APPLICABLE:
        for fact in facts_in((part,)):
            out.print(Text(f"  {fact.name}: {origins[fact.name]}", style="dim"))


def _print_operand(each: Explained, depth: int) -> None:
    show.console().print(Text("  " * depth + each.text).append(f"  = {_in_words(each.value)}", style="dim"))
    for part in each.parts:
        _print_operand(part, depth + 1)


def _in_words(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "empty", True: "true", False: "false"}[value]
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


def schema() -> None:
    """The JSON Schema of the configuration."""
    show.as_json(json_schema())


def rules_list(path: Path | None, *, as_json: bool) -> None:
    """Every shipped rule, and whether a configuration uses it."""
    used = {setting.rule.code: setting.rule for setting in read_configuration(path, secrets=Secrets.NONE).rules} if path else {}
    rules = {**shipped(), **used}
    if as_json:
        show.as_json([{**_rule_fields(rule), **({"judges_here": code in used} if path else {})} for code, rule in rules.items()])
        return
    shown = show.table("code", "name", "level", "judges", *(["here"] if path else []))
    for code, rule in rules.items():
        shown.add_row(code, rule.name, rule.level.value, judged(rule), *([("yes" if code in used else "-")] if path else []))
    show.print_table(shown)


def _rule_fields(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "level": rule.level.value,
        "judges": rule.group.value if rule.group else list(rule.kinds),
        "lifecycle": rule.lifecycle.value,
        "source": rule.source,
        "options": rule.options.model_json_schema().get("properties", {}),
        "severity": {gate.value: each.value for gate, each in rule.severity.items()}
        if not isinstance(rule.severity, str)
        else rule.severity.value,
    }


def rules_show(code: str, *, as_json: bool) -> None:
    """The page of one rule."""
    rule = shipped().get(code.upper())
    if rule is None:
        raise ConfigurationError(near("there is no rule", code.upper(), shipped()))
    if as_json:
        show.as_json(
            {
                **_rule_fields(rule),
                "page": rule.page,
                "when": rule.when,
                "flaw": rule.flaw,
                "remedy": rule.remedy,
                "evidence": rule.evidence,
                "examples": [{"flawed": each.flawed, "about": each.about} for each in rule.examples],
            }
        )
        return
    show.page(page(rule))


def rules_pages(folder: Path) -> None:
    """The pages of all rules as files."""
    written = pages(shipped())
    for name, text in written.items():
        show.written(folder / name, text)
    show.console().print(f"{len(written)} pages are in {folder}")


def rules_facts(file: Path) -> None:
    """The page of facts as a file."""
    show.written(file, facts_page())
    show.console().print(f"the facts are in {file}")
