"""What a run did, tracker by tracker."""

from __future__ import annotations

from dataclasses import dataclass

from safesync.feedback.digest import Digest
from safesync.model.change import Applied, Outcome, Plan
from safesync.model.finding import Report


@dataclass(frozen=True, slots=True)
class TrackerResult:
    """
    What a run did with one tracker.

    ``error`` says why it ended early; like the ``warnings`` it does not name the tracker. ``hidden`` are projects of the scope that
    could not be read while the others were.
    ``results`` has one entry a planned change.
    """

    tracker: str
    items: int
    calls: int
    results: tuple[Applied, ...]
    warnings: tuple[str, ...] = ()
    error: str | None = None
    hidden: tuple[str, ...] = ()

    @property
    def created(self) -> int:
        """New comments."""
        return sum(result.comment_created for result in self.results)

    @property
    def edited(self) -> int:
        """Comments edited in place."""
        return sum(result.comment_edited for result in self.results)

    @property
    def labels_added(self) -> int:
        """Labels or tags set."""
        return sum(result.labels_added for result in self.results)

    @property
    def labels_removed(self) -> int:
        """Labels or tags removed."""
        return sum(result.labels_removed for result in self.results)

    @property
    def undone(self) -> tuple[Applied, ...]:
        """The changes that were skipped or failed, each with its reason."""
        return tuple(result for result in self.results if result.outcome not in {Outcome.DONE, Outcome.ALREADY})

    @property
    def barred(self) -> tuple[str, ...]:
        """Why something could not be written in a whole project: a right is missing, or it is archived."""
        return tuple(dict.fromkeys(result.reason for result in self.results if result.barred))

    @property
    def already(self) -> int:
        """Changes that were carried out before."""
        return sum(result.outcome is Outcome.ALREADY for result in self.results)


@dataclass(frozen=True, slots=True)
class RunResult:
    """
    What a run did.

    ``stopped`` is the sentence of the limit that the plan passed; then nothing was written. ``report`` is ``None``
    when a saved plan was applied. ``baselined`` findings became the baseline of trackers that were answered in for the first
    time; ``quiet`` are all that stand in a baseline now.
    """

    run_id: int
    plan: Plan
    trackers: tuple[TrackerResult, ...]
    report: Report | None = None
    stopped: str | None = None
    baselined: int = 0
    quiet: int = 0
    waiting: int = 0
    """Items that were over the day's budget, and are told on another day."""
    refused: int = 0
    """Items of which something was left out: their tracker refused it earlier, and nothing has changed since."""
    digests: tuple[Digest, ...] = ()
    """The week of each team, where digests are on."""

    @property
    def errors(self) -> tuple[str, ...]:
        """Why trackers ended early, each named."""
        return tuple(f"{tracker.tracker}: {tracker.error}" for tracker in self.trackers if tracker.error)
