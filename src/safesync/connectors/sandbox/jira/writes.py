"""What changes a site: by a client through the API, or by people in a test. Everything leaves its trace."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from safesync.connectors.sandbox.jira.changes import describe, key_changed, linked
from safesync.connectors.sandbox.jira.entities import ChangeItem, Comment, History, Issue, Link, LinkType, Project, Status, User
from safesync.connectors.sandbox.jira.state import JiraSite


def touch(site: JiraSite, issue: Issue) -> None:
    """Prepare an issue for a change: the index keeps how it was, and ``updated`` moves."""
    now = site.clock()
    if site.index_lag_s:
        was = copy.copy(issue)
        was.comments, was.links = list(issue.comments), list(issue.links)
        issue.past.append((now, was))
    issue.updated = max(now, issue.updated)


def edit(site: JiraSite, issue: Issue | str, author: User | str, values: Mapping[str, Any]) -> bool:
    """
    Change fields, by id or name, to values as in ``JiraSite.add_issue``; ``False`` when they had these values.

    ``parent`` and ``issuetype`` may be changed too. A change that changes nothing leaves no trace.
    """
    with site.lock:
        found = site.issue(issue)
        by_id = {site.field(name).id: site.seeded(site.field(name), value, found.project) for name, value in values.items()}
        return write(site, found, site.user(author), by_id)


def write(site: JiraSite, issue: Issue, author: User, values: Mapping[str, Any]) -> bool:
    """Set the site's own values, by field id."""
    items: list[ChangeItem] = []
    changed: dict[str, Any] = {}
    for field_id, value in values.items():
        before = current(issue, field_id)
        if before != value and (before or value):
            items += site.described(issue, site.fields[field_id], before, value)
            changed[field_id] = value
    if not changed:
        return False
    touch(site, issue)
    for field_id, value in changed.items():
        _set(issue, field_id, value)
    record(site, issue, author, items)
    return True


def current(issue: Issue, field_id: str) -> Any:
    """What an issue holds in a field."""
    if field_id == "parent":
        return issue.parent
    return issue.type if field_id == "issuetype" else issue.values.get(field_id)


def _set(issue: Issue, field_id: str, value: Any) -> None:
    if field_id == "parent":
        issue.parent = value
    elif field_id == "issuetype":
        issue.type = value
    else:
        issue.values = {**issue.values, field_id: value}


def record(site: JiraSite, issue: Issue, author: User, items: Iterable[ChangeItem]) -> None:
    """Write an entry into the changelog."""
    issue.history = [*issue.history, History(site.next_id(), site.clock(), author, tuple(items))]


def transition(site: JiraSite, issue: Issue | str, author: User | str, to: Status | str) -> None:
    """Move an issue to another status; the resolution follows the category."""
    with site.lock:
        found, who = site.issue(issue), site.user(author)
        target = to if isinstance(to, Status) else site.status(to)
        before = found.status
        if target is before:
            return
        touch(site, found)
        items = describe(site.fields["status"], before, target)
        if before.category != target.category:
            now = site.clock()
            found.values = {**found.values, "statuscategorychangedate": now, "resolutiondate": now if target.category == "done" else None}
            if "done" in {before.category, target.category}:
                done = target.category == "done"
                words = (None, None, "10000", "Done") if done else ("10000", "Done", None, None)
                items.append(ChangeItem("resolution", "jira", "resolution", *words))
        found.values = {**found.values, "status": target}
        record(site, found, who, items)


def add_comment(
    site: JiraSite, issue: Issue | str, author: User | str, body: str | dict[str, Any], properties: Mapping[str, Any] | None = None
) -> Comment:
    """Say something on an issue, as plain text or a document."""
    with site.lock:
        found, who, now = site.issue(issue), site.user(author), site.clock()
        touch(site, found)
        shown = site.kept(body)
        comment = Comment(site.next_id(), who, who, shown, now, now, properties=dict(properties or {}))
        found.comments = [*found.comments, comment]
        site.comments[comment.id] = (found, comment)
        return comment


def edit_comment(site: JiraSite, comment: Comment | int, editor: User | str, body: str | dict[str, Any]) -> Comment:
    """Change what a comment says; its id, author and creation stay."""
    with site.lock:
        issue, found = site.comments[comment if isinstance(comment, int) else comment.id]
        touch(site, issue)
        found.body = site.kept(body)
        found.editor, found.updated = site.user(editor), site.clock()
        return found


def delete_comment(site: JiraSite, comment: Comment | int) -> None:
    """Take a comment away, without a trace but ``updated``."""
    with site.lock:
        issue, found = site.comments.pop(comment if isinstance(comment, int) else comment.id)
        touch(site, issue)
        issue.comments = [each for each in issue.comments if each is not found]


def create(site: JiraSite, project: Project, author: User, values: Mapping[str, Any]) -> Issue:
    """A new issue, from the site's own values by field id; ``issuetype`` and ``summary`` are among them."""
    now = site.clock()
    project.numbers += 1
    given = {key: value for key, value in values.items() if key not in {"parent", "issuetype"} and value is not None}
    first = {"status": site.status("Backlog"), "priority": "Medium", "reporter": author, "statuscategorychangedate": now}
    issue = Issue(
        site.next_id(),
        project,
        f"{project.key}-{project.numbers}",
        values["issuetype"],
        author,
        now,
        now,
        {**first, **given},
        values.get("parent"),
    )
    if site.index_lag_s:
        issue.past.append((now, None))
    site.keep(issue)
    return issue


def move(site: JiraSite, issue: Issue | str, author: User | str, project: str) -> Issue:
    """Move an issue to another project: it gets a new key, and the old one leads to it."""
    with site.lock:
        found, target = site.issue(issue), site.project(project)
        touch(site, found)
        before, old = found.key, found.project
        target.numbers += 1
        found.former_keys = [*found.former_keys, before]
        found.project, found.key = target, f"{target.key}-{target.numbers}"
        site.keep(found)
        record(site, found, site.user(author), key_changed(before, found.key, old, target))
        return found


def rename_project(site: JiraSite, project: str, key: str) -> None:
    """Give a project another key: every issue's key changes, no ``updated`` moves, and the old keys lead to the new ones."""
    with site.lock:
        found = site.project(project)
        found.former_keys, found.key = [*found.former_keys, found.key], key
        for issue in [each for each in site.issues.values() if each.project is found]:
            issue.former_keys = [*issue.former_keys, issue.key]
            issue.key = f"{key}-{issue.key.rpartition('-')[2]}"
            site.keep(issue)
        for (account, old), denied in list(site.denied.items()):
            if old in found.former_keys:
                site.denied[account, key] = denied
        site.administrators |= {(account, key) for account, old in site.administrators if old in found.former_keys}


def delete(site: JiraSite, issue: Issue | str) -> None:
    """Take an issue away, with its sub-tasks; the search may still show it for a while."""
    with site.lock:
        found = site.issue(issue)
        for child in [each for each in site.issues.values() if each.parent is found and each.type.level < 0]:
            delete(site, child)
        del site.issues[found.id]
        for key in [found.key, *found.former_keys]:
            site.keys.pop(key, None)
        for comment in found.comments:
            site.comments.pop(comment.id, None)
        for link in found.links:
            other = link.outward if link.inward is found else link.inward
            other.links = [each for each in other.links if each is not link]
        for child in site.issues.values():
            if child.parent is found:
                child.parent = None
        site.buried.append((site.clock(), found))


def connect(site: JiraSite, author: User, kind: LinkType, inward: Issue, outward: Issue) -> Link | None:
    """Link two issues, "inward blocks outward"; ``None`` when they are linked so already."""
    if any(link.type is kind and link.inward is inward and link.outward is outward for link in inward.links):
        return None
    touch(site, inward)
    touch(site, outward)
    record(site, inward, author, [linked(kind, outward, outward=True)])
    record(site, outward, author, [linked(kind, inward, outward=False)])
    return site.link(kind.name, inward, outward)
