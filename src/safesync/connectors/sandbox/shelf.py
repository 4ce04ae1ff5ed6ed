"""Items of either tracker as the page shows and changes them, whatever they are called there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class RefusedError(Exception):
    """What a person asked for cannot be done; the text says why, to them."""


@dataclass(frozen=True, slots=True)
class Row:
    """An item in a list. ``tracker`` is "jira" or "azure"."""

    tracker: str
    key: str
    project: str
    type: str
    title: str
    state: str
    category: str
    """``todo``, ``doing`` or ``done``: how the state is coloured."""
    owner: str | None
    labels: tuple[str, ...]
    points: float | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as harmless HTML."""

    id: int
    by: str
    bot: bool
    at: datetime
    html: str
    edited_at: datetime | None = None
    edited_by: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the history: when, who, and each change as a sentence."""

    at: datetime
    by: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link to another item: what it means, and where it leads."""

    meaning: str
    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One item with everything. Texts are harmless HTML in ``*_html`` and editable text in ``form``."""

    row: Row
    description_html: str
    acceptance_html: str
    benefit_html: str
    fields: tuple[tuple[str, str], ...]
    pointers: tuple[Pointer, ...]
    history: tuple[Happened, ...]
    comments: tuple[Said, ...]
    states: tuple[str, ...]
    form: dict[str, str] = field(default_factory=dict)


FORM_FIELDS = ("title", "description", "acceptance", "benefit", "points", "owner", "labels", "state", "parent")
"""What a person can change. ``labels`` are separated by commas, ``parent`` is a key, a number or an address."""


class Shelf(Protocol):
    """The items of one tracker."""

    tracker: str

    def rows(self) -> list[Row]:
        """Every item, in the order of their keys."""

    def shown(self, key: str) -> Shown | None:
        """One item, ``None`` when there is none of this key."""

    def change(self, key: str, person: str, values: dict[str, str]) -> bool:
        """Set some of ``FORM_FIELDS`` as ``person``; ``False`` when nothing is different. Raises ``RefusedError``."""

    def comment(self, key: str, person: str, text: str) -> None:
        """Say something as ``person``."""

    def delete_comment(self, key: str, person: str, comment_id: int) -> None:
        """Take any comment away, as ``person`` who may."""


def points_of(text: str) -> float | None:
    """The number a person wrote, ``None`` for nothing."""
    try:
        return float(text.replace(",", ".")) if text.strip() else None
    except ValueError:
        raise RefusedError(f"Points are a number, not “{text}”.") from None


def labels_of(text: str) -> list[str]:
    """The labels a person wrote, each once."""
    return list(dict.fromkeys(label.strip() for label in text.replace(";", ",").split(",") if label.strip()))


def shown_number(value: float | None) -> str:
    """A number without needless zeros."""
    return "" if value is None else f"{value:g}"
