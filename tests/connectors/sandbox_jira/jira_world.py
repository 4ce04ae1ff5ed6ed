from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from safesync.connectors.sandbox.jira.edition import CLOUD, Edition
from safesync.connectors.sandbox.jira.routes import routes
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.server import Server

START = datetime(2026, 11, 26, 9, 30, 40, tzinfo=UTC)
TOKEN = "sandbox-jira-token"


class HandClock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


class Client(requests.Session):
    """Plain requests against the site; keeps every answer, so that all can be held against the official document."""

    def __init__(self, url: str, login: tuple[str, str] | None) -> None:
        super().__init__()
        self.url = url
        self.auth = login
        self.trust_env = False
        self.answers: list[requests.Response] = []

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        response = super().request(method, self.url + url, *args, timeout=10, **kwargs)
        self.answers.append(response)
        return response

    def search(self, jql: str, **more: Any) -> list[str]:
        """The keys that a query finds, over all pages."""
        body, keys = {"jql": jql, "fields": ["key"], **more}, []
        while True:
            page = self.post("/rest/api/3/search/jql", json=body).json()
            keys += [issue["key"] for issue in page["issues"]]
            if page["isLast"]:
                return keys
            body["nextPageToken"] = page["nextPageToken"]


@dataclass
class World:
    site: JiraSite
    clock: HandClock
    url: str
    api: Client
    """Signed in as SafeSync's own user."""

    def client(self, login: tuple[str, str] | None) -> Client:
        return Client(self.url, login)


def organisation(clock: HandClock, edition: Edition = CLOUD) -> JiraSite:
    """PAY with an initiative, an epic, three stories, a bug and a sub-task; CARDS with one story."""
    site = JiraSite(clock, edition=edition)
    site.add_user("5f0:ann", "Ann Lee", "ann@meridian.example", token="anns-token", username="ann")
    site.add_user("5f0:bot", "SafeSync", "safesync@meridian.example", bot=True, token=TOKEN, zone="America/New_York", username="safesync")
    site.add_project("PAY", "Payments")
    site.add_project("CARDS", "Cards")
    site.add_version("PAY", "PI 26.4", start="2026-10-01", release="2026-12-20")
    site.add_board(
        "Falcon", "PAY", [("To do", ["Backlog", "Ready"]), ("Doing", ["In Progress", "In Review"], 1, 4), ("Done", ["Done", "Cancelled"])]
    )
    site.add_board("Payments portfolio", "PAY", [("All", ["Funnel", "Analyzing"])], kind="kanban")
    old = site.add_sprint("Falcon", "Falcon 26.4.2", "closed", START - timedelta(days=20), START - timedelta(days=6))
    now = site.add_sprint("Falcon", "Falcon 26.4.3", "active", START - timedelta(days=6), START + timedelta(days=8), goal="Pay at once")
    site.add_sprint("Falcon", "Falcon 26.4.4", "future")
    ago = lambda days: START - timedelta(days=days)  # noqa: E731
    initiative = site.add_issue("PAY", "Initiative", "Payments of tomorrow", created=ago(200), status="Analyzing")
    epic = site.add_issue("PAY", "Epic", "Instant payments", created=ago(90), status="In Progress", parent=initiative)
    site.add_issue(
        "PAY",
        "Story",
        "Pay a bill at once",
        created=ago(30),
        status="In Progress",
        parent=epic,
        fields={
            "description": "As a payer\n\nI want it now",
            "Acceptance criteria": "- paid within ten seconds\n- receipt sent",
            "Sprint": [old, now],
            "Team": "Falcon",
            "Program Increment": "PI 26.4",
            "Work category": "feature",
            "Story Points": 5,
            "labels": ["theme:trust", "checkout"],
            "fixVersions": ["PI 26.4"],
            "assignee": "Ann Lee",
            "Azure DevOps feature": "https://dev.example/meridian/_workitems/edit/17",
            "customfield_10015": "2026-11-02",
            "duedate": "2026-12-01",
            "Flagged": ["Impediment"],
        },
        history=[
            (ago(9), "5f0:ann", [("labels", ["checkout"], ["checkout", "theme:trust"]), ("parent", None, epic)]),
            (ago(8), "5f0:ann", [("status", "Backlog", "In Progress"), ("Sprint", [old], [old, now])]),
        ],
        comments=[(ago(7), "5f0:ann", "Looks good")],
    )
    site.add_issue(
        "PAY", "Story", "Refund a bill", created=ago(20), status="Ready", parent=epic, fields={"Story Points": 8, "Sprint": [now]}
    )
    site.add_issue("PAY", "Story", "Split a bill", created=ago(10), fields={"labels": ["idea"]})
    site.add_issue("PAY", "Bug", "Receipt lacks a date", created=ago(3), status="Done", fields={"priority": "High"})
    site.add_issue("PAY", "Sub-task", "Ask the bank", created=ago(2), parent="PAY-3")
    site.add_issue("CARDS", "Story", "Freeze a card", created=ago(1))
    site.link("Blocks", "PAY-4", "PAY-3")
    return site


@contextmanager
def served(site: JiraSite, clock: HandClock) -> Iterator[World]:
    """The site on a server, with SafeSync's own user signed in: by mail address on Cloud, by token on a Data Center."""
    with Server(Starlette(routes=[Mount("/jira", routes=routes(site, clock))])) as server:
        url = f"{server.url}/jira"
        api = Client(url, ("safesync@meridian.example", TOKEN) if site.edition.cloud else None)
        if not site.edition.cloud:
            api.headers["Authorization"] = f"Bearer {TOKEN}"
        yield World(site, clock, url, api)
