"""When Meridian works: three planning intervals around a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

ITERATION = timedelta(days=14)
PAST, CURRENT, NEXT = "PI 26.3", "PI 26.4", "PI 27.1"
INTERVALS = (PAST, CURRENT, NEXT)


@dataclass(frozen=True)
class Iteration:
    """Two weeks of all teams; ``name`` is ``"26.4.3"``, or ``"26.4 IP"`` for innovation and planning. Days are inclusive."""

    name: str
    interval: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Calendar:
    """
    Meridian's calendar, with ``today`` in the second week of 26.4.3 whatever weekday it is.

    The second week, because a rule with a day of grace then gives the same answer on every day: the iteration
    before ended eight to fourteen days ago.
    """

    today: date

    @cached_property
    def iterations(self) -> tuple[Iteration, ...]:
        """All fifteen, in order."""
        first = self.today - timedelta(days=self.today.weekday() + 7) - 7 * ITERATION
        names = ((interval, suffix) for interval in INTERVALS for suffix in (".1", ".2", ".3", ".4", " IP"))
        return tuple(
            Iteration(
                interval.removeprefix("PI ") + suffix, interval, first + n * ITERATION, first + (n + 1) * ITERATION - timedelta(days=1)
            )
            for n, (interval, suffix) in enumerate(names)
        )

    def iteration(self, name: str) -> Iteration:
        """The iteration of that name."""
        return next(iteration for iteration in self.iterations if iteration.name == name)

    def span(self, interval: str) -> tuple[date, date]:
        """First and last day of a planning interval."""
        inside = [iteration for iteration in self.iterations if iteration.interval == interval]
        return inside[0].starts_on, inside[-1].ends_on

    def at(self, days_ago: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment so many days before today."""
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour, minute), UTC)

    def just_now(self) -> datetime:
        """The first minutes of today: never in the future, and never a day ago."""
        return self.at(0, 0, 1)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of a day, UTC."""
    return datetime.combine(day, time(hour, minute), UTC)
