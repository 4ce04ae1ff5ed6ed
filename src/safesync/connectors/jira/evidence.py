"""
What hangs on an issue and may show later that something was done: attachments, code, builds, web links. Pure.

Attachments and the development field come with every issue. Web links do not: Jira shows them issue by issue, so they
are read only where somebody asks for it (``webLinks`` of a raw issue), and without them nobody knows that there is nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from safesync.connectors.jira.fields import DEVELOPMENT, Seen
from safesync.model.item import Evidence, EvidenceKind

WEB_LINKS = "webLinks"
"""Where a raw issue holds its web links once they were read."""
_PAGES = "com.atlassian.confluence"
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


def evidence_of(seen: Seen, web_links: object, *, linked: bool) -> tuple[Evidence, ...]:
    """
    What was found, kind by kind. ``linked``: an issue is linked as evidence.

    ``evidence`` is unseen when nothing was found and one of the places was not looked at.
    """
    attached, developed = seen.system("attachment"), seen.values(DEVELOPMENT)
    found = _counted(attached, developed, web_links) if attached or developed or web_links else ()
    if not found and not linked and (attached is None or web_links is None):
        seen.unseen.add("evidence")
    return found


def _counted(attached: Sequence[object], developed: Iterable[object], web_links: object) -> tuple[Evidence, ...]:
    counts = Counter({EvidenceKind.ATTACHMENT: len(attached or ())})
    for shown in developed:
        counts.update(dict(_developed(shown)))
    for one in web_links if isinstance(web_links, list) else ():
        counts[EvidenceKind.PAGE if _is_a_page(one) else EvidenceKind.WEB_LINK] += 1
    return tuple(Evidence(kind, counts[kind]) for kind in EvidenceKind if counts[kind])


def _is_a_page(web_link: Any) -> bool:
    return isinstance(web_link, dict) and str((web_link.get("application") or {}).get("type")) == _PAGES


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
