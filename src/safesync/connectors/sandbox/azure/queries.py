"""Queries, carried out: ids only, refused when there are too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from safesync.connectors.sandbox.azure.call import Call, Handlers
from safesync.connectors.sandbox.azure.fieldrules import moment_of, split_tags
from safesync.connectors.sandbox.azure.items import Revision
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.process import FieldKind
from safesync.connectors.sandbox.azure.refusal import Refusal, invalid
from safesync.connectors.sandbox.azure.relations import RELATION_TYPES
from safesync.connectors.sandbox.azure.shapes import FOREVER, computed, wire_time
from safesync.connectors.sandbox.azure.wiql import Both, Clause, Condition, Either, Macro, Not, Query, Side, Value, read, wrong

_HAS_TIME = re.compile(r"\d[T ]\d{1,2}:")
Judge = Callable[[Revision], bool]


def _wiql(call: Call) -> Any:
    body = call.body()
    text = body.get("query") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise invalid("Value cannot be null. Parameter name: wiql", "VssPropertyValidationException")
    if "project" in call.path:
        call.the_project()
    query = read(text)
    for name in [*query.columns, *(name for name, _ in query.order)]:
        _kind(call, name)
    return _Runner(call, query).links() if query.links else _Runner(call, query).items()


def _kind(call: Call, name: str) -> FieldKind:
    kind = call.organisation.field_kind(name)
    if kind is None:
        raise invalid(
            f"TF51005: The query references a field that does not exist. The error is caused by «[{name}]».",
            "WorkItemTrackingQueryException",
        )
    return kind


class _Runner:
    """One query of one caller."""

    def __init__(self, call: Call, query: Query) -> None:
        self._call = call
        self._query = query
        self._precise = call.truth("timePrecision")

    # -- results --------------------------------------------------------------------------------

    def items(self) -> dict[str, Any]:
        judge = self._judge(self._query.condition, "")
        found = [revision for revision in self._revisions() if judge(revision)]
        found = self._limited(self._ordered(found))
        return self._head("flat", "workItem") | {"workItems": [self._reference(revision.item.id) for revision in found]}

    def links(self) -> dict[str, Any]:
        if self._query.mode != "mustcontain":
            raise wrong("This mode is not played by this organisation: only MustContain is.", f"MODE ({self._query.mode})")
        source, target, kinds = self._sides()
        shown = {revision.item.id: revision for revision in self._revisions()}
        rows: list[dict[str, Any]] = []
        for revision in self._ordered([revision for revision in shown.values() if source(revision)]):
            pairs = [
                (relation.rel, relation.target)
                for relation in revision.item.relations
                if relation.target in shown and kinds(relation.rel) and target(shown[relation.target])
            ]
            if pairs:
                rows.append({"target": self._reference(revision.item.id)})
            rows += [
                {"rel": rel, "source": self._reference(revision.item.id), "target": self._reference(other)}
                for rel, other in sorted(pairs, key=lambda pair: (pair[1] or 0, pair[0]))
                if other
            ]
        return self._head("oneHop", "workItemLink") | {"workItemRelations": self._limited(rows)}

    def _head(self, kind: str, result: str) -> dict[str, Any]:
        head: dict[str, Any] = {"queryType": kind, "queryResultType": result, "asOf": wire_time(self._moment() or self._call.now)}
        head["columns"] = [self._column(name) for name in self._query.columns]
        if self._query.order:
            head["sortColumns"] = [{"field": self._column(name), "descending": descending} for name, descending in self._query.order]
        return head

    def _column(self, name: str) -> dict[str, str]:
        kind = _kind(self._call, name)
        return {"referenceName": kind.reference, "name": kind.name, "url": f"{self._call.base}/_apis/wit/fields/{kind.reference}"}

    def _reference(self, item_id: int) -> dict[str, Any]:
        return {"id": item_id, "url": f"{self._call.base}/_apis/wit/workItems/{item_id}"}

    def _limited(self, rows: list[Any]) -> list[Any]:
        limit = self._call.organisation.manners.result_limit
        top = self._call.number("$top", limit + 1)
        if top > limit and len(rows) > limit:
            raise Refusal(
                400,
                f"VS402337: The number of work items returned exceeds the size limit of {limit}. Change the query to return fewer items.",
                "WorkItemTrackingQueryResultSizeLimitExceededException",
            )
        return rows[:top]

    def _ordered(self, found: list[Revision]) -> list[Revision]:
        found.sort(key=lambda revision: revision.item.id)
        for name, descending in reversed(self._query.order):
            reference = _kind(self._call, name).reference
            found.sort(key=lambda revision, reference=reference: _rank(self._field(revision, reference)), reverse=descending)  # type: ignore[misc]
        return found

    # -- what is looked at ----------------------------------------------------------------------

    def _moment(self) -> datetime | None:
        return self._call.moment(self._query.as_of) if self._query.as_of else None

    def _revisions(self) -> Iterator[Revision]:
        lag = timedelta(seconds=self._call.organisation.manners.query_lag_s)
        moment = self._moment() or (self._call.now - lag if lag else None)
        for item in self._call.organisation.readable():
            revision = item.latest if moment is None else item.revision_at(moment)
            if revision is not None:
                yield revision

    def _field(self, revision: Revision, reference: str) -> Any:
        value = revision.fields.get(reference)
        return computed(self._call, revision, reference) if value is None else value

    # -- conditions -----------------------------------------------------------------------------

    def _judge(self, condition: Condition | None, side: Side) -> Judge:
        match condition:
            case None:
                return lambda _revision: True
            case Both(parts):
                judges = [self._judge(part, side) for part in parts]
                return lambda revision: all(judge(revision) for judge in judges)
            case Either(parts):
                judges = [self._judge(part, side) for part in parts]
                return lambda revision: any(judge(revision) for judge in judges)
            case Not(part):
                inner = self._judge(part, side)
                return lambda revision: not inner(revision)
        if condition.side != side:
            raise wrong("Source, Target and link clauses cannot be mixed here.", condition.text)
        return self._comparison(condition)

    def _comparison(self, clause: Clause) -> Judge:
        kind = _kind(self._call, clause.field)
        if clause.operator == "is empty":
            return lambda revision: self._field(revision, kind.reference) in (None, "", FOREVER)
        wanted = [self._value(kind, value, clause) for value in clause.values]
        test = _TESTS.get(clause.operator)
        if clause.operator == "in":
            return lambda revision: self._comparable(kind, revision) in wanted
        if clause.operator == "under":
            return lambda revision: _under(str(self._comparable(kind, revision)), str(wanted[0]))
        if clause.operator == "contains words":
            return lambda revision: any(str(wanted[0]) in comment.last.text.casefold() for comment in revision.item.comments)
        if clause.operator == "contains":
            return self._containing(kind, str(wanted[0]))
        if test is None:
            raise wrong("This operator is not played by this organisation.", clause.text)
        return lambda revision: _compared(test, clause.operator, self._comparable(kind, revision), wanted[0])

    def _containing(self, kind: FieldKind, wanted: str) -> Judge:
        if kind.reference == "System.Tags":
            return lambda revision: wanted in {tag.casefold() for tag in split_tags(revision.fields.get(kind.reference, ""))}
        return lambda revision: wanted in str(self._comparable(kind, revision) or "")

    def _comparable(self, kind: FieldKind, revision: Revision) -> Any:
        value = self._field(revision, kind.reference)
        if isinstance(value, datetime):
            return value if self._precise else value.date()
        if isinstance(value, Person):
            return value.email.casefold()
        if isinstance(value, bool):
            return str(value).lower()
        return value.casefold() if isinstance(value, str) else value

    def _value(self, kind: FieldKind, value: Value, clause: Clause) -> Any:
        if isinstance(value, Macro):
            return self._macro(value, clause)
        if kind.type == "dateTime":
            return self._date(str(value), clause)
        if kind.type in {"integer", "double"}:
            return self._number(value, clause)
        if kind.identity:
            try:
                return self._call.organisation.person(_address(str(value))).email.casefold()
            except LookupError:
                return str(value).casefold()
        if kind.type == "treePath" and self._unknown(kind, str(value)):
            raise invalid(
                f"TF51011: The specified {kind.name.lower()} does not exist. The error is caused by «{clause.text}».",
                "WorkItemTrackingQueryException",
            )
        return str(value).casefold()

    def _unknown(self, kind: FieldKind, path: str) -> bool:
        structure = "area" if kind.reference == "System.AreaPath" else "iteration"
        return all(project.node(structure, path) is None for project in self._call.organisation.projects.values())

    @staticmethod
    def _number(value: Value, clause: Clause) -> float:
        try:
            return float(str(value))
        except ValueError:
            raise wrong("Expecting a number.", clause.text) from None

    def _date(self, text: str, clause: Clause) -> datetime | date:
        try:
            moment = moment_of(text)
        except ValueError:
            raise wrong("Expecting a date.", clause.text) from None
        if self._precise:
            return moment
        if _HAS_TIME.search(text):
            raise wrong("You cannot supply a time with the date when running a query using date precision.", clause.text)
        return moment.date()

    def _macro(self, macro: Macro, clause: Clause) -> Any:
        if macro.name == "project":
            return self._call.the_project().name.casefold() if "project" in self._call.path else _refused(clause)
        if macro.name == "me":
            return self._call.person.email.casefold()
        if macro.name == "today":
            day = self._call.now.date() + timedelta(days=macro.days)
            return datetime(day.year, day.month, day.day, tzinfo=UTC) if self._precise else day
        return _refused(clause)

    # -- links ----------------------------------------------------------------------------------

    def _sides(self) -> tuple[Judge, Judge, Callable[[str], bool]]:
        condition = self._query.condition
        parts = condition.parts if isinstance(condition, Both) else () if condition is None else (condition,)
        own: dict[str, list[Condition]] = {"source": [], "target": [], "": []}
        for part in parts:
            own[_side(part)].append(part)
        source, target = (self._judge(Both(tuple(own[side])), side) for side in ("source", "target"))
        return source, target, self._link_kinds(own[""])

    @staticmethod
    def _link_kinds(conditions: list[Condition]) -> Callable[[str], bool]:
        if not conditions:
            return lambda _rel: True
        clause = conditions[0]
        if len(conditions) > 1 or not isinstance(clause, Clause) or clause.field.lower() != "system.links.linktype":
            raise wrong("Only one clause on System.Links.LinkType stands beside Source and Target.", str(conditions[-1]))
        if clause.operator not in {"=", "in"}:
            raise wrong("This operator is not played by this organisation.", clause.text)
        wanted = {str(value).lower() for value in clause.values}
        known = {kind.reference.lower() for kind in RELATION_TYPES.values()} | {kind.name.lower() for kind in RELATION_TYPES.values()}
        if not wanted <= known:
            raise wrong("TF51006: The query references a link type that does not exist.", clause.text)
        return lambda rel: rel.lower() in wanted or RELATION_TYPES[rel].name.lower() in wanted


def _side(condition: Condition) -> str:
    if isinstance(condition, Clause):
        return condition.side
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    sides = {_side(part) for part in parts}
    if len(sides) != 1:
        raise wrong("Source, Target and link clauses are only joined by AND.", str(condition))
    return sides.pop()


def _refused(clause: Clause) -> Any:
    raise wrong("The macro is unknown here, or the address names no project.", clause.text)


def _address(text: str) -> str:
    match = re.search(r"<([^<>]+)>$", text)
    return match[1] if match else text


def _under(path: str, above: str) -> bool:
    return path == above or path.startswith(above + "\\")


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


def _compared(test: Callable[[Any, Any], bool], operator: str, value: Any, wanted: Any) -> bool:
    if value is None:
        return (operator == "<>" and wanted != "") or (operator == "=" and wanted == "")
    return test(value, wanted)


def _rank(value: Any) -> tuple[bool, Any]:
    """Empty comes first."""
    return (value is not None, value.name if isinstance(value, Person) else value.casefold() if isinstance(value, str) else value or 0)


HANDLERS: Handlers = {("POST", "1a9c53f7-f243-4447-b110-35ef023636e4"): _wiql}
