"""How a tracker's own words are read in SAFe's: the part of the configuration that connectors interpret."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from safesync.model.item import Kind, Relation, Stage, WorkClass

FieldName = Literal[
    "acceptance",
    "benefit",
    "points",
    "job_size",
    "business_value",
    "time_criticality",
    "risk_reduction",
    "interval",
    "team",
    "work_class",
    "epic_owner",
    "themes",
    "parent",
    "target_start",
    "target_end",
    "due_on",
    "depends_on",
]


class FieldChoice(BaseModel):
    """How a tracker's field is recognised; exactly one way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str | None = Field(default=None, description="The id or reference name, such as customfield_10016 or Custom.RROE.")
    name: str | None = Field(default=None, description="The display name, compared without upper and lower case.")
    schema_key: str | None = Field(
        default=None,
        alias="schema",
        description="The schema key of a Jira field type, such as com.atlassian.teams:rm-teams-custom-field-team.",
    )


class Mapping(BaseModel):
    """How types, states, fields and links of one tracker are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: str | None = Field(default=None, description="A shipped mapping to start from; what stands here overrides it.")
    types: dict[Kind, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Kind -> names or ids of work item types. A type that stands nowhere is read as 'other' and reported.",
    )
    stages: dict[Stage, tuple[str, ...]] = Field(
        default_factory=dict, description="Stage -> names or ids of states that the state's category does not tell apart."
    )
    fields: dict[FieldName, tuple[FieldChoice, ...]] = Field(
        default_factory=dict, description="SafeSync's field -> the tracker's; of several the first that holds a value counts."
    )
    work_class: dict[WorkClass, tuple[str, ...]] = Field(
        default_factory=dict, description="Work class -> values of the mapped field, types, labels or Value Areas that mean it."
    )
    links: dict[Relation, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Relation -> names of link types (Blocks, Predecessor), or comments on hyperlinks that mean it.",
    )
    theme_prefix: str = Field(default="theme:", description="Labels or tags with this prefix name strategic themes.")
    interval_pattern: str | None = Field(default=None, description="Regular expression that finds the planning interval in a name.")
    innovation_pattern: str = Field(
        default=r"\bIP\b|innovation (?:&|and) planning", description="Names of innovation and planning iterations."
    )
    train_depth: int = Field(default=1, ge=0, description="Azure DevOps: depth of the area node that is the train; 0 means the project.")
    team_depth: int = Field(default=2, ge=1, description="Azure DevOps: depth of the area node that is the team.")
    bots: tuple[str, ...] = Field(default=(), description="Account ids or display names whose changes are not a person's, beside our own.")
