"""The Data Center mode as the ``jira`` package sees it, in the way in which that package speaks to one by default."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jira import JIRA, JIRAError
from jira_world import TOKEN, World


@pytest.fixture
def jira(center: World) -> Iterator[JIRA]:
    client = JIRA(server=center.url, token_auth=TOKEN, max_retries=0, timeout=10)
    yield client
    client.close()


def test_the_package_does_not_take_it_for_cloud(jira: JIRA) -> None:
    assert not jira._is_cloud
    assert jira.server_info()["versionNumbers"] == [9, 12, 4]
    assert jira.myself()["key"] == "5f0:bot"
    assert jira.my_permissions(projectKey="PAY")["permissions"]["ADD_COMMENTS"]["havePermission"]
    assert jira.user("ann").displayName == "Ann Lee"


def test_the_package_searches_page_by_page(jira: JIRA, center: World) -> None:
    center.site.page_limit = 3
    found = jira.search_issues("project = PAY order by key", maxResults=False, fields="summary,status,comment", expand="changelog")
    assert [issue.key for issue in found] == [f"PAY-{number}" for number in range(1, 8)]
    assert next(item.field for entry in found[2].changelog.histories for item in entry.items) == "labels"
    with pytest.raises(JIRAError, match="does not exist for the field") as refused:
        jira.search_issues("project = NOPE")
    assert refused.value.status_code == 400


def test_the_package_writes_labels_comments_links_and_statuses(jira: JIRA, center: World) -> None:
    issue = jira.issue("PAY-4")
    issue.update(update={"labels": [{"add": "safesync-tm101"}]})
    assert issue.fields.labels == ["safesync-tm101"]
    comment = jira.add_comment("PAY-4", "h3. Please add criteria")
    comment.update(body="Thank you")
    assert [each.body for each in jira.comments("PAY-4")] == ["Thank you"]
    comment.delete()
    jira.create_issue_link("Blocks", "PAY-4", "PAY-5")
    jira.transition_issue("PAY-4", "In Review")
    assert jira.issue("PAY-4", fields="status").fields.status.name == "In Review"
    assert center.site.issue("PAY-4").comments == []


def test_the_package_lists_projects_boards_sprints_fields_versions_and_what_can_be_created(jira: JIRA) -> None:
    board = next(each for each in jira.boards(projectKeyOrID="PAY") if each.name == "Falcon")
    assert [sprint.state for sprint in jira.sprints(board.id)] == ["closed", "active", "future"]
    assert [each.key for each in jira.projects()] == ["CARDS", "PAY"]
    assert {"Sprint", "Epic Link", "Parent Link"} <= {field["name"] for field in jira.fields()}
    assert [each.name for each in jira.project_versions("PAY")] == ["PI 26.4"]
    assert next(each.name for each in jira.priorities()) == "Highest"
    assert "Story" in [each.name for each in jira.project_issue_types("PAY")]
    assert "summary" in [each.fieldId for each in jira.project_issue_fields("PAY", "10002")]


def test_the_package_is_told_when_its_token_is_not_known(center: World) -> None:
    with pytest.raises(JIRAError) as refused:
        JIRA(server=center.url, token_auth="expired", max_retries=0, timeout=10)
    assert refused.value.status_code == 401
