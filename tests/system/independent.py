"""Small trackers written from the official documents alone, which kill whoever asks them at a request of the test's choice."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

BORN = "2026-01-05T09:00:00.000+0000"
_IN_JIRA = {"name": "safesync", "key": "JIRAUSER1", "displayName": "SafeSync"}
_IN_AZURE = {"id": "11111111-2222-3333-4444-555555555555", "displayName": "SafeSync", "uniqueName": "MERIDIAN\\safesync"}
Answer = tuple[int, Any]


class Site(Protocol):
    """What a tracker holds: its comments by item, its labels by item, and how it answers."""

    folder: str
    configuration: str

    def comments(self) -> dict[str, list[str]]: ...

    def labels(self) -> dict[str, list[str]]: ...

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer: ...


@dataclass(slots=True)
class Place:
    """Where a site is served; ``kill_at`` is the number of the request at which the process ``pid`` dies, from 0."""

    site: Site
    url: str = ""
    pid: int = 0
    known: threading.Event = field(default_factory=threading.Event)
    kill_at: int | None = None
    after: bool = False
    """Whether what was asked for is carried out first."""
    asked: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, kill_at: int | None, *, after: bool = False) -> None:
        """A new run comes."""
        self.kill_at, self.after, self.asked, self.pid = kill_at, after, [], 0
        self.known.clear()

    def begun(self, pid: int) -> None:
        """It is this process."""
        self.pid = pid
        self.known.set()

    def take(self, method: str, path: str, body: Any) -> Answer | None:
        """``None`` for whoever is not there any more to hear it."""
        parts = urlsplit(path)
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        self.known.wait(10)
        with self.lock:
            dies = len(self.asked) == self.kill_at
            self.asked.append(f"{method} {parts.path}")
            given = None if dies and not self.after else self.site.answer(method, unquote(parts.path), query, body)
            if dies:
                os.kill(self.pid, signal.SIGKILL)
            return None if dies else given


@contextmanager
def served(site: Site) -> Iterator[Place]:
    """The site behind an address of its own."""
    place = Place(site)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def _answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = place.take(self.command, self.path, json.loads(sent) if sent else None)
            if given is None:
                self.close_connection = True
                return
            status, body = given
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("X-AUSERNAME", "safesync")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - the names in the standard library

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked was killed
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place.url = f"http://127.0.0.1:{server.server_port}{site.folder}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield place
    finally:
        server.shutdown()
        server.server_close()


class JiraDataCenter:
    """Jira Data Center 9.12 with one story that has flaws and one task, as its REST documentation describes it."""

    folder = "/jira"
    configuration = "kind: jira, auth: {token: secret}, scope: {projects: [PAY]}"

    def __init__(self) -> None:
        self.saved = datetime.now(UTC) - timedelta(days=30)
        self.issues: dict[str, dict[str, Any]] = {"1001": self._issue("Story", 1), "1002": self._issue("Task", 2)}
        self.said: dict[str, list[dict[str, Any]]] = {one: [] for one in self.issues}
        self.numbers = iter(range(50_000, 60_000))

    def comments(self) -> dict[str, list[str]]:
        return {one: [comment["body"] for comment in said] for one, said in self.said.items()}

    def labels(self) -> dict[str, list[str]]:
        return {one: sorted(issue["labels"]) for one, issue in self.issues.items()}

    def _issue(self, kind: str, number: int) -> dict[str, Any]:
        return {
            "summary": f"Pay the invoice {number}",
            "issuetype": {"id": str(number), "name": kind, "subtask": False},
            "status": {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}},
            "project": {"id": "1", "key": "PAY"},
            "labels": ["ui"],
            "description": None,
            "created": BORN,
            "updated": BORN,
            "creator": {"name": "ada", "key": "ada", "displayName": "Ada"},
            "issuelinks": [],
            "fixVersions": [],
            "attachment": [],
        }

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:  # noqa: ARG002, PLR0911 - no queries; a line a route
        parts = re.sub(r"^/jira/rest/(api/2|agile/1.0|pat/latest)/", "", path).split("/")
        lists = {
            "field": [{"id": name, "name": name.title(), "custom": False} for name in self.issues["1001"]],
            "status": [self.issues["1001"]["status"]],
            "issuetype": [issue["issuetype"] for issue in self.issues.values()],
        }
        match (method, *parts):
            case ("GET", "serverInfo"):
                return 200, {"version": "9.12.1", "versionNumbers": [9, 12, 1], "deploymentType": "Server", "baseUrl": ""}
            case ("GET", "myself"):
                return 200, _IN_JIRA
            case ("GET", "mypermissions"):
                names = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ISSUES")
                return 200, {"permissions": {name: {"key": name, "havePermission": True} for name in names}}
            case ("GET", "field" | "status" | "issuetype" as name):
                return 200, lists[name]
            case ("GET", "project", "PAY", "versions"):
                return 200, []
            case ("POST", "search"):
                return 200, self._found(body)
            case (_, "issue", number, *rest) if number in self.issues:
                return self._of_issue(method, number, rest, body)
        return 404, {"errorMessages": ["Nothing is served there."], "errors": {}}

    def _found(self, body: Any) -> Any:
        wanted = re.findall(r"\d+", body["jql"].rpartition("id in")[2]) if "id in (" in body["jql"] else list(self.issues)
        found = [self._shown(one) for one in wanted if one in self.issues]
        return {"startAt": body.get("startAt", 0), "maxResults": body["maxResults"], "total": len(found), "issues": found}

    def _shown(self, number: str) -> Any:
        comments = {"comments": self.said[number], "total": len(self.said[number])}
        history = {"startAt": 0, "maxResults": 0, "total": 0, "histories": []}
        return {"id": number, "key": f"PAY-{number}", "fields": self.issues[number] | {"comment": comments}, "changelog": history}

    def _of_issue(self, method: str, number: str, rest: list[str], body: Any) -> Answer:
        said = self.said[number]
        match (method, *rest):
            case ("GET",):
                return 200, self._shown(number)
            case ("GET", "comment"):
                return 200, {"startAt": 0, "maxResults": 100, "total": len(said), "comments": said}
            case ("POST", "comment"):
                said.append({"id": str(next(self.numbers)), "author": _IN_JIRA, "updateAuthor": _IN_JIRA, "created": BORN, **body})
                self._touch(number)
                return 201, said[-1]
            case ("GET" | "PUT", "comment", comment_id) if found := [one for one in said if one["id"] == comment_id]:
                if method == "PUT":
                    found[0].update(body)
                    self._touch(number)
                return 200, found[0]
            case ("PUT",):
                labels = self.issues[number]["labels"]
                for verb in body["update"]["labels"]:
                    labels += [verb["add"]] if verb.get("add", "ui") not in labels else []
                    labels[:] = [one for one in labels if one != verb.get("remove")]
                self._touch(number)
                return 204, None
        return 404, {"errorMessages": ["No such comment."], "errors": {}}

    def _touch(self, number: str) -> None:
        self.saved += timedelta(seconds=61)
        self.issues[number]["updated"] = f"{self.saved:%Y-%m-%dT%H:%M:%S.000+0000}"


_ROUTES = """
00d9565f-ed9c-4a06-9a50-00e7896ccab4|Location|ConnectionData|_apis/{resource}|1|7.0|0.0
e81700f7-3be2-46de-8624-2eb35882fcaa|Location|ResourceAreas|_apis/{resource}/{areaId}|1|7.0|0.0
cf1faa59-1b63-4448-bf04-13d981a46f5d|Security|PermissionEvaluationBatch|_apis/{area}/{resource}|1|7.0|7.0
d30a3dd1-f8ba-442a-b86a-bd0c0c383e59|core|teams|_apis/projects/{projectId}/{resource}/{*teamId}|3|7.0|7.0
7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa|wit|workItemTypes|{project}/_apis/{area}/{resource}/{type}|2|7.0|7.0
b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94|wit|fields|{project}/_apis/{area}/{resource}/{*fieldNameOrRefName}|3|7.0|7.0
5a172953-1b41-49d3-840a-33f79c3ce89f|wit|classificationNodes|{project}/_apis/{area}/{resource}/{structureGroup}/{*path}|2|7.0|7.0
f828fe59-dd87-495d-a17c-7a8d6211ca6c|wit|workItemRevisions|{project}/_apis/{area}/reporting/{resource}|2|7.0|7.0
b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f|wit|workItemLinks|{project}/_apis/{area}/reporting/{resource}|3|7.0|7.0
1a9c53f7-f243-4447-b110-35ef023636e4|wit|wiql|{project}/{team}/_apis/{area}/{resource}|2|7.0|7.0
908509b6-4248-4475-a1cd-829139ba419f|wit|workItemsBatch|{project}/_apis/{area}/{resource}|1|7.0|7.0
72c7ddf8-2cdc-4f60-90cd-ab71c14a399b|wit|workItems|{project}/_apis/{area}/{resource}/{id}|3|7.0|7.0
608aac0a-32e1-4493-a863-b9cf4566d257|wit|comments|{project}/_apis/wit/workItems/{workItemId}/comments/{commentId}|3|7.0|0.0
"""
_NAMES = ("id", "area", "resourceName", "routeTemplate", "resourceVersion", "maxVersion", "releasedVersion")
_TYPE = {
    "name": "User Story",
    "referenceName": "Microsoft.VSTS.WorkItemTypes.UserStory",
    "states": [{"name": "Active", "category": "InProgress"}],
    "fieldInstances": [{"referenceName": "Microsoft.VSTS.Common.AcceptanceCriteria"}],
}


class AzureServer:
    """Azure DevOps Server 2022 with one story that has flaws, as its REST documentation describes it."""

    folder = "/tfs/Collection"
    configuration = "kind: azure-devops, auth: {token: secret}, scope: {projects: [Payments]}"

    def __init__(self) -> None:
        ada = {"id": "22222222-2222-3333-4444-555555555555", "displayName": "Ada", "uniqueName": "MERIDIAN\\ada"}
        self.fields: dict[str, Any] = {
            "System.Title": "Pay the invoice",
            "System.TeamProject": "Payments",
            "System.WorkItemType": "User Story",
            "System.State": "Active",
            "System.AreaPath": "Payments",
            "System.IterationPath": "Payments",
            "System.Tags": "ui",
            "System.CreatedDate": BORN,
            "System.CreatedBy": ada,
            "System.ChangedDate": BORN,
            "System.ChangedBy": ada,
            "System.CommentCount": 0,
        }
        self.revisions = [dict(self.fields)]
        self.said: list[dict[str, Any]] = []

    def comments(self) -> dict[str, list[str]]:
        return {"1": [one["text"] for one in self.said if not one["isDeleted"]]}

    def labels(self) -> dict[str, list[str]]:
        return {"1": sorted(self.fields["System.Tags"].split("; "))}

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:  # noqa: C901, PLR0911 - a line a route
        rest = path.lower().removeprefix("/tfs/collection/")
        if method == "OPTIONS":
            rows = [dict(zip(_NAMES, line.split("|"), strict=True)) | {"minVersion": "1.0"} for line in _ROUTES.split()]
            return 200, {"count": len(rows), "value": [row | {"resourceVersion": int(row["resourceVersion"])} for row in rows]}
        if "/comments" in rest:
            return self._of_comments(method, rest.rpartition("/comments")[2].strip("/"), body)
        place = int(query.get("continuationtoken") or (len(self.revisions) if "startdatetime" in query else 0))
        match (method, rest.rsplit("/", 1)[-1]):
            case ("GET", "connectiondata"):
                return 200, {"authenticatedUser": _IN_AZURE | {"providerDisplayName": "SafeSync"}, "deploymentType": "onPremises"}
            case ("POST", "permissionevaluationbatch"):
                return 200, {"evaluations": [one | {"value": True} for one in body["evaluations"]]}
            case ("GET", "areas" | "iterations"):
                return 200, {"id": 1, "identifier": "66666666-2222-3333-4444-555555555555", "name": "Payments"}
            case ("GET", "workitemtypes"):
                return 200, {"count": 1, "value": [_TYPE]}
            case ("GET", "fields"):
                return 200, {"value": [{"name": name.split(".")[-1], "referenceName": name, "type": "string"} for name in self.fields]}
            case ("GET", "workitemrevisions"):
                told = [{"id": 1, "rev": at + 1, "fields": one} for at, one in enumerate(self.revisions)]
                return 200, {"values": told[place:], "continuationToken": str(len(told)), "isLastBatch": True}
            case ("GET", "workitemlinks"):
                return 200, {"values": [], "continuationToken": "1", "isLastBatch": True}
            case ("POST", "wiql"):
                return 200, {"asOf": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "workItems": [], "workItemRelations": []}
            case ("POST", "workitemsbatch"):
                return 200, {"count": 1, "value": [self._shown(body.get("fields")) if one == 1 else None for one in body["ids"]]}
            case ("PATCH", "1"):
                return self._patched(body)
        return 200, {"count": 0, "value": []}

    def _shown(self, wanted: list[str] | None) -> Any:
        shown = {name: self.fields[name] for name in wanted if name in self.fields} if wanted else self.fields
        return {"id": 1, "rev": len(self.revisions), "fields": shown}

    def _patched(self, body: Any) -> Answer:
        for step in body:
            if step["op"] == "test" and step["value"] != len(self.revisions):
                return 412, {"message": "VS403351: Test Operation for path /rev failed", "typeKey": "TestPatchOperationFailedException"}
        self._save({step["path"].removeprefix("/fields/"): step["value"] for step in body if step["op"] != "test"})
        return 200, self._shown(None)

    def _save(self, changed: dict[str, Any]) -> None:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        self.fields |= {**changed, "System.ChangedDate": now, "System.ChangedBy": _IN_AZURE}
        self.revisions.append(dict(self.fields))

    def _of_comments(self, method: str, comment_id: str, body: Any) -> Answer:
        if method == "POST":
            made = {"id": len(self.said) + 1, "workItemId": 1, "version": 1, "isDeleted": False, "createdBy": _IN_AZURE}
            self.said.append(made | {"modifiedBy": _IN_AZURE, "createdDate": BORN, **body})
            self._save({"System.CommentCount": len(self.said)})
            return 200, self.said[-1]
        if not comment_id:
            return 200, {"totalCount": len(self.said), "count": len(self.said), "comments": self.said}
        found = next((one for one in self.said if str(one["id"]) == comment_id), None)
        if found is None:
            return 404, {"message": "No such comment.", "typeKey": "WorkItemCommentNotFoundException", "errorCode": 0}
        if method != "GET":
            found |= {"isDeleted": True} if method == "DELETE" else body
            self._save({})
        return 200, found
