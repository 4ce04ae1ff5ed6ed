"""The job on what stands in a company's own house: the same findings as on the services, and nothing the second time."""

from __future__ import annotations

from pathlib import Path

from house import NAMES, House, house, our_comments
from test_whole_job import GROUPS, found, writes

from safesync.jobs.result import RunResult


def planted(home: House) -> set[tuple[str, str]]:
    return {(flaw.code, GROUPS.get(flaw.code, f"{NAMES.get(flaw.tracker, flaw.tracker)}:") + flaw.key) for flaw in home.sandbox.truth}


def keys_of(home: House, result: RunResult) -> dict[str, str]:
    assert result.report is not None
    items = home.job.store.items([finding.subject for finding in result.report.flawed])
    return {uid: f"{item.tracker}:{item.key}" for uid, item in items.items()}


def test_on_jira_data_center_the_findings_are_the_planted_flaws_and_the_second_run_does_nothing(tmp_path: Path) -> None:
    with house(tmp_path, jira="data-center", jira_version="9.12.4") as home:
        first = home.run()
        assert not first.errors
        assert found(first, keys_of(home, first)) == planted(home)
        comments = our_comments(home.sandbox)
        assert set(comments.values()) == {1}
        assert sum(comments.values()) == sum(each.created for each in first.trackers)
        assert any(key.startswith("PAY-") for key in comments)

        before = len(home.sandbox.calls("jira"))
        assert writes(home.run()) == 0
        assert len(home.sandbox.calls("jira")) - before <= 6
        assert our_comments(home.sandbox) == comments
