"""A process that dies in the middle of a write and loses its store too, every time."""

from __future__ import annotations

from pathlib import Path

import pytest
from killer import killed_at_every_write


@pytest.mark.deep
@pytest.mark.timeout(540)
def test_killed_at_every_write_without_its_store_there_is_still_one_comment_an_item(tmp_path: Path) -> None:
    killed_at_every_write(tmp_path, store_is_lost=True)
