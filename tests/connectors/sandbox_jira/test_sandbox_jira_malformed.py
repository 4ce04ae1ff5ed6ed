from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safesync.connectors.sandbox.jira.documents import document

ISSUE = "/rest/api/3/issue"
WRITES = (
    ("POST", ISSUE, ("fields", "update")),
    ("PUT", f"{ISSUE}/PAY-3", ("fields", "update", "properties")),
    ("POST", f"{ISSUE}/PAY-3/comment", ("body", "properties", "visibility")),
    ("POST", f"{ISSUE}/PAY-3/transitions", ("transition", "fields", "update")),
    ("POST", f"{ISSUE}/bulkfetch", ("issueIdsOrKeys", "fields", "properties", "expand")),
    ("POST", "/rest/api/3/changelog/bulkfetch", ("issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken")),
    ("POST", "/rest/api/3/comment/list", ("ids",)),
    ("POST", "/rest/api/3/issueLink", ("type", "inwardIssue", "outwardIssue")),
    ("POST", "/rest/api/3/permissions/check", ("projectPermissions",)),
    ("POST", "/rest/api/3/permissions/project", ("permissions",)),
    ("POST", "/rest/api/3/search/jql", ("jql", "fields", "nextPageToken", "maxResults", "expand", "properties")),
    ("POST", "/rest/api/3/search/approximate-count", ("jql",)),
)
FIELDS = "project issuetype summary labels comment parent description assignee priority fixVersions"
CUSTOM = "customfield_10020 customfield_10021 customfield_10102 customfield_10001"
PARTS = "add set remove key id name value body permissions projects issues"
NAMES = st.sampled_from(f"{FIELDS} {CUSTOM} {PARTS}".split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 3)
    | st.sampled_from(["PAY", "PAY-3", "Story", "safesync", "", "5f0:ann"])
    | st.just(document("x"))
)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)


@pytest.mark.parametrize(("method", "path", "members"), WRITES)
def test_no_body_however_odd_breaks_the_site(world: Any, method: str, path: str, members: tuple[str, ...]) -> None:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
    @given(st.dictionaries(st.sampled_from(members), JSON, min_size=1) | JSON)
    def sent(body: Any) -> None:
        answer = world.api.request(method, path, json=body)
        assert answer.status_code < 500, answer.text

    sent()
    assert world.api.get("/rest/api/3/myself").status_code == 200
