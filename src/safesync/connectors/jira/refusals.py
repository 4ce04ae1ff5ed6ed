"""Who refused, and what: Jira, in words or with marks of its own, or something on the way to it."""

from __future__ import annotations

from typing import Any

import msgspec
import requests

_TELLING = ("errorMessages", "errors", "status-code")
"""What stands in Jira's own words about an error."""
_MARKS = ("X-AREQUESTID", "X-ANODEID", "X-AUSERNAME", "X-AAccountId", "X-Seraph-LoginReason")
"""Headers with which Jira marks its answers, also its pages for people."""


def by_a_stranger(response: requests.Response, *, behind_gateway: bool) -> bool:
    """
    Whether something on the way refused: a page, or JSON in none of Jira's shapes.

    Atlassian's gateway speaks for the sites behind it.
    """
    if response.status_code == 409 or any(mark in response.headers for mark in _MARKS):
        return False
    told = _decoded(response)
    return not (isinstance(told, dict) and (behind_gateway or any(name in told for name in _TELLING)))


def in_json(response: requests.Response) -> bool:
    """Whether whoever answered speaks to programs."""
    return isinstance(_decoded(response), dict)


def complained(response: requests.Response) -> tuple[str, ...]:
    """The names of the fields that an answer complains about."""
    answer = _decoded(response)
    errors = answer.get("errors") if isinstance(answer, dict) else None
    return tuple(sorted(errors)) if isinstance(errors, dict) else ()


def _decoded(response: requests.Response) -> Any:
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return None
