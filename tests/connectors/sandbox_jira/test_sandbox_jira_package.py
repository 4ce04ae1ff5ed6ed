"""The sandbox as the ``jira`` package sees it: what that package takes for Jira Cloud should be enough like it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jira import JIRA, JIRAError

from safesync.connectors.sandbox.faults import Fault, calls, no_answer
from safesync.connectors.sandbox.jira.documents import document
from safesync.connectors.sandbox.jira.traffic import too_many


@pytest.fixture
def jira(world: Any) -> Iterator[JIRA]:
    client = JIRA(
        server=world.url,
        basic_auth=("safesync@meridian.example", "sandbox-jira-token"),
        options={"rest_api_version": "3"},
        max_retries=0,
        timeout=10,
    )
    yield client
    client.close()


def test_the_package_takes_the_sandbox_for_jira_cloud(jira: JIRA) -> None:
    assert jira._is_cloud
    assert jira.server_info()["deploymentType"] == "Cloud"
    assert jira.myself()["accountId"] == "5f0:bot"
    assert jira.my_permissions(projectKey="PAY", permissions="ADD_COMMENTS")["permissions"]["ADD_COMMENTS"]["havePermission"]


def test_the_package_searches_and_counts(jira: JIRA, world: Any) -> None:
    world.site.page_limit = 3
    found = jira.enhanced_search_issues("project = PAY order by key", maxResults=False, fields="summary,status")
    assert [issue.key for issue in found] == [f"PAY-{number}" for number in range(1, 8)]
    assert found[1].fields.status.statusCategory.key == "indeterminate"
    assert jira.approximate_issue_count("project = PAY") == 7
    with pytest.raises(JIRAError, match="does not exist for the field") as refused:
        jira.enhanced_search_issues("project = NOPE")
    assert refused.value.status_code == 400


def test_the_package_edits_labels_comments_and_moves_an_issue(jira: JIRA, world: Any) -> None:
    issue = jira.issue("PAY-4")
    issue.update(update={"labels": [{"add": "safesync-tm101"}]})
    assert issue.fields.labels == ["safesync-tm101"]
    comment = jira.add_comment("PAY-4", document("Please add criteria"))
    comment.update(body=document("Thank you"))
    assert [each.id for each in jira.comments("PAY-4")] == [comment.id]
    comment.delete()
    jira.transition_issue("PAY-4", "In Review")
    assert jira.issue("PAY-4", fields="status").fields.status.name == "In Review"
    assert world.site.issue("PAY-4").comments == []


def test_the_package_lists_boards_sprints_fields_and_versions(jira: JIRA) -> None:
    board = next(each for each in jira.boards(projectKeyOrID="PAY") if each.name == "Falcon")
    assert [sprint.state for sprint in jira.sprints(board.id)] == ["closed", "active", "future"]
    assert "Sprint" in {field["name"] for field in jira.fields()}
    assert [link.name for link in jira.issue_link_types()] == ["Blocks", "Relates", "Duplicate", "Tests"]
    assert jira.project("PAY").versions[0].name == "PI 26.4"


def test_the_package_sees_faults_as_it_would_on_the_real_site(jira: JIRA, world: Any) -> None:
    world.site.faults.append(Fault(calls("GET", "/field"), "before", too_many("jira-burst-based", "1")))
    with pytest.raises(JIRAError) as limited:
        jira.fields()
    assert (limited.value.status_code, limited.value.response.headers["Retry-After"]) == (429, "1")
    world.site.faults.append(Fault(calls("POST", "/comment"), "after", no_answer))
    with pytest.raises(Exception, match=r"Connection aborted|reset"):
        jira.add_comment("PAY-4", document("lost"))
    assert len(world.site.issue("PAY-4").comments) == 1
