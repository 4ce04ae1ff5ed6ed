"""Tell people outside the trackers what happened: of each matter once, and once more when it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

import structlog

from safesync.feedback.digest import as_text
from safesync.jobs.result import RunResult
from safesync.model.errors import RetryableError, SafeSyncError
from safesync.model.notice import Cause, Notice
from safesync.store.port import Store

_log = structlog.get_logger()
_STOPPED = "stopped"


class Channel(Protocol):
    """
    One address of people, as this job sees it.

    ``send`` raises ``SafeSyncError`` when a notice did not arrive, ``RetryableError`` when none would arrive now. What it gives back is
    empty, or says who did not get what others got.
    """

    @property
    def name(self) -> str:
        """What it is called; the store remembers by it what was told."""

    def wants(self, notice: Notice) -> bool:
        """Whether this is to be told there."""

    def send(self, notice: Notice) -> str:
        """Tell it, once."""


def after_run(result: RunResult, kept: str = "") -> tuple[Notice, ...]:
    """
    What a run has to tell, and that what it did not meet any more is over.

    ``kept`` is where the plan of a stopped run was saved.
    """
    return (*_of_limit(result, kept), *_of_trackers(result), *_of_weeks(result))


def _of_limit(result: RunResult, kept: str) -> Iterator[Notice]:
    if result.stopped is None:
        if all(each.error for each in result.trackers):  # nobody knows what it would have written
            return
        yield Notice(Cause.STOPPED, _STOPPED, "SafeSync writes again", "The last run stayed within its limits.", over=True)
        return
    advice = f"\nThe plan is saved as {kept}; when it is right: safesync apply {kept}" if kept else ""
    yield Notice(Cause.STOPPED, _STOPPED, "SafeSync stopped before it wrote", f"{result.stopped}{advice}")


def _of_trackers(result: RunResult) -> Iterator[Notice]:
    for each in result.trackers:
        matter, troubles = f"tracker:{each.tracker}", list(filter(None, (each.error, _hidden(each.hidden), *map(_barred, each.barred))))
        if troubles:
            text = "\n".join((*troubles, "What was said there stays; the other trackers go on."))
            yield Notice(Cause.TROUBLE, matter, f"SafeSync has trouble with {each.tracker}", text)
        else:
            yield Notice(
                Cause.TROUBLE, matter, f"SafeSync works with {each.tracker} again", "The last run read and answered there.", over=True
            )


def _hidden(projects: Sequence[str]) -> str | None:
    return f"It does not show us {', '.join(projects)}." if projects else None


def _barred(reason: str) -> str:
    return f"Not everything could be written: {reason}."


def _of_weeks(result: RunResult) -> Iterator[Notice]:
    for digest in result.digests:
        matter, text = f"{_digests(digest.team)}:{digest.begins}", as_text(digest) or digest.headline
        yield Notice(Cause.DIGEST, matter, digest.headline, text, digest.team)


def _digests(team: str) -> str:
    return f"digest:{team}"


def trial(channel: str) -> Notice:
    """Something harmless, to see whether it arrives."""
    return Notice(
        Cause.DIGEST, "trial", "A trial of SafeSync", f"This channel, {channel}, is told what its configuration asks for.", over=True
    )


def tell(store: Store, channels: Iterable[Channel], notices: Sequence[Notice], now: datetime) -> tuple[str, ...]:
    """
    Every channel what it wants and was not told yet; why some were not reached, as sentences.

    A channel that is not reached is told after the next run, if it is still so. A process that is killed between telling and noting
    it tells once more.
    """
    return tuple(reason for channel in channels for reason in _told(store, channel, notices, now))


def _told(store: Store, channel: Channel, notices: Sequence[Notice], now: datetime) -> Iterator[str]:
    known = store.told(channel.name)
    due = [notice for notice in notices if notice.over == (notice.matter in known) and channel.wants(notice)]
    for position, notice in enumerate(due):
        try:
            left_out = channel.send(notice)
        except SafeSyncError as error:
            _log.info("notice.unsent", channel=channel.name, matter=notice.matter, reason=str(error))
            left = len(due) - position - 1
            if isinstance(error, RetryableError):
                # A team each would wait for the same silence, a sentence each would say the same.
                yield f"{error} {left} more it was to hear {'waits' if left == 1 else 'wait'} for the next run." if left else str(error)
                return
            yield str(error)
            continue
        if left_out:
            _log.info("notice.partly_sent", channel=channel.name, matter=notice.matter, reason=left_out)
            yield left_out
        _note(store, channel, notice, known, now)


def _note(store: Store, channel: Channel, notice: Notice, known: Collection[str], now: datetime) -> None:
    if notice.over:
        store.forget_told(channel.name, (notice.matter,))
        return
    store.note_told(channel.name, notice.matter, now)
    if notice.team is not None:  # last week's is over
        store.forget_told(channel.name, [one for one in known if one.rpartition(":")[0] == _digests(notice.team)])
