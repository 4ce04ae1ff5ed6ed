"""A plan as a page for whoever approves it: batch by batch, item by item, what stands there now and what will."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from safesync.cli.plan_shown import DiffLine, Figures, comment_diff
from safesync.feedback.batches import batches
from safesync.feedback.limits import is_new
from safesync.model.change import CommentAction, ItemChange, Plan, Reason

_SIGNS = {"+": "plus", "-": "minus", " ": "same", "~": "left"}
_WORDS = {CommentAction.CREATE: "a new comment", CommentAction.EDIT: "our comment is edited"}


@dataclass(frozen=True, slots=True)
class Card:
    """All that is written to one item, and why."""

    key: str
    title: str
    url: str
    what: str
    lines: tuple[DiffLine, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reasons: tuple[Reason, ...]
    notifies: str
    revision: str


@dataclass(frozen=True, slots=True)
class Section:
    """A batch."""

    name: str
    created: int
    cards: tuple[Card, ...]


def plan_page(plan: Plan, notes: Iterable[str] = ()) -> str:
    """A whole page of HTML; ``notes`` say what a run would do instead of writing the plan."""
    sections = [
        Section(batch.name, sum(map(is_new, batch.changes)), tuple(map(_card, batch.changes))) for batch in batches(plan, lambda _: False)
    ]
    by = plan.batched_by.value if plan.batched_by else ""
    return _template().render(plan=plan, figures=Figures.of(plan), notes=tuple(notes), batches=sections, by=by, signs=_SIGNS)


@cache
def _template() -> Template:
    return Environment(
        loader=PackageLoader("safesync.cli"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("plan.html")


def _card(change: ItemChange) -> Card:
    about = change.about
    return Card(
        change.ref.key,
        about.title,
        change.ref.url if change.ref.url.startswith(("https://", "http://")) else "",
        f"{change.ref.tracker}: {_WORDS[change.comment.action] if change.comment else 'labels alone'}",
        comment_diff(change),
        change.add_labels,
        change.remove_labels,
        about.reasons,
        about.notifies,
        change.revision,
    )
