"""A gate may open too often, but never stays shut where something stands."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from typing import Any

import pytest

from safesync.facts.text import acceptance, benefit, flatten, hypothesis
from safesync.facts.text.gates import Gates, gates
from safesync.facts.text.lexicon import lexicon
from safesync.facts.text.reading import NOTHING, place
from safesync.model.item import Markup, RichText

OF_DETECTORS = frozenset({"phrases", "promises"})
"""These say what a line means, and not only whether to look at it."""


def read(case: dict[str, Any]) -> tuple[object, ...]:
    text = case["text"] if isinstance(case["text"], str) else json.dumps(case["text"])
    here = place(flatten.flatten(RichText(text, Markup(case["markup"]))))
    criteria = acceptance.read(NOTHING, here, boxes_count=True), acceptance.in_field(here)
    sections = hypothesis.sections(here)
    return criteria, benefit.read(NOTHING, here), here.spoken, here.words, sections, hypothesis.read((here,), sections)


def test_behind_open_gates_stands_no_more_than_behind_shut_ones(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    expected, real = read(case), gates(lexicon())
    opened = Gates(**{one.name: getattr(real, one.name) if one.name in OF_DETECTORS else lambda _low: True for one in fields(Gates)})
    for module in [one for name, one in sys.modules.items() if name.startswith("safesync.facts.text.")]:
        if getattr(module, "gates", None) is gates:
            monkeypatch.setattr(module, "gates", lambda _words: opened)

    assert read(case) == expected
