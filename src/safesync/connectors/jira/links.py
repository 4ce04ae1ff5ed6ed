"""What an issue leads to: its parent, its links, and the addresses that stand in its fields. Pure."""

from __future__ import annotations

import re
from typing import Any

from safesync.connectors.jira import meaning, values
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import EPIC_LINK, PARENT_LINK, Seen
from safesync.model.item import Link, Relation

_ADDRESS = re.compile(r"https?://[^\s,;|\]>\"']+", re.IGNORECASE)


def links_of(seen: Seen, context: Context) -> tuple[Link, ...]:
    """The parent first; ``links`` and ``tests`` are unseen where nobody shows or maps them."""
    found: list[Link] = []
    if parent := _parent(seen, context):
        found.append(Link(Relation.PARENT, parent))
    for one in seen.system("issuelinks", "links", "tests") or ():
        found += [Link(relation, _native(other, context)) for relation, other in meaning.relations(one, context.mapping)]
    if not meaning.tells_of_tests(context.mapping) and not any(link.relation is Relation.TESTED_BY for link in found):
        seen.unseen.add("tests")
    seen.value("depends_on", "links", optional=True)
    for value in seen.values("depends_on"):
        found += [Link(Relation.DEPENDS_ON, target) for target in _targets(value, context)]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _parent(seen: Seen, context: Context) -> str | None:
    # A mapped field is the administrator's own word for where the parent stands; Jira's parent comes second.
    seen.value("parent", "links", optional=True)
    for value in seen.values("parent"):
        if target := next(iter(_targets(value, context)), None):
            return target
    parent = seen.system("parent")
    if isinstance(parent, dict):
        return _native(parent, context)
    linked = (target for name in (EPIC_LINK, PARENT_LINK) for value in seen.values(name) for target in _targets(value, context))
    return next(linked, None)


def _targets(value: Any, context: Context) -> list[str]:
    """
    What a field with addresses, keys or an issue leads to.

    An address of no known tracker stays an address: the item *has* that parent or dependency, we just cannot see it.
    """
    if isinstance(value, dict):
        return [_native(value, context)] if value.get("id") is not None or value.get("key") is not None else []
    text = value if isinstance(value, str) else " ".join(values.labels(value))
    if addresses := _ADDRESS.findall(text):
        return [context.addresses.reference(address) or address for address in addresses]
    return [f"{context.tracker}:{text.strip()}"] if text.strip() else []


def _native(shown: dict[str, Any], context: Context) -> str:
    return f"{context.tracker}:{shown['id'] if shown.get('id') is not None else shown['key']}"
