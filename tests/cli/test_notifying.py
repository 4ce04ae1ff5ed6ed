from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
import responses
from desk import Desk

from safesync.store.sql import open_store

HOOK = "https://hooks.example/safesync"
CHANNEL = ("notify: []", "notify: [{name: chat, url: '${env:CHAT_URL}'}]")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> responses.RequestsMock:
    monkeypatch.setenv("CHAT_URL", HOOK.replace("https", "jsons"))
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.add_passthru("http://127.0.0.1")
    mock.post(HOOK)
    with mock:
        yield mock


def titles(told: responses.RequestsMock) -> list[str]:
    return [json.loads(call.request.body or b"{}")["title"] for call in told.calls if str(call.request.url).startswith(HOOK)]


def test_a_trial_is_sent_and_one_that_does_not_arrive_is_told_by_the_exit_status(desk: Desk, told: responses.RequestsMock) -> None:
    desk.write(CHANNEL)
    assert "look whether it has arrived" in desk.run("notify").out
    assert titles(told) == ["A trial of SafeSync"]
    told.replace("POST", HOOK, status=500)
    answer = desk.run("notify", "--format", "json")
    assert answer.status == 4
    assert answer.value["channels"][0]["told"] is False


def test_nobody_to_tell_is_said(desk: Desk) -> None:
    answer = desk.run("notify")
    assert answer.status == 2
    assert "add a channel to notify" in answer.err


def test_a_run_above_the_limit_is_one_alert_and_the_way_out_is_in_it(own_desk: Desk, told: responses.RequestsMock) -> None:
    own_desk.write(CHANNEL, ("items: 200", "items: 1"))
    with closing(open_store(f"sqlite:///{own_desk.folder / 'safesync.db'}")) as store:
        store.save_baseline((), datetime.now(UTC), met=["jira-eu", "ado"])  # no run is the first one, whose findings are forgiven
    for _ in range(2):
        answer = own_desk.run("run")
        assert answer.status == 3, answer
        assert (answer.out + answer.err).count("would get a first comment") == 1
    assert titles(told) == ["SafeSync stopped before it wrote"]
    own_desk.write(("items: 1", "items: 200"))
    assert own_desk.run("run").status == 0
    assert titles(told)[1:] == ["SafeSync writes again"]


def test_a_channel_that_does_not_answer_disturbs_no_run(own_desk: Desk, told: responses.RequestsMock) -> None:
    told.replace("POST", HOOK, status=500)
    own_desk.write(CHANNEL, (own_desk.sandbox.azure_token, "wrong"))
    answer = own_desk.run("run")
    assert answer.status == 4
    assert answer.err.count("chat was not told") == 1


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_an_address_that_no_service_has_is_refused_before_anything_is_read(
    own_desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("CHAT_URL", "slak://secret/address")
    own_desk.write(CHANNEL)
    before = len(own_desk.sandbox.calls("jira"))
    answer = own_desk.run(command)
    assert (answer.status, len(own_desk.sandbox.calls("jira"))) == (2, before)
    assert "notify.chat" in answer.err
    assert "secret" not in answer.err
