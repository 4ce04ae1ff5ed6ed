"""What a run took: wall time, CPU time of all threads, and the highest memory of the process so far."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import TypeVar

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds."""

    wall: float
    cpu: float

    def __add__(self, other: Took) -> Took:
        return Took(self.wall + other.wall, self.cpu + other.cpu)


def timed(call: Callable[[], _Result], runs: int = 1) -> tuple[Took, _Result]:
    """The quickest of some runs, and the result of the last."""
    best, result = None, None
    for _ in range(runs):
        result = None  # the last result must not stand beside the next: who runs once does not hold two
        gc.collect()
        cpu, wall = _cpu(), perf_counter()
        result = call()
        took = Took(perf_counter() - wall, _cpu() - cpu)
        best = took if best is None or took.wall < best.wall else best
    if best is None or result is None:
        raise ValueError("nothing was run")
    return best, result


def peak_mb() -> float:
    """The most memory that this process ever had, in MB (10^6 bytes)."""
    return getrusage(RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _cpu() -> float:
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
