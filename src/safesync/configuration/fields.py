"""Which of a tracker's fields hold what SafeSync asks for: by schema key, name in many languages, form and use. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safesync.configuration import vocabulary
from safesync.configuration.vocabulary import meant, speaks
from safesync.connectors.inspection import FoundField, Inspection
from safesync.connectors.mapping import FieldName

_FORMS: Mapping[FieldName, frozenset[str]] = {
    **dict.fromkeys(("acceptance", "benefit"), frozenset({"text"})),
    **dict.fromkeys(("points", "job_size", "business_value", "time_criticality", "risk_reduction"), frozenset({"number", "option"})),
    **dict.fromkeys(("interval", "team", "work_class", "themes"), frozenset({"option", "text", "other"})),
    "epic_owner": frozenset({"user", "option"}),
    **dict.fromkeys(("target_start", "target_end"), frozenset({"date"})),
}
_SCHEMAS: Mapping[str, FieldName] = {
    "com.pyxis.greenhopper.jira:jsw-story-points": "points",
    "com.atlassian.teams:rm-teams-custom-field-team": "team",
    "com.atlassian.jira.plugin.system.customfieldtypes:atlassian-team": "team",
    "com.atlassian.jpo:jpo-custom-field-baseline-start": "target_start",
    "com.atlassian.jpo:jpo-custom-field-baseline-end": "target_end",
}
_ASKED: tuple[FieldName, ...] = (
    "acceptance", "benefit", "points", "job_size", "business_value", "time_criticality", "risk_reduction",
    "interval", "team", "work_class", "epic_owner", "themes", "target_start", "target_end",
)  # fmt: skip
_MOST = 3
_ADDRESSES = ("text", "url", "other")


@dataclass(frozen=True, slots=True)
class Pick:
    """The fields that one of ours is read from, in order; none when nothing like it was found."""

    ours: FieldName
    theirs: tuple[FoundField, ...]
    how: tuple[str, ...] = ()
    """Each as YAML: ``{name: Story Points}``, or a reference name."""
    why: str = ""


Question = tuple[Pick, str, tuple[str, ...]]
"""A pick that is a guess, the question, and the fields to choose from by id."""


def picks(
    found: Inspection, preset: Mapping[str, Any], addresses: tuple[str, ...], answers: Mapping[tuple[str, str], str]
) -> tuple[tuple[Pick, ...], tuple[Question, ...]]:
    """A pick for each field that a rule may ask for, those that lead to the other trackers, and what to ask a person."""
    result: list[Pick] = []
    questions: list[Question] = []
    for ours in _ASKED:
        sure, guessed = _candidates(found, ours, preset)
        chosen = sure or guessed[:1]
        if (answer := answers.get(("field", ours))) is not None:
            chosen = tuple(one for one in found.fields if one.id == answer)
        pick = Pick(ours, chosen, tuple(written(found, one) for one in chosen), why(found, chosen))
        if not sure and len(guessed) > 1:
            options = (*(f"{one.id}" for one in guessed), "none")
            names = ", ".join(f"{one.id} = {one.name}" for one in guessed)
            questions.append((pick, f"Which field holds the {ours.replace('_', ' ')}? ({names})", options))
        result.append(pick)
    if not next(one for one in result if one.ours == "target_end").theirs:
        result = [_due_date(found) if one.ours == "target_end" else one for one in result]
    return (*result, *_crossing(found, addresses)), tuple(questions)


def _candidates(found: Inspection, ours: FieldName, preset: Mapping[str, Any]) -> tuple[tuple[FoundField, ...], tuple[FoundField, ...]]:
    """The fields that surely are meant, and those that may be; the most used first, and unused ones only when none is used."""
    fitting = [one for one in found.fields if one.form in _FORMS[ours] and one.id != "duedate"]  # see _due_date
    surely = [
        one
        for one in fitting
        if _SCHEMAS.get(one.schema or "") == ours or _place(one, ours, preset) is not None or meant(one.names, vocabulary.fields()[ours])
    ]
    if ours == "work_class":
        surely = [one for one in surely if one.id.startswith(("customfield_", "Custom."))] or [
            one for one in fitting if _shows_classes(one)
        ]
    maybe = [one for one in fitting if one not in surely and speaks(one.names, vocabulary.fields()[ours]) and not _is_another(one)]
    # Of what the preset names by id all stays, in its order: a type that nobody uses yet may be used tomorrow.
    named = sorted((one for one in surely if _place(one, ours, preset) is not None), key=lambda one: _place(one, ours, preset) or 0)
    others = in_use([one for one in surely if one not in named])
    chosen = (*named, *(one for one in others if one.uses or not named))
    return chosen[:_MOST], tuple(one for one in in_use(maybe) if one.uses)


def _is_another(one: FoundField) -> bool:
    """Whether a field that only sounds like one of ours is called exactly like another: Planned business value, say."""
    return any(meant(one.names, words) for words in vocabulary.fields().values())


def _place(one: FoundField, ours: FieldName, preset: Mapping[str, Any]) -> int | None:
    """Where the preset names a field by its id, ``None`` where it does not."""
    written = preset.get("fields", {}).get(ours, ())
    ids = [each.get("id") if isinstance(each, dict) else each for each in written]
    return ids.index(one.id) if one.id in ids else None


def _shows_classes(one: FoundField) -> bool:
    known = [value for value in one.shows if any(meant((value,), words) for words in vocabulary.classes().values())]
    return one.form == "option" and len(known) >= 2 and len(known) * 2 >= len(one.shows) and one.id.startswith(("customfield_", "Custom."))


def in_use(fields: list[FoundField]) -> tuple[FoundField, ...]:
    """The most used first; one that is not used only when none is."""
    ordered = tuple(sorted(fields, key=lambda one: -one.uses))
    return tuple(one for one in ordered if one.uses) or ordered[:1]


def written(found: Inspection, one: FoundField) -> str:
    """A field as a mapping names it."""
    if found.kind != "jira":
        return one.id
    if one.schema in _SCHEMAS and sum(other.schema == one.schema for other in found.fields) == 1:
        return f'{{schema: "{one.schema}"}}'
    if one.id.startswith("customfield_") and sum(meant((one.name,), other.names) for other in found.fields) == 1:
        return f"{{name: {quoted(one.name)}}}"
    return f"{{id: {quoted(one.id)}}}"


def why(found: Inspection, chosen: tuple[FoundField, ...]) -> str:
    """How often the fields are filled in the sample."""
    if not chosen:
        return ""
    shares = [f"{one.name} is filled in {one.uses} of {found.sampled}" for one in chosen]
    return "; ".join(shares)


def _due_date(found: Inspection) -> Pick:
    due = tuple(one for one in found.fields if one.id == "duedate" and one.uses)
    why = f"no field for it: the due date, filled in {due[0].uses} of {found.sampled}" if due else ""
    return Pick("target_end", due, ("{id: duedate}",) if due else (), why)


def _crossing(found: Inspection, addresses: tuple[str, ...]) -> list[Pick]:
    """Fields that hold addresses of another tracker: dependencies where the name says so, else the parent."""
    result: dict[FieldName, list[FoundField]] = {}
    words = vocabulary.fields()["depends_on"]
    for one in found.fields:
        shown = [value for value in one.shows if any(value.lower().startswith(each.lower().rstrip("/") + "/") for each in addresses)]
        if shown and one.form in _ADDRESSES:
            depends = "block" in one.name.casefold() or "depend" in one.name.casefold() or speaks(one.names, words)
            result.setdefault("depends_on" if depends else "parent", []).append(one)
    for one in found.fields:
        # Not one of the sampled items may have it filled, but its name and form leave no doubt.
        named = one.form == "url" and speaks(one.names, words) and bool(addresses)
        if named and one not in result.get("depends_on", []):
            result.setdefault("depends_on", []).append(one)
    return [
        Pick(ours, tuple(fields), tuple(written(found, one) for one in fields), "it leads to the other tracker")
        for ours, fields in result.items()
    ]


def quoted(text: str) -> str:
    """A text as YAML writes it inside of brackets: plain where that is safe."""
    safe = all(sign.isalnum() or sign in " ._/()+-" for sign in text) and text[:1].isalpha() and text == text.strip()
    words = {"true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"}
    # What JSON quotes YAML reads; signs that nobody sees are written as numbers.
    return text if safe and text.casefold() not in words else json.dumps(text, ensure_ascii=not text.isprintable())
