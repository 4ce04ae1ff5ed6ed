"""What people and administrators do to a site behind a reader's back, on both deployments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from jira_world import HandClock, World, organisation, served

from safesync.connectors.sandbox.jira import upheavals, writes
from safesync.connectors.sandbox.jira.edition import CLOUD, data_center


@pytest.fixture(params=["cloud", "data-center"])
def anywhere(request: pytest.FixtureRequest, clock: HandClock) -> Iterator[World]:
    with served(organisation(clock, CLOUD if request.param == "cloud" else data_center("9.12.4")), clock) as world:
        yield world


def _search(world: World, jql: str = "project in (PAY, CARDS) ORDER BY key") -> list[str]:
    if world.site.edition.cloud:
        return world.api.search(jql)
    return [issue["key"] for issue in world.api.post("/rest/api/2/search", json={"jql": jql, "fields": ["key"]}).json()["issues"]]


def _issue(world: World, key: str) -> requests.Response:
    return world.api.get(f"{world.site.edition.api}/issue/{key}", params={"expand": "changelog"})


def _items(world: World, key: str) -> set[tuple[str, str | None, str | None]]:
    histories = _issue(world, key).json()["changelog"]["histories"]
    return {(item["field"], item["fromString"], item["toString"]) for entry in histories for item in entry["items"]}


def test_a_hidden_issue_is_gone_for_all_but_its_level_and_comes_back(anywhere: World):
    before = _issue(anywhere, "PAY-4").json()["fields"]["updated"]
    anywhere.clock.move(minutes=1)
    upheavals.hide(anywhere.site, "PAY-4", "Ann Lee", ["Ann Lee"])
    assert _issue(anywhere, "PAY-4").status_code == 404
    assert "PAY-4" not in _search(anywhere)
    assert _issue(anywhere, "PAY-3").json()["fields"]["issuelinks"] == []
    upheavals.reveal(anywhere.site, "PAY-4", "Ann Lee")
    assert _issue(anywhere, "PAY-4").json()["fields"]["updated"] > before
    assert ("security", None, "Confidential") in _items(anywhere, "PAY-4")


def test_a_hidden_sub_task_is_not_told_of_by_its_parent_and_its_comments_cannot_be_read(anywhere: World):
    said = writes.add_comment(anywhere.site, "PAY-7", "Ann Lee", "In confidence")
    upheavals.hide(anywhere.site, "PAY-7", "Ann Lee", ["Ann Lee"])
    assert _issue(anywhere, "PAY-3").json()["fields"]["subtasks"] == []
    assert anywhere.api.get(f"{anywhere.site.edition.api}/comment/{said.id}/properties").status_code == 404


def test_an_archived_project_is_not_searched_and_is_found_again_when_it_is_restored(anywhere: World):
    upheavals.set_aside(anywhere.site, "CARDS", "archived")
    assert "CARDS-1" not in _search(anywhere)
    assert _issue(anywhere, "CARDS-1").status_code == 200
    upheavals.set_aside(anywhere.site, "CARDS", "live")
    assert "CARDS-1" in _search(anywhere)


def test_a_project_that_is_closed_to_somebody_is_not_there_for_them(anywhere: World):
    upheavals.close_project(anywhere.site, "CARDS", "SafeSync")
    assert _issue(anywhere, "CARDS-1").status_code == 404
    assert anywhere.api.get(f"{anywhere.site.edition.api}/project/CARDS").status_code == 404
    upheavals.open_project(anywhere.site, "CARDS", "SafeSync")
    assert _issue(anywhere, "CARDS-1").status_code == 200


def test_names_change_and_ids_and_the_times_of_issues_do_not(anywhere: World):
    before = _issue(anywhere, "PAY-3").json()
    for what, old, new in (
        ("status", "In Progress", "Doing"),
        ("field", "Acceptance criteria", "Criteria"),
        ("sprint", "Falcon 26.4.3", "Falcon Xmas"),
        ("type", "Story", "User story"),
        ("version", "PI 26.4", "Train 26.4"),
        ("project", "PAY", "Money"),
    ):
        upheavals.rename(anywhere.site, what, old, new)  # type: ignore[arg-type]
    after = _issue(anywhere, "PAY-3").json()
    fields = after["fields"]
    assert (after["id"], fields["updated"]) == (before["id"], before["fields"]["updated"])
    names = (fields["status"]["name"], fields["issuetype"]["name"], fields["fixVersions"][0]["name"], fields["project"]["name"])
    assert names == ("Doing", "User story", "Train 26.4", "Money")
    assert fields["status"]["id"] == before["fields"]["status"]["id"]
    assert "Falcon Xmas" in str(fields["customfield_10020"][1])
    listed = {field["id"]: field["name"] for field in anywhere.api.get(f"{anywhere.site.edition.api}/field").json()}
    assert listed["customfield_10101"] == "Criteria"
    board = next(iter(anywhere.site.boards))
    assert anywhere.api.get(f"/rest/agile/1.0/board/{board}/configuration").status_code == 200
    assert _search(anywhere, "status = Doing AND project = PAY ORDER BY key") == ["PAY-2", "PAY-3"]


def test_a_link_is_taken_away_at_both_ends_once(anywhere: World):
    assert upheavals.unlink(anywhere.site, "Ann Lee", "Blocks", "PAY-4", "PAY-3") is True
    assert [_issue(anywhere, key).json()["fields"]["issuelinks"] for key in ("PAY-3", "PAY-4")] == [[], []]
    assert ("Link", "This issue blocks PAY-3", None) in _items(anywhere, "PAY-4")
    assert ("Link", "This issue is blocked by PAY-4", None) in _items(anywhere, "PAY-3")
    assert upheavals.unlink(anywhere.site, "Ann Lee", "Blocks", "PAY-4", "PAY-3") is False


def test_a_moved_issue_answers_to_its_old_key_with_its_new_one(anywhere: World):
    moved = writes.move(anywhere.site, "PAY-5", "Ann Lee", "CARDS")
    assert _issue(anywhere, "PAY-5").json()["key"] == moved.key == "CARDS-2"
    assert _search(anywhere)[:2] == ["CARDS-1", "CARDS-2"]
