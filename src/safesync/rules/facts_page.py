"""The page of facts and of the language of conditions, in Markdown, written from the catalogue: for who writes rules of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.facts.fact import Fact, FactType
from safesync.facts.groups import GROUPS
from safesync.rules.condition.reading import read

LANGUAGE: tuple[tuple[str, str], ...] = (
    ("points IS NULL", "An empty value. What SafeSync could not see is neither empty nor not: there the condition is unknown."),
    ("points >= 8 AND NOT has_label('risk-reviewed')", "`AND`, `OR`, `NOT`, brackets; labels are asked with `has_label`, in any case."),
    ("kind IN ('story', 'bug') AND team = 'Falcon'", "`=`, `<>`, `IN`, `NOT IN`. Whole texts are compared; there is no `LIKE`."),
    ("stage >= 'ready' AND gate < 'current'", "`<`, `<=`, `>`, `>=`; words with an order are compared by their place in it."),
    (
        "days_in_stage BETWEEN 10 AND 30",
        "`BETWEEN` with both ends; plain numbers, `+`, `-`, `*`, `/` and `abs(...)`; what is divided by 0 is empty.",
    ),
    ("coalesce(target_end, due_on) < '2027-01-31'", "The first value that is not empty; a day is written `'2027-01-31'`."),
    ("active AND owner IS NULL", "A fact that is true or false stands for itself."),
)
"""Examples of all that the language has; each is read when the page is written, so none can be wrong."""


def facts_page() -> str:
    """The whole page."""
    for text, _ in LANGUAGE:
        read(text, ITEM_FACTS)
    sections = [
        "# Facts and conditions",
        "Written by `safesync rules facts docs/facts.md` from the catalogue of facts.",
        (
            "A rule is a condition over facts: `flaw` says when an item is flawed, `when` which items are judged at all, `exclude` which "
            "are not. The language is a small part of SQL; every name and value is checked when the configuration is read."
        ),
        "## The language",
        "\n".join(_table(("condition", "means"), ((f"`{text}`", about) for text, about in LANGUAGE))),
        (
            "A fact that could not be seen (its field is not mapped or not readable) makes a condition unknown wherever the answer depends "
            "on it: the rule is then not evaluable for this item, says nothing, and takes nothing back."
        ),
        "## Facts of an item",
        _facts(ITEM_FACTS),
    ]
    for name, facts in GROUP_FACTS.items():
        sections += [f"## Facts of {GROUPS[name].TITLE}", _facts(facts)]
    return "\n\n".join(sections) + "\n"


def _facts(facts: Mapping[str, Fact]) -> str:
    rows = ((f"`{fact.name}`", _type(fact), _meaning(fact), _needs(fact)) for fact in facts.values())
    return "\n".join(_table(("fact", "type", "means", "unseen without"), rows))


def _type(fact: Fact) -> str:
    words = {
        FactType.TRUTH: "true or false",
        FactType.DATE: "date",
        FactType.LABELS: "labels",
        FactType.NUMBER: "number",
        FactType.TEXT: "text",
    }
    return f"{words[fact.type]}, {fact.unit}" if fact.unit else words[fact.type]


def _meaning(fact: Fact) -> str:
    if not fact.vocabulary:
        return fact.meaning
    sign = " < " if fact.ordered else ", "
    return f"{fact.meaning} One of {sign.join(f'`{word}`' for word in fact.vocabulary)}."


def _needs(fact: Fact) -> str:
    return ", ".join(need.replace("_", " ") for need in fact.needs)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
