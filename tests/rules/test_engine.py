"""The judge: reports, severities, what is left unjudged, crashes, groups, explanations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from bench_generate import generated_backlog, generator

from safesync.facts.backlog import Backlog
from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Finding, Report, Rollout, Severity, Verdict
from safesync.model.item import Gate, Item, Kind, Stage, WorkClass
from safesync.model.organisation import BoardColumn, Organisation, Train
from safesync.rules.catalog import shipped
from safesync.rules.condition.explaining import NOT_SEEN
from safesync.rules.condition.slips import ConditionError
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, NEXT, NOW, backlog_of, bug, feature, story
from safesync.rules.rule import Group, Level, Rule, RuleOptions, RuleSetting, Slice, Surroundings


def rule(code: str = "X001", **parts: Any) -> Rule:
    return Rule(
        **{
            "code": code,
            "name": "a-flaw",
            "level": Level.TEAM,
            "judges": Kind.STORY,
            "source": "",
            "flaw": "points IS NULL",
            "severity": Severity.WARNING,
            "remedy": "Do it.",
            "evidence": "",
            **parts,
        }
    )


def setting(one: Rule, **parts: Any) -> RuleSetting:
    return RuleSetting(one, parts.pop("options", one.options()), **parts)


def judged(items: tuple[Item, ...], *settings: RuleSetting, around: Surroundings | None = None) -> Report:
    return Judge(settings).judge(backlog_of(items, around), NOW)


def pairs(report: Report) -> set[tuple[str, str]]:
    return {(finding.code, finding.subject) for finding in report.flawed}


def test_a_report_says_what_was_judged_and_what_was_found():
    report = judged((story(points=None), story(7), feature(2)), setting(rule()), setting(rule("X002", flaw="points > 2")))
    assert pairs(report) == {("X001", "jira:1"), ("X002", "jira:7")}
    assert report.codes == {"X001", "X002"}
    assert report.subjects == {"jira:1", "jira:7", "jira:2"}
    assert (report.items, report.judged_at) == (3, NOW)
    assert (report.unjudged, report.unevaluated) == (frozenset(), ())


def test_an_empty_field_is_flawed_and_an_unseen_one_is_told_to_the_administrator():
    items = (story(points=None), story(7, points=None, unseen=frozenset({"points"})), story(8))
    report = judged(items, setting(rule()))
    assert pairs(report) == {("X001", "jira:1")}
    assert report.unjudged == {("X001", "jira:7")}
    (entry,) = report.unevaluated
    assert (entry.code, entry.count, entry.facts, entry.crash) == ("X001", 1, ("points",), "")


def test_of_what_could_not_be_judged_it_is_known_what_would_be_grave():
    by_gate = rule(severity={Gate.BACKLOG: Severity.INFO, Gate.CURRENT: Severity.WARNING})
    unseen = frozenset({"points"})
    items = (story(points=None, unseen=unseen), story(7, points=None, unseen=unseen, iteration=CURRENT))
    assert judged(items, setting(by_gate)).grave == {("X001", "jira:7")}
    assert judged(items, setting(by_gate, rollout=Rollout.SHADOW)).grave == frozenset()
    assert judged(items, setting(rule(severity=Severity.INFO))).grave == frozenset()
    worse = rule(severity=Severity.INFO, error_when="points > 8")
    assert judged(items, setting(worse)).grave == {("X001", "jira:1"), ("X001", "jira:7")}


def test_what_is_not_applicable_is_not_left_open_by_something_unseen():
    items = (feature(points=None, unseen=frozenset({"points"})), story(7, stage=Stage.DONE, unseen=frozenset({"points"})))
    assert judged(items, setting(rule())).unjudged == frozenset()


def test_an_unseen_stage_leaves_it_open_whether_the_rule_applies():
    report = judged((story(points=None, unseen=frozenset({"stage"})),), setting(rule()))
    assert report.unjudged == {("X001", "jira:1")}
    assert report.unevaluated[0].facts == ("open",)


@pytest.mark.parametrize(
    ("item", "severity"),
    [
        (story(stage=Stage.FUNNEL), None),
        (story(stage=Stage.READY), Severity.INFO),
        (story(stage=Stage.READY, iteration=NEXT), Severity.WARNING),
        (story(stage=Stage.READY, iteration=CURRENT), Severity.ERROR),
        (story(stage=Stage.IN_PROGRESS), Severity.ERROR),
    ],
)
def test_the_severity_is_that_of_the_highest_gate_reached(item: Item, severity: Severity | None):
    by_gate = {Gate.READY: Severity.INFO, Gate.NEXT: Severity.WARNING, Gate.CURRENT: Severity.ERROR}
    report = judged((item,), setting(rule(flaw="TRUE", severity=by_gate)))
    assert [finding.severity for finding in report.flawed] == ([severity] if severity else [])
    assert report.unjudged == frozenset(), "what is not reported was looked at and counts as fine"


def test_a_gate_that_was_not_seen_leaves_open_only_what_it_decides():
    by_gate = {Gate.CURRENT: Severity.ERROR}
    hidden = frozenset({"iteration", "interval"})
    items = (story(unseen=hidden), story(7, stage=Stage.IN_PROGRESS, unseen=hidden), story(8))
    report = judged(items, setting(rule(flaw="TRUE", severity=by_gate)))
    assert pairs(report) == {("X001", "jira:7")}
    assert report.unjudged == {("X001", "jira:1")}


def test_severity_off_is_never_reported():
    assert not judged((story(),), setting(rule(flaw="TRUE"), severity=Severity.OFF)).flawed


def test_an_error_condition_makes_it_an_error_unless_the_administrator_said_otherwise():
    worse = rule(flaw="points > 2", error_when="points > 5")
    report = judged((story(), story(7, points=8.0)), setting(worse))
    assert {finding.subject: finding.severity for finding in report.flawed} == {"jira:1": Severity.WARNING, "jira:7": Severity.ERROR}
    report = judged((story(7, points=8.0),), setting(worse, severity=Severity.INFO))
    assert [finding.severity for finding in report.flawed] == [Severity.INFO]


def test_a_warning_condition_lifts_an_information_and_never_lowers_anything():
    lifted = rule(flaw="points > 2", severity={Gate.BACKLOG: Severity.INFO, Gate.ACTIVE: Severity.ERROR}, warning_when="points > 5")
    items = (story(), story(7, points=8.0), story(8, points=8.0, stage=Stage.IN_PROGRESS))
    report = judged(items, setting(lifted))
    assert {finding.subject: finding.severity for finding in report.flawed} == {
        "jira:1": Severity.INFO,
        "jira:7": Severity.WARNING,
        "jira:8": Severity.ERROR,
    }
    report = judged(items, setting(lifted, severity=Severity.INFO))
    assert {finding.severity for finding in report.flawed} == {Severity.INFO}


def test_sentences_say_values_in_plain_words():
    class Options(RuleOptions):
        most: float = 2.0
        words: frozenset[str] = frozenset({"b", "a"})

    talkative = rule(
        options=Options,
        flaw="points > :most",
        evidence="{points} of {most}, {words}, stage {stage}, class {work_class}, column {board_column}, blocked {blocked}.",
    )
    item = story(stage=Stage.IN_PROGRESS, points=3.5, work_class=WorkClass.TECH_DEBT)
    (finding,) = judged((item,), setting(talkative)).flawed
    assert finding.evidence == "3.5 of 2, a, b, stage in progress, class tech debt, column none, blocked no."


def test_an_exclusion_over_an_empty_value_excludes_nobody():
    excluding = setting(rule(flaw="owner IS NULL"), exclude="points < 3")
    items = (story(owner=None, points=None), story(7, owner=None, points=1.0), story(8, owner=None))
    assert {subject for _, subject in pairs(judged(items, excluding))} == {"jira:1", "jira:8"}


def test_an_exclusion_that_was_not_seen_leaves_it_open():
    excluding = setting(rule(flaw="owner IS NULL"), exclude="points < 3")
    report = judged((story(owner=None, unseen=frozenset({"points"})),), excluding)
    assert (report.flawed, report.unjudged) == ((), {("X001", "jira:1")})


def test_teams_may_judge_otherwise():
    one, heron = rule(flaw="points > 2"), (("team", ("Heron",)),)
    settings = (setting(one, where=(Slice(never=heron),)), setting(one, where=(Slice(only=heron),), severity=Severity.INFO))
    items = (story(), story(7, team="Heron"), story(8, team=None))
    report = judged(items, *settings)
    assert {finding.subject: finding.severity.value for finding in report.flawed} == {
        "jira:1": "warning",
        "jira:7": "info",
        "jira:8": "warning",
    }
    assert report.codes == {"X001"}


def test_other_kinds_may_be_judged():
    report = judged((story(points=None), bug(points=None)), setting(rule(), kinds=(Kind.BUG,)))
    assert pairs(report) == {("X001", "jira:4")}


def test_a_rule_that_cannot_be_read_is_refused_before_anything_is_judged():
    with pytest.raises(ConditionError):
        Judge([setting(rule(flaw="poins > 1"))])


def crashing(_options: Any, _group: Any) -> Any:
    raise RuntimeError("the limits of this train cannot be worked out")


def test_a_crashed_rule_takes_nothing_back():
    broken = rule("X009", judges=Group.TRAIN_INTERVAL, when="", flaw="sized_points > 1", limits=crashing)
    report = judged((story(points=None),), setting(rule()), setting(broken))
    assert pairs(report) == {("X001", "jira:1")}
    assert report.codes == {"X001"}, "whoever reads the report must not believe that X009 looked at anything"
    (entry,) = report.unevaluated
    assert (entry.code, entry.count) == ("X009", 1)
    assert entry.crash == "RuntimeError: the limits of this train cannot be worked out"


def test_a_rule_that_crashes_within_the_one_query_leaves_the_others_alone():
    backlog = backlog_of((story(points=None),))
    torn = Backlog(backlog.frame.drop("resolution"), backlog.derived, backlog.groups, backlog.unseen)
    report = Judge([setting(rule()), setting(rule("X009", flaw="resolution IS NULL"))]).judge(torn, NOW)
    assert pairs(report) == {("X001", "jira:1")}
    assert report.codes == {"X001"}
    assert [entry.code for entry in report.unevaluated] == ["X009"]
    assert "resolution" in report.unevaluated[0].crash


def around(*columns: BoardColumn, trains: tuple[Train, ...] = (Train("Payments", ("Falcon",)),)) -> Surroundings:
    known = shipped()["TM101"].examples[0].surroundings
    assert known is not None
    return replace(known, columns=columns, organisation=Organisation(trains))


def allocation(**options: Any) -> RuleSetting:
    one = shipped()["GR503"]
    return setting(one, options=one.options.model_validate({"min_points": 10, **options}))


def shared_out(unseen: frozenset[str] = frozenset()) -> tuple[Item, ...]:
    return (
        story(1, points=70.0, iteration=CURRENT),
        story(7, points=30.0, iteration=CURRENT, work_class=WorkClass.ENABLER, unseen=unseen),
    )


def test_a_group_finding_shows_its_arithmetic():
    targets = {"default": {"feature": 55, "enabler": 45}}
    report = judged(shared_out(), allocation(targets=targets))
    (finding,) = report.flawed
    assert finding.subject == "group:train_interval:Payments|PI 26.4"
    assert (finding.severity, finding.gate) == (Severity.WARNING, None)
    assert finding.evidence == "Payments in PI 26.4, percent of 100 points: feature 70 (target 55), enabler 30 (target 45)."
    numbers = dict(finding.numbers)
    assert numbers.keys() == {"Without a class", "Heaviest items"}, "what the evidence shows is not shown again"
    assert numbers["Heaviest items"] == "PAY-1, PAY-7"
    assert "group:train_interval:Payments|PI 27.1" in report.subjects
    assert "group:train_interval:Payments|PI 26.3" in report.subjects, "a finding about an interval that is over must end"


def test_a_drift_of_twice_the_tolerance_is_an_error():
    report = judged(shared_out(), allocation(targets={"Payments": {"feature": 40, "enabler": 30}}))
    assert [finding.severity for finding in report.flawed] == [Severity.ERROR]


def test_a_train_has_its_own_targets_before_the_default():
    targets = {"default": {"feature": 10}, "Payments": {"feature": 70, "enabler": 30}}
    assert not judged(shared_out(), allocation(targets=targets)).flawed


def test_without_targets_a_train_is_not_evaluable():
    report = judged(shared_out(), allocation(targets={"Cards": {"feature": 60}}))
    assert not report.flawed
    assert report.unjudged == {("GR503", "group:train_interval:Payments|PI 26.4")}
    assert "feature_target" in report.unevaluated[0].facts


@pytest.mark.parametrize("field", ["points", "work_class"])
def test_one_estimate_or_class_that_was_not_seen_leaves_the_shares_open(field: str):
    items = shared_out(frozenset({field}))
    if field == "work_class":
        items = (items[0], replace(items[1], work_class=WorkClass.UNKNOWN))
    report = judged(items, allocation(targets={"default": {"feature": 10}}))
    assert (report.flawed, len(report.unjudged)) == ((), 1)


def test_cancelled_and_unsized_items_do_not_count():
    items = (*shared_out(), story(8, points=500.0, iteration=CURRENT, stage=Stage.CANCELLED), story(9, points=None, iteration=CURRENT))
    row = backlog_of(items).groups["train_interval"].filter(pl.col("group") == "Payments|PI 26.4").row(0, named=True)
    assert (row["sized_items"], row["sized_points"], row["feature_share"], row["interval_phase"]) == (2, 100.0, 70.0, "current")


def board(number: int, column: str = "Doing", **fields: Any) -> Item:
    return story(number, stage=Stage.IN_PROGRESS, board_column=column, **fields)


def test_a_column_is_counted_for_each_tracker_team_and_column():
    columns = (
        BoardColumn("jira", "Falcon", "Doing", 2),
        BoardColumn("jira", "Heron", "Doing", 2),
        BoardColumn("jira", "Falcon", "Review", 1),
    )
    items = (*(board(number) for number in (1, 7, 8)), board(9, team="Heron"), board(10, "Review"), board(11, "Elsewhere"))
    report = judged(items, setting(shipped()["FL401"]), around=around(*columns))
    (finding,) = report.flawed
    assert finding.subject == "group:team_column:jira|Falcon|Doing"
    assert finding.evidence == "Falcon has 3 items in the column Doing; the limit is 2."
    assert ("Among them", "PAY-1, PAY-7, PAY-8") in finding.numbers
    assert len([subject for subject in report.subjects if subject.startswith("group:team_column:")]) == 4


def test_an_item_whose_column_was_not_seen_leaves_the_boards_of_its_team_open():
    columns = (BoardColumn("jira", "Falcon", "Doing", 2), BoardColumn("jira", "Heron", "Doing", 2))
    items = (board(1), board(7, unseen=frozenset({"board_column"})), board(8, team="Heron"))
    report = judged(items, setting(shipped()["FL401"]), around=around(*columns))
    assert report.unjudged == {("FL401", "group:team_column:jira|Falcon|Doing")}


def test_an_explanation_shows_every_operand_with_its_value():
    items = (story(points=8.0, unseen=frozenset({"owner"})),)
    judge = Judge([setting(rule(flaw="points > 5 AND owner IS NULL OR team = 'Heron'"))])
    (told,) = judge.explain(backlog_of(items), "jira:1")
    assert told.verdict is Verdict.NOT_EVALUABLE
    assert told.flaw.value == NOT_SEEN
    left, right = told.flaw.parts
    assert (left.text, left.value) == ("(points > 5) AND (owner IS NULL)", NOT_SEEN)
    assert [(part.text, part.value) for part in left.parts] == [("points > 5", True), ("owner IS NULL", NOT_SEEN)]
    assert [(part.text, part.value) for part in left.parts[0].parts] == [("points", 8.0)]
    assert (right.text, right.value) == ("team = 'Heron'", False)
    assert right.parts[0].value == "Falcon"


@pytest.mark.parametrize(
    ("item", "verdict"),
    [
        (story(points=None), Verdict.FLAWED),
        (story(), Verdict.FINE),
        (story(stage=Stage.DONE, points=None), Verdict.NOT_APPLICABLE),
        (story(unseen=frozenset({"points"})), Verdict.NOT_EVALUABLE),
    ],
)
def test_an_explanation_has_the_verdict_of_the_report(item: Item, verdict: Verdict):
    (told,) = Judge([setting(rule())]).explain(backlog_of((item,)), "jira:1")
    assert told.verdict is verdict


def test_nobody_is_explained_who_is_not_there():
    judge = Judge([setting(rule()), setting(shipped()["GR503"])])
    assert judge.explain(backlog_of((story(),)), "jira:99") == ()
    assert judge.explain(backlog_of((story(),)), "group:train_interval:Nowhere|PI 1") == ()
    (told,) = judge.explain(backlog_of((story(),)), "group:train_interval:Payments|PI 26.4")
    assert told.code == "GR503"


def test_masks_say_the_same_as_the_report():
    backlog = generated_backlog(4_000)
    judge = Judge([setting(one) for one in shipped().values()])
    report, masks = judge.judge(backlog, generator().NOW), judge.masks(backlog)
    found = {(code, uid) for code, mask in masks.items() for uid in backlog.uids.gather(mask.flawed)}
    assert found == {pair for pair in pairs(report) if not pair[1].startswith("group:")}
    open_ones = {(code, uid) for code, mask in masks.items() if mask.unjudged is not None for uid in backlog.uids.gather(mask.unjudged)}
    assert open_ones == {pair for pair in report.unjudged if not pair[1].startswith("group:")}
    assert len(found) > 1_000
    assert open_ones
    assert not found & open_ones


def test_every_item_rule_finds_something_among_generated_items():
    judge = Judge([setting(one) for one in shipped().values()])
    silent = {code for code, mask in judge.masks(generated_backlog(20_000)).items() if not len(mask.flawed)}
    # The generated backlog has no money, no objectives, no risks, and no epic whose hypothesis or MVP is told.
    assert silent == {"GR505", "GR506", "GR508", "PF302", "PF306", "PF307", "PF308", "PF309", "PI803", "PI806"}


def test_a_finding_is_told_once_for_each_rule_and_item():
    report = Judge([setting(one) for one in shipped().values()]).judge(generated_backlog(3_000), generator().NOW)
    assert len(pairs(report)) == len(report.flawed)
    assert all(isinstance(finding, Finding) and "{" not in finding.evidence + finding.remedy for finding in report.flawed)


def test_a_limit_fact_is_part_of_the_vocabulary():
    limited = rule(
        judges=Group.TEAM_COLUMN,
        when="",
        flaw="wip > most",
        limits=lambda _options, group: {"most": 1.0 if group["team"] == "Falcon" else None},
        limit_facts=(Fact("most", FactType.NUMBER, Sort.GROUPED, "At most."),),
    )
    items = (board(1), board(7), board(8, team="Heron"), board(9, team="Heron"))
    assert pairs(judged(items, setting(limited), around=around())) == {("X001", "group:team_column:jira|Falcon|Doing")}
