"""
A full pull with the ``jira`` package and little else: ``by_package.py URL pages|comments|relatives``.

``pages``: one search, with the changelog and the comments that its answers show. ``comments``: the comments of each issue asked for
as well. ``relatives``: as bots of the kind of konflux-ci/prioritize read, without a changelog: pages of fifty, then for each issue its
parent, the issues that it blocks and its children, and here its comments too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from jira import JIRA
from jira.resources import Issue

_QUERY = 'project = "PAY" ORDER BY updated ASC'
_FIELDS = [
    *("summary", "status", "project", "issuetype", "priority", "labels", "components", "assignee", "parent", "issuelinks", "duedate"),
    *("fixVersions", "customfield_10019", "customfield_10016", "customfield_10101"),
]


def main(url: str, manner: str) -> None:
    """Print how many issues were read."""
    client = JIRA(url, basic_auth=("bench@meridian.example", "bench-token"), max_retries=0)
    if manner == "relatives":
        client.fields()
        read = sum(_with_relatives(client, issue) for issue in _listed(client))
    else:
        issues = client.enhanced_search_issues(_QUERY, maxResults=False, expand="changelog")
        if manner == "comments":
            for issue in issues:
                client.comments(issue)
        read = len(issues)
    print(json.dumps({"items": read}))


def _listed(client: JIRA) -> list[Issue]:
    found: list[Issue] = []
    token: str | None = None
    while True:
        page = client.enhanced_search_issues(_QUERY, nextPageToken=token, maxResults=50, fields=list(_FIELDS))
        found.extend(page)
        token = page.nextPageToken
        if token is None:
            return found


def _with_relatives(client: JIRA, issue: Issue) -> bool:
    """Read what belongs to an issue, each call of its own."""
    if parent := getattr(issue.fields, "parent", None):
        client.issue(parent.key)
    for key in _blocked(issue):
        client.issue(key)
    client.enhanced_search_issues(f"parent = {issue.key}", maxResults=50, fields=list(_FIELDS))
    client.comments(issue)
    return True


def _blocked(issue: Issue) -> Iterator[str]:
    for link in issue.fields.issuelinks:
        if link.type.name == "Blocks" and hasattr(link, "outwardIssue"):
            yield link.outwardIssue.key


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
