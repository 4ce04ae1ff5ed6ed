"""
What a work item of Azure DevOps means; pure.

An empty field is left out of an answer altogether. So a field that the item's type has and the answer lacks is *empty*; a field
that is mapped and that the site or the type does not have, or that nobody mapped, is *unseen*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from safesync.connectors.azure import values
from safesync.connectors.azure.context import AREA, BLOCKED, ITERATION, VALUE_AREA, Context, Place, Plan, is_blocked
from safesync.connectors.azure.history import History
from safesync.connectors.azure.links import attachments_of, evidence_of, links_of
from safesync.connectors.azure.results import CaseResult
from safesync.connectors.mapping import FieldName, Form, together, truth
from safesync.connectors.port import Refusal
from safesync.model.item import Item, Kind, Markup, RichText, Stage, Transition, WorkClass
from safesync.model.making import maker
from safesync.model.reply import Reply
from safesync.model.timebox import interval_label

_Value = TypeVar("_Value")
_made = maker(Item)
_NEEDED = ("System.TeamProject", "System.WorkItemType", "System.State", "System.CreatedDate", "System.ChangedDate")
_WORDS = {"enabler": WorkClass.ENABLER, "tech-debt": WorkClass.TECH_DEBT, "tech debt": WorkClass.TECH_DEBT} | {
    cls.value: cls for cls in WorkClass if cls is not WorkClass.UNKNOWN
}
_REPRODUCTION = "Microsoft.VSTS.TCM.ReproSteps"
_APPROVED = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE})
"""Kinds of which somebody asks for a document."""
_RANKS = ("Microsoft.VSTS.Common.StackRank", "Microsoft.VSTS.Common.BacklogPriority")
_PLAIN = ("string", "plainText", "picklistString", "integer", "double")


def work_item(
    raw: Mapping[str, Any],
    context: Context,
    history: History | None = None,
    tested: CaseResult | None = None,
    replies: tuple[Reply, ...] | None = None,
) -> Item | Refusal:
    """
    The item, or why it cannot be one.

    ``raw`` is an element of a workitemsbatch answer (``id``, ``rev``, ``fields``, ``relations``). Without ``history`` the item has
    at most the entry into its present state, and its last human change only when nobody but a person changed it last. ``tested`` is
    the newest result of a test case, ``replies`` are what people say to us there, ``None`` when nobody looked.
    """
    native_id = str(raw.get("id", "?"))
    try:
        fields = raw["fields"]
        if missing := [name for name in _NEEDED if not fields.get(name)]:
            return Refusal(native_id, f"it has no {missing[0]}")
        return _with_result(_Reading(raw, context, history, replies).item(), tested)
    except _UnreadableError as unreadable:
        return Refusal(native_id, f"{unreadable} has a value that we do not understand")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # Without the error's own text: it quotes what people wrote.
        return Refusal(native_id, f"it has a form that we do not know ({type(error).__name__})")


def _with_result(item: Item, tested: CaseResult | None) -> Item:
    if tested is None:
        return item
    return replace(item, test_result=tested.result, tested_on=tested.day, unseen=item.unseen - {"test_result", "tested_on"})


_OF_FORM: Mapping[Form, Callable[[Any], Any]] = MappingProxyType(
    {
        Form.WORDS: lambda value: (
            values.person(value) if isinstance(value, Mapping) else values.text(value if value is None else str(value))
        ),
        Form.NUMBER: values.number,
        Form.DAY: values.day,
        Form.TRUTH: lambda value: value if isinstance(value, bool) else truth(values.text(value)),
    }
)


class _UnreadableError(Exception):
    """The value of a field is not what the field is for; carries the field's reference name alone."""


class _Reading:
    """One item being read: its fields, its type's, and what turned out to be unseen."""

    def __init__(self, raw: Mapping[str, Any], context: Context, history: History | None, replies: tuple[Reply, ...] | None) -> None:
        self.raw, self.context, self.history, self.replies = raw, context, history, replies
        self.fields: Mapping[str, Any] = raw["fields"]
        self.project = str(self.fields["System.TeamProject"])
        self.type_name = str(self.fields["System.WorkItemType"])
        self.labels = values.tags(self.fields.get("System.Tags"))
        self.kept = context.kept(self.project, self.type_name)
        self.kind = self.kept.kind or Kind.OTHER
        self.unseen: set[str] = set()

    def item(self) -> Item:
        fields, context = self.fields, self.context
        native_id, state = str(int(self.raw["id"])), str(fields["System.State"])
        stage = self._stage(state)
        place, plan = context.place(str(fields.get(AREA) or self.project)), context.plan(str(fields.get(ITERATION) or ""))
        return _made(
            uid=f"{context.tracker}:{native_id}",
            tracker=context.tracker,
            native_id=native_id,
            key=native_id,
            url=f"{context.url}/{_quoted(self.project)}/_workitems/edit/{native_id}",
            project=self.project,
            kind=self.kind,
            native_type=self.type_name,
            native_state=state,
            stage=stage,
            title=str(fields.get("System.Title") or ""),
            revision=str(int(self.raw["rev"])),
            created_at=self._value("System.CreatedDate", values.moment),
            updated_at=self._value("System.ChangedDate", values.moment),
            work_class=self._work_class(),
            description=self._rich("System.Description", _REPRODUCTION),
            owner=self._told("owner", values.person(owner := self._answering())),
            owner_left=values.is_out_of_use(owner),
            team=self._team(place),
            train=place.train,
            iteration=self._iteration(plan),
            interval=self._interval(plan),
            rank=self._value(_RANKS[0], values.rank) or self._value(_RANKS[1], values.rank),
            board_column=values.text(fields.get("System.BoardColumn")),
            board_lane=values.text(fields.get("System.BoardLane")),
            themes=self._themes(),
            links=links_of(self.raw, context, self._extra("parent", "links"), self._extra("depends_on", "links")),
            attachments=self._attachments(),
            evidence=evidence_of(self.raw, context),
            labels=self.labels,
            transitions=self._transitions(stage),
            last_human_change_at=self._human_change(),
            blocked=(blocked := self._blocked(state)),
            blocked_since=self._blocked_since() if blocked else None,
            replies=self.replies,
            **{name: self._plain(form, places) for name, form, places in self.kept.plain},
            unseen=together(self.kept.absent, frozenset(self.unseen)),
        )

    def _plain(self, form: Form, places: tuple[str, ...]) -> Any:
        """The first value that a field has in any of its places, ``None`` when all are empty."""
        if form is Form.TEXT:
            return self._rich(*places)
        read = _OF_FORM[form]
        for reference in places:
            if (value := self._value(reference, read)) is not None:
                return value
        return None

    def _value(self, reference: str, read: Callable[[Any], _Value]) -> _Value:
        try:
            return read(self.fields.get(reference))
        except (TypeError, ValueError) as error:
            raise _UnreadableError(reference) from error

    def _extra(self, name: FieldName, shown_as: str) -> Any:
        """
        The value of a field that adds to what is known otherwise.

        A type without it has nothing to add. Mapped to a field that the whole site lacks it may hide anything: unseen.
        """
        if not (choices := self.context.metadata.choices.get(name)):
            if name in self.context.lost:
                self.unseen.add(shown_as)
            return None
        return next((value for ref in choices if (value := self.fields.get(ref)) not in (None, "")), None)

    def _told(self, name: str, value: _Value) -> _Value:
        """A value that was found after all: then its field is not unseen."""
        if value:
            self.unseen.discard(name)
        return value

    def _rich(self, *places: str) -> RichText | None:
        ref = next((ref for ref in places if values.text(self.fields.get(ref))), None)
        if ref is None:
            return None
        said = str((self.raw.get("multilineFieldsFormat") or {}).get(ref, "")).lower()
        plain = self.context.metadata.formats.get(ref) in _PLAIN
        markup = Markup.MARKDOWN if said == "markdown" else Markup.PLAIN if plain and said != "html" else Markup.HTML
        return RichText(self.fields[ref], markup)

    def _stage(self, state: str) -> Stage:
        stage = self.context.stage(self.project, self.type_name, state)
        if stage is None:
            self.unseen.add("stage")
        return stage or Stage.FUNNEL

    def _answering(self) -> Any:
        """Who answers for it: its epic owner, who is assigned, else who stands in a field beside that one."""
        if self.kind is Kind.EPIC and values.person(mapped := self._extra("epic_owner", "owner")):
            return mapped
        return self.fields.get("System.AssignedTo") or self._extra("owner", "owner")

    def _team(self, place: Place) -> str | None:
        return self._told("team", values.person(self._extra("team", "team")) or place.team)

    def _iteration(self, plan: Plan) -> str | None:
        if self.fields.get(ITERATION) and not plan.known:
            self.unseen.add("iteration")
        return plan.iteration

    def _interval(self, plan: Plan) -> str | None:
        mapped = values.text(str(self._extra("interval", "interval") or ""))
        return self._told("interval", (interval_label(mapped, self.context.interval_pattern) or mapped) if mapped else plan.interval)

    def _themes(self) -> tuple[str, ...]:
        prefix = self.context.mapping.theme_prefix.lower()
        tagged = [tag[len(prefix) :].strip() for tag in self.labels if prefix and tag.lower().startswith(prefix)]
        return tuple(dict.fromkeys(theme for theme in (*tagged, *values.tags(self._extra("themes", "themes"))) if theme))

    def _work_class(self) -> WorkClass:
        """
        By the mapped field, a tag, the type, the Value Area, in this order.

        Architectural is an enabler. Business is what Azure DevOps fills in by itself: it says something about a feature alone.
        """
        classes, area = self.context.classes, str(self.fields.get(VALUE_AREA) or "").lower()
        field = str(self._extra("work_class", "work_class") or "").lower()
        for word in (field, *(tag.lower() for tag in self.labels)):
            if found := classes.get(word) or _WORDS.get(word):
                return self._told("work_class", found)
        if found := classes.get(self.type_name.lower()) or classes.get(area) or self._by_value_area(area):
            return self._told("work_class", found)
        if not self.context.metadata.choices.get("work_class") and not self.context.exists(VALUE_AREA, self.kept.known):
            self.unseen.add("work_class")
        return WorkClass.UNKNOWN

    def _by_value_area(self, area: str) -> WorkClass | None:
        if area == "architectural":
            return WorkClass.ENABLER
        return WorkClass.FEATURE if area == "business" and self.kind is Kind.FEATURE else None

    def _attachments(self) -> tuple[str, ...]:
        """Of what a document is asked for; of all others nobody looks at them."""
        if self.kind in _APPROVED:
            return attachments_of(self.raw)
        self.unseen.add("attachments")
        return ()

    def _blocked(self, state: str) -> bool:
        return is_blocked(state, self.fields.get(BLOCKED), self.fields.get("System.Tags"))

    def _blocked_since(self) -> datetime | None:
        if self.fields.get("System.CommentCount"):  # ours count too, and nothing tells of when they are
            self.unseen.add("commented_at")
        since = self.history.blocked_since if self.history is not None else None
        if since is None:
            self.unseen.add("blocked_since")
        return since

    def _transitions(self, stage: Stage) -> tuple[Transition, ...]:
        if self.history is not None and self.history.transitions:
            return self.history.transitions
        entered = self.fields.get("Microsoft.VSTS.Common.StateChangeDate")
        if not entered:
            self.unseen.add("transitions")
            return ()
        return (Transition(values.moment(entered).replace(microsecond=0), stage),)

    def _human_change(self) -> datetime | None:
        """From the history, which may tell that no person ever changed it; without one, only what the last change tells."""
        if self.history is not None and self.history.last_human_change_at is not None:
            return self.history.last_human_change_at
        last = self.fields.get("System.ChangedBy")
        if last and not self.context.is_bot(last):
            return self._value("System.ChangedDate", values.moment).replace(microsecond=0)
        if self.history is None:
            self.unseen.add("last_human_change_at")
        return None


@lru_cache(maxsize=256)
def _quoted(project: str) -> str:
    return quote(project)
