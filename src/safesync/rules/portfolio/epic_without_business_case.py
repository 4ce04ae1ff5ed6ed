"""
The lean business case is what Lean Portfolio Management decides by: what the epic is worth, what it costs, what its MVP is, and
what speaks against it. Without one the decision is taken all the same, by whoever speaks last.

From ready on an epic needs one: in its field, under a heading of its description, as an attached file that is called like one
(`attachments`), or behind a link to a place where they are kept (`hosts`): a link in its field, or one in the description that is called
a business case. Only that somebody wrote it is looked at, not what it says. An epic that stands for upkeep (`exempt_classes`) needs none.

How to fix: write one or two pages, or link them.

Known false positives: business cases that are kept in a wiki: name its host in `hosts`. Small epics (`exempt_below`).
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, epic, good, unknown
from safesync.rules.rule import Level, Rule, RuleOptions

_WIKI = "wiki.meridian.example"
_KEPT = {"hosts": {_WIKI}}
_CASE = " ".join(["Merchants pay for each minute that a payment waits."] * 5)


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+", text):
        raise ValueError(f"name the host alone, such as wiki.meridian.example, not {text!r}")
    return text.lower()


Host = Annotated[str, AfterValidator(_host)]


class Options(RuleOptions):
    """How much text is a case, and who needs none."""

    min_words: int = Field(default=40, ge=1, description="Fewer words than this are no case.")
    attachments: bool = Field(default=True, description="Whether an attached file counts that is called like a business case.")
    hosts: frozenset[Host] = Field(
        default=frozenset(), description="Where business cases are kept, such as wiki.meridian.example: a link to one counts."
    )
    exempt_below: float = Field(default=0, ge=0, description="Epics that are expected to cost less than this need none.")
    exempt_classes: frozenset[str] = Field(default=frozenset({"maintenance"}), description="Work classes that need no business case.")


RULE = Rule(
    code="PF303",
    name="epic-without-business-case",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Epic: the lean business case is needed for a go or no-go decision; the number of words by SafeSync",
    options=Options,
    when="open AND stage >= 'ready' AND NOT work_class IN :exempt_classes",
    flaw="(business_case_words IS NULL OR business_case_words < :min_words)"
    " AND (NOT :attachments OR business_case_attached IS NULL OR NOT business_case_attached)"
    " AND (business_case_host IS NULL OR NOT business_case_host IN :hosts)"
    " AND (:exempt_below = 0 OR expected_cost IS NULL OR expected_cost >= :exempt_below)",
    severity=Severity.WARNING,
    error_when="active",
    remedy="Write or link the lean business case: value, cost, MVP, go or no-go.",
    evidence="Looked for a business case. Words found: {business_case_words} (at least {min_words}); file attached:"
    " {business_case_attached}; linked at: {business_case_host}; expected cost: {expected_cost}.",
    examples=(
        bad("ready, and nobody wrote one", epic(), severity=Severity.WARNING),
        bad("two words are none", epic(business_case="See wiki", stage=Stage.IN_PROGRESS), severity=Severity.ERROR),
        bad("a little too short", epic(business_case="word " * 39)),
        bad("as expensive as the smallest that needs one", epic(cost_estimate=100.0), options={"exempt_below": 100}),
        bad("the cheapest, where nobody is exempt", epic(cost_estimate=0.5)),
        bad("costs are hidden, and nobody is exempt", epic(unseen=frozenset({"cost_estimate", "cost_forecast"}))),
        bad("nobody knows that it is small", epic(), options={"exempt_below": 100}),
        good("written", epic(business_case=_CASE)),
        good("just long enough", epic(business_case="word " * 40)),
        bad("another file is attached", epic(attachments=("Screenshot.png",))),
        bad("attached, where that does not count", epic(attachments=("Lean Business Case.pdf",)), options={"attachments": False}),
        unknown("nobody shows what is attached", epic(unseen=frozenset({"attachments"}))),
        good("attached", epic(attachments=("2026_Lean-Business-Case_v2.pdf",))),
        good("attached, in short", epic(attachments=("Screenshot.png", "PAY LBC final.docx"))),
        good("linked from its field", epic(business_case=f"See https://{_WIKI}/x/42"), options=_KEPT),
        good("linked from the description", epic(description=f"h3. LBC\n[page|https://{_WIKI}/x/42]"), options=_KEPT),
        bad("linked where none are kept", epic(business_case="See https://elsewhere.example/x/42"), options=_KEPT),
        bad("a link that is called otherwise", epic(description=f"[Architecture|https://{_WIKI}/x/43]"), options=_KEPT),
        bad("linked, where nobody says where they are kept", epic(business_case=f"See https://{_WIKI}/x/42")),
        good("small", epic(cost_estimate=99.0), options={"exempt_below": 100}),
        good("still analysed", epic(stage=Stage.ANALYSIS)),
        good("done", epic(stage=Stage.DONE)),
        good("keeping the lights on", epic(work_class=WorkClass.MAINTENANCE)),
        bad("keeping the lights on, where that is decided too", epic(work_class=WorkClass.MAINTENANCE), options={"exempt_classes": []}),
        good("a link with a few words", epic(business_case="The case is in the wiki, page 12"), options={"min_words": 5}),
    ),
)
