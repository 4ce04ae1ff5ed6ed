"""What a field may become: types, paths, states, tags, and what follows from a change of state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from safesync.connectors.sandbox.azure.markup import sanitised
from safesync.connectors.sandbox.azure.people import Person, Stamp
from safesync.connectors.sandbox.azure.process import FieldKind, ItemType
from safesync.connectors.sandbox.azure.refusal import broken_rule, invalid
from safesync.connectors.sandbox.azure.register import Register
from safesync.connectors.sandbox.azure.teams import Board, Project

TAG_LIMIT = 100


def split_tags(text: str) -> list[str]:
    """The tags of a field, each once, in the writing that came first."""
    tags: dict[str, str] = {}
    for tag in re.split(r"[;,]", text):
        if tag.strip():
            tags.setdefault(tag.strip().casefold(), tag.strip())
    return list(tags.values())


def joined_tags(tags: Iterable[str]) -> str:
    """Tags as a field holds them; raises ``Refusal`` for those that Azure DevOps does not take."""
    kept = split_tags(";".join(tags))
    if len(kept) > TAG_LIMIT:
        raise invalid(
            f"TF401243: Failed to save work item because too many new tags were added to the work item ({len(kept)}).",
            "InvalidTagNameException",
        )
    for tag in kept:
        if len(tag) > 400 or any(ord(char) > 0xFFFF for char in tag):
            raise invalid("TF401407: The tag name is invalid. It contains invalid characters or is too long.", "InvalidTagNameException")
    return "; ".join(sorted(kept, key=str.casefold))


def moment_of(text: str) -> datetime:
    """The time that a text in ISO 8601 names; without a zone it is UTC."""
    value = datetime.fromisoformat(text)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def checked(register: Register, project: Project, kind: ItemType, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by reference name, in the types in which they are kept; raises ``Refusal`` for what breaks a rule."""
    values: dict[str, Any] = {}
    for name, value in fields.items():
        known = register.field_kind(name)
        if known is None:
            raise invalid(f"TF51535: Cannot find field {name}.", "WorkItemTrackingFieldDefinitionNotFoundException")
        if known.read_only and not known.reference.startswith("System.Board"):
            raise broken_rule(known.name, "ReadOnly")
        values[known.reference] = None if value is None or value == "" else _value(register, project, kind, known, value)
    return values


def _value(register: Register, project: Project, kind: ItemType, known: FieldKind, value: Any) -> Any:
    if known.reference == "System.State":
        state = kind.state(str(value))
        if state is None:
            raise broken_rule("State", f"HasValues, LimitedToValues, AllowsOldValue, InvalidNotOldValue ({value})")
        return state.name
    if known.type == "treePath":
        node = project.node("area" if known.reference == "System.AreaPath" else "iteration", str(value))
        if node is None:
            raise invalid(
                f"TF401347: Invalid tree name given for work item, field '{known.reference}'.", "WorkItemInvalidTreeNameException"
            )
        return node.path
    if known.reference == "System.Tags":
        return joined_tags(split_tags(str(value)))
    if known.identity:
        return _person(register, known, value)
    return _typed(known, value)


def _person(register: Register, known: FieldKind, value: Any) -> Person:
    if isinstance(value, Mapping):
        value = value.get("uniqueName") or value.get("displayName") or ""
    if isinstance(value, str) and (match := re.search(r"<([^<>]+)>$", value)):
        value = match[1]
    try:
        return register.person(value)
    except LookupError:
        raise broken_rule(known.name, f"InvalidUnknownIdentity ({value})") from None


def _typed(known: FieldKind, value: Any) -> Any:
    try:
        match known.type:
            case "integer":
                return int(value)
            case "double":
                return float(value)
            case "boolean":
                return value if isinstance(value, bool) else str(value).lower() == "true"
            case "dateTime":
                return _time(value)
            case "html" | "history":
                return sanitised(str(value))
            case _:
                return str(value)
    except ValueError:
        raise broken_rule(known.name, f"InvalidType ({value})") from None


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return moment_of(str(value))


def reason_after(before: str | None, state: str) -> str:
    """The reason that goes with a change of state."""
    return "New" if before is None else f"Moved to state {state}"


def note_state(kind: ItemType, values: dict[str, Any], stamp: Stamp) -> None:
    """What a new state leaves behind: when it began, and who activated or closed the item."""
    values["Microsoft.VSTS.Common.StateChangeDate"] = stamp.at
    state = kind.state(values["System.State"])
    verb = {"InProgress": "Activated", "Completed": "Closed"}.get(state.category if state else "")
    if verb:
        values[f"Microsoft.VSTS.Common.{verb}Date"] = stamp.at
        values[f"Microsoft.VSTS.Common.{verb}By"] = stamp.by
    if verb != "Closed":
        values.pop("Microsoft.VSTS.Common.ClosedDate", None)
        values.pop("Microsoft.VSTS.Common.ClosedBy", None)


def boards_of(register: Register, area: str, type_name: str) -> list[Board]:
    """The boards on which an item of this type in this area stands, that of the nearest team first."""
    project = register.projects[area.split("\\", maxsplit=1)[0].lower()]
    levels = {level.name for level in project.process.levels if type_name in level.types}
    teams = [team for team in project.teams if area == team.area.path or (team.include_children and area.startswith(team.area.path + "\\"))]
    teams.sort(key=lambda team: -len(team.area.path))
    return [board for team in teams for board in team.boards if board.name in levels]


def column_after(register: Register, before: Mapping[str, Any] | None, values: dict[str, Any]) -> None:
    """Puts the item into a column that fits its state: the one it is in if that does, else the first."""
    boards = boards_of(register, values["System.AreaPath"], values["System.WorkItemType"])
    if not boards:
        values.pop("System.BoardColumn", None)
        values.pop("System.BoardColumnDone", None)
        return
    state = values["System.State"]
    fitting = [column for column in boards[0].columns if column.states.get(values["System.WorkItemType"]) == state]
    names = [column.name for column in fitting]
    if fitting and values.get("System.BoardColumn") not in names:
        values["System.BoardColumn"] = names[0]
    elif not fitting and before is not None:
        values.pop("System.BoardColumn", None)
    if "System.BoardColumn" in values:
        values.setdefault("System.BoardColumnDone", False)
