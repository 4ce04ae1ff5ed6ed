"""Everything a run needs, in one place: fake trackers at the port, a real store, and a judge that reads titles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fake_tracker import NOON, FakeTracker

from safesync.facts.backlog import Backlog
from safesync.feedback.batches import only
from safesync.feedback.settings import FeedbackSettings
from safesync.jobs.result import RunResult
from safesync.jobs.run import apply_once, run_once
from safesync.jobs.source import Source
from safesync.model.change import Plan
from safesync.model.finding import Finding, Report, Severity
from safesync.model.item import Gate
from safesync.model.organisation import Organisation
from safesync.store.port import Store

_CODE = re.compile(r"(\?)?\b([A-Z]{2}\d{3})(i)?\b")
CODES = frozenset({"TM101", "TM105", "PG202", "FL401"})


@dataclass(slots=True)
class TitleJudge:
    """Every code in a title is a finding: ``TM101`` a warning, ``TM101i`` an info, ``?TM101`` is not evaluable."""

    codes: frozenset[str] = CODES
    groups: tuple[Finding, ...] = ()
    known_groups: frozenset[str] = frozenset()
    lenient: bool = False
    """Looks at everything and finds it fine."""

    @property
    def reads(self) -> frozenset[str]:
        return frozenset({"title"})

    @property
    def reads_groups(self) -> frozenset[str]:
        return frozenset()

    def judge(self, backlog: Backlog, now: datetime, open_ones: object = ()) -> Report:  # noqa: ARG002 - as every judge
        rows = backlog.frame.select("uid", "title").rows()
        flawed: list[Finding] = []
        unjudged: set[tuple[str, str]] = set()
        for uid, title in () if self.lenient else rows:
            for doubt, code, info in _CODE.findall(title):
                if doubt:
                    unjudged.add((code, uid))
                elif code in self.codes:
                    severity = Severity.INFO if info else Severity.WARNING
                    flawed.append(Finding(code, uid, severity, Gate.NEXT, f"Do what {code} asks.", "Looked at the title."))
        return Report(
            judged_at=now,
            items=len(rows),
            codes=self.codes,
            subjects=frozenset(uid for uid, _ in rows) | self.known_groups,
            flawed=(*flawed, *self.groups),
            unjudged=frozenset(unjudged),
            grave=frozenset(unjudged),
        )


@dataclass(slots=True)
class Office:
    store: Store
    folder: Path
    trackers: Sequence[FakeTracker]
    judge: TitleJudge = field(default_factory=TitleJudge)
    organisation: Organisation = field(default_factory=Organisation)
    feedback: FeedbackSettings = field(default_factory=FeedbackSettings)
    fingerprint: str = "scope-1"

    @property
    def sources(self) -> list[Source]:
        return [Source(tracker, self.fingerprint) for tracker in self.trackers]

    def run(self, now: datetime = NOON) -> RunResult:
        return run_once(self.sources, self.store, self.judge, self.organisation, self.feedback, now)

    def apply(self, plan: Plan) -> RunResult:
        return apply_once(plan, self.sources, self.store, NOON)

    def apply_batch(self, plan: Plan, batch: str) -> RunResult:
        return apply_once(only(plan, [batch]), self.sources, self.store, NOON, whole=False)

    def met(self) -> None:
        """SafeSync is no stranger here: no run is the first one."""
        self.store.save_baseline((), NOON, met=[tracker.name for tracker in self.trackers])

    def writes(self) -> int:
        return sum(tracker.calls.writes for tracker in self.trackers)
