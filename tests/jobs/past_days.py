"""A store that is filled and checked day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from safesync.connectors.port import Page, Surroundings
from safesync.facts.measure import measure
from safesync.jobs.check import check
from safesync.jobs.replay import Replayed, replay
from safesync.model.finding import Finding
from safesync.model.item import Item
from safesync.model.organisation import Organisation, Team
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import NOW, surroundings_of
from safesync.rules.rule import RuleSetting
from safesync.store.port import Store, TrackerState

AROUND = surroundings_of()
FIRST = NOW.date()
DAY = timedelta(days=1)


def setting(code: str, **options: Any) -> RuleSetting:
    rule = shipped()[code]
    return RuleSetting(rule, rule.options(**options))


def rules(*codes: str) -> tuple[RuleSetting, ...]:
    return tuple(setting(code) for code in codes)


MIXED = rules("TM101", "TM105", "TM108", "TM110", "TM111", "TM112", "PG206", "LK701", "LK707", "FL401", "PI807")
"""Of the text, of links, of the clock, of groups; some of what was not seen."""


@dataclass(slots=True)
class History:
    """A store that is filled and checked day by day."""

    store: Store
    rules: Sequence[RuleSetting] = MIXED
    organisation: Organisation = AROUND.organisation
    trackers: tuple[str, ...] = ("jira", "ado")
    found: dict[date, tuple[set[tuple[str, str]], set[tuple[str, str]]]] = field(default_factory=dict)
    """For each day what was found on it, and what was open after it."""

    def save(self, day: int, *items: Item, gone: Sequence[str] = (), teams: tuple[Team, ...] = ()) -> None:
        around = Surroundings(AROUND.iterations, AROUND.intervals, AROUND.columns, teams)
        page = Page(items=items, gone=tuple(gone), surroundings=around, cursor="c")
        rows = [measure(item) for item in items]
        self.store.save_page("jira", page, rows, state=TrackerState("c", "me", "s"), now=NOW + day * DAY)

    def check(self, day: int, **reach: Any) -> dict[str, Finding]:
        """What is found, by subject."""
        checked = check(
            self.store,
            Judge(self.rules),
            self.organisation,
            NOW + day * DAY,
            trackers=self.trackers,
            rules=self.rules,
            keep_days=1000,
            **reach,
        )
        flawed = {(one.code, one.subject) for one in (*checked.report.flawed, *checked.report.shadowed)}
        self.found[FIRST + day * DAY] = flawed, {(one.finding.code, one.finding.subject) for one in self.store.findings()}
        return {one.subject: one for one in checked.report.flawed}

    def replay(self, new: Sequence[RuleSetting] | None = None, since: date = FIRST) -> Replayed:
        return replay(self.store, self.rules, self.rules if new is None else new, since, self.trackers)
