"""A small sandbox site that moves while it is read: in process, by the hand of a test, with a clock of its own."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import responses
from starlette.applications import Starlette

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Fate, Page, Scope
from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.jira.edition import CLOUD, data_center
from safesync.connectors.sandbox.jira.routes import routes
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.model.item import Item

URL = "https://meridian.example"
TOKEN = "sandbox-jira-token"
SCOPE = Scope(("PAY", "CARDS"))
MAPPING = Mapping.model_validate({"types": {"story": ["Story"]}})
MOMENTS = (
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # summer time begins in Berlin within the hour
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # and ends
    datetime(2026, 11, 26, 9, 30, 40, tzinfo=UTC),
)
ANN, ROBOT = "Ann Lee", "SafeSync"


@dataclass
class Moving:
    """A site with three projects, of which two are in scope. ``meanwhile`` happens one by one, before each request."""

    cloud: bool
    now: datetime
    zone: str = "Europe/Berlin"
    asker_zone: str = "Europe/Berlin"
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    answer_s: float = 1.0
    """How much time each answer takes, by the site's clock."""

    def __post_init__(self) -> None:
        self.site = JiraSite(lambda: self.now, zone=self.zone, edition=CLOUD if self.cloud else data_center("9.12.4"))
        self.site.add_user("5f0:ann", ANN, "ann@meridian.example", token="anns-token")
        self.site.add_user("5f0:safesync", ROBOT, "safesync@meridian.example", token=TOKEN, zone=self.asker_zone)
        for key in ("PAY", "CARDS", "OTHER"):
            self.site.add_project(key, key.title())
        self._app = Starlette(routes=routes(self.site))
        self._lock = threading.Lock()

    def fill(self, number: int, age: timedelta = timedelta(days=30)) -> None:
        """So many stories, created one minute after the other."""
        for at in range(number):
            self.site.add_issue("CARDS" if at % 3 else "PAY", "Story", f"Story {at}", created=self.now - age + timedelta(minutes=at))

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)

    def ids(self) -> list[int]:
        return sorted(self.site.issues)

    def in_scope(self) -> dict[str, tuple[str, str]]:
        """What a perfect reader would know: uid, key and title."""
        found = [issue for issue in self.site.issues.values() if issue.project.key in SCOPE.projects]
        return {f"jira:{issue.id}": (issue.key, str(issue.values["summary"])) for issue in found}

    # what people do; whoever is not there any more is left alone

    def edit(self, which: int, title: str) -> None:
        if issue := self._one(which):
            writes.edit(self.site, issue, ANN, {"summary": title})

    def comment(self, which: int) -> None:
        if issue := self._one(which):
            writes.add_comment(self.site, issue, ANN, "Noted.")

    def create(self, title: str) -> None:
        kind = self.site.issue_type("Story")
        writes.create(self.site, self.site.project("PAY"), self.site.user(ANN), {"issuetype": kind, "summary": title})

    def delete(self, which: int) -> None:
        if issue := self._one(which):
            writes.delete(self.site, issue)

    def send_to(self, which: int, project: str) -> None:
        issue = self._one(which)
        if issue and issue.project.key != project:
            writes.move(self.site, issue, ANN, project)

    def _one(self, which: int) -> Any:
        known = self.ids()
        return self.site.issues[known[which % len(known)]] if known else None

    # the wire

    @contextmanager
    def wired(self) -> Iterator[None]:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
            for method in ("GET", "POST", "PUT", "DELETE"):
                wire.add_callback(method, re.compile(re.escape(URL) + "/"), self._answer)
            yield

    def tracker(self, scope: Scope = SCOPE, lanes: int = 1) -> JiraTracker:
        access = Access("jira", URL, TOKEN, "safesync@meridian.example" if self.cloud else None)
        patience = Patience(sleep=lambda _: None)
        return JiraTracker(access, scope, MAPPING, Addresses(()), clock=lambda: self.now, patience=patience, lanes=lanes)

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            if self.meanwhile:
                self.meanwhile.pop(0)()
            self.now += timedelta(seconds=self.answer_s)
            return asyncio.run(self._asgi(request))

    async def _asgi(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        address = urlsplit(str(request.url))
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        scope = {
            "type": "http", "method": request.method, "path": address.path, "raw_path": address.path.encode(), "root_path": "",
            "scheme": "https", "server": ("meridian.example", 443), "query_string": address.query.encode(), "http_version": "1.1",
            "headers": [(name.lower().encode(), str(value).encode()) for name, value in request.headers.items()],
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], {**headers, "Date": format_datetime(self.now.astimezone(UTC), usegmt=True)}, content


@dataclass
class Reader:
    """What the jobs do with pages: keep, replace, and take away what is proven to be gone. The cursor is kept as they keep it."""

    moving: Moving
    kept: dict[str, Item] = field(default_factory=dict)
    cursor: str | None = None
    read: list[str] = field(default_factory=list)
    """Uids that the last pull brought, in order."""

    def pull(self) -> list[Page]:
        """One run: a process of its own."""
        tracker, self.read = self.moving.tracker(), []
        tracker.identify()
        pages = []
        for page in tracker.pull(self.cursor):
            pages.append(page)
            self.read += [one.uid for one in page.items]
            self.kept.update((one.uid, one) for one in page.items)
            if page.census is not None:
                missing = [self.kept[uid].ref for uid in sorted(self.kept.keys() - page.census)]
                fates = tracker.fates(missing)
                self.kept = {uid: one for uid, one in self.kept.items() if fates.get(uid, Fate.PRESENT) is Fate.PRESENT}
            self.cursor = page.cursor or self.cursor
        tracker.close()
        return pages

    def known(self) -> dict[str, tuple[str, str]]:
        return {uid: (one.key, one.title) for uid, one in self.kept.items()}
