"""An Azure DevOps organisation in memory: what is in it, and how a made-up one is built."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from safesync.connectors.sandbox.azure.editions import SERVICES, Edition
from safesync.connectors.sandbox.azure.items import Format, Revision, WorkItem
from safesync.connectors.sandbox.azure.ledger import Ledger
from safesync.connectors.sandbox.azure.nodes import Node, Structure
from safesync.connectors.sandbox.azure.people import Person, Stamp, stable_id
from safesync.connectors.sandbox.azure.process import FieldKind, Process, agile
from safesync.connectors.sandbox.azure.register import Register
from safesync.connectors.sandbox.azure.relations import FILE
from safesync.connectors.sandbox.azure.teams import Board, Column, Project, Team
from safesync.connectors.sandbox.faults import Fault

SANDBOX_TOKEN = "sandbox-azure-token"  # noqa: S105 - opens a made-up organisation on the loopback interface
DOMAIN = "MERIDIAN"
"""The Windows domain of the accounts on a server."""
_PROCESSES: dict[str, Callable[[], Process]] = {"Agile": agile}

Change = tuple[datetime, Person | str, Mapping[str, Any]]
"""When, who, and which fields became what; ``None`` clears a field."""
Remark = tuple[datetime, Person | str, str]
"""When, who, and what the comment says (HTML)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was made, for tests and for the page that shows what happened."""

    method: str
    path: str
    status: int
    is_write: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What a test case said in a suite, when it was run there the last time; without an outcome it was not yet."""

    case: int
    outcome: str | None
    at: datetime
    suite: int = 1


@dataclass(slots=True)
class Manners:
    """Switches of behaviour that differs between organisations, or that a test wants to see."""

    sign_in_page: bool = False
    """A bad token is answered with 203 and a sign-in page in HTML, not with 401."""
    result_limit: int = 20_000
    """A query with more results is refused."""
    query_lag_s: float = 0.0
    """Seconds until a query sees a change; a single read sees it at once."""
    page_size: int = 200
    """Revisions or links of one page of a report."""
    short_pages: bool = False
    """Some pages of a report are shorter than asked, and yet are not the last."""
    knows_no_tenant: bool = False
    """An organisation of personal accounts: a token of Entra ID is answered with the way to the sign-in page."""
    results_refused: bool = False
    """Our token has no scope for results of tests."""
    types_without_states: bool = False
    """The list of types leaves out their states, which the documents allow: they are asked for one by one."""


class AzureOrganisation(Register):
    """An organisation. Every method that builds takes ``lock`` itself; hold it to read several things that must fit together."""

    def __init__(self, name: str = "meridian", token: str = SANDBOX_TOKEN, edition: Edition = SERVICES) -> None:
        super().__init__()
        self.name = name
        self.edition = edition
        self.lock = threading.RLock()
        self.tokens: dict[str, Person] = {}
        self.ledger = Ledger(self)
        self.manners = Manners()
        self.faults: list[Fault] = []
        self.requests: list[Asked] = []
        self.results: list[Result] = []
        self._first_token = token

    # -- building -------------------------------------------------------------------------------

    def add_identity(self, name: str, email: str, *, bot: bool = False, token: str | None = None) -> Person:
        """A new account. The first bot gets the organisation's own token; others open with ``token``, if given one."""
        with self.lock:
            account = email if self.edition.hosted else rf"{DOMAIN}\{email.partition('@')[0]}"
            person = Person(name, email, bot, account=account)
            if bot and token is None and not self.tokens:
                token = self._first_token
            if token:
                self.tokens[token] = person
            self.people[email.lower()] = self.people[account.lower()] = person
            return person

    def add_project(self, name: str, process: str = "Agile", created: datetime | None = None) -> Project:
        """A new project with its root area, root iteration and no team."""
        with self.lock:
            areas, iterations = (Node(self.next_node(), name, structure) for structure in ("area", "iteration"))
            project = Project(name, _PROCESSES[process](), areas, iterations, created or datetime(2024, 1, 8, 9, tzinfo=UTC))
            self.projects[name.lower()] = project
            return project

    def add_area(self, path: str) -> Node:
        r"""The area of this path (``Project\Train\Team``); missing parents are added too."""
        return self._add_node("area", path)

    def add_iteration(self, path: str, start: date | None = None, finish: date | None = None) -> Node:
        r"""The iteration of this path (``Project\PI 26.4\Iteration 26.4.1``); missing parents are added, without dates."""
        with self.lock:
            node = self._add_node("iteration", path)
            node.start, node.finish = start, finish
            return node

    def add_team(
        self,
        name: str,
        area: str,
        iterations: Sequence[str] = (),
        boards: Mapping[str, Sequence[Column]] | None = None,
        *,
        members: Sequence[Person] = (),
        include_children: bool = True,
    ) -> Team:
        """
        A team of the project that ``area`` begins with.

        ``boards`` is backlog level (``Stories``, ``Features``, ``Epics``) -> columns from left to right.
        """
        with self.lock:
            project = self.project(area.split("\\", maxsplit=1)[0])
            nodes = [self._node(project, "iteration", path) for path in iterations]
            made = [Board(level, list(columns), stable_id("board", name, level)) for level, columns in (boards or {}).items()]
            owner = self._node(project, "area", area)
            team = Team(stable_id("team", project.name, name), name, owner, include_children, nodes, made, list(members))
            project.teams.append(team)
            return team

    def add_field(self, kind: FieldKind) -> None:
        """A new field, a custom one for example."""
        with self.lock:
            self.fields[kind.reference] = kind

    def add_work_item(
        self,
        type_name: str,
        fields: Mapping[str, Any],
        created: datetime,
        created_by: Person | str,
        *,
        relations: Iterable[tuple[str, int | str]] = (),
        revisions: Iterable[Change] = (),
        comments: Iterable[Remark] = (),
        formats: Mapping[str, Format] | None = None,
    ) -> WorkItem:
        """
        An item with a history of its own.

        ``fields`` by reference name make revision 1; each of ``revisions`` and ``comments``, merged by time, makes one
        more. The project is that of ``System.AreaPath``. ``relations`` are (relation type, id of the target or address).
        """
        with self.lock:
            birth = Stamp(created, self.person(created_by))
            item = self.ledger.create(type_name, fields, birth, formats or {})
            later: list[tuple[datetime, Person | str, Mapping[str, Any] | str]] = [*revisions, *comments]
            for at, by, what in sorted(later, key=lambda entry: entry[0]):
                stamp = Stamp(at, self.person(by))
                if isinstance(what, str):
                    self.ledger.comment(item, what, "html", stamp)
                else:
                    self.ledger.change(item, what, stamp)
            for rel, target in relations:
                self.ledger.relate(item, rel, target, birth)
            return item

    def link(self, source: WorkItem | int, rel: str, target: WorkItem | int, stamp: Stamp | None = None) -> None:
        """
        ``target`` is to ``source`` what ``rel`` says: with ``System.LinkTypes.Hierarchy-Reverse`` its parent.

        Both ends show it. Without ``stamp`` the link is as old as the source's last revision.
        """
        with self.lock:
            item = self._item(source)
            self.ledger.relate(item, rel, self._item(target).id, stamp or Stamp(item.latest.at, item.latest.by))

    def add_hyperlink(self, item: WorkItem | int, url: str, comment: str | None = None) -> None:
        """A link to an address outside, with the comment that says what it means."""
        with self.lock:
            own = self._item(item)
            self.ledger.relate(own, "Hyperlink", url, Stamp(own.latest.at, own.latest.by), comment)

    def add_result(self, case: WorkItem | int, outcome: str | None, at: datetime, *, suite: int = 1) -> None:
        """What became of a test case in a suite."""
        with self.lock:
            self.results.append(Result(self._item(case).id, outcome, at, suite))

    def attach(self, item: WorkItem | int, filename: str) -> None:
        """A file that hangs on an item."""
        with self.lock:
            own = self._item(item)
            self.ledger.relate(own, FILE, stable_id("file", str(own.id), filename), Stamp(own.latest.at, own.latest.by), filename)

    def _item(self, item: WorkItem | int) -> WorkItem:
        return item if isinstance(item, WorkItem) else self.items[item]

    def _node(self, project: Project, structure: Structure, path: str) -> Node:
        node = project.node(structure, path)
        if node is None:
            raise LookupError(f"no {structure} {path!r}: add it first")
        return node

    def _add_node(self, structure: Structure, path: str) -> Node:
        with self.lock:
            names = path.split("\\")
            project = self.project(names[0])
            node = project.areas if structure == "area" else project.iterations
            for name in names[1:]:
                child = node.child(name)
                if child is None:
                    child = Node(self.next_node(), name, structure, node)
                    node.children.append(child)
                node = child
            return node


__all__ = ["SANDBOX_TOKEN", "Asked", "AzureOrganisation", "Change", "Column", "Manners", "Remark", "Result", "Revision"]
