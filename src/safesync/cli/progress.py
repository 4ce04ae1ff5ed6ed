"""Progress of long work: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from safesync.jobs.listener import Listener, Silent


class Bars:
    """A bar for each step of a job, on standard error."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def begun(self, step: str, total: int | None) -> None:
        """A bar appears; it only spins while nobody knows how much there is."""
        self._tasks[step] = self._progress.add_task(step, total=total)

    def advanced(self, step: str, by: int) -> None:
        """The bar grows."""
        self._progress.advance(self._tasks[step], by)

    def ended(self, step: str) -> None:
        """The bar is full, whatever it was measured against."""
        task = self._tasks[step]
        done = next(each.completed for each in self._progress.tasks if each.id == task)
        self._progress.update(task, total=done, completed=done)


@contextmanager
def progress() -> Iterator[Listener]:
    """Whom to tell how far a job is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Silent()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)
