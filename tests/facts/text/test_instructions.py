from __future__ import annotations

from collections.abc import Callable

import pytest

from safesync.facts.text import acceptance
from safesync.facts.text.instructions import instructs
from safesync.facts.text.reading import NOTHING, Place


@pytest.mark.parametrize(
    "text",
    [
        "Describe the conditions that the product must meet to be accepted by its users.",
        "List here what must be true before the ticket can be closed",
        "List the specific conditions that must be met for this story to be considered complete.",
        "Bulleted list of conditions to validate for the task to be done",
        "Add a checklist of criteria for this story",
        "This section contains the criteria that the story is tested with.",
        "Something that can be checked to show that this user story is done",
        "Acceptance criteria should be clear, testable and written before the team starts to work on your story.",
        "A story is done when all requirements must be met",
        "Second condition",
        "Beschreiben Sie die Bedingungen, die das Produkt erfüllen muss, damit es abgenommen wird.",
        "Akzeptanzkriterien sollten messbar und testbar formuliert sein",
        "Décrivez ici les conditions à remplir pour considérer la story comme terminée.",
        "Liste les critères qui doivent être vérifiés",
        "Lista de condiciones que deben cumplirse",
        "Descreva as condições que devem ser atendidas para que esta história seja aceita",
        "Beschrijf de voorwaarden waaraan het product moet voldoen om geaccepteerd te worden",
        "Opisz warunki, które muszą być spełnione",
    ],
)
def test_a_line_that_says_what_criteria_are_is_an_instruction(text: str):
    assert instructs(text)


@pytest.mark.parametrize(
    "text",
    [
        "Acceptance criteria are shown in the sidebar",
        "All acceptance criteria of the release are printed on one page",
        "The user accepts the conditions before the order is placed",
        "User can mark all tasks as done",
        "Describe the refund in the confirmation mail",
        "Requirements of a tender can be sorted by deadline",
        "The story is published when the editor approves it",
        "What the user types is kept in the form",
        "List shows all conditions of the contract",
        "List of requirements shows the open ones first",
        "The criteria for a discount are checked for each customer",
        "The user can define their own criteria",
        "Add filter criteria to the search",
        "First name is required",
        "These conditions are printed on the invoice",
        "Der Kunde kann eigene Kriterien definieren",
        "Liste der Kriterien ist nach Datum sortiert",
        "Les critères de recherche sont conservés",
    ],
)
def test_a_line_about_a_product_is_none_though_it_has_criteria_of_its_own(text: str):
    assert not instructs(text)


@pytest.mark.parametrize(
    ("below", "verdict", "count"),
    [
        ("List here what must be true before the story is done.", "placeholder", 0),
        ("List here what must be true before the story is done.\n* The total is printed on each invoice", "ok", 1),
        ("* This section holds the list\n* of all conditions that must be met\n* to accept the work", "placeholder", 0),
        ("* First requirement\n* Second requirement", "placeholder", 0),
        ("List here what must be true before the story is done.\n* 99.9 %", "ok", 1),
        ("* Acceptance criteria are defined\n* The total is printed on each invoice", "ok", 1),
    ],
)
def test_what_stands_below_an_instruction_counts_unless_it_goes_on_with_it(
    below: str, verdict: str, count: int, place_of: Callable[..., Place]
):
    found = acceptance.read(NOTHING, place_of(f"h3. Acceptance criteria\n{below}", "wiki"), boxes_count=True)

    assert (found.verdict, found.count) == (verdict, count)
