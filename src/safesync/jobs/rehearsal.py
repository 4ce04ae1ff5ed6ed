"""Rehearse: judge a few items without keeping anything, to see what each rule can say about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

import polars as pl

from safesync.connectors.mapping import FieldName
from safesync.connectors.port import Page, Surroundings
from safesync.facts.backlog import Backlog, backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.measure import measure
from safesync.model.finding import Report
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.rules.engine import Judge
from safesync.rules.examples import facts_of, links_of
from safesync.rules.rule import RuleSetting

_FIELDS = frozenset(get_args(FieldName))
_ELSEWHERE = {
    "iteration": "sprints or iterations that we may see",
    "board_column": "boards that we may see, called like their teams",
    "links": "issue links and parents that we may see",
    "transitions": "a history that we may see",
    "last_human_change_at": "a history that we may see",
    "stage": "mapping.stages",
    "kind": "mapping.types",
    "train": "organisation.trains",
}
"""What helps a fact that no single field can."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one rule could say: on how many of its subjects (items of its kinds, or groups), and what the others lack."""

    code: str
    name: str
    subjects: int
    unjudged: int
    flawed: int
    helps: tuple[str, ...] = ()
    """Where to look in the configuration or the tracker."""
    proposed: float | None = None
    """The share when what is only proposed is taken up, where that makes it larger."""

    @property
    def share(self) -> float | None:
        """The part of the subjects that can be judged; ``None`` when there is no subject."""
        return (self.subjects - self.unjudged) / self.subjects if self.subjects else None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The measured facts of the sample, and what each rule makes of them."""

    facts: pl.DataFrame
    outlooks: tuple[Outlook, ...]


def compared(outlooks: Sequence[Outlook], taken_up: Sequence[Outlook]) -> tuple[Outlook, ...]:
    """The same, with what the shares would be by the others, where that is more."""
    by_code = {each.code: each.share for each in taken_up}
    better = {each.code: share for each in outlooks if (share := by_code.get(each.code)) is not None and share > (each.share or 0)}
    return tuple(replace(each, proposed=better.get(each.code)) for each in outlooks)


def rehearse(pages: Sequence[Page], organisation: Organisation, settings: Sequence[RuleSetting], now: datetime) -> Rehearsal:
    """Judge the items of all pages as one backlog."""
    items = tuple(item for page in pages for item in page.items if _measurable(item))
    around = _joined([page.surroundings for page in pages if page.surroundings])
    facts = facts_of(items)
    seen = backlog(facts, links_of(items), around.iterations, around.intervals, around.columns, around.teams, organisation, now)
    report = Judge(settings).judge(seen, now)
    return Rehearsal(facts, tuple(_outlook(each, seen, report) for each in _by_code(settings)))


def _measurable(item: Item) -> bool:
    try:
        measure(item)
    except Exception:  # noqa: BLE001 - as in a pull: one odd text stops nobody
        return False
    return True


def _joined(around: Sequence[Surroundings]) -> Surroundings:
    return Surroundings(
        iterations=tuple(one for each in around for one in each.iterations),
        intervals=tuple(one for each in around for one in each.intervals),
        columns=tuple(one for each in around for one in each.columns),
        teams=tuple(one for each in around for one in each.teams),
    )


def _by_code(settings: Iterable[RuleSetting]) -> list[RuleSetting]:
    """One setting a rule: those of a rule for several teams judge the same kinds."""
    return list({each.rule.code: each for each in settings}.values())


def _outlook(setting: RuleSetting, seen: Backlog, report: Report) -> Outlook:
    rule = setting.rule
    if rule.group is not None:
        subjects = seen.groups[rule.group.value].height
    else:
        kinds = [kind.value for kind in setting.kinds or rule.kinds]
        subjects = seen.frame.filter(pl.col("kind").is_in(kinds)).height if kinds else seen.frame.height
    facts = [name for each in report.unevaluated if each.code == rule.code for name in each.facts]
    limits = {fact.name for fact in rule.limit_facts}
    helps = tuple(dict.fromkeys(word for name in facts for word in _helps(name, limits, rule.code)))
    unjudged = sum(code == rule.code for code, _ in report.unjudged)
    flawed = Counter(finding.code for finding in report.flawed)[rule.code]
    return Outlook(rule.code, rule.name, subjects, unjudged, flawed, helps)


def _helps(fact: str, limits: set[str], code: str) -> Iterable[str]:
    if fact in limits:
        return (f"rules.{code}.options",)
    needs = ITEM_FACTS[fact].needs if fact in ITEM_FACTS else ()
    return [f"mapping.fields.{need}" if need in _FIELDS else _ELSEWHERE.get(need, need) for need in needs]
