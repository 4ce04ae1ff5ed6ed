"""
Each call of a whole run x each way to fail: afterwards all is as if nothing had happened.

The calls are those that a clean run sent, so that no call can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fault_weather import SHORT_S, Target, faults
from fault_world import Deployment, World, calls_of, opened, phases, struck_until_done
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from safesync.connectors.azure import library
from safesync.connectors.jira import client as jira_client
from safesync.connectors.sandbox.server import Server

DEPLOYMENTS = (
    Deployment("Jira Cloud", "jira", ("PAY-32", "PAY-174", "CARDS-34", "CARDS-53")),
    Deployment("Azure DevOps Services", "azure", ("1", "2", "14", "20")),
)
NAMES = tuple(str(fault) for fault in faults(""))

Clean = dict[str, tuple[set[Target], dict[str, Any]]]
"""Of each phase the calls of its clean run, and the state in which it ended."""


@pytest.fixture(scope="module", params=DEPLOYMENTS, ids=lambda one: one.title)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened(request.param, tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.fixture(scope="module")
def clean(world: World) -> Clean:
    found: Clean = {}
    first: set[Target] = set()
    for phase in phases(world):
        assert world.run().error is None
        first = first or calls_of(world)
        # To read everything again is to send the same calls again: in the last phase only those count that are new in it.
        found[phase] = calls_of(world) - (first if "lost" in phase else set()), world.state()
    return found


@pytest.fixture(scope="module")
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another host, and what it was asked."""
    asked: list[str] = []

    async def answer(request: Request) -> PlainTextResponse:
        asked.append(request.url.path)
        return PlainTextResponse("Good day.")

    with Server(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])) as server:
        yield server.url.replace("127.0.0.1", "localhost"), asked


def test_the_phases_send_every_kind_of_call(clean: Clean) -> None:
    sent = {kind.split(" ", 1)[0] for targets, _ in clean.values() for kind, _ in targets}
    assert {"GET", "POST", "DELETE"} <= sent
    assert sent & {"PUT", "PATCH"}
    first, _, _ = clean.values()
    assert sum(map(bool, first[1]["comments"].values())) == 3


@pytest.mark.parametrize("name", NAMES)
def test_after_a_fault_at_any_call_the_next_run_ends_as_if_nothing_had_happened(
    world: World, clean: Clean, stranger: tuple[str, list[str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = stranger
    (fault,) = [one for one in faults(url) if one.name == name]
    if fault.slow:
        monkeypatch.setattr(jira_client, "_TIMEOUT_S", (5.0, SHORT_S))
        monkeypatch.setattr(library, "TIMEOUT_S", (5.0, SHORT_S))
    for phase in phases(world):
        targets, expected = clean[phase]
        known, there = world.findings() & expected["findings"], world.store.uids(world.deployment.name)
        for told in struck_until_done(world, fault, targets):
            where = (phase, world.weather.struck)
            assert told.error is None or _is_a_sentence(told.error), where
            assert world.findings() >= known, where  # nothing is cleared on absence
            assert world.store.uids(world.deployment.name) >= there, where
        assert world.weather.pending == set(), (phase, "these calls were not sent again")
        assert told.error is None
        assert world.state() == expected, phase
    assert world.run().error is None
    assert world.weather.writes == 0
    assert world.labels_known() == {key: world.labels(key) for key in world.deployment.keys}
    assert asked == []


def _is_a_sentence(error: str) -> bool:
    return "unexpected" not in error and "\n" not in error and len(error) < 400 and error.rstrip().endswith((".", "UTC"))
