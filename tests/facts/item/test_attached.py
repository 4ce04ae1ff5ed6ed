"""Where a business case lies: what the hosts of links say, in each markup."""

from __future__ import annotations

import json

import pytest

from safesync.facts.item.attached import business_case_host
from safesync.model.item import Item, Markup, RichText
from safesync.rules.examples import epic, feature

HOST = "wiki.meridian.example"
PAGE = f"https://{HOST}/pages/42?x=1#case"
LINKED = {"type": "text", "marks": [{"type": "link", "attrs": {"href": PAGE}}], "text": "Lean business case"}


def described(text: str, markup: Markup = Markup.WIKI) -> Item:
    return epic(description=RichText(text, markup))


@pytest.mark.parametrize(
    "item",
    [
        described(f"See the [Business Case|{PAGE}]."),
        described(f"[Business Case]({PAGE})", Markup.MARKDOWN),
        described(f'<p>The <a href="{PAGE}">Geschäftsfall</a></p>', Markup.HTML),
        described(json.dumps({"type": "paragraph", "content": [LINKED]}), Markup.ADF),
        described(f"LBC: HTTPS://{HOST.upper()}:8443/pages/42"),
        described(f"[Architecture|https://other.example/x]{' ' * 90}LBC: {PAGE}"),
        described(f"https://reader:secret@{HOST}/business-case"),
        epic(business_case=f"Page {PAGE}"),
        epic(business_case=f"Page {PAGE}", description="LBC: https://other.example/x"),
    ],
    ids=["wiki", "markdown", "html", "adf", "port", "the second link", "a name before the host", "field", "the field comes first"],
)
def test_a_link_that_is_called_a_business_case_tells_its_host(item: Item) -> None:
    assert business_case_host(item) == HOST


@pytest.mark.parametrize(
    "item",
    [
        epic(),
        described(f"[Architecture|{PAGE}]"),
        described(f"[Architecture|{PAGE}]{' ' * 90}Business case: still to be written"),
        described("Business case: file://share/case.docx"),
        feature(business_case=f"Page {PAGE}"),
    ],
    ids=["nothing", "called otherwise", "far away", "no web address", "no epic"],
)
def test_another_link_tells_nothing(item: Item) -> None:
    assert business_case_host(item) is None
