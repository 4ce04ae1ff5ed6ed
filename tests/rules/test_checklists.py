"""Composite rules: a checklist over what other rules say, as the administrator has set them."""

from __future__ import annotations

from typing import Any

import pytest

from safesync.model.finding import Finding, Point, Severity, Verdict, absorbed
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, NOW, backlog_of, epic, feature, story
from safesync.rules.page import page
from safesync.rules.rule import Level, Part, Rule, RuleOptions, RuleSetting, Slice


def rule(code: str, flaw: str = "TRUE", **parts: Any) -> Rule:
    known: dict[str, Any] = {"name": "a-flaw", "level": Level.TEAM, "judges": Kind.STORY, "source": "", "severity": Severity.WARNING}
    return Rule(code=code, flaw=flaw, **{**known, "remedy": f"Mend {code}.", "evidence": "", **parts})


class Options(RuleOptions):
    """How many points may be open."""

    min_open: int = 2


ESTIMATE = rule("X001", "points IS NULL", evidence="The estimate of {key} is empty.")
OWNER = rule("X002", "owner IS NULL")
SMALL = rule("X003", "points > 8", severity={Gate.CURRENT: Severity.ERROR})
PARTS = (Part("an estimate", ESTIMATE), Part("an owner", OWNER), Part("a size that fits", SMALL))
READY = rule("X009", parts=PARTS, options=Options, at_least="min_open", evidence="Planned.")


HERON = (("team", ("Heron",)),)


def setting(one: Rule, **parts: Any) -> RuleSetting:
    return RuleSetting(one, parts.pop("options", one.options()), **parts)


def settings(*parts: Rule, **options: Any) -> tuple[RuleSetting, ...]:
    return (setting(READY, options=Options(**options)), *(setting(one) for one in parts or (ESTIMATE, OWNER, SMALL)))


def composite(items: tuple[Item, ...], *said: RuleSetting) -> Finding | None:
    report = Judge(said).judge(backlog_of(items), NOW)
    return next((one for one in report.flawed if one.code == "X009"), None)


def test_a_checklist_says_which_points_are_open_and_which_are_settled():
    finding = composite((story(points=None, owner=None, iteration=CURRENT),), *settings())
    assert finding is not None
    assert finding.evidence == "Planned. 2 of 3 points are open: an estimate, an owner."
    assert finding.points == (
        Point("an estimate", "X001", "Mend X001.", "The estimate of PAY-1 is empty."),
        Point("an owner", "X002", "Mend X002."),
        Point("a size that fits", "X003"),
    )


@pytest.mark.parametrize(("least", "flawed"), [(1, True), (2, False)])
def test_as_many_points_must_be_open_as_the_option_says(least: int, flawed: bool):
    assert (composite((story(points=None),), *settings(min_open=least)) is not None) is flawed


def test_a_rule_that_is_off_is_no_point():
    assert composite((story(points=None, owner=None),), *settings(ESTIMATE, SMALL)) is None
    finding = composite((story(points=None, owner=None),), *settings(ESTIMATE, OWNER))
    assert finding is not None
    assert [point.code for point in finding.points] == ["X001", "X002"]


class Narrowed(RuleOptions):
    """Options of a rule that is a point."""

    blocked_only: bool = False


def test_what_an_option_of_a_point_leaves_out_need_not_have_been_seen():
    owner = rule("X002", "owner IS NULL", when="open AND (NOT :blocked_only OR blocked)", options=Narrowed)
    ready = rule("X009", parts=(Part("an estimate", ESTIMATE), Part("an owner", owner)), options=Options, at_least="min_open")
    said = (setting(ready, options=Options(min_open=1)), setting(ESTIMATE), setting(owner))
    finding = composite((story(points=None, unseen=frozenset({"blocked"})),), *said)
    assert finding is not None
    assert [(point.code, bool(point.remedy)) for point in finding.points] == [("X001", True), ("X002", False)]


def test_a_point_that_does_not_matter_at_this_gate_is_not_asked():
    finding = composite((story(points=None, owner=None),), *settings())
    assert finding is not None
    assert [point.code for point in finding.points] == ["X001", "X002"], "X003 says nothing before the current iteration"


def test_a_part_counts_as_a_team_has_set_it():
    said = (
        setting(READY),
        setting(ESTIMATE, where=(Slice(never=HERON),)),
        setting(OWNER, where=(Slice(never=HERON),)),
        setting(OWNER, where=(Slice(only=HERON),)),
    )
    assert composite((story(points=None, owner=None, team="Heron"),), *said) is None
    assert composite((story(points=None, owner=None),), *said) is not None


def test_a_point_of_its_own_counts_too():
    own = rule("X009", parts=(Part("an estimate", ESTIMATE), Part("an owner", flaw="owner IS NULL", remedy="Name somebody.")))
    finding = composite((story(owner=None),), setting(own), setting(ESTIMATE))
    assert finding is not None
    assert finding.open_points == (Point("an owner", "", "Name somebody."),)


HIDDEN = frozenset({"owner"})


def test_points_that_were_not_seen_leave_it_open_only_where_they_decide():
    judge = Judge(settings())
    items = (
        story(1, points=None, unseen=HIDDEN),
        story(7, points=3.0, unseen=HIDDEN),
        story(8, points=None, owner=None, unseen=frozenset({"iteration", "interval"})),
    )
    report = judge.judge(backlog_of(items), NOW)
    assert ("X009", "jira:1") in report.unjudged, "the owner may be the second point"
    assert ("X009", "jira:7") not in report.unjudged, "whoever owns it, one open point is too few"
    assert ("X009", "jira:8") in {(one.code, one.subject) for one in report.flawed}
    (told,) = (each for each in judge.explain(backlog_of(items), "jira:1") if each.code == "X009")
    assert told.verdict is Verdict.NOT_EVALUABLE


def test_a_settled_point_needs_to_have_been_seen():
    finding = composite((story(points=None, unseen=HIDDEN),), *settings(min_open=1))
    assert finding is not None
    assert [point.code for point in finding.points] == ["X001"], "nobody knows whether it has an owner"


def test_the_composite_itself_may_be_narrowed():
    done = (story(points=None, owner=None, stage=Stage.DONE), feature(points=None, owner=None))
    assert composite(done, *settings()) is None


def test_an_explanation_shows_every_point():
    (told,) = (each for each in Judge(settings()).explain(backlog_of((story(points=None, owner=None),)), "jira:1") if each.code == "X009")
    assert told.verdict is Verdict.FLAWED
    assert told.flaw.text.startswith("at least 2 of (")
    assert [part.value for part in told.flaw.parts] == [True, True, False]


def test_what_a_composite_speaks_for_is_absorbed_on_the_same_subject_only():
    report = Judge(settings()).judge(backlog_of((story(points=None, owner=None), story(7, points=None))), NOW)
    assert absorbed(report.flawed) == {("X001", "jira:1"): "X009", ("X002", "jira:1"): "X009"}
    assert ("X001", "jira:7") in {(one.code, one.subject) for one in report.flawed}, "the report keeps what is absorbed"


def test_the_page_lists_the_points():
    text = page(READY)
    assert "at least `:min_open` of these points" in text
    assert "- an owner ([X002](X002.md))" in text
    assert "TRUE" not in text


def test_a_story_below_an_epic_is_one_finding_and_not_two():
    shelf = shipped()
    codes = ("LK701", "LK703")
    report = Judge([RuleSetting(shelf[code], shelf[code].options()) for code in codes]).judge(
        backlog_of((story(parent="jira:3"), epic())), NOW
    )
    assert [one.code for one in report.flawed] == list(codes), "the report keeps what is absorbed"
    assert absorbed(report.flawed) == {("LK701", "jira:1"): "LK703"}
    assert absorbed(one for one in report.flawed if one.code == "LK701") == {}, "where the other one is waived, it speaks for itself"


def test_no_two_rules_absorb_each_other_and_all_are_there():
    pairs = {(code, other) for code, rule in shipped().items() for other in rule.absorbs}
    assert {other for _, other in pairs} <= shipped().keys()
    assert not {(other, code) for code, other in pairs} & pairs


def test_the_page_says_what_a_rule_absorbs():
    assert "What [LK701](LK701.md) would say about the same item has the same cause" in page(shipped()["LK703"])
