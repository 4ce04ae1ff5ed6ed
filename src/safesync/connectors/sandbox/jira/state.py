"""A Jira site: everything that stands on it, and how an organisation is written onto it."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from safesync.connectors.sandbox.faults import Fault
from safesync.connectors.sandbox.jira import catalogue
from safesync.connectors.sandbox.jira.allowance import Allowance
from safesync.connectors.sandbox.jira.changes import describe, describe_parent
from safesync.connectors.sandbox.jira.documents import document, normalised
from safesync.connectors.sandbox.jira.edition import CLOUD, Edition
from safesync.connectors.sandbox.jira.entities import (
    Board,
    ChangeItem,
    Column,
    Comment,
    Field,
    History,
    Issue,
    IssueType,
    Link,
    LinkType,
    Option,
    Permission,
    Project,
    Sprint,
    Status,
    Team,
    User,
    Version,
)
from safesync.connectors.sandbox.jira.traffic import Seen

Clock = Callable[[], datetime]
SeededChange = tuple[str, Any, Any]
"""(field by id or name, value before, value after), values as in ``add_issue``."""


def utc_now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


class JiraSite:
    """
    A Jira site in memory, of Jira Cloud or of a Data Center.

    The ``add_...`` methods write an organisation as it has grown: with old dates and an explicit history. Where an
    object of the site is asked for, its name or key will do. What people and clients do later goes through
    ``writes`` and the routes. Everything is guarded by ``lock``; the routes hold it, tests that write while a client
    reads should too.
    """

    def __init__(self, clock: Clock = utc_now, title: str = "Meridian", zone: str = "Europe/Berlin", edition: Edition = CLOUD) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.title = title
        self.zone = zone
        self.edition = edition
        self.index_lag_s = 0.0
        """For how long the search shows an issue as it was before its last write."""
        self.page_limit = 100 if edition.cloud else 1000
        """How many issues a page of a search holds at most; on Cloud not when ids and keys alone are asked for."""
        self.sprints_as_text = not edition.cloud and edition.version < (10,)
        """Whether a Data Center shows sprints as Java prints its objects, as all did for long; or as JSON."""
        self.parent_link_in_search = True
        """Whether a Data Center's search shows the Parent Link; some show null, though the issue itself has it."""
        self.short_pages: list[int] = []
        """Sizes of the next pages of searches, however many were asked for; a page of none still has a token."""
        self.spares_issues = False
        """Whether one issue takes only so many writes in a short time, as on the real site."""
        self.allowance: Allowance | None = None
        """How many requests a Data Center lets an account make; ``None`` does not count them, and tells nothing of it."""
        self.tells_of_hidden = False
        """Whether a Data Center answers 403 for an issue that is hidden, where its document says that it is not found."""
        self.writes: dict[int, list[datetime]] = {}
        """When an issue was last written to, by id; kept while ``spares_issues``."""
        self.comment_limit = 5000
        self.epoch_changelogs = False
        """Whether ``changelog/bulkfetch`` writes ``created`` as milliseconds, as some sites do."""
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.users: dict[str, User] = {}
        self.denied: dict[tuple[str, str], set[Permission]] = {}
        self.administrators: set[tuple[str, str]] = set()
        self.projects: dict[int, Project] = {}
        self.types = {kind.id: kind for kind in catalogue.issue_types()}
        self.statuses = {status.id: status for status in catalogue.statuses()}
        self.link_types = {kind.id: kind for kind in catalogue.link_types()}
        self.fields = {field.id: field for field in catalogue.fields(cloud=edition.cloud)}
        self.options: dict[str, list[Option]] = {}
        self.teams: dict[str, Team] = {}
        self.boards: dict[int, Board] = {}
        self.sprints: dict[int, Sprint] = {}
        self.issues: dict[int, Issue] = {}
        self.keys: dict[str, Issue] = {}
        self.comments: dict[int, tuple[Issue, Comment]] = {}
        self.buried: list[tuple[datetime, Issue]] = []
        """Deleted issues, which the search may still show."""
        self.page_tokens: dict[str, tuple[datetime, str, Any]] = {}
        self._ids = itertools.count(20001)

    def next_id(self) -> int:
        """An id that nothing on the site has yet."""
        return next(self._ids)

    # Who is there -----------------------------------------------------------------------------------------------

    def add_user(
        self,
        account_id: str,
        name: str,
        email: str,
        *,
        bot: bool = False,
        token: str | None = None,
        zone: str | None = None,
        username: str = "",
    ) -> User:
        """Somebody with an account; ``token`` lets them sign in. They may do everything but administer, until denied."""
        user = User(account_id, name, email, bot, token, zone or self.zone, username or account_id)
        self.users[account_id] = user
        return user

    def deny(self, user: User | str, project: str, *permissions: Permission) -> None:
        """Take permissions in a project from somebody."""
        self.denied.setdefault((self.user(user).account_id, project), set()).update(permissions)

    def allow(self, user: User | str, project: str, *permissions: Permission) -> None:
        """Give permissions in a project back to somebody; ``ADMINISTER`` is had by nobody until it is allowed."""
        account = self.user(user).account_id
        self.denied.setdefault((account, project), set()).difference_update(permissions)
        if Permission.ADMINISTER in permissions:
            self.administrators.add((account, project))

    def may(self, user: User | None, permission: Permission, project: Project) -> bool:
        """Whether somebody may; an anonymous caller may nothing."""
        if user is None or project.status == "deleted":
            return False
        who = (user.account_id, project.key)
        if permission is Permission.ADMINISTER:
            return who in self.administrators
        denied = self.denied.get(who, ())
        return permission not in denied and Permission.BROWSE not in denied

    def shows(self, user: User | None, issue: Issue) -> bool:
        """Whether somebody may see an issue: in its project, and at its security level."""
        return self.may(user, Permission.BROWSE, issue.project) and (issue.security is None or user in issue.security.members)

    # What stands there ------------------------------------------------------------------------------------------

    def add_project(self, key: str, name: str) -> Project:
        """A software project."""
        project = Project(self.next_id(), key, name)
        self.projects[project.id] = project
        return project

    def add_version(
        self,
        project: str,
        name: str,
        *,
        start: str | None = None,
        release: str | None = None,
        released: bool = False,
        archived: bool = False,
    ) -> Version:
        """A fix version; dates are ``YYYY-MM-DD``."""
        version = Version(self.next_id(), name, start, release, released, archived)
        self.project(project).versions.append(version)
        return version

    def add_field(self, field: Field) -> Field:
        """A field beside those every site has."""
        self.fields[field.id] = field
        return field

    def add_team(self, name: str) -> Team:
        """A team for the Team field; the same one when it is there already."""
        team = self.teams.get(name)
        if team is None:
            team = self.teams[name] = Team(str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.team.example")), name)
        return team

    def add_option(self, field_id: str, value: str) -> Option:
        """A value of a select field; the same one when it is there already."""
        offered = self.options.setdefault(field_id, [])
        for option in offered:
            if option.value == value:
                return option
        offered.append(Option(self.next_id(), value))
        return offered[-1]

    def add_board(
        self, name: str, project: str, columns: Iterable[Column | tuple[Any, ...]], *, kind: Literal["scrum", "kanban"] = "scrum"
    ) -> Board:
        """A board; a column is ``(name, statuses)`` or ``(name, statuses, min, max)``."""
        made = tuple(column if isinstance(column, Column) else Column(column[0], tuple(column[1]), *column[2:]) for column in columns)
        board = Board(self.next_id(), name, self.project(project), kind, made)
        self.boards[board.id] = board
        return board

    def add_sprint(
        self,
        board: Board | str,
        name: str,
        state: Literal["future", "active", "closed"],
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        goal: str = "",
    ) -> Sprint:
        """A sprint of a scrum board; a closed one was completed at its end."""
        of = board if isinstance(board, Board) else next(known for known in self.boards.values() if known.name == board)
        sprint = Sprint(self.next_id(), name, of, state, start, end, end if state == "closed" else None, goal)
        self.sprints[sprint.id] = sprint
        return sprint

    def add_issue(
        self,
        project: str,
        kind: str,
        summary: str,
        *,
        created: datetime,
        status: str = "Backlog",
        fields: Mapping[str, Any] | None = None,
        parent: Issue | str | None = None,
        updated: datetime | None = None,
        creator: User | str | None = None,
        history: Iterable[tuple[datetime, User | str, Sequence[SeededChange]]] = (),
        comments: Iterable[tuple[datetime, User | str, str | dict[str, Any]]] = (),
    ) -> Issue:
        """
        An issue as it stands now, with how it came there.

        ``fields`` go by id or name. Text fields take a document or plain text with blank lines between paragraphs;
        people, statuses, sprints, versions, options and teams go by object or name. ``updated`` is, when not given,
        the last moment that history or comments speak of.
        """
        home = self.project(project)
        author = self.user(creator) if creator is not None else next(iter(self.users.values()))
        home.numbers += 1
        issue = Issue(
            self.next_id(),
            home,
            f"{home.key}-{home.numbers}",
            self.issue_type(kind),
            author,
            created,
            updated or created,
            {"summary": summary},
        )
        issue.parent = self.issue(parent) if isinstance(parent, str) else parent
        given = {"status": status, "priority": "Medium", "reporter": author, **(fields or {})}
        for name, value in given.items():
            field = self.field(name)
            issue.values[field.id] = self.seeded(field, value, home)
        issue.history = [self._past_change(issue, *change) for change in sorted(history, key=lambda change: change[0])]
        issue.values.setdefault("statuscategorychangedate", self._since(issue))
        if issue.status.category == "done":
            issue.values.setdefault("resolutiondate", issue.values["statuscategorychangedate"])
        self.keep(issue)
        for at, who, body in comments:
            self._past_comment(issue, at, self.user(who), body)
        if updated is None:
            issue.updated = max([created, *(entry.at for entry in issue.history), *(comment.created for comment in issue.comments)])
        return issue

    def link(self, kind: str, inward: Issue | str, outward: Issue | str) -> Link:
        """A link as in "inward blocks outward"; it moves neither issue's ``updated``."""
        link = Link(self.next_id(), self.link_type(kind), self.issue(inward), self.issue(outward))
        link.inward.links.append(link)
        link.outward.links.append(link)
        return link

    # Finding it again -------------------------------------------------------------------------------------------

    def user(self, known: User | str) -> User:
        """By account id, name or mail address."""
        if isinstance(known, User):
            return known
        return self.users.get(known) or next(user for user in self.users.values() if known in {user.name, user.email, user.username})

    def project(self, known: str) -> Project:
        """By key, former key, or id."""
        return next(p for p in self.projects.values() if known in {p.key, str(p.id), *p.former_keys})

    def issue_type(self, known: str) -> IssueType:
        """By name or id."""
        return next(kind for kind in self.types.values() if known.casefold() == kind.name.casefold() or known == str(kind.id))

    def status(self, known: str) -> Status:
        """By name or id."""
        return next(status for status in self.statuses.values() if known.casefold() == status.name.casefold() or known == str(status.id))

    def link_type(self, known: str) -> LinkType:
        """By name or id."""
        return next(kind for kind in self.link_types.values() if known.casefold() == kind.name.casefold() or known == str(kind.id))

    def field(self, known: str) -> Field:
        """By id or name."""
        return self.fields.get(known) or next(field for field in self.fields.values() if field.name == known)

    def issue(self, known: Issue | str) -> Issue:
        """By id, key, or a key it had before it moved."""
        if isinstance(known, Issue):
            return known
        found = self.issues.get(int(known)) if known.isdecimal() else self.keys.get(known.upper())
        if found is None:
            raise StopIteration(known)
        return found

    def sprint(self, known: Sprint | str) -> Sprint:
        """By id or name."""
        if isinstance(known, Sprint):
            return known
        return next(sprint for sprint in self.sprints.values() if known in {sprint.name, str(sprint.id)})

    def keep(self, issue: Issue) -> None:
        """Make a new issue findable; the index learns of it after its lag."""
        self.issues[issue.id] = issue
        self.keys[issue.key] = issue

    def kept(self, body: str | dict[str, Any]) -> Any:
        """A text as the site keeps it: a document on Cloud, wiki markup as it was written on a Data Center."""
        if self.edition.cloud:
            return normalised(document(body) if isinstance(body, str) else body)
        if not isinstance(body, str):
            raise TypeError("a Data Center keeps wiki markup, not documents")
        return body

    def seeded(self, field: Field, value: Any, project: Project) -> Any:
        """What the site keeps for a value as an organisation is written."""
        if value is None:
            return None
        if field.rich:
            return self.kept(value)
        if field.items is None:
            return self._seeded_one(field, value, project)
        many = value if isinstance(value, list | tuple) else [value]
        return [self._seeded_one(field, each, project) for each in many]

    def _seeded_one(self, field: Field, value: Any, project: Project) -> Any:
        find: dict[str, Callable[[str], Any]] = {
            "user": self.user,
            "status": self.status,
            "team": self.add_team,
            "option": lambda text: self.add_option(field.id, text),
            "json": self.sprint,
            "string": self.sprint if field.id == catalogue.SPRINT else str,
            "version": lambda name: next(version for version in project.versions if version.name == name),
        }
        wanted = find.get(field.items or field.type)
        return wanted(value) if wanted and isinstance(value, str) else value

    def changes(self, issue: Issue, field: str, before: Any, after: Any) -> list[ChangeItem]:
        """How Jira writes a change down, for values as in ``add_issue``."""
        of = self.field(field)
        return self.described(issue, of, self.seeded(of, before, issue.project), self.seeded(of, after, issue.project))

    def described(self, issue: Issue, field: Field, before: Any, after: Any) -> list[ChangeItem]:
        """How Jira writes a change down, for the site's own values."""
        if field.id == "parent" and not self.edition.cloud:
            return describe_parent(issue.type.level, before, after)
        return describe(field, before, after)

    def _past_change(self, issue: Issue, at: datetime, who: User | str, changes: Sequence[SeededChange]) -> History:
        items = itertools.chain.from_iterable(self.changes(issue, *change) for change in changes)
        return History(self.next_id(), at, self.user(who), tuple(items))

    def _past_comment(self, issue: Issue, at: datetime, who: User, body: str | dict[str, Any]) -> None:
        comment = Comment(self.next_id(), who, who, self.kept(body), at, at)
        issue.comments.append(comment)
        self.comments[comment.id] = (issue, comment)

    def _since(self, issue: Issue) -> datetime:
        """Since when the issue is in its status's category, as far as its history says."""
        moves = [entry.at for entry in issue.history for item in entry.items if item.field == "status"]
        return max(moves, default=issue.created)
