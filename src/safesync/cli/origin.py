"""Where the value of a fact came from, as far as SafeSync knows, and what would make it seen where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from safesync.configuration.model import AzureTracker, JiraTracker
from safesync.configuration.origin import Origin, Said, of_setting
from safesync.configuration.source import KeyPath, Source
from safesync.connectors.mapping import FieldChoice, FieldName
from safesync.facts.fact import Fact, Sort
from safesync.model.item import Item

_ELSEWHERE = {
    "train": ("own_train", "its team"),
    "interval": ("own_interval", "its iteration"),
    "work_class": ("own_work_class", "its nearest ancestor"),
}
"""Facts that an item may have from elsewhere: its own fact, and where the value comes from when that is empty."""
_PLACES = {"acceptance_": "acceptance_places", "benefit_": "benefit_places"}
_JIRA = {
    **{name: name for name in ("project", "description", "labels", "created_at")},
    "title": "summary",
    "owner": "assignee",
    "due_on": "duedate",
    "iteration": "the sprint field",
    "blocked": "Flagged",
    "links": "parent and issuelinks",
    "interval": "fixVersions",
    "created_at": "created",
    "themes": "labels with the prefix of themes",
    "transitions": "the changelog",
    "last_human_change_at": "the changelog",
    "blocked_since": "the changelog",
    "commented_at": "the comments",
    "evidence": "attachments, the development field and the whole changelog, which notes web links",
    "tests": "issuelinks, by mapping.links.tested_by",
    "board_column": "its team's board, by its status",
    "key": "key",
    "native_type": "issuetype",
    "native_state": "status",
}
_AZURE = {
    "title": "System.Title",
    "description": "System.Description",
    "labels": "System.Tags",
    "owner": "System.AssignedTo",
    "project": "System.TeamProject",
    "created_at": "System.CreatedDate",
    "iteration": "System.IterationPath",
    "interval": "System.IterationPath",
    "team": "System.AreaPath by mapping.team_depth",
    "links": "relations",
    "train": "System.AreaPath by mapping.train_depth",
    "board_column": "System.BoardColumn",
    "board_lane": "System.BoardLane",
    "themes": "tags with the prefix of themes",
    "blocked": "Microsoft.VSTS.CMMI.Blocked and the tag blocked",
    "key": "System.Id",
    "work_class": "tags, type and Value Area",
    "transitions": "the revisions",
    "last_human_change_at": "the revisions",
    "blocked_since": "the revisions",
    "commented_at": "the number of comments",
    "test_result": "the points of Test Plans",
    "tested_on": "the points of Test Plans",
    "native_type": "System.WorkItemType",
    "native_state": "System.State",
}
"""The fields that need no mapping, by the name of ours."""


@dataclass(frozen=True, slots=True)
class Came:
    """
    Where a value came from, in one sentence.

    ``line`` is the place in the configuration that says so, when one does; ``remedy`` is what would make an unseen fact seen.
    """

    sentence: str
    line: Origin | None = None
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} ({self.line})" if self.line is not None else self.sentence


@dataclass(frozen=True, slots=True)
class Provenance:
    """Tells of one item; ``at`` is the number of its tracker in the configuration, ``measured`` its facts as they are stored."""

    item: Item
    measured: Mapping[str, Any]
    tracker: JiraTracker | AzureTracker
    at: int
    source: Source

    def of(self, fact: Fact, *, seen: bool) -> Came:
        """Where a fact of the item came from, or why it was not seen."""
        return self._seen(fact) if seen else self._unseen(fact)

    def _seen(self, fact: Fact) -> Came:
        places = next((name for start, name in _PLACES.items() if fact.name.startswith(start)), "")
        if self.measured.get(places):
            mapped = self._mapped(places.partition("_")[0])
            return Came(f"looked in: {self.measured[places]}", mapped.line if mapped else None)
        if fact.name in _ELSEWHERE:
            own, elsewhere = _ELSEWHERE[fact.name]
            if self.measured.get(own) in {None, "", "unknown"}:
                return Came(f"computed from {elsewhere}, for it has none of its own")
        if fact.sort is Sort.MEASURED or fact.name in _ELSEWHERE:
            return self._read_from(fact)
        known = self._known_fields
        needs = ", ".join(dict.fromkeys(known.get(need, need.replace("_", " ")) for need in fact.needs))
        if not needs:  # of its team, its train or the items around it: what it means says more than where it stands
            return Came(f"computed: {fact.meaning}")
        return Came(f"computed from {needs}{' and the clock' if fact.sort is Sort.FLOWING else ''}")

    def _read_from(self, fact: Fact) -> Came:
        if fact.name in {"kind", "stage", "open", "active"}:
            return self._by_words(fact)
        for need in fact.needs or (fact.name,):
            found = self._mapped(need) or self._plain(need)
            if found:
                return found
        return Came("as the tracker has it")

    def _by_words(self, fact: Fact) -> Came:
        """The kind and the stage are read from what the tracker calls them."""
        item, mapping = self.item, self.tracker.mapping
        if fact.name == "kind":
            part, word, ours, names = "types", item.native_type, item.kind.value, mapping.types.get(item.kind, ())
            what, otherwise = "type", "its level or name"
        else:
            part, word, ours, names = "stages", item.native_state, item.stage.value, mapping.stages.get(item.stage, ())
            what, otherwise = "state", "the category of that state"
        if word.casefold() in {name.casefold() for name in names}:
            return Came(f"from the {what} {word!r} by mapping.{part}.{ours}", self._line(part, ours))
        return Came(f"from the {what} {word!r}, by {otherwise}")

    def _mapped(self, need: str) -> Came | None:
        choices = next((each for name, each in self.tracker.mapping.fields.items() if name == need), ())
        if not choices:
            return None
        names = " or ".join(_field(choice) for choice in choices)
        first = f"{self._known_fields[need]}, else " if need == "owner" else ""
        return Came(f"read from {first}the field {names} by mapping.fields.{need}", self._line("fields", need))

    def _plain(self, need: str) -> Came | None:
        return Came(f"read from {self._known_fields[need]}") if need in self._known_fields else None

    @property
    def _known_fields(self) -> Mapping[str, str]:
        return _JIRA if isinstance(self.tracker, JiraTracker) else _AZURE

    def _line(self, *steps: str) -> Origin | None:
        origin = of_setting(("trackers", self.at, "mapping", *steps), self.source)
        return None if origin.said is Said.DEFAULT else origin

    def _unseen(self, fact: Fact) -> Came:
        missing = sorted(set(fact.needs) & self.item.unseen)
        if missing:
            return Came(f"not seen: {', '.join(missing)}", remedy="; ".join(self._remedy(need) for need in missing))
        scope = of_setting(("trackers", self.at, "scope", "projects"), self.source)
        return Came(
            "not seen: it depends on another item (a parent, a child or a dependency) of which this was not seen",
            remedy=f"read the project of that item too: trackers.{self.at}.scope.projects ({scope}), or another tracker",
        )

    def _remedy(self, need: str) -> str:
        mapping: KeyPath = ("trackers", self.at, "mapping")
        mapped = self._mapped(need)
        if mapped is not None:
            return f"{mapped}: this type has no such field, or we may not read it; name the field that holds it, or ask safesync doctor"
        if need in {"kind", "stage"}:
            part, word = ("types", self.item.native_type) if need == "kind" else ("stages", self.item.native_state)
            return f"add {word!r} to mapping.{part} of {self.tracker.name} ({self._below(mapping)})"
        if need in _FIELDS:
            return f"map it: add {need}: <name or id of the field> to mapping.fields of {self.tracker.name} ({self._below(mapping)})"
        plain = self._plain(need)
        from_where = plain.sentence.removeprefix("read from ") if plain else need.replace("_", " ")
        return f"{self.tracker.name} did not show us {from_where}: safesync doctor tells what we may read there"

    def _below(self, path: KeyPath) -> str:
        line, _ = self.source.place(path)
        return f"{self.source.file}:{line}"


_FIELDS = frozenset(get_args(FieldName))
"""What mapping.fields may name."""


def _field(choice: FieldChoice) -> str:
    return choice.name or choice.id or choice.schema_key or ""
