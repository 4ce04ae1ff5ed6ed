"""Quiet logs and a cache of its own for every test of the whole job."""

from __future__ import annotations

from pathlib import Path

import pytest

from safesync.logs import configure_logs


@pytest.fixture(autouse=True)
def _private_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_DEVOPS_CACHE_DIR", str(tmp_path / "azure-cache"))
    configure_logs("error")
