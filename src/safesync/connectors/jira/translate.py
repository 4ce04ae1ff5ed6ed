"""
What a raw issue means: pure, and it never raises. What cannot be read becomes a refusal with a named reason.

When is a field of an item *unseen*? When it has a place in Jira and that place was not visible in the answer:

* ``points``, ``job_size``, the parts of WSJF, ``team``, ``target_start``, ``target_end``: when not mapped, mapped to a
  field that the site does not show, or absent from the answer. A value without a readable number or day counts as unseen.
* ``acceptance``, ``benefit``: the same, but not when unmapped, because then the description is their place.
* ``interval``: when nothing was found and the mapped field, or without a mapped one ``fixVersions``, was not visible.
* ``work_class``: when nothing was found and its field was not visible, or neither a field nor classes are mapped.
* ``themes``: when the labels, or a mapped field, were not visible. ``owner``: when the assignee was not visible, nor a field
  that stands in for it; for an epic also when a mapped epic owner was not.
* ``iteration``, ``blocked``, ``rank``: when the site shows no such field or the answer does not hold it; a label or a state that is
  called blocked says so too. ``blocked_since``, ``criteria_editor``: when the part of the changelog that is shown does not tell them.
* ``commented_at``: of a blocked issue, when none of the comments that are shown is a person's and there are more.
* ``attachments``, ``criteria_editor``: of all that is no epic, capability or feature; attachments also when they were not visible.
* ``links``: when issue links, or a mapped field with a parent or dependency, were not visible. Jira leaves ``parent``
  out for an issue that has none, so its absence says so.
* ``tests``: when issue links were not visible, or the mapping names no link type of tests and none was found by its words.
  ``evidence``: when nothing was found and attachments were not visible, or the history, which tells of web links, is not whole.
* ``board_column``: when the team was not, or no board could be read. ``transitions``, ``last_human_change_at``: when
  the changelog (and the comments) do not tell them.
* ``board_lane``: always. What a board shows as swimlanes are queries that its configuration does not tell.
* ``train``, ``value_stream``: never. Jira has no place for them; the configuration's organisation says them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from safesync.connectors.jira import edits, history, meaning, values
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.evidence import evidence_of
from safesync.connectors.jira.fields import FLAGGED, RANK, SPRINT, Seen
from safesync.connectors.jira.links import links_of
from safesync.connectors.jira.replies import replies_of
from safesync.connectors.mapping import says_blocked, together
from safesync.connectors.port import Refusal
from safesync.model.item import Item, Kind, Relation, Stage, WorkClass
from safesync.model.making import maker
from safesync.model.timebox import interval_label, interval_order

_Value = TypeVar("_Value")
_made = maker(Item)
_interval_label = lru_cache(maxsize=4_096)(interval_label)
"""A few versions stand on all issues."""
_APPROVED = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE})
"""Kinds of which somebody asks who wrote what was approved."""


class _UnreadableError(Exception):
    """An issue lacks what no item can be without."""


def issue(raw: dict[str, Any], context: Context) -> Item | Refusal:
    """The item that a raw issue is, or why it cannot be read."""
    native_id = str(raw.get("id", "?"))
    seen = Seen(raw.get("fields") or {}, context.metadata.located)
    try:
        return _item(raw, seen, context)
    except _UnreadableError as error:
        return Refusal(native_id, str(error))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Refusal(native_id, f"field {seen.asked or 'id'} has a shape that SafeSync does not know")


def is_bot(who: object, context: Context) -> bool:
    """Whether an account is ours, an app, or one that the mapping calls a bot. Nobody (a deleted account) is a person."""
    if not isinstance(who, dict):
        return False
    account = who.get("accountId")
    if not isinstance(account, str):
        return _is_bot(who, context)
    found = context.bots_met.get(account)
    if found is None:
        found = context.bots_met[account] = _is_bot(who, context)
    return found


def _is_bot(who: dict[str, Any], context: Context) -> bool:
    names = [who.get(name) for name in ("accountId", "displayName", "name", "key")]
    ours = context.account_id is not None and values.account(who) == context.account_id
    return ours or who.get("accountType") == "app" or meaning.speaks_of(context.mapping.bots, *names)


def _item(raw: dict[str, Any], seen: Seen, context: Context) -> Item:
    if not seen.fields:
        raise _UnreadableError("it came without fields")
    type_shown, state_shown = _required(seen, "issuetype"), _required(seen, "status")
    kind = _kind(type_shown, context)
    stage = _stage(state_shown, seen, kind, context)
    created_at, updated_at = values.instant(_required(seen, "created")), values.instant(_required(seen, "updated"))
    labels = tuple(seen.system("labels", "labels", "themes") or ())
    team = values.label(seen.value("team"))
    links = links_of(seen, context)
    told = _history(raw, seen, context)
    flagged = bool(seen.value(FLAGGED, "blocked"))
    blocked = flagged or any(map(says_blocked, (*labels, str(state_shown["name"]))))
    if blocked:
        seen.unseen.discard("blocked")
    owner = _answering(kind, seen)
    heard = replies_of(seen, context, values.account(owner), partial(is_bot, context=context))
    return _made(
        uid=f"{context.tracker}:{raw['id']}",
        tracker=context.tracker,
        native_id=str(raw["id"]),
        key=str(raw["key"]),
        url=f"{context.site}/browse/{raw['key']}",
        project=str(_required(seen, "project")["key"]),
        kind=kind,
        native_type=str(type_shown["name"]),
        native_state=str(state_shown["name"]),
        stage=stage,
        title=str(_required(seen, "summary")),
        revision=str(seen.fields["updated"]),
        created_at=created_at,
        updated_at=updated_at,
        work_class=_work_class(str(type_shown["name"]), labels, seen, context),
        description=values.rich_text(seen.system("description", "description"), context.markup),
        acceptance=values.rich_text(seen.value("acceptance", optional=True), context.markup),
        benefit=values.rich_text(seen.value("benefit", optional=True), context.markup),
        owner=_person(owner),
        owner_left=isinstance(owner, dict) and owner.get("active") is False,
        team=team,
        iteration=_iteration(seen, context),
        interval=_interval(seen, context),
        rank=values.label(seen.value(RANK)),
        board_column=_board_column(team, str(state_shown.get("id")), seen, context),
        themes=_themes(labels, seen, context),
        links=links,
        attachments=_attachments(kind, seen),
        evidence=evidence_of(told, seen, linked=Relation.EVIDENCE in [link.relation for link in links]),
        labels=labels,
        transitions=_transitions(told, created_at, (kind, stage), seen, context),
        last_human_change_at=_last_human_change(told, (created_at, updated_at), heard.for_us, seen, context),
        blocked=blocked,
        blocked_since=_blocked_since(told, created_at, (flagged, labels, str(state_shown["name"])), seen, context) if blocked else None,
        commented_at=_commented_at(seen, heard.for_us, context) if blocked else None,
        criteria_editor=_criteria_editor(told, kind, seen, context),
        due_on=_due_on(seen),
        replies=heard.replies,
        replies_since=heard.since,
        **_plain(seen, context),
        unseen=together(context.out_of_sight, frozenset(seen.unseen)),  # stays last: above is noted what was not seen
    )


def _required(seen: Seen, name: str) -> Any:
    value = seen.system(name)
    if value is None:
        raise _UnreadableError(f"field {name} is not visible")
    return value


def above_story(raw: dict[str, Any], context: Context) -> bool:
    """Whether an issue stands above the stories: a feature, an epic, or what else the mapping or the site puts there."""
    shown = (raw.get("fields") or {}).get("issuetype")
    if not isinstance(shown, dict) or "name" not in shown:
        return False
    return meaning.is_above_story(_kind(shown, context)) or (_level(shown, context) or 0) > 0


def _kind(shown: dict[str, Any], context: Context) -> Kind:
    met = (shown.get("id"), shown["name"], shown.get("untranslatedName"), shown.get("hierarchyLevel", "unsaid"), shown.get("subtask"))
    found = context.kinds_met.get(met)
    if found is None:
        found = context.kinds_met[met] = _found_kind(shown, context)
    return found


def _found_kind(shown: dict[str, Any], context: Context) -> Kind:
    type_id = str(shown.get("id"))
    known = context.metadata.types.get(type_id)
    # An issue shows its type in the language of our account; only the site's list tells what a mapping calls it.
    names = [str(shown["name"]), shown.get("untranslatedName"), known.untranslated if known else None]
    return meaning.kind_of((type_id, *filter(None, names)), _level(shown, context), context.mapping, context.metadata.types)


def _level(shown: dict[str, Any], context: Context) -> int | None:
    known = context.metadata.types.get(str(shown.get("id")))
    return values.level(shown) if known is None or "hierarchyLevel" in shown else known.level


def _stage(shown: dict[str, Any], seen: Seen, kind: Kind, context: Context) -> Stage:
    category = (shown.get("statusCategory") or {}).get("key") or "undefined"
    known = context.metadata.statuses.get(str(shown.get("id")))
    met = (shown.get("id"), shown["name"], shown.get("untranslatedName"), known.untranslated if known else None)
    try:
        stage = context.stages_met[*met, category, kind]
    except KeyError:
        stage = context.stages_met[*met, category, kind] = meaning.stage_of(met, category, kind, context.mapping)
    except TypeError:  # an object where a name should stand
        stage = meaning.stage_of(met, category, kind, context.mapping)
    gone = stage is Stage.DONE and meaning.given_up(seen.system("resolution"), context.mapping)
    return Stage.CANCELLED if gone else stage


def _stage_then(state_id: str | None, name: str | None, kind: Kind, context: Context) -> Stage | None:
    """The stage of a state of the past, ``None`` when neither the mapping nor the site knows it any more."""
    asked = (state_id, name, kind)
    try:
        return context.stages_then[asked]
    except KeyError:
        return context.stages_then.setdefault(asked, _found_then(state_id, name, kind, context))
    except TypeError:  # an object where an id should stand
        return _found_then(state_id, name, kind, context)


def _found_then(state_id: str | None, name: str | None, kind: Kind, context: Context) -> Stage | None:
    known = context.metadata.statuses.get(str(state_id))
    if known is not None:
        return meaning.stage_of((state_id, known.name, known.untranslated), known.category, kind, context.mapping)
    return next((stage for stage, names in context.mapping.stages.items() if meaning.speaks_of(names, state_id, name)), None)


def _history(raw: dict[str, Any], seen: Seen, context: Context) -> history.History:
    seen.asked = "changelog"
    return history.read(raw, context.watched)


def _blocked_since(
    told: history.History, created_at: datetime, present: tuple[bool, tuple[str, ...], str], seen: Seen, context: Context
) -> datetime | None:
    """The first of the moments at which what says so now began to."""
    flagged, labels, state = present
    reasons = (
        edits.flagged_since(told, created_at, context.flag_fields) if flagged else None,
        edits.labelled_since(told, created_at) if any(map(says_blocked, labels)) else None,
        edits.in_state_since(told, created_at) if says_blocked(state) else None,
    )
    found = min((moment for moment in reasons if moment is not None), default=None)
    if found is None:
        seen.unseen.add("blocked_since")
    return found


def _commented_at(seen: Seen, for_us: Collection[str], context: Context) -> datetime | None:
    known, found = history.last_comment(seen.system("comment"), partial(is_bot, context=context), for_us)
    if not known:
        seen.unseen.add("commented_at")
    return found


def _attachments(kind: Kind, seen: Seen) -> tuple[str, ...]:
    """Their names, of what a document is asked for; of all others nobody looks at them."""
    shown = seen.system("attachment", "attachments") if kind in _APPROVED else None
    if shown is None:
        seen.unseen.add("attachments")
    return tuple(str(one["filename"]) for one in shown or () if one.get("filename"))


def _criteria_editor(told: history.History, kind: Kind, seen: Seen, context: Context) -> str | None:
    """Of what is approved; where no field holds the criteria they stand in the description."""
    fields = context.criteria_fields if seen.values("acceptance") else {edits.DESCRIPTION}
    known, editor = edits.last_editor(told, fields, seen.fields.get("creator"), _person) if kind in _APPROVED else (False, None)
    if not known:
        seen.unseen.add("criteria_editor")
    return editor


def _transitions(told: history.History, created_at: datetime, present: tuple[Kind, Stage], seen: Seen, context: Context) -> Any:
    kind, stage = present
    found = history.transitions(told, created_at, stage, partial(_stage_then, kind=kind, context=context))
    if not found:
        seen.unseen.add("transitions")
    return found


def _last_human_change(
    told: history.History, times: tuple[datetime, datetime], for_us: Collection[str], seen: Seen, context: Context
) -> datetime | None:
    seen.asked = "comment"
    said, creator = seen.fields.get("comment"), seen.fields.get("creator")
    found = history.last_human_change(told, said, creator, times=times, is_bot=partial(is_bot, context=context), for_us=for_us)
    if found is None:
        seen.unseen.add("last_human_change_at")
    return found


def _work_class(type_name: str, labels: tuple[str, ...], seen: Seen, context: Context) -> WorkClass:
    if not context.mapping.work_class and not seen.mapped("work_class"):
        seen.unseen.add("work_class")
        return WorkClass.UNKNOWN
    found = meaning.work_class_of(context.classes, values.labels(seen.values("work_class")), type_name, labels)
    told = seen.visible("work_class") if seen.mapped("work_class") else bool(context.mapping.work_class)
    if found is WorkClass.UNKNOWN and not told:
        seen.unseen.add("work_class")
    return found


def _answering(kind: Kind, seen: Seen) -> Any:
    """Who answers for it, as Jira shows people: its epic owner, the assignee, else who stands in a field beside that one."""
    if kind is Kind.EPIC and _person(shown := _first(seen.value("epic_owner", "owner", optional=True))):
        return shown
    if _person(assigned := seen.system("assignee", "owner")):
        return assigned
    return _first(seen.value("owner", optional=True))


def _person(shown: Any) -> str | None:
    """Somebody, also when their profile hides the name: an account without a name is not nobody."""
    return values.label(shown) or values.account(_first(shown))


def _first(shown: Any) -> Any:
    return shown[0] if isinstance(shown, list) and shown else shown


def _iteration(seen: Seen, context: Context) -> str | None:
    seen.value(SPRINT, "iteration")
    shown = [sprint for value in seen.values(SPRINT) for sprint in _sprints(value, context)]
    sprint = values.newest(shown)
    return f"{context.tracker}:iteration:{sprint.sprint_id}" if sprint else None


def _sprints(value: Any, context: Context) -> Iterator[values.Sprint]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int):
            yield context.metadata.sprints.get(str(one)) or values.Sprint(str(one), str(one), "future")
        else:
            yield from values.sprints(one)


def _interval(seen: Seen, context: Context) -> str | None:
    named = values.label(seen.value("interval", optional=True))
    if named is not None:
        return _interval_label(named, context.interval_pattern) or named
    versions = seen.system("fixVersions", *(() if seen.mapped("interval") else ("interval",)))
    if not versions:
        return None
    found = [text for name in values.labels(versions) if (text := _interval_label(name, context.interval_pattern))]
    if found:
        seen.unseen.discard("interval")
    return max(found, key=interval_order, default=None)


def _plain(seen: Seen, context: Context) -> dict[str, Any]:
    """Each field that is read by its form alone; the resolution of an issue is Jira's own, where nobody mapped another."""
    found = {name: _read(seen, name, read) for name, read in context.plain}
    if "resolution" not in context.mapping.fields:
        found["resolution"] = values.label(seen.system("resolution", "resolution"))
    return found


def _read(seen: Seen, name: str, read: Callable[[Any], _Value | None]) -> _Value | None:
    """A mapped value; one that cannot be read is unseen: it is neither empty nor a reason to lose the item."""
    try:
        return read(seen.value(name))
    except ValueError:
        seen.unseen.add(name)
        return None


def _due_on(seen: Seen) -> Any:
    return _read(seen, "due_on", values.day) if seen.mapped("due_on") else _read_system(seen, "duedate", "due_on")


def _read_system(seen: Seen, name: str, item: str) -> Any:
    try:
        return values.day(seen.system(name, item))
    except ValueError:
        seen.unseen.add(item)
        return None


def _board_column(team: str | None, state_id: str, seen: Seen, context: Context) -> str | None:
    if "team" in seen.unseen or not context.metadata.boards_seen or (team and team.casefold() in context.untold_boards):
        seen.unseen.add("board_column")
        return None
    return context.columns.get(team.casefold(), {}).get(state_id) if team else None


def _themes(labels: tuple[str, ...], seen: Seen, context: Context) -> tuple[str, ...]:
    prefix = context.mapping.theme_prefix.casefold()
    labelled = [one[len(prefix) :] for one in labels if prefix and one.casefold().startswith(prefix)]
    seen.value("themes", optional=True)
    named = [name for value in seen.values("themes") for name in values.labels(value)]
    return tuple(dict.fromkeys(name for name in (*named, *labelled) if name))
