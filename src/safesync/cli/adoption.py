"""Commands about what is not told: the baseline of a backlog that is older than SafeSync, and waivers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened
from safesync.configuration.words import near
from safesync.feedback.baseline import BurnDown, burn_down
from safesync.jobs.baseline import shrink, take
from safesync.jobs.waivers import Waived, configured, standing
from safesync.model.errors import ConfigurationError, RunError, naming

_WEEKS_SHOWN = 6


def baseline(path: Path, codes: tuple[str, ...], *, take: bool, as_json: bool) -> None:
    """Show the baseline, after taking into it what is found now when that is asked for."""
    with opened(path, trackers=False) as job:
        now = datetime.now(UTC)
        added = _take(job, codes, now) if take else None
        trains = burn_down(job.store.baseline(), now)
    if as_json:
        show.as_json({"taken": added, "trains": [_fields(train) for train in trains]})
        return
    if added is not None:
        show.console().print(f"{added} findings are kept quiet from now on; each is told when a person changes its item")
    _print(trains)


def _take(job: Opened, codes: tuple[str, ...], now: datetime) -> int:
    known = sorted(setting.rule.code for setting in job.rules)
    if unknown := sorted(set(codes) - set(known)):
        raise ConfigurationError(near("--rule: no rule that judges here is called", unknown[0], known))
    if first := job.never_read:
        raise ConfigurationError(first)
    if missing := job.unread():
        raise RunError(f"{'; '.join(missing.sentences())}: a baseline is taken of what was read whole, run 'safesync pull'")
    with ExitStack() as locks:
        for name in job.names:  # a run that is under way decides by the baseline as it was
            with naming(name):
                locks.enter_context(job.store.only_run_of(name))
        shrink(job.store, job.checked(now), now)
        return len(take(job.store, job.configuration.as_organisation(), now, trackers=job.names, codes=codes or None))


def _fields(train: BurnDown) -> dict[str, Any]:
    return {
        "train": train.train,
        "taken": train.taken,
        "touched": train.touched,
        "settled": train.settled,
        "told": train.told,
        "left": train.left,
        "weekly": [{"on": day.isoformat(), "left": left} for day, left in train.weekly],
    }


def _print(trains: Sequence[BurnDown]) -> None:
    if not trains:
        show.console().print("the baseline is empty: every finding is told")
        return
    shown = show.table("train", "taken#", "settled#", "touched#", "left#", "at the end of each week")
    for train in trains:
        weeks = " ".join(str(left) for _, left in train.weekly[-_WEEKS_SHOWN:])
        shown.add_row(train.train or "(no train)", *map(str, (train.taken, train.settled, train.touched, train.left)), weeks)
    show.print_table(shown)


def waivers(path: Path, *, as_json: bool) -> None:
    """Show every waiver, of labels, replies and the configuration, how it stands, what people call wrong and where they want quiet."""
    with opened(path, trackers=False) as job:
        now, feedback = datetime.now(UTC), job.configuration.feedback
        made, strange = configured(job.store, feedback, now)
        waived = standing(job.checked(now), made, feedback.unwaivable, now.date(), job.codes)
        resting = sorted((item.key, made.resting[uid]) for uid, item in job.store.items(list(made.resting)).items())
    unknown = [(part.rule, reference) for part, reference in strange]
    wrong = Counter(each.waiver.code for each in waived if each.waiver.wrong)
    if as_json:
        strangers = [{"rule": rule, "item": reference} for rule, reference in unknown]
        asleep = [{"key": key, "why": why} for key, why in resting]
        fields = [_waiver_fields(each) for each in waived]
        show.as_json({"waivers": fields, "unknown": strangers, "called_wrong": dict(wrong), "snoozed": asleep})
        return
    _print_waivers(waived)
    for code, count in sorted(wrong.items()):
        show.console().print(Text(f"{code}: {count} {'finding is' if count == 1 else 'findings are'} called wrong by people"))
    for key, why in resting:
        show.console().print(Text(f"{key}: {why}"))
    for rule, reference in unknown:
        show.console().print(Text(f"{rule}: {reference} is no item that was read (feedback.waivers)", style="yellow"))


def _waiver_fields(each: Waived) -> dict[str, Any]:
    one = each.waiver
    return {
        "rule": one.code,
        "item": one.uid,
        "key": each.key,
        "until": one.until.isoformat() if one.until else None,
        "reason": one.reason or None,
        "granted_by": one.granted_by or None,
        "said": "label" if one.by_label else "reply" if one.by_reply else "configuration",
        "wrong": one.wrong,
        "standing": each.standing.value,
        "hint": each.hint.removeprefix(", ") or None,
    }


def _print_waivers(waived: Sequence[Waived]) -> None:
    if not waived:
        show.console().print("nothing is waived")
        return
    shown = show.table("rule", "item", "until", "standing", "said by", "reason")
    for each in waived:
        one = each.waiver
        said = "a label" if one.by_label else one.granted_by or "the configuration"
        said += ", as wrong" if one.wrong else ", in a reply" if one.by_reply else ""
        shown.add_row(one.code, each.key, one.until.isoformat() if one.until else "", f"{each.standing.value}{each.hint}", said, one.reason)
    show.print_table(shown)
