"""The job on a schedule, in one process that stops cleanly."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from types import FrameType
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from cronsim import CronSim

from safesync.configuration.model import SchedulePart

log = structlog.get_logger()


class CronSimTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler is published without types
    """
    A cron expression in a time zone, as cron means it.

    APScheduler's own ``from_crontab`` counts weekdays from Monday = 0, so that ``1`` would fire on Tuesdays,
    and fires twice when the clocks go back.
    """

    def __init__(self, expression: str, zone: tzinfo) -> None:
        self.expression = expression
        self.zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first time after now, and after the previous one."""
        after = max(previous_fire_time, now) if previous_fire_time else now
        return next(CronSim(self.expression, after.astimezone(self.zone)), None)

    def __str__(self) -> str:
        return f"cron {self.expression} {self.zone}"


def serve(schedule: Sequence[SchedulePart], job: Callable[[], None], *, stop: threading.Event | None = None) -> None:
    """
    Run ``job`` at every time of the schedule until the process is told to stop; a running job ends first.

    Never two at once: a time that comes while the job still runs is dropped, and missed times become one run.
    """
    stopping = stop or threading.Event()
    scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(1)}, timezone=UTC)
    for at, part in enumerate(schedule):
        scheduler.add_job(
            _guarded(job), CronSimTrigger(part.cron, part.zone), id=f"run-{at}", max_instances=1, coalesce=True, misfire_grace_time=None
        )
    before = _listen(stopping)
    scheduler.start()
    log.info("serve.started", next=[str(job.next_run_time) for job in scheduler.get_jobs()])
    try:
        stopping.wait()
    finally:
        scheduler.pause()  # a time that comes during the shutdown would find the executor closed
        scheduler.shutdown(wait=True)
        for number, handler in before.items():
            signal.signal(number, handler)
        log.info("serve.stopped")


def _guarded(job: Callable[[], None]) -> Callable[[], None]:
    lock = threading.Lock()  # several entries of a schedule are several jobs for APScheduler; for us they are one

    def run() -> None:
        if not lock.acquire(blocking=False):
            log.warning("run.skipped", reason="the one before still runs")
            return
        try:
            job()
        except Exception:
            log.exception("run.crashed")  # the next time may go well; a schedule that ends silently is worse
        finally:
            lock.release()

    return run


def _listen(stopping: threading.Event) -> dict[signal.Signals, Any]:
    if threading.current_thread() is not threading.main_thread():
        return {}

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("serve.stopping", signal=signal.Signals(number).name)
        stopping.set()

    return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
