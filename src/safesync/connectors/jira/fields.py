"""
Which of a site's fields hold what the mapping speaks of, and how one issue's fields are read through that.

Sprint, rank and flag are found by what Jira calls their types, so no mapping has to name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safesync.connectors.mapping import FieldChoice
from safesync.connectors.mapping import Mapping as TrackerMapping

SPRINT, RANK, FLAGGED = "sprint", "rank", "flagged"
EPIC_LINK, PARENT_LINK = "epic_link", "parent_link"
DEVELOPMENT = "development"
SYSTEM = (
    "summary",
    "status",
    "issuetype",
    "project",
    "parent",
    "labels",
    "assignee",
    "creator",
    "created",
    "updated",
    "description",
    "issuelinks",
    "fixVersions",
    "duedate",
    "resolution",
    "comment",
    "attachment",
)
"""What is asked of every issue, beside the mapped fields."""

AGILE: Mapping[str, tuple[str, ...]] = {
    "parent": ("epic",),
    SPRINT: ("sprint", "closedSprints"),
    FLAGGED: ("flagged",),
}
"""Where the agile API (and exports made with it) shows what is a custom field elsewhere."""

_LEFT_OUT = frozenset({"parent", "epic", "sprint", "closedSprints"})
"""
Fields that Jira leaves out of an answer when they are empty: their absence says so.

A server's agile API does so with the last three, all others it shows as null (2,182 of 2,182 issues of a real one).
"""

_OWN = {
    SPRINT: ("com.pyxis.greenhopper.jira:gh-sprint", None),
    RANK: ("com.pyxis.greenhopper.jira:gh-lexo-rank", None),
    FLAGGED: ("com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes", "flagged"),
}

_DEVELOPMENT = tuple(f"com.atlassian.jira.plugins.jira-development-integration-plugin:{name}" for name in ("devsummarycf", "devsummary"))
"""What Cloud and Data Center call the field about code; a site without it has none, and nothing is missing."""

_DATA_CENTER = {
    EPIC_LINK: ("com.pyxis.greenhopper.jira:gh-epic-link", None),
    PARENT_LINK: ("com.atlassian.jpo:jpo-custom-field-parent", None),
}
"""
Where Data Center keeps the parents of what is no sub-task, as keys.

Cloud still shows both beside ``parent``, the second one as an object without a key: there they say nothing.
"""


@dataclass(frozen=True, slots=True)
class Located:
    """SafeSync's field name -> ids on this site; ``absent`` are the mapped names that the site does not show us."""

    ids: Mapping[str, tuple[str, ...]]
    absent: tuple[str, ...] = ()

    @property
    def asked(self) -> list[str]:
        """The ids to ask for, each once."""
        return list(dict.fromkeys((*SYSTEM, *(one for ids in self.ids.values() for one in ids))))


def locate(mapping: TrackerMapping, listed: Sequence[dict[str, Any]], *, cloud: bool = True) -> Located:
    """Find the mapped fields among those that the site lists."""
    ids = {str(name): _found(choices, listed) for name, choices in mapping.fields.items() if choices}
    ids |= {name: _typed(key, called, listed) for name, (key, called) in _OWN.items()}
    absent = tuple(name for name, found in ids.items() if not found)
    if not cloud:
        ids |= {name: _typed(key, called, listed) for name, (key, called) in _DATA_CENTER.items()}
    ids[DEVELOPMENT] = tuple(found for key in _DEVELOPMENT for found in _typed(key, None, listed))
    return Located({name: found for name, found in ids.items() if found}, absent)


def _found(choices: Iterable[FieldChoice], listed: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one["id"]) for choice in choices for one in listed if _is(choice, one)))


def _is(choice: FieldChoice, one: dict[str, Any]) -> bool:
    if choice.id is not None:
        return choice.id in (one.get("id"), one.get("key"))
    if choice.name is not None:
        return choice.name.casefold() in _called(one)
    return choice.schema_key is not None and choice.schema_key == (one.get("schema") or {}).get("custom")


def _typed(key: str, called: str | None, listed: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    typed = [one for one in listed if (one.get("schema") or {}).get("custom") == key]
    return tuple(str(one["id"]) for one in typed if called is None or called in _called(one))


def _called(one: dict[str, Any]) -> set[str]:
    return {str(name).casefold() for name in (one.get("name"), one.get("untranslatedName")) if name}


@dataclass(slots=True)
class Seen:
    """
    The fields of one issue while it is translated; notes which of the item's fields could not be seen.

    A field that is absent from the answer was not visible; one that is there with ``null`` is empty.
    """

    fields: dict[str, Any]
    located: Located
    unseen: set[str] = field(default_factory=set)
    asked: str = ""
    """The field that was asked for last: it names the culprit when its value has no readable shape."""

    def system(self, name: str, *items: str) -> Any:
        """A system field; when it is absent, the item's fields ``items`` are unseen."""
        self.asked = name
        found = self.fields.get(name)
        if found is None and items and name not in self.fields:
            self.unseen.update(items)
        return found

    def mapped(self, name: str) -> bool:
        """Whether the mapping names this field at all, found on the site or not."""
        return name in self.located.ids or name in self.located.absent

    def visible(self, name: str) -> bool:
        """Whether any of the fields mapped to ``name`` is in the answer."""
        return any(one in self.fields or one in _LEFT_OUT for one in self.located.ids.get(name, ()))

    def values(self, name: str) -> list[Any]:
        """All values of the fields mapped to ``name`` that are not empty, in the mapping's order."""
        self.asked = name
        if not (ids := self.located.ids.get(name)):
            return []
        get = self.fields.get
        return [found for one in ids if (found := get(one)) is not None]

    def value(self, name: str, item: str | None = None, *, optional: bool = False) -> Any:
        """
        The first value that is not empty; the item's field ``item`` (or ``name``) is unseen when none is visible.

        ``optional`` fields are unseen only when they are mapped: unmapped, they have another place.
        """
        # In one go over the ids, for this is asked twenty times an issue.
        self.asked = name
        ids, fields = self.located.ids.get(name, ()), self.fields
        for one in ids:
            if (found := fields.get(one)) is not None:
                return found
        if (ids or not optional or name in self.located.absent) and not self.visible(name):
            self.unseen.add(item or name)
        return None
