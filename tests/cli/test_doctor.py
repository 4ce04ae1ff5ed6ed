"""``safesync doctor``: what it finds wrong, what that costs, and that one tracker's trouble hides nothing of another."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from desk import Desk

from safesync.cli import examining
from safesync.cli.examining import token_of
from safesync.connectors.inspection import Quota
from safesync.connectors.patience import Patience
from safesync.connectors.sandbox.jira.entities import Permission

TODAY = date(2026, 11, 26)


def test_it_says_how_a_tracker_is_reached_and_that_all_is_well(desk: Desk) -> None:
    told = desk.run("doctor", "--format", "json").value
    assert told["jira-eu"]["deployment"] == "Jira Cloud"
    assert told["jira-eu"]["reached"] == "directly, with an API token of a user"
    assert told["ado"]["reached"] == "directly, with a personal access token"
    assert {each["right"] for each in told["jira-eu"]["permissions"] if not each["granted"]} == {"Administer projects"}
    assert all(each["granted"] for each in told["ado"]["permissions"])
    assert told["ado"]["mapping"] == told["jira-eu"]["mapping"] == []
    assert told["jira-eu"]["sampled"] == told["ado"]["sampled"] == 6


def test_each_missing_permission_is_told_with_what_it_costs(own_desk: Desk) -> None:
    own_desk.sandbox.site.deny("SafeSync", "PAY", Permission.COMMENT)
    next(iter(own_desk.sandbox.organisation.projects.values())).permissions.edit = False
    answer = own_desk.run("doctor")
    assert answer.status == 0
    lines = answer.out.splitlines()
    assert "  PAY: read, label" in lines
    assert "    'Add comments' is missing: no comment is written here; findings are in 'safesync check' alone" in lines
    assert "  CARDS: read, comment, label" in lines
    assert "    'Edit work items in this node' is missing: no tag is added or removed here" in lines
    assert "    'Create tag definition' is missing: a tag of ours that the project does not have yet is refused" in lines


@pytest.mark.parametrize(
    ("days", "said", "worrying", "grave"),
    [
        (66, "ends on 2027-01-31, in 66 days", False, False),
        (31, "ends on 2026-12-27, in 31 days", False, False),
        (30, "ends on 2026-12-26, in 30 days: make a new one soon", True, False),
        (7, "ends on 2026-12-03, in 7 days: make a new one now", True, False),
        (1, "ends on 2026-11-27, in 1 day: make a new one now", True, False),
        (0, "ends on 2026-11-26, in 0 days: make a new one now", True, False),
        (-1, "ended on 2026-11-25 by auth.expires_on: make a new one, and correct the date", False, True),
    ],
)
def test_the_end_of_a_token_is_told_in_time(days: int, said: str, worrying: bool, grave: bool) -> None:
    token = token_of(TODAY + timedelta(days=days), TODAY)
    assert (token.sentence, token.worrying, token.grave) == (said, worrying, grave)


def test_a_token_whose_end_is_over_fails_the_command(desk: Desk) -> None:
    today = datetime.now(UTC).date()
    desk.write((f"token: {desk.sandbox.azure_token}", f"token: {desk.sandbox.azure_token}, expires_on: {today - timedelta(days=2)}"))
    assert desk.run("validate").status == 0
    answer = desk.run("doctor")
    assert answer.status == 4
    assert "by auth.expires_on: make a new one" in answer.out
    told = desk.run("doctor", "--format", "json").value
    assert told["ado"]["token"]["worrying"] is True
    assert told["jira-eu"]["token"] == {
        "expires_on": None,
        "message": "its end is not known; write it down as auth.expires_on, and it is told in time",
        "worrying": False,
    }


def test_an_end_that_is_no_day_is_a_mistake_with_its_place(desk: Desk) -> None:
    desk.write((f"token: {desk.sandbox.azure_token}", f"token: {desk.sandbox.azure_token}, expires_on: soon"))
    answer = desk.run("validate")
    assert answer.status == 2
    assert answer.err.count("\n") == 1
    assert answer.err.startswith("safesync.yaml:")


def test_a_tracker_that_is_not_there_is_asked_once_and_the_other_examined(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*_: object) -> None:
        raise AssertionError("doctor waits for nobody")

    monkeypatch.setattr(Patience, "_rest", impatient)
    desk.write((f"url: {desk.sandbox.jira_url}", "url: http://127.0.0.1:9/jira"))
    answer = desk.run("doctor", "--format", "json")
    assert answer.status == 4
    assert "cannot be reached" in answer.value["jira-eu"]["error"]
    assert answer.value["ado"]["sampled"] == 6


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_tracker_that_hangs_is_given_up_and_the_other_examined(desk: Desk, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("doctor")  # so that the other one's answer needs no import
    monkeypatch.setattr(examining, "PATIENCE_S", 3.0)
    desk.write((f"url: {desk.sandbox.jira_url}", f"url: {silent}"))
    answer = desk.run("doctor", "--format", "json")
    assert answer.status == 4
    assert "did not answer within 3 s" in answer.value["jira-eu"]["error"]
    assert answer.value["ado"]["display_name"] == "SafeSync"


def test_a_mapping_that_does_not_fit_is_told_with_counts(own_desk: Desk) -> None:
    own_desk.write(
        ("projects: [PAY, CARDS], jql: 'key in (PAY-32, PAY-174, PAY-126, CARDS-34, CARDS-53, CARDS-1)'", "projects: [PAY, CARDS]"),
        ("bug: [Bug], task", "bug: [Bag], task"),
        ("interval: {name: Program Increment}", "interval: {name: Programme}\n        job_size: {name: Due date}"),
    )
    told = own_desk.run("doctor", "--format", "json").value["jira-eu"]["mapping"]
    assert ("DQ001", 36) in [(each["code"], each["items"]) for each in told]
    sentences = [each["message"] for each in told if each["code"] == "DQ004"]
    assert "mapping.fields.interval names no field that is there and that we may see" in sentences


def test_a_train_that_nobody_names_is_told(own_desk: Desk) -> None:
    own_desk.write(
        ("projects: [PAY, CARDS], jql: 'key in (PAY-32, PAY-174, PAY-126, CARDS-34, CARDS-53, CARDS-1)'", "projects: [PAY, CARDS]"),
        ("teams: [Ibis, Kestrel, Merlin]", "teams: [Ibis, Kestrel]"),
    )
    own_desk.text = "\n".join(line for line in own_desk.text.splitlines() if not line.startswith("  Merlin:")) + "\n"
    own_desk.write()
    told = own_desk.run("doctor", "--format", "json").value["jira-eu"]["mapping"]
    assert [each["code"] for each in told] == ["DQ003"]
    assert "of teams without a train: Merlin" in told[0]["message"]


def test_a_scope_without_items_is_told(desk: Desk) -> None:
    desk.write(("jql: 'key in (PAY-32, PAY-174, PAY-126, CARDS-34, CARDS-53, CARDS-1)'", "jql: 'labels = nowhere'"))
    told = desk.run("doctor", "--format", "json").value["jira-eu"]
    assert "not one item is in the scope: correct scope.projects, or its jql or wiql" in told["warnings"]


def test_a_condition_that_the_tracker_refuses_is_told(desk: Desk) -> None:
    desk.write(("jql: 'key in (PAY-32, PAY-174, PAY-126, CARDS-34, CARDS-53, CARDS-1)'", "jql: 'no such thing'"))
    told = desk.run("doctor", "--format", "json").value["jira-eu"]
    assert told["warnings"][0] == "scope.jql is refused (400): correct it"


def test_what_answers_say_of_limits_is_kept_and_classed() -> None:
    quota = Quota()
    assert quota.class_ == "no limit was told; bursts are limited all the same"
    quota.heard({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "7", "Content-Type": "application/json"})
    assert quota.class_ == "a limit for bursts: 100"
    quota.heard({})
    assert quota.said == {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "7"}
    quota.heard({"X-RateLimit-Interval-Seconds": "60"})
    assert quota.class_ == "a limit set by the site's administrators: 100 calls at once"
    asked = Quota()
    asked.heard({"RateLimit-Policy": '"global-app-quota";q=65000;w=3600'})
    assert "65000" in asked.class_
