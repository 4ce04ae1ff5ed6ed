"""What must hold when another SafeSync is at work at the same moment, or a tracker tells nonsense of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House, house, our_comments
from starlette.requests import Request
from starlette.responses import JSONResponse

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.jobs.result import RunResult

TWO_EACH = (
    ("share: 0.5", "share: 1.0"),
    ("scope: {projects: [PAY, CARDS]}", "scope: {projects: [PAY], jql: 'key in (PAY-32, PAY-174)'}"),
    ("scope: {projects: [Payments]}", "scope: {projects: [Payments], wiql: '[System.Id] IN (26, 59)'}"),
)


def writes(result: RunResult) -> int:
    return sum(each.created + each.edited + each.labels_added + each.labels_removed for each in result.trackers)


def somebody_elses(home: House, folder: Path) -> RunResult:
    """One run of another SafeSync, which has the same trackers and a store of its own."""
    folder.mkdir()
    text = home.sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}")
    for old, new in TWO_EACH:
        text = text.replace(old, new)
    with opened_from(parse_configuration(text)) as job:
        return House(home.sandbox, job, folder).run()


def test_of_two_runs_at_once_with_two_stores_one_comment_an_item_stays(tmp_path: Path) -> None:
    with house(tmp_path, change=TWO_EACH) as home:
        others: list[RunResult] = []

        def come_between(_request: Request) -> None:
            others.append(somebody_elses(home, tmp_path / "other"))

        home.sandbox.site.faults.append(Fault(calls("POST", "/comment$"), "before", come_between))
        home.run()

        assert [result.errors for result in others] == [()]
        assert our_comments(home.sandbox) == {"PAY-32": 1, "PAY-174": 1, "26": 1, "59": 1}
        home.run()
        assert writes(home.run()) == 0


@pytest.mark.parametrize("answer", [{}, None, {"count": 1, "value": [None]}])
def test_a_broken_discovery_is_not_believed_by_the_next_run_of_the_same_process(tmp_path: Path, answer: object) -> None:
    with house(tmp_path, change=TWO_EACH) as home:
        odd = Fault(calls("OPTIONS", "_apis$"), "before", lambda _request: JSONResponse(answer))
        home.sandbox.organisation.faults.append(odd)

        broken, mended = home.run(), home.run()

        assert ["does not answer like Azure DevOps" in error for error in broken.errors] == [True]
        assert [each.created for each in broken.trackers] == [2, 0]
        assert mended.errors == ()
        assert [each.created for each in mended.trackers] == [0, 2]
