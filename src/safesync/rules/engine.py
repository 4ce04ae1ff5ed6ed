"""Judges a backlog by all rules at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import compress

import polars as pl

from safesync.facts.backlog import Backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import column_type
from safesync.languages.spoken import EVERYWHERE_ENGLISH, PLACES, Spoken
from safesync.model.finding import Finding, Report, Severity, Unevaluated, Verdict
from safesync.rules.checklist import with_points
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.condition.explaining import NOT_SEEN, Explained, explain
from safesync.rules.findings import findings_of, grave, graver, severities
from safesync.rules.judgement import Judgement, judgements
from safesync.rules.masks import Mask, masks, masks_of
from safesync.rules.rule import Group, RuleSetting

_EVERYTHING = frozenset({"row", "uid", "gate"})


@dataclass(frozen=True, slots=True)
class Crash:
    """A rule that could not be run at all."""

    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a rule says about one subject, and why; ``facts`` are the values of all that it read, ``NOT_SEEN`` where that is so."""

    code: str
    subject: str
    verdict: Verdict
    severity: Severity
    applies: Explained
    flaw: Explained
    worse: Explained | None
    """What makes it an error, where the rule has such a condition."""
    facts: Mapping[str, object]
    setting: RuleSetting
    gate: str | None
    """The gate that the item has reached; a group has none."""
    margin: float = 0.0
    """In percent: by how much the thresholds were lowered, because a finding stands."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one setting has to say in a report."""

    findings: tuple[Finding, ...] = ()
    unjudged: frozenset[tuple[str, str]] = frozenset()
    unevaluated: tuple[Unevaluated, ...] = ()
    grave: frozenset[tuple[str, str]] = frozenset()
    """Those of ``unjudged`` that would be at least a warning, and be told."""


class Judge:
    """
    Judges by these settings; those of a rule for several sets of teams are one rule in the report.

    What it finds it says in the language that is spoken on the item.
    """

    def __init__(self, settings: Sequence[RuleSetting], spoken: Spoken = EVERYWHERE_ENGLISH) -> None:
        made = judgements(settings, spoken.used)
        self._spoken = spoken
        self._places = frozenset(PLACES) if len(spoken.used) > 1 else frozenset[str]()
        self._of_items = tuple(each for each in made if each.group is None)
        self._of_groups = tuple(each for each in made if each.group is not None)

    @property
    def reads(self) -> frozenset[str]:
        """Every fact of an item that a condition reads or a sentence speaks of."""
        return self._places.union(*(_read(each) for each in self._of_items)) & ITEM_FACTS.keys()

    @property
    def reads_groups(self) -> frozenset[str]:
        """Every kind of group that a rule judges."""
        return frozenset(each.group.value for each in self._of_groups if each.group is not None)

    def judge(self, backlog: Backlog, now: datetime, open_ones: Collection[tuple[str, str]] = ()) -> Report:
        """
        Everything there is to say about a backlog at this moment; a rule that crashes takes nothing back.

        ``open_ones`` are the (code, subject) of findings that stand.
        """
        frames = {group: backlog.groups[group.value] for group in Group if group.value in self.reads_groups}
        said: dict[int, _Said | Crash] = {}
        said |= self._judge_items(backlog)
        for each in self._of_groups:
            stand = [subject for code, subject in open_ones if code == each.code] if each.standing else []
            said[id(each)] = _guarded(partial(_judge_groups, each, frames[each.group or Group.TRAIN_INTERVAL], stand, self._spoken))
        crashed = {each.code: result.reason for each in self._judgements if isinstance(result := said[id(each)], Crash)}
        told = [result for result in said.values() if isinstance(result, _Said)]
        subjects = [
            f"group:{group}:{key}" for group in {each.group for each in self._of_groups if each.group} for key in frames[group]["group"]
        ]
        return Report(
            judged_at=now,
            items=backlog.frame.height,
            codes=frozenset(each.code for each in self._judgements) - crashed.keys(),
            subjects=frozenset(backlog.uids.to_list()).union(subjects),
            flawed=tuple(finding for each in told for finding in each.findings if finding.code not in crashed),
            unjudged=frozenset[tuple[str, str]]().union(*(each.unjudged for each in told)),
            unevaluated=(
                *_idle(self._of_items, backlog),
                *_one_a_rule(told),
                *(Unevaluated(code, backlog.frame.height, (), reason) for code, reason in crashed.items()),
            ),
            grave=frozenset[tuple[str, str]]().union(*(each.grave for each in told)),
        )

    def masks(self, backlog: Backlog) -> Mapping[str, Mask]:
        """Which rows each rule about items flaws, without a word about them; a crash is raised."""
        result: dict[str, Mask] = {}
        for each, mask in zip(self._of_items, masks_of(self._of_items, backlog), strict=True):
            known = result.get(each.code)
            result[each.code] = mask if known is None else Mask(_united(known.flawed, mask.flawed), _either(known.unjudged, mask.unjudged))
        return result

    def explain(self, backlog: Backlog, subject: str, open_ones: Collection[tuple[str, str]] = ()) -> tuple[Explanation, ...]:
        """Why each rule says what it says about an item (by uid) or a group (``group:...``); empty for an unknown subject."""
        if subject.startswith("group:"):
            _, group, key = subject.split(":", 2)
            row = backlog.groups[group].filter(pl.col("group") == key)
            of_group = [each for each in self._of_groups if each.group == group and row.height]
            return tuple(_explained_group(each, subject, row, stands=(each.code, subject) in open_ones) for each in of_group)
        read = _EVERYTHING.union(*(_read(each) for each in self._of_items))
        wanted = sorted(read | {UNSEEN + name for name in read & backlog.unseen})
        row = backlog.at((backlog.uids == subject).arg_true()).select(wanted).collect()
        return tuple(_explained(each, subject, row) for each in self._of_items) if row.height else ()

    @property
    def _judgements(self) -> tuple[Judgement, ...]:
        return (*self._of_items, *self._of_groups)

    def _judge_items(self, backlog: Backlog) -> dict[int, _Said | Crash]:
        masks = _masks_or_crashes(self._of_items, backlog)
        sound = {key: mask for key, mask in masks.items() if isinstance(mask, Mask)}
        rows = _united(*(rows for mask in sound.values() for rows in (mask.flawed, mask.unjudged) if rows is not None))
        wanted = sorted(
            (_EVERYTHING | self._places).union(*(_columns(each, backlog.unseen) for each in self._of_items if id(each) in sound))
        )
        touched_frame = backlog.at(rows).select(wanted).collect()
        result: dict[int, _Said | Crash] = {}
        for each in self._of_items:
            found = masks[id(each)]
            result[id(each)] = found if isinstance(found, Crash) else _guarded(partial(_say, each, found, touched_frame, self._spoken))
        return result | self._with_checklists(result, touched_frame)

    def _with_checklists(self, said: Mapping[int, _Said | Crash], touched: pl.DataFrame) -> dict[int, _Said | Crash]:
        """What composite rules say, with their points: these speak with the words of the rules behind them."""
        told = {(one.code, one.subject): one for each in said.values() if isinstance(each, _Said) for one in each.findings}
        return {
            id(each): replace(found, findings=with_points(found.findings, each, touched, told))
            for each in self._of_items
            if each.checklist and isinstance(found := said[id(each)], _Said)
        }


def _idle(judgements: Sequence[Judgement], backlog: Backlog) -> tuple[Unevaluated, ...]:
    """Rules that had nothing to look at, or nothing to hold it against: what the administrator is told instead of silence."""
    idle = {each.code: _idleness(each, backlog) for each in judgements if each.setting.rule.without or each.setting.rule.unset}
    return tuple(Unevaluated(code, count, (), remedy=remedy) for code, (count, remedy) in idle.items() if remedy)


def _idleness(each: Judgement, backlog: Backlog) -> tuple[int, str]:
    rule = each.setting.rule
    kinds = backlog.frame["kind"].is_in([kind.value for kind in each.setting.kinds or rule.kinds]).sum()
    if rule.unset and not getattr(each.setting.options, rule.unset):
        return int(kinds), f"decide rules.{rule.code}.options.{rule.unset}"
    return int(kinds), "" if kinds or not rule.without else f"none was read: {rule.without}"


def _either(one: pl.Series | None, other: pl.Series | None) -> pl.Series | None:
    return _united(one, other) if one is not None and other is not None else one if other is None else other


def _united(*rows: pl.Series) -> pl.Series:
    """All of several row numbers, in order."""
    return pl.concat([pl.Series("row", dtype=pl.UInt32), *rows]).unique().sort()


def _guarded(call: Callable[[], _Said]) -> _Said | Crash:
    """The boundary at which one rule may fail and the others go on."""
    try:
        return call()
    except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - whatever a rule does, the others are judged
        return Crash(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300])


def _masks_or_crashes(judgements: Sequence[Judgement], backlog: Backlog) -> dict[int, Mask | Crash]:
    try:
        masks = masks_of(judgements, backlog)
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001 - one query for all says not which rule it was: ask them one by one
        return {id(each): _mask_or_crash(each, backlog) for each in judgements}
    return {id(each): mask for each, mask in zip(judgements, masks, strict=True)}


def _mask_or_crash(each: Judgement, backlog: Backlog) -> Mask | Crash:
    found: list[Mask] = []

    def one() -> _Said:
        found.extend(masks_of([each], backlog))
        return _Said()

    result = _guarded(one)
    return result if isinstance(result, Crash) else found[0]


def _read(each: Judgement) -> frozenset[str]:
    return each.named.union(*(tree.facts_of(condition).keys() for condition in (each.whole, each.applies, each.flaw, *graver(each))))


def _columns(each: Judgement, unseen: frozenset[str]) -> frozenset[str]:
    """What is needed of a touched item to say something about it."""
    read = tree.facts_of(each.whole).keys()
    worse = frozenset[str]().union(*(tree.facts_of(condition).keys() for condition in graver(each)))
    listed = read if each.checklist else frozenset[str]()
    return each.named | worse | listed | {UNSEEN + name for name in (read | worse) & unseen}


def _say(each: Judgement, mask: Mask, frame: pl.DataFrame, spoken: Spoken) -> _Said:
    """About the rows of a frame; it holds all of which there is something to say, in their order."""
    findings = findings_of(each, frame[frame["row"].search_sorted(mask.flawed)], spoken)
    if mask.unjudged is None or not len(mask.unjudged):
        return _Said(findings)
    open_ones = frame[frame["row"].search_sorted(mask.unjudged)]
    facts = tuple(
        sorted(name for name in tree.facts_of(each.whole) if UNSEEN + name in open_ones.columns and open_ones[UNSEEN + name].any())
    )
    pairs = [(each.code, uid) for uid in open_ones["uid"].to_list()]
    unevaluated = (Unevaluated(each.code, open_ones.height, facts),)
    return _Said(findings, frozenset(pairs), unevaluated, frozenset(compress(pairs, grave(each, open_ones))))


def _one_a_rule(told: Sequence[_Said]) -> Iterator[Unevaluated]:
    """What several settings of one rule could not judge is one thing; an item may be in doubt under each of them."""
    by_code: dict[str, list[_Said]] = {}
    for said in told:
        for code in {entry.code for entry in said.unevaluated}:
            by_code.setdefault(code, []).append(said)
    for code, several in by_code.items():
        subjects = frozenset[tuple[str, str]]().union(*(said.unjudged for said in several))
        facts = {fact for said in several for entry in said.unevaluated for fact in entry.facts}
        yield Unevaluated(code, len(subjects), tuple(sorted(facts)))


def _judge_groups(each: Judgement, frame: pl.DataFrame, stand: Sequence[str], spoken: Spoken) -> _Said:
    groups = _numbered(each, frame)
    mask = _mask_of_groups(each, groups)
    if each.standing is not None and stand:
        # What is said keeps the limits that hold: they are lower only for the question whether it is over.
        eased = _mask_of_groups(each.standing, _numbered(each.standing, frame).filter(pl.col("uid").is_in(stand)))
        flawed = _united(mask.flawed, eased.flawed)
        doubtful = _either(mask.unjudged, eased.unjudged)
        mask = Mask(flawed, None if doubtful is None else doubtful.filter(~doubtful.is_in(flawed.implode())))
    return _say(each, mask, groups, spoken)


def _numbered(each: Judgement, frame: pl.DataFrame) -> pl.DataFrame:
    return limited(each, frame).with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), uid=pl.lit(f"group:{each.group}:") + pl.col("group")
    )


def _mask_of_groups(each: Judgement, groups: pl.DataFrame) -> Mask:
    unseen = frozenset(name.removeprefix(UNSEEN) for name in groups.columns if name.startswith(UNSEEN))
    return masks([each], groups.lazy(), Compiler(unseen))[0]


def limited(each: Judgement, frame: pl.DataFrame) -> pl.DataFrame:
    """The groups with their limits; a group for which nobody has set any has them unseen."""
    rule = each.setting.rule
    if rule.limits is None:
        return frame
    limits = [rule.limits(each.setting.options, row) for row in frame.iter_rows(named=True)]
    unset = pl.Series([each is None for each in limits], dtype=pl.Boolean)
    return frame.with_columns(
        *(pl.Series(fact.name, [(values or {}).get(fact.name) for values in limits], dtype=column_type(fact)) for fact in rule.limit_facts),
        *(unset.alias(UNSEEN + fact.name) for fact in rule.limit_facts),
    )


def _explained_group(each: Judgement, subject: str, row: pl.DataFrame, *, stands: bool) -> Explanation:
    found = _explained(each, subject, limited(each, row))
    if each.standing is None or not stands or found.verdict is Verdict.FLAWED:
        return found
    return replace(_explained(each.standing, subject, limited(each.standing, row)), margin=each.setting.margin)


def _explained(each: Judgement, subject: str, row: pl.DataFrame) -> Explanation:
    applies, flaw = explain(each.applies, row), explain(each.flaw, row)
    unseen = frozenset(name.removeprefix(UNSEEN) for name in row.columns if name.startswith(UNSEEN))
    compiler = Compiler(unseen & tree.facts_of(each.whole).keys())
    whole = row.select(must=compiler.must(each.whole), can=compiler.can(each.whole)).row(0, named=True)
    if whole["must"]:
        verdict = Verdict.FLAWED
    elif whole["can"]:
        verdict = Verdict.NOT_EVALUABLE
    else:
        verdict = Verdict.FINE if applies.value is True else Verdict.NOT_APPLICABLE
    gate = str(row["gate"][0]) if "gate" in row.columns else None
    severity = severities(each, row.with_columns(uid=pl.lit(subject)))[0] if whole["must"] else each.severity(gate)
    worse = explain(each.worse, row) if each.worse is not None else None
    return Explanation(each.code, subject, verdict, severity, applies, flaw, worse, _values(each, row), each.setting, gate)


def _values(each: Judgement, row: pl.DataFrame) -> dict[str, object]:
    """What it read, in the order in which it names the facts; what its options leave out it did not read."""
    conditions = tuple(tree.settled(condition) for condition in (each.applies, each.flaw, *graver(each)))
    names = [name for condition in conditions for name in tree.facts_of(condition)]
    unseen = {name for name in names if UNSEEN + name in row.columns and row[UNSEEN + name][0]}
    values = row.row(0, named=True)
    return {name: NOT_SEEN if name in unseen else values[name] for name in dict.fromkeys(names)}
