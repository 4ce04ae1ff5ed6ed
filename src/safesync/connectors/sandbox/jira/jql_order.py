"""What the order of a parsed query means: a sort key that tells any two issues apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safesync.connectors.sandbox.jira.catalogue import PRIORITIES, SPRINT
from safesync.connectors.sandbox.jira.entities import Issue
from safesync.connectors.sandbox.jira.jql import JqlError, Order, Query
from safesync.connectors.sandbox.jira.jql_meaning import DATES, KEYS, field_named, held, instant, number_of
from safesync.connectors.sandbox.jira.state import JiraSite


class _Descending:
    """Sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(other.value == self.value)

    def __hash__(self) -> int:
        return hash(self.value)


def order(query: Query, site: JiraSite) -> Callable[[Issue], tuple[Any, ...]]:
    """A sort key; without an order the newest issue comes first, and ids decide between equals."""
    if len(query.order) > 7:
        raise JqlError("The maximum number of fields in the ORDER BY clause is 7.")
    if not query.order:
        return lambda issue: (_Descending(issue.id),)
    terms = [(_sortable(term, site), term.descending) for term in query.order]

    def key(issue: Issue) -> tuple[Any, ...]:
        found: list[Any] = []
        for read, down in terms:
            value = read(issue)
            place = (True, 0) if value is None else (False, value)
            found.append(_Descending(place) if down else place)
        return (*found, issue.id)

    return key


def _sortable(term: Order, site: JiraSite) -> Callable[[Issue], Any]:
    name = term.field.lower()
    if name == "id":
        return lambda issue: issue.id
    if name in KEYS:
        return lambda issue: (issue.project.key, number_of(issue))
    field = field_named(term.field, site)
    if field.type in DATES or field.type == "number":
        return instant(field)
    if field.id == "priority":
        return lambda issue: PRIORITIES.get(issue.values.get("priority", ""), 9)
    if field.id == SPRINT:
        return lambda issue: max((sprint.id for sprint in issue.values.get(SPRINT) or ()), default=None)
    return lambda issue: str(held(issue, field)[0]) if held(issue, field) else None
