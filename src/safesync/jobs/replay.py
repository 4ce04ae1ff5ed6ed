"""Replay: judge what was known on past days by other rules, and hold it against the rules that hold now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from statistics import median
from types import MappingProxyType

import polars as pl

from safesync.facts.backlog import Backlog, measured_for
from safesync.jobs.check import of_trackers, report_on, seen_on
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Report, Unevaluated, group_name
from safesync.rules.engine import Judge
from safesync.rules.rule import ROLE, RuleSetting
from safesync.store.port import Scene, Snapshot, Store

Pair = tuple[str, str]
"""Code and subject: what makes a finding the same one on two days."""


@dataclass(frozen=True, slots=True)
class Life:
    """A finding from the day on which it began to the first one without it, or to the last day of all while it is open."""

    first: date
    until: date
    over: bool

    @property
    def days(self) -> int:
        """How long it lived, as far as one can see."""
        return (self.until - self.first).days


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a finding is; a group has no key of a tracker."""

    key: str
    team: str | None
    train: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """One finding under the rules that hold now and under the new ones; it may have lived more than once."""

    code: str
    subject: str
    place: Place
    role: str
    now: tuple[Life, ...]
    new: tuple[Life, ...]

    @property
    def change(self) -> str:
        """``added``, ``gone`` or ``same``."""
        return "same" if self.now and self.new else "added" if self.new else "gone"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was judged again: how many findings were open on it."""

    at: datetime
    items: int
    now: int
    new: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """Everything that a replay tells; ``unevaluated`` is what the new rules could not judge on the last day."""

    days: tuple[Day, ...]
    traces: tuple[Trace, ...]
    unevaluated: tuple[Unevaluated, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Some findings in numbers; days are the median of those that are over, ``None`` where none is."""

    now: int
    new: int
    added: int
    gone: int
    same: int
    open_now: int
    open_new: int
    days_now: float | None
    days_new: float | None


def replay(store: Store, now: Sequence[RuleSetting], new: Sequence[RuleSetting], since: date, trackers: Collection[str]) -> Replayed:
    """
    What both sets of rules find on the items of ``trackers`` on each day from ``since`` on that has a snapshot.

    Each day is judged as it was when it was checked, its clock included. ``ConfigurationError`` when there is no such day.
    """
    _refuse(store.snapshot_days(), since)
    old_book, new_book = _Book(Judge(now)), _Book(Judge(new))
    days: list[Day] = []
    places: dict[str, Place] = {}
    for snapshot in store.snapshots(since, _facts_of(old_book.judge, new_book.judge)):
        scene, seen = _seen(store, snapshot, trackers, old_book.judge, new_book.judge)
        begun = {pair for book in (old_book, new_book) for pair in book.turn(snapshot, scene, seen)}
        places |= _places(seen, scene, {subject for _, subject in begun} - places.keys())
        days.append(Day(snapshot.occasion.at, scene.facts.height, len(old_book.open), len(new_book.open)))
    last = days[-1].at.astimezone(UTC).date()
    lived, living = old_book.lives(last), new_book.lives(last)
    roles = {setting.rule.code: ROLE[setting.rule.level] for setting in (*now, *new)}
    traces = tuple(
        Trace(code, subject, places[subject], roles[code], lived.get((code, subject), ()), living.get((code, subject), ()))
        for code, subject in sorted(lived.keys() | living.keys())
    )
    return Replayed(tuple(days), traces, new_book.unevaluated)


def summed(traces: Sequence[Trace]) -> Sum:
    """These findings in numbers."""
    changes = [trace.change for trace in traces]
    sides = ([trace.now for trace in traces if trace.now], [trace.new for trace in traces if trace.new])
    opened = [sum(not lives[-1].over for lives in side) for side in sides]
    ended = [[life.days for lives in side for life in lives if life.over] for side in sides]
    lengths = [float(median(days)) if days else None for days in ended]
    counts = (changes.count(change) for change in ("added", "gone", "same"))
    return Sum(len(sides[0]), len(sides[1]), *counts, *opened, *lengths)


def _refuse(days: Sequence[date], since: date) -> None:
    if not days:
        raise ConfigurationError(
            "there is no snapshot yet: 'safesync check' and 'safesync run' keep one of each day on which they run"
            " (unless snapshots.keep_days is 0)"
        )
    if since < days[0]:
        raise ConfigurationError(f"--since {since}: the first snapshot is of {days[0]}; begin there, or later")
    if since > days[-1]:
        raise ConfigurationError(f"--since {since}: the newest snapshot is of {days[-1]}; begin there, or earlier")


def _facts_of(*judges: Judge) -> frozenset[str]:
    return frozenset({"project"}).union(*(measured_for(judge.reads, judge.reads_groups) for judge in judges))


def _seen(store: Store, snapshot: Snapshot, trackers: Collection[str], *judges: Judge) -> tuple[Scene, Backlog]:
    scene = of_trackers(snapshot.scene, trackers)
    facts, groups = (frozenset[str]().union(*(getattr(judge, reads) for judge in judges)) for reads in ("reads", "reads_groups"))
    return scene, seen_on(store, snapshot.occasion, scene, facts, groups)


@dataclass(slots=True)
class _Book:
    """The findings of one set of rules, as the store would have kept them from the first day on."""

    judge: Judge
    open: dict[Pair, date] = field(default_factory=dict)
    over: dict[Pair, list[Life]] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    """Subjects of findings that are items of a tracker."""
    unevaluated: tuple[Unevaluated, ...] = ()

    def turn(self, snapshot: Snapshot, scene: Scene, seen: Backlog) -> Iterator[Pair]:
        """The next day; what began on it."""
        report = report_on(snapshot.occasion, scene, seen, self.judge, open_ones=self.open.keys())
        self.unevaluated = report.unevaluated
        day = snapshot.occasion.at.astimezone(UTC).date()
        flawed = {(finding.code, finding.subject) for finding in report.flawed}
        present = frozenset(scene.facts["uid"].to_list())
        for pair in [pair for pair in self.open.keys() - flawed if self._is_over(pair, report, present)]:
            self.over.setdefault(pair, []).append(Life(self.open.pop(pair), day, over=True))
        begun = flawed - self.open.keys()
        self.open |= dict.fromkeys(begun, day)
        self.items |= {subject for _, subject in begun} & present
        yield from begun

    def _is_over(self, pair: Pair, report: Report, present: Collection[str]) -> bool:
        """As the store decides it: it was looked at, or its item is no more."""
        return report.looked_at(*pair) or (pair[1] in self.items and pair[1] not in present)

    def lives(self, last: date) -> dict[Pair, tuple[Life, ...]]:
        """Every finding there ever was."""
        return {
            pair: (*self.over.get(pair, ()), *([Life(self.open[pair], last, over=False)] if pair in self.open else []))
            for pair in self.over.keys() | self.open.keys()
        }


_NOBODY: Mapping[str, str | None] = MappingProxyType({"team": None, "train": None})


def _places(seen: Backlog, scene: Scene, subjects: Collection[str]) -> dict[str, Place]:
    items = seen.frame.filter(pl.col("uid").is_in(sorted(subjects))).select("uid", pl.col("key", "team", "train").cast(pl.String))
    found = {uid: Place(key, team, train) for uid, key, team, train in items.rows()}
    names = {one.uid: one.name for one in scene.iterations}
    for subject in subjects - found.keys():
        _, group, name = subject.split(":", 2)
        row = {**_NOBODY, **seen.groups[group].row(by_predicate=pl.col("group") == name, named=True)}
        found[subject] = Place(group_name(subject, names), row["team"], row["train"])
    return found
