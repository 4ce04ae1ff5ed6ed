"""
What a tracker has, asked for before anyone has said how it is to be read: for ``safesync init`` and ``safesync doctor``.

Everything here is the tracker's own words; what they mean in SAFe is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Protocol

from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Identity, Page

SHORT = 120
"""Longer values are texts: nobody needs them to choose a field, so they are not kept."""
SAMPLE_A_TYPE = 50
"""How many items of each type are looked at, the ones that changed last."""


@dataclass(frozen=True, slots=True)
class FoundType:
    """A work item type; ``count`` is how many items of it are in scope, ``None`` when the tracker does not tell."""

    name: str
    names: tuple[str, ...] = ()
    """All names and ids that mean it, as a mapping may write them."""
    level: int | None = None
    """Its place in the hierarchy as the tracker says it: 0 story, -1 sub-task, 1 and more above; ``None`` when it does not."""
    sampled: int = 0
    count: int | None = None


@dataclass(frozen=True, slots=True)
class FoundField:
    """A field that items in scope may have, and how it is filled in the sample."""

    id: str
    name: str
    names: tuple[str, ...] = ()
    schema: str | None = None
    """Jira: the schema key of a custom field."""
    form: str = "other"
    """``text``, ``number``, ``date``, ``option``, ``user``, ``url`` or ``other``."""
    filled: tuple[tuple[str, int], ...] = ()
    """(type name, how many sampled items of it have a value)."""
    shows: tuple[str, ...] = ()
    """Some of its short values."""

    @property
    def uses(self) -> int:
        """How many sampled items have a value."""
        return sum(count for _, count in self.filled)


@dataclass(frozen=True, slots=True)
class FoundState:
    """A state of the sampled items; ``category`` is the tracker's own word for new, in progress, done."""

    name: str
    category: str
    sampled: int


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A type of link with the words of its two ends, and which types of items it leads from and to in the sample."""

    name: str
    outward: str = ""
    inward: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    """(type of the item that says ``outward``, type of the other), one for each link."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission in one project; ``granted`` is ``None`` when the tracker does not tell. ``without`` is what its lack costs."""

    project: str
    right: str
    granted: bool | None
    without: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that was found."""

    kind: str
    """``jira`` or ``azure-devops``, as in a configuration."""
    deployment: str
    version: str
    reached: str
    """How it is reached, and how we prove who we are, in words."""
    process: tuple[str, ...] = ()
    """Azure DevOps: names of the projects' processes."""
    types: tuple[FoundType, ...] = ()
    fields: tuple[FoundField, ...] = ()
    states: tuple[FoundState, ...] = ()
    links: tuple[FoundLink, ...] = ()
    labels: tuple[str, ...] = ()
    """Labels or tags of the sample, the frequent ones first."""
    boxes: tuple[str, ...] = ()
    """Names of sprints, iterations and versions."""
    areas: tuple[str, ...] = ()
    """Azure DevOps: area paths."""
    grants: tuple[Grant, ...] = ()
    sampled: int = 0
    untold: tuple[str, ...] = ()
    """What the tracker did not let us see, as sentences."""


@dataclass(slots=True)
class Quota:
    """What the last answers said about how much may be asked."""

    said: dict[str, str] = field(default_factory=dict)

    def heard(self, headers: Map[str, str]) -> None:
        """Keep what an answer says of limits; an answer that says nothing changes nothing."""
        for name in _OF_LIMITS:
            if value := headers.get(name):
                self.said[name] = value

    @property
    def class_(self) -> str:
        """The kind of limit, in words."""
        said = self.said
        if "X-RateLimit-Interval-Seconds" in said:
            return f"a limit set by the site's administrators: {said.get('X-RateLimit-Limit', '?')} calls at once"
        if policy := said.get("RateLimit-Policy") or said.get("Beta-RateLimit-Policy"):
            return f"a quota: {policy}"
        if resource := said.get("X-RateLimit-Resource"):
            return f"slowed down by {resource}"
        if "X-RateLimit-Limit" in said:
            return f"a limit for bursts: {said['X-RateLimit-Limit']}"
        return "no limit was told; bursts are limited all the same"


def kept(form: str, values: Iterable[str]) -> tuple[str, ...]:
    """Of a field's short values those by which it is recognised: choices and addresses, never what people wrote."""
    return tuple(one for one in values if form == "option" or one.startswith(("http://", "https://")))


_OF_LIMITS = (
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-RateLimit-NearLimit",
    "X-RateLimit-Interval-Seconds",
    "X-RateLimit-FillRate",
    "X-RateLimit-Resource",
    "X-RateLimit-Delay",
    "RateLimit-Reason",
    "RateLimit",
    "RateLimit-Policy",
    "Beta-RateLimit",
    "Beta-RateLimit-Policy",
    "Retry-After",
)


class Inspector(Protocol):
    """Looks around in one tracker; writes nothing. Every method may raise ``RunError``."""

    quota: Quota

    def identify(self) -> Identity:
        """Who we are; before anything else."""

    def projects(self) -> tuple[str, ...]:
        """The projects that we may see: Jira's keys, Azure DevOps's names."""

    def inspect(self) -> Inspection:
        """What is there, with a sample of items of each type."""

    def rehearse(self, mapping: Mapping) -> Page:
        """The sample as this mapping reads it, with what stands around it; ``inspect`` comes first."""

    def close(self) -> None:
        """Give back connections."""
