"""The job on a schedule, in one process that stops cleanly."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

from safesync.configuration.model import SchedulePart
from safesync.model.errors import SafeSyncError

log = structlog.get_logger()
_LONGEST_LOOK_BACK = timedelta(days=2)
"""A machine that slept for months need not count all the times it missed."""


class Times(BaseTrigger):  # type: ignore[misc]  # APScheduler is published without types
    """
    The times of a whole schedule, as cron means each of its lines.

    APScheduler's own ``from_crontab`` counts weekdays from Monday = 0, so that ``1`` would fire on Tuesdays,
    and fires twice when the clocks go back. All lines are one trigger, for they start one and the same job.
    """

    def __init__(self, schedule: Sequence[SchedulePart]) -> None:
        self.schedule = tuple(schedule)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first time after now, and after the previous one."""
        # From the one before on, not from now: in the hour that comes twice, a run that lasted into its second half would begin again.
        begin = max(previous_fire_time, now - _LONGEST_LOOK_BACK) if previous_fire_time else now
        later = (each for part in self.schedule for each in [_first(CronSim(part.cron, begin.astimezone(part.zone)), now)])
        return min(later, default=None)

    def __str__(self) -> str:
        return ", ".join(f"{part.cron} {part.timezone}" for part in self.schedule)


def _first(times: CronSim, after: datetime) -> datetime:
    found: datetime = next(each for each in times if each > after)
    return found


def serve(schedule: Sequence[SchedulePart], job: Callable[[], None], *, stop: threading.Event | None = None) -> None:
    """
    Run ``job`` at every time of the schedule until the process is told to stop; a running job ends first.

    Never two at once: a time that comes while the job still runs is dropped, and missed times become one run.
    """
    stopping = stop or threading.Event()
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    scheduler.add_job(guarded(job), Times(schedule), id="run", max_instances=1, coalesce=True, misfire_grace_time=None)
    before = _listen(stopping)
    scheduler.start()
    log.info("serve.started", next=str(scheduler.get_job("run").next_run_time))
    try:
        stopping.wait()
    finally:
        scheduler.pause()  # a time that comes during the shutdown would find the executor closed
        scheduler.shutdown(wait=True)
        for number, handler in before.items():
            signal.signal(number, handler)
        log.info("serve.stopped")


def guarded(job: Callable[[], None]) -> Callable[[], None]:
    """The job, whose failures are told and end nothing: the next time may go well, and a schedule that ends silently is worse."""

    def run() -> None:
        try:
            job()
        except SafeSyncError as error:
            log.error("run.skipped", reason=str(error))  # noqa: TRY400 - a sentence for the administrator, who needs no traceback
        except Exception as error:  # noqa: BLE001 - the boundary of one run
            # Not its text: a library's error may quote a header.
            where = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
            log.error("run.crashed", kind=type(error).__name__, where=where[-8:])  # noqa: TRY400

    return run


def _listen(stopping: threading.Event) -> dict[signal.Signals, Any]:
    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("serve.stopping", signal=signal.Signals(number).name)
        stopping.set()

    return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
