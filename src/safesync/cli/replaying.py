"""``replay``: what other rules would have found on past days."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import opened_from
from safesync.configuration.read import read_configuration, read_other_rules
from safesync.configuration.secrets import Secrets
from safesync.jobs.replay import Life, Replayed, Sum, Trace, replay, summed
from safesync.model.errors import ConfigurationError
from safesync.rules.page import said_name

_MOST_SHOWN = 20


def replayed(path: Path, rules: Path, since: str, form: str) -> None:
    """Judge the snapshots since a day by the rules of another file and by those that hold now; say what differs."""
    day = _day(since)
    loaded = read_configuration(path, secrets=Secrets.STORE)
    other = read_other_rules(rules, loaded)
    names = {setting.rule.code: said_name(setting.rule) for setting in (*loaded.rules, *other.rules)}
    with opened_from(loaded, trackers=False) as job:
        told = replay(job.store, job.rules, other.rules, day, [part.name for part in job.configuration.trackers])
    if form == "json":
        show.as_json(_fields(told, names))
    elif form == "csv":
        _write_table(told)
    else:
        _print(told, names)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"--since {text}: a day is written 2026-11-30") from None


def _by_rule(told: Replayed) -> Iterator[tuple[str, Sum]]:
    for code in sorted({trace.code for trace in told.traces}):
        yield code, summed([trace for trace in told.traces if trace.code == code])


def _by_place(told: Replayed) -> Iterator[tuple[tuple[str, str, str], Sum]]:
    def place(trace: Trace) -> tuple[str, str, str]:
        return trace.place.train or "", trace.place.team or "", trace.role

    for each in sorted({place(trace) for trace in told.traces}):
        yield each, summed([trace for trace in told.traces if place(trace) == each])


# --- for programs -----------------------------------------------------------------------------------------------


def _fields(told: Replayed, names: dict[str, str]) -> dict[str, Any]:
    return {
        "days": [{"at": day.at.isoformat(), "items": day.items, "open_now": day.now, "open_new": day.new} for day in told.days],
        "rules": [{"code": code, "name": names[code], **asdict(numbers)} for code, numbers in _by_rule(told)],
        "on": [
            {"train": train or None, "team": team or None, "role": role, **asdict(numbers)}
            for (train, team, role), numbers in _by_place(told)
        ],
        "findings": [
            {**_trace_fields(trace), "now": [_life_fields(life) for life in trace.now], "new": [_life_fields(life) for life in trace.new]}
            for trace in told.traces
        ],
        "not_evaluable": [
            {"code": each.code, "items": each.count, "facts": list(each.facts), "reason": each.crash or each.remedy or None}
            for each in told.unevaluated
        ],
    }


def _trace_fields(trace: Trace) -> dict[str, Any]:
    place = {"key": trace.place.key, "team": trace.place.team, "train": trace.place.train, "role": trace.role}
    return {"code": trace.code, "subject": trace.subject, **place, "change": trace.change}


def _life_fields(life: Life) -> dict[str, Any]:
    return {"first": life.first.isoformat(), "until": life.until.isoformat(), "open": not life.over, "days": life.days}


def _write_table(told: Replayed) -> None:
    rows = [{**_trace_fields(trace), **_side("now", trace.now), **_side("new", trace.new)} for trace in told.traces]
    sides = [f"{side}_{what}" for side in ("now", "new") for what in ("first", "until", "open", "days")]
    writer = csv.DictWriter(sys.stdout, fieldnames=["code", "subject", "key", "team", "train", "role", "change", *sides])
    writer.writeheader()
    writer.writerows({key: show.harmless(value) for key, value in row.items()} for row in rows)


def _side(side: str, lives: Sequence[Life]) -> dict[str, Any]:
    """From its first day to its last; the days are those on which it lived."""
    if not lives:
        return {}
    whole = {"first": lives[0].first, "until": lives[-1].until, "open": not lives[-1].over, "days": sum(life.days for life in lives)}
    return {f"{side}_{what}": value for what, value in whole.items()}


# --- for people -------------------------------------------------------------------------------------------------


def _print(told: Replayed, names: dict[str, str]) -> None:
    out, first, last = show.console(), told.days[0], told.days[-1]
    days = "1 day" if len(told.days) == 1 else f"{len(told.days)} days"
    out.print(f"{days} with a snapshot, {first.at.date()} to {last.at.date()}; {last.items} items on the last one")
    rules = show.table("rule", "", "now#", "new#", "added#", "gone#", "open now#", "open new#", "days now#", "days new#")
    for code, each in _by_rule(told):
        counts = (each.now, each.new, each.added, each.gone, each.open_now, each.open_new)
        rules.add_row(code, names[code], *map(str, counts), _days(each.days_now), _days(each.days_new))
    show.print_table(rules)
    places = show.table("train", "team", "for", "now#", "new#", "added#", "gone#")
    for (train, team, role), each in _by_place(told):
        places.add_row(train or "-", team or "-", role, *map(str, (each.now, each.new, each.added, each.gone)))
    show.print_table(places)
    for change in ("added", "gone"):
        _print_some(change, [trace for trace in told.traces if trace.change == change])
    whole = summed(told.traces)
    out.print(
        f"{whole.now} findings by the rules of now, {whole.new} by the new ones: {whole.added} added, {whole.gone} gone, {whole.same} same"
    )
    out.print(Text("days: the median of the findings that are over", style="dim"))
    for unevaluated in told.unevaluated:
        out.print(show.not_evaluable(unevaluated))


def _print_some(change: str, traces: Sequence[Trace]) -> None:
    for trace in traces[:_MOST_SHOWN]:
        life = (trace.new or trace.now)[-1]
        words = f"{life.first} to {life.until}" if life.over else f"since {life.first}"
        show.console().print(
            Text(f"{change:5} ").append(f"{trace.code} ", style="bold").append(f"{trace.place.key}  {words}", style="not bold")
        )
    if len(traces) > _MOST_SHOWN:
        show.console().print(Text(f"and {len(traces) - _MOST_SHOWN} more {change}; --format json has them all", style="dim"))


def _days(number: float | None) -> str:
    return "-" if number is None else f"{number:g}"
