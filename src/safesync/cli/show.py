"""Results as people and programs want to read them."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from safesync.cli.door import why
from safesync.cli.terminal import Terminal
from safesync.facts.catalog import ITEM_FACTS
from safesync.jobs.concern import UNTOLD, Upkeep, check_fields, check_sentences
from safesync.jobs.result import RunResult, TrackerResult
from safesync.model.change import Applied, Outcome
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Finding, Report, Severity, Unevaluated, absorbed, group_name
from safesync.model.item import Item
from safesync.rules.catalog import shipped
from safesync.rules.judgement import vocabulary

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue", Severity.OFF: "dim"}
_MOST_SHOWN = 20
_NOTHING = Upkeep()
_TOLD: Mapping[tuple[str, str], str] = MappingProxyType({})
_MOST_NAMED = 5
_WIDEST = 400


def console() -> Console:
    """
    Standard output for people.

    On a terminal lines break between words; in a pipe or a file a sentence stays on its line, whatever its length.
    """
    return Terminal(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())


def page(text: str) -> None:
    """A page in Markdown: set in type on a terminal, as it is elsewhere."""
    if sys.stdout.isatty():
        console().print(Markdown(text))
    else:
        sys.stdout.write(text)


def written(path: Path, text: str) -> None:
    """A file with this text; ``ConfigurationError`` when it cannot be written there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({why(error)}); name another place") from None


def print_table(shown: Table) -> None:
    """A table; outside of a terminal as wide as it needs to be, so that nothing is cut."""
    out = console()
    if not sys.stdout.isatty():
        out.width = max(out.width, _WIDEST)
    out.print(shown, soft_wrap=False, crop=False)


def aside(sentence: str) -> None:
    """A sentence for the person at the terminal that is not part of the result."""
    sys.stderr.write(sentence + "\n")


def check_of_mapping(code: str, *, in_json: bool) -> None:
    """What stands for one of the checks that are no rules, where a person asks for a rule."""
    if in_json:
        as_json(check_fields(code))
        return
    for sentence in check_sentences(code):
        console().print(sentence, markup=False)


def as_json(value: Any) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table in the style of all tables."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.removesuffix("#"), justify="right" if column.endswith("#") else "left", overflow="fold")
    return made


# --- findings ---------------------------------------------------------------------------------------------------


def findings_by_code(report: Report) -> dict[str, int]:
    """How many findings each rule has, in the order of the codes."""
    return dict(sorted(Counter(finding.code for finding in report.flawed).items()))


def reaching(findings: Iterable[Finding], fail_on: str) -> list[Finding]:
    """Those at or above a severity; ``"never"`` is above all of them."""
    if fail_on == "never":
        return []
    severities = list(Severity)
    return [one for one in findings if severities.index(one.severity) >= severities.index(Severity(fail_on))]


def finding_fields(finding: Finding, item: Item | None, absorbed_by: str | None = None, quiet: str | None = None) -> dict[str, Any]:
    """A finding as plain values; ``absorbed_by`` is the composite rule that speaks for it in comments, ``quiet`` why nobody is told."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "gate": finding.gate.value if finding.gate else None,
        "subject": finding.subject,
        "key": item.key if item else None,
        "tracker": item.tracker if item else None,
        "team": item.team if item else None,
        "title": item.title if item else None,
        "url": item.url if item else None,
        "remedy": finding.remedy,
        "evidence": finding.evidence,
        "stage": finding.rollout.value,
        "escalated_to": finding.escalation.role if finding.escalation and finding.escalation.since else None,
        "numbers": dict(finding.numbers),
        "absorbed_by": absorbed_by,
        "quiet": quiet,
    }


def print_report(
    report: Report,
    items: Mapping[str, Item],
    form: str,
    upkeep: Upkeep = _NOTHING,
    quiet: Mapping[tuple[str, str], str] = _TOLD,
    *,
    iterations: Mapping[str, str] | None = None,
    unread: Sequence[str] = (),
) -> None:
    """
    A report in one of the formats of ``check``, with what the administrator alone is told where there is room for it.

    ``iterations`` are their names by uid; ``quiet`` says of (code, subject) why nobody is told, ``unread`` what was
    not read and is therefore not judged.
    """
    spoken_for = absorbed(report.flawed)
    pairs = [(finding, (finding.code, finding.subject)) for finding in report.flawed]
    rows = [finding_fields(finding, items.get(finding.subject), spoken_for.get(pair), quiet.get(pair)) for finding, pair in pairs]
    if form == "json":
        unevaluated = [
            {"code": each.code, "items": each.count, "facts": list(each.facts), "reason": each.crash or each.remedy or None}
            for each in report.unevaluated
        ]
        shadow = Counter(finding.code for finding in report.shadowed)
        as_json(
            {
                "judged_at": report.judged_at.isoformat(),
                "items": report.items,
                "unread": list(unread),
                "findings": rows,
                "not_evaluable": unevaluated,
                "shadow": dict(sorted(shadow.items())),
                "upkeep": {
                    "concerns": [
                        {"tracker": name or None, "code": each.code, "items": each.items, "message": each.sentence}
                        for name, each in upkeep.concerns
                    ],
                    "not_evaluable": dict(UNTOLD),
                },
            }
        )
    elif form == "jsonl":
        sys.stdout.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    elif form == "csv":
        writer = csv.DictWriter(
            sys.stdout, fieldnames=[key for key in finding_fields(_NO_FINDING, None) if key != "numbers"], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    else:
        _print_findings(report, items, quiet, iterations or {})
        if upkeep is not _NOTHING:
            _print_upkeep(upkeep)


_NO_FINDING = Finding("", "", Severity.OFF, None, "", "")


_RUN = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the wide forms are taken for the narrow ones where people write Japanese or Chinese
"""With what a cell begins that a spreadsheet runs."""


def harmless(value: object) -> object:
    """A cell of a CSV file that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value


def _print_findings(report: Report, items: Mapping[str, Item], quiet: Mapping[tuple[str, str], str], iterations: Mapping[str, str]) -> None:
    out = console()
    severities, spoken_for = list(Severity), absorbed(report.flawed)
    for finding in sorted(report.flawed, key=lambda one: (-severities.index(one.severity), one.code, one.subject)):
        item = items.get(finding.subject)
        line = Text(f"{finding.severity.value:7} ", style=_COLOURS[finding.severity])
        line.append(f"{finding.code} ", style="bold").append(
            f"{item.key} {item.title}" if item else group_name(finding.subject, iterations), style="default"
        )
        out.print(line)
        out.print(Text(f"        {finding.remedy} {finding.evidence}", style="dim"))
        if composite := spoken_for.get((finding.code, finding.subject)):
            out.print(Text(f"        part of {composite}", style="dim"))
        if reason := quiet.get((finding.code, finding.subject)):
            out.print(Text(f"        {'older than SafeSync, and quiet' if reason == 'old' else reason}", style="dim"))
        for label, number in finding.numbers:
            out.print(Text(f"        {label}: {number}", style="dim"))
    if report.shadowed:
        counts = sorted(Counter(finding.code for finding in report.shadowed).items())
        out.print(Text(f"in the shadow, told to nobody else: {', '.join(f'{code} {count}' for code, count in counts)}", style="dim"))
    out.print(f"{len(report.flawed):,} findings on {report.items:,} items by {len(report.codes)} rules")
    for each in report.unevaluated:
        out.print(not_evaluable(each))


def not_evaluable(each: Unevaluated) -> Text:
    """What a rule could not judge, and what would help."""
    reason = each.crash or each.remedy or _unseen(each)
    return Text(f"not evaluable: {each.code} on {each.count} {'item' if each.count == 1 else 'items'} ({reason})", style="dim")


def _print_upkeep(upkeep: Upkeep) -> None:
    out = console()
    for name, concern in upkeep.concerns[:_MOST_SHOWN]:
        out.print(Text(f"{concern.code}{' ' + name if name else ''}: {concern.sentence}", style="yellow"))
    if len(upkeep.concerns) > _MOST_SHOWN:
        out.print(Text(f"and {len(upkeep.concerns) - _MOST_SHOWN} more; --format json has them all", style="yellow"))
    for code, why_not in UNTOLD.items():
        out.print(Text(f"not evaluable: {code} ({why_not})", style="dim"))


def _unseen(each: Unevaluated) -> str:
    limits = [name for name in each.facts if name.endswith(("_target", "_floor"))]
    seen = [name for name in each.facts if name not in limits]
    remedies = {remedy for name in seen if (remedy := _remedy(each.code, name))}
    said = [f"not seen: {', '.join(seen)}", *sorted(remedies)] if seen else []
    return "; ".join([*said, *([f"no target is set: rules.{each.code}.options"] if limits else [])])


def _remedy(code: str, name: str) -> str:
    """What makes a fact seen, where the catalogue says it."""
    rule = shipped().get(code)
    facts = vocabulary(rule) if rule is not None else ITEM_FACTS
    return facts[name].remedy if name in facts else ""


# --- runs -------------------------------------------------------------------------------------------------------


def tracker_fields(result: TrackerResult) -> dict[str, Any]:
    """What a run did with one tracker."""
    return {
        "items": result.items,
        "calls": result.calls,
        "comments_created": result.created,
        "comments_edited": result.edited,
        "labels_added": result.labels_added,
        "labels_removed": result.labels_removed,
        "written_before": result.already,
        "undone": [
            {"item": each.ref.uid, "key": each.ref.key, "outcome": each.outcome.value, "reason": each.reason} for each in result.undone
        ],
        "warnings": list(result.warnings),
        "error": result.error,
    }


def run_fields(result: RunResult) -> dict[str, Any]:
    """What a run did."""
    return {
        "run": result.run_id,
        "findings": findings_by_code(result.report) if result.report else None,
        "planned_items": len(result.plan.changes),
        "stopped": result.stopped,
        "baselined": result.baselined,
        "quiet": result.quiet,
        "waiting": result.waiting,
        "refused": result.refused,
        "trackers": {each.tracker: tracker_fields(each) for each in result.trackers},
    }


def waiting(count: int) -> str:
    """What is left for another day, as a sentence."""
    one = count == 1
    return (
        f"{count} {'item is' if one else 'items are'} over today's budget (feedback.caps) and {'waits' if one else 'wait'} for another day"
    )


def refused(count: int) -> str:
    """What is not tried again, as a sentence."""
    return (
        f"{count} {'item is' if count == 1 else 'items are'} left: the tracker refused what we would write, and nothing has changed since"
    )


def print_run(result: RunResult) -> None:
    """What a run did, for people."""
    out = console()
    shown = table("tracker", "read#", "calls#", "new comments#", "edited#", "labels +#", "labels -#", "left#")
    for each in result.trackers:
        numbers = (each.items, each.calls, each.created, each.edited, each.labels_added, each.labels_removed, len(each.undone))
        shown.add_row(each.tracker, *map(str, numbers))
    print_table(shown)
    if result.report and not all(each.error for each in result.trackers):
        quiet = f", {result.quiet} of them old and quiet (safesync baseline)" if result.quiet else ""
        out.print(f"{len(result.report.flawed):,} findings on {result.report.items:,} items{quiet}")
    if result.waiting:
        out.print(waiting(result.waiting))
    if result.refused:
        out.print(refused(result.refused))
    if result.baselined:
        out.print(f"{result.baselined} findings are older than the first run: the baseline. Each is told when a person changes its item.")
    if already := sum(each.already for each in result.trackers):
        out.print(f"{already} {'item says' if already == 1 else 'items say'} already what this plan would write")
    for each in result.trackers:
        _print_troubles(each, out)
    if result.stopped:
        out.print(Text(result.stopped, style="red"))


def _print_troubles(each: TrackerResult, out: Console) -> None:
    for warning in each.warnings:
        out.print(Text(f"{each.tracker}: {warning}", style="yellow"))
    for sentence in left(each):
        out.print(Text(sentence, style="yellow"))
    if each.error:
        out.print(Text(f"{each.tracker}: {each.error}", style="red"))


def left(each: TrackerResult) -> Iterator[str]:
    """What was not written and why, one sentence for all items with the same reason: that of the first, where it names the item."""
    alike: dict[tuple[str, str], list[Applied]] = {}
    for change in each.undone:
        alike.setdefault((change.outcome.value, _in_general(change)), []).append(change)
    for (outcome, _), some in list(alike.items())[:_MOST_SHOWN]:
        keys, reason = [change.ref.key for change in some], some[0].reason
        what = "could not be written" if outcome == Outcome.FAILED else f"{'was' if len(keys) == 1 else 'were'} {outcome}"
        yield f"{each.tracker}: {some_of(keys)} {what}: {reason}"
    if others := sum(map(len, list(alike.values())[_MOST_SHOWN:])):
        yield f"{each.tracker}: and {others} more were left; --format json has them all"


def some_of(keys: Sequence[str]) -> str:
    """The first of some items, and how many more there are."""
    more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return ", ".join(keys[:_MOST_NAMED]) + more


def _in_general(change: Applied) -> str:
    """Its reason without what is true of this item alone."""
    own = "|".join(map(re.escape, (change.ref.key, change.ref.native_id)))
    return re.sub(rf"\b(?:{own})\b", "", change.reason)


def failed(trackers: Sequence[TrackerResult]) -> bool:
    """Whether a tracker or a project could not be read, lacks a right that something was to be written with, or took not one change."""
    return any(each.error or each.hidden or each.barred or _nothing_went(each) for each in trackers)


def _nothing_went(each: TrackerResult) -> bool:
    outcomes = {result.outcome for result in each.results}
    return Outcome.FAILED in outcomes and Outcome.DONE not in outcomes
