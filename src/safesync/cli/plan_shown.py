"""A plan as people and programs want to read it: the figures first, then item by item what stands there now and what will."""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.terminal import visible
from safesync.feedback.batches import Batch
from safesync.feedback.limits import is_new
from safesync.jobs.plan import Foreseen
from safesync.model.change import CommentAction, ItemChange, Plan
from safesync.model.message import Bullets, Message, Paragraph

_UNFOLDED = 20
"""So many items are shown whole on a terminal; the others are a line each."""
_CONTEXT = 1
_STYLES = {"+": "green", "-": "red", " ": "dim", "~": "dim"}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comment: ``+`` will stand there, ``-`` stands there now, a space is both; ``~`` speaks of lines that are left out."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """
    A plan in numbers.

    ``owners`` people answer for the items that get a new comment, ``thrice`` of them for three or more.
    """

    items: int
    created: int
    edited: int
    added: int
    removed: int
    owners: int
    thrice: int

    @classmethod
    def of(cls, plan: Plan) -> Figures:
        """Counted over all changes."""
        actions = Counter(change.comment.action for change in plan.changes if change.comment)
        owners = Counter(change.about.owner for change in plan.changes if is_new(change) and change.about.owner)
        return cls(
            len(plan.changes),
            actions[CommentAction.CREATE],
            actions[CommentAction.EDIT],
            sum(len(change.add_labels) for change in plan.changes),
            sum(len(change.remove_labels) for change in plan.changes),
            len(owners),
            sum(count > 2 for count in owners.values()),
        )

    def __str__(self) -> str:
        """One line."""
        comments = f"{self.created} new comments, {self.edited} edited"
        return f"plan: {self.items} items, {comments}, {self.added} labels added, {self.removed} removed"

    @property
    def people(self) -> str:
        """Who answers for what gets a new comment, in words; empty where nobody is named."""
        if not self.owners:
            return ""
        thrice = f", {self.thrice} of them for three items or more" if self.thrice else ""
        return f"new comments are on items that {self.owners} {'person answers' if self.owners == 1 else 'people answer'} for{thrice}"


def plan_fields(plan: Plan) -> dict[str, Any]:
    """A plan in numbers and item by item."""
    figures = Figures.of(plan)
    return {
        "made_at": plan.made_at.isoformat(),
        "digest": plan.digest,
        "figures": {name: getattr(figures, name) for name in ("items", "created", "edited", "added", "removed", "owners")},
        "batched_by": plan.batched_by.value if plan.batched_by else None,
        "changes": [_fields(change) for change in plan.changes],
    }


def _fields(change: ItemChange) -> dict[str, Any]:
    about, comment = change.about, change.comment
    said = None
    if comment is not None:
        before = plain_text(about.before) if about.before else None
        said = {"action": comment.action.value, "text": plain_text(comment.message), "before": before}
    return {
        "item": change.ref.uid,
        "key": change.ref.key,
        "title": about.title,
        "url": change.ref.url,
        "revision": change.revision,
        "batch": change.batch or None,
        "codes": list(change.codes),
        "findings": [{"code": one.code, "severity": one.severity, "remedy": one.remedy, "evidence": one.evidence} for one in about.reasons],
        "comment": said,
        "add_labels": list(change.add_labels),
        "remove_labels": list(change.remove_labels),
        "notifies": about.notifies or None,
    }


def foreseen_fields(ahead: Foreseen) -> dict[str, Any]:
    """What a run would do instead of writing the plan."""
    return {"stopped": ahead.stopped, "first_run_in": list(ahead.first), "baseline": ahead.quiet}


def sentences(ahead: Foreseen) -> Iterator[str]:
    """The same for people."""
    if ahead.first:
        where = " and ".join(ahead.first)
        yield (
            f"in {where} a first run would write none of it: {ahead.quiet} findings are older than SafeSync and would be kept quiet as the "
            "baseline, each until a person changes its item; 'safesync apply' writes what is in this plan all the same"
        )
    if ahead.stopped:
        yield ahead.stopped


def print_plan(plan: Plan) -> None:
    """A plan for people, the figures first."""
    out, figures = show.console(), Figures.of(plan)
    out.print(Text(str(figures), style="bold"))
    if figures.people:
        out.print(figures.people)
    if plan.batched_by and plan.changes:
        sizes = Counter(change.batch for change in plan.changes)
        out.print(Text(f"by {plan.batched_by}: {', '.join(f'{name} {size}' for name, size in sizes.items())}"))
    nothing = "nothing is found" if plan.batched_by else "as it was before the run"
    whole = _UNFOLDED if sys.stdout.isatty() else len(plan.changes)
    for number, change in enumerate(plan.changes):
        for line in (_headed(change), *(_unfolded(change, nothing) if number < whole else ())):
            out.print(line)
    if len(plan.changes) > whole:
        left = len(plan.changes) - whole
        out.print(Text(f"{left} more items are folded; a pipe or --format html shows all of them", style="dim"))


def _headed(change: ItemChange) -> Text:
    head = Text(visible(f"{change.ref.tracker} {change.ref.key}"), style="bold").append(f"  {_what(change)}", style="not bold")
    return head.append(f"  {visible(change.about.title)}", style="not bold dim")


def _unfolded(change: ItemChange, nothing: str) -> Iterator[Text]:
    """``nothing`` stands in the place of findings, of which a plan that takes a run back knows none."""
    for line in comment_diff(change):
        yield Text(f"    {line.sign} {visible(line.text)}", style=_STYLES[line.sign])
    if change.comment is None:
        for one in change.about.reasons:
            yield Text(visible(f"      {one.code}: {one.remedy} {one.evidence}"), style="dim")
    found = ", ".join(f"{one.severity} {one.code}" for one in change.about.reasons) or nothing
    notified = f"; tells {change.about.notifies}" if change.about.notifies else ""
    yield Text(visible(f"      {found}; as of revision {change.revision}{notified}"), style="dim")


def comment_diff(change: ItemChange) -> tuple[DiffLine, ...]:
    """What our comment says now and what it will say; empty where it stays."""
    if change.comment is None:
        return ()
    after = _bulleted(change.comment.message)
    if change.about.before is not None:
        return tuple(_folded(_bulleted(change.about.before), after))
    added = tuple(DiffLine("+", line) for line in after)
    unknown = change.comment.action is CommentAction.EDIT
    return (DiffLine("~", "what it says now is not remembered"), *added) if unknown else added


def _bulleted(message: Message) -> list[str]:
    # The dash of a list would read as a line that goes.
    return [f"\N{BULLET} {line[2:]}" if line.startswith("- ") else line for line in plain_text(message).splitlines()]


def _folded(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    """The lines that change, each with the one beside it; what is the same is counted."""
    diff = [DiffLine(line[0], line[2:]) for line in difflib.ndiff(before, after) if line[0] != "?"]
    near = {at + step for at, line in enumerate(diff) if line.sign != " " for step in range(-_CONTEXT, _CONTEXT + 1)}
    left_out = 0
    for at, line in enumerate([*diff, None]):
        if line is not None and at not in near:
            left_out += 1
            continue
        if left_out:
            yield DiffLine("~", "1 line stays" if left_out == 1 else f"{left_out} lines stay")
            left_out = 0
        if line is not None:
            yield line


def _what(change: ItemChange) -> str:
    parts = [f"{change.comment.action.value} comment"] if change.comment else []
    parts += [f"+{label}" for label in change.add_labels] + [f"-{label}" for label in change.remove_labels]
    return ", ".join(parts)


def plain_text(message: Message) -> str:
    """A comment as a person reads it, without markup."""
    return "\n".join(line for block in message.blocks for line in _lines(block))


def _lines(block: Paragraph | Bullets) -> Iterable[str]:
    if isinstance(block, Paragraph):
        yield "".join(span.text for span in block.spans)
        return
    for at, entry in enumerate(block.entries, start=1):
        yield (f"{at}. " if block.numbered else "- ") + "".join(span.text for span in entry)


# --- batches ----------------------------------------------------------------------------------------------------


def batch_fields(some: Iterable[Batch]) -> list[dict[str, Any]]:
    """The batches of a plan."""
    return [{"batch": one.name, "items": len(one.changes), "applied": one.applied} for one in some]


def print_batches(some: Iterable[Batch], by: str) -> None:
    """The batches of a plan, and which of them are written already."""
    shown = show.table(by, "items#", "new comments#", "edited#", "applied#", "")
    for one in some:
        actions = Counter(change.comment.action for change in one.changes if change.comment)
        figures = (len(one.changes), actions[CommentAction.CREATE], actions[CommentAction.EDIT], one.applied)
        state = "applied" if one.applied == len(one.changes) else "open" if not one.applied else "begun"
        shown.add_row(one.name, *map(str, figures), state)
    show.print_table(shown)
