"""The gate as a configuration makes it: one for all runs that share a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from safesync import wiring
from safesync.configuration.model import Configuration
from safesync.configuration.read import parse_configuration
from safesync.connectors.port import Tracker
from safesync.connectors.sandbox.jira import traffic
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.model.errors import RunError
from safesync.store.sql import open_store


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture
def configuration(sandbox: Sandbox, tmp_path: Path) -> Configuration:
    url = f"sqlite:///{tmp_path / 'safesync.db'}"
    open_store(url).close()
    return parse_configuration(sandbox.configuration(url)).configuration


def tracker(configuration: Configuration, name: str = "jira-eu") -> Tracker:
    """As a new process would have it."""
    (source,) = wiring.sources(configuration, (name,))
    return source.tracker


def test_a_used_up_quota_ends_the_run_and_the_next_one_asks_nothing(sandbox: Sandbox, configuration: Configuration) -> None:
    used_up = traffic.too_many("jira-quota-tenant-based", "3600")
    sandbox.site.faults.append(traffic.Fault(traffic.calls("POST", "search/jql"), "before", used_up))
    first = tracker(configuration)
    first.identify()
    with pytest.raises(RunError, match=r"429 \(jira-quota-tenant-based\).*come back at 20\d\d-\d\d-\d\d \d\d:\d\d UTC"):
        list(first.pull(None))
    first.close()
    seen = len(sandbox.calls("jira"))
    later = tracker(configuration)
    with pytest.raises(RunError, match=r"not sent, .* come back at .* \(jira-quota-tenant-based\)"):
        later.identify()
    later.close()
    assert len(sandbox.calls("jira")) == seen
    assert later.calls.total == 0
    other = tracker(configuration, "ado")
    assert other.identify().projects, "the other site has asked for nothing"
    other.close()


def test_the_gate_is_a_file_beside_the_store_and_holds_no_secret(sandbox: Sandbox, configuration: Configuration, tmp_path: Path) -> None:
    asking = tracker(configuration)
    asking.identify()
    asking.close()
    kept = (tmp_path / ".safesync-gate.db").read_bytes()
    for secret in (sandbox.jira_token, sandbox.jira_user, "127.0.0.1"):
        assert secret.encode() not in kept


def test_a_command_without_a_store_leaves_no_file(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asking = tracker(parse_configuration(sandbox.configuration("sqlite:///unused.db")).configuration)
    asking.identify()
    asking.close()
    assert list(tmp_path.iterdir()) == []


def test_a_person_is_told_at_once_that_a_tracker_is_not_there(sandbox: Sandbox, tmp_path: Path) -> None:
    text = sandbox.configuration(f"sqlite:///{tmp_path / 'safesync.db'}").replace(
        sandbox.jira_url.removesuffix("/jira"), "http://127.0.0.1:9"
    )
    for asking in wiring.inspectors(parse_configuration(text).configuration):
        with pytest.raises(RunError, match=r"Check the address.* Tried once"):
            asking.identify()
        asking.close()
