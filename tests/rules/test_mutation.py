"""A mutation run over all rules: what may as well be another threshold, operator, word, gate or default is tested by no example."""

from __future__ import annotations

from dataclasses import replace

import pytest
from known_survivors import SURVIVORS
from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.catalog import shipped
from safesync.rules.examples import bad, good, story
from safesync.rules.mutants import mutants
from safesync.rules.mutation import Survey, survey
from safesync.rules.rule import Example, Level, Rule, RuleOptions

RULES = [pytest.param(rule, id=code) for code, rule in shipped().items()]


@pytest.mark.deep
@pytest.mark.parametrize("rule", RULES)
def test_the_examples_of_a_rule_notice_every_change_that_means_something(rule: Rule) -> None:
    found = survey(rule)
    known = {what for code, what in SURVIVORS if code == rule.code}
    assert set(found.survivors) == known, "changes that no example notices, or lines of known_survivors that are not needed"


def test_every_known_survivor_is_of_a_rule_that_there_is() -> None:
    assert {code for code, _ in SURVIVORS} <= shipped().keys()
    assert all(SURVIVORS.values())


class Options(RuleOptions):
    """For a rule that has a bit of everything."""

    most: float = Field(default=8, ge=1, description="Points.")
    words: frozenset[str] = Field(default=frozenset({"missing", "empty"}), description="Verdicts.")
    strict: bool = Field(default=False, description="Whether.")


def a_rule(*examples: Example, flaw: str = "points > :most", **parts: object) -> Rule:
    words = {"code": "X900", "name": "own-rule", "level": Level.TEAM, "source": "us", "remedy": "Look.", "evidence": "Seen."}
    made = Rule(judges=Kind.STORY, flaw=flaw, severity=Severity.WARNING, options=Options, examples=examples, **words)  # type: ignore[arg-type]
    return replace(made, **parts)  # type: ignore[arg-type]


def changes(flaw: str, **parts: object) -> set[str]:
    return {each.what for each in mutants(a_rule(flaw=flaw, when="", **parts)) if not each.what.startswith("option")}


@pytest.mark.parametrize(
    ("flaw", "told"),
    [
        ("points > 8", {"flaw: points > 8 -> points >= 8", "flaw: points > 8 -> points <= 8", "flaw: 8 -> 9", "flaw: 8 -> 7"}),
        ("points <= :most", {"flaw: points <= 8 -> points < 8", "flaw: points <= 8 -> points > 8"}),
        (
            "acceptance_vague_share = 0.5",
            {"flaw: 0.5 -> 0.55", "flaw: 0.5 -> 0.45"},
        ),
        ("gate >= 'next'", {"flaw: 'next' -> 'ready'", "flaw: 'next' -> 'current'"}),
        ("team = 'Falcon'", {"flaw: 'Falcon' -> 'Falcon?'"}),
        ("due_on < '2026-12-01'", {"flaw: '2026-12-01' -> '2026-12-02'", "flaw: '2026-12-01' -> '2026-11-30'"}),
        ("team IN ('Falcon', 'Heron')", {"flaw: team IN ('Falcon', 'Heron') -> team IN ('Heron')"}),
        ("acceptance_verdict IN :words", set()),
        ("points IS NULL", {"flaw: points IS NULL -> NOT (points IS NULL)"}),
        ("NOT points IS NULL", {"flaw: NOT (points IS NULL) -> points IS NULL"}),
        ("blocked", {"flaw: blocked -> NOT blocked"}),
        ("has_label('x')", {"flaw: has_label('x') -> NOT has_label('x')", "flaw: has_label('x') -> has_label('x?')"}),
        ("blocked AND open", {"flaw: blocked AND open -> blocked OR open", "flaw: without blocked", "flaw: without open"}),
        ("blocked OR open", {"flaw: blocked OR open -> blocked AND open"}),
        ("points + job_size > 3", {"flaw: points + job_size -> points - job_size"}),
        ("points / job_size > 3", {"flaw: points / job_size -> points * job_size"}),
        ("abs(points) > 3", {"flaw: abs(points) -> points"}),
        (
            "coalesce(points, job_size) > 3",
            {"flaw: coalesce(points, job_size) -> points"},
        ),
    ],
)
def test_every_part_of_a_condition_is_changed(flaw: str, told: set[str]) -> None:
    assert told <= changes(flaw)


def test_defaults_kinds_and_gates_are_changed_and_nothing_that_cannot_be() -> None:
    rule = a_rule(judges=(Kind.STORY, Kind.BUG), severity={Gate.READY: Severity.INFO, Gate.CURRENT: Severity.ERROR})
    found = {each.what for each in mutants(rule)}
    assert {
        "option most: 8 -> 9",
        "option most: 8 -> 7",
        "option words: without empty",
        "option strict: false -> true",
        "judges: without bug",
        "severity: from ready -> from backlog",
        "severity: from current -> from active",
        "severity: current error -> info",
    } <= found
    assert not [what for what in found if "8 -> 0" in what]
    assert "option most: 1 -> 0" not in {each.what for each in mutants(replace(rule, options=_least()))}


def _least() -> type[RuleOptions]:
    class Least(Options):
        most: float = Field(default=1, ge=1, description="Points.")

    return Least


ON_THE_THRESHOLD = (
    bad("more", story(points=9.0)),
    bad("with a value of its own", story(points=8.0), options={"most": 7}),
    good("just as many", story(points=8.0)),
    good("done", story(points=9.0, stage=Stage.DONE)),
)


def of_threshold(found: Survey) -> set[str]:
    return {what for what in found.survivors if "words" not in what and "strict" not in what}


def test_examples_on_the_threshold_and_beside_it_notice_everything() -> None:
    assert of_threshold(survey(a_rule(*ON_THE_THRESHOLD))) == set()


def test_examples_far_from_the_threshold_notice_little() -> None:
    far = (bad("many", story(points=100.0)), good("few", story(points=1.0)))
    assert of_threshold(survey(a_rule(*far))) == {"flaw: points > 8 -> points >= 8", "option most: 8 -> 9", "option most: 8 -> 7"}


def test_an_example_that_does_not_hold_notices_nothing() -> None:
    wrong = survey(a_rule(good("it is flawed", story(points=9.0))))
    assert len(wrong.survivors) == wrong.mutants


def test_a_change_that_leaves_open_what_was_known_is_noticed() -> None:
    hidden = good("nobody saw the points, and it is not blocked", story(points=None, unseen=frozenset({"points"})))
    assert "flaw: without blocked" not in survey(a_rule(hidden, flaw="points > 8 AND blocked")).survivors
    assert "flaw: without blocked" in survey(a_rule(good("small", story()), flaw="points > 8 AND blocked")).survivors


def test_cases_notice_what_examples_do_not() -> None:
    assert of_threshold(survey(a_rule(cases=ON_THE_THRESHOLD))) == set()


def test_a_severity_is_noticed_only_where_an_example_names_it() -> None:
    rule = a_rule(*ON_THE_THRESHOLD, error_when="points > 20", severity={Gate.BACKLOG: Severity.INFO})
    assert "error_when: 20 -> 21" in survey(rule).survivors
    named = (
        bad("an error", story(points=21.0), severity=Severity.ERROR),
        bad("no error yet", story(points=20.0), severity=Severity.INFO),
    )
    assert not [what for what in survey(replace(rule, examples=(*ON_THE_THRESHOLD, *named))).survivors if what.startswith("error_when")]
