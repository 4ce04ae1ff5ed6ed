"""What the relations of a work item mean, what evidence hangs on it, and the fields that hold a reference; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from safesync.connectors.azure import values
from safesync.connectors.azure.context import Context
from safesync.model.item import Evidence, EvidenceKind, Link, Relation

_STANDARD: Mapping[str, Relation] = {
    "System.LinkTypes.Hierarchy-Reverse": Relation.PARENT,
    "System.LinkTypes.Dependency-Reverse": Relation.DEPENDS_ON,
    "System.LinkTypes.Remote.Dependency-Reverse": Relation.DEPENDS_ON,
    "Microsoft.VSTS.Common.TestedBy-Forward": Relation.TESTED_BY,
    "Microsoft.VSTS.Common.TestedBy-Reverse": Relation.TESTS,
    "System.LinkTypes.Related": Relation.RELATES,
}
"""Read from the item that carries the link: Predecessor and Consumes From are what it depends on."""

_ARTIFACTS: Mapping[str, EvidenceKind] = {
    "git/commit": EvidenceKind.COMMIT,
    "versioncontrol/changeset": EvidenceKind.COMMIT,
    "github/commit": EvidenceKind.COMMIT,
    "git/pullrequestid": EvidenceKind.PULL_REQUEST,
    "github/pullrequest": EvidenceKind.PULL_REQUEST,
    "build/build": EvidenceKind.BUILD,
    "releasemanagement/releaseenvironment": EvidenceKind.DEPLOYMENT,
    "testmanagement/tcmresult": EvidenceKind.TEST_RESULT,
    "testmanagement/tcmresultattachment": EvidenceKind.ATTACHMENT,
    "wiki/wikipage": EvidenceKind.PAGE,
}
"""By tool and type of the artifact, as its address says them (``vstfs:///Git/Commit/...``): their names are translated."""


def links_of(raw: Mapping[str, Any], context: Context, parent: Any, depends_on: Any) -> tuple[Link, ...]:
    """All links of an item, each once; the parent in Azure DevOps comes before one that a mapped field names."""
    found = [*_related(raw, context)]
    if (own := raw["fields"].get("System.Parent")) is not None:
        found.insert(0, Link(Relation.PARENT, f"{context.tracker}:{int(own)}"))
    found += [Link(Relation.PARENT, target) for target in _targets(parent, context)]
    found += [Link(Relation.DEPENDS_ON, target) for target in _targets(depends_on, context)]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _related(raw: Mapping[str, Any], context: Context) -> Iterator[Link]:
    for one in raw.get("relations") or ():
        attributes = one.get("attributes") or {}
        rel, name, comment = (str(text or "") for text in (one.get("rel"), attributes.get("name"), attributes.get("comment")))
        if rel == "Hyperlink":
            relation = context.relations.get(comment.strip().lower())
        else:
            relation = context.relations.get(name.lower()) or context.relations.get(rel.lower()) or _STANDARD.get(rel)
        if relation is not None and (
            target := _target(str(one.get("url") or ""), context, own=rel != "Hyperlink" and ".Remote." not in rel)
        ):
            yield Link(relation, target)


def evidence_of(raw: Mapping[str, Any], context: Context) -> tuple[Evidence, ...]:
    """What hangs on an item, kind by kind; a hyperlink whose comment names a relation is a link, and a branch proves nothing."""
    if not raw.get("relations"):
        return ()
    counts = Counter(kind for one in raw.get("relations") or () if (kind := _evidence(one, context)))
    return tuple(Evidence(kind, counts[kind]) for kind in EvidenceKind if counts[kind])


def attachments_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the files attached to an item."""
    files = (one for one in raw.get("relations") or () if one.get("rel") == "AttachedFile")
    return tuple(name for one in files if (name := str((one.get("attributes") or {}).get("name") or "")))


def _evidence(one: Mapping[str, Any], context: Context) -> EvidenceKind | None:
    rel, comment = one.get("rel"), str((one.get("attributes") or {}).get("comment") or "")
    if rel == "AttachedFile":
        return EvidenceKind.ATTACHMENT
    if rel == "Hyperlink":
        return None if comment.strip().lower() in context.relations else EvidenceKind.WEB_LINK
    if rel != "ArtifactLink":
        return None
    tool, _, rest = str(one.get("url") or "").lower().removeprefix("vstfs:///").partition("/")
    return _ARTIFACTS.get(f"{tool}/{rest.partition('/')[0]}")


def _targets(value: Any, context: Context) -> list[str]:
    if value is None:
        return []
    return [target for address in values.addresses(value) if (target := _target(address, context, own=False))]


def _target(address: str, context: Context, *, own: bool) -> str | None:
    """
    The reference of an address; a bare number is an item of this tracker.

    The address of a relation inside the organisation ends in the item's id, whatever host the server calls itself.
    """
    last = address.rstrip("/").rsplit("/", 1)[-1]
    if last.isdecimal() and (own or last == address):
        return f"{context.tracker}:{last}"
    return None if own else context.addresses.reference(address)
