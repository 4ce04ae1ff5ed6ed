"""Types, statuses, fields and links that every sandbox site has from the start."""

from __future__ import annotations

from safesync.connectors.sandbox.jira.entities import Field, IssueType, LinkType, Status

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"
_AGILE = "com.pyxis.greenhopper.jira"

PARENT_LINK = "customfield_10018"
EPIC_LINK = "customfield_10014"
SPRINT = "customfield_10020"
TEAM = "customfield_10001"
RANK = "customfield_10019"
FLAGGED = "customfield_10021"
EPIC_NAME = "customfield_10011"
HIDDEN = frozenset({"statusCategory", "statuscategorychangedate", "parent"})
"""Fields that a Data Center uses but does not list."""


def issue_types() -> list[IssueType]:
    """From the top of the hierarchy to its bottom."""
    return [
        IssueType(10000, "Initiative", 2),
        IssueType(10001, "Epic", 1),
        IssueType(10002, "Story", 0),
        IssueType(10003, "Task", 0),
        IssueType(10004, "Bug", 0),
        IssueType(10005, "Sub-task", -1),
    ]


def statuses() -> list[Status]:
    """In the order of the workflow."""
    return [
        Status(10100, "Funnel", "new"),
        Status(10101, "Analyzing", "new"),
        Status(10102, "Backlog", "new"),
        Status(10103, "Ready", "new"),
        Status(10104, "In Progress", "indeterminate"),
        Status(10105, "In Review", "indeterminate"),
        Status(10106, "Done", "done"),
        Status(10107, "Cancelled", "done"),
    ]


def link_types() -> list[LinkType]:
    """The link types a new site has, and the one that apps for tests bring."""
    return [
        LinkType(10200, "Blocks", "is blocked by", "blocks"),
        LinkType(10201, "Relates", "relates to", "relates to"),
        LinkType(10202, "Duplicate", "is duplicated by", "duplicates"),
        LinkType(10203, "Tests", "is tested by", "tests"),
    ]


FIELDS: tuple[Field, ...] = (
    Field("summary", "Summary", "string", system="summary"),
    Field("issuetype", "Issue Type", "issuetype", system="issuetype", clauses=("type",)),
    Field("status", "Status", "status", system="status"),
    Field("statusCategory", "Status Category", "statusCategory", system="statusCategory"),
    Field("statuscategorychangedate", "Status Category Changed", "datetime", system="statuscategorychangedate"),
    Field("project", "Project", "project", system="project"),
    Field("parent", "Parent", "issuelink", system="parent"),
    Field("description", "Description", "string", system="description"),
    Field("labels", "Labels", "array", items="string", system="labels"),
    Field("assignee", "Assignee", "user", system="assignee"),
    Field("reporter", "Reporter", "user", system="reporter"),
    Field("creator", "Creator", "user", system="creator"),
    Field("priority", "Priority", "priority", system="priority"),
    Field("resolution", "Resolution", "resolution", system="resolution"),
    Field("resolutiondate", "Resolved", "datetime", system="resolutiondate", clauses=("resolved",)),
    Field("fixVersions", "Fix versions", "array", items="version", system="fixVersions", clauses=("fixVersion",)),
    Field("created", "Created", "datetime", system="created", clauses=("createdDate",)),
    Field("updated", "Updated", "datetime", system="updated", clauses=("updatedDate",)),
    Field("duedate", "Due date", "date", system="duedate", clauses=("due",)),
    Field("issuelinks", "Linked Issues", "array", items="issuelinks", system="issuelinks"),
    Field("subtasks", "Sub-tasks", "array", items="issuelinks", system="subtasks"),
    Field("comment", "Comment", "comments-page", system="comment"),
    Field("attachment", "Attachment", "array", items="attachment", system="attachment", clauses=("attachments",)),
    Field(TEAM, "Team", "team", custom="com.atlassian.teams:rm-teams-custom-field-team"),
    Field(EPIC_LINK, "Epic Link", "any", custom=f"{_AGILE}:gh-epic-link"),
    Field("customfield_10015", "Start date", "date", custom=f"{_TYPES}:datepicker"),
    Field("customfield_10016", "Story Points", "number", custom=f"{_AGILE}:jsw-story-points"),
    Field(PARENT_LINK, "Parent Link", "any", custom="com.atlassian.jpo:jpo-custom-field-parent"),
    Field(RANK, "Rank", "any", custom=f"{_AGILE}:gh-lexo-rank"),
    Field(SPRINT, "Sprint", "array", items="json", custom=f"{_AGILE}:gh-sprint"),
    Field(FLAGGED, "Flagged", "array", items="option", custom=f"{_TYPES}:multicheckboxes"),
    Field("customfield_10101", "Acceptance criteria", "string", custom=f"{_TYPES}:textarea"),
    Field("customfield_10102", "Program Increment", "option", custom=f"{_TYPES}:select"),
    Field("customfield_10103", "Work category", "option", custom=f"{_TYPES}:select"),
    Field("customfield_10104", "Business Value", "number", custom=f"{_TYPES}:float"),
    Field("customfield_10105", "Time Criticality", "number", custom=f"{_TYPES}:float"),
    Field("customfield_10106", "Risk Reduction", "number", custom=f"{_TYPES}:float"),
    Field("customfield_10107", "Job Size", "number", custom=f"{_TYPES}:float"),
    Field("customfield_10108", "Azure DevOps feature", "string", custom=f"{_TYPES}:url"),
    Field("customfield_10109", "Benefit hypothesis", "string", custom=f"{_TYPES}:textarea"),
    Field("customfield_10110", "Depends on (Azure DevOps)", "string", custom=f"{_TYPES}:url"),
)

_ELSEWISE: tuple[Field, ...] = (
    Field(EPIC_NAME, "Epic Name", "string", custom=f"{_AGILE}:gh-epic-label"),
    Field(TEAM, "Team", "option", custom=f"{_TYPES}:select"),
    Field("customfield_10015", "Target start", "date", custom="com.atlassian.jpo:jpo-custom-field-baseline-start"),
    Field("customfield_10016", "Story Points", "number", custom=f"{_TYPES}:float"),
    Field(SPRINT, "Sprint", "array", items="string", custom=f"{_AGILE}:gh-sprint"),
)
"""What a Data Center has in another shape, or has alone."""


def fields(*, cloud: bool) -> tuple[Field, ...]:
    """The fields that a site has from the start."""
    other = {} if cloud else {field.id: field for field in _ELSEWISE}
    known = tuple(other.pop(field.id, field) for field in FIELDS)
    return known + tuple(other.values())


PRIORITIES: dict[str, int] = {"Highest": 1, "High": 2, "Medium": 3, "Low": 4, "Lowest": 5}

READ_ONLY: frozenset[str] = frozenset(
    {
        "status",
        "statusCategory",
        "statuscategorychangedate",
        "creator",
        "created",
        "updated",
        "resolution",
        "resolutiondate",
        "attachment",
        "issuelinks",
        "subtasks",
        "project",
        EPIC_LINK,
        PARENT_LINK,
        RANK,
    }
)
"""Not settable through an edit: the site derives them, or another endpoint changes them."""
