"""What may be written about one rule in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator

from safesync.languages.tongue import Language
from safesync.model.finding import Rollout, Severity
from safesync.model.item import Gate, Kind
from safesync.rules.complaint import one_of
from safesync.rules.rule import AFTER_DAYS, Group, Level

TAGS = frozenset({"one word", "by gate", "one kind", "a group", "several kinds", "one text", "by language"})
"""Names of forms: they stand in the places of pydantic's errors and nowhere in the file."""


def _severity_form(value: Any) -> str:
    return "by gate" if isinstance(value, Mapping) else "one word"


def _judged_form(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "several kinds"
    return "a group" if value in tuple(Group) else "one kind"


def _known_to_judge(value: Any) -> Any:
    """One word may be a kind or a group, and both are told of where it is neither."""
    if isinstance(value, str) and value not in (*Kind, *Group):
        raise ValueError(one_of(value, (*Kind, *Group)))
    return value


# Each entry is read in the one form it has: else pydantic tells of every form that it might have been.
SeveritySetting = Annotated[
    Annotated[Severity, Tag("one word")] | Annotated[dict[Gate, Severity], Tag("by gate")], Discriminator(_severity_form)
]
Judged = Annotated[
    Annotated[Kind, Tag("one kind")]
    | Annotated[Group, Tag("a group")]
    | Annotated[tuple[Kind, ...], Field(min_length=1), Tag("several kinds")],
    Discriminator(_judged_form),
    BeforeValidator(_known_to_judge),
]


_Text = Annotated[str, Field(min_length=3)]
RemedySetting = Annotated[
    Annotated[_Text, Tag("one text")] | Annotated[dict[Language, _Text], Field(min_length=1), Tag("by language")],
    Discriminator(lambda value: "by language" if isinstance(value, Mapping) else "one text"),
]


_STAGE = "How loudly it speaks: shadow, report, label, comment or escalate."


class PartOverride(BaseModel):
    """What may be said about a shipped rule for items of one kind or type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=True, description="Whether the rule judges at all; the rule's code alone with `off` says the same.")
    severity: SeveritySetting | None = Field(
        default=None, description="One word for every item, or a word from each gate on; what is not named stays as the rule has it."
    )
    options: dict[str, Any] = Field(default_factory=dict, description="Values for the rule's options.")
    remedy: RemedySetting | None = Field(
        default=None, description="What to do about it in your words, or a text for each language; facts and options stand in braces."
    )
    exclude: str | None = Field(default=None, description="A condition; items for which it holds are not judged.")
    stage: Rollout | None = Field(default=None, description=_STAGE)
    after_days: int | None = Field(
        default=None, ge=1, description="In the stage escalate: after how many days a finding is graver by one; 14 when left out."
    )
    margin: float | None = Field(
        default=None,
        ge=0,
        lt=100,
        description="Rules about groups: how far below its threshold, in percent, a finding ends; 5 when left out.",
    )


class RuleOverride(PartOverride):
    """What may be said about a shipped rule."""

    kinds: tuple[Kind, ...] = Field(default=(), alias="for", description="Kinds of items to judge instead of the rule's own.")
    of_kinds: dict[Kind, Any] = Field(
        default_factory=dict, alias="kinds", description="What holds for items of one kind of SafeSync's otherwise than for all."
    )
    of_types: dict[str, Any] = Field(
        default_factory=dict, alias="types", description="What holds for items of one type of the tracker's, by its name there."
    )

    @field_validator("kinds", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class CustomExamples(BaseModel):
    """Facts of items that a rule of one's own must flag, and must not flag."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bad: tuple[dict[str, Any], ...] = Field(default=(), description="Items that are flawed, as facts and their values.")
    good: tuple[dict[str, Any], ...] = Field(default=(), description="Items that are fine, as facts and their values.")


class CustomRule(BaseModel):
    """A rule of one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^X[0-9]{3}$", description="X and three digits.")
    name: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$", description="The flaw in words, joined by hyphens.")
    judges: Judged = Field(alias="for", description="A kind, several kinds, or a group.")
    when: str = Field(default="", description="A condition for which items are judged at all; open ones when it is left out.")
    flaw: str = Field(description="The condition that makes an item flawed.")
    severity: SeveritySetting = Field(description="One word, or a word from each gate on.")
    remedy: RemedySetting = Field(description="What to do about it, in one sentence, or a sentence for each language.")
    evidence: str = Field(default="", description="Where we looked; facts stand in braces.")
    level: Level = Field(default=Level.TEAM, description="The level of SAFe it belongs to.")
    exclude: str | None = Field(default=None, description="A condition; items for which it holds are not judged.")
    stage: Rollout = Field(default=Rollout.COMMENT, description=_STAGE)
    after_days: int = Field(default=AFTER_DAYS, ge=1, description="In the stage escalate: after how many days a finding is graver by one.")
    examples: CustomExamples = Field(default_factory=CustomExamples, description="Items that the rule must and must not flag.")
