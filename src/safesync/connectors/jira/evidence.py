"""
What hangs on an issue and may show later that something was done: attachments, code, builds, web links. Pure.

Attachments and the development field come with every issue. Web links do not: Jira lists them issue by issue, a call each. But it
notes in the history of an issue, with its number, each one that is added or taken away, and the history comes with the issue. Whether
a link leads to a page of Confluence or anywhere else is not told there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from safesync.connectors.jira.fields import DEVELOPMENT, Seen
from safesync.connectors.jira.history import History, web_links
from safesync.model.item import Evidence, EvidenceKind

_DEVELOPMENT: Mapping[str, EvidenceKind] = MappingProxyType(
    {
        "pullrequest": EvidenceKind.PULL_REQUEST,
        "repository": EvidenceKind.COMMIT,
        "review": EvidenceKind.REVIEW,
        "build": EvidenceKind.BUILD,
        "deployment-environment": EvidenceKind.DEPLOYMENT,
    }
)
"""What the development field calls them; a branch shows that somebody began, not that anything was done."""


def evidence_of(told: History, seen: Seen, *, linked: bool) -> tuple[Evidence, ...]:
    """
    What was found, kind by kind. ``linked``: an issue is linked as evidence.

    ``evidence`` is unseen when nothing was found and one of the places was not looked at.
    """
    attached, developed, pages = seen.system("attachment"), seen.values(DEVELOPMENT), web_links(told)
    found = _counted(attached, developed, pages) if attached or developed or pages else ()
    if not found and not linked and (attached is None or not told.whole):
        seen.unseen.add("evidence")
    return found


def _counted(attached: Sequence[object], developed: Iterable[object], pages: int) -> tuple[Evidence, ...]:
    counts = Counter({EvidenceKind.ATTACHMENT: len(attached or ()), EvidenceKind.WEB_LINK: pages})
    for shown in developed:
        counts.update(dict(_developed(shown)))
    return tuple(Evidence(kind, counts[kind]) for kind in EvidenceKind if counts[kind])


def _developed(shown: object) -> Iterator[tuple[EvidenceKind, int]]:
    """
    The field is a printed object, of another class on each deployment, and holds the same figures as JSON near its end.

    Its text is of no documented form: what cannot be read counts for nothing.
    """
    text = str(shown)
    start = text.find('{"cachedValue"')
    if start < 0:
        return
    try:
        summary = msgspec.json.decode(text[start : text.rindex("}")])["cachedValue"]["summary"]
        for name, kind in _DEVELOPMENT.items():
            if count := int(((summary.get(name) or {}).get("overall") or {}).get("count") or 0):
                yield kind, count
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError):
        return
