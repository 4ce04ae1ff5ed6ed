"""Where each resource is and in which versions: the table that clients ask for first, and that requests are routed by."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from safesync.connectors.sandbox.azure.editions import Edition
from safesync.connectors.sandbox.azure.refusal import Refusal, invalid

_TABLE = """
00d9565f-ed9c-4a06-9a50-00e7896ccab4|Location|ConnectionData|_apis/{resource}|1|1.0|7.2|0.0
e81700f7-3be2-46de-8624-2eb35882fcaa|Location|ResourceAreas|_apis/{resource}/{areaId}|1|3.2|7.2|0.0
cf1faa59-1b63-4448-bf04-13d981a46f5d|Security|PermissionEvaluationBatch|_apis/{area}/{resource}|1|3.0|7.2|7.1
603fe2ac-9723-48b9-88ad-09305aa6c6e1|core|projects|_apis/{resource}/{*projectId}|4|1.0|7.2|7.1
d30a3dd1-f8ba-442a-b86a-bd0c0c383e59|core|teams|_apis/projects/{projectId}/{resource}/{*teamId}|3|1.0|7.2|7.1
7a4d9ee9-3433-4347-b47a-7a80f1cf307e|core|teams|_apis/{resource}|3|4.1|7.2|0.0
294c494c-2600-4d7e-b76c-3dd50c3c95be|core|members|_apis/projects/{projectId}/teams/{teamId}/{resource}|2|1.0|7.2|7.1
93878975-88c5-4e6a-8abb-7ddd77a8a7d8|core|processes|_apis/process/{resource}/{*processId}|1|1.0|7.2|7.1
b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94|wit|fields|{project}/_apis/{area}/{resource}/{fieldNameOrRefName}|3|1.0|7.2|7.1
5a172953-1b41-49d3-840a-33f79c3ce89f|wit|classificationNodes|{project}/_apis/{area}/{resource}/{structureGroup}/{*path}|2|1.0|7.2|7.1
a70579d1-f53a-48ee-a5be-7be8659023b9|wit|classificationNodes|{project}/_apis/{area}/{resource}|2|1.0|7.2|7.1
1a9c53f7-f243-4447-b110-35ef023636e4|wit|wiql|{project}/{team}/_apis/{area}/{resource}|2|1.0|7.2|7.1
62d3d110-0047-428c-ad3c-4fe872c91c74|wit|workItems|{project}/_apis/{area}/{resource}/${type}|3|1.0|7.2|7.1
72c7ddf8-2cdc-4f60-90cd-ab71c14a399b|wit|workItems|{project}/_apis/{area}/{resource}/{id}|3|1.0|7.2|7.1
908509b6-4248-4475-a1cd-829139ba419f|wit|workItemsBatch|{project}/_apis/{area}/{resource}|1|5.0|7.2|7.1
6570bf97-d02c-4a91-8d93-3abe9895b1a9|wit|updates|{project}/_apis/{area}/workItems/{id}/updates/{updateNumber}|4|1.0|7.2|7.1
a00c85a5-80fa-4565-99c3-bcd2181434bb|wit|revisions|{project}/_apis/{area}/workItems/{id}/revisions/{revisionNumber}|3|1.0|7.2|7.1
608aac0a-32e1-4493-a863-b9cf4566d257|wit|comments|{project}/_apis/wit/workItems/{workItemId}/comments/{commentId}|4|5.1|7.2|0.0
49e03b34-3be0-42e3-8a5d-e8dfb88ac954|wit|commentsVersions|{project}/_apis/wit/workItems/{workItemId}/comments/{commentId}/versions/{version}|1|5.1|7.2|0.0
b70d8d39-926c-465e-b927-b1bf0e5ca0e0|wit|recyclebin|{project}/_apis/{area}/{resource}/{id}|2|2.1|7.2|7.1
f828fe59-dd87-495d-a17c-7a8d6211ca6c|wit|workItemRevisions|{project}/_apis/{area}/reporting/{resource}|2|2.0|7.2|7.1
b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f|wit|workItemLinks|{project}/_apis/{area}/reporting/{resource}|3|2.0|7.2|7.1
7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa|wit|workItemTypes|{project}/_apis/{area}/{resource}/{type}|2|1.0|7.2|7.1
7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa|wit|workItemTypeStates|{project}/_apis/{area}/workitemtypes/{type}/states|1|1.0|7.2|7.1
9b9f5734-36c8-415e-ba67-f83b45c31408|wit|workItemTypeCategories|{project}/_apis/{area}/{resource}/{category}|2|1.0|7.2|7.1
f5d33bc9-5b49-4a3c-a9bd-f3cd46dd2165|wit|workItemRelationTypes|_apis/{area}/{resource}/{relation}|2|1.0|7.2|7.1
bc15bc60-e7a8-43cb-ab01-2106be3983a1|wit|tags|{project}/_apis/{area}/{resource}/{tagIdOrName}|1|5.2|7.2|7.1
c3c1012b-bea7-49d7-b45e-1664e566f84c|work|teamsettings|{project}/{team}/_apis/{area}/{resource}|1|2.0|7.2|7.1
c9175577-28a1-4b06-9197-8636af9f64ad|work|iterations|{project}/{team}/_apis/{area}/teamsettings/{resource}/{id}|1|2.0|7.2|7.1
74412d15-8c1a-4352-a48d-ef1ed5587d57|work|capacities|{project}/{team}/_apis/{area}/teamsettings/iterations/{iterationId}/{resource}/{teamMemberId}|3|2.0|7.2|7.1
1e385ce0-396b-4273-8171-d64562c18d37|work|iterationcapacities|{project}/_apis/{area}/iterations/{iterationId}/{resource}|1|6.1|7.2|7.1
07ced576-58ed-49e6-9c1e-5cb53ab8bf2a|work|teamfieldvalues|{project}/{team}/_apis/{area}/teamsettings/{resource}|1|2.0|7.2|7.1
7799f497-3cb5-4f16-ad4f-5cd06012db64|work|backlogconfiguration|{project}/{team}/_apis/{area}/{resource}|1|2.0|7.2|7.1
f901ba42-86d2-4b0c-89c1-3f86d06daa84|work|processconfiguration|{project}/_apis/{area}/{resource}|1|2.0|7.2|7.1
23ad19fc-3b8e-4877-8462-b3f92bc06b40|work|boards|{project}/{team}/_apis/{area}/{resource}/{id}|1|2.0|7.2|7.1
c555d7ff-84e1-47df-9923-a3fe0cd8751b|work|columns|{project}/{team}/_apis/{area}/boards/{board}/{resource}/{id}|1|2.0|7.2|7.1
b4264fd0-a5d1-43e2-82a5-b9c46b7da9ce|Test|Points|{project}/_apis/test/{resource}|2|1.0|7.2|7.1
0863355d-aefd-4d63-8669-984c9b7b0e78|work|rows|{project}/{team}/_apis/{area}/boards/{board}/{resource}/{id}|1|2.0|7.2|7.1
"""

RESOURCE_AREAS = {
    "79134c72-4a58-4b42-976c-04e7115f32bf": "core",
    "5264459e-e5e0-4bd8-b118-0985e68a4ec5": "wit",
    "1d4f49f9-02b9-4e26-b826-2cdb6195f2a9": "work",
    "c2aa639c-3ccc-4740-b3b6-ce2a1e1d984e": "Test",
}


@dataclass(frozen=True)
class Location:
    """A row of the table."""

    id: str
    area: str
    resource: str
    template: str
    resource_version: int
    min: str
    max: str
    released: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the addresses of this resource: project, team and what stands at the end may be left out."""
        path = self.template.replace("{area}", self.area).replace("{resource}", self.resource)
        scope, _, rest = path.partition("_apis/")
        leading = "".join(f"(?:(?P<{name}>[^/]+)/" for name in re.findall(r"{(\w+)}", scope))
        leading += ")?" * scope.count("{")
        parts = rest.split("/")
        text = "".join(_segment(part, last=index == len(parts) - 1) for index, part in enumerate(parts))
        return re.compile(f"{leading}_apis{text}/?", re.IGNORECASE)

    @property
    def literals(self) -> int:
        """How much of the address is fixed: of several that match, the one with the most is meant."""
        return len(re.sub(r"{[^}]*}", "", self.template.replace("{area}", self.area).replace("{resource}", self.resource)))

    def row(self) -> dict[str, object]:
        """As clients get it."""
        return {
            "id": self.id,
            "area": self.area,
            "resourceName": self.resource,
            "routeTemplate": self.template,
            "resourceVersion": self.resource_version,
            "minVersion": self.min,
            "maxVersion": self.max,
            "releasedVersion": self.released,
        }


def _segment(part: str, *, last: bool) -> str:
    if (match := re.fullmatch(r"(\$?){(\*?)(\w+)}", part)) is None:
        return "/" + re.escape(part)
    pattern = f"/{re.escape(match[1])}(?P<{match[3]}>{'.+?' if match[2] else '[^/]+?'})"
    return f"(?:{pattern})?" if last and not match[1] else pattern


@lru_cache(maxsize=8)
def locations(edition: Edition) -> tuple[Location, ...]:
    """The table of an installation, the most specific addresses first."""
    top = float(edition.ceiling)
    rows = []
    for line in _TABLE.strip().splitlines():
        identifier, area, resource, template, version, least, most, released = line.split("|")
        if float(least) <= top:
            resource_version = edition.resource_version(identifier, int(version))
            row = Location(identifier, area, resource, template, resource_version, least, most, released)
            free = 0.0 if identifier in edition.preview else min(float(released), float(edition.released or top))
            rows.append(replace(row, max=str(min(float(most), top)), released=str(free)))
    return tuple(sorted(rows, key=lambda row: -row.literals))


_VERSION = re.compile(r"(\d+\.\d+)(?:-(preview)(?:\.(\d+))?)?")


def negotiated(location: Location, asked: str | None, method: str) -> str:
    """The version that is answered in; raises ``Refusal`` for one that is not served, and for writes without one."""
    if asked is None:
        if method == "GET":
            return location.released if float(location.released) else f"{location.max}-preview.{location.resource_version}"
        raise invalid(
            f'No api-version was supplied for the "{method}" request. The version must be supplied either as part of the Accept header '
            '(e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
            "VssVersionNotSpecifiedException",
        )
    match = _VERSION.fullmatch(asked.strip())
    if match is None:
        raise invalid(f"The api-version {asked} is not formatted correctly.", "VssVersionNotSpecifiedException")
    return _served(location, asked, match)


def _served(location: Location, asked: str, match: re.Match[str]) -> str:
    version = float(match[1])
    if not float(location.min) <= version <= float(location.max):
        raise Refusal(
            400,
            f"The requested REST API version of {asked} is out of range for this server. The latest REST API version this server supports "
            f"is {location.max}.",
            "VssVersionOutOfRangeException",
        )
    if not match[2] and version > float(location.released):
        raise invalid(
            f'The requested version "{match[1]}" of the resource is under preview. The -preview flag must be supplied in the api-version '
            f'for such requests. For example: "{match[1]}-preview"',
            "VssInvalidPreviewVersionException",
        )
    if match[3] and int(match[3]) > location.resource_version:
        raise invalid(
            f"The requested resource version of {match[3]} is out of range for this server. The latest resource version this server "
            f"supports is {location.resource_version}.",
            "VssVersionOutOfRangeException",
        )
    return asked.strip()
