"""Looks around on a Jira site: its types, fields, states and links, and some issues of each type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

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
from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.listing import listed
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Identity, Page, Refusal, Scope, Surroundings
from safesync.model.errors import RunError
from safesync.model.item import Item

_MOST_TYPES = 40
_MOST_SHOWN = 30
_RIGHTS = (
    ("BROWSE_PROJECTS", "Browse projects", "nothing of this project is read"),
    ("ADD_COMMENTS", "Add comments", "no comment is written here; findings are in 'safesync check' alone"),
    ("EDIT_OWN_COMMENTS", "Edit own comments", "our comments could not be kept true, so none is written here"),
    ("EDIT_ISSUES", "Edit issues", "no label is added or removed here"),
    ("ADMINISTER_PROJECTS", "Administer projects", "all works, but watchers get a mail when a label or comment of ours changes"),
)
_FORMS = {"number": "number", "date": "date", "datetime": "date", "option": "option", "user": "user", "team": "option"}


class JiraInspector:
    """Implements ``connectors.inspection.Inspector``."""

    def __init__(self, access: Access, scope: Scope, addresses: Addresses, *, patience: Patience | None = None) -> None:
        self._access, self._scope, self._addresses, self._patience = access, scope, addresses, patience
        self._tracker = JiraTracker(access, scope, Mapping(), addresses, patience=patience)
        self._client: JiraClient = self._tracker._client  # noqa: SLF001  # one session, one proof of who we are
        self.quota: Quota = self._client.quota
        self._ids: tuple[str, ...] = ()
        self._version = ""

    def identify(self) -> Identity:
        """As the tracker does."""
        return self._tracker.identify()

    def projects(self) -> tuple[str, ...]:
        """Those that we may browse, or administer."""
        self.identify()
        with self._client.understood():
            if not self._cloud():
                return tuple(str(one["key"]) for one in self._client.read("GET", "project"))
            return tuple(str(one["key"]) for one in listed(self._client, "project/search", {"action": "browse"}))

    def inspect(self) -> Inspection:
        """Eight calls and three a project, and two for each type that the projects use."""
        with self._client.understood():
            return self._inspected()

    def rehearse(self, mapping: Mapping) -> Page:
        """By a whole read that is narrowed to the sample: what a run would do, on a few items."""
        if not self._ids:
            return Page()
        scope = Scope(self._scope.projects, f"id in ({', '.join(self._ids)})")
        tracker = JiraTracker(self._access, scope, mapping, self._addresses, patience=self._patience)
        try:
            tracker.identify()
            return _joined(tracker.pull(None))
        finally:
            tracker.close()

    def close(self) -> None:
        """Give back connections."""
        self._tracker.close()

    def _inspected(self) -> Inspection:
        cloud = self._cloud()
        projects = [self._client.read("GET", f"project/{key}") for key in self._scope.projects]
        gathered = _Gathered()
        types = [self._sampled(one, gathered, cloud=cloud) for one in _types_of(projects)[:_MOST_TYPES]]
        self._ids = tuple(gathered.ids)
        if gathered.refused and not self._ids and self._scope.query:
            gathered.untold = [f"scope.jql is refused ({gathered.refused[0]}): correct it"]
        return Inspection(
            kind="jira",
            deployment="Jira Cloud" if cloud else "Jira Data Center",
            version=self._version,
            reached=_reached(self._access),
            types=tuple(types),
            fields=tuple(gathered.field(one) for one in self._client.read("GET", "field")),
            states=tuple(FoundState(name, category, count) for (name, category), count in gathered.states.most_common()),
            links=tuple(self._links(gathered)),
            labels=tuple(label for label, _ in gathered.labels.most_common(_MOST_SHOWN)),
            boxes=tuple(dict.fromkeys((*gathered.sprints, *(str(one["name"]) for each in projects for one in each.get("versions") or ())))),
            grants=tuple(self._grants()),
            sampled=len(self._ids),
            untold=tuple(gathered.untold),
        )

    def _cloud(self) -> bool:
        self._version = self._client.site.release
        return self._client.site.cloud

    def _sampled(self, one: dict[str, Any], gathered: _Gathered, *, cloud: bool) -> FoundType:
        projects = ", ".join(f'"{key}"' for key in self._scope.projects)
        narrowed = f" AND ({self._scope.query})" if self._scope.query else ""
        jql = f"project in ({projects}) AND issuetype = {one['id']}{narrowed}"
        name = str(one["name"])
        try:
            issues, count = self._found(jql, cloud=cloud)
        except RefusedError as refused:
            gathered.refused.append(refused.status)
            gathered.untold.append(f"the issues of the type {name} could not be searched ({refused.status})")
            issues, count = [], None
        for raw in issues:
            gathered.take(raw, name)
        names = tuple(dict.fromkeys(str(each) for each in (name, one.get("untranslatedName"), one["id"]) if each))
        level = -1 if one.get("subtask") else one.get("hierarchyLevel")
        return FoundType(name, names, level, len(issues), count)

    def _found(self, jql: str, *, cloud: bool) -> tuple[list[dict[str, Any]], int | None]:
        body: dict[str, Any] = {"jql": f"{jql} ORDER BY updated DESC", "maxResults": SAMPLE_A_TYPE, "fields": ["*navigable"]}
        if not cloud:
            answer = self._client.read("POST", "search", body={**body, "startAt": 0})
            return list(answer["issues"]), int(answer["total"])
        issues = list(self._client.read("POST", "search/jql", body=body)["issues"])
        if len(issues) < SAMPLE_A_TYPE:
            return issues, len(issues)
        return issues, int(self._client.read("POST", "search/approximate-count", body={"jql": jql})["count"])

    def _links(self, gathered: _Gathered) -> Iterator[FoundLink]:
        try:
            listed = self._client.read("GET", "issueLinkType")["issueLinkTypes"]
        except RefusedError:
            gathered.untold.append("the types of issue links are not shown to us")
            listed = [{"name": name} for name in gathered.pairs]
        for one in listed:
            name = str(one["name"])
            yield FoundLink(name, str(one.get("outward") or ""), str(one.get("inward") or ""), tuple(gathered.pairs.get(name, ())))

    def _grants(self) -> Iterator[Grant]:
        for project in self._scope.projects:
            held = self._held(project)
            for key, right, without in _RIGHTS:
                yield Grant(project, right, held.get(key), without)

    def _held(self, project: str) -> dict[str, bool]:
        asked = {"projectKey": project, "permissions": ",".join(key for key, _, _ in _RIGHTS)}
        for params in (asked, {"projectKey": project}):  # one key that a site does not know fails the whole question
            try:
                shown = self._client.read("GET", "mypermissions", params=params)["permissions"]
            except RefusedError:
                continue
            return {key: bool(each.get("havePermission")) for key, each in shown.items()}
        return {}


@dataclass(slots=True)
class _Gathered:
    """What the sample shows, issue by issue."""

    ids: list[str] = field(default_factory=list)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    shows: dict[str, dict[str, None]] = field(default_factory=dict)
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    sprints: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def take(self, raw: dict[str, Any], type_name: str) -> None:
        self.ids.append(str(raw["id"]))
        fields = raw.get("fields") or {}
        state = fields.get("status") or {}
        self.states[str(state.get("name")), str((state.get("statusCategory") or {}).get("key") or "undefined")] += 1
        self.labels.update(str(label) for label in fields.get("labels") or ())
        for one in fields.get("issuelinks") or ():
            self._link(one, type_name)
        for key, value in fields.items():
            if value not in (None, "", [], {}):
                self.filled.setdefault(key, Counter())[type_name] += 1
                self._show(key, value)

    def field(self, one: dict[str, Any]) -> FoundField:
        key, schema = str(one["id"]), one.get("schema") or {}
        names = tuple(dict.fromkeys(str(name) for name in (one["name"], one.get("untranslatedName")) if name))
        filled = tuple(sorted(self.filled.get(key, {}).items()))
        form = _form(schema)
        return FoundField(key, names[0], names, schema.get("custom"), form, filled, kept(form, self.shows.get(key, ())))

    def _link(self, one: dict[str, Any], type_name: str) -> None:
        for side in ("outwardIssue", "inwardIssue"):
            other = one.get(side)
            if isinstance(other, dict):
                named = str(((other.get("fields") or {}).get("issuetype") or {}).get("name") or "?")
                # The issue that shows an ``outwardIssue`` is the one that says the outward words.
                pair = (type_name, named) if side == "outwardIssue" else (named, type_name)
                self.pairs.setdefault(str((one.get("type") or {}).get("name")), []).append(pair)

    def _show(self, key: str, value: Any) -> None:
        shown = self.shows.setdefault(key, {})
        for text in _short(value):
            if len(shown) < _MOST_SHOWN:
                shown[text] = None
        if isinstance(value, list) and value and isinstance(value[0], dict) and "boardId" in value[0]:
            self.sprints += [str(one.get("name")) for one in value if str(one.get("name")) not in self.sprints]


def _types_of(projects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    known = {str(one["id"]): one for each in projects for one in each.get("issueTypes") or ()}
    return sorted(known.values(), key=lambda one: (-(one.get("hierarchyLevel") or 0), str(one["name"])))


def _short(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and {"accountId", "emailAddress", "key"} & one.keys():
            continue  # people and issues: nothing that a field is recognised by
        text = (one.get("value") or one.get("name")) if isinstance(one, dict) else one
        if isinstance(text, str) and len(text) <= SHORT and "\n" not in text:
            yield text


def _form(schema: dict[str, Any]) -> str:
    custom = str(schema.get("custom") or "")
    if custom.endswith(":url"):
        return "url"
    kind = str(schema.get("items") or "") if schema.get("type") == "array" else str(schema.get("type") or "")
    if kind == "option-with-child" or (kind == "string" and schema.get("type") == "array"):
        return "option"
    if kind == "string":
        return "text"
    return _FORMS.get(kind, "other")


def _reached(access: Access) -> str:
    who = "with an API token of a user" if access.user else "with a token alone"
    return f"{'through the gateway of Atlassian' if 'api.atlassian.com/' in access.url else 'directly'}, {who}"


def _joined(pages: Iterable[Page]) -> Page:
    items: list[Item] = []
    refused: list[Refusal] = []
    surroundings: Surroundings | None = None
    for page in pages:
        items += page.items
        refused += page.refused
        surroundings = page.surroundings or surroundings
    if not items and not refused:
        raise RunError("not one item of the sample could be read again; run the command again")
    return Page(items=tuple(items), refused=tuple(refused), surroundings=surroundings)
