"""Meridian's work written onto a Jira site, of Jira Cloud or of a Data Center."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import Any

from safesync.connectors.sandbox.jira.enclosures import add_web_link, attach
from safesync.connectors.sandbox.jira.entities import User
from safesync.connectors.sandbox.jira.state import JiraSite, SeededChange
from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT, PAST, Iteration, moment
from safesync.connectors.sandbox.meridian.people import AUTOMATION, PEOPLE, SAFESYNC, TEAMS, Person
from safesync.connectors.sandbox.meridian.prose import Prose, adf, wiki
from safesync.connectors.sandbox.meridian.truth import COLUMN, Meridian
from safesync.connectors.sandbox.meridian.work import EVIDENCE, Home, Work
from safesync.model.item import Kind, Stage, WorkClass

JIRA_USER = "safesync@meridian.example"
JIRA_NAME = "safesync"
"""How SafeSync signs in to a Data Center when it has no personal access token."""
JIRA_TOKEN = "sandbox-jira-token"  # noqa: S105 - opens a made-up site on the loopback interface
_TYPES = {
    Kind.EPIC: "Initiative",
    Kind.FEATURE: "Epic",
    Kind.STORY: "Story",
    Kind.BUG: "Bug",
    Kind.TASK: "Task",
    Kind.OTHER: "Sub-task",
}
_STATUSES = {
    Stage.FUNNEL: "Funnel",
    Stage.ANALYSIS: "Backlog",
    Stage.READY: "Ready",
    Stage.IN_PROGRESS: "In Progress",
    Stage.VALIDATING: "In Review",
    Stage.DONE: "Done",
    Stage.CANCELLED: "Cancelled",
}
CATEGORIES = {
    WorkClass.FEATURE: "Feature",
    WorkClass.ENABLER: "Enabler",
    WorkClass.TECH_DEBT: "Technical debt",
    WorkClass.MAINTENANCE: "Maintenance",
    WorkClass.COMPLIANCE: "Compliance",
}
"""How both trackers name the classes of work."""


def azure_address(azure_url: str, key: str) -> str:
    """The address of an item of Azure DevOps, as people copy it from their browser."""
    return f"{azure_url}/Payments/_workitems/edit/{key}"


class JiraWriter:
    """Writes Meridian onto ``site``, whose address is not needed; ``azure_url`` is that of the other tracker."""

    def __init__(self, site: JiraSite, meridian: Meridian, azure_url: str) -> None:
        self.site = site
        self.meridian = meridian
        self.azure_url = azure_url
        self.users: dict[Person, User] = {}

    def write(self) -> None:
        """People, projects, boards, sprints, every issue, and their links."""
        self._write_people()
        for home, name in ((Home.PAY, "Payments delivery"), (Home.CARDS, "Cards")):
            self.site.add_project(home.value, name)
        for interval in (PAST, CURRENT, NEXT):
            self.site.add_option("customfield_10102", interval)
        for category in CATEGORIES.values():
            self.site.add_option("customfield_10103", category)
        self._write_boards()
        works = [work for work in self.meridian.works if work.home is not Home.AZURE]
        for work in works:
            self._write_issue(work)
        for work in works:
            self._write_links(work)
            self._enclose(work)

    def _write_people(self) -> None:
        """SafeSync is somebody in Jira: an account of its own, signed in with an API token."""
        for number, person in enumerate((SAFESYNC, AUTOMATION, *PEOPLE), 10100):
            mail, token = (JIRA_USER, JIRA_TOKEN) if person is SAFESYNC else (person.mail, None)
            account = f"712020:{person.handle}" if self.site.edition.cloud else f"JIRAUSER{number}"
            name = JIRA_NAME if person is SAFESYNC else person.handle
            self.users[person] = self.site.add_user(account, person.name, mail, bot=person.bot, token=token, username=name)

    def _write_boards(self) -> None:
        for team in TEAMS:
            self.site.add_team(team.name)
            limits = [(name, self.meridian.limits[team.name, name]) for name in COLUMN.values()]
            columns = (
                ("To Do", ("Funnel", "Backlog", "Ready")),
                *((name, (name,), None, limit) for name, limit in limits),
                ("Done", ("Done", "Cancelled")),
            )
            board = self.site.add_board(team.name, team.project, columns)
            for iteration in self.meridian.calendar.iterations:
                start, end = moment(iteration.starts_on, 8), moment(iteration.ends_on, 16)
                self.site.add_sprint(board, f"{team.name} {iteration.name}", self._state(iteration), start, end)

    def _state(self, iteration: Iteration) -> Any:
        today = self.meridian.calendar.today
        if iteration.ends_on < today:
            return "closed"
        return "active" if iteration.starts_on <= today else "future"

    def _write_issue(self, work: Work) -> None:
        parent = self.meridian.work(work.parent) if work.parent else None
        issue = self.site.add_issue(
            work.home.value,
            _TYPES[work.kind],
            work.title,
            created=work.created_at,
            status=_status(work, work.stage),
            fields={name: value for name, value in self._fields(work).items() if value not in (None, [], "")},
            parent=parent.key if parent and parent.home is not Home.AZURE else None,
            creator=self.users[work.author],
            history=self._history(work),
            comments=[(remark.at, self.users[remark.by], remark.text) for remark in work.remarks],
        )
        if issue.key != work.key:
            message = f"Jira called {work.key} {issue.key}"
            raise ValueError(message)

    def _enclose(self, work: Work) -> None:
        """What shows that an obligation was met: a file on each, and on a feature a link to what was released."""
        if at := work.evidenced_at:
            attach(self.site, work.key, self.users[work.author], EVIDENCE, at=at)
            if work.kind is Kind.FEATURE:
                add_web_link(self.site, work.key, self.users[work.author], "https://docs.meridian.example/releases", "Release notes", at=at)

    def _fields(self, work: Work) -> dict[str, Any]:
        return {
            "description": self._document(work.description),
            "labels": sorted([*work.labels, *(f"theme:{theme}" for theme in work.themes)]),
            "assignee": self.users[work.owner] if work.owner else None,
            "customfield_10001": work.team,
            "customfield_10015": self._day(work, 0),
            "duedate": self._day(work, 1),
            "customfield_10016": work.points,
            "customfield_10020": [f"{work.team} {name}" for name in work.iterations],
            "customfield_10021": ["Impediment"] if work.flagged else None,
            "customfield_10101": self._document(work.acceptance),
            "customfield_10102": work.interval if work.kind is Kind.FEATURE else None,
            "customfield_10103": CATEGORIES[work.work_class] if work.work_class else None,
            "customfield_10104": work.business_value,
            "customfield_10105": work.time_criticality,
            "customfield_10106": work.risk_reduction,
            "customfield_10107": work.job_size,
            "customfield_10108": self._feature_address(work),
            "customfield_10109": self._document(work.benefit),
            "customfield_10110": self._needed_address(work),
        }

    def _document(self, prose: Prose) -> Any:
        """A text in the notation of the site."""
        notation = adf if self.site.edition.cloud else wiki
        return notation(prose) if prose else None

    def _day(self, work: Work, end: int) -> str | None:
        """First or last day of a feature's interval; other items are planned by their sprint."""
        if work.kind is not Kind.FEATURE or not work.interval:
            return None
        return self.meridian.calendar.span(work.interval)[end].isoformat()

    def _feature_address(self, work: Work) -> str | None:
        if work.foreign_parent:
            project, key = work.foreign_parent.split("/")
            return azure_address(self.azure_url, key).replace("/Payments/", f"/{project.replace(' ', '%20')}/")
        parent = self.meridian.work(work.parent) if work.parent else None
        return azure_address(self.azure_url, parent.key) if parent and parent.home is Home.AZURE else None

    def _needed_address(self, work: Work) -> str | None:
        needed = [self.meridian.work(handle) for handle in work.needs]
        return next((azure_address(self.azure_url, other.key) for other in needed if other.home is Home.AZURE), None)

    def _history(self, work: Work) -> list[tuple[datetime, User, list[SeededChange]]]:
        """Each change of status, and each move in the ranking, which is what people do to items every other day."""
        status = _status(work, Stage.FUNNEL if work.moves else work.stage)
        entries: list[tuple[datetime, User, list[SeededChange]]] = []
        for move in work.moves:
            entries.append((move.at, self.users[move.by], [("status", status, _status(work, move.stage))]))
            status = _status(work, move.stage)
        entries += self._carried_over(work)
        if work.flagged:
            # Whoever touched it last set the flag.
            at, by = max(
                [*((move.at, move.by) for move in work.moves), *((touch.at, touch.by) for touch in work.touches)], key=itemgetter(0)
            )
            entries.append((at, self.users[by], [("customfield_10021", "", "Impediment")]))
        entries += [(touch.at, self.users[touch.by], [("customfield_10019", "", "Ranked higher")]) for touch in work.touches]
        return sorted(entries, key=lambda entry: entry[0])

    def _carried_over(self, work: Work) -> list[tuple[datetime, User, list[SeededChange]]]:
        """Each time an item was taken into another sprint, on that sprint's first day."""
        names = [f"{work.team} {name}" for name in work.iterations]
        return [
            (moment(self.meridian.calendar.iteration(name).starts_on), self.users[work.author], [("Sprint", names[:n], names[: n + 1])])
            for n, name in enumerate(work.iterations)
            if n
        ]

    def _write_links(self, work: Work) -> None:
        for needed in (self.meridian.work(handle) for handle in work.needs):
            if needed.home is not Home.AZURE:
                self.site.link("Blocks", needed.key, work.key)


def _status(work: Work, stage: Stage) -> str:
    """Portfolio items are analysed; a story that is not ready stands in the backlog."""
    large = work.kind in {Kind.EPIC, Kind.FEATURE}
    return "Analyzing" if large and stage is Stage.ANALYSIS else _STATUSES[stage]
