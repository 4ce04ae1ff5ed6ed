"""The job on the oldest Azure DevOps Server that SafeSync reads: the same findings as on Services, and nothing the second time."""

from __future__ import annotations

from pathlib import Path

from house import NAMES, House, our_comments
from test_whole_job import GROUPS, found, writes

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.sandbox import Sandbox


def test_on_server_2020_the_findings_are_the_planted_flaws_and_a_second_run_does_nothing_even_without_its_store(tmp_path: Path) -> None:
    with Sandbox(azure="2020") as sandbox:
        text = sandbox.configuration(f"sqlite:///{tmp_path / 'safesync.db'}")
        with opened_from(parse_configuration(text)) as job:
            home = House(sandbox, job, tmp_path)
            first = home.run()
            assert first.report is not None
            assert not first.errors
            items = job.store.items([finding.subject for finding in first.report.flawed])
            keys = {uid: f"{item.tracker}:{item.key}" for uid, item in items.items()}
            planted = {(flaw.code, GROUPS.get(flaw.code, f"{NAMES.get(flaw.tracker, flaw.tracker)}:") + flaw.key) for flaw in sandbox.truth}
            assert found(first, keys) == planted
            comments = our_comments(sandbox)
            assert set(comments.values()) == {1}
            before = len(sandbox.calls("azure"))
            assert writes(home.run()) == 0
            assert len(sandbox.calls("azure")) - before <= 6
        with opened_from(parse_configuration(text.replace("safesync.db", "another.db"))) as job:
            assert writes(House(sandbox, job, tmp_path).run()) == 0
        assert our_comments(sandbox) == comments
        assert {call.status for call in sandbox.calls("azure")} <= {200, 404}
