"""
Calls side by side: their results come in the order of the calls, and only a few of them wait at a time.

Memory does not grow with the number of calls, because none is begun before an earlier result was taken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TypeVar

LANES = 4
"""How many calls of a full read are under way together, where the administrator says nothing else."""
_Result = TypeVar("_Result")


def side_by_side(calls: Iterable[Callable[[], _Result]], lanes: int, *, begun: int | None = None) -> Iterator[_Result]:
    """
    The result of each call, at most ``lanes`` of them under way at once.

    ``begun`` is how many may be under way, wait for their turn or be digested; twice as many as lanes, so that none stands still while a
    result is digested. Where a result is large it is better to be told less.

    The first that fails ends it with its error; what is under way then is waited for, what was not begun is not sent.
    """
    left = iter(calls)
    most = 2 * lanes if begun is None else begun
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:

        def begin(most: int) -> None:
            waiting.extend(pool.submit(copy_context().run, call) for call in islice(left, most - len(waiting)))

        try:
            begin(most)
            while waiting:
                result = waiting.popleft().result()
                begin(most - 1)  # the one in hand counts
                yield result
                begin(most)
        finally:
            pool.shutdown(cancel_futures=True)


def ahead(*runs: Iterator[_Result], lanes: int = 1) -> Iterator[_Result]:
    """
    The results of several runs of steps, none of them ``None``, while the next ones are already being made.

    Of each run one step at a time, since each step needs the one before it, and at most ``lanes`` runs are under way at once.
    """
    left, under_way = iter(runs), deque[tuple[Iterator[_Result], Future[_Result | None]]]()
    with ThreadPoolExecutor(lanes, thread_name_prefix="ahead") as pool:

        def begin(run: Iterator[_Result] | None) -> None:
            if run is not None:
                under_way.append((run, pool.submit(copy_context().run, lambda: next(run, None))))

        for run in islice(left, lanes):
            begin(run)
        while under_way:
            run, coming = under_way.popleft()
            found = coming.result()
            begin(next(left, None) if found is None else run)
            if found is not None:
                yield found


def with_last(results: Iterable[_Result], otherwise: _Result) -> Iterator[tuple[_Result, bool]]:
    """Each result and whether it is the last; ``otherwise`` alone when there is none."""
    left = iter(results)
    found = next(left, otherwise)
    for following in left:
        yield found, False
        found = following
    yield found, True
