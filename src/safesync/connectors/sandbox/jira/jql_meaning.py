"""What the conditions of a parsed query mean on a site: a test for issues."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from safesync.connectors.sandbox.jira.catalogue import EPIC_LINK, PARENT_LINK, PRIORITIES, SPRINT
from safesync.connectors.sandbox.jira.documents import plain
from safesync.connectors.sandbox.jira.entities import Field, Issue, Permission, User
from safesync.connectors.sandbox.jira.jql import Call, Clause, Condition, Empty, Group, JqlError, Not, Operand, Query, Word
from safesync.connectors.sandbox.jira.state import JiraSite

Test = Callable[[Issue], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_PAIRS = (("=", "!="), ("in", "not in"), ("is", "is not"), ("~", "!~"), ("<", ">="), (">", "<="))
_OPPOSITE = {**dict(_PAIRS), **{second: first for first, second in _PAIRS}}
_RELATIVE = re.compile(r"([+-]?)(\d+)([wdhm])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
KEYS = frozenset({"key", "issuekey", "issue", "id"})
DATES = frozenset({"datetime", "date"})
_CATEGORY_NAMES = {"new": "to do", "indeterminate": "in progress", "done": "done"}
_SPRINT_STATES = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and when: dates are read in the caller's zone."""

    site: JiraSite
    user: User | None
    """``None`` for an anonymous caller, who sees no project."""
    now: datetime
    doubts: list[str] | None = None
    """Where an unvalidated search puts what it would have been refused for; ``None`` refuses."""


def condition(query: Query, asker: Asker) -> Test:
    """A test for issues; ``JqlError`` for a field, value or operator that there is not."""
    if query.where is None:
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    return _test(query.where, asker)


def _test(part: Condition, asker: Asker) -> Test:
    match part:
        case Group(joined, parts):
            tests = tuple(_test(each, asker) for each in parts)
            if joined == "and":
                return lambda issue: all(test(issue) for test in tests)
            return lambda issue: any(test(issue) for test in tests)
        case Not(inner):
            return _test(_opposite(inner), asker)
        case Clause():
            return _clause(part, asker)


def _opposite(part: Condition) -> Condition:
    """NOT reaches the operators, so that ``NOT assignee = x`` leaves out the unassigned, as ``!=`` does."""
    match part:
        case Group(joined, parts):
            return Group("or" if joined == "and" else "and", tuple(_opposite(each) for each in parts))
        case Not(inner):
            return inner
        case Clause(field, sign, operands):
            return Clause(field, _OPPOSITE[sign], operands)


def field_named(name: str, site: JiraSite) -> Field:
    """The field that a query means: by id, name, clause name or ``cf[10016]``."""
    wanted = re.sub(r"^cf\[(\d+)\]$", r"customfield_\1", name.lower())
    for field in site.fields.values():
        if wanted in {field.id.lower(), field.name.lower(), *(clause.lower() for clause in field.clauses)}:
            return field
    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")


def _clause(clause: Clause, asker: Asker) -> Test:
    if clause.field.lower() in KEYS:
        return _by_key(clause, asker)
    if clause.field.lower() == "text":
        return _contains(clause, lambda issue: [issue.values["summary"], _words(issue.values.get("description"))])
    field = field_named(clause.field, asker.site)
    if clause.operator in {"~", "!~"}:
        if field.type not in {"string", "option"} or field.items or clause.field.lower() == "project":
            raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
        return _contains(clause, lambda issue: [_words(issue.values.get(field.id))])
    if field.type in DATES:
        return _ordered(clause, field, asker, _moment)
    if field.type == "number":
        return _ordered(clause, field, asker, _number)
    if clause.operator in _COMPARE:
        raise JqlError(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")
    return _among(clause, field, asker)


def _by_key(clause: Clause, asker: Asker) -> Test:
    if any(isinstance(operand, Empty) for operand in clause.operands):
        raise JqlError(f"The field '{clause.field}' does not support searching for EMPTY values.")
    if clause.operator in _COMPARE:
        compare, (operand,) = _COMPARE[clause.operator], clause.operands
        text = _text(operand, clause)
        if text.isdecimal():
            return lambda issue: compare(issue.id, int(text))
        bound = _issue_named(text, clause, asker)
        return lambda issue: issue.project is bound.project and compare(number_of(issue), number_of(bound))
    wanted = {found for operand in clause.operands if (found := _one_of(_text(operand, clause), clause, asker))}
    return _member(clause, lambda issue: [issue.id], wanted)


def _one_of(text: str, clause: Clause, asker: Asker) -> int | None:
    """The id of an issue among several; an unvalidated search goes on without one that is not there."""
    try:
        return _issue_named(text, clause, asker).id
    except JqlError as error:
        if asker.doubts is None:
            raise
        asker.doubts.append(str(error))
        return None


def _visible(text: str, asker: Asker) -> Issue | None:
    try:
        issue = asker.site.issue(text)
    except (StopIteration, ValueError):
        return None
    return issue if asker.site.shows(asker.user, issue) else None


def _issue_named(text: str, clause: Clause, asker: Asker) -> Issue:
    """An issue that the caller may see; of one that is hidden they are told that it is not there."""
    issue = _visible(text, asker)
    if issue is None:
        what = "A value with ID" if text.isdecimal() else "An issue with key"
        raise JqlError(f"{what} '{text}' does not exist for the field '{clause.field}'.")
    return issue


def number_of(issue: Issue) -> int:
    """The number in an issue's key."""
    return int(issue.key.rsplit("-", 1)[1])


def _among(clause: Clause, field: Field, asker: Asker) -> Test:
    wanted: set[Any] = set()
    for operand in clause.operands:
        wanted |= {None} if isinstance(operand, Empty) else _wanted(operand, clause, field, asker)
    level = None if asker.site.edition.cloud else _LEVELS.get(field.id)
    if level is not None:
        return _member(clause, lambda issue: held(issue, field) if min(issue.type.level, 1) == level else [], wanted)
    return _member(clause, lambda issue: held(issue, field), wanted)


def _member(clause: Clause, values: Callable[[Issue], list[Any]], wanted: set[Any]) -> Test:
    """Equality; a positive operator with EMPTY asks for emptiness, and a negative one never finds what is empty."""
    positive = clause.operator in {"=", "in", "is"}
    empty = None in wanted

    def test(issue: Issue) -> bool:
        found = values(issue)
        if not found:
            return positive and empty
        return (not wanted.isdisjoint(found)) is positive

    return test


_OWN: dict[str, Callable[[Issue], Any]] = {
    "project": lambda issue: issue.project.id,
    "issuetype": lambda issue: issue.type.id,
    "statusCategory": lambda issue: issue.status.category,
    "parent": lambda issue: issue.parent.id if issue.parent else None,
    EPIC_LINK: lambda issue: issue.parent.id if issue.parent else None,
    PARENT_LINK: lambda issue: issue.parent.id if issue.parent else None,
    "creator": lambda issue: issue.creator.account_id,
}


_LEVELS = {"parent": -1, EPIC_LINK: 0, PARENT_LINK: 1}
"""The fields in which a Data Center keeps parents, and of which level the children are; 1 is all from epics on."""


def held(issue: Issue, field: Field) -> list[Any]:
    """What an issue holds in a field, in the form that queries compare; ``[]`` is empty."""
    if field.id in _OWN:
        found = _OWN[field.id](issue)
        return [] if found is None else [found]
    value = issue.values.get(field.id)
    if value is None:
        return []
    return [_comparable(each) for each in (value if isinstance(value, list) else [value])]


def _comparable(value: Any) -> Any:
    if isinstance(value, User):
        return value.account_id
    if isinstance(value, dict):
        return plain(value).casefold()
    if isinstance(value, str):
        return value
    return getattr(value, "id", value)


def _wanted(operand: Operand, clause: Clause, field: Field, asker: Asker) -> set[Any]:
    site = asker.site
    if isinstance(operand, Call):
        return _from_function(operand, clause, field, asker)
    text = _text(operand, clause)
    folded = text.casefold()
    if field.id == "labels":
        return {text}
    if field.id in _LEVELS:
        return {_issue_named(text, clause, asker).id}
    if field.id == "statusCategory":
        found: set[Any] = {key for key, name in _CATEGORY_NAMES.items() if folded in {key, name}}
    elif field.type == "user":
        found = {
            user.account_id
            for user in site.users.values()
            if text == user.account_id or folded in {user.name.casefold(), user.email.casefold(), user.username.casefold()}
        }
    elif field.type == "priority":
        found = {name for name in PRIORITIES if name.casefold() == folded}
    elif field.type in {"project", "issuetype", "status", "team", "option"} or field.items in {"version", "json", "option"}:
        found = {each.id for each in _offered(field, asker) if folded in _names(each)}
    else:
        return {text}
    if not found:
        raise JqlError(f"The value '{text}' does not exist for the field '{clause.field}'.")
    return found


def _offered(field: Field, asker: Asker) -> list[Any]:
    """What a field may hold, as far as the caller may know of it."""
    site = asker.site
    offered: dict[str, list[Any]] = {
        "project": [each for each in site.projects.values() if site.may(asker.user, Permission.BROWSE, each)],
        "issuetype": list(site.types.values()),
        "status": list(site.statuses.values()),
        "team": list(site.teams.values()),
        "version": [version for project in site.projects.values() for version in project.versions],
        "json": list(site.sprints.values()),
        "option": site.options.get(field.id, []),
    }
    return offered[field.items or field.type]


def _names(offered: Any) -> set[str]:
    names = {str(offered.id), getattr(offered, "name", ""), getattr(offered, "value", ""), getattr(offered, "key", "")}
    return {name.casefold() for name in names if name}


def _from_function(call: Call, clause: Clause, field: Field, asker: Asker) -> set[Any]:
    name = call.name.lower()
    if name in _SPRINT_STATES and field.id == SPRINT:
        return {sprint.id for sprint in asker.site.sprints.values() if sprint.state == _SPRINT_STATES[name]}
    if name == "currentuser" and field.type == "user":
        return {asker.user.account_id} if asker.user else set()
    raise JqlError(f"Unable to find JQL function '{call.name}({', '.join(call.arguments)})' for the field '{clause.field}'.")


def _ordered(clause: Clause, field: Field, asker: Asker, read: Callable[[Operand, Clause, Field, Asker], Any]) -> Test:
    value = instant(field)
    if any(isinstance(operand, Empty) for operand in clause.operands):
        positive = clause.operator in {"=", "is", "in"}
        return lambda issue: (value(issue) is None) is positive
    bounds = [read(operand, clause, field, asker) for operand in clause.operands]
    if clause.operator in _COMPARE:
        compare = _COMPARE[clause.operator]
        return lambda issue: (found := value(issue)) is not None and compare(found, bounds[0])
    positive = clause.operator in {"=", "in"}
    return lambda issue: (found := value(issue)) is not None and (found in bounds) is positive


def instant(field: Field) -> Callable[[Issue], Any]:
    """How the value of a field of dates or numbers is read for comparison; ``None`` is empty."""
    if field.id in {"created", "updated"}:
        return operator.attrgetter(field.id)
    if field.type == "date":
        return lambda issue: date.fromisoformat(text) if (text := issue.values.get(field.id)) else None
    return lambda issue: issue.values.get(field.id)


def _number(operand: Operand, clause: Clause, _field: Field, _asker: Asker) -> float:
    text = _text(operand, clause)
    try:
        return float(text)
    except ValueError:
        raise JqlError(f"Value '{text}' is invalid for the '{clause.field}' field: it is not a number.") from None


def _moment(operand: Operand, clause: Clause, field: Field, asker: Asker) -> Any:
    """A moment: relative to now, or to the minute in the caller's own zone; days only for a field of days."""
    local = asker.now.astimezone(ZoneInfo(asker.user.zone if asker.user else asker.site.zone))
    found = _function_moment(operand, local) if isinstance(operand, Call) else _literal_moment(_text(operand, clause), local)
    if found is None:
        shown = operand.text if isinstance(operand, Word) else operand
        raise JqlError(
            f"Date value '{shown}' for field '{clause.field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )
    return found.date() if field.type == "date" else found.astimezone(UTC)


def _literal_moment(text: str, local: datetime) -> datetime | None:
    if (period := _period(text)) is not None:
        # Jira moves the instant, not the wall clock, for minutes and hours.
        return (local.astimezone(UTC) + period).astimezone(local.tzinfo)
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=local.tzinfo)
        except ValueError:
            continue
    return None


def _period(text: str) -> timedelta | None:
    parts = text.split()
    found = [_RELATIVE.fullmatch(part) for part in parts]
    if not parts or not all(found):
        return None
    sign = -1 if text.startswith("-") else 1
    return sign * sum((timedelta(**{_UNITS[part[3]]: int(part[2])}) for part in found if part), timedelta())


def _function_moment(call: Call, local: datetime) -> datetime | None:
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    week = day - timedelta(days=(day.weekday() + 1) % 7)
    starts = {"now": local, "startofday": day, "endofday": day + timedelta(days=1, milliseconds=-1), "startofweek": week}
    start, shift = starts.get(call.name.lower()), _period(call.arguments[0]) if call.arguments else timedelta()
    return None if start is None or shift is None else start + shift


def _contains(clause: Clause, texts: Callable[[Issue], list[str]]) -> Test:
    words = [word.rstrip("*").casefold() for word in re.findall(r"[\w*]+", _text(clause.operands[0], clause))]
    positive = clause.operator == "~"
    return lambda issue: all(any(word in text.casefold() for text in texts(issue)) for word in words) is positive


def _words(value: Any) -> str:
    return plain(value) if isinstance(value, dict) else str(getattr(value, "value", value) or "")


def _text(operand: Operand, clause: Clause) -> str:
    if isinstance(operand, Word):
        return operand.text
    raise JqlError(f"The sandbox does not know '{operand}' for the field '{clause.field}'.")
