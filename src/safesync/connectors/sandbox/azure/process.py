"""The Agile process: work item types, their states and fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Category = Literal["Proposed", "InProgress", "Resolved", "Completed", "Removed"]
FieldType = Literal["string", "integer", "dateTime", "plainText", "html", "treePath", "history", "double", "guid", "boolean", "identity"]

_COLORS: dict[Category, str] = {
    "Proposed": "b2b2b2",
    "InProgress": "007acc",
    "Resolved": "ff9d00",
    "Completed": "339933",
    "Removed": "ffffff",
}


@dataclass(frozen=True, slots=True)
class State:
    """A state and the category that tells what it means."""

    name: str
    category: Category

    @property
    def color(self) -> str:
        """Six hexadecimal digits."""
        return _COLORS[self.category]


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field that work items may have."""

    reference: str
    name: str
    type: FieldType = "string"
    read_only: bool = False
    identity: bool = False
    picklist: bool = False


@dataclass(slots=True)
class ItemType:
    """A work item type."""

    name: str
    category: str
    color: str
    states: tuple[State, ...]
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The reference name."""
        return "Microsoft.VSTS.WorkItemTypes." + self.name.replace(" ", "")

    def state(self, name: str) -> State | None:
        """The state of this name, whatever its upper and lower case."""
        return next((state for state in self.states if state.name.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Level:
    """A backlog level: the items that are planned together."""

    id: str
    name: str
    rank: int
    kind: Literal["portfolio", "requirement", "task"]
    types: tuple[str, ...]
    color: str


@dataclass(slots=True)
class Process:
    """What a project works by."""

    name: str
    id: str
    types: dict[str, ItemType]
    levels: tuple[Level, ...]
    effort_field: str

    def type_named(self, name: str) -> ItemType | None:
        """The work item type of this name, whatever its upper and lower case."""
        return next((kind for kind in self.types.values() if kind.name.lower() == name.lower()), None)


def _states(*names: str) -> tuple[State, ...]:
    categories: dict[str, Category] = {
        "New": "Proposed",
        "Design": "Proposed",
        "Ready": "InProgress",
        "Active": "InProgress",
        "Resolved": "Resolved",
        "Closed": "Completed",
        "Removed": "Removed",
    }
    return tuple(State(name, categories[name]) for name in names)


def agile() -> Process:
    """The Agile process as Azure DevOps ships it."""
    full = _states("New", "Active", "Resolved", "Closed", "Removed")
    kinds = (
        ItemType("Epic", "Microsoft.EpicCategory", "FF7B00", full),
        ItemType("Feature", "Microsoft.FeatureCategory", "773B93", full),
        ItemType("User Story", "Microsoft.RequirementCategory", "009CCC", full),
        ItemType("Bug", "Microsoft.BugCategory", "CC293D", _states("New", "Active", "Resolved", "Closed")),
        ItemType("Task", "Microsoft.TaskCategory", "F2CB1D", _states("New", "Active", "Closed", "Removed")),
        ItemType("Issue", "Microsoft.IssueCategory", "B4009E", _states("Active", "Closed")),
        ItemType("Test Case", "Microsoft.TestCaseCategory", "004B50", _states("Design", "Ready", "Closed")),
    )
    levels = (
        Level("Microsoft.EpicCategory", "Epics", 4, "portfolio", ("Epic",), "FF7B00"),
        Level("Microsoft.FeatureCategory", "Features", 3, "portfolio", ("Feature",), "773B93"),
        Level("Microsoft.RequirementCategory", "Stories", 2, "requirement", ("User Story", "Bug"), "009CCC"),
        Level("Microsoft.TaskCategory", "Tasks", 1, "task", ("Task",), "F2CB1D"),
    )
    return Process(
        "Agile",
        "adcc42ab-9882-485e-a3ed-7678f01f66bc",
        {kind.name: kind for kind in kinds},
        levels,
        "Microsoft.VSTS.Scheduling.StoryPoints",
    )


_FIELDS = """
System.Id|ID|integer|r
System.Rev|Rev|integer|r
System.Watermark|Watermark|integer|r
System.Title|Title|string|
System.Description|Description|html|
System.History|History|history|
System.State|State|string|
System.Reason|Reason|string|
System.WorkItemType|Work Item Type|string|
System.TeamProject|Team Project|string|
System.AreaPath|Area Path|treePath|
System.AreaId|Area ID|integer|
System.AreaLevel1|Area Level 1|string|r
System.AreaLevel2|Area Level 2|string|r
System.AreaLevel3|Area Level 3|string|r
System.AreaLevel4|Area Level 4|string|r
System.IterationPath|Iteration Path|treePath|
System.IterationId|Iteration ID|integer|
System.IterationLevel1|Iteration Level 1|string|r
System.IterationLevel2|Iteration Level 2|string|r
System.IterationLevel3|Iteration Level 3|string|r
System.IterationLevel4|Iteration Level 4|string|r
System.NodeName|Node Name|string|r
System.AssignedTo|Assigned To|string|i
System.CreatedBy|Created By|string|ri
System.CreatedDate|Created Date|dateTime|r
System.ChangedBy|Changed By|string|ri
System.ChangedDate|Changed Date|dateTime|r
System.AuthorizedAs|Authorized As|string|ri
System.AuthorizedDate|Authorized Date|dateTime|r
System.RevisedDate|Revised Date|dateTime|r
System.PersonId|Person ID|integer|r
System.CommentCount|Comment Count|integer|r
System.Parent|Parent|integer|r
System.Tags|Tags|plainText|
System.IsDeleted|Is Deleted|boolean|r
System.BoardColumn|Board Column|string|r
System.BoardColumnDone|Board Column Done|boolean|r
System.BoardLane|Board Lane|string|r
Microsoft.VSTS.Common.AcceptanceCriteria|Acceptance Criteria|html|
Microsoft.VSTS.Common.ActivatedBy|Activated By|string|i
Microsoft.VSTS.Common.ActivatedDate|Activated Date|dateTime|
Microsoft.VSTS.Common.BusinessValue|Business Value|integer|
Microsoft.VSTS.Common.ClosedBy|Closed By|string|i
Microsoft.VSTS.Common.ClosedDate|Closed Date|dateTime|
Microsoft.VSTS.Common.Priority|Priority|integer|
Microsoft.VSTS.Common.ResolvedDate|Resolved Date|dateTime|
Microsoft.VSTS.Common.Risk|Risk|string|
Microsoft.VSTS.Common.Severity|Severity|string|
Microsoft.VSTS.Common.StackRank|Stack Rank|double|
Microsoft.VSTS.Common.StateChangeDate|State Change Date|dateTime|r
Microsoft.VSTS.Common.TimeCriticality|Time Criticality|double|
Microsoft.VSTS.Common.ValueArea|Value Area|string|
Microsoft.VSTS.Scheduling.DueDate|Due Date|dateTime|
Microsoft.VSTS.Scheduling.Effort|Effort|double|
Microsoft.VSTS.Scheduling.FinishDate|Finish Date|dateTime|
Microsoft.VSTS.Scheduling.OriginalEstimate|Original Estimate|double|
Microsoft.VSTS.Scheduling.RemainingWork|Remaining Work|double|
Microsoft.VSTS.Scheduling.StartDate|Start Date|dateTime|
Microsoft.VSTS.Scheduling.StoryPoints|Story Points|double|
Microsoft.VSTS.Scheduling.TargetDate|Target Date|dateTime|
Microsoft.VSTS.TCM.ReproSteps|Repro Steps|html|
Microsoft.VSTS.CMMI.Blocked|Blocked|string|
Custom.BenefitHypothesis|Benefit Hypothesis|html|
Custom.RROEValue|RROE Value|double|
Custom.WorkCategory|Work Category|string|p
"""


def shipped_fields() -> dict[str, FieldKind]:
    """Every field of the organisation by reference name: the shipped ones and the three custom ones of a SAFe process."""
    rows = (line.split("|") for line in _FIELDS.strip().splitlines())
    return {
        reference: FieldKind(reference, name, kind, "r" in flags, "i" in flags, "p" in flags)  # type: ignore[arg-type]
        for reference, name, kind, flags in rows
    }
