"""The operations of a Data Center's REST API, version 2, with those that it shares with Cloud."""

from __future__ import annotations

from starlette.responses import Response

from safesync.connectors.sandbox.jira import agile, center_search, center_site, commenting, issues, metadata
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, PlainError


def missing(call: Call) -> Response:
    """What a Data Center says of a path that it does not have, those of Cloud among them."""
    raise PlainError(404, {"message": f"null for uri: {call.base}{call.path}", "status-code": 404})


_API = "/rest/api/2"
_PROJECT = f"{_API}/project/{{project}}"
_CREATE = f"{_API}/issue/createmeta/{{project}}/issuetypes"
_CLOUD = "/rest/api/3"
_NOT_HERE = frozenset({"/issue/bulkfetch", "/changelog/bulkfetch", "/issue/{issue}/changelog", "/comment/list"})

_SHARED = tuple(
    Endpoint(each.method, _API + each.path.removeprefix(_CLOUD), each.handler, each.reads)
    for each in (*issues.ENDPOINTS, *commenting.ENDPOINTS)
    if each.path.removeprefix(_CLOUD) not in _NOT_HERE
)
ENDPOINTS = (
    Endpoint("GET", f"{_API}/serverInfo", center_site.server_info),
    Endpoint("GET", f"{_API}/myself", center_site.myself),
    Endpoint("GET", f"{_API}/user", center_site.user),
    Endpoint("GET", f"{_API}/mypermissions", center_site.my_permissions),
    Endpoint("GET", f"{_API}/configuration", center_site.configuration),
    Endpoint("GET", f"{_API}/field", metadata.fields),
    Endpoint("GET", f"{_API}/status", metadata.statuses),
    Endpoint("GET", f"{_API}/statuscategory", center_site.categories),
    Endpoint("GET", f"{_API}/issuetype", metadata.issue_types),
    Endpoint("GET", f"{_API}/issueLinkType", metadata.link_types),
    Endpoint("GET", f"{_API}/priority", center_site.priorities),
    Endpoint("GET", f"{_API}/resolution", center_site.resolutions),
    Endpoint("GET", f"{_API}/project", center_site.projects),
    Endpoint("GET", _PROJECT, center_site.project),
    Endpoint("GET", f"{_PROJECT}/version", metadata.versions),
    Endpoint("GET", f"{_PROJECT}/versions", center_site.versions),
    Endpoint("GET", f"{_PROJECT}/components", center_site.components),
    Endpoint("GET", f"{_PROJECT}/statuses", center_site.project_statuses),
    Endpoint("GET", _CREATE, center_site.create_types),
    Endpoint("GET", f"{_CREATE}/{{kind}}", center_site.create_fields),
    Endpoint("GET", f"{_API}/search", center_search.by_get),
    Endpoint("POST", f"{_API}/search", center_search.by_post, reads=True),
    Endpoint("GET", "/rest/pat/latest/tokens", center_site.tokens),
    *metadata.own_properties(_API),
    *_SHARED,
    *agile.DATA_CENTER,
)
