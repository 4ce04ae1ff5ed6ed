"""
The newest results of test cases, as Azure Test Plans keeps them: no field of a work item tells them.

Asked for with each page of items that holds test cases, all of a project in one call. So they are as old as the last reading of the
test case: a result alone moves no revision, and the full read of each day brings it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog

from safesync.connectors.azure import values
from safesync.connectors.azure.answers import RefusedError, TokenRefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import Context
from safesync.connectors.azure.documents import Point, Points
from safesync.connectors.azure.resources import TEST_POINTS
from safesync.model.errors import RunError
from safesync.model.item import Kind

_PAGE = 1_000
_NONE_YET = frozenset({"", "none", "unspecified"})
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The newest result of a test case in all suites and configurations, ``None`` when it was never run; and its day."""

    result: str | None = None
    day: date | None = None


@dataclass(slots=True)
class Results:
    """What we may know of results; one refusal is enough for a whole pull."""

    client: AzureClient
    refused: bool = False
    _served: bool | None = field(default=None, init=False)

    def of(self, raws: Iterable[Mapping[str, Any]], context: Context) -> Mapping[int, CaseResult]:
        """By id, of the test cases among these items; none of them where nobody tells us."""
        if self.refused or "test_result" in context.mapping.fields:
            return {}
        projects: dict[str, list[int]] = {}
        for raw in raws:
            fields = raw.get("fields") or {}
            project, type_name = str(fields.get("System.TeamProject")), str(fields.get("System.WorkItemType"))
            if context.kept(project, type_name).kind is Kind.TEST:
                projects.setdefault(project, []).append(int(raw["id"]))
        return {one: tested for project, ids in projects.items() for one, tested in self._asked(project, ids).items()}

    def _asked(self, project: str, ids: list[int]) -> Mapping[int, CaseResult]:
        try:
            if self._served is None:
                self._served = self.client.newest(TEST_POINTS) is not None
            return newest(self._points(project, ids), ids) if self._served and not self.refused else {}
        except (RefusedError, TokenRefusedError, RunError) as refused:
            _log.warning("test_results.refused", project=project, reason=str(refused))
            self.refused = True
            return {}

    def _points(self, project: str, ids: list[int]) -> list[Point]:
        found: list[Point] = []
        while True:
            query = {"$top": _PAGE, "$skip": len(found)}
            body = {"pointsFilter": {"testcaseIds": ids}}
            page = self.client.read(TEST_POINTS, Points, route={"project": project}, query=query, body=body).points
            found += page
            if len(page) < _PAGE:
                return found


def newest(points: Iterable[Point], ids: Iterable[int]) -> Mapping[int, CaseResult]:
    """For each of these test cases the newest result among its points."""
    found: dict[int, tuple[datetime, str]] = {}
    for point in points:
        case, at = point.case, point.at
        if case is None or at is None or (point.outcome or "").lower() in _NONE_YET:
            continue
        moment = values.moment(at)
        if case not in found or moment > found[case][0]:
            found[case] = (moment, str(point.outcome))
    return {one: CaseResult(found[one][1], found[one][0].date()) if one in found else CaseResult() for one in ids}
