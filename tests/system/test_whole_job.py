"""The job as a user meets it: read, judge, answer, and do nothing the second time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from house import NAMES, House, house, our_comments

from safesync.cli import demo
from safesync.jobs.pull import pull
from safesync.jobs.result import RunResult

GROUPS = {"GR503": "group:train_interval:", "FL401": "group:team_column:"}


def found(result: RunResult, keys: dict[str, str]) -> set[tuple[str, str]]:
    assert result.report is not None
    return {(finding.code, keys.get(finding.subject, finding.subject)) for finding in result.report.flawed}


def exactly_the_planted(home: House) -> None:
    """One run finds every flaw of the truth file, and no other."""
    result = home.run()
    assert result.report is not None
    items = home.job.store.items([finding.subject for finding in result.report.flawed])
    keys = {uid: f"{item.tracker}:{item.key}" for uid, item in items.items()}
    planted = {(flaw.code, GROUPS.get(flaw.code, f"{NAMES.get(flaw.tracker, flaw.tracker)}:") + flaw.key) for flaw in home.sandbox.truth}
    assert found(result, keys) == planted
    assert not result.errors


def writes(result: RunResult) -> int:
    return sum(each.created + each.edited + each.labels_added + each.labels_removed for each in result.trackers)


# A Monday after a weekend, a Thursday, a Saturday, the turn of a year, a leap day, both changes of the clocks.
@pytest.mark.parametrize(
    "today",
    [
        *("2026-11-26", "2028-02-29"),
        *(pytest.param(day, marks=pytest.mark.deep) for day in ("2026-11-23", "2026-11-28", "2027-01-01", "2027-03-28", "2026-10-25")),
    ],
    ids=str,
)
def test_the_findings_are_exactly_the_planted_flaws_on_any_day(tmp_path: Path, today: str) -> None:
    with house(tmp_path, date.fromisoformat(today)) as home:
        exactly_the_planted(home)


@pytest.mark.parametrize(
    "deployments",
    [
        {"jira": "data-center"},
        {"azure": "2020"},
        *(pytest.param({"azure": version}, marks=pytest.mark.deep) for version in ("2022", "2022.1")),
    ],
    ids=str,
)
def test_every_deployment_tells_the_same_and_is_answered_once(tmp_path: Path, deployments: dict[str, str]) -> None:
    with house(tmp_path, **deployments) as home:
        exactly_the_planted(home)
        comments = our_comments(home.sandbox)

        again = home.run()

        assert set(comments.values()) == {1}
        assert not again.errors
        assert writes(again) == 0
        assert sum(each.calls for each in again.trackers) <= 12
        assert our_comments(home.sandbox) == comments

        ready = home.run(ready=3)

        assert not ready.errors
        assert writes(ready) == 3
        called = {change.ref.uid for change in ready.plan.changes}
        assert called == {uid for uid, labels in labels_in_the_store(home).items() if "safesync-ready" in labels}
        assert writes(home.run(ready=3)) == 0
        assert our_comments(home.sandbox) == comments


def labels_in_the_store(home: House) -> dict[str, tuple[str, ...]]:
    """As the trackers show them after the writes."""
    for source in home.job.sources:
        pull(source, home.job.store, home.sandbox.clock())
    uids = [uid for name in home.job.names for uid in home.job.store.uids(name)]
    return {uid: item.labels for uid, item in home.job.store.items(uids).items()}


def test_a_second_run_writes_nothing_and_hardly_reads(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        first = home.run()
        comments = our_comments(home.sandbox)
        before = len(home.sandbox.calls("jira")) + len(home.sandbox.calls("azure"))

        second = home.run()

        sent = [*home.sandbox.calls("jira"), *home.sandbox.calls("azure")]
        assert first.report is not None
        assert 590 <= first.report.items <= 620
        assert sum(comments.values()) == sum(each.created for each in first.trackers)
        assert set(comments.values()) == {1}
        assert writes(second) == 0
        assert len(sent) - before == sum(each.calls for each in second.trackers)  # what we count is what was sent
        assert len(sent) - before <= 12
        assert our_comments(home.sandbox) == comments


def test_a_persons_fix_shrinks_one_comment_and_takes_its_labels_away(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        home.run()
        home.run()
        home.sandbox.person_fixes(
            "PAY-32", acceptance="Given a blocked card, when it is used, then the payment is refused within 2 seconds."
        )

        result = home.run()

        assert [change.ref.key for change in result.plan.changes] == ["PAY-32"]
        assert Counter({"edited": 1, "created": 0}) == Counter(
            edited=sum(each.edited for each in result.trackers), created=sum(each.created for each in result.trackers)
        )
        assert sum(each.labels_removed for each in result.trackers) == 2
        assert sum(each.labels_added for each in result.trackers) == 0
        assert writes(home.run()) == 0


def test_a_lost_store_causes_no_second_comment(tmp_path: Path) -> None:
    with house(tmp_path) as home:
        home.run()
        comments = our_comments(home.sandbox)
        (tmp_path / "other").mkdir()
        text = home.sandbox.configuration(f"sqlite:///{tmp_path / 'other' / 'safesync.db'}")
        with demo.opened_from(demo.parse_configuration(text)) as job:
            home.job, home.folder = job, tmp_path / "other"
            result = home.run()
            again = home.run()

        assert our_comments(home.sandbox) == comments
        assert writes(result) == 0
        assert writes(again) == 0


@pytest.mark.slow
def test_the_demo_prints_one_json_object_and_its_last_run_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    demo.demo(as_json=True, keep=False)

    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"items", "trackers", "findings", "runs"}
    assert set(told["trackers"]) == {"jira-eu", "ado"}
    assert told["items"] == sum(each["items"] for each in told["trackers"].values())
    assert len(told["findings"]) == 16
    counts = [[run[name] for name in ("comments_created", "comments_edited", "labels_added", "labels_removed")] for run in told["runs"]]
    assert counts[0][0] > 100
    assert counts[1] == [0, 1, 0, 2]
    assert counts[2] == [0, 0, 0, 0]
