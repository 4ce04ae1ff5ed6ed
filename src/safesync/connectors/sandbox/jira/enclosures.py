"""What hangs on an issue: files, and links into the web. Each leaves its trace in the history, as on the real site."""

from __future__ import annotations

from datetime import datetime

from safesync.connectors.sandbox.jira.entities import Attachment, ChangeItem, History, Issue, User, WebLink
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.jira.writes import touch

_TYPES = {"pdf": "application/pdf", "png": "image/png", "csv": "text/csv"}


def attach(
    site: JiraSite, issue: Issue | str, author: User | str, filename: str, *, at: datetime | None = None, size: int = 48_213
) -> Attachment:
    """A file; ``at`` is a moment of the past, now when it is ``None``."""
    with site.lock:
        found, who = site.issue(issue), site.user(author)
        file = Attachment(site.next_id(), filename, who, at or site.clock(), size, _TYPES.get(filename.rpartition(".")[2], "text/plain"))
        _noted(site, found, who, ChangeItem("Attachment", "jira", "attachment", None, None, str(file.id), filename), at)
        found.values = {**found.values, "attachment": [*found.values.get("attachment", ()), file]}
        return file


def add_web_link(site: JiraSite, issue: Issue | str, author: User | str, url: str, title: str, *, at: datetime | None = None) -> WebLink:
    """A link to a page anywhere; the search does not show it, the history does."""
    with site.lock:
        found, who = site.issue(issue), site.user(author)
        link = WebLink(site.next_id(), url, title)
        _noted(site, found, who, _change(None, link), at)
        found.web_links = [*found.web_links, link]
        return link


def drop_web_link(site: JiraSite, issue: Issue | str, author: User | str, link: WebLink) -> None:
    """Take a link away again."""
    with site.lock:
        found = site.issue(issue)
        _noted(site, found, site.user(author), _change(link, None), None)
        found.web_links = [each for each in found.web_links if each is not link]


def _change(before: WebLink | None, after: WebLink | None) -> ChangeItem:
    words = [(str(link.id), f'This issue links to "{link.title} (Web Link)"') if link else (None, None) for link in (before, after)]
    return ChangeItem("RemoteIssueLink", "jira", None, *words[0], *words[1])


def _noted(site: JiraSite, issue: Issue, author: User, item: ChangeItem, at: datetime | None) -> None:
    if at is None:
        touch(site, issue)
    entry = History(site.next_id(), at or site.clock(), author, (item,))
    issue.history = sorted([*issue.history, entry], key=lambda each: each.at)
    issue.updated = max(issue.updated, entry.at)
