"""What holds for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says something of the machine, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_OVER_A_WIRE = ("cli", "connectors", "jobs", "store", "system", "bench", "configuration", "test_serve.py")
"""What speaks HTTP, SQL or starts processes, thousands of times in all: not part of the quick tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick part is what judges values: rules, facts, feedback, and texts."""
    for item in items:
        if Path(item.path).relative_to(Path(__file__).parent).parts[0] in _OVER_A_WIRE:
            item.add_marker(pytest.mark.slow)
