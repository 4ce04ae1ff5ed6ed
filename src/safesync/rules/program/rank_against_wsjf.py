"""
A score that does not drive the order is waste: either the order is wrong, or the score is.

We look at the first thirty features of a train that are ranked and not committed yet, work class by work class, for capacity
allocation exists so that unlike work is not compared. WSJF is (business value + time criticality + risk reduction and opportunity
enablement) / job size; a feature without all of them is left out. Reported are pairs in which the upper feature has less WSJF by
more than `factor`; a whole order that agrees too little with WSJF (Kendall's tau below `min_agreement`); and scores kept in the
tracker that differ from those of their parts. The latter alone are an information. A feature with a date of its own, or one that
the lower one depends on, may stand where it stands.

How to fix: rank again, or score again.

Known false positives: an order that was agreed for reasons that stand in no field (raise `factor`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import Field

from safesync.facts.fact import SEMICOLONS, Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage, WorkClass
from safesync.rules.examples import CURRENT_INTERVAL, bad, feature, good
from safesync.rules.rule import Group, Level, Rule, RuleOptions


class Options(RuleOptions):
    """How much disagreement is told."""

    factor: float = Field(default=1.5, ge=1, description="By how many times the lower feature's WSJF must exceed the upper one's.")
    min_agreement: float = Field(default=0.4, ge=-1, le=1, description="Lowest Kendall's tau of rank and WSJF.")
    min_features: int = Field(default=5, ge=2, description="Fewer features than this are no order.")
    score_tolerance: float = Field(default=5, ge=0, le=100, description="Percent that a stored score may differ from the computed one.")
    top_pairs: int = Field(default=10, ge=1, description="How many pairs are shown, the worst first.")


_INVERTED = "{upper} ({less}) above {lower} ({more})"
_WRONG = "{key} says {stored}, its parts give {computed}"


def _disagreement(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | str | None]:
    pairs = [pair for pair in group["pairs"] or () if pair["times"] > options.factor]
    wrong = [one for one in group["scores"] or () if abs(one["stored"] - one["computed"]) * 100 > options.score_tolerance * one["computed"]]
    said = "; ".join(
        _INVERTED.format(upper=pair["upper"], less=f"{pair['upper_score']:g}", lower=pair["lower"], more=f"{pair['lower_score']:g}")
        for pair in pairs[: options.top_pairs]
    )
    stored = "; ".join(
        _WRONG.format(key=one["key"], stored=f"{one['stored']:g}", computed=f"{one['computed']:g}") for one in wrong[: options.top_pairs]
    )
    return {"inversions": len(pairs), "inverted": said or None, "wrong_scores": len(wrong), "wrong": stored or None}


_NUMBER, _TEXT = FactType.NUMBER, FactType.TEXT
_SUBJECT = "group:ranked_backlog:Payments|jira|feature"


def _ranked(number: int, delay: float, **fields: Any) -> Item:
    """A feature ranked by its number, with a WSJF of a third of ``delay``."""
    parts = {"business_value": delay - 2, "time_criticality": 1.0, "risk_reduction": 1.0, "job_size": 3.0}
    return feature(number, **{"train": "Payments", "rank": f"0|i{number:05}:", **parts, **fields})


def _in_order(*places: int) -> tuple[Item, ...]:
    """Features in the order of their rank, by the place that their WSJF gives them; none has much more than another one."""
    return tuple(_ranked(rank, 12.0 - place / 4) for rank, place in enumerate(places, 1))


_UPPER, _LOWER = _ranked(1, 6.0), _ranked(2, 9.1)

RULE = Rule(
    code="PG204",
    name="rank-against-wsjf",
    level=Level.PROGRAM,
    judges=Group.RANKED_BACKLOG,
    source="SAFe, WSJF: the job with the highest WSJF goes first; the factors are SafeSync's",
    options=Options,
    limits=_disagreement,
    limit_facts=(
        Fact("inversions", _NUMBER, Sort.GROUPED, "Pairs in which the upper feature has less WSJF by more than the factor."),
        Fact("inverted", _TEXT, Sort.GROUPED, "The worst of these pairs, with both scores.", phrases=(SEMICOLONS, _INVERTED)),
        Fact("wrong_scores", _NUMBER, Sort.GROUPED, "Features whose stored score is not that of its parts."),
        Fact("wrong", _TEXT, Sort.GROUPED, "These features, with both scores.", phrases=(SEMICOLONS, _WRONG)),
    ),
    when="",
    flaw="inversions > 0 OR wrong_scores > 0 OR ranked_features >= :min_features AND rank_agreement < :min_agreement",
    severity=Severity.INFO,
    warning_when="inversions > 0 OR ranked_features >= :min_features AND rank_agreement < :min_agreement",
    remedy="Rank these features again, or score them again.",
    evidence="{train}, {ranked_features} features of class {work_class}, WSJF in brackets",
    figures=("{inverted}", "{wrong}"),
    numbers=(("Agreement of rank and WSJF", "{rank_agreement} (1 is perfect)"), ("Pairs against WSJF", "{inversions}")),
    examples=(
        bad("more than one and a half times", _UPPER, _LOWER, subject=_SUBJECT, severity=Severity.WARNING),
        good("one and a half times", _UPPER, _ranked(2, 9.0), subject=_SUBJECT),
        good("in the order of WSJF", _ranked(1, 20.0), _ranked(2, 9.0), subject=_SUBJECT),
        good("equal scores", _ranked(1, 9.0), _ranked(2, 9.0), subject=_SUBJECT),
        good("a date explains it", _ranked(1, 6.0, due_on=date(2026, 12, 1)), _LOWER, subject=_SUBJECT),
        good("the other one needs it", _UPPER, _ranked(2, 9.1, depends_on="jira:1"), subject=_SUBJECT),
        good("committed already", _ranked(1, 6.0, interval=CURRENT_INTERVAL), _LOWER, subject=_SUBJECT),
        good("begun already", _ranked(1, 6.0, stage=Stage.IN_PROGRESS), _LOWER, subject=_SUBJECT),
        good("another class is not compared", _ranked(1, 6.0, work_class=WorkClass.ENABLER), _LOWER, subject=_SUBJECT),
        bad("an order turned round", *_in_order(5, 4, 3, 2, 1), subject=_SUBJECT, severity=Severity.WARNING),
        good("four are no order", *_in_order(4, 3, 2, 1), subject=_SUBJECT),
        bad("a stored score of another time", _ranked(1, 9.0, wsjf_score=3.2), _ranked(2, 6.0), subject=_SUBJECT, severity=Severity.INFO),
        good("a rounded score", _ranked(1, 9.0, wsjf_score=3.15), _ranked(2, 6.0), subject=_SUBJECT),
    ),
    cases=(
        good("without all parts", _ranked(1, 6.0, job_size=None), _LOWER, subject=_SUBJECT),
        bad("the same for a feature alone", _ranked(1, 9.0, wsjf_score=3.2), subject=_SUBJECT),
        good("three of ten pairs disagree: a tau of 0.4", *_in_order(1, 3, 4, 5, 2), subject=_SUBJECT),
        bad(
            "eleven of 36 pairs disagree: a tau of 0.39",
            *_in_order(5, 4, 3, 2, 1, 7, 6, 8, 9),
            subject=_SUBJECT,
            severity=Severity.WARNING,
        ),
        bad(
            "a wrong score, and four in any order",
            _ranked(1, 9.0, wsjf_score=3.2),
            *_in_order(4, 3, 2)[1:],
            subject=_SUBJECT,
            severity=Severity.INFO,
        ),
        bad(
            "a wrong score, and three of ten pairs disagree",
            *(replace(each, wsjf_score=9.0) for each in _in_order(1, 3, 4, 5, 2)),
            subject=_SUBJECT,
            severity=Severity.INFO,
        ),
        good("a stored score five percent off", _ranked(1, 60.0, wsjf_score=21.0), subject=_SUBJECT),
        bad("a stored score a little more than that off", _ranked(1, 60.0, wsjf_score=21.005), subject=_SUBJECT),
    ),
)
