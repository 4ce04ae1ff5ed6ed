"""Meridian's work written into an Azure DevOps organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any

from safesync.connectors.sandbox.azure.organisation import AzureOrganisation
from safesync.connectors.sandbox.azure.people import Person as Account
from safesync.connectors.sandbox.azure.process import Category, State
from safesync.connectors.sandbox.azure.teams import Column
from safesync.connectors.sandbox.meridian.calendar import INTERVALS
from safesync.connectors.sandbox.meridian.onto_jira import CATEGORIES
from safesync.connectors.sandbox.meridian.people import PAYMENTS, PEOPLE, SAFESYNC, TEAMS, Person
from safesync.connectors.sandbox.meridian.prose import html
from safesync.connectors.sandbox.meridian.truth import Meridian
from safesync.connectors.sandbox.meridian.work import EVIDENCE, Home, Work
from safesync.model.item import Kind, Stage, WorkClass

PROJECT = "Payments"
TRAIN_AREA = rf"{PROJECT}\{PAYMENTS}"
PREDECESSOR = "System.LinkTypes.Dependency-Reverse"
PARENT = "System.LinkTypes.Hierarchy-Reverse"
_TYPES = {Kind.EPIC: "Epic", Kind.FEATURE: "Feature"}
_STATES: dict[Stage, tuple[str, Category]] = {
    Stage.FUNNEL: ("New", "Proposed"),
    Stage.ANALYSIS: ("Analyzing", "Proposed"),
    Stage.READY: ("Ready", "Proposed"),
    Stage.IN_PROGRESS: ("Active", "InProgress"),
    Stage.VALIDATING: ("Resolved", "Resolved"),
    Stage.DONE: ("Closed", "Completed"),
    Stage.CANCELLED: ("Removed", "Removed"),
}
_EPIC_COLUMNS = {
    Stage.FUNNEL: "Funnel",
    Stage.ANALYSIS: "Portfolio analysis",
    Stage.READY: "Portfolio backlog",
    Stage.IN_PROGRESS: "Implementing",
    Stage.VALIDATING: "Measuring",
    Stage.DONE: "Finished",
}
"""Not called like the columns of features: a column of a team is known by its name."""
_BUSINESS = frozenset({WorkClass.FEATURE, WorkClass.COMPLIANCE})


class AzureWriter:
    """Writes Meridian into ``organisation``; ``jira_url`` is the address of the other tracker."""

    def __init__(self, organisation: AzureOrganisation, meridian: Meridian, jira_url: str) -> None:
        self.organisation = organisation
        self.meridian = meridian
        self.jira_url = jira_url
        self.accounts: dict[Person, Account] = {}

    def write(self) -> None:
        """People, the project with its paths and boards, every item, and their links."""
        for person in (SAFESYNC, *PEOPLE):
            self.accounts[person] = self.organisation.add_identity(person.name, person.mail, bot=person.bot)
        self._write_project()
        self._write_paths()
        self._write_teams()
        works = [work for work in self.meridian.works if work.home is Home.AZURE]
        for n, work in enumerate(works):
            self._write_item(work, n)
        for work in works:
            self._write_links(work)

    def _write_project(self) -> None:
        """An inherited Agile process: epics and features have two more states, so that the funnel can be told from ready work."""
        project = self.organisation.add_project(PROJECT, "Agile")
        states = tuple(State(name, category) for name, category in _STATES.values())
        for name in _TYPES.values():
            project.process.types[name] = replace(project.process.types[name], states=states)

    def _write_paths(self) -> None:
        for team in TEAMS:
            if team.train == PAYMENTS:
                self.organisation.add_area(rf"{TRAIN_AREA}\{team.name}")
        for interval in INTERVALS:
            self.organisation.add_iteration(rf"{PROJECT}\{interval}", *self.meridian.calendar.span(interval))
        for iteration in self.meridian.calendar.iterations:
            path = rf"{PROJECT}\{iteration.interval}\Iteration {iteration.name}"
            self.organisation.add_iteration(path, iteration.starts_on, iteration.ends_on)

    def _write_teams(self) -> None:
        paths = [rf"{PROJECT}\{iteration.interval}\Iteration {iteration.name}" for iteration in self.meridian.calendar.iterations]
        boards = {level: self._columns(kind) for level, kind in (("Epics", Kind.EPIC), ("Features", Kind.FEATURE))}
        self.organisation.add_team(PAYMENTS, TRAIN_AREA, [rf"{PROJECT}\{interval}" for interval in INTERVALS], boards)
        for team in TEAMS:
            if team.train == PAYMENTS:
                members = [self.accounts[person] for person in (team.owner, *team.members)]
                self.organisation.add_team(team.name, rf"{TRAIN_AREA}\{team.name}", paths, members=members)

    def _columns(self, kind: Kind) -> list[Column]:
        """One column a state; those of active work have a limit."""
        states = {stage: name for stage, (name, _) in _STATES.items() if stage is not Stage.CANCELLED}
        names = _EPIC_COLUMNS if kind is Kind.EPIC else states
        return [
            Column(names[stage], self.meridian.limits.get((PAYMENTS, names[stage]), 0), {_TYPES[kind]: state})
            for stage, state in states.items()
        ]

    def _write_item(self, work: Work, n: int) -> None:
        item = self.organisation.add_work_item(
            _TYPES[work.kind],
            {name: value for name, value in self._fields(work, n).items() if value not in (None, "")},
            work.created_at,
            self.accounts[work.author],
            revisions=self._revisions(work, n),
            comments=[(remark.at, self.accounts[remark.by], f"<div>{escape(remark.text)}</div>") for remark in work.remarks],
        )
        if str(item.id) != work.key:
            message = f"Azure DevOps called {work.key} {item.id}"
            raise ValueError(message)

    def _fields(self, work: Work, n: int) -> dict[str, Any]:
        start, end = self.meridian.calendar.span(work.interval) if work.interval else (None, None)
        return {
            "System.Title": work.title,
            "System.State": _STATES[Stage.FUNNEL if work.moves else work.stage][0],
            "System.AreaPath": TRAIN_AREA,
            "System.IterationPath": rf"{PROJECT}\{work.interval}" if work.interval else PROJECT,
            "System.AssignedTo": self.accounts[work.owner] if work.owner else None,
            "System.Tags": "; ".join([*work.labels, *(f"theme:{theme}" for theme in work.themes)]),
            "System.Description": html(work.description),
            "Microsoft.VSTS.Common.AcceptanceCriteria": html(work.acceptance),
            "Microsoft.VSTS.Common.BusinessValue": work.business_value,
            "Microsoft.VSTS.Common.TimeCriticality": work.time_criticality,
            "Microsoft.VSTS.Common.StackRank": float(1000 * (n + 1)),
            "Microsoft.VSTS.Common.ValueArea": "Business" if work.work_class in _BUSINESS else "Architectural",
            "Microsoft.VSTS.Scheduling.Effort": work.job_size,
            "Microsoft.VSTS.Scheduling.StartDate": start,
            "Microsoft.VSTS.Scheduling.TargetDate": end,
            "Custom.BenefitHypothesis": html(work.benefit),
            "Custom.RROEValue": work.risk_reduction,
            "Custom.WorkCategory": CATEGORIES[work.work_class] if work.work_class else None,
        }

    def _revisions(self, work: Work, n: int) -> list[tuple[datetime, Account, Mapping[str, Any]]]:
        moves = [(move.at, self.accounts[move.by], {"System.State": _STATES[move.stage][0]}) for move in work.moves]
        ranks = [
            (touch.at, self.accounts[touch.by], {"Microsoft.VSTS.Common.StackRank": float(1000 * (n + 1) - turn - 1)})
            for turn, touch in enumerate(work.touches)
        ]
        return [*moves, *ranks]

    def _write_links(self, work: Work) -> None:
        if work.parent:
            self.organisation.link(int(work.key), PARENT, int(self.meridian.work(work.parent).key))
        if work.evidenced_at:
            self.organisation.attach(int(work.key), EVIDENCE)
        for needed in (self.meridian.work(handle) for handle in work.needs):
            if needed.home is Home.AZURE:
                self.organisation.link(int(work.key), PREDECESSOR, int(needed.key))
            else:
                self.organisation.add_hyperlink(int(work.key), f"{self.jira_url}/browse/{needed.key}", "depends on")
