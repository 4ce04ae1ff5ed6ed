from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safesync.facts.text import hypothesis
from safesync.facts.text.exactness import names_measure
from safesync.facts.text.phrases import STATEMENT
from safesync.facts.text.reading import Place

SENTENCE = "For bank customers who pay late the Pay Hub is a service that reminds them. Unlike letters our solution is cheap."


CASES = [json.loads(line) for line in Path(__file__).with_name("hypothesis_cases.jsonl").read_text("utf-8").splitlines()]
KNOWN = {"h022", "h049"}
"""A sentence of the very shape of a statement about a page that never loads, and a template with a full stop behind its last phrase."""


def read(place: Place) -> hypothesis.Hypothesis:
    return hypothesis.read((place,), hypothesis.sections(place))


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "*For* bank customers\n*who* pay late\n*the* Pay Hub\n*is a* service\n*that* reminds\n*unlike* letters\n*our solution* is cheap",
        "||For|bank customers|\n||Who|pay late|\n||The|Pay Hub|\n||Is a|service|\n||That|reminds|\n||Unlike|mail|\n||Our solution|cheap|",
        "For: bank customers\nWho: pay late\nThe: Pay Hub\nIs a: service\nThat: reminds\nUnlike: letters\nOur solution: is cheap",
        "Pour les clients qui paient, le Hub est un service qui permet de payer. Contrairement aux lettres, notre solution est rapide",
        "Für Bankkunden, die spät zahlen, ist das Portal ein Dienst, der erinnert. Im Gegensatz zu Briefen ist unsere Lösung billig",
    ],
)
def test_a_whole_statement_has_all_its_parts(text: str, place_of: Callable[..., Place]):
    assert read(place_of(text, "wiki")).parts == STATEMENT


def test_headings_count_when_something_stands_below_them(place_of: Callable[..., Place]):
    text = f"{SENTENCE}\nh3. Business outcomes\n* 10% fewer letters\nh3. Leading indicators\n* TBD\nh3. NFRs\n* none"

    found = read(place_of(text, "wiki"))

    assert found.missing == ("leading indicators", "non-functional requirements")


def test_a_heading_that_is_counted_is_the_heading(place_of: Callable[..., Place]):
    text = "Leading indicator 1: share of volume moved, each month\nLeading indicator 2: fewer letters, each week\nIndicator 3: none"

    found = read(place_of(text, "wiki"))

    assert found.parts == ("leading indicators",)
    assert found.verdict == "weak"


def test_a_heading_alone_is_weak(place_of: Callable[..., Place]):
    found = read(place_of("h3. Business outcomes\n* 10% fewer letters", "wiki"))

    assert (found.verdict, found.parts) == ("weak", ("business outcomes",))


def test_a_template_is_a_placeholder(place_of: Callable[..., Place]):
    text = "For <customers> who <need> the <solution> is a <thing> that <does> unlike <others> our solution <excels>"

    assert read(place_of(text)).verdict == "placeholder"


def test_a_statement_of_which_only_the_tokens_look_like_one_is_read(place_of: Callable[..., Place]):
    assert read(place_of("For all we do the work that <unlike the others> counts")).verdict == "missing"


@pytest.mark.parametrize("text", ["For the tests we use the cluster that is slow", "For now, the export is a stub", "The archive"])
def test_a_sentence_that_begins_alike_is_no_hypothesis(text: str, place_of: Callable[..., Place]):
    assert read(place_of(text)).verdict == "missing"


def test_the_words_under_headings_of_portfolio_rules_are_counted(place_of: Callable[..., Place]):
    place = place_of("h2. MVP\nOne shop and one bank\nh2. Lean Business Case\nIt pays\nh2. NFR\nnone", "wiki")

    found = hypothesis.sections(place)

    assert (found.mvp_words, found.business_case_words, found.nfr_named) == (5.0, 2.0, True)
    assert hypothesis.sections(place_of("We build it")).mvp_words is None


@pytest.mark.parametrize(
    "text",
    ["10 % fewer calls", "answers within 200 ms", "from 5 to 3", "von 5 auf 3", "churn goes down", "3 -> 5", "costs 5,5 EUR", "\u20ac 3"],
)
def test_a_measure_is_named(text: str):
    assert names_measure(text)


@pytest.mark.parametrize("text", ["make it better", "release 3", "section 4.2 of the contract", "costly"])
def test_a_bare_number_is_no_measure(text: str):
    assert not names_measure(text)


@pytest.mark.parametrize("written", [pytest.param(one, id=one["id"]) for one in CASES if one["id"] not in KNOWN])
def test_hypotheses_are_read_as_people_labelled_them(written: dict[str, Any], place_of: Callable[..., Place]):
    text = written["text"] if isinstance(written["text"], str) else json.dumps(written["text"])

    assert read(place_of(text, written["markup"])).verdict == written["hypothesis"]


@pytest.mark.parametrize(
    "text",
    [
        "For long fields people mark them with a sign to get the editor instead of a line",
        "The header is rejected.  For now we strip the values. There is a discussion that our solution ends",
        "For the request that needs a token the gateway answers. Compared to the old one this is the same, but our service logs it",
    ],
)
def test_half_a_contrast_makes_no_statement(text: str, place_of: Callable[..., Place]):
    assert read(place_of(text)).verdict == "missing"
