"""Trackers as they are found, in the ways in which organisations model SAFe; made up, in the shapes that real sites have."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from safesync.connectors.inspection import FoundField, FoundLink, FoundState, FoundType, Inspection

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
POINTS = FoundField(
    "customfield_10016", "Story Points", ("Story Points",), "com.pyxis.greenhopper.jira:jsw-story-points", "number", (("Story", 40),)
)
ESTIMATE = FoundField("customfield_10026", "Story point estimate", ("Story point estimate",), f"{CUSTOM}float", "number", (("Story", 12),))
TEAM = FoundField("customfield_10001", "Team", ("Team",), f"{CUSTOM}atlassian-team", "option", (("Story", 45),))
CRITERIA = FoundField("customfield_10101", "Acceptance Criteria", ("Acceptance Criteria",), f"{CUSTOM}textarea", "text", (("Story", 30),))
DUE = FoundField("duedate", "Due date", ("Due date",), None, "date", (("Feature", 9),))
STATES = (
    FoundState("To Do", "new", 20),
    FoundState("Ready", "new", 9),
    FoundState("In Progress", "indeterminate", 30),
    FoundState("In Review", "indeterminate", 12),
    FoundState("Done", "done", 25),
    FoundState("Won't Do", "done", 3),
)


def kind(name: str, level: int | None = None, sampled: int = 50) -> FoundType:
    return FoundType(name, (name, str(crc32(name.encode()))), level, sampled, sampled)


def jira(*types: FoundType, fields: tuple[FoundField, ...] = (POINTS, TEAM, CRITERIA, DUE), cloud: bool = True) -> Inspection:
    deployment = "Jira Cloud" if cloud else "Jira Data Center"
    sampled = sum(each.sampled for each in types)
    return Inspection("jira", deployment, "1", "directly", types=types, fields=fields, states=STATES, sampled=sampled)


PREMIUM = jira(
    kind("Theme", 3, 4), kind("Initiative", 2, 9), kind("Epic", 1), kind("Story", 0), kind("Sub-task", -1), fields=(POINTS, ESTIMATE, TEAM)
)
RENAMED = jira(kind("Portfolio Epic", 0, 7), kind("Feature", 1), kind("Story", 0), kind("Bug", 0))
PARENT_LINK = FoundField("customfield_10018", "Parent Link", ("Parent Link",), "com.atlassian.jpo:jpo-custom-field-parent")
ROADMAPS = jira(
    kind("Initiative"),
    kind("Epic"),
    kind("Story"),
    kind("Sub-task", -1),
    fields=(replace(POINTS, schema=f"{CUSTOM}float"), PARENT_LINK),
    cloud=False,
)
LINKED = replace(
    jira(kind("Epic", 1, 5), kind("Feature", 0), kind("Story", 0), fields=(ESTIMATE,)),
    links=(
        FoundLink("Blocks", "blocks", "is blocked by", (("Feature", "Story"), ("Story", "Story"))),
        FoundLink("Hierarchy", "is parent of", "is child of", (("Epic", "Feature"), ("Feature", "Story"), ("Feature", "Story"))),
        FoundLink("Implements", "implements", "is implemented by", (("Story", "Feature"),)),
    ),
)


def azure(process: str, *names: str, fields: tuple[FoundField, ...] = (), areas: tuple[str, ...] = ()) -> Inspection:
    types = tuple(FoundType(name, (name,), None, 20, 20) for name in names)
    return Inspection(
        "azure-devops", "Azure DevOps Services", "7.1", "directly", (process,), types, fields, sampled=20 * len(types), areas=areas
    )


AGILE = azure(
    "Agile", "Epic", "Feature", "User Story", "Bug", "Task", "Issue", areas=("P", "P\\Cards", "P\\Cards\\Ibis", "P\\Cards\\Merlin")
)
SCRUM = azure("Scrum", "Epic", "Feature", "Product Backlog Item", "Bug", "Task", "Impediment", areas=("P", "P\\Ibis", "P\\Merlin"))
CMMI = azure("CMMI", "Epic", "Feature", "Requirement", "Bug", "Task", "Issue", "Risk", "Change Request", "Review")
BASIC = azure("Basic", "Epic", "Issue", "Task")
INHERITED = azure(
    "Contoso SAFe", "Portfolio Epic", "Capability", "Feature", "User Story", "Enabler Story", "PI Objective", "Risk", "Bug", "Task"
)
