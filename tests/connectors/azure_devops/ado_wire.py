"""A site on the wire, answer by answer, for what the sandbox does not do: broken, hostile and hurried servers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import responses

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope

Shared = Callable[[str], Path]
"""A file or folder of the reference material by its name."""

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ME = "11111111-2222-3333-4444-555555555555"
_numbers = itertools.count(1)

_ROUTES = """
00d9565f-ed9c-4a06-9a50-00e7896ccab4|Location|ConnectionData|_apis/{resource}|1|7.2|0.0
e81700f7-3be2-46de-8624-2eb35882fcaa|Location|ResourceAreas|_apis/{resource}/{areaId}|1|7.2|0.0
cf1faa59-1b63-4448-bf04-13d981a46f5d|Security|PermissionEvaluationBatch|_apis/{area}/{resource}|1|7.2|7.1
5a172953-1b41-49d3-840a-33f79c3ce89f|wit|classificationNodes|{project}/_apis/{area}/{resource}/{structureGroup}/{*path}|2|7.2|7.1
f828fe59-dd87-495d-a17c-7a8d6211ca6c|wit|workItemRevisions|{project}/_apis/{area}/reporting/{resource}|2|7.2|7.1
b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f|wit|workItemLinks|{project}/_apis/{area}/reporting/{resource}|3|7.2|7.1
908509b6-4248-4475-a1cd-829139ba419f|wit|workItemsBatch|{project}/_apis/{area}/{resource}|1|7.2|7.1
72c7ddf8-2cdc-4f60-90cd-ab71c14a399b|wit|workItems|{project}/_apis/{area}/{resource}/{id}|3|7.2|7.1
608aac0a-32e1-4493-a863-b9cf4566d257|wit|comments|{project}/_apis/wit/workItems/{workItemId}/comments/{commentId}|4|7.2|0.0
"""
WORK_ITEMS = "5264459e-e5e0-4bd8-b118-0985e68a4ec5"


class Wire:
    """An organisation whose discovery works; every other answer is said by the test."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.url = f"https://dev.azure.com/wire{next(_numbers)}"
        self.pauses: list[float] = []
        mock.add(responses.OPTIONS, f"{self.url}/_apis", json=table())
        self.areas = mock.add(
            responses.GET,
            f"{self.url}/_apis/ResourceAreas",
            json={"count": 1, "value": [{"id": WORK_ITEMS, "name": "wit", "locationUrl": f"{self.url}/"}]},
        )

    def says(self, method: str, path: str, **answer: Any) -> responses.BaseResponse:
        """One answer to one kind of request; of several the first is used up first."""
        return self.mock.add(method, f"{self.url}{path}", **answer)

    def knows_me(self, **more: Any) -> None:
        """The answer to: who am I?"""
        user = {"id": ME, "providerDisplayName": "SafeSync", "descriptor": "x"} | more
        self.says("GET", "/_apis/ConnectionData", json={"authenticatedUser": user, "deploymentType": "hosted"})

    def asked(self, fragment: str) -> list[Any]:
        """The requests whose address contains this."""
        return [call.request for call in self.mock.calls if fragment in (call.request.url or "")]

    def tracker(self, **choices: Any) -> AzureTracker:
        """A tracker of the project Payments that does not really wait."""
        patience = Patience(sleep=self.pauses.append, monotonic=lambda: sum(self.pauses), jitter=lambda: 1.0, **choices)
        return AzureTracker(
            Access("ado", self.url, "secret-token"),
            Scope(("Payments",)),
            Mapping(),
            Addresses((("ado", self.url),)),
            clock=lambda: NOW,
            patience=patience,
        )


def table() -> dict[str, Any]:
    """What a server says it has."""
    rows = [_row(line) for line in _ROUTES.split()]
    return {"count": len(rows), "value": rows}


def _row(line: str) -> dict[str, Any]:
    location, area, resource, route, version, highest, released = line.split("|")
    return {
        "id": location,
        "area": area,
        "resourceName": resource,
        "routeTemplate": route,
        "resourceVersion": int(version),
        "minVersion": "1.0",
        "maxVersion": highest,
        "releasedVersion": released,
    }


def load(path: Path) -> Any:
    """JSON as the reference material has it, at times with a byte order mark."""
    return json.loads(path.read_text(encoding="utf-8-sig"))
