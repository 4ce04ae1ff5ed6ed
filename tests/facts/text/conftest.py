from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safesync.facts.text import flatten
from safesync.facts.text.line import Lines
from safesync.facts.text.reading import Place, place
from safesync.model.item import Markup, RichText

HERE = Path(__file__).parent


def labelled(name: str) -> list[Any]:
    """The labelled texts of a file, each a test of its own, named by its id and what it is about."""
    cases = [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
    return [pytest.param(case, id=f"{case['id']} {case['note']}") for case in cases]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", labelled("acceptance_cases.jsonl") + labelled("acceptance_cases_own.jsonl"))


@pytest.fixture
def lines_of() -> Callable[[str, str], Lines]:
    return lambda text, markup: flatten.flatten(RichText(text, Markup(markup)))


@pytest.fixture
def place_of() -> Callable[..., Place]:
    return lambda text, markup="plain": place(flatten.flatten(RichText(text, Markup(markup))))
