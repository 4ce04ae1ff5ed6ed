"""
Items for the examples of rules, and the real path that every example goes: text, facts, backlog, judgement.

An item made here is healthy; an example says only what matters to it. It is always noon on a Wednesday in the fourth
iteration of PI 26.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import polars as pl

from safesync.facts.backlog import Backlog, backlog, measured_for
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import column_type
from safesync.facts.item.measured import MEASURED
from safesync.facts.measure import measure
from safesync.model.finding import Severity, Verdict
from safesync.model.item import Item, Kind, Link, Markup, Relation, RichText, Stage, Transition, WorkClass
from safesync.model.organisation import BoardColumn, Organisation, Train
from safesync.model.timebox import Iteration, PlanningInterval
from safesync.rules.condition.compiling import Compiler
from safesync.rules.condition.reading import read
from safesync.rules.engine import Judge
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import Example, Rule, RuleSetting, Surroundings

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAST, CURRENT, NEXT = ("jira:iteration:3", "jira:iteration:4", "jira:iteration:5")
"""uids of the iterations before, of, and after the day of the examples."""
LONG_PAST = "jira:iteration:1"
ENDED = "jira:iteration:ended"
"""uid of the iteration that ``with_ended`` adds."""
LONG_PAST_INTERVAL, PAST_INTERVAL, CURRENT_INTERVAL, NEXT_INTERVAL = ("PI 26.2", "PI 26.3", "PI 26.4", "PI 27.1")
LATER = "jira:iteration:6"
"""uid of the iteration that ``with_later`` adds."""
_FIRST, _LATER = date(2026, 10, 5), date(2026, 12, 14)
_NAMES = ("26.4.1", "26.4.2", "26.4.3", "26.4.4", "26.4.5 IP")


def surroundings_of(organisation: Organisation | None = None) -> Surroundings:
    """What stands around the items of an example; of an organisation of its own where one is given."""
    iterations = tuple(
        Iteration(
            f"jira:iteration:{number + 1}",
            "jira",
            name,
            start,
            start + timedelta(days=13),
            CURRENT_INTERVAL,
            innovation=name.endswith("IP"),
        )
        for number, name in enumerate(_NAMES)
        for start in [_FIRST + timedelta(days=14 * number)]
    )
    intervals = tuple(
        PlanningInterval(label, start, start + timedelta(days=69))
        for number, label in enumerate((LONG_PAST_INTERVAL, PAST_INTERVAL, CURRENT_INTERVAL, NEXT_INTERVAL))
        for start in [_FIRST + timedelta(days=70 * (number - 2))]
    )
    columns = (BoardColumn("jira", "Falcon", "In progress", limit=2), BoardColumn("jira", "Falcon", "To do", active=False))
    return Surroundings(
        iterations, intervals, columns, organisation or Organisation((Train("Payments", ("Falcon", "Heron")),), themes=("trust",))
    )


def story(number: int = 1, **fields: Any) -> Item:
    """A story that is ready, estimated and owned; ``number`` tells the items of one example apart."""
    return _item(Kind.STORY, number, {"points": 3.0, "team": "Falcon", **fields})


def bug(number: int = 4, **fields: Any) -> Item:
    """A bug of the same team."""
    return _item(Kind.BUG, number, {"points": 1.0, "team": "Falcon", **fields})


def feature(number: int = 2, **fields: Any) -> Item:
    """A feature with everything WSJF needs."""
    return _item(Kind.FEATURE, number, {**_WSJF, **fields})


def capability(number: int = 5, **fields: Any) -> Item:
    """A capability with everything WSJF needs."""
    return _item(Kind.CAPABILITY, number, {**_WSJF, **fields})


def task(number: int = 6, **fields: Any) -> Item:
    """A task or sub-task."""
    return _item(Kind.TASK, number, fields)


def epic(number: int = 3, **fields: Any) -> Item:
    """An epic with an owner."""
    return _item(Kind.EPIC, number, {**_WSJF, **fields})


_WSJF = MappingProxyType({"business_value": 8.0, "time_criticality": 5.0, "risk_reduction": 3.0, "job_size": 5.0})


def pi_objective(number: int = 20, **fields: Any) -> Item:
    """A committed PI objective of the same team in the current interval, planned and not yet scored."""
    plain = {"team": "Falcon", "interval": CURRENT_INTERVAL, "stage": Stage.IN_PROGRESS, "committed": True, "planned_value": 8.0}
    return _item(Kind.PI_OBJECTIVE, number, {**plain, **fields})


def objective(number: int = 30, **fields: Any) -> Item:
    """An objective of the portfolio, without key results."""
    return _item(Kind.OBJECTIVE, number, {"stage": Stage.IN_PROGRESS, **fields})


def key_result(number: int = 31, **fields: Any) -> Item:
    """A key result that can be measured, and was today."""
    return _item(Kind.KEY_RESULT, number, {"stage": Stage.IN_PROGRESS, "baseline": 40.0, "target": 10.0, "progress": 25.0, **fields})


def risk(number: int = 40, **fields: Any) -> Item:
    """An open risk of the current interval that somebody owns."""
    return _item(Kind.RISK, number, {"team": "Falcon", "interval": CURRENT_INTERVAL, "roam": "Owned", **fields})


def improvement(number: int = 50, **fields: Any) -> Item:
    """An improvement item of the same team."""
    return _item(Kind.IMPROVEMENT, number, {"team": "Falcon", **fields})


def a_test(number: int = 90, **fields: Any) -> Item:
    """A test; it was not run yet."""
    return _item(Kind.TEST, number, fields)


_MARKUPS = (
    ("description", Markup.WIKI),
    *((name, Markup.PLAIN) for name in ("acceptance", "benefit", "hypothesis", "business_case", "mvp")),
)


def _item(kind: Kind, number: int, fields: dict[str, Any]) -> Item:
    """
    An item; beside the fields of ``Item`` it takes short forms.

    Texts as plain ``str`` (descriptions are wiki text), ``parent``, ``depends_on``, ``tested_by``, ``satisfies`` and ``contributes_to``
    as the item or as a reference, ``days_in_stage`` and ``changed_days_ago`` as numbers.
    """
    given = dict(fields)
    stage = given.pop("stage", Stage.READY)
    links = [
        Link(relation, _reference(given.pop(relation.value)))
        for relation in (Relation.PARENT, Relation.DEPENDS_ON, Relation.TESTED_BY, Relation.SATISFIES, Relation.CONTRIBUTES_TO)
        if relation.value in given
    ]
    entered = NOW - timedelta(days=given.pop("days_in_stage", 1))
    changed = given.pop("changed_days_ago", 0)
    for name, markup in _MARKUPS:
        if isinstance(given.get(name), str):
            given[name] = RichText(given[name], markup)
    plain = Item(
        uid=f"jira:{number}",
        tracker="jira",
        native_id=str(number),
        key=f"PAY-{number}",
        url=f"https://example.com/browse/PAY-{number}",
        project="PAY",
        kind=kind,
        native_type=kind.value,
        native_state=stage.value,
        stage=stage,
        title=f"The {kind.value} of the example",
        revision="1",
        created_at=NOW - timedelta(days=40),
        updated_at=NOW,
        owner="Kim",
        links=tuple(links),
        transitions=(Transition(NOW - timedelta(days=40), Stage.FUNNEL), Transition(entered, stage)),
        last_human_change_at=NOW - timedelta(days=changed),
        work_class=WorkClass.FEATURE,
    )
    return replace(plain, **given)


def _reference(target: Item | str) -> str:
    return target if isinstance(target, str) else target.uid


def bad(
    about: str,
    *items: Item,
    subject: str = "",
    options: Mapping[str, Any] | None = None,
    around: Surroundings | None = None,
    organisation: Organisation | None = None,
    severity: Severity | None = None,
) -> Example:
    """The rule must flag ``subject``, or the first item when none is named; and, where one is named, with this severity."""
    surroundings = around or surroundings_of(organisation)
    return Example(True, about, items, subject or items[0].uid, options or {}, surroundings=surroundings, severity=severity)


def good(
    about: str,
    *items: Item,
    subject: str = "",
    options: Mapping[str, Any] | None = None,
    around: Surroundings | None = None,
    organisation: Organisation | None = None,
) -> Example:
    """The rule must look at ``subject``, or at the first item, and find nothing."""
    return Example(False, about, items, subject or items[0].uid, options or {}, surroundings=around or surroundings_of(organisation))


def unknown(
    about: str,
    *items: Item,
    subject: str = "",
    options: Mapping[str, Any] | None = None,
    around: Surroundings | None = None,
    organisation: Organisation | None = None,
) -> Example:
    """The rule must say that it cannot judge ``subject``, or the first item."""
    return replace(good(about, *items, subject=subject, options=options, around=around, organisation=organisation), evaluable=False)


def with_interval(label: str, starts_in_days: int) -> Surroundings:
    """The usual surroundings and one more planning interval of ten weeks, which begins so many days from now, or began so long ago."""
    usual, start = surroundings_of(), NOW.date() + timedelta(days=starts_in_days)
    return replace(usual, intervals=(*usual.intervals, PlanningInterval(label, start, start + timedelta(days=69))))


def with_ended(days_ago: int) -> Surroundings:
    """The usual surroundings and one more iteration of two weeks, ``ENDED``, which ended so many days ago."""
    usual, last = surroundings_of(), NOW.date() - timedelta(days=days_ago)
    ended = Iteration(ENDED, "jira", "just ended", last - timedelta(days=13), last)
    return replace(usual, iterations=(*usual.iterations, ended))


def with_later(**changes: Any) -> Surroundings:
    """The usual surroundings and the iteration after the next one, ``LATER``."""
    usual = surroundings_of()
    later = replace(usual.iterations[-1], uid=LATER, name="27.1.1", starts_on=_LATER, ends_on=_LATER + timedelta(days=13), innovation=False)
    return replace(usual, iterations=(*usual.iterations, replace(later, interval=NEXT_INTERVAL, **changes)))


def with_iteration(uid: str, **changes: Any) -> Surroundings:
    """The usual surroundings, in which one iteration is otherwise: ``innovation=False``, or of another ``interval``."""
    usual = surroundings_of()
    return replace(usual, iterations=tuple(replace(each, **changes) if each.uid == uid else each for each in usual.iterations))


def backlog_of(
    items: tuple[Item, ...], around: Surroundings | None = None, now: datetime = NOW, *, groups: frozenset[str] | None = None
) -> Backlog:
    """Items as rules see them, with every fact, and every group or those that are named."""
    around = around or surroundings_of()
    boxes = (around.iterations, around.intervals, around.columns)
    return backlog(facts_of(items), links_of(items), *boxes, (), around.organisation, now, groups=groups)


def seen_by(judge: Judge, example: Example) -> Backlog:
    """The items of an example with what a judge reads of them, and no more."""
    around, wanted, groups = example.surroundings or surroundings_of(), judge.reads, judge.reads_groups
    facts, links, boxes = (
        facts_of(example.items, wanted, groups),
        links_of(example.items),
        (around.iterations, around.intervals, around.columns),
    )
    return backlog(facts, links, *boxes, (), around.organisation, NOW, wanted=wanted, groups=groups)


def facts_of(items: tuple[Item, ...], wanted: frozenset[str] | None = None, groups: frozenset[str] | None = None) -> pl.DataFrame:
    """The measured facts of items, as a store would keep them; with ``wanted``, those that it would load for these facts and groups."""
    loaded = None if wanted is None else measured_for(wanted, groups or ())
    columns = {fact.name: column_type(fact) for fact in MEASURED if loaded is None or fact.name in loaded}
    schema = {"uid": pl.String(), **columns, "unseen": pl.String()}
    rows = ({"uid": item.uid, **measure(item)} for item in items)
    return pl.DataFrame([[row[name] for name in schema] for row in rows], schema=schema, orient="row")


def links_of(items: tuple[Item, ...]) -> pl.DataFrame:
    """The links of items, as a store would keep them."""
    rows = [(item.uid, link.relation.value, link.target) for item in items for link in item.links]
    return pl.DataFrame(rows, schema={"uid": pl.String, "relation": pl.String, "target": pl.String}, orient="row")


def verdict(rule: Rule, example: Example) -> Verdict:
    """What the rule says about an example; for one written as facts, what its ``flaw`` alone says about them."""
    if not example.items:
        return _verdict_on_facts(rule, example)
    setting = RuleSetting(rule, rule.options.model_validate(dict(example.options)))
    parts = [RuleSetting(part.rule, part.rule.options()) for part in rule.parts if part.rule]
    judge = Judge([setting, *parts])
    seen = seen_by(judge, example)
    (explanation,) = (each for each in judge.explain(seen, example.subject) if each.code == rule.code)
    report = judge.judge(seen, NOW)
    flawed = any(finding.subject == example.subject and finding.code == rule.code for finding in report.flawed)
    if flawed is not (explanation.verdict is Verdict.FLAWED) or rule.code not in report.codes:
        raise AssertionError(f"{rule.code} reports and explains different things about {example.about!r}")
    if flawed and example.severity not in {None, explanation.severity}:
        raise AssertionError(f"{rule.code} says {explanation.severity.value} and not {example.severity} about {example.about!r}")
    return explanation.verdict


def _verdict_on_facts(rule: Rule, example: Example) -> Verdict:
    flaw = read(rule.flaw, vocabulary(rule), rule.options().model_dump())
    return Verdict.FLAWED if row_of_facts(example, rule).select(Compiler().must(flaw)).item() else Verdict.FINE


def row_of_facts(example: Example, rule: Rule) -> pl.DataFrame:
    """For an example that is written as facts, which says nothing about kind, gate and whether it is judged at all."""
    facts = vocabulary(rule)
    given = {name: [value] for name, value in example.facts.items() if name in facts}
    frame = pl.DataFrame(given, schema={name: column_type(facts[name]) for name in given})
    return frame.with_columns(pl.lit(None, dtype=column_type(fact)).alias(name) for name, fact in facts.items() if name not in given)


def unknown_facts(rule: Rule, example: Example) -> tuple[str, ...]:
    """Names in an example written as facts that are no facts."""
    known = ITEM_FACTS if rule.group is None else vocabulary(rule)
    return tuple(sorted(set(example.facts) - set(known)))
