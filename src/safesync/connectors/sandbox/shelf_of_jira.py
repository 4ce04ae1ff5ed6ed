"""The Jira site's issues as the page shows and changes them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.jira.entities import History, Issue, Link, Sprint
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.meridian.onto_jira import azure_address
from safesync.connectors.sandbox.meridian.prose import adf, wiki
from safesync.connectors.sandbox.shelf import Happened, Pointer, RefusedError, Row, Said, Shown, labels_of, points_of, shown_number
from safesync.connectors.sandbox.view import prose_of, rich_html, rich_text
from safesync.connectors.sandbox.wiki_view import safe_link

_CATEGORIES = {"new": "todo", "indeterminate": "doing", "done": "done"}
_ACCEPTANCE, _BENEFIT, _POINTS = "customfield_10101", "customfield_10109", "customfield_10016"
_ELSEWHERE, _NEEDED = "customfield_10108", "customfield_10110"
_TEXTS = {"description": "description", "acceptance": _ACCEPTANCE, "benefit": _BENEFIT}
_LISTED = (
    "customfield_10001",
    "customfield_10020",
    "customfield_10102",
    "customfield_10103",
    "customfield_10104",
    "customfield_10105",
    "customfield_10106",
    "customfield_10107",
    "customfield_10021",
    "customfield_10015",
    "duedate",
    "reporter",
)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]+-\d+")


class JiraShelf:
    """The issues of ``site``; a number given as a parent means an item at ``azure_url``."""

    tracker = "jira"

    def __init__(self, site: JiraSite, azure_url: str) -> None:
        self._site = site
        self._azure_url = azure_url

    def rows(self) -> list[Row]:
        """Every issue, project by project."""
        with self._site.lock:
            issues = sorted(self._site.issues.values(), key=lambda issue: (issue.project.key, int(issue.key.rpartition("-")[2])))
            return [_row(issue) for issue in issues]

    def shown(self, key: str) -> Shown | None:
        """One issue, also under a key it had before."""
        with self._site.lock:
            issue = self._site.keys.get(key.upper())
            return self._shown(issue) if issue else None

    def change(self, key: str, person: str, values: dict[str, str]) -> bool:
        """Edit fields, then move to another status."""
        with self._site.lock:
            issue = self._issue(key)
            before = self._form(issue)
            different = {name: value for name, value in values.items() if value.strip() != before[name].strip()}
            edits = self._edits(different)
            changed = writes.edit(self._site, issue, person, edits) if edits else False
            if "state" in different:
                if different["state"] not in _states(self._site):
                    raise RefusedError(f"There is no status “{different['state']}”.")
                writes.transition(self._site, issue, person, different["state"])
            return changed or "state" in different

    def comment(self, key: str, person: str, text: str) -> None:
        """A comment as people write them."""
        if not text.strip():
            raise RefusedError("The comment is empty.")
        writes.add_comment(self._site, self._issue(key), person, self._written(text))

    def delete_comment(self, key: str, person: str, comment_id: int) -> None:  # noqa: ARG002 - Jira leaves no trace of who did it
        """Any comment: whoever reads the page administers the site."""
        with self._site.lock:
            if comment_id not in {comment.id for comment in self._issue(key).comments}:
                raise RefusedError("This comment is not there any more.")
            writes.delete_comment(self._site, comment_id)

    def _issue(self, key: str) -> Issue:
        issue = self._site.keys.get(key.upper())
        if issue is None:
            raise RefusedError(f"There is no issue {key}.")
        return issue

    def _written(self, text: str) -> Any:
        """What a person wrote, in the notation of the site."""
        prose = prose_of(text)
        return adf(prose) if self._site.edition.cloud else wiki(prose)

    def _edits(self, values: dict[str, str]) -> dict[str, Any]:
        """Values as the site takes them."""
        edits: dict[str, Any] = {field: self._written(values[name]) or None for name, field in _TEXTS.items() if name in values}
        for name, field in _TEXTS.items():
            if name in values and not values[name].strip():
                edits[field] = None
        if "title" in values:
            if not values["title"].strip():
                raise RefusedError("An issue needs a title.")
            edits["summary"] = values["title"].strip()
        if "points" in values:
            edits[_POINTS] = points_of(values["points"])
        if "labels" in values:
            edits["labels"] = [label.replace(" ", "-") for label in labels_of(values["labels"])]
        if "owner" in values:
            edits["assignee"] = self._account(values["owner"])
        return edits | (self._parent(values["parent"].strip()) if "parent" in values else {})

    def _account(self, name: str) -> Any:
        found = next((user for user in self._site.users.values() if user.name == name.strip()), None)
        if name.strip() and found is None:
            raise RefusedError(f"Nobody on this site is called “{name}”.")
        return found

    def _parent(self, text: str) -> dict[str, Any]:
        """A key is a parent on this site; a number or an address stands in the field for the other tracker."""
        if _KEY.fullmatch(text):
            return {"parent": self._issue(text), _ELSEWHERE: None}
        address = azure_address(self._azure_url, text) if text.isdecimal() else safe_link(text)
        if text and address is None:
            raise RefusedError("A parent is a key such as CARDS-12, a number of Azure DevOps, or an address.")
        return {"parent": None, _ELSEWHERE: address}

    def _form(self, issue: Issue) -> dict[str, str]:
        values = issue.values
        owner = values.get("assignee")
        return {
            "title": values["summary"],
            **{name: rich_text(values.get(field)) for name, field in _TEXTS.items()},
            "points": shown_number(values.get(_POINTS)),
            "owner": owner.name if owner else "",
            "labels": ", ".join(values.get("labels") or ()),
            "state": issue.status.name,
            "parent": issue.parent.key if issue.parent else values.get(_ELSEWHERE) or "",
        }

    def _shown(self, issue: Issue) -> Shown:
        values = issue.values
        fields = ((self._site.fields[field].name, _plain(values.get(field))) for field in _LISTED)
        return Shown(
            row=_row(issue),
            description_html=rich_html(values.get("description")),
            acceptance_html=rich_html(values.get(_ACCEPTANCE)),
            benefit_html=rich_html(values.get(_BENEFIT)),
            fields=tuple((name, value) for name, value in fields if value),
            pointers=tuple(self._pointers(issue)),
            history=tuple(_happened(entry) for entry in sorted(issue.history, key=lambda entry: entry.at, reverse=True)),
            comments=tuple(_said(comment) for comment in issue.comments),
            states=_states(self._site),
            form=self._form(issue),
        )

    def _pointers(self, issue: Issue) -> list[Pointer]:
        pointers = (
            [Pointer("parent", f"{issue.parent.key} {issue.parent.values['summary']}", _inside(issue.parent))] if issue.parent else []
        )
        for meaning, field in (("parent in Azure DevOps", _ELSEWHERE), ("depends on", _NEEDED)):
            if address := issue.values.get(field):
                pointers.append(Pointer(meaning, _elsewhere(address), safe_link(address)))
        pointers += [_linked(issue, link) for link in issue.links]
        pointers += [Pointer("file", file.filename, None) for file in issue.values.get("attachment") or ()]
        pointers += [Pointer("web link", link.title, safe_link(link.url)) for link in issue.web_links]
        children = [child for child in self._site.issues.values() if child.parent is issue]
        return pointers + [Pointer("child", f"{child.key} {child.values['summary']}", _inside(child)) for child in children]


def _elsewhere(address: str) -> str:
    """An item of Azure DevOps by its number and project, any other address as it is."""
    found = re.search(r"/([^/]+)/_workitems/edit/(\d+)$", address)
    return f"{unquote(found[1])} {found[2]}" if found else address


def _linked(issue: Issue, link: Link) -> Pointer:
    words, other = (link.type.outward, link.outward) if link.inward is issue else (link.type.inward, link.inward)
    return Pointer(words, f"{other.key} {other.values['summary']}", _inside(other))


def _inside(issue: Issue) -> str:
    return f"/item/jira/{issue.key}"


def _states(site: JiraSite) -> tuple[str, ...]:
    return tuple(status.name for status in site.statuses.values())


def _row(issue: Issue) -> Row:
    values = issue.values
    owner = values.get("assignee")
    return Row(
        "jira",
        issue.key,
        issue.project.key,
        issue.type.name,
        values["summary"],
        issue.status.name,
        _CATEGORIES[issue.status.category],
        owner.name if owner else None,
        tuple(values.get("labels") or ()),
        values.get(_POINTS),
        issue.updated,
    )


def _said(comment: Any) -> Said:
    edited = comment.updated > comment.created
    return Said(
        comment.id,
        comment.author.name,
        comment.author.bot,
        comment.created,
        rich_html(comment.body),
        comment.updated if edited else None,
        comment.editor.name if edited else None,
    )


def _happened(entry: History) -> Happened:
    changes = (f"{item.field}: {_short(item.before_text)} → {_short(item.after_text)}" for item in entry.items)
    return Happened(entry.at, entry.author.name, tuple(changes))


def _short(text: str | None) -> str:
    words = " ".join((text or "").split())
    return (words[:80] + "…" if len(words) > 80 else words) or "nothing"


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case list():
            return ", ".join(_plain(each) for each in value)
        case Sprint():
            return f"{value.name} ({value.state})"
        case float():
            return shown_number(value)
        case datetime():
            return f"{value:%Y-%m-%d}"
        case _:
            return str(getattr(value, "name", None) or getattr(value, "value", None) or value)
