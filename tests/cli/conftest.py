from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from safesync.connectors.sandbox.sandbox import Sandbox


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """One organisation for all tests that write nothing to it, or do not mind what stands there."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """An organisation that nobody has written to."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AZURE_DEVOPS_CACHE_DIR", str(tmp_path / "azure-cache"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("SAFESYNC_CONFIG", "SAFESYNC_LOG_LEVEL", "SAFESYNC_LOG_FORMAT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desk(shared_sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk at the shared organisation."""
    return Desk(shared_sandbox, tmp_path, capsys, monkeypatch)


@pytest.fixture
def own_desk(own_sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk at an organisation of its own."""
    return Desk(own_sandbox, tmp_path, capsys, monkeypatch)
