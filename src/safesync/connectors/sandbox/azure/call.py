"""A request as the resources see it, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from safesync.connectors.sandbox.azure.fieldrules import moment_of
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.organisation import AzureOrganisation
from safesync.connectors.sandbox.azure.people import Person, Stamp
from safesync.connectors.sandbox.azure.refusal import NoRoute, Refusal, forbidden, invalid, missing_item
from safesync.connectors.sandbox.azure.teams import Project, Team


@dataclass(slots=True)
class Call:
    """One request: who asks, for what, and where the organisation is seen from outside."""

    organisation: AzureOrganisation
    person: Person
    now: datetime
    base: str
    """The address of the organisation, without a slash at the end."""
    url: str
    """The whole address that was asked."""
    path: Mapping[str, str]
    """The variable parts of the address."""
    query: Mapping[str, str]
    """By name in lower case: Azure DevOps does not tell apart."""
    raw: bytes
    media: str
    version: str

    @property
    def stamp(self) -> Stamp:
        """Now, by the caller."""
        return Stamp(self.now, self.person)

    def body(self) -> Any:
        """The JSON that was sent; raises ``Refusal`` when it is none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            raise invalid("The request body is not valid JSON.", "VssPropertyValidationException") from None

    def asked(self, name: str, default: str | None = None) -> str | None:
        """A parameter of the query."""
        return self.query.get(name.lower(), default)

    def number(self, name: str, default: int) -> int:
        """A whole number of the query."""
        text = self.asked(name)
        if text is not None and not (text.isascii() and text.isdigit()):
            raise invalid(f"The value '{text}' is not valid for {name}.", "VssPropertyValidationException")
        return default if text is None else int(text)

    def moment(self, text: Any) -> datetime:
        """The time that a text names; raises ``Refusal`` when it names none."""
        try:
            return moment_of(str(text))
        except ValueError:
            raise invalid(f"The value '{text}' is not a valid date.", "VssPropertyValidationException") from None

    def truth(self, name: str) -> bool:
        """A yes or no of the query; absent is no."""
        return (self.asked(name) or "").lower() == "true"

    def project(self) -> Project | None:
        """The project of the address; ``None`` when it names none."""
        name = self.path.get("project") or self.path.get("projectId")
        return self.organisation.project(name) if name else None

    def the_project(self) -> Project:
        """The project of the address, which must name one."""
        project = self.project()
        if project is None:
            raise NoRoute
        return project

    def team(self) -> Team:
        """The team of the address, or else the project's first."""
        project = self.the_project()
        name = self.path.get("team") or self.path.get("teamId")
        team = project.team(name) if name else next(iter(project.teams), None)
        if team is None:
            message = f"The team with id '{name}' does not exist, or you do not have permission to access it."
            raise Refusal(404, message, "TeamNotFoundException")
        return team

    def item(self, name: str = "id", *, deleted: bool = False) -> WorkItem:
        """The item of the address; with a project in the address it must be in that project."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit()) or int(text) == 0:
            raise NoRoute
        item = self.organisation.item(int(text), deleted=deleted)
        project = self.project()
        if project is not None and item.project != project.name:
            raise missing_item(item.id)
        return item

    def may_edit(self, item: WorkItem) -> None:
        """Raises ``Refusal`` unless the caller may change fields of items where this one is."""
        if not self.organisation.project_of(item).permissions.edit:
            raise forbidden("edit", item.fields["System.AreaPath"])

    def may_comment(self, item: WorkItem) -> None:
        """Raises ``Refusal`` unless the caller may comment where this item is: a right of its own, on newer installations."""
        permissions = self.organisation.project_of(item).permissions
        if not (permissions.comment if self.organisation.edition.comment_right else permissions.edit):
            raise forbidden("comment on", item.fields["System.AreaPath"])


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with more to it than its body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Any]
Handlers = Mapping[tuple[str, str], Handler]
"""(method, id of the location) -> who answers, with JSON or an ``Answer``."""


def listed(values: Sequence[Any]) -> dict[str, Any]:
    """The shape of a list."""
    return {"count": len(values), "value": values}
