"""Files and web links on an issue: how the real site shows them, and what it leaves out."""

from __future__ import annotations

from typing import Any

import pytest
from jira_world import World

from safesync.connectors.sandbox.jira import enclosures


@pytest.fixture(params=["world", "center"])
def anywhere(request: pytest.FixtureRequest) -> World:
    """On Cloud and on a Data Center."""
    found: World = request.getfixturevalue(request.param)
    return found


def shown(world: World, key: str = "PAY-3", **params: str) -> dict[str, Any]:
    answer: dict[str, Any] = world.api.get(f"{world.site.edition.api}/issue/{key}", params=params).json()
    return answer


def test_a_file_is_in_its_field_and_in_the_history_and_moves_the_issue(anywhere: World) -> None:
    before = shown(anywhere)["fields"]["updated"]
    anywhere.clock.move(minutes=1)
    file = enclosures.attach(anywhere.site, "PAY-3", "Ann Lee", "report.pdf")
    issue = shown(anywhere, expand="changelog")
    (told,) = issue["fields"]["attachment"]
    assert (told["id"], told["filename"], told["mimeType"], told["author"]["displayName"]) == (
        str(file.id),
        "report.pdf",
        "application/pdf",
        "Ann Lee",
    )
    assert issue["fields"]["updated"] > before
    assert shown(anywhere, "PAY-4")["fields"]["attachment"] == []
    noted = [item for entry in issue["changelog"]["histories"] for item in entry["items"] if item["field"] == "Attachment"]
    assert [(item["from"], item["to"], item["toString"]) for item in noted] == [(None, str(file.id), "report.pdf")]


def test_a_web_link_is_listed_by_its_issue_alone_and_noted_in_the_history(anywhere: World) -> None:
    link = enclosures.add_web_link(anywhere.site, "PAY-3", "Ann Lee", "https://docs.example/report", "Report")
    address = f"{anywhere.site.edition.api}/issue/PAY-3/remotelink"
    assert [(one["id"], one["object"]["url"]) for one in anywhere.api.get(address).json()] == [(link.id, "https://docs.example/report")]
    enclosures.drop_web_link(anywhere.site, "PAY-3", "Ann Lee", link)
    assert anywhere.api.get(address).json() == []
    histories = shown(anywhere, expand="changelog")["changelog"]["histories"]
    noted = [item for entry in histories for item in entry["items"] if item["field"] == "RemoteIssueLink"]
    assert sorted((item["from"] or "", item["to"] or "") for item in noted) == [("", str(link.id)), (str(link.id), "")]


def test_files_and_comments_come_only_where_they_are_asked_for(world: World) -> None:
    asked = {"jql": "key = PAY-3", "fields": ["*navigable"]}
    fields = world.api.post("/rest/api/3/search/jql", json=asked).json()["issues"][0]["fields"]
    assert not {"attachment", "comment"} & fields.keys()
