"""A large organisation that costs nothing to build: its answers are made when they are asked for, each after a while."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

_ROUTES = """
00d9565f-ed9c-4a06-9a50-00e7896ccab4|Location|ConnectionData|_apis/{resource}|1|7.2|0.0
e81700f7-3be2-46de-8624-2eb35882fcaa|Location|ResourceAreas|_apis/{resource}/{areaId}|1|7.2|0.0
cf1faa59-1b63-4448-bf04-13d981a46f5d|Security|PermissionEvaluationBatch|_apis/{area}/{resource}|1|7.2|7.1
603fe2ac-9723-48b9-88ad-09305aa6c6e1|core|projects|_apis/{resource}/{*projectId}|4|7.2|7.1
d30a3dd1-f8ba-442a-b86a-bd0c0c383e59|core|teams|_apis/projects/{projectId}/{resource}/{*teamId}|3|7.2|7.1
7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa|wit|workItemTypes|{project}/_apis/{area}/{resource}/{type}|2|7.2|7.1
b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94|wit|fields|{project}/_apis/{area}/{resource}/{*fieldNameOrRefName}|3|7.2|7.1
5a172953-1b41-49d3-840a-33f79c3ce89f|wit|classificationNodes|{project}/_apis/{area}/{resource}/{structureGroup}/{*path}|2|7.2|7.1
f828fe59-dd87-495d-a17c-7a8d6211ca6c|wit|workItemRevisions|{project}/_apis/{area}/reporting/{resource}|2|7.2|7.1
b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f|wit|workItemLinks|{project}/_apis/{area}/reporting/{resource}|3|7.2|7.1
1a9c53f7-f243-4447-b110-35ef023636e4|wit|wiql|{project}/{team}/_apis/{area}/{resource}|2|7.2|7.1
908509b6-4248-4475-a1cd-829139ba419f|wit|workItemsBatch|{project}/_apis/{area}/{resource}|1|7.2|7.1
"""
_NAMES = ("id", "area", "resourceName", "routeTemplate", "resourceVersion", "maxVersion", "releasedVersion")
_BORN = datetime(2026, 1, 5, 9, tzinfo=UTC)
_STATES = ("New", "Active", "Resolved", "Closed")
_ANNA = {"id": "0a", "displayName": "Anna", "uniqueName": "anna@meridian.example"}
_TEXT = "<p>As a payer I want to see what I pay before I confirm it, so that I do not pay twice.</p>" * 6
Refuses = Callable[[str], int | None]
"""What an address (lower case) is refused with, ``None`` for none."""


class Generated:
    """``items`` items with ``revisions`` revisions each, served with ``latency_s`` a call, a thread a connection."""

    def __init__(
        self, items: int, revisions: int = 4, *, latency_s: float = 0.0, page: int = 1000, refuses: Refuses = lambda _: None
    ) -> None:
        self.items, self.revisions, self.latency_s, self.page, self.refuses = items, revisions, latency_s, page, refuses
        self.asked: Counter[str] = Counter()
        """By the last part of the address."""
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()
        organisation = self

        class Handler(_Handler):
            generated = organisation

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/meridian"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, address: str, body: Any) -> tuple[int, Any]:
        """Status and JSON."""
        parts = urlsplit(address)
        last = parts.path.rsplit("/", 1)[-1].lower()
        with self._lock:
            self.asked[last] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            time.sleep(self.latency_s)
            status = self.refuses(address.lower())
            return (status, {"message": "no", "typeKey": "X"}) if status else (200, self._said(method, last, parse_qs(parts.query), body))
        finally:
            with self._lock:
                self.at_once -= 1

    def _said(self, method: str, last: str, query: dict[str, list[str]], body: Any) -> Any:
        if method == "OPTIONS":
            rows = [dict(zip(_NAMES, line.split("|"), strict=True)) | {"minVersion": "1.0"} for line in _ROUTES.split()]
            return {"value": [row | {"resourceVersion": int(row["resourceVersion"])} for row in rows]}
        simple: dict[str, Callable[[], Any]] = {
            "connectiondata": lambda: {"authenticatedUser": {"id": "me", "providerDisplayName": "SafeSync"}},
            "permissionevaluationbatch": lambda: {"evaluations": [one | {"value": True} for one in body["evaluations"]]},
            "areas": lambda: {"name": "Generated", "identifier": "root"},
            "iterations": lambda: {"name": "Generated", "identifier": "root"},
            "generated": lambda: {"id": "p", "name": "Generated"},
            "workitemtypes": lambda: {"value": [_type()]},
            "fields": lambda: {"value": [{"name": "Title", "referenceName": "System.Title", "type": "string"}]},
            "workitemsbatch": lambda: {"value": [self._item(one, body.get("fields")) for one in body["ids"]]},
            "workitemrevisions": lambda: self._report(self._place(query)),
            "workitemlinks": lambda: {"values": [], "continuationToken": "1", "isLastBatch": True},
            "wiql": lambda: self._query(body["query"], int((query.get("$top") or ["20000"])[0])),
        }
        return simple.get(last, lambda: {"value": []})()

    def _place(self, query: dict[str, list[str]]) -> int:
        """Everything here happened long before anybody asks for what happened since."""
        return self.items * self.revisions if "startDateTime" in query else int((query.get("continuationToken") or ["0"])[0])

    def _report(self, start: int) -> Any:
        end = min(start + self.page, self.items * self.revisions)
        return {
            "values": [self._revision(at) for at in range(start, end)],
            "continuationToken": str(end),
            "isLastBatch": end == self.items * self.revisions,
        }

    def _revision(self, at: int) -> Any:
        item, rev = at % self.items + 1, at // self.items + 1
        changed = _BORN + timedelta(days=7 * rev, seconds=item)
        fields = {"System.State": _STATES[(rev - 1) % 4], "System.WorkItemType": "User Story", "System.TeamProject": "Generated"}
        return {"id": item, "rev": rev, "fields": fields | {"System.ChangedBy": _ANNA, "System.ChangedDate": changed.isoformat()}}

    def _item(self, number: int, wanted: list[str] | None) -> Any:
        last = self._revision((self.revisions - 1) * self.items + number - 1)
        fields = last["fields"] | {
            "System.Title": f"Pay the invoice {number}",
            "System.CreatedDate": _BORN.isoformat(),
            "System.CreatedBy": _ANNA,
            "System.AreaPath": "Generated",
            "System.IterationPath": "Generated",
            "System.Description": _TEXT,
            "Microsoft.VSTS.Common.AcceptanceCriteria": _TEXT,
        }
        shown = {name: fields[name] for name in wanted if name in fields} if wanted else fields
        return {"id": number, "rev": self.revisions, "fields": shown, "relations": []}

    def _query(self, text: str, top: int) -> Any:
        as_of = datetime.now(UTC).isoformat()
        if "WorkItemLinks" in text or "ChangedDate" in text:
            return {"asOf": as_of, "workItems": [], "workItemRelations": []}
        after = int((re.findall(r"\[System.Id\] > (\d+)", text) or ["0"])[0])
        return {"asOf": as_of, "workItems": [{"id": one} for one in range(after + 1, min(after + top, self.items) + 1)]}


class _Handler(BaseHTTPRequestHandler):
    generated: Generated
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = self.generated.answer(self.command, self.path, json.loads(sent) if sent else None)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    do_GET = do_POST = do_OPTIONS = _answer  # noqa: N815 - the names in the standard library

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Says nothing."""


def _type() -> Any:
    categories = zip(_STATES, ("Proposed", "InProgress", "Resolved", "Completed"), strict=True)
    states = [{"name": name, "category": category} for name, category in categories]
    return {"name": "User Story", "referenceName": "X.UserStory", "states": states, "fieldInstances": []}
