"""
A Jira site with a generated backlog of any size, on the loopback interface: enough of Cloud and Data Center to be pulled.

It costs next to nothing: a hundred issues are written once, and every issue is one of them with its own id. Each answer
comes after ``latency_s``. Run as a program it serves until its standard input ends: ``jira_backlog.py ITEMS MS cloud``.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

FIRST = 10_001
_VARIANTS = 100
_LONG = 50
"""One in so many variants has a history that an answer does not show whole."""
_STATES = (("1", "Backlog", "new"), ("3", "In Progress", "indeterminate"), ("5", "Done", "done"))
_FIELDS = (
    ("customfield_10016", "Story Points", "com.pyxis.greenhopper.jira:jsw-story-points"),
    ("customfield_10019", "Rank", "com.pyxis.greenhopper.jira:gh-lexo-rank"),
    ("customfield_10020", "Sprint", "com.pyxis.greenhopper.jira:gh-sprint"),
    ("customfield_10001", "Team", "com.atlassian.teams:rm-teams-custom-field-team"),
    ("customfield_10101", "Acceptance criteria", "com.atlassian.jira.plugin.system.customfieldtypes:textarea"),
)
_WORDS = "The payment is booked once the bank has answered and the customer sees the balance at the same moment. "


@dataclass(slots=True)
class Backlog:
    """What stands there, and what was asked: ``asked`` counts requests by method and path."""

    items: int
    latency_s: float = 0.0
    deployment: Literal["cloud", "data-center"] = "cloud"
    most: int = 1000
    """How many issues a page of Data Center holds."""
    asked: Counter[str] = field(default_factory=Counter)
    touched: dict[int, datetime] = field(default_factory=dict)
    """Issues that were changed since the backlog was generated."""
    bodies: list[Any] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    _texts: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._texts = [json.dumps(_variant(number, adf=self.cloud), separators=(",", ":")) for number in range(_VARIANTS)]

    @property
    def cloud(self) -> bool:
        """Whether it speaks as Jira Cloud."""
        return self.deployment == "cloud"

    def touch(self, ids: Iterable[int]) -> None:
        """Somebody changes these issues, now."""
        now = datetime.now(UTC)
        self.touched.update(dict.fromkeys(ids, now))

    def begin(self) -> None:
        """A request has come."""
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)

    def end(self) -> None:
        """It is about to be answered."""
        with self._lock:
            self.under_way -= 1

    def answer(self, method: str, path: str, body: Any) -> str | None:
        """The JSON of an answer; ``None`` for a path that there is not."""
        with self._lock:
            self.asked[f"{method} {path}"] += 1
            self.bodies.append(body)
        found = re.fullmatch(r"/rest/(api|agile)/([^/]+)/(.+)", path)
        if found is None or (found[1] == "api" and found[2] == "3" and not self.cloud):
            return None
        name = f"{method} {found[3]}"
        if name in {"POST search/jql", "POST search"}:
            return self._search(body, by_token=name.endswith("jql")) if name.endswith("jql") is self.cloud else None
        if name == "POST issue/bulkfetch" and self.cloud:
            asked = body["issueIdsOrKeys"]
            return f'{{"issues":[{self._shown([int(one) for one in asked], body)}],"issueErrors":[]}}'
        if name == "POST changelog/bulkfetch" and self.cloud:
            return json.dumps({"issueChangeLogs": [_whole_log(int(one)) for one in body["issueIdsOrKeys"]]})
        around = self._around(name)
        return None if around is None else json.dumps(around)

    def _search(self, body: Any, *, by_token: bool) -> str:
        found = self._found(body["jql"])
        start = int(body.get("nextPageToken") or 0) if by_token else int(body.get("startAt") or 0)
        most = (5000 if body["fields"] == ["id"] else 100) if by_token else self.most
        size = min(int(body.get("maxResults") or 50), most)
        some = found[start : start + size]
        issues = f'"issues":[{self._shown(some, body)}]'
        if not by_token:
            return f'{{"startAt":{start},"maxResults":{size},"total":{len(found)},{issues}}}'
        last = start + size >= len(found)
        return f'{{{issues},"isLast":{json.dumps(last)}' + ("}" if last else f',"nextPageToken":"{start + size}"}}')

    def _found(self, query: str) -> Any:
        every = range(FIRST, FIRST + self.items)
        if named := re.search(r"\bid in \(([\d, ]+)\)", query):
            return [number for one in named[1].split(",") if (number := int(one)) in every]
        if minutes := re.search(r'updated >= "-(\d+)m"', query):
            since = datetime.now(UTC) - timedelta(minutes=int(minutes[1]))
            return sorted(number for number, at in self.touched.items() if at >= since)
        return every

    def _shown(self, some: Iterable[int], body: Any) -> str:
        asked = body.get("fields")
        if asked == ["id"]:
            return ",".join(f'{{"id":"{number}"}}' for number in some)
        return ",".join(self._issue(number) for number in some)

    def _issue(self, number: int) -> str:
        text = self._texts[number % _VARIANTS].replace("@ID@", str(number))
        return text.replace("@UPDATED@", _stamp(self.touched.get(number) or _before(number)))

    def _around(self, name: str) -> Any:
        granted = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "EDIT_ISSUES", "DELETE_OWN_COMMENTS")
        me = {"accountId": "me", "name": "safesync", "key": "safesync", "displayName": "SafeSync", "timeZone": "Europe/Berlin"}
        sprint = {"id": 7, "name": "Falcon 26.4.3", "state": "active", "originBoardId": 5}
        kind = {"versionNumbers": [1001, 0, 0], "version": "1001.0.0", "deploymentType": "Cloud"}
        if not self.cloud:
            kind = {"versionNumbers": [9, 12, 4], "version": "9.12.4", "deploymentType": "DataCenter"}
        board = {"columnConfig": {"columns": [{"name": name, "statuses": [{"id": state}]} for state, name, _ in _STATES]}}
        answers: dict[str, Any] = {
            "GET myself": me,
            "GET serverInfo": {"baseUrl": "https://meridian.example", **kind},
            "POST permissions/project": {"projects": [{"id": 1, "key": "PAY"}]},
            "GET mypermissions": {"permissions": {one: {"key": one, "havePermission": True} for one in granted}},
            "GET field": [{"id": key, "name": name, "custom": True, "schema": {"custom": typed}} for key, name, typed in _FIELDS],
            "GET status": [{"id": key, "name": name, "statusCategory": {"key": category}} for key, name, category in _STATES],
            "GET issuetype": [{"id": "10", "name": "Epic", "hierarchyLevel": 1}, {"id": "11", "name": "Story", "hierarchyLevel": 0}],
            "GET board": {"values": [{"id": 5, "name": "Falcon", "type": "scrum"}], "isLast": True},
            "GET board/5/configuration": board,
            "GET board/5/sprint": {"values": [sprint], "isLast": True},
            "GET project/PAY/version": {"values": [], "isLast": True},
            "GET project/PAY/versions": [],
        }
        return answers.get(name)


def served(backlog: Backlog) -> ThreadingHTTPServer:
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
            began = time.monotonic()
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")
            address = urlsplit(self.path)
            if address.path == "/bench/asked":
                found: str | None = json.dumps(backlog.asked)
            elif address.path == "/bench/touch":
                backlog.touch(body)
                found = "null"
            else:
                backlog.begin()
                found = backlog.answer(self.command, address.path, body)
                time.sleep(max(0.0, backlog.latency_s - (time.monotonic() - began)))
                backlog.end()
            content = (found or "{}").encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            if backlog.cloud:
                self.send_header("X-AAccountId", "me")
            else:
                self.send_header("X-AUSERNAME", "safesync")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the counts are what is told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    return server


def _variant(number: int, *, adf: bool) -> dict[str, Any]:
    """An issue of about 6 kB; ``@ID@`` and ``@UPDATED@`` are put in later."""
    state, name, category = _STATES[number % 3]
    kind = {"id": "10", "name": "Epic", "hierarchyLevel": 1} if number % 20 == 0 else {"id": "11", "name": "Story", "hierarchyLevel": 0}
    histories = _histories(number % _VARIANTS, 40 if number % _LONG == 0 else number % 7)
    shown = {
        "summary": f"Payment {number} is booked",
        "status": {"id": state, "name": name, "statusCategory": {"id": 2, "key": category, "name": name}},
        "issuetype": {**kind, "subtask": False, "iconUrl": "https://meridian.example/icon"},
        "project": {"id": "1", "key": "PAY", "name": "Payments"},
        "labels": ["payments", f"team-{number % 9}"],
        "assignee": _person(number),
        "creator": _person(number + 1),
        "created": "2025-03-01T10:00:00.000+0100",
        "updated": "@UPDATED@",
        "description": _text(f"{_WORDS * 4}{number}", adf),
        "issuelinks": [_link(number)] if number % 4 == 0 else [],
        "fixVersions": [],
        "duedate": None,
        "resolution": None,
        "comment": {"comments": [_comment(number, adf)] * (number % 3), "total": number % 3, "maxResults": number % 3, "startAt": 0},
        "customfield_10016": float(number % 13),
        "customfield_10019": f"0|i{number:05d}:",
        "customfield_10020": [{"id": 7, "name": "Falcon 26.4.3", "state": "active", "boardId": 5, "goal": ""}],
        "customfield_10001": {"id": "t1", "name": "Falcon"},
        "customfield_10101": _text("Given a paid order, when it ships, a receipt is sent.", adf),
    }
    total = 60 if number % _LONG == 0 and adf else len(histories)
    log = {"startAt": 0, "maxResults": len(histories), "total": total, "histories": histories}
    return {"id": "@ID@", "key": "PAY-@ID@", "self": "https://meridian.example/rest/api/3/issue/@ID@", "fields": shown, "changelog": log}


def _text(text: str, adf: bool) -> Any:
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}] * 2
    return {"type": "doc", "version": 1, "content": paragraphs} if adf else f"{text}\n\n{text}"


def _person(number: int) -> dict[str, Any]:
    name = f"Person {number % 40}"
    return {"accountId": f"p{number % 40}", "name": f"p{number % 40}", "displayName": name, "active": True, "accountType": "atlassian"}


def _comment(number: int, adf: bool) -> dict[str, Any]:
    at = "2026-05-01T10:00:00.000+0200"
    return {"id": "1", "author": _person(number), "updateAuthor": _person(number), "body": _text(_WORDS, adf), "created": at, "updated": at}


def _link(number: int) -> dict[str, Any]:
    other = {"id": str(FIRST + number % _VARIANTS), "key": f"PAY-{FIRST + number % _VARIANTS}", "fields": {"summary": "another"}}
    return {"id": "1", "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}, "outwardIssue": other}


def _histories(number: int, count: int) -> list[dict[str, Any]]:
    """The newest first; where there are many, a robot wrote them and no state is among them."""
    robot = {"accountId": "robot", "name": "robot", "displayName": "Robot", "accountType": "app"}
    who = robot if count >= 40 else _person(number)
    ranked = {"field": "Rank", "fieldtype": "custom", "fieldId": "customfield_10019", "from": "", "to": "", "toString": "Ranked higher"}
    moved = {"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1", "to": _STATES[number % 3][0], "toString": "x"}
    items = [ranked] if count >= 40 else [moved]
    return [
        {"id": str(at), "author": who, "created": f"2026-04-{28 - at % 28:02d}T10:00:00.000+0200", "items": items} for at in range(count)
    ]


def _whole_log(number: int) -> dict[str, Any]:
    histories = [*_histories(number, 40), *_histories(number, 20)]
    return {"issueId": str(number), "changeHistories": histories[::-1]}


def _before(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number % 100_000)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


def main(items: int, latency_ms: float, deployment: Literal["cloud", "data-center"]) -> None:
    """Serve until whoever started us lets go of our standard input."""
    server = served(Backlog(items, latency_ms / 1000, deployment))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = str(server.server_address[0]), server.server_address[1]
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), "cloud" if sys.argv[3] == "cloud" else "data-center")
