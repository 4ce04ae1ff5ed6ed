"""backlot was measured against the real Jira Cloud by others: our sandbox refuses what it refuses, in the same way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from strangers import serving

from safesync.connectors.sandbox.sandbox import Sandbox

SEARCH = "/rest/api/3/search/jql"
STORY = {
    "source_type": "jira",
    "project": "platform",
    "group": "engineering",
    "content": "Some text.",
    "issuetype": "Story",
    "status": "To Do",
    "priority": "High",
    "assignee": "ann@meridian.example",
    "reporter": "bob@meridian.example",
    "visibility": "public",
    "author_email": "ann@meridian.example",
    "author_name": "Ann",
    "author_groups": ["engineering"],
    "labels": ["reliability"],
    "created": "2026-02-17T02:20:00Z",
    "comments": [],
}
CORPUS = [{**STORY, "doc_id": f"d{number}", "title": f"Story {number}"} for number in range(230)]


@dataclass(frozen=True)
class Site:
    url: str
    user: str
    token: str
    key: str

    @property
    def project(self) -> str:
        return self.key.split("-")[0]

    def ask(self, method: str, path: str, *, signed_in: bool = True, **sent: Any) -> requests.Response:
        auth = (self.user, self.token) if signed_in else None
        return requests.request(method, self.url + path, auth=auth, allow_redirects=False, timeout=20, **sent)


@pytest.fixture(scope="module")
def backlot() -> Iterator[Site]:
    with serving("backlot_site.py", json.dumps(CORPUS)) as place:
        site = Site(place["url"], "admin@meridian.example", place["token"], "")
        key = site.ask("POST", SEARCH, json={"jql": "text ~ 'some'", "fields": ["summary"]}).json()["issues"][0]["key"]
        yield Site(site.url, site.user, site.token, key)


@pytest.fixture(scope="module")
def ours() -> Iterator[Site]:
    with Sandbox() as sandbox:
        yield Site(sandbox.jira_url, sandbox.jira_user, sandbox.jira_token, "PAY-1")


def body(**members: Any) -> dict[str, Any]:
    return {"data": json.dumps(members), "headers": {"Content-Type": "application/json"}}


CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "no restriction": ("POST", SEARCH, body(jql="")),
    "no rows": ("POST", SEARCH, body(jql="project = {project}", maxResults=0)),
    "too many rows": ("POST", SEARCH, body(jql="project = {project}", maxResults=5001)),
    "a member nobody knows": ("POST", SEARCH, body(jql="project = {project}", startAt=0)),
    "fields as text": ("POST", SEARCH, body(jql="project = {project}", fields="summary")),
    "expand as a list": ("POST", SEARCH, body(jql="project = {project}", expand=["names"])),
    "reconcile nothing": ("POST", SEARCH, body(jql="project = {project}", reconcileIssues=None)),
    "reconcile too much": ("POST", SEARCH, body(jql="project = {project}", reconcileIssues=list(range(1, 52)))),
    "no content type": ("POST", SEARCH, {"data": '{"jql": "project = {project}"}'}),
    "another content type": ("POST", SEARCH, {"data": '{"jql": "project = {project}"}', "headers": {"Content-Type": "text/plain"}}),
    "a token nobody gave": ("POST", SEARCH, body(jql="project = {project}", nextPageToken="nonsense")),
    "half a body": ("POST", SEARCH, {"data": "{", "headers": {"Content-Type": "application/json"}}),
    "an issue that is not there": ("GET", "/rest/api/3/issue/NOPE-1", {}),
    "comments that are not there": ("GET", "/rest/api/3/issue/NOPE-1/comment", {}),
    "comments in an odd order": ("GET", "/rest/api/3/issue/{key}/comment?orderBy=author", {}),
    "comments beyond the last": ("GET", "/rest/api/3/issue/{key}/comment?startAt=1000", {}),
    "more comments than a page holds": ("GET", "/rest/api/3/issue/{key}/comment?maxResults=500", {}),
}


def shape(answer: requests.Response) -> tuple[int, str, object]:
    said = answer.json()
    figures = {name: said[name] for name in ("startAt", "maxResults") if name in said}
    return answer.status_code, answer.headers["Content-Type"].split(";")[0], (sorted(said), figures)


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "anonymous"])
@pytest.mark.parametrize("called", CALLS)
def test_both_answer_in_the_same_way(backlot: Site, ours: Site, called: str, *, signed_in: bool) -> None:
    method, path, sent = CALLS[called]

    def ask(site: Site) -> tuple[int, str, object]:
        told = {**sent, "data": sent["data"].replace("{project}", site.project)} if "data" in sent else sent
        return shape(site.ask(method, path.replace("{key}", site.key), signed_in=signed_in, **told))

    assert ask(ours) == ask(backlot)


@pytest.mark.parametrize("credentials", ["basic", "bearer"])
def test_wrong_credentials_look_the_same(backlot: Site, ours: Site, credentials: str) -> None:
    def ask(site: Site) -> tuple[int, object, str | None]:
        headers = {"Authorization": "Bearer bad"} if credentials == "bearer" else {}
        auth = ("nobody@meridian.example", "bad") if credentials == "basic" else None
        answer = requests.get(f"{site.url}/rest/api/3/project/search", headers=headers, auth=auth, timeout=20)
        said = answer.json()
        return answer.status_code, said.get("values", said), answer.headers.get("X-Seraph-LoginReason")

    assert ask(ours) == ask(backlot)
