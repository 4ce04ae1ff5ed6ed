"""What administrators and people do to a site between two looks at it: hide, archive, rename, take links away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from safesync.connectors.sandbox.jira.changes import secured, unlinked
from safesync.connectors.sandbox.jira.entities import Issue, LinkType, Permission, Project, SecurityLevel, User
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.jira.writes import record, touch


def hide(site: JiraSite, issue: Issue | str, author: User | str, members: Iterable[User | str]) -> SecurityLevel:
    """Give an issue a security level: from now on nobody sees it but its members."""
    with site.lock:
        level = SecurityLevel(site.next_id(), "Confidential", frozenset(site.user(member) for member in members))
        _secure(site, site.issue(issue), site.user(author), level)
        return level


def reveal(site: JiraSite, issue: Issue | str, author: User | str) -> None:
    """Take the security level from an issue."""
    with site.lock:
        _secure(site, site.issue(issue), site.user(author), None)


def _secure(site: JiraSite, issue: Issue, author: User, level: SecurityLevel | None) -> None:
    before = issue.security
    touch(site, issue)
    issue.security = level
    record(site, issue, author, [secured(before, level)])


def close_project(site: JiraSite, project: str, user: User | str) -> None:
    """Somebody may not browse a project any more; no issue changes by it."""
    with site.lock:
        site.deny(user, site.project(project).key, Permission.BROWSE)


def open_project(site: JiraSite, project: str, user: User | str) -> None:
    """Somebody may browse a project again."""
    with site.lock:
        site.allow(user, site.project(project).key, Permission.BROWSE)


def set_aside(site: JiraSite, project: str, status: Literal["live", "archived", "deleted"]) -> Project:
    """Archive a project, put it into the trash, or take it back; no issue changes by it."""
    with site.lock:
        found = site.project(project)
        found.status = status
        return found


def rename(site: JiraSite, what: Literal["project", "status", "field", "sprint", "type", "version"], old: str, new: str) -> None:
    """Give something another name; ids stay, and no issue changes by it. A project is named by its key, and keeps that."""
    with site.lock:
        if what == "field":
            field = site.field(old)
            site.fields[field.id] = replace(field, name=new)
        elif what == "version":
            version = next(each for project in site.projects.values() for each in project.versions if each.name == old)
            version.name = new
        else:
            find = {"project": site.project, "status": site.status, "sprint": site.sprint, "type": site.issue_type}
            found = find[what](old)
            before = found.name  # type: ignore[attr-defined]
            found.name = new  # type: ignore[attr-defined]
            if what == "status":
                _relabel(site, before, new)


def _relabel(site: JiraSite, old: str, new: str) -> None:
    """Columns of boards hold their statuses by name here, not by id as on the real site."""
    for board in site.boards.values():
        board.columns = tuple(
            replace(column, statuses=tuple(new if name == old else name for name in column.statuses)) for column in board.columns
        )


def unlink(site: JiraSite, author: User | str, kind: LinkType | str, inward: Issue | str, outward: Issue | str) -> bool:
    """Take a link away, "inward blocks outward"; ``False`` when there was none."""
    with site.lock:
        one, other, who = site.issue(inward), site.issue(outward), site.user(author)
        of = kind if isinstance(kind, LinkType) else site.link_type(kind)
        link = next((each for each in one.links if each.type is of and each.inward is one and each.outward is other), None)
        if link is None:
            return False
        for end, far, out in ((one, other, True), (other, one, False)):
            touch(site, end)
            end.links = [each for each in end.links if each is not link]
            record(site, end, who, [unlinked(of, far, outward=out)])
        return True
