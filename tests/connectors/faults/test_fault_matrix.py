"""
Each call of a whole run x each way to fail: afterwards all is as if nothing had happened.

The calls are those that a clean run sent, so that no call can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from fault_weather import SHORT_S, Fault, faults, struck_by
from fault_world import HOSTED, OWN, Deployment, World, opened, phases, struck_until_done
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from safesync.connectors.azure import library
from safesync.connectors.jira import client as jira_client
from safesync.connectors.sandbox.server import Server

FEW = (
    "a page to sign in, after it was done",
    "a page with 203",
    "an empty object",
    "sent to a sign-in elsewhere",
    "the token ends",
    "down",
)
"""What ends a run is judged by the same lines for a server of one's own: these stand for all there."""
FEW_THAT_PASS = ("429", "reset before it was read", "broken off")
"""And so is what is sent again: the groups that hold these."""
TOGETHER = 3
"""So many faults in a row meet a call that is sent again: with one more it would be given up."""


def _groups() -> Iterator[tuple[str, ...]]:
    passing = [each.name for each in faults("") if not (each.ends or each.slow or each.mild)]
    yield from (tuple(passing[start : start + TOGETHER]) for start in range(0, len(passing), TOGETHER))
    yield from ((each.name,) for each in faults("") if each.ends or each.slow or each.mild)


def _marks(deployment: Deployment, names: tuple[str, ...]) -> tuple[pytest.MarkDecorator, ...]:
    return () if deployment in HOSTED and set(names) & {*FEW, *FEW_THAT_PASS} else (pytest.mark.deep,)


CASES = [
    pytest.param(deployment, names, id=f"{deployment.title}: {' + '.join(names)}", marks=_marks(deployment, names))
    for deployment in (*HOSTED, *OWN)
    for names in _groups()
    if deployment in HOSTED or set(names) & {*FEW, *FEW_THAT_PASS}
]

Clean = dict[str, tuple[frozenset[str], dict[str, Any]]]
"""Of each phase the kinds of call that its clean run sent, and the state in which it ended."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[World, Clean]]]:
    """One world a deployment, and what its clean runs showed; a fixture with a parameter would be made anew for each test."""
    there = {each.title: each for each in (*HOSTED, *OWN)}
    with ExitStack() as stack:
        yield cache(lambda title: _with_clean_runs(stack.enter_context(opened(there[title], tmp_path_factory.mktemp("faults")))))


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Callable[[str], tuple[World, Clean]]) -> World:
    deployment: Deployment = request.param
    return worlds(deployment.title)[0]


@pytest.fixture
def clean(world: World, worlds: Callable[[str], tuple[World, Clean]]) -> Clean:
    return worlds(world.deployment.title)[1]


def _with_clean_runs(world: World) -> tuple[World, Clean]:
    found: Clean = {}
    first: frozenset[str] = frozenset()
    for phase in phases(world):
        assert world.run().error is None
        kinds = frozenset(world.weather.sent)
        # To read everything again is to send the same calls again: in the last phase only those count that are new in it.
        found[phase] = kinds - first if "lost" in phase else kinds, world.state()
        first = first or kinds
    return world, found


@pytest.fixture(scope="module")
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another host, and what it was asked."""
    asked: list[str] = []

    async def answer(request: Request) -> PlainTextResponse:
        asked.append(request.url.path)
        return PlainTextResponse("Good day.")

    with Server(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])) as server:
        yield server.url.replace("127.0.0.1", "localhost"), asked


@pytest.mark.parametrize("world", [*HOSTED, *OWN], indirect=True, ids=lambda one: one.title)
def test_the_phases_send_every_kind_of_call(clean: Clean) -> None:
    sent = {kind.split(" ", 1)[0] for kinds, _ in clean.values() for kind in kinds}
    assert {"GET", "POST", "DELETE"} <= sent
    assert sent & {"PUT", "PATCH"}
    first, second, last = (state for _, state in clean.values())
    assert [sum(map(bool, state["comments"].values())) for state in (first, second, last)] == [3, 4, 4]
    assert all(len(comments) <= 1 for comments in last["comments"].values())


ASKED_ONCE = frozenset({"GET /rest/pat/latest/tokens"})


@pytest.mark.parametrize(("world", "names"), CASES, indirect=["world"])
def test_after_faults_at_any_call_the_next_run_ends_as_if_nothing_had_happened(
    world: World, clean: Clean, stranger: tuple[str, list[str]], names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = stranger
    befalling = [each for each in faults(url) if each.name in names]
    if any(each.slow for each in befalling):
        monkeypatch.setattr(jira_client, "_TIMEOUT_S", (5.0, SHORT_S))
        monkeypatch.setattr(library, "TIMEOUT_S", (5.0, SHORT_S))
    world.weather.met.clear()
    struck = _struck(clean, names)
    for phase in phases(world):
        _befall(world, befalling, phase, struck[phase])
    every = {(kind, each.name) for kinds, _ in struck.values() for each in befalling for kind in struck_by(each, kinds)}
    # What is asked once and never again meets the first of several faults alone.
    missed = {(kind, name) for kind, name in every - world.weather.met if kind not in ASKED_ONCE}
    assert not missed, "these calls have not met these faults"
    assert {kind for kind, _ in every} == {kind for kind, _ in world.weather.met & every}
    assert world.run().error is None
    assert world.writes == 0
    assert world.labels_known() == {key: world.labels(key) for key in world.deployment.keys}
    assert asked == [], "our token went to another host"


def _struck(clean: Clean, names: tuple[str, ...]) -> Clean:
    """
    The kinds of call that meet these faults in each phase.

    What ends a run does so whatever stood in the store; where nothing is known yet, nothing can be lost. So a call that the second
    phase sends again meets most of them there alone.
    """
    (first, (kinds, state)), (_, (again, _)), _ = clean.items()
    ends = {each.name for each in faults("") if each.ends} - {*FEW}
    return clean | {first: (kinds - again, state)} if ends.issuperset(names) else clean


def _befall(world: World, befalling: list[Fault], phase: str, clean: tuple[frozenset[str], dict[str, Any]]) -> None:
    kinds, expected = clean
    known, there = world.findings() & expected["findings"], world.store.uids(world.deployment.name)
    for told in struck_until_done(world, befalling, kinds):
        where = (phase, world.weather.struck)
        assert told.error is None or _is_a_sentence(told.error), where
        # Nothing is cleared on absence.
        assert world.findings() >= known, where
        assert world.store.uids(world.deployment.name) >= there, where
    assert told.error is None
    assert world.state() == expected, phase


def _is_a_sentence(error: str) -> bool:
    return "unexpected" not in error and "\n" not in error and len(error) < 400 and error.rstrip().endswith((".", "UTC"))
