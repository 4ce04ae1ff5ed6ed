"""Commands that only look: at the configuration, at the trackers' answers, at rules and why they fired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from safesync.cli import show
from safesync.configuration.read import read_configuration
from safesync.configuration.schema import json_schema
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Verdict
from safesync.rules.catalog import shipped
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
            {"file": each.file, "line": each.line, "column": each.column, "message": each.message}
            if not isinstance(each, str)
            else {"file": str(path), "line": None, "column": None, "message": each}
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
        show.as_json({"valid": True, "mistakes": [], "trackers": trackers, "rules": rules})
    else:
        show.console().print(f"{path} is fine: {_counted(trackers, 'tracker')}, {_counted(rules, 'rule')}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


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
