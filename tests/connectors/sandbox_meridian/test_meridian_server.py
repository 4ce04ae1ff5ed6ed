"""Meridian on a server of its own instead of the service."""

from __future__ import annotations

import pytest
import requests

from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.azure.editions import EDITIONS, EditionName
from safesync.connectors.sandbox.sandbox import Sandbox


@pytest.mark.parametrize("azure", ["2020", "2022", "2022.1"])
def test_the_collection_stands_below_a_virtual_directory_and_the_configuration_names_it(azure: EditionName):
    with Sandbox(azure=azure) as sandbox:
        assert sandbox.azure_url.endswith("/tfs/Meridian")
        loaded = parse_configuration(sandbox.configuration("sqlite:///x.db"))
        assert [part.url for part in loaded.configuration.trackers] == [sandbox.jira_url, sandbox.azure_url]
        version = EDITIONS[azure].ceiling
        address = f"{sandbox.azure_url}/_apis/wit/workitems/20?api-version={version}"
        answer = requests.get(address, auth=("", sandbox.azure_token), timeout=10)
        assert answer.status_code == 200
        assert answer.json()["url"] == f"{sandbox.azure_url}/{sandbox.organisation.project('Payments').id}/_apis/wit/workItems/20"
        assert requests.get(f"{sandbox.azure_url}/Payments/_workitems/edit/20", timeout=10).url.endswith("/item/azure/20")
        assert sandbox.person_comments("20", "Soon.") is None
        assert sandbox.calls("azure")[-1].status == 200
