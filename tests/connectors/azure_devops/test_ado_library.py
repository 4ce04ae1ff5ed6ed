"""The client package, kept from what it would do by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safesync.connectors.azure.client import _private_cache

_ALONE = """
import sys
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope
from safesync.model.errors import RunError

assert "azure.devops" not in sys.modules
tracker = AzureTracker(Access("ado", "http://127.0.0.1:9", "t"), Scope(("P",)), Mapping(), Addresses(), patience=Patience(attempts=1))
try:
    tracker.identify()
except RunError as error:
    print(error)
"""


def test_the_package_is_loaded_with_the_first_call_and_needs_no_home_to_write_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file, so that nothing can be made in it")
    environment = {name: value for name, value in os.environ.items() if name != "AZURE_DEVOPS_CACHE_DIR"} | {"HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True, env=environment, timeout=60)  # noqa: S603  # our own interpreter and text
    assert "could not be reached" in done.stdout


@pytest.mark.parametrize(
    ("url", "organisation", "same"),
    [
        ("https://dev.azure.com/meridian/", "https://dev.azure.com/meridian", True),
        ("https://dev.azure.com/meridian/", "https://meridian.visualstudio.com", True),
        ("https://vssps.dev.azure.com/meridian/", "https://dev.azure.com/meridian", True),
        ("http://127.0.0.1:8080/azure/meridian/", "http://127.0.0.1:8080/azure/meridian", True),
        ("http://127.0.0.1:8081/azure/meridian/", "http://127.0.0.1:8080/azure/meridian", False),
        ("http://dev.azure.com/meridian/", "https://dev.azure.com/meridian", False),
        ("https://evildev.azure.com/", "https://dev.azure.com/meridian", False),
        ("https://dev.azure.com.evil.test/", "https://dev.azure.com/meridian", False),
        ("https://dev.azure.com/meridian/", "https://tfs.bank.example/tfs", False),
    ],
)
def test_the_token_stays_in_the_house(url: str, organisation: str, same: bool) -> None:
    _private_cache()
    from safesync.connectors.azure import library  # noqa: PLC0415  # only after its cache has a place

    assert library._same_house(url, organisation) is same


def test_the_package_repeats_nothing_by_itself() -> None:
    _private_cache()
    from safesync.connectors.azure import library  # noqa: PLC0415  # only after its cache has a place

    client = library.WorkItems("https://dev.azure.com/x", None)
    policy = client._client.config.pipeline._sender.driver.session.adapters["https://"].max_retries
    assert (policy.total, policy.connect, policy.read, policy.status) == (0, 0, 0, 0)
    assert policy.status_forcelist == []
