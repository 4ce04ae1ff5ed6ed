"""What few organisations keep, where it was found: proposals that stand in comments until a person takes them up. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from safesync.configuration import vocabulary
from safesync.configuration.fields import Pick, in_use, why, written
from safesync.configuration.vocabulary import meant
from safesync.connectors.inspection import FoundField, Inspection
from safesync.connectors.mapping import FURTHER, FieldName, Form
from safesync.model.item import Relation

_FORMS: Mapping[Form, frozenset[str]] = {
    Form.TEXT: frozenset({"text"}),
    Form.WORDS: frozenset({"text", "option", "user", "other"}),
    Form.NUMBER: frozenset({"number", "option"}),
    Form.DAY: frozenset({"date"}),
    Form.TRUTH: frozenset({"option", "other"}),
}
"""In what a tracker's field may hold what we read in a form."""
_OF_TESTS = (Relation.TESTED_BY, Relation.TESTS)


def further_fields(found: Inspection, preset: Mapping[str, Any], taken: Collection[FoundField]) -> tuple[Pick, ...]:
    """A pick for each field that is called like one of ours, in any language, and that holds nothing that was picked already."""
    known = preset.get("fields", {})
    picks = (_pick(found, ours, form, taken) for ours, form in FURTHER.items() if ours not in known)
    return tuple(pick for pick in picks if pick.theirs)


def _pick(found: Inspection, ours: FieldName, form: Form, taken: Collection[FoundField]) -> Pick:
    words = vocabulary.fields().get(ours, ())
    fitting = [one for one in found.fields if one.form in _FORMS[form] and one not in taken and not _is_the_trackers_own(one)]
    theirs = in_use([one for one in fitting if meant(one.names, words)])
    return Pick(ours, theirs, tuple(written(found, one) for one in theirs), why(found, theirs))


def _is_the_trackers_own(one: FoundField) -> bool:
    return one.id.startswith("System.") or not ("." in one.id or one.id.startswith("customfield_"))


def links_to_tests(found: Inspection, preset: Mapping[str, Any]) -> dict[Relation, tuple[str, ...]]:
    """
    The words of links between items and their tests, those that the preset does not know; Azure DevOps has links of its own for that.

    By their words and not by the name of their type: it does not say which end is which.
    """
    known = preset.get("links", {})
    shown = [word for link in found.links if not meant((link.name,), _listed(known)) for word in (link.inward, link.outward)]
    result = {
        relation: tuple(dict.fromkeys(word for word in shown if meant((word,), vocabulary.links()[relation]))) for relation in _OF_TESTS
    }
    # What stands in a mapping replaces what the preset says of the same relation.
    return {relation: (*known.get(relation.value, ()), *words) for relation, words in result.items() if words}


def _listed(known: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for relation in _OF_TESTS for name in known.get(relation.value, ()))
