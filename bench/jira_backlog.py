"""
A Jira site with a generated backlog of any size, on the loopback interface: enough of Cloud and Data Center to be pulled,
by SafeSync and by the peers that ``bench/peers`` sets beside it.

It costs next to nothing. Each answer comes after ``latency_s``. Run as a program it serves until its standard input ends and
then tells what was asked of it: ``jira_backlog.py ITEMS MS cloud [CERTIFICATE]``. With a certificate (a PEM file that holds the
key too) it speaks TLS, and answers the search that Cloud took away in 2025: a peer still asks for that one.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from backlog_issues import FIRST, STATES, Issues, Wish

__all__ = ["FIRST", "Backlog", "served"]

ME = "712020:0f2d7c51-4a86-4e0b-9c1d-63b8a5e7f402"
"""As long as Atlassian's are: a short one would stand in every other word, and each comment would be taken for one that mentions us."""

_FIELDS = (
    ("customfield_10016", "Story Points", "com.pyxis.greenhopper.jira:jsw-story-points"),
    ("customfield_10019", "Rank", "com.pyxis.greenhopper.jira:gh-lexo-rank"),
    ("customfield_10020", "Sprint", "com.pyxis.greenhopper.jira:gh-sprint"),
    ("customfield_10001", "Team", "com.atlassian.teams:rm-teams-custom-field-team"),
    ("customfield_10101", "Acceptance criteria", "com.atlassian.jira.plugin.system.customfieldtypes:textarea"),
)


@dataclass(slots=True)
class Backlog:
    """What stands there, and what was asked: ``asked`` counts requests by method and path."""

    items: int
    latency_s: float = 0.0
    deployment: Literal["cloud", "data-center"] = "cloud"
    most: int = 1000
    """How many issues a page of Data Center holds."""
    retired: bool = False
    """Whether Cloud still answers the search that it took away in 2025."""
    asked: Counter[str] = field(default_factory=Counter)
    bodies: list[Any] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    """How many requests were under way together."""
    issues: Issues = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _first: float = 0.0
    _last: float = 0.0

    def __post_init__(self) -> None:
        self.issues = Issues(self.items, self.cloud)

    @property
    def cloud(self) -> bool:
        """Whether it speaks as Jira Cloud."""
        return self.deployment == "cloud"

    def touch(self, ids: Iterable[int]) -> None:
        """Somebody changes these issues, now."""
        now = datetime.now(UTC)
        self.issues.touched.update(dict.fromkeys(ids, now))

    def account(self) -> dict[str, Any]:
        """Requests by path, of how many issues a whole one was given, and the seconds from the first request to the last answer."""
        paths: Counter[str] = Counter()
        for path, count in self.asked.items():
            paths[re.sub(r"/issue/(PAY-)?\d+", "/issue/*", path)] += count
        given = {name: len(ids) for name, ids in self.issues.given.items()}
        together = self.most_under_way
        return {"calls": self.asked.total(), "together": together, "paths": paths, "given": given, "span_s": self._last - self._first}

    def respond(self, method: str, path: str, body: Any, query: dict[str, Any]) -> str | None:
        """An answer, after the time that answers take."""
        began = time.monotonic()
        self._begin()
        found = self.answer(method, path, body, query)
        time.sleep(max(0.0, self.latency_s - (time.monotonic() - began)))
        self._end()
        self._first = self._first or began
        self._last = time.monotonic()
        return found

    def _begin(self) -> None:
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)

    def _end(self) -> None:
        with self._lock:
            self.under_way -= 1

    def answer(self, method: str, path: str, body: Any, query: dict[str, Any] | None = None) -> str | None:
        """The JSON of an answer; ``None`` for a path that there is not."""
        with self._lock:
            self.asked[f"{method} {path}"] += 1
            self.bodies.append(body)
        found = re.fullmatch(r"/rest/(api|agile)/([^/]+)/(.+)", path)
        if found is None or (found[1] == "api" and found[2] == "3" and not self.cloud):
            return None
        return self._answer(method, found[3], body or query or {}, adf=found[2] == "3")

    def _answer(self, method: str, path: str, asked: dict[str, Any], *, adf: bool) -> str | None:
        name = f"{method} {path}"
        if path in {"search/jql", "search"}:
            new = path == "search/jql"
            old = not self.cloud or (self.retired and method == "GET")
            return self._search(asked, adf, by_token=new) if (self.cloud if new else old) else None
        if name == "POST issue/bulkfetch" and self.cloud:
            ids = [int(one) for one in asked["issueIdsOrKeys"]]
            return f'{{"issues":[{self.issues.shown(ids, _wish(asked, adf))}],"issueErrors":[]}}'
        if name == "POST changelog/bulkfetch" and self.cloud:
            ids = [int(one) for one in asked["issueIdsOrKeys"]]
            return json.dumps({"issueChangeLogs": [{"issueId": str(one), "changeHistories": self.issues.history(one)} for one in ids]})
        if one := re.fullmatch(r"GET issue/(?:PAY-)?(\d+)(?:/(comment|changelog))?", name):
            return self._issue(int(one[1]), one[2], asked, adf)
        around = self._around(name)
        return None if around is None else json.dumps(around)

    def _issue(self, number: int, part: str | None, asked: dict[str, Any], adf: bool) -> str | None:
        if number not in self.issues.every:
            return None
        if part is None:
            return self.issues.shown([number], _wish(asked, adf))
        if part == "comment":
            return json.dumps(self.issues.comments(number, adf=adf))
        log = self.issues.history(number)
        return json.dumps({"values": log, "startAt": 0, "maxResults": 100, "total": len(log), "isLast": True})

    def _search(self, asked: dict[str, Any], adf: bool, *, by_token: bool) -> str:
        found, wish = self._found(asked["jql"]), _wish(asked, adf)
        start = int(asked.get("nextPageToken") or 0) if by_token else int(asked.get("startAt") or 0)
        most = (5000 if wish.fields == {"id"} else 100) if self.cloud else self.most
        size = min(int(asked.get("maxResults") or 50), most)
        some = found[start : start + size]
        issues = f'"issues":[{self.issues.shown(some, wish)}]'
        if not by_token:
            return f'{{"startAt":{start},"maxResults":{size},"total":{len(found)},{issues}}}'
        last = start + size >= len(found)
        return f'{{{issues},"isLast":{json.dumps(last)}' + ("}" if last else f',"nextPageToken":"{start + size}"}}')

    def _found(self, query: str) -> Sequence[int]:
        if named := re.search(r"\bid in \(([\d, ]+)\)", query):
            return [number for one in named[1].split(",") if (number := int(one)) in self.issues.every]
        if epic := re.search(r"\bparent = PAY-(\d+)", query):
            return self.issues.children(int(epic[1]))
        if minutes := re.search(r'updated >= "-(\d+)m"', query):
            since = datetime.now(UTC) - timedelta(minutes=int(minutes[1]))
            return sorted(number for number, at in self.issues.touched.items() if at >= since)
        return self.issues.every

    def _around(self, name: str) -> Any:
        granted = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "EDIT_ISSUES", "DELETE_OWN_COMMENTS")
        me = {"accountId": ME, "name": "safesync", "key": "safesync", "displayName": "SafeSync", "timeZone": "Europe/Berlin"}
        sprint = {"id": 7, "name": "Falcon 26.4.3", "state": "active", "originBoardId": 5}
        kind = {"versionNumbers": [1001, 0, 0], "version": "1001.0.0", "deploymentType": "Cloud"}
        if not self.cloud:
            kind = {"versionNumbers": [9, 12, 4], "version": "9.12.4", "deploymentType": "DataCenter"}
        board = {"columnConfig": {"columns": [{"name": name, "statuses": [{"id": state}]} for state, name, _ in STATES]}}
        project = {"id": "1", "key": "PAY", "name": "Payments", "archived": False}
        place = {"projectId": 1, "projectKey": "PAY"}
        answers: dict[str, Any] = {
            "GET myself": me,
            "GET serverInfo": {"baseUrl": "https://meridian.example", **kind},
            "POST permissions/project": {"projects": [{"id": 1, "key": "PAY"}]},
            "GET mypermissions": {"permissions": {one: {"key": one, "havePermission": True} for one in granted}},
            "GET field": [_field(*one) for one in _FIELDS],
            "GET status": [{"id": key, "name": name, "statusCategory": {"key": category}} for key, name, category in STATES],
            "GET issuetype": [{"id": "10", "name": "Epic", "hierarchyLevel": 1}, {"id": "11", "name": "Story", "hierarchyLevel": 0}],
            "GET project/search": _page([project]),
            "GET board": _page([{"id": 5, "name": "Falcon", "type": "scrum", "location": place}]),
            "GET board/5/configuration": board,
            "GET board/5/sprint": _page([sprint]),
            "GET project/PAY/version": _page([]),
            "GET project/1/version": _page([]),
            "GET project/PAY/versions": [],
        }
        return answers.get(name)


def served(backlog: Backlog, certificate: str | None = None) -> ThreadingHTTPServer:
    """The site on a free port; ``serve_forever`` and ``shutdown`` are the caller's."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body in one piece: in two, the second waits for an acknowledgement

        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def _respond(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            address = urlsplit(self.path)
            if address.path == "/bench/touch":
                backlog.touch(body)
                found: str | None = "null"
            else:
                query = {name: values[0] if len(values) == 1 else values for name, values in parse_qs(address.query).items()}
                found = backlog.respond(self.command, address.path, body, query)
            content = (found or "{}").encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            if backlog.cloud:
                self.send_header("X-AAccountId", ME)
            else:
                self.send_header("X-AUSERNAME", "safesync")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the counts are what is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # the handshake is left to the thread of the connection: in ours it would hold up all others
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def _wish(asked: dict[str, Any], adf: bool) -> Wish:
    return Wish(frozenset(_names(asked.get("fields"))), frozenset(_names(asked.get("expand"))), adf)


def _names(given: Any) -> list[str]:
    """Names that come as a list, or as a text with commas between them."""
    return [str(one) for one in given] if isinstance(given, list) else str(given).split(",") if given else []


def _field(key: str, name: str, typed: str) -> dict[str, Any]:
    return {"id": key, "name": name, "custom": True, "clauseNames": [f"cf[{key[12:]}]", name], "schema": {"custom": typed}}


def _page(values: list[Any]) -> dict[str, Any]:
    return {"startAt": 0, "maxResults": 50, "total": len(values), "isLast": True, "values": values}


def main(items: int, latency_ms: float, deployment: Literal["cloud", "data-center"], certificate: str | None = None) -> None:
    """Serve until whoever started us lets go of our standard input; the last line is the account."""
    backlog = Backlog(items, latency_ms / 1000, deployment, retired=certificate is not None)
    server = served(backlog, certificate)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = str(server.server_address[0]), server.server_address[1]
    print(f"{'http' if certificate is None else 'https'}://{host}:{port}", flush=True)
    sys.stdin.read()
    print(json.dumps(backlog.account()), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), "cloud" if sys.argv[3] == "cloud" else "data-center", *sys.argv[4:5])
