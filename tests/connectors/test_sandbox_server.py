from __future__ import annotations

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from safesync.connectors.sandbox.server import NoAnswer, Server


def _app(written: list[str]) -> Starlette:
    def write(request: Request) -> Response:
        written.append(request.path_params["word"])
        return NoAnswer() if request.path_params["word"] == "lost" else PlainTextResponse("kept")

    return Starlette(routes=[Mount("/deep", routes=[Route("/{word}", write, methods=["POST"])])])


def test_a_server_answers_from_the_moment_it_started():
    with Server(_app([])) as server:
        assert requests.post(f"{server.url}/deep/one", data="x", timeout=10).text == "kept"


def test_no_answer_resets_the_connection_after_the_write_was_done_and_the_server_goes_on():
    written: list[str] = []
    with Server(_app(written)) as server:
        with pytest.raises(requests.ConnectionError):
            requests.post(f"{server.url}/deep/lost", json={"a": 1}, timeout=10)
        assert requests.post(f"{server.url}/deep/two", timeout=10).status_code == 200
    assert written == ["lost", "two"]


def test_two_servers_have_two_addresses_and_a_stopped_one_is_gone():
    with Server(_app([])) as one, Server(_app([])) as two:
        assert one.url != two.url
        url = one.url
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{url}/deep/one", timeout=10)
