"""The Azure DevOps organisation's work items as the page shows and changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from typing import Any

from safesync.connectors.sandbox.azure.items import Comment, Revision, WorkItem
from safesync.connectors.sandbox.azure.organisation import AzureOrganisation
from safesync.connectors.sandbox.azure.people import Person, Stamp
from safesync.connectors.sandbox.azure.refusal import Refusal
from safesync.connectors.sandbox.azure.relations import FILE, PARENT, RELATION_TYPES
from safesync.connectors.sandbox.meridian.prose import html
from safesync.connectors.sandbox.shelf import Happened, Pointer, RefusedError, Row, Said, Shown, labels_of, points_of, shown_number
from safesync.connectors.sandbox.view import clean_html, html_text, prose_of
from safesync.connectors.sandbox.wiki_view import safe_link

_CATEGORIES = {"Proposed": "todo", "InProgress": "doing", "Resolved": "doing", "Completed": "done", "Removed": "done"}
_POINTS = "Microsoft.VSTS.Scheduling.Effort"
_TEXTS = {
    "description": "System.Description",
    "acceptance": "Microsoft.VSTS.Common.AcceptanceCriteria",
    "benefit": "Custom.BenefitHypothesis",
}
_LISTED = (
    "System.AreaPath",
    "System.IterationPath",
    "System.BoardColumn",
    "Custom.WorkCategory",
    "Microsoft.VSTS.Common.ValueArea",
    "Microsoft.VSTS.Common.BusinessValue",
    "Microsoft.VSTS.Common.TimeCriticality",
    "Custom.RROEValue",
    "Microsoft.VSTS.Scheduling.StartDate",
    "Microsoft.VSTS.Scheduling.TargetDate",
    "System.CreatedBy",
)
_TOLD = ("System.Title", "System.State", "System.AssignedTo", "System.Tags", *_TEXTS.values(), _POINTS, "Microsoft.VSTS.Common.StackRank")


class AzureShelf:
    """The work items of ``organisation``; what people do happens at the time of ``clock``."""

    tracker = "azure"

    def __init__(self, organisation: AzureOrganisation, clock: Callable[[], datetime]) -> None:
        self._organisation = organisation
        self._clock = clock

    def rows(self) -> list[Row]:
        """Every work item that is not deleted."""
        with self._organisation.lock:
            return [self._row(item) for item in sorted(self._organisation.readable(), key=lambda item: item.id)]

    def shown(self, key: str) -> Shown | None:
        """One work item."""
        with self._organisation.lock:
            item = self._organisation.items.get(int(key)) if key.isdecimal() else None
            return self._shown(item) if item and item.deleted is None else None

    def change(self, key: str, person: str, values: dict[str, str]) -> bool:
        """One revision for the fields; a new parent is a link, which leaves none."""
        with self._organisation.lock:
            item = self._item(key)
            before = self._form(item)
            different = {name: value for name, value in values.items() if value.strip() != before[name].strip()}
            stamp = Stamp(self._clock(), self._organisation.person(person))
            try:
                changed = self._organisation.ledger.change(item, self._edits(different), stamp) is not None
                if "parent" in different:
                    self._adopt(item, different["parent"].strip(), stamp)
            except Refusal as refusal:
                raise RefusedError(refusal.message) from None
            return changed or "parent" in different

    def comment(self, key: str, person: str, text: str) -> None:
        """A comment as the editor for people writes them."""
        if not text.strip():
            raise RefusedError("The comment is empty.")
        with self._organisation.lock:
            stamp = Stamp(self._clock(), self._organisation.person(person))
            self._organisation.ledger.comment(self._item(key), html(prose_of(text)), "html", stamp)

    def delete_comment(self, key: str, person: str, comment_id: int) -> None:
        """Any comment: whoever reads the page administers the organisation."""
        with self._organisation.lock:
            item = self._item(key)
            comment = item.comment(comment_id)
            if comment is None or comment.last.deleted:
                raise RefusedError("This comment is not there any more.")
            self._organisation.ledger.delete_comment(item, comment, Stamp(self._clock(), self._organisation.person(person)))

    def _item(self, key: str) -> WorkItem:
        item = self._organisation.items.get(int(key)) if key.isdecimal() else None
        if item is None or item.deleted is not None:
            raise RefusedError(f"There is no work item {key}.")
        return item

    def _edits(self, values: dict[str, str]) -> dict[str, Any]:
        """Values as the ledger takes them."""
        edits: dict[str, Any] = {field: html(prose_of(values[name])) for name, field in _TEXTS.items() if name in values}
        if "title" in values:
            edits["System.Title"] = values["title"].strip()
        if "points" in values:
            edits[_POINTS] = points_of(values["points"])
        if "labels" in values:
            edits["System.Tags"] = "; ".join(labels_of(values["labels"]))
        if "state" in values:
            edits["System.State"] = values["state"]
        if "owner" in values:
            edits["System.AssignedTo"] = self._account(values["owner"].strip())
        return edits

    def _account(self, name: str) -> Person | None:
        try:
            return self._organisation.person(name) if name else None
        except LookupError:
            raise RefusedError(f"Nobody in this organisation is called “{name}”.") from None

    def _adopt(self, item: WorkItem, parent: str, stamp: Stamp) -> None:
        number = parent.removeprefix("#")
        if number and (not number.isdecimal() or int(number) not in self._organisation.items):
            raise RefusedError("A parent is the number of a work item.")
        for relation in [relation for relation in item.relations if relation.rel == PARENT]:
            self._organisation.ledger.unrelate(item, relation, stamp)
        if number:
            self._organisation.ledger.relate(item, PARENT, int(number), stamp)

    def _form(self, item: WorkItem) -> dict[str, str]:
        values = item.fields
        owner = values.get("System.AssignedTo")
        return {
            "title": str(values["System.Title"]),
            **{name: html_text(values.get(field)) for name, field in _TEXTS.items()},
            "points": shown_number(values.get(_POINTS)),
            "owner": owner.name if owner else "",
            "labels": ", ".join(_tags(values)),
            "state": str(values["System.State"]),
            "parent": str(item.parent or ""),
        }

    def _shown(self, item: WorkItem) -> Shown:
        values = item.fields
        names = ((self._organisation.fields[field].name, _plain(values.get(field))) for field in _LISTED)
        return Shown(
            row=self._row(item),
            description_html=clean_html(values.get("System.Description")),
            acceptance_html=clean_html(values.get(_TEXTS["acceptance"])),
            benefit_html=clean_html(values.get(_TEXTS["benefit"])),
            fields=tuple((name, value) for name, value in names if value),
            pointers=tuple(self._pointers(item)),
            history=tuple(reversed(list(self._history(item)))),
            comments=tuple(_said(comment) for comment in item.comments if not comment.last.deleted),
            states=tuple(state.name for state in self._organisation.type_of(item).states),
            form=self._form(item),
        )

    def _pointers(self, item: WorkItem) -> Iterator[Pointer]:
        for relation in sorted(item.relations, key=lambda relation: (relation.rel, relation.number)):
            if relation.rel == FILE:
                yield Pointer("file", relation.comment or "", None)
                continue
            if relation.target is None:
                url = relation.url or ""
                yield Pointer(relation.comment or relation.rel, url.rpartition("/browse/")[2], safe_link(url))
                continue
            other = self._organisation.items[relation.target]
            meaning = RELATION_TYPES[relation.rel].name.lower()
            yield Pointer(meaning, f"{other.id} {other.fields['System.Title']}", f"/item/azure/{other.id}")

    def _history(self, item: WorkItem) -> Iterator[Happened]:
        for before, after in zip(item.revisions, item.revisions[1:], strict=False):
            if changes := tuple(self._changes(before, after)):
                yield Happened(after.at, after.by.name, changes)

    def _changes(self, before: Revision, after: Revision) -> Iterator[str]:
        for field in _TOLD:
            old, new = before.fields.get(field), after.fields.get(field)
            if old != new:
                yield f"{self._organisation.fields[field].name}: {_short(old)} → {_short(new)}"
        if after.comment:
            yield "deleted a comment" if after.comment[1].deleted else "commented"

    def _row(self, item: WorkItem) -> Row:
        values = item.fields
        owner = values.get("System.AssignedTo")
        state = self._organisation.type_of(item).state(values["System.State"])
        return Row(
            "azure",
            str(item.id),
            item.project,
            item.type,
            str(values["System.Title"]),
            str(values["System.State"]),
            _CATEGORIES[state.category] if state else "todo",
            owner.name if owner else None,
            _tags(values),
            values.get(_POINTS),
            item.latest.at,
        )


def _tags(values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in str(values.get("System.Tags") or "").split(";") if tag.strip())


def _said(comment: Comment) -> Said:
    last, first = comment.last, comment.first
    shown = clean_html(last.text) if comment.format == "html" else f"<pre>{escape(last.text)}</pre>"
    edited = last.version > first.version
    return Said(
        comment.id,
        first.stamp.by.name,
        first.stamp.by.bot,
        first.stamp.at,
        shown,
        last.stamp.at if edited else None,
        last.stamp.by.name if edited else None,
    )


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case Person():
            return value.name
        case float():
            return shown_number(value)
        case datetime():
            return f"{value:%Y-%m-%d}"
        case _:
            return str(value)


def _short(value: Any) -> str:
    words = " ".join(html_text(_plain(value)).split())
    return (words[:80] + "…" if len(words) > 80 else words) or "nothing"
