"""What a client sends for a field, turned into the site's own value, or refused in Jira's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from safesync.connectors.sandbox.jira.answers import JiraError
from safesync.connectors.sandbox.jira.bodies import IssueBody
from safesync.connectors.sandbox.jira.catalogue import EPIC_LINK, PARENT_LINK, PRIORITIES, READ_ONLY, SPRINT
from safesync.connectors.sandbox.jira.documents import LIMIT, is_document, length, normalised
from safesync.connectors.sandbox.jira.entities import Field, Issue, IssueType, Project
from safesync.connectors.sandbox.jira.state import JiraSite

TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
NO_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"


_UPWARD = frozenset({EPIC_LINK, PARENT_LINK})
"""The fields by which a Data Center knows a parent that is no sub-task's."""


class _RefusedError(Exception):
    """The text for the field's entry in ``errors``."""


class Reception:
    """Reads the ``fields`` and ``update`` of one request about one issue, or about one to come."""

    def __init__(self, site: JiraSite, project: Project, issue: Issue | None) -> None:
        self._site = site
        self._project = project
        self._issue = issue
        self._errors: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        """By field id, the site's own values."""

    def read(self, body: IssueBody, *, creating: bool = False) -> dict[str, Any]:
        """The new values; nothing at all is taken when one field is wrong."""
        given, verbs = body.fields or {}, body.update or {}
        for name in given.keys() & verbs.keys():
            self._errors[name] = f"Field '{name}' cannot appear in both 'fields' and 'update'"
        for name, raw in given.items():
            if not (creating and name == "project"):
                self._attempt(name, partial(self._whole, raw=raw))
        for name, operations in verbs.items():
            if name != "comment":
                self._attempt(name, partial(self._verbs, operations=operations))
        if creating:
            self._required()
        self._levels("parent" in given or "parent" in verbs)
        if self._errors:
            raise JiraError(400, errors=self._errors)
        return self.values

    def _attempt(self, name: str, read: Callable[[Field], Any]) -> None:
        field = self._site.fields.get(name)
        upward = name in _UPWARD and not self._site.edition.cloud
        if field is None or (name in READ_ONLY and not upward) or name == "comment":
            self._errors[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            return
        try:
            self.values["parent" if upward else name] = read(field)
        except _RefusedError as refused:
            self._errors.setdefault(name, str(refused))

    def _required(self) -> None:
        if "summary" not in self.values:
            self._errors.setdefault("summary", "You must specify a summary of the issue.")
        if "issuetype" not in self.values:
            self._errors.setdefault("issuetype", "Specify an issue type")

    def _levels(self, named: bool) -> None:
        """Whether the parent stands where a parent may; on a Data Center only sub-tasks have one by that name."""
        parent = self.values.get("parent", self._issue.parent if self._issue else None)
        kind: IssueType | None = self.values.get("issuetype", self._issue.type if self._issue else None)
        if named and not self._site.edition.cloud and isinstance(parent, Issue) and kind is not None and kind.level >= 0:
            self._errors.setdefault("parent", "Issue type is not a sub-task but parent issue key or id specified.")
        if isinstance(parent, Issue) and kind is not None and parent.type.level != kind.level + 1:
            self._errors.setdefault("parent", "Given parent issue does not belong to appropriate hierarchy.")

    def _verbs(self, field: Field, operations: list[dict[str, Any]]) -> Any:
        if not all(len(each) == 1 for each in operations):
            raise _RefusedError("Field update operations must be a list of objects with one operation each.")
        value = self._issue.values.get(field.id) if self._issue else None
        for operation in operations:
            ((verb, raw),) = operation.items()
            value = self._verb(field, verb, raw, value)
        return value

    def _verb(self, field: Field, verb: str, raw: Any, before: Any) -> Any:
        if verb == "set":
            return self._whole(field, raw)
        if field.items is None or field.id == SPRINT or verb not in {"add", "remove"}:
            raise _RefusedError(f"Field with id '{field.id}' does not support operation '{verb}'")
        held, (one,) = list(before or []), self._whole(field, [raw])
        if verb == "remove":
            return [each for each in held if each != one]
        return held if one in held else [*held, one]

    def _whole(self, field: Field, raw: Any) -> Any:
        own: dict[str, Callable[[Any], Any]] = {
            "parent": self._parent,
            EPIC_LINK: partial(self._above, field),
            PARENT_LINK: partial(self._above, field),
            SPRINT: self._sprints,
        }
        if field.id in own:
            return own[field.id](raw)
        if raw is None:
            return self._cleared(field)
        if field.rich:
            return self._document(raw)
        if field.items is None:
            return self._one(field, field.type, raw)
        if not isinstance(raw, list):
            raise _RefusedError("data was not an array")
        found: list[Any] = []
        for each in raw:
            one = self._one(field, field.items, each)
            if one not in found:
                found.append(one)
        return found

    def _cleared(self, field: Field) -> Any:
        if field.id in {"summary", "issuetype"}:
            raise _RefusedError("You must specify a summary of the issue." if field.id == "summary" else "Specify an issue type")
        return [] if field.items else None

    def _document(self, raw: Any) -> Any:
        if not self._site.edition.cloud:
            return self._wiki(raw)
        if not is_document(raw):
            raise _RefusedError(NO_DOCUMENT)
        if length(raw) > LIMIT:
            raise _RefusedError(TOO_LONG)
        return normalised(raw)

    def _wiki(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise _RefusedError("Operation value must be a string")
        if len(raw) > LIMIT:
            raise _RefusedError(TOO_LONG)
        return raw

    def _one(self, field: Field, kind: str, raw: Any) -> Any:
        readers: dict[str, Callable[[Field, Any], Any]] = {
            "string": self._label if field.id == "labels" else self._string,
            "number": self._number,
            "date": self._date,
            "user": self._user,
            "priority": self._priority,
            "issuetype": lambda _field, value: self._named(self._site.types.values(), value, "The issue type selected is invalid."),
            "option": lambda of, value: self._named(
                self._site.options.get(of.id, ()), value, f"Specify a valid 'id' or 'name' for {of.name}"
            ),
            "version": lambda _field, value: self._named(self._project.versions, value, f"Version name '{_name(value)}' is not valid"),
            "team": lambda _field, value: self._named(self._site.teams.values(), {"id": value}, f"Team id '{value}' is not valid."),
        }
        if kind not in readers:
            raise _RefusedError(f"Field '{field.id}' cannot be set. It is not on the appropriate screen, or unknown.")
        return readers[kind](field, raw)

    def _label(self, _field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise _RefusedError("string expected")
        if any(letter.isspace() for letter in raw):
            said = "can't contain spaces." if self._site.edition.cloud else "contains spaces which is invalid."
            raise _RefusedError(f"The label '{raw}' {said}")
        if not 0 < len(raw) <= 255:
            raise _RefusedError(f"The label '{raw}' is too long. It must be 255 characters or less.")
        return raw

    def _string(self, field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise _RefusedError("Operation value must be a string")
        if field.id == "summary" and not raw.strip():
            raise _RefusedError("You must specify a summary of the issue.")
        if field.id == "summary" and ("\n" in raw or len(raw) > 255):
            raise _RefusedError("The summary is invalid because it contains newline characters or is longer than 255 characters.")
        if (field.custom or "").endswith(":url") and "://" not in raw:
            raise _RefusedError(f"{field.name}: Not a valid URL")
        return raw

    def _number(self, _field: Field, raw: Any) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise _RefusedError("Operation value must be a number")
        return float(raw)

    def _date(self, _field: Field, raw: Any) -> str:
        try:
            return date.fromisoformat(raw).isoformat()
        except (ValueError, TypeError):
            raise _RefusedError(f"Error parsing date string: {raw}") from None

    def _user(self, field: Field, raw: Any) -> Any:
        found = self._somebody(raw) if isinstance(raw, dict) else None
        if found is None:
            raise _RefusedError(f"User '{_name(raw)}' does not exist." if field.id != "assignee" else "Specify a valid assignee")
        return found

    def _somebody(self, raw: dict[str, Any]) -> Any:
        """By account id, or on a Data Center by name, or by key."""
        if self._site.edition.cloud:
            return self._site.users.get(str(raw.get("accountId", raw.get("id"))))
        named = (user for user in self._site.users.values() if user.username == raw.get("name"))
        return self._site.users.get(str(raw.get("key"))) or next(named, None)

    def _priority(self, _field: Field, raw: Any) -> str:
        for name, number in PRIORITIES.items():
            if isinstance(raw, dict) and (raw.get("name") == name or raw.get("id") == str(number)):
                return name
        raise _RefusedError("The priority selected is invalid.")

    def _named(self, offered: Any, raw: Any, message: str) -> Any:
        if isinstance(raw, dict):
            for each in offered:
                if str(each.id) == str(raw.get("id")) or _name(raw) in {getattr(each, "name", None), getattr(each, "value", None)} - {None}:
                    return each
        raise _RefusedError(message)

    def _parent(self, raw: Any) -> Issue | None:
        if raw is None or raw == {"none": True}:
            return None
        known = raw.get("key") or raw.get("id") if isinstance(raw, dict) else None
        try:
            return self._site.issue(str(known))
        except (StopIteration, ValueError):
            raise _RefusedError("Could not find issue by id or key.") from None

    def _above(self, field: Field, raw: Any) -> Issue | None:
        """A parent by its key alone."""
        if raw is not None and not isinstance(raw, str):
            raise _RefusedError("data was not a string")
        found = self._parent({"key": raw}) if raw else None
        if found is not None and field.id == EPIC_LINK and found.type.level != 1:
            raise _RefusedError(f"Issue '{found.key}' is not an epic.")
        return found

    def _sprints(self, raw: Any) -> list[Any]:
        """One sprint is written, but the closed ones an issue went through stay."""
        was = (self._issue.values.get(SPRINT) if self._issue else None) or []
        closed = [sprint for sprint in was if sprint.state == "closed"]
        if raw is None:
            return closed
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise _RefusedError("Number value expected as the Sprint id.")
        if raw not in self._site.sprints:
            raise _RefusedError(f"Sprint with id {raw} does not exist.")
        return [*closed, self._site.sprints[raw]]


def _name(raw: Any) -> Any:
    return raw.get("name", raw.get("value")) if isinstance(raw, dict) else raw
