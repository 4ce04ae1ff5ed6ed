"""What a person did to our comment is heard also by a SafeSync that has lost its store, where the tracker remembers it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_world import HOSTED, OWN, Deployment, opened


@pytest.mark.parametrize("deployment", [HOSTED[1], OWN[1]], ids=lambda one: one.title)
def test_a_comment_that_a_person_deleted_is_not_posted_again_after_the_store_was_lost(deployment: Deployment, tmp_path: Path) -> None:
    deleted, kept = deployment.keys[:2]
    with opened(deployment, tmp_path) as world:
        world.start_again()
        world.retitle("TM101", "TM105", "", "")
        assert world.run().error is None
        (comment,) = world.our_comments(deleted)
        world.sandbox.person_deletes_comment(deleted, comment.id)
        for _ in range(2):
            world.new_store()
            assert world.run().error is None
        assert world.our_comments(deleted) == []
        assert len(world.our_comments(kept)) == 1
        assert world.store.marks()[world.uids()[deleted]].silenced
