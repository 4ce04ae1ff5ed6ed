"""What must hold when permissions vanish in the middle of a run, or another SafeSync is at work at the same moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House, house, our_comments
from starlette.requests import Request
from starlette.responses import JSONResponse

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.connectors.sandbox.jira.entities import Permission
from safesync.jobs.result import RunResult

TWO_EACH = (
    ("share: 0.5", "share: 1.0"),
    ("scope: {projects: [PAY, CARDS]}", "scope: {projects: [PAY], jql: 'key in (PAY-32, PAY-174)'}"),
    ("scope: {projects: [Payments]}", "scope: {projects: [Payments], wiql: '[System.Id] IN (26, 59)'}"),
)
CRITERION = "Given a blocked card, when it is used, then the payment is refused within 2 seconds."


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


@pytest.mark.parametrize("when", ["looking", "writing"])
def test_an_issue_that_is_hidden_while_we_write_is_not_silenced(tmp_path: Path, when: str) -> None:
    with house(tmp_path, change=TWO_EACH) as home:
        home.run()
        home.run()
        site = home.sandbox.site
        us = next(user for user in site.users.values() if user.token == home.sandbox.jira_token)
        home.sandbox.person_fixes("PAY-32", acceptance=CRITERION)
        look = calls("GET", r"/comment/\d+$") if when == "looking" else calls("PUT", r"/comment/\d+$")
        site.faults.append(Fault(look, "before", lambda _request: site.deny(us, "PAY", Permission.BROWSE)))

        hidden = home.run()
        site.allow(us, "PAY", Permission.BROWSE)
        shown = home.run()

        assert [one.reason for each in hidden.trackers for one in each.undone if "may not see it" in one.reason]
        assert [each.edited for each in shown.trackers] == [1, 0]
        assert [each.labels_removed for each in shown.trackers] == [2, 0]
        assert set(our_comments(home.sandbox).values()) == {1}
        assert writes(home.run()) == 0


def test_labels_come_when_the_right_that_was_taken_away_while_we_wrote_comes_back(tmp_path: Path) -> None:
    with house(tmp_path, change=TWO_EACH) as home:
        site = home.sandbox.site
        us = next(user for user in site.users.values() if user.token == home.sandbox.jira_token)
        site.faults.append(Fault(calls("PUT", r"/issue/\d+$"), "before", lambda _request: site.deny(us, "PAY", Permission.EDIT)))

        denied, still = home.run(), home.run()
        site.allow(us, "PAY", Permission.EDIT)
        allowed = home.run()

        assert {one.reason.partition(": ")[2] for one in denied.trackers[0].undone} == {
            "we may not change labels where it is: 'Edit issues' is missing."
        }
        assert [each.labels_added for each in (denied.trackers[0], still.trackers[0], allowed.trackers[0])] == [0, 0, 4]
        assert our_comments(home.sandbox) == {"PAY-32": 1, "PAY-174": 1, "26": 1, "59": 1}
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
