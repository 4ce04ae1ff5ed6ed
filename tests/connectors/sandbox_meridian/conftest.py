from __future__ import annotations

import pytest

from safesync.connectors.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox():
    """One sandbox a module: tests in it change different items."""
    with Sandbox() as running:
        yield running
