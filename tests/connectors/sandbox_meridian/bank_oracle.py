"""
The sixteen rules once more, written the long way over the neutral organisation, so that what was planted can be checked.

Nothing is shared with SafeSync's own facts and rules, nor with the code that plants: only the definitions are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from safesync.connectors.sandbox.meridian.delivery import TARGETS
from safesync.connectors.sandbox.meridian.people import TEAMS
from safesync.connectors.sandbox.meridian.prose import Prose, Style
from safesync.connectors.sandbox.meridian.topics import THEMES
from safesync.connectors.sandbox.meridian.truth import COLUMN, TRAIN_COLUMN, Meridian
from safesync.connectors.sandbox.meridian.work import Home, Work
from safesync.model.item import Gate, Kind, Stage, WorkClass

Found = tuple[str, str]
"""(code, "jira:KEY", "azure:ID" or the key of a group)."""

PLACEHOLDERS = {
    "",
    "tbd",
    "n/a",
    "wird noch ergänzt",
    "folgt",
    "à définir",
    "see above",
    "criterion 1",
    "criterion 2",
    "given [precondition], when [action], then [expected result]",
}
VAGUE = {
    *("works as expected", "funktioniert wie erwartet", "fonctionne correctement", "fast", "user-friendly", "done.", "works"),
    *("the export is fast", "the page is user-friendly"),
}
HEADINGS = {"acceptance criteria", "akzeptanzkriterien", "critères d'acceptation", "benefit hypothesis"}
GATES = list(Gate)


def section(prose: Prose) -> list[str]:
    """The lines below a known heading."""
    lines: list[str] = []
    inside = False
    for block in prose:
        if block.style is Style.HEADING:
            inside = block.lines[0].lower() in HEADINGS
        elif inside:
            lines += block.lines
    return lines


def verdict(field: Prose, description: Prose) -> str:
    lines = [line.lower() for block in field for line in block.lines] + [line.lower() for line in section(description)]
    real = [line for line in lines if line not in PLACEHOLDERS]
    if not real:
        return "none"
    vague = sum(line in VAGUE for line in real) / len(real)
    return "weak" if vague > 0.5 or len(real) > 10 else "ok"


class Oracle:
    """Judges Meridian as of a moment."""

    def __init__(self, meridian: Meridian, now: datetime) -> None:
        self.bank = meridian
        self.now = now
        self.today = now.date()
        self.children: dict[str, list[Work]] = defaultdict(list)
        for work in meridian.works:
            if work.parent:
                self.children[work.parent].append(work)

    def found(self) -> set[Found]:
        every = {(code, work.handle) for work in self.bank.works for code in self.codes(work)}
        return every | set(self.drifts()) | set(self.overfull())

    def codes(self, work: Work) -> Iterator[str]:
        for name in dir(self):
            if name.startswith("rule_") and getattr(self, name)(work):
                yield name.removeprefix("rule_").upper()

    # What a rule needs to know ----------------------------------------------------------------------------------

    def phase(self, start: date, end: date, following: date) -> str:
        return "past" if end < self.today else "current" if start <= self.today else "next" if start == following else "later"

    def gate(self, work: Work) -> Gate:
        if not work.open:
            return Gate.DONE
        if work.active:
            return Gate.ACTIVE
        coming = min(each.starts_on for each in self.bank.calendar.iterations if each.starts_on > self.today)
        phases = set()
        if work.iterations:
            last = self.bank.calendar.iteration(work.iterations[-1])
            phases.add(self.phase(last.starts_on, last.ends_on, coming))
        if work.interval and (not work.iterations or phases == {"past"} or "later" in phases):
            start, end = self.bank.calendar.span(work.interval)
            starts = [self.bank.calendar.span(each)[0] for each in ("PI 26.3", "PI 26.4", "PI 27.1")]
            phases.add(self.phase(start, end, min(each for each in starts if each > self.today)))
        if "current" in phases:
            return Gate.CURRENT
        if "next" in phases:
            return Gate.NEXT
        return Gate.READY if work.stage is Stage.READY else Gate.BACKLOG

    def reached(self, work: Work, gate: Gate) -> bool:
        return GATES.index(self.gate(work)) >= GATES.index(gate)

    def above(self, work: Work) -> Iterator[Work]:
        while work.parent:
            work = self.bank.work(work.parent)
            yield work

    def work_class(self, work: Work) -> WorkClass | None:
        return next((each.work_class for each in (work, *self.above(work)) if each.work_class), None)

    def began(self, work: Work) -> datetime:
        return next(move.at for move in work.moves if move.stage is Stage.IN_PROGRESS)

    def entered(self, work: Work) -> datetime:
        return work.moves[-1].at if work.moves else work.created_at

    def quiet_working_days(self, work: Work) -> int:
        events = [(work.created_at, work.author)]
        events += [(event.at, event.by) for event in (*work.moves, *work.touches, *work.remarks)]
        starts = [self.bank.calendar.iteration(name).starts_on for name in work.iterations[1:]]
        events += [(datetime.combine(start, time(9), UTC), work.author) for start in starts]  # carried over by a person
        last = max(at for at, by in events if not by.bot).date()
        days = (last + timedelta(days=n) for n in range((self.today - last).days))
        return sum(1 for day in days if day.weekday() < 5)

    def ends_on(self, work: Work) -> date | None:
        if work.iterations:
            return self.bank.calendar.iteration(work.iterations[-1]).ends_on
        return self.bank.calendar.span(work.interval)[1] if work.interval else None

    # The rules --------------------------------------------------------------------------------------------------

    def rule_tm101(self, work: Work) -> bool:
        return work.open and work.kind is Kind.STORY and verdict(work.acceptance, work.description) == "none"

    def rule_tm102(self, work: Work) -> bool:
        judged = work.open and work.kind in {Kind.STORY, Kind.FEATURE} and self.reached(work, Gate.READY)
        return judged and verdict(work.acceptance, work.description) == "weak"

    def rule_tm105(self, work: Work) -> bool:
        return work.open and work.kind in {Kind.STORY, Kind.BUG} and work.points is None and self.reached(work, Gate.READY)

    def rule_tm107(self, work: Work) -> bool:
        judged = work.active and work.kind in {Kind.STORY, Kind.BUG, Kind.FEATURE}
        return judged and work.owner is None and self.now - self.began(work) >= timedelta(days=2)

    def rule_tm108(self, work: Work) -> bool:
        limit = {Kind.STORY: 5, Kind.BUG: 5, Kind.FEATURE: 10}.get(work.kind)
        if limit is None or not work.active:
            return False
        return self.quiet_working_days(work) > limit * (2 if work.stage is Stage.VALIDATING else 1)

    def rule_tm111(self, work: Work) -> bool:
        if not work.open or work.kind not in {Kind.STORY, Kind.BUG} or not work.iterations:
            return False
        return self.today - self.bank.calendar.iteration(work.iterations[-1]).ends_on > timedelta(days=1)

    def rule_pg202(self, work: Work) -> bool:
        judged = work.open and work.kind is Kind.FEATURE and work.stage is not Stage.FUNNEL and self.work_class(work) is WorkClass.FEATURE
        return judged and verdict(work.benefit, work.description) == "none"

    def rule_pg203(self, work: Work) -> bool:
        if not work.open or work.kind not in {Kind.FEATURE, Kind.EPIC} or work.active:
            return False
        if work.stage is not Stage.READY and self.gate(work) is not Gate.NEXT:
            return False
        parts = (work.business_value, work.time_criticality, work.risk_reduction, work.job_size)
        if None in parts:
            return True
        return self.work_class(work) is WorkClass.COMPLIANCE and not work.time_criticality and not work.risk_reduction

    def rule_pf301(self, work: Work) -> bool:
        return work.open and work.kind is Kind.EPIC and work.stage is not Stage.FUNNEL and work.owner is None

    def rule_pf305(self, work: Work) -> bool:
        themes = {theme for each in (work, *self.above(work)) for theme in each.themes} & set(THEMES)
        if not work.open or themes or self.work_class(work) is WorkClass.MAINTENANCE:
            return False
        orphan = work.kind is Kind.FEATURE and not any(each.kind is Kind.EPIC for each in self.above(work))
        return orphan or (work.kind is Kind.EPIC and work.stage is not Stage.FUNNEL)

    def rule_lk701(self, work: Work) -> bool:
        hidden = work.foreign_parent is not None
        return work.open and work.kind is Kind.STORY and not hidden and not any(each.kind is Kind.FEATURE for each in self.above(work))

    def rule_lk702(self, work: Work) -> bool:
        if not work.open or work.kind is not Kind.FEATURE or not self.reached(work, Gate.READY):
            return False
        return not work.themes and not any(each.kind is Kind.EPIC for each in self.above(work))

    def rule_lk706(self, work: Work) -> bool:
        if work.stage is not Stage.DONE or work.kind not in {Kind.FEATURE, Kind.EPIC}:
            return False
        left = [child for child in self.children[work.handle] if child.open and child.kind is not Kind.BUG]
        return bool(left) and self.now - self.entered(work) >= timedelta(days=2)

    def rule_lk709(self, work: Work) -> bool:
        mine = self.ends_on(work)
        needed = [self.bank.work(handle) for handle in work.needs]
        ends = [self.ends_on(other) for other in needed if other.open]
        return work.open and mine is not None and any(end is not None and end > mine for end in ends)

    # Groups -----------------------------------------------------------------------------------------------------

    def shares(self) -> dict[tuple[str, str], dict[WorkClass, float]]:
        trains = {team.name: team.train for team in TEAMS}
        points: dict[tuple[str, str], Counter[WorkClass]] = defaultdict(Counter)
        for work in self.bank.works:
            work_class = self.work_class(work)
            if work.team and work.interval and work.points and work_class and work.stage is not Stage.CANCELLED:
                points[trains[work.team], work.interval][work_class] += work.points  # type: ignore[assignment]
        return {place: {each: 100 * spent[each] / spent.total() for each in TARGETS[place[0]]} for place, spent in points.items()}

    def drift(self, train: str, interval: str) -> float:
        return max(abs(share - TARGETS[train][work_class]) for work_class, share in self.shares()[train, interval].items())

    def drifts(self) -> Iterator[Found]:
        for train, interval in self.shares():
            if self.drift(train, interval) > 10:
                yield "GR503", f"{train}|{interval}"

    def overfull(self) -> Iterator[Found]:
        counts: Counter[tuple[str, str, str]] = Counter()
        for work in self.bank.works:
            if work.team and work.stage in COLUMN and work.kind is not Kind.TASK:
                counts["jira-eu", work.team, COLUMN[work.stage]] += 1
            elif work.home is Home.AZURE and work.kind is Kind.FEATURE and work.stage in TRAIN_COLUMN:
                counts["ado", "Payments", TRAIN_COLUMN[work.stage]] += 1
        for (tracker, team, column), count in counts.items():
            if count > self.bank.limits[team, column]:
                yield "FL401", f"{tracker}|{team}|{column}"


def at_noon(today: date) -> datetime:
    return datetime.combine(today, time(12), UTC)
