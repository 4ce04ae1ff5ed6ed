"""Others' clients read and write our sandbox: it is no world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from strangers import by_node, by_python

from safesync.connectors.sandbox.meridian.work import Home
from safesync.connectors.sandbox.sandbox import Sandbox

BOARDS = {"Falcon", "Heron", "Ibis", "Kestrel", "Merlin", "Osprey"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def agrees_on_jira(sandbox: Sandbox, said: Any, key: str) -> None:
    works = {work.key: work for work in sandbox.meridian.works if work.home is not Home.AZURE}
    assert sorted(said["keys"]) == sorted(works)
    assert said["summary"] == works[key].title
    assert set(said["boards"]) == BOARDS
    assert said["commented"]
    assert set(said["labels"]) == {*works[key].labels, *(f"theme:{one}" for one in works[key].themes), "foreign"}
    shown = sandbox._shelf(key).shown(key)
    assert shown is not None
    assert "foreign" in shown.row.labels


def test_jira_js_whose_schemas_check_every_answer(sandbox: Sandbox) -> None:
    said = by_node("jira_cloud.mjs", sandbox.jira_url, sandbox.jira_user, sandbox.jira_token, "PAY-32")
    agrees_on_jira(sandbox, said, "PAY-32")
    assert said["deployment"] == "Cloud"
    assert said["permitted"] == ["PAY", "CARDS"]


def test_atlassian_python_api_on_jira_cloud(sandbox: Sandbox) -> None:
    said = by_python("atlassian_cloud.py", sandbox.jira_url, sandbox.jira_user, sandbox.jira_token, "CARDS-34")
    agrees_on_jira(sandbox, said, "CARDS-34")
    assert said["bulk"] == ["CARDS-34"]


def test_azure_devops_node_api(sandbox: Sandbox) -> None:
    said = by_node("azure_devops.mjs", sandbox.azure_url, sandbox.azure_token, "Payments", "20")
    works = {int(work.key): work for work in sandbox.meridian.works if work.home is Home.AZURE}
    assert said["ids"] == sorted(works)
    assert said["titles"] == [works[one].title for one in said["ids"]]
    assert said["title"] == works[20].title
    assert said["commented"]
    assert "foreign" in said["tags"]
    assert {"Payments", "Falcon"} <= set(said["teams"])
