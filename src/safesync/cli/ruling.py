"""Commands about rules: which there are, what each says, and whether their examples hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from safesync.cli import show
from safesync.cli.configured import setting_fields, setting_line
from safesync.configuration.effective import Setting, settings_of_rule
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.jobs.concern import CHECKS
from safesync.model.errors import ConfigurationError
from safesync.rules.catalog import packs, shipped
from safesync.rules.facts_page import facts_page
from safesync.rules.mutation import survey
from safesync.rules.page import judged, page, pages
from safesync.rules.rule import Example, Level, Lifecycle, Rule
from safesync.rules.trial import Trial, lacks, trials

_CUSTOM_SOURCE = "a rule of this organisation"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rules are listed; what is ``None`` narrows nothing."""

    pack: str | None = None
    level: Level | None = None
    lifecycle: Lifecycle | None = None


def rules_list(path: Path | None, wanted: Wanted, *, as_json: bool) -> None:
    """Every rule there is, and with a configuration also whether it judges."""
    loaded = _loaded(path)
    used = {setting.rule.code for setting in loaded.rules} if loaded else set()
    of_packs = {name: codes_of_pack(name) for name in packs()}
    if wanted.pack is not None and wanted.pack not in of_packs:
        raise ConfigurationError(near("there is no pack", wanted.pack, of_packs))
    rules = {code: rule for code, rule in _known(loaded).items() if _is_wanted(rule, wanted, of_packs)}
    named = {code: [name for name, codes in of_packs.items() if code in codes] for code in rules}
    if as_json:
        show.as_json(
            [{**_fields(rule), "packs": named[code], **({"judges_here": code in used} if loaded else {})} for code, rule in rules.items()]
        )
        return
    shown = show.table("code", "name", "level", "judges", "state", "packs", *(["here"] if loaded else []))
    for code, rule in rules.items():
        row = (code, rule.name, rule.level.value, judged(rule), rule.lifecycle.value, ", ".join(named[code]) or "-")
        shown.add_row(*row, *([("yes" if code in used else "-")] if loaded else []))
    show.print_table(shown)


def codes_of_pack(name: str) -> frozenset[str]:
    """The codes of a shipped pack and of those that it builds on."""
    pack = packs()[name]
    below = pack.get("extends", [])
    others = [codes_of_pack(each) for each in ([below] if isinstance(below, str) else below)]
    return frozenset(pack).union(*others) & shipped().keys()


def _is_wanted(rule: Rule, wanted: Wanted, of_packs: Mapping[str, frozenset[str]]) -> bool:
    return (
        (wanted.pack is None or rule.code in of_packs[wanted.pack])
        and wanted.level in {None, rule.level}
        and wanted.lifecycle in {None, rule.lifecycle}
    )


def _loaded(path: Path | None) -> Loaded | None:
    return read_configuration(path, secrets=Secrets.NONE) if path else None


def _known(loaded: Loaded | None) -> dict[str, Rule]:
    """The shipped rules, and all others that a configuration knows."""
    if loaded is None:
        return dict(shipped())
    return {
        **loaded.catalogue,
        **{setting.rule.code: setting.rule for setting in loaded.rules if setting.rule.code not in loaded.catalogue},
    }


def _found(code: str, loaded: Loaded | None) -> Rule:
    known = _known(loaded)
    if code.upper() not in known:
        raise ConfigurationError(near("there is no rule", code.upper(), known))
    return known[code.upper()]


def _fields(rule: Rule) -> dict[str, Any]:
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


def rules_show(code: str, path: Path | None, *, as_json: bool) -> None:
    """The page of one rule, and with a configuration also its settings there; of a check of the mapping what it looks at."""
    if code.upper() in CHECKS:
        show.check_of_mapping(code.upper(), in_json=as_json)
        return
    loaded = _loaded(path)
    rule = _found(code, loaded)
    settings = tuple(_settings(rule, loaded)) if loaded else ()
    if as_json:
        words = {name: getattr(rule, name) for name in ("page", "when", "flaw", "error_when", "remedy", "evidence")}
        examples = [_example_fields(each) for each in rule.examples]
        here = {"settings": [setting_fields(each) for each in settings]} if loaded else {}
        show.as_json({**_fields(rule), **words, "examples": examples, **here})
        return
    show.page(page(rule))
    if loaded:
        show.page("\n## Settings here\n\n" if settings else f"\nIt does not judge by {path}.\n")
        for each in settings:
            show.console().print(setting_line(each))


def _settings(rule: Rule, loaded: Loaded) -> Iterable[Setting]:
    return (each for setting in loaded.rules if setting.rule.code == rule.code for each in settings_of_rule(setting, loaded))


def _example_fields(example: Example) -> dict[str, Any]:
    options = {name: sorted(value) if isinstance(value, (set, frozenset)) else value for name, value in example.options.items()}
    return {
        "flawed": example.flawed,
        "evaluable": example.evaluable,
        "about": example.about,
        "options": options,
        "facts": {name: str(value) for name, value in example.facts.items()},
    }


def rules_test(codes: tuple[str, ...], path: Path | None, *, as_json: bool) -> None:
    """Run every example of all rules, or of those that are named; end with 1 when one does not hold, or a rule is not whole."""
    loaded = _loaded(path)
    rules = [_found(code, loaded) for code in codes] or list(_known(loaded).values())
    results = {rule.code: tuple(trials(rule)) for rule in rules}
    # A rule in YAML has no page and as many examples as its author needs; they are run when the configuration is read, too.
    lacking = {rule.code: lacks(rule) for rule in rules if rule.source != _CUSTOM_SOURCE}
    wrong = [trial for of_rule in results.values() for trial in of_rule if trial.wrong]
    if as_json:
        show.as_json(
            [
                {"code": code, "examples": [_trial_fields(trial) for trial in of_rule], "lacks": list(lacking.get(code, ()))}
                for code, of_rule in results.items()
            ]
        )
    else:
        _print_trials(results, wrong, lacking)
    if wrong or any(lacking.values()):
        raise typer.Exit(1)


def _trial_fields(trial: Trial) -> dict[str, Any]:
    found = trial.verdict.value if trial.verdict else None
    return {"about": trial.example.about, "flawed": trial.example.flawed, "verdict": found, "wrong": trial.wrong or None}


def _print_trials(results: Mapping[str, tuple[Trial, ...]], wrong: list[Trial], lacking: Mapping[str, tuple[str, ...]]) -> None:
    out = show.console()
    for trial in wrong:
        which = "bad" if trial.example.flawed else "good" if trial.example.evaluable else "unknown"
        out.print(Text(f"{trial.code}: the {which} example '{trial.example.about}': {trial.wrong}", style="red"))
    for code, missing in lacking.items():
        for each in missing:
            out.print(Text(f"{code}: {each}", style="red"))
    count = sum(map(len, results.values()))
    out.print(f"{len(results)} rules, {count} examples, {len(wrong)} wrong, {sum(map(len, lacking.values()))} things missing")


def rules_mutate(codes: tuple[str, ...], path: Path | None, *, as_json: bool) -> None:
    """What no example of a rule would notice if it were otherwise; only told, for some changes change nothing."""
    loaded = _loaded(path)
    surveys = [survey(rule) for rule in [_found(code, loaded) for code in codes] or _known(loaded).values()]
    if as_json:
        show.as_json([{"code": each.code, "changes": each.mutants, "survivors": list(each.survivors)} for each in surveys])
        return
    out = show.console()
    for each in surveys:
        words = f"{each.mutants - len(each.survivors)} of {each.mutants} changes are noticed"
        out.print(Text(f"{each.code} ", style="bold").append(words, "not bold"))
        for what in each.survivors:
            out.print(Text(f"  {what}", style="yellow"))
    every, alive = sum(each.mutants for each in surveys), sum(len(each.survivors) for each in surveys)
    out.print(f"{len(surveys)} rules, {every} changes, {100 * (every - alive) / max(every, 1):.1f} % noticed")


def rules_pages(folder: Path, path: Path | None) -> None:
    """The pages of all rules as files, with a configuration also of one's own."""
    written = pages(_known(_loaded(path)))
    for name, text in written.items():
        show.written(folder / name, text)
    show.console().print(f"{len(written)} pages are in {folder}")


def rules_facts(file: Path) -> None:
    """The page of facts as a file."""
    show.written(file, facts_page())
    show.console().print(f"the facts are in {file}")
