"""What one must know of a site to read its items: its types, states, fields and paths, and how the administrator maps them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct

from safesync.connectors.azure.timeboxes import interval_of
from safesync.connectors.mapping import FURTHER, FieldName, Form, Mapping, says_blocked
from safesync.connectors.port import Addresses
from safesync.model.item import Kind, Relation, Stage, WorkClass

AREA, ITERATION, BLOCKED = "System.AreaPath", "System.IterationPath", "Microsoft.VSTS.CMMI.Blocked"
COMMENTS = "System.CommentCount"
BESIDE_REVISIONS = (BLOCKED, COMMENTS)
"""Fields that we want of revisions and that only some sites have."""
VALUE_AREA = "Microsoft.VSTS.Common.ValueArea"
_POINTS = ("Microsoft.VSTS.Scheduling.StoryPoints", "Microsoft.VSTS.Scheduling.Effort", "Microsoft.VSTS.Scheduling.Size")

STANDARD_FIELDS: Map[FieldName, tuple[str, ...]] = {
    "acceptance": ("Microsoft.VSTS.Common.AcceptanceCriteria",),
    "points": _POINTS,
    "job_size": ("Microsoft.VSTS.Scheduling.Effort",),
    "business_value": ("Microsoft.VSTS.Common.BusinessValue",),
    "time_criticality": ("Microsoft.VSTS.Common.TimeCriticality",),
    "target_start": ("Microsoft.VSTS.Scheduling.StartDate",),
    "target_end": ("Microsoft.VSTS.Scheduling.TargetDate",),
    "due_on": ("Microsoft.VSTS.Scheduling.DueDate",),
}
"""Where each is found unless the mapping says otherwise; the others have no field of Azure DevOps's own."""

_FORMS: Map[FieldName, Form] = {
    "acceptance": Form.TEXT,
    "benefit": Form.TEXT,
    "points": Form.NUMBER,
    "job_size": Form.NUMBER,
    "business_value": Form.NUMBER,
    "time_criticality": Form.NUMBER,
    "risk_reduction": Form.NUMBER,
    "due_on": Form.DAY,
    "target_start": Form.DAY,
    "target_end": Form.DAY,
}
"""Fields of every item that are read by their form alone, beside those that few organisations keep."""

_UNTOLD = frozenset({"criteria_editor"})
"""Who changed a long text is told item by item alone, a call for each."""

STANDARD_KINDS: Map[str, Kind] = {
    "epic": Kind.EPIC,
    "capability": Kind.CAPABILITY,
    "feature": Kind.FEATURE,
    "user story": Kind.STORY,
    "product backlog item": Kind.STORY,
    "requirement": Kind.STORY,
    "bug": Kind.BUG,
    "task": Kind.TASK,
    "spike": Kind.SPIKE,
    "risk": Kind.RISK,
    "pi objective": Kind.PI_OBJECTIVE,
    "test case": Kind.TEST,
    **dict.fromkeys(("test plan", "test suite", "shared steps", "shared parameter", "impediment", "change request", "review"), Kind.OTHER),
    **dict.fromkeys(("feedback request", "feedback response", "code review request", "code review response"), Kind.OTHER),
}
"""Type names of the Agile, Scrum, CMMI and Basic processes; those of no backlog are ``OTHER`` knowingly."""

STANDARD_CATEGORIES: Map[str, str] = {
    **dict.fromkeys(("new", "proposed", "approved", "to do", "design", "requested"), "Proposed"),
    **dict.fromkeys(("active", "committed", "in progress", "doing", "open", "ready", "in planning", "accepted"), "InProgress"),
    "resolved": "Resolved",
    **dict.fromkeys(("closed", "done", "completed", "inactive"), "Completed"),
    "removed": "Removed",
}
"""State names of the four processes: only for a state that the site does not name any more, or data without a site."""


class TypeKnowledge(Struct, frozen=True):
    """A type of one project: its states in order with their categories, and those of its fields that we look at."""

    reference: str | None
    states: dict[str, str]
    fields: frozenset[str] | None
    """Reference names; ``None`` when the site did not tell them."""


class Metadata(Struct, frozen=True):
    """What a site told about itself; kept in the cursor, so that a quiet cycle asks for none of it."""

    projects: tuple[str, ...]
    types: dict[str, TypeKnowledge]
    """By ``type_key(project, type)``."""
    choices: dict[str, tuple[str, ...]]
    """SafeSync's field -> the reference names that exist on the site; empty when none does."""
    formats: dict[str, str]
    """Reference name -> Azure DevOps's field type, for those in ``choices``."""
    iterations: frozenset[str]
    """Paths of nodes that are iterations, not planning intervals, lower case."""
    paths: frozenset[str]
    """All area and iteration paths, lower case."""
    owners: dict[str, str]
    """Area path of a train, lower case -> the one team that owns precisely this node."""


def is_blocked(state: str | None, field: Any, tags: Any) -> bool:
    """Whether an item is blocked: by the field for it, a tag, or the name of its state."""
    if str(field or "").lower() == "yes" or says_blocked(state):
        return True
    return bool(tags) and any(map(says_blocked, str(tags).split(";")))


def beside_revisions(metadata: Metadata) -> tuple[str, ...]:
    """Those of ``BESIDE_REVISIONS`` that this site has."""
    return tuple(one for one in BESIDE_REVISIONS if any(each.fields and one in each.fields for each in metadata.types.values()))


class Kept(Struct, frozen=True):
    """
    What is the same for all items of a type: what the site told of it, what it is in SAFe (``None`` when nobody mapped it), and which
    fields it keeps as they stand, each with its form and the reference names to read it from.

    ``absent`` are the fields that no item of this type can show: nobody mapped them, or the type does not have them.
    """

    known: TypeKnowledge | None
    kind: Kind | None
    plain: tuple[tuple[FieldName, Form, tuple[str, ...]], ...]
    absent: frozenset[str]


class Place(NamedTuple):
    """Whose an area is, by its path alone."""

    team: str | None
    train: str | None


class Plan(NamedTuple):
    """What an iteration path says: whether the site named it, the iteration that it is, and the planning interval that it stands in."""

    known: bool
    iteration: str | None
    interval: str | None


def type_key(project: str, type_name: str) -> str:
    """Where a type stands in ``Metadata.types``; names are compared without upper and lower case."""
    return f"{project}/{type_name}".lower()


@dataclass(frozen=True)
class Context:
    """All that translating needs besides the item itself."""

    tracker: str
    url: str
    metadata: Metadata
    mapping: Mapping = field(default_factory=Mapping)
    addresses: Addresses = field(default_factory=Addresses)
    bots: frozenset[str] = frozenset()
    """Account ids, names and mail addresses of those who are not people, lower case; our own among them."""

    _kept: dict[tuple[str, str], Kept] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stages_met: dict[tuple[str, str, str], Stage | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _bots_met: dict[object, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _places: dict[str, Place] = field(default_factory=dict, init=False, repr=False, compare=False)
    _plans: dict[str, Plan] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What the methods have found: a few types, states, people and paths stand in all items and their histories."""

    @cached_property
    def kinds(self) -> Map[str, Kind]:
        """Kind by name or reference name of a type."""
        return {name.lower(): kind for kind, names in self.mapping.types.items() for name in names}

    @cached_property
    def stages(self) -> Map[str, Stage]:
        """Stage by name of a state, where the category is not enough."""
        return {name.lower(): stage for stage, names in self.mapping.stages.items() for name in names}

    @cached_property
    def classes(self) -> Map[str, WorkClass]:
        """Work class by the value, type or tag that means it."""
        return {name.lower(): cls for cls, names in self.mapping.work_class.items() for name in names}

    @cached_property
    def relations(self) -> Map[str, Relation]:
        """Relation by the name of a link type or the comment on a hyperlink."""
        return {name.lower(): relation for relation, names in self.mapping.links.items() for name in names}

    @cached_property
    def interval_pattern(self) -> re.Pattern[str] | None:
        """The administrator's own pattern for planning intervals."""
        return re.compile(self.mapping.interval_pattern) if self.mapping.interval_pattern else None

    @cached_property
    def lost(self) -> frozenset[str]:
        """Fields that are mapped to none of the site's; with an empty list an administrator says that there is no such field."""
        return frozenset(name for name, chosen in self.mapping.fields.items() if chosen and not self.metadata.choices.get(name))

    def place(self, area: str) -> Place:
        """
        Whose an area is.

        By its depth; the train's own node belongs to the one team that owns precisely this node.
        """
        found = self._places.get(area)
        if found is None:
            nodes, depths = area.split("\\"), (self.mapping.team_depth, self.mapping.train_depth)
            team, train = (nodes[depth] if len(nodes) > depth else None for depth in depths)
            found = self._places[area] = Place(team or self.metadata.owners.get(area.lower()), train)
        return found

    def plan(self, path: str) -> Plan:
        """What an iteration path says; the project itself and a planning interval are no iterations."""
        found = self._plans.get(path)
        if found is None:
            planned = "\\" in path and path.lower() in self.metadata.iterations
            iteration = f"{self.tracker}:iteration:{path}" if planned else None
            found = self._plans[path] = Plan(self.knows(path), iteration, interval_of(path, self.interval_pattern))
        return found

    def kept(self, project: str, type_name: str) -> Kept:
        """What the items of a type keep; found out once for all of them."""
        met = (project, type_name)
        found = self._kept.get(met)
        if found is None:
            found = self._kept[met] = self._found_kept(self.type_of(project, type_name), self.kind(project, type_name))
        return found

    def _found_kept(self, known: TypeKnowledge | None, kind: Kind | None) -> Kept:
        forms = {**_FORMS, **{name: FURTHER[name] for name in self.mapping.further}}
        places = {name: tuple(ref for ref in self.metadata.choices.get(name, ()) if self.exists(ref, known)) for name in forms}
        plain = tuple((name, form, places[name]) for name, form in forms.items() if places[name])
        return Kept(known, kind, plain, self.mapping.unmapped.union((name for name in forms if not places[name]), _UNTOLD))

    def type_of(self, project: str, type_name: str) -> TypeKnowledge | None:
        """What the site told about a type, ``None`` when it did not name it."""
        return self.metadata.types.get(type_key(project, type_name))

    def kind(self, project: str, type_name: str) -> Kind | None:
        """
        What a type is in SAFe, ``None`` when nobody mapped it.

        Azure DevOps calls a Basic process's requirement "Issue", and in the other processes an impediment.
        """
        known = self.type_of(project, type_name)
        mapped = self.kinds.get(type_name.lower()) or (self.kinds.get(known.reference.lower()) if known and known.reference else None)
        if mapped is None and type_name.lower() == "issue":
            others = ("user story", "product backlog item", "requirement")
            return Kind.OTHER if any(self.type_of(project, other) for other in others) else Kind.STORY
        return mapped or STANDARD_KINDS.get(type_name.lower())

    def stage(self, project: str, type_name: str, state: str) -> Stage | None:
        """
        How far a state is, ``None`` when neither the mapping nor the site nor a standard process names it.

        By category: the first state of a type's Proposed ones is the funnel, those after it are analysis; InProgress is in
        progress, Resolved validating, Completed done, Removed cancelled.
        """
        met = (project, type_name, state)
        try:
            return self._stages_met[met]
        except KeyError:
            return self._stages_met.setdefault(met, self._found_stage(*met))

    def _found_stage(self, project: str, type_name: str, state: str) -> Stage | None:
        if (mapped := self.stages.get(state.lower())) is not None:
            return mapped
        known = self.type_of(project, type_name)
        states = known.states if known else {}
        category = states.get(state.lower()) or STANDARD_CATEGORIES.get(state.lower())
        if category == "Proposed":
            first = next((name for name, each in states.items() if each == "Proposed"), None)
            later = state.lower() == "approved" if first is None else first != state.lower()
            return Stage.ANALYSIS if later else Stage.FUNNEL
        return _STAGES.get(category or "")

    def is_bot(self, identity: Any) -> bool:
        """Whether an identity, as an object or as ``Name <mail>``, is one whose changes are not a person's."""
        whole = isinstance(identity, dict)
        met = (identity.get("id"), identity.get("displayName"), identity.get("uniqueName")) if whole else str(identity)
        try:
            return self._bots_met[met]
        except KeyError:
            return self._bots_met.setdefault(met, self._found_bot(met))
        except TypeError:  # an object where a name should stand
            return self._found_bot(met)

    def _found_bot(self, met: str | tuple[object, ...]) -> bool:
        names = re.split(r"\s*[<>]", met) if isinstance(met, str) else met
        return any(str(name).lower() in self.bots for name in names if name)

    def knows(self, path: str) -> bool:
        """Whether the site named this area or iteration path when we last asked."""
        return path.lower() in self.metadata.paths

    def exists(self, reference: str, known: TypeKnowledge | None) -> bool:
        """Whether items of a type have this field, as far as the site told; then its absence means that it is empty."""
        return known is None or known.fields is None or reference in known.fields


def context_of(
    raws: Iterable[Map[str, Any]],
    *,
    tracker: str = "ado",
    url: str = "https://dev.azure.com/example",
    mapping: Mapping | None = None,
    addresses: Addresses | None = None,
) -> Context:
    """
    A context for work items that come without their site, such as an export: what any of them carries exists.

    States are read by the names of the standard processes, the deepest iteration paths are iterations, and a field that no item
    carries is unseen, because nobody knows whether the export left it out. Link targets of other organisations stay references.
    """
    mapping = mapping or Mapping()
    fields = [raw["fields"] for raw in raws if isinstance(raw.get("fields"), dict)]
    seen = frozenset(name for each in fields for name in each)
    paths = frozenset(str(each[name]).lower() for each in fields for name in (AREA, ITERATION) if each.get(name))
    iterations = frozenset(str(each[ITERATION]).lower() for each in fields if each.get(ITERATION))
    types = {
        type_key(str(each.get("System.TeamProject")), str(each.get("System.WorkItemType"))): TypeKnowledge(None, {}, seen)
        for each in fields
    }
    metadata = Metadata(
        projects=tuple(sorted({str(each.get("System.TeamProject")) for each in fields})),
        types=types,
        choices=chosen(mapping, {name: name for name in seen}),
        formats={},
        iterations=frozenset(one for one in iterations if not any(other.startswith(f"{one}\\") for other in iterations)),
        paths=paths,
        owners={},
    )
    bots = frozenset(name.lower() for name in mapping.bots)
    return Context(tracker, url, metadata, mapping, addresses or Addresses(), bots)


def chosen(mapping: Mapping, names: Map[str, str]) -> dict[str, tuple[str, ...]]:
    """Which reference names each of SafeSync's fields is read from; ``names`` are the site's, reference name -> display name."""
    by_name = {name.lower(): reference for reference, name in names.items()}
    by_reference = {reference.lower(): reference for reference in names}
    choices: dict[str, tuple[str, ...]] = {}
    for ours in {*STANDARD_FIELDS, *mapping.fields}:
        wanted = mapping.fields.get(ours)
        if wanted is None:
            found = [by_reference.get(reference.lower()) for reference in STANDARD_FIELDS[ours]]
        else:
            found = [by_reference.get((one.id or "").lower()) or by_name.get((one.name or "").lower()) for one in wanted]
        choices[ours] = tuple(reference for reference in found if reference)
    return choices


_STAGES: Map[str, Stage] = {
    "InProgress": Stage.IN_PROGRESS,
    "Resolved": Stage.VALIDATING,
    "Completed": Stage.DONE,
    "Removed": Stage.CANCELLED,
}
