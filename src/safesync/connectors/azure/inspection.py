"""Looks around in an organisation of Azure DevOps: its process, types, fields, states and paths, and some items of each type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from safesync.connectors.azure import values
from safesync.connectors.azure.answers import RefusedError, TokenRefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import Context
from safesync.connectors.azure.documents import Document, Evaluations, Field, Fields, FoundItems, WorkItemType, WorkItemTypes
from safesync.connectors.azure.history import History
from safesync.connectors.azure.items import read_items
from safesync.connectors.azure.resources import FIELDS, PERMISSIONS, PROJECTS, TYPES, WIQL
from safesync.connectors.azure.site import read_nodes, read_site
from safesync.connectors.azure.timeboxes import spots
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.azure.translate import work_item
from safesync.connectors.inspection import (
    SAMPLE_A_TYPE,
    SHORT,
    FoundField,
    FoundLink,
    FoundState,
    FoundType,
    Grant,
    Inspection,
    Quota,
    kept,
)
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Identity, Page, Refusal, Scope
from safesync.model.item import Item

_MOST_TYPES = 60
_MOST_PROJECTS = 1_000
_MOST_SHOWN = 30
_MOST_PATHS = 5_000
_AREAS = "83e28ad4-2d72-4ceb-97b0-c7726d5502c3"
_TAGS = "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2"
_EDIT, _COMMENT = 32, 512
_RIGHTS = (
    (_AREAS, 1 | 16, "View work items in this node", "nothing of this project is read"),
    (_AREAS, _COMMENT, "Edit work item comments in this node", "no comment is written here; findings are in 'safesync check' alone"),
    (_AREAS, _EDIT, "Edit work items in this node", "no tag is added or removed here"),
    (_TAGS, 2, "Create tag definition", "a tag of ours that the project does not have yet is refused"),
)
_FORMS = {
    "html": "text",
    "plainText": "text",
    "history": "other",
    "string": "option",
    "picklistString": "option",
    "integer": "number",
    "double": "number",
    "picklistInteger": "number",
    "picklistDouble": "number",
    "dateTime": "date",
    "identity": "user",
}
_NO_HISTORY = History((), None)
"""A run reads histories from a report of the whole organisation; for a sample they count as known."""


class _Template(Struct, frozen=True, rename="camel"):
    template_name: str | None = None


class _Capabilities(Struct, frozen=True, rename="camel"):
    process_template: _Template | None = None


class _ProjectWithProcess(Document, frozen=True):
    id: str
    name: str
    capabilities: _Capabilities | None = None


class _Projects(Document, frozen=True):
    value: tuple[_ProjectWithProcess, ...] = ()


class AzureInspector:
    """Implements ``connectors.inspection.Inspector``."""

    def __init__(self, access: Access, scope: Scope, addresses: Addresses, *, patience: Patience | None = None) -> None:
        self._access, self._scope, self._addresses = access, scope, addresses
        self._tracker = AzureTracker(access, scope, TrackerMapping(), addresses, patience=patience)
        self._client: AzureClient = self._tracker._client  # noqa: SLF001  # one session, one proof of who we are
        self.quota: Quota = self._client.quota
        self._identity: Identity | None = None
        self._raws: tuple[Mapping[str, Any], ...] = ()

    def identify(self) -> Identity:
        """As the tracker does."""
        self._identity = self._tracker.identify()
        return self._identity

    def projects(self) -> tuple[str, ...]:
        """Those that the token may see; the first thousand. What is wrong with the address or the token is told first."""
        self._tracker._enter()  # noqa: SLF001  # as above
        listed = self._client.read(PROJECTS, _Projects, query={"$top": _MOST_PROJECTS})
        return tuple(one.name for one in listed.value)

    def inspect(self) -> Inspection:
        """Six calls a project, one for each of its types, and one for every two hundred items of the sample."""
        try:
            return self._inspected()
        except RefusedError as refused:
            raise refused.for_run() from refused

    def rehearse(self, mapping: TrackerMapping) -> Page:
        """The items that were read, as this mapping reads them; the site is asked again for the fields that it names."""
        try:
            site = read_site(self._client, self._access.name, self._scope.projects, mapping)
        except RefusedError as refused:
            raise refused.for_run() from refused
        bots = frozenset(name.lower() for name in mapping.bots)
        context = Context(self._access.name, self._access.url.rstrip("/"), site.metadata, mapping, self._addresses, bots)
        read = [work_item(raw, context, _NO_HISTORY) for raw in self._raws]
        return Page(
            items=tuple(one for one in read if isinstance(one, Item)),
            refused=tuple(one for one in read if isinstance(one, Refusal)),
            surroundings=site.surroundings,
        )

    def close(self) -> None:
        """Give back connections."""
        self._tracker.close()

    def _inspected(self) -> Inspection:
        identity = self._identity or self.identify()
        gathered = _Gathered()
        for name in self._scope.projects:
            self._look_at(name, gathered)
        self._raws = tuple(raw for page in read_items(self._client, gathered.ids) for raw in page)
        for raw in self._raws:
            gathered.take(raw)
        return Inspection(
            kind="azure-devops",
            deployment=identity.deployment,
            version=identity.version,
            reached=_reached(self._access),
            process=tuple(dict.fromkeys(gathered.processes)),
            types=tuple(gathered.types()),
            fields=tuple(gathered.field(one) for one in gathered.fields.values()),
            states=tuple(FoundState(name, category, count) for (name, category), count in gathered.states.most_common()),
            links=tuple(FoundLink(name) for name, _ in gathered.links.most_common()),
            labels=tuple(tag for tag, _ in gathered.tags.most_common(_MOST_SHOWN)),
            boxes=tuple(gathered.boxes),
            areas=tuple(gathered.areas),
            grants=tuple(self._grants(gathered)),
            sampled=len(self._raws),
        )

    def _look_at(self, name: str, gathered: _Gathered) -> None:
        project = self._client.read(PROJECTS, _ProjectWithProcess, route={"projectId": name}, query={"includeCapabilities": True})
        template = project.capabilities.process_template if project.capabilities else None
        if template and template.template_name:
            gathered.processes.append(template.template_name)
        route = {"project": project.name}
        gathered.fields |= {each.reference_name: each for each in self._client.read(FIELDS, Fields, route=route).value}
        areas = read_nodes(self._client, project.name, "areas")
        gathered.roots[project.name] = (project.id, areas.identifier)
        gathered.areas += [spot.path for spot in spots(areas)][:_MOST_PATHS]
        gathered.boxes += [spot.path for spot in spots(read_nodes(self._client, project.name, "iterations"))][:_MOST_PATHS]
        for each in self._client.read(TYPES, WorkItemTypes, route=route).value[:_MOST_TYPES]:
            found = self._newest(project.name, each.name)
            gathered.ids += found
            gathered.learn(project.name, each, len(found))

    def _newest(self, project: str, type_name: str) -> list[int]:
        narrowed = f" AND ({self._scope.query})" if self._scope.query else ""
        query = (
            f"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = {_quoted(project)} "
            f"AND [System.WorkItemType] = {_quoted(type_name)}{narrowed} ORDER BY [System.ChangedDate] DESC"
        )
        answer = self._client.read(WIQL, FoundItems, query={"timePrecision": True, "$top": SAMPLE_A_TYPE}, body={"query": query})
        return [row.id for row in answer.work_items][:SAMPLE_A_TYPE]

    def _grants(self, gathered: _Gathered) -> Iterator[Grant]:
        tokens = {
            (name, space): f"/{project_id}" if space == _TAGS else f"vstfs:///Classification/Node/{root}"
            for name, (project_id, root) in gathered.roots.items()
            for space, *_ in _RIGHTS
        }
        questions = [
            {"securityNamespaceId": space, "token": tokens[name, space], "permissions": bits}
            for name in gathered.roots
            for space, bits, _, _ in _RIGHTS
        ]
        try:
            body = {"alwaysAllowAdministrators": False, "evaluations": questions}
            answers = self._client.read(PERMISSIONS, Evaluations, body=body).evaluations
        except (RefusedError, TokenRefusedError):
            answers = ()
        told = {(answer.token, answer.permissions): answer.value for answer in answers}
        for name in gathered.roots:
            for space, bits, right, without in _RIGHTS:
                granted = told.get((tokens[name, space], bits))
                if bits == _COMMENT and told.get((tokens[name, space], _EDIT)):
                    granted = True  # who may edit may comment; servers of before 2022.1 do not know the other right
                yield Grant(name, right, granted, without)


@dataclass(slots=True)
class _Gathered:
    """What projects and items show."""

    processes: list[str] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    roots: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Project -> its id and that of its root area."""
    areas: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    sampled: Counter[str] = field(default_factory=Counter)
    exact: dict[str, bool] = field(default_factory=dict)
    categories: dict[tuple[str, str, str], str] = field(default_factory=dict)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    shows: dict[str, dict[str, None]] = field(default_factory=dict)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)

    def learn(self, project: str, each: WorkItemType, found: int) -> None:
        self.sampled[each.name] += found
        self.exact[each.name] = self.exact.get(each.name, True) and found < SAMPLE_A_TYPE
        for state in each.states or ():
            self.categories[project, each.name, state.name] = state.category or ""

    def types(self) -> Iterator[FoundType]:
        for name, found in self.sampled.items():
            yield FoundType(name, (name,), None, found, found if self.exact[name] else None)

    def take(self, raw: Mapping[str, Any]) -> None:
        fields = raw.get("fields") or {}
        project, type_name, state = (str(fields.get(f"System.{name}")) for name in ("TeamProject", "WorkItemType", "State"))
        self.states[state, self.categories.get((project, type_name, state), "")] += 1
        self.tags.update(values.tags(fields.get("System.Tags")))
        for one in raw.get("relations") or ():
            attributes = one.get("attributes") or {}
            self.links[str(attributes.get("comment") if one.get("rel") == "Hyperlink" else attributes.get("name"))] += 1
        for key, value in fields.items():
            if value not in (None, ""):
                self.filled.setdefault(key, Counter())[type_name] += 1
                shown = self.shows.setdefault(key, {})
                if isinstance(value, str) and len(value) <= SHORT and len(shown) < _MOST_SHOWN:
                    shown[value] = None

    def field(self, one: Field) -> FoundField:
        key = one.reference_name
        filled = tuple(sorted(self.filled.get(key, {}).items()))
        form = _FORMS.get(one.type or "", "other")
        return FoundField(key, one.name, (one.name,), None, form, filled, kept(form, self.shows.get(key, ())))


def _reached(access: Access) -> str:
    signing = "Entra ID" if getattr(access, "entra", None) else "a personal access token"
    return f"directly, with {signing}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
