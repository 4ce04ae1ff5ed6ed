"""How work items are linked, with each other and with the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from safesync.connectors.sandbox.azure.people import Stamp

Topology = Literal["tree", "dependency", "network", "resource"]


@dataclass(frozen=True, slots=True)
class RelationType:
    """One direction of a link type; a resource link (a hyperlink) has no opposite."""

    reference: str
    name: str
    topology: Topology
    opposite: str | None = None
    forward: bool | None = None
    remote: bool = False
    editable: bool = False

    @property
    def link_type(self) -> str:
        """The link type without its direction: what reports call it."""
        return self.reference.removesuffix("-Forward").removesuffix("-Reverse")


_PAIRS = """
Microsoft.VSTS.Common.Affects|Affects|Affected By|dependency|e
Microsoft.VSTS.TestCase.SharedParameterReferencedBy|Referenced By|References|dependency|e
Microsoft.VSTS.Common.TestedBy|Tested By|Tests|dependency|e
Microsoft.VSTS.TestCase.SharedStepReferencedBy|Test Case|Shared Steps|dependency|e
System.LinkTypes.Remote.Dependency|Produces For|Consumes From|dependency|r
System.LinkTypes.Duplicate|Duplicate|Duplicate Of|tree|
System.LinkTypes.Dependency|Successor|Predecessor|dependency|
System.LinkTypes.Hierarchy|Child|Parent|tree|
"""


def relation_types() -> dict[str, RelationType]:
    """All relation types by reference name."""
    types: list[RelationType] = []
    for line in _PAIRS.strip().splitlines():
        base, forward, reverse, topology, flags = line.split("|")
        kind: Topology = "tree" if topology == "tree" else "dependency"
        for name, own, other, ahead in ((forward, "-Forward", "-Reverse", True), (reverse, "-Reverse", "-Forward", False)):
            types.append(RelationType(base + own, name, kind, base + other, ahead, "r" in flags, "e" in flags))
    types.append(RelationType("System.LinkTypes.Related", "Related", "network", "System.LinkTypes.Related"))
    types.append(
        RelationType("System.LinkTypes.Remote.Related", "Remote Related", "network", "System.LinkTypes.Remote.Related", remote=True)
    )
    for reference, name in (("AttachedFile", "Attached File"), ("Hyperlink", "Hyperlink"), ("ArtifactLink", "Artifact Link")):
        types.append(RelationType(reference, name, "resource"))
    return {kind.reference: kind for kind in types}


RELATION_TYPES = relation_types()
FILE = "AttachedFile"
"""A file: it has a name where another link has a comment, and its address is below the organisation's own."""
PARENT = "System.LinkTypes.Hierarchy-Reverse"
CHILD = "System.LinkTypes.Hierarchy-Forward"


@dataclass(frozen=True, slots=True)
class Relation:
    """A link as one of its ends shows it: to the item ``target``, or to ``url`` outside."""

    rel: str
    target: int | None
    url: str | None
    comment: str | None
    at: datetime
    number: int
    """Counts links of the organisation; a hyperlink is known to clients by it."""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link that was made or removed: the only trace of it, since neither end gets a revision."""

    watermark: int
    link_type: str
    source: int
    target: int
    stamp: Stamp
    active: bool
    comment: str | None
