"""How a tracker's own words are read in SAFe's: the part of the configuration that connectors interpret."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

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
    "owner",
    "epic_owner",
    "themes",
    "parent",
    "target_start",
    "target_end",
    "due_on",
    "depends_on",
    "blocked_reason",
    "blocked_until",
    "wsjf_score",
    "resolution",
    "enabler_kind",
    "hypothesis",
    "business_case",
    "mvp",
    "cost_estimate",
    "cost_approved",
    "cost_forecast",
    "cost_actual",
    "mvp_budget",
    "horizon",
    "value_stream",
    "decision",
    "outcome",
    "approval",
    "approver",
    "approved_on",
    "controls",
    "test_result",
    "tested_on",
    "roam",
    "committed",
    "planned_value",
    "actual_value",
    "baseline",
    "target",
    "progress",
]


class Form(StrEnum):
    """How the value of a field is read."""

    TEXT = "text"
    WORDS = "words"
    NUMBER = "number"
    DAY = "day"
    TRUTH = "truth"


FURTHER: Map[FieldName, Form] = MappingProxyType(
    {
        "blocked_reason": Form.WORDS,
        "blocked_until": Form.DAY,
        "wsjf_score": Form.NUMBER,
        "resolution": Form.WORDS,
        "enabler_kind": Form.WORDS,
        "hypothesis": Form.TEXT,
        "business_case": Form.TEXT,
        "mvp": Form.TEXT,
        "cost_estimate": Form.NUMBER,
        "cost_approved": Form.NUMBER,
        "cost_forecast": Form.NUMBER,
        "cost_actual": Form.NUMBER,
        "mvp_budget": Form.NUMBER,
        "horizon": Form.WORDS,
        "value_stream": Form.WORDS,
        "decision": Form.WORDS,
        "outcome": Form.WORDS,
        "approval": Form.WORDS,
        "approver": Form.WORDS,
        "approved_on": Form.DAY,
        "controls": Form.WORDS,
        "test_result": Form.WORDS,
        "tested_on": Form.DAY,
        "roam": Form.WORDS,
        "committed": Form.TRUTH,
        "planned_value": Form.NUMBER,
        "actual_value": Form.NUMBER,
        "baseline": Form.NUMBER,
        "target": Form.NUMBER,
        "progress": Form.NUMBER,
    }
)
"""
Fields that few organisations keep: read by their form alone, the same in every tracker, and only where they are mapped.

Unmapped they are unseen for every item, except for texts: without a field, those may stand in the description.
"""
UNASKED = frozenset({"resolution", "test_result", "tested_on"})
"""Those of ``FURTHER`` that some tracker tells without being asked: unmapped they need not be unseen."""
_BLOCKED = frozenset(
    {"blocked", "blockiert", "bloqué", "bloquée", "bloqueado", "bloqueada", "bloccato", "bloccata", "geblokkeerd", "zablokowane"}
    | {"zablokowany", "ブロック中", "已阻塞"}
)
_YES = frozenset({"yes", "true", "committed", "ja", "oui", "1"})
_NO = frozenset({"no", "false", "uncommitted", "stretch", "nein", "non", "0"})


@lru_cache(maxsize=4_096)
def says_blocked(word: str | None) -> bool:
    """Whether a label, a tag or the name of a state says that whatever carries it is blocked."""
    return word is not None and word.strip().casefold() in _BLOCKED


@lru_cache(maxsize=4_096)
def together(always: frozenset[str], also: frozenset[str]) -> frozenset[str]:
    """Both sets as one, and one object for all items of which the same was not seen: what is found by it later is found at once."""
    return always | also


def truth(word: str | None) -> bool | None:
    """What a word of a choice says; ``None`` when nothing was chosen, ``ValueError`` for a word that is neither."""
    if word is None:
        return None
    said = word.casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise ValueError("neither yes nor no")


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

    @model_validator(mode="after")
    def _one_way(self) -> FieldChoice:
        if sum(way is not None for way in (self.id, self.name, self.schema_key)) != 1:
            raise ValueError("give exactly one of id, name and schema")
        return self


def _choice(value: Any) -> Any:
    """A bare text is an id when it looks like one (customfield_10016, Custom.RROE), else a name."""
    if isinstance(value, str):
        return {"id": value} if re.fullmatch(r"customfield_\d+|[A-Za-z]\w*(\.\w+)+|duedate|parent", value) else {"name": value}
    return value


def _several(value: Any) -> Any:
    """One thing may be written without the brackets of a list."""
    return [value] if isinstance(value, (str, int, dict)) else value


def _texts(value: Any) -> Any:
    return [str(entry) if isinstance(entry, int) else entry for entry in value] if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: _texts(_several(value)))]
Choices = Annotated[tuple[Annotated[FieldChoice, BeforeValidator(_choice)], ...], BeforeValidator(_several)]


class Mapping(BaseModel):
    """How types, states, fields and links of one tracker are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    preset: str | None = Field(default=None, description="A shipped mapping to start from; what stands here overrides it.")
    types: dict[Kind, Names] = Field(
        default_factory=dict,
        description="Kind -> names or ids of work item types. A type that stands nowhere is read as 'other' and reported.",
    )
    stages: dict[Stage, Names] = Field(
        default_factory=dict, description="Stage -> names or ids of states that the state's category does not tell apart."
    )
    fields: dict[FieldName, Choices] = Field(
        default_factory=dict, description="SafeSync's field -> the tracker's; of several the first that holds a value counts."
    )
    work_class: dict[WorkClass, Names] = Field(
        default_factory=dict, description="Work class -> values of the mapped field, types, labels or Value Areas that mean it."
    )
    links: dict[Relation, Names] = Field(
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
    bots: Names = Field(default=(), description="Account ids or display names whose changes are not a person's, beside our own.")

    @property
    def further(self) -> tuple[FieldName, ...]:
        """Those of ``FURTHER`` that are mapped; an empty list says that there is no such field, which is then empty and not unseen."""
        return tuple(name for name in FURTHER if self.fields.get(name))

    @property
    def unmapped(self) -> frozenset[str]:
        """Those of ``FURTHER`` that are not, and so unseen; a text that has no field may stand in the description."""
        return frozenset(name for name, form in FURTHER.items() if form is not Form.TEXT and name not in self.fields)

    @field_validator("interval_pattern", "innovation_pattern")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"this is no regular expression: {error}") from None
        return value
