"""Nothing that people or machines write may stop a run or hold it up."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safesync.facts import text as package
from safesync.facts.item.measured import ACCEPTANCE_VERDICTS
from safesync.facts.measure import measure
from safesync.model.item import Item, Kind, Markup, RichText, Stage

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MARKUPS = tuple(Markup)

_SNIPPETS = st.sampled_from(
    [
        "Acceptance criteria",
        "Acceptance criteria:",
        "AC1:",
        "AC",
        "Given ",
        "when ",
        " then ",
        "Then ",
        "TBD",
        "h3. ",
        "* ",
        "# ",
        "- [ ] ",
        "**",
        "{code}",
        "{panel:title=",
        "}",
        "<div>",
        "</div>",
        "<b>",
        "<li>",
        "<",
        ">",
        "&nbsp;",
        "&#",
        "<!--",
        "-->",
        "```",
        "|",
        "||",
        "[",
        "](",
        "\n",
        "\r\n",
        "  ",
        "\t",
        "\u00a0",
        "\u200b",
        "\ud800",
        "İ",
        "ﷺ",
        "受入基準",
        ":",
        "...",
        "___",
        "if ",
        "We believe ",
        "so that ",
        "Notes:",
        '{"type":"doc","content":[',
        '{"type":"text","text":"',
        "]}",
        "1. ",
        "(/) ",
        "http://",
        "'",
        '"',
    ]
)
_TEXTS = st.lists(_SNIPPETS | st.text(max_size=8), max_size=30).map("".join)
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | _SNIPPETS.filter(lambda text: text != "\ud800")
_NODES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {
                "type": st.sampled_from(["doc", "paragraph", "heading", "text", "taskItem", "expand", "mention", "hardBreak", "table"])
                | inner
            },
            optional={
                "content": inner,
                "text": inner,
                "attrs": st.dictionaries(st.sampled_from(["level", "title", "text"]), inner),
                "marks": inner,
            },
        )
    ),
    max_leaves=15,
)


def item(text: str, markup: Markup, kind: Kind = Kind.STORY) -> Item:
    rich = RichText(text, markup)
    return Item(
        uid="jira:1",
        tracker="jira",
        native_id="1",
        key="PAY-1",
        url="",
        project="PAY",
        kind=kind,
        native_type="Story",
        native_state="Open",
        stage=Stage.READY,
        title="",
        revision="1",
        created_at=NOW,
        updated_at=NOW,
        description=rich,
        acceptance=rich,
        benefit=rich,
    )


def check(text: str, markup: Markup) -> None:
    row = measure(item(text, markup))

    assert row["acceptance_verdict"] in ACCEPTANCE_VERDICTS
    assert row["benefit_verdict"] in ACCEPTANCE_VERDICTS
    assert row["acceptance_count"] >= 0
    assert (row["acceptance_vague_share"] is None) == (row["acceptance_count"] == 0)
    assert row["acceptance_vague_share"] is None or 0 <= row["acceptance_vague_share"] <= 1
    assert row["description_words"] >= 0


@settings(max_examples=200, deadline=None)
@given(text=_TEXTS, markup=st.sampled_from(MARKUPS))
@example(text="\ud800", markup=Markup.ADF)
@example(text="\ud800", markup=Markup.HTML)
def test_no_text_in_any_notation_raises(text: str, markup: Markup):
    check(text, markup)


@settings(max_examples=200, deadline=None)
@given(document=_NODES)
def test_no_document_of_any_shape_raises(document: object):
    check(json.dumps(document), Markup.ADF)


@pytest.mark.parametrize("depth", [100, 20_000])
def test_no_depth_is_too_deep(depth: int):
    check("<div><b>" * depth + "Acceptance criteria", Markup.HTML)
    check('{"type":"doc","content":[' * depth + "]}" * depth, Markup.ADF)
    check("{quote}[" * depth, Markup.WIKI)
    check("> " * depth + "AC: x", Markup.MARKDOWN)


def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    modules = [importlib.import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    return [
        (f"{module.__name__}.{name}", value) for module in modules for name, value in vars(module).items() if isinstance(value, re.Pattern)
    ]


def _has_nested_repeat(tree: object, *, inside: bool = False) -> bool:
    """Whether a repeat without end stands in a repeat without end."""
    if isinstance(tree, re._parser.SubPattern | list | tuple):
        if len(tree) == 2 and tree[0] in (re._constants.MAX_REPEAT, re._constants.MIN_REPEAT):
            _, most, body = tree[1]
            endless = most is re._constants.MAXREPEAT
            return (endless and inside) or _has_nested_repeat(body, inside=inside or endless)
        return any(_has_nested_repeat(part, inside=inside) for part in tree)
    return False


def test_the_search_for_nested_repeats_finds_one():
    assert _has_nested_repeat(re._parser.parse(r"x(?:a+b?)*"))


@pytest.mark.parametrize(("name", "pattern"), _patterns(), ids=lambda value: value if isinstance(value, str) else "")
def test_no_expression_repeats_a_repeat(name: str, pattern: re.Pattern[str]):
    assert not _has_nested_repeat(re._parser.parse(pattern.pattern)), name


_HOSTILE = (
    "a: ",
    "Acceptance criteria: ",
    "given x, when ",
    "Given a, when b\n",
    "<div>",
    "<b></p>",
    "<!--",
    "{panel:title=",
    "[a|",
    "](",
    "* ",
    "**",
    "- [ ] x\n",
    "h3. ",
    "AC1: ",
    "if ",
    "TBD ",
    "Then x\n",
    '{"type":"doc","content":[',
    "Given x\nWhen y\n",
    "Notes\nAC:\n",
)


def _calls(text: str, markup: Markup) -> int:
    """How many calls measuring a text takes, those of built-in functions included."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    one = item(text, markup)
    sys.setprofile(count)
    try:
        measure(one)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("snippet", _HOSTILE)
def test_four_times_the_text_takes_no_more_than_four_times_the_steps(snippet: str, markup: Markup):
    measure(item("", markup))  # the lexicons are read

    once = _calls(snippet * 60, markup)
    four_times = _calls(snippet * 240, markup)

    assert four_times <= 4.2 * once + 200
