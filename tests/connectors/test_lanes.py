from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from safesync.connectors.lanes import ahead


def test_every_result_of_every_run_comes_and_those_of_one_run_in_its_order() -> None:
    runs = {name: [f"{name}{step}" for step in range(steps)] for name, steps in {"a": 5, "b": 0, "c": 1, "d": 3}.items()}
    found = list(ahead(*(iter(steps) for steps in runs.values()), lanes=2))
    assert sorted(found) == sorted(one for steps in runs.values() for one in steps)
    for name, steps in runs.items():
        assert [one for one in found if one.startswith(name)] == steps


def test_steps_of_two_runs_are_under_way_together() -> None:
    meeting = threading.Barrier(2, timeout=60)

    def run(name: str) -> Iterator[str]:
        meeting.wait()  # ends with an error when the other one never comes
        yield name

    assert set(ahead(run("a"), run("b"), lanes=2)) == {"a", "b"}


def test_no_more_runs_are_begun_than_there_are_lanes() -> None:
    begun: list[int] = []

    def run(number: int) -> Iterator[int]:
        begun.append(number)
        yield number
        yield number

    runs = ahead(*map(run, range(5)), lanes=2)
    next(runs)
    assert set(begun) <= {0, 1}
    assert len(list(runs)) == 9


def test_a_run_is_never_more_than_a_step_ahead_of_whoever_takes() -> None:
    made: list[int] = []

    def run() -> Iterator[int]:
        for step in range(10):
            made.append(step)
            yield step

    for taken, _ in enumerate(ahead(run()), start=1):
        assert len(made) <= taken + 1


def test_a_run_that_fails_ends_them_all_with_its_error() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        list(ahead(failing(), iter([2, 3]), lanes=2))
