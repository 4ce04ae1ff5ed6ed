"""
When a person last did more on a work item than say something to us.

Each comment is a revision like any other, and the report of revisions does not tell what a revision changed. So where the newest of
people's comments is a word to us alone, the updates of that item are read, a call an item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from safesync.connectors.azure import values
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import Context
from safesync.connectors.azure.documents import Document
from safesync.connectors.azure.resources import UPDATES
from safesync.facts.text.addressed import addressed
from safesync.feedback.commands import is_only_for_us
from safesync.model.item import Markup, RichText

_PAGE = 200
_MOST_PAGES = 10
"""Links are updates, too, and no revisions; and a server that skips nothing would go on for ever."""
_OF_A_COMMENT = frozenset(
    f"System.{name}"
    for name in (
        *("Rev", "AuthorizedDate", "RevisedDate", "ChangedDate", "Watermark", "ChangedBy", "AuthorizedAs", "PersonId"),
        *("CommentCount", "History"),
    )
)
"""What a comment changes that somebody writes, edits or deletes."""


class Update(Document, frozen=True):
    """What one revision changed."""

    revised_by: dict[str, Any] | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def new(self, name: str) -> Any:
        """What a field was changed to; ``None`` where it was not, or is empty now."""
        change = self.fields.get(f"System.{name}")
        return change.get("newValue") if isinstance(change, Mapping) else None


class Updates(Document, frozen=True, kw_only=True):
    """A page of updates, oldest first."""

    value: tuple[Update, ...]


class Work(Struct, frozen=True, array_like=True):
    """When a person last ``touched`` an item, and when they last ``worked`` on it, in seconds; 0 for never."""

    touched: int
    worked: int


def last_work(client: AzureClient, raw: Mapping[str, Any], context: Context, me: str) -> Work | None:
    """Of an item; ``None`` where its last two hundred updates do not tell, or there is no end of them."""
    skipped = max(0, int(raw["rev"]) - _PAGE)
    touched = worked = 0
    updates = _updates(client, str(raw["fields"]["System.TeamProject"]), str(raw["id"]), skipped)
    for update in updates or ():
        at = update.new("ChangedDate")
        if at is None or context.is_bot(update.new("ChangedBy") or update.revised_by):  # a link changes no date
            continue
        touched = max(touched, int(values.moment(at).timestamp()))
        worked = worked if _is_for_us(update, me) else touched
    return Work(touched, worked) if updates is not None and (worked or not skipped) else None


def _updates(client: AzureClient, project: str, item_id: str, skipped: int) -> list[Update] | None:
    found: list[Update] = []
    for _ in range(_MOST_PAGES):
        query: dict[str, object] = {"$top": _PAGE, "$skip": skipped + len(found)}
        page = client.read(UPDATES, Updates, route={"project": project, "id": item_id}, query=query).value
        found += page
        if len(page) < _PAGE:
            return found
    return None


def _is_for_us(update: Update, me: str) -> bool:
    """Whether it changed nothing but a comment, and that says something to us alone, or is gone."""
    if not _OF_A_COMMENT.issuperset(update.fields):
        return False
    text, said_on = str(update.new("History") or ""), values.moment(update.new("ChangedDate")).date()
    return not text or any(is_only_for_us(addressed(RichText(text, markup), (me,)), said_on) for markup in _MARKUPS)


_MARKUPS: Iterable[Markup] = (Markup.HTML, Markup.MARKDOWN)
"""An update does not tell which of them it is."""
