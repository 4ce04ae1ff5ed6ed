from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import responses

from safesync.model.errors import ConfigurationError
from safesync.model.notice import Cause, Notice
from safesync.notify.channel import Channel, NotReachedError, NotSentError, opened

STOPPED = Notice(Cause.STOPPED, "stopped", "SafeSync stopped", "212 items, more than the limit of 50.")
DIGEST = Notice(Cause.DIGEST, "digest:Falcon:2026-W48", "Falcon this week", "All well.", team="Falcon")


@dataclass
class Hook:
    """A webhook on loopback; ``status`` is its answer."""

    address: str
    status: int = 200
    dripping: threading.Event | None = None
    """While it is not set, an answer never ends."""
    heard: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)  # a page to sign in, for whoever follows a redirection
            self.end_headers()

        def do_POST(self) -> None:
            found.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.send_header("Location", f"http://{found.address}/sign-in")
            self.flush_headers()
            while found.dripping and not found.dripping.wait(0.02):
                self.wfile.write(b"X")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Hook(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_notice_arrives_with_its_title_its_text_and_how_grave_it_is(hook: Hook) -> None:
    Channel("hook", f"json://{hook.address}/safesync").send(STOPPED)
    (heard,) = hook.heard
    assert (heard["title"], heard["message"], heard["type"]) == (STOPPED.title, STOPPED.text, "warning")


def test_what_is_over_is_good_news(hook: Hook) -> None:
    Channel("hook", f"json://{hook.address}").send(Notice(Cause.TROUBLE, "tracker:jira", "jira again", "Read.", over=True))
    assert hook.heard[0]["type"] == "success"


def test_titles_of_a_tracker_stay_text_in_a_chat() -> None:
    hostile = "<!channel> <@U12345> <https://evil.example|click> & co"
    with responses.RequestsMock() as slack:
        slack.post("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", body="ok")
        Channel("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ").send(Notice(Cause.DIGEST, "digest", hostile, hostile))
        sent = json.dumps(json.loads(slack.calls[0].request.body or b""))
    assert "&lt;!channel&gt; &lt;@U12345&gt;" in sent
    assert not any(live in sent for live in ("<!channel", "<@U12345", "<https://evil"))


@pytest.mark.parametrize(
    ("url", "sent_to"),
    [
        ("mmosts://chat.example.com/3ccdd113474722377935511fc85d3dd4", "https://chat.example.com/hooks/3ccdd113474722377935511fc85d3dd4"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"),
    ],
)
def test_a_title_of_a_tracker_calls_nobody_and_hides_no_address(url: str, sent_to: str) -> None:
    hostile = "@all (@here) <@123> <@&45> mail kim@example.com [your bank](https://evil.example) ![x](https://evil.example/x.png)"
    with responses.RequestsMock() as chat:
        chat.post(sent_to, body="ok")
        Channel("chat", url).send(Notice(Cause.DIGEST, "digest", hostile, hostile))
        sent = json.dumps(json.loads(chat.calls[0].request.body or b""), ensure_ascii=False)
    assert sent.count("@\u2060") >= 4
    assert "](" not in sent
    assert "[your bank]\u2060(https://evil.example)" in sent
    assert not any(live in sent for live in ("@all", "@here", "<@123", "<@&45"))
    assert "kim@example.com" in sent


def test_who_tells_it_is_said() -> None:
    with responses.RequestsMock() as chat:
        chat.post("https://chat.example.com/hooks/3ccdd113474722377935511fc85d3dd4", body="ok")
        Channel("chat", "mmosts://chat.example.com/3ccdd113474722377935511fc85d3dd4").send(STOPPED)
        assert json.loads(chat.calls[0].request.body or b"")["username"] == "SafeSync"


def test_an_answer_that_is_no_success_is_told_with_its_status(hook: Hook) -> None:
    hook.status = 503
    with pytest.raises(NotSentError, match="it answered 503"):
        Channel("hook", f"json://{hook.address}").send(STOPPED)


@pytest.mark.parametrize(("status", "reached"), [(302, True), (400, True), (404, True), (429, False), (500, False), (503, False)])
def test_a_no_to_one_notice_is_no_silence_for_all(hook: Hook, status: int, reached: bool) -> None:
    hook.status = status
    with pytest.raises(NotSentError) as told:
        Channel("hook", f"json://{hook.address}").send(STOPPED)
    assert isinstance(told.value, NotReachedError) is not reached


def test_an_answer_that_never_ends_holds_no_run(hook: Hook) -> None:
    hook.dripping = threading.Event()
    try:
        with pytest.raises(NotReachedError, match=r"hook was not told .*: it had not done with it after 0\.3 s"):
            Channel("hook", f"json://{hook.address}", deadline_s=0.3).send(STOPPED)
    finally:
        hook.dripping.set()


@pytest.mark.parametrize(("query", "waits_s"), [("", 20.0), ("?rto=7", 7.0)])
def test_who_is_slow_to_answer_is_waited_for(query: str, waits_s: float) -> None:
    with responses.RequestsMock() as web:
        web.post("http://hooks.example/x", body="ok")
        Channel("hook", f"json://hooks.example/x{query}").send(STOPPED)
        assert web.calls[0].request.req_kwargs["timeout"][1] == waits_s  # type: ignore[attr-defined]


def test_a_defect_of_a_service_is_no_defect_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise LookupError("json://very-secret@x")

    monkeypatch.setattr("apprise.Apprise.notify", crash)
    with pytest.raises(NotSentError, match="an unexpected LookupError") as told:
        Channel("hook", "json://very-secret@x").send(STOPPED)
    assert "secret" not in str(told.value)


def test_nobody_there_is_told_without_the_address() -> None:
    logged = io.StringIO()
    handler, root = logging.StreamHandler(logged), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with pytest.raises(NotSentError, match="hook was not told") as told:
            Channel("hook", "json://someone:very-secret@127.0.0.1:9/also-secret").send(STOPPED)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    for said in (str(told.value), logged.getvalue(), repr(Channel("hook", "json://very-secret@x"))):
        assert "secret" not in said


@pytest.mark.parametrize("url", ["slak://a/b/c", "slack://", "mailtos://", "json://[::1"])
def test_an_address_that_is_none_is_refused_by_the_name_of_its_channel(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"notify\.chat: .*begins with"):
        opened([Channel("chat", url)])


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://user:pass@example.com?to=rte@example.com&smtp=smtp.example.com",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "workflows://prod-1.westeurope.logic.azure.com:443/a1b2c3/d4e5f6",
        "jsons://hooks.example.com/safesync",
    ],
)
def test_the_services_that_the_configuration_names_are_known(url: str) -> None:
    assert opened([Channel("people", url)])


def test_a_channel_wants_what_it_asks_for() -> None:
    everything, digests = Channel("a", "json://x"), Channel("b", "json://x", frozenset({Cause.DIGEST}), frozenset({"Heron"}))
    assert everything.wants(STOPPED)
    assert everything.wants(DIGEST)
    assert not digests.wants(STOPPED)
    assert not digests.wants(DIGEST)
    assert Channel("c", "json://x", frozenset({Cause.DIGEST}), frozenset({"Falcon"})).wants(DIGEST)
