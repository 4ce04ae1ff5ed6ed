"""Results of tests, as Test Plans has them: points, each a test case in a suite."""

from __future__ import annotations

from typing import Any

from safesync.connectors.sandbox.azure.call import Call, Handlers
from safesync.connectors.sandbox.azure.organisation import Result
from safesync.connectors.sandbox.azure.refusal import Refusal
from safesync.connectors.sandbox.azure.shapes import wire_time


def _points(call: Call) -> Any:
    project, asked = call.the_project(), call.body()
    if call.organisation.manners.results_refused:
        raise Refusal(403, "TF400409: You do not have access to the test management feature.", "UnauthorizedRequestException")
    wanted = frozenset(asked["pointsFilter"]["testcaseIds"])
    found = [(at, one) for at, one in enumerate(call.organisation.results) if one.case in wanted and _is_in(call, one, project.name)]
    skip, top = call.number("$skip", 0), call.number("$top", 1_000)
    return {"points": [_point(call, project.name, at, one) for at, one in found[skip : skip + top]], **asked}


def _is_in(call: Call, one: Result, project: str) -> bool:
    item = call.organisation.items.get(one.case)
    return item is not None and item.deleted is None and item.project == project


def _point(call: Call, project: str, at: int, one: Result) -> dict[str, Any]:
    ran = {"lastResultDetails": {"duration": 512, "dateCompleted": wire_time(one.at)}, "lastResultState": "Completed"}
    return {
        "id": at + 1,
        "url": f"{call.base}/{project}/_apis/test/Plans/1/Suites/{one.suite}/Points/{at + 1}",
        "automated": False,
        "configuration": {"id": "1", "name": "Windows 10"},
        "outcome": one.outcome or "Unspecified",
        "state": "Completed" if one.outcome else "Ready",
        "suite": {"id": str(one.suite)},
        "testCase": {"id": str(one.case)},
        "testPlan": {"id": "1"},
        "lastUpdatedDate": wire_time(one.at),
        **(ran if one.outcome else {}),
    }


HANDLERS: Handlers = {("POST", "b4264fd0-a5d1-43e2-82a5-b9c46b7da9ce"): _points}
