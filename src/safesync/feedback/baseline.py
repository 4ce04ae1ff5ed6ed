"""The baseline: old findings are quiet until their item is touched. It only shrinks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from safesync.feedback.labels import speaks
from safesync.model.baseline import Baseline, Departure, OldFinding
from safesync.model.change import CommentMark
from safesync.model.finding import Finding
from safesync.model.item import Item

_WEEK = timedelta(days=7)


def old_findings(
    findings: Iterable[Finding],
    items: Mapping[str, Item],
    marks: Mapping[str, CommentMark],
    train_of: Callable[[Item], str | None],
    now: datetime,
) -> tuple[OldFinding, ...]:
    """
    The findings that may be kept quiet from now on: those about ``items`` on which nothing was said yet.

    Where we spoke already, silence would read as "all settled". A finding about a group has no item that anybody could touch.
    """
    untold = {uid: item for uid, item in items.items() if not _spoken_on(item, marks.get(uid))}
    return tuple(
        OldFinding(one.code, one.subject, train_of(untold[one.subject]), now, untold[one.subject].revision)
        for one in findings
        if one.subject in untold
    )


def _spoken_on(item: Item, mark: CommentMark | None) -> bool:
    return any(map(speaks, item.labels)) or (mark is not None and (mark.comment_id is not None or any(map(speaks, mark.labels))))


def departures(
    baseline: Baseline, present: Collection[tuple[str, str]], touched: Callable[[OldFinding], bool], now: datetime
) -> tuple[OldFinding, ...]:
    """Who leaves today: what is not among the ``present`` findings any more, and what stands on an item that was touched."""
    return tuple(_leaving(baseline.quiet, present, touched, now))


def _leaving(
    quiet: Iterable[OldFinding], present: Collection[tuple[str, str]], touched: Callable[[OldFinding], bool], now: datetime
) -> Iterator[OldFinding]:
    for each in quiet:
        if each.pair not in present:
            yield replace(each, left_at=now, left=Departure.SETTLED)
        elif touched(each):
            yield replace(each, left_at=now, left=Departure.TOUCHED)


@dataclass(frozen=True, slots=True)
class BurnDown:
    """
    How far the baseline of a train has come, in findings.

    ``weekly`` is what was left at the end of each week since it was taken, the present, unfinished one last.
    """

    train: str | None
    taken: int
    touched: int
    settled: int
    told: int
    weekly: tuple[tuple[date, int], ...]

    @property
    def left(self) -> int:
        """What is still quiet."""
        return self.taken - self.touched - self.settled - self.told


def burn_down(baseline: Baseline, now: datetime) -> tuple[BurnDown, ...]:
    """One for each train, those with most left first; what is on no train comes under ``None``."""
    by_train: dict[str | None, list[OldFinding]] = {}
    for each in baseline.old:
        by_train.setdefault(each.train, []).append(each)
    made = [_of_train(train, some, now) for train, some in by_train.items()]
    return tuple(sorted(made, key=lambda one: (-one.left, one.train is None, one.train or "")))


def _of_train(train: str | None, some: list[OldFinding], now: datetime) -> BurnDown:
    left = Counter(each.left for each in some)
    return BurnDown(train, len(some), left[Departure.TOUCHED], left[Departure.SETTLED], left[Departure.TOLD], tuple(_weeks(some, now)))


def _weeks(some: list[OldFinding], now: datetime) -> Iterator[tuple[date, int]]:
    end = min(each.since for each in some) + _WEEK
    while True:
        upto = min(end, now)
        there = sum(each.since <= upto and (each.left_at is None or each.left_at > upto) for each in some)
        yield upto.date(), there
        if end >= now:
            return
        end += _WEEK
