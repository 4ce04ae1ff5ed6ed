"""Scanners read pages in parallel: what counts, remembers and sends must bear that."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import ConnectionData
from safesync.connectors.azure.resources import CONNECTION
from safesync.connectors.jira.client import JiraClient
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Calls
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.server import Server

THREADS, EACH = 8, 25


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns in the middle of everything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(act: Callable[[int], object]) -> list[object]:
    """What came of the act in each thread, all begun at once."""
    begin = threading.Barrier(THREADS)

    def one(number: int) -> list[object]:
        begin.wait()
        return [act(number * EACH + at) for at in range(EACH)]

    with ThreadPoolExecutor(THREADS) as threads:
        return [found for each in threads.map(one, range(THREADS)) for found in each]


@pytest.mark.usefixtures("hasty")
def test_threads_that_count_together_lose_no_call() -> None:
    calls = Calls()
    together(lambda number: [calls.count(reading=bool(number % 2)) for _ in range(200)])
    assert (calls.reads, calls.writes) == (THREADS * EACH * 100, THREADS * EACH * 100)


def test_threads_read_jira_together_each_with_a_session_of_its_own() -> None:
    seen: list[tuple[str, int]] = []

    async def answer(request: Request) -> JSONResponse:
        assert request.client is not None
        seen.append((request.query_params["number"], request.client.port))
        return JSONResponse({"number": request.query_params["number"]}, headers={"X-AAccountId": "5f0:me"})

    async def cloud(_request: Request) -> JSONResponse:
        return JSONResponse({"deploymentType": "Cloud", "versionNumbers": [1001, 0, 0], "baseUrl": "http://jira.example"})

    routes = [Route("/rest/api/{version}/thing", answer), Route("/rest/api/{version}/serverInfo", cloud)]
    with Server(Starlette(routes=routes)) as server:
        calls = Calls()
        client = JiraClient(
            Access("jira", server.url, "t", "me@meridian.example"), calls, patience=Patience(), clock=lambda: datetime.now(UTC)
        )
        client.detect()
        answers = together(lambda number: client.read("GET", "thing", params={"number": str(number)})["number"])
        sessions = together(lambda _number: id(client._sessions.mine()))
        client.close()
    assert sorted(map(int, map(str, answers))) == list(range(THREADS * EACH))
    assert calls.reads - 1 == len(seen) == THREADS * EACH
    assert len({port for _, port in seen}) == THREADS, "one connection for each thread, kept open"
    assert len(set(sessions)) == THREADS


def test_threads_read_azure_together_after_one_discovery() -> None:
    with Sandbox() as sandbox:
        calls = Calls()
        access = Access("ado", sandbox.azure_url, sandbox.azure_token)
        client = AzureClient(access, patience=Patience(), calls=calls, clock=lambda: datetime.now(UTC))
        client.read(CONNECTION, ConnectionData)
        before = calls.reads
        answers = together(lambda _number: client.read(CONNECTION, ConnectionData).authenticated_user)
        client.close()
        assert len({str(answer) for answer in answers}) == 1
        assert calls.reads == before + THREADS * EACH
        assert len(sandbox.calls("azure")) == calls.total
