from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from azure.devops.connection import Connection
from msrest.authentication import BasicAuthentication

from safesync.connectors.sandbox.azure.editions import SERVICES, Edition
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.organisation import SANDBOX_TOKEN, AzureOrganisation
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.teams import Column

TODAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
AREA = "Payments\\Payments"
JSON_PATCH = "application/json-patch+json"
WORK_AREA = "work"
"""What the interface calls boards, iterations and capacities."""


class Clock:
    """A clock that goes one second further each time somebody looks."""

    def __init__(self) -> None:
        self.now = TODAY

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class World:
    """A small organisation and the ways to ask it."""

    def __init__(self, edition: Edition = SERVICES) -> None:
        self.organisation = AzureOrganisation(edition=edition)
        self.clock = Clock()
        project = self.organisation.add_project("Payments")
        for team in ("Falcon", "Heron"):
            self.organisation.add_area(f"{AREA}\\{team}")
        for number in (1, 2, 3):
            first = date(2026, 10, 12) + timedelta(days=14 * number)
            self.organisation.add_iteration(f"Payments\\PI 26.4\\Iteration 26.4.{number}", first, first + timedelta(days=11))
        self.bot = self.organisation.add_identity("SafeSync", "safesync@meridian.example", bot=True)
        self.ada = self.organisation.add_identity("Ada Amber", "ada@meridian.example", token="ada-token")
        iterations = [f"Payments\\PI 26.4\\Iteration 26.4.{number}" for number in (1, 2, 3)]
        features = [
            Column("Funnel", 0, {"Feature": "New"}),
            Column("Implementing", 3, {"Feature": "Active"}, split=True),
            Column("Releasing", 2, {"Feature": "Resolved"}),
            Column("Done", 0, {"Feature": "Closed"}),
        ]
        self.organisation.add_team("Payments", AREA, iterations, {"Features": features}, members=[self.ada])
        self.organisation.add_team("Falcon", f"{AREA}\\Falcon", iterations)
        self.project = project
        self.url = ""
        self.session = requests.Session()
        self.session.auth = ("", SANDBOX_TOKEN)

    def story(
        self, title: str = "A story", at: datetime = TODAY - timedelta(days=30), by: Person | str | None = None, **more: Any
    ) -> WorkItem:
        fields = {"System.Title": title, "System.AreaPath": f"{AREA}\\Falcon", **more.pop("fields", {})}
        return self.organisation.add_work_item(more.pop("kind", "User Story"), fields, at, by or self.ada, **more)

    def ask(self, method: str, path: str, version: str = "", **more: Any) -> requests.Response:
        version = version or min("7.1", self.organisation.edition.ceiling)
        media = {"Content-Type": JSON_PATCH} if method == "PATCH" or "/$" in path else {}
        headers = {"Accept": f"application/json;api-version={version}", **media, **more.pop("headers", {})}
        return self.session.request(method, f"{self.url}/{path}", headers=headers, timeout=20, **more)

    def get(self, path: str, version: str = "", **params: Any) -> Any:
        answer = self.ask("GET", path, version, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def patch(self, item: WorkItem, *operations: tuple[Any, ...], **params: Any) -> requests.Response:
        document = [{"op": name, "path": path} | ({"value": rest[0]} if rest else {}) for name, path, *rest in operations]
        return self.ask("PATCH", f"_apis/wit/workitems/{item.id}", json=document, params=params)

    def wiql(self, text: str, scope: str = "Payments/", **params: Any) -> requests.Response:
        return self.ask("POST", f"{scope}_apis/wit/wiql", json={"query": text}, params=params)

    def found(self, condition: str, scope: str = "Payments/", **params: Any) -> list[int]:
        answer = self.wiql(f"SELECT [System.Id] FROM WorkItems WHERE {condition}", scope, **params)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["workItems"]]

    def client(self, token: str = SANDBOX_TOKEN) -> Any:
        return Connection(base_url=self.url, creds=BasicAuthentication("", token)).clients_v7_1
