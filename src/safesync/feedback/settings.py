"""How SafeSync answers: the ``feedback`` part of the configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """How many items one run may begin to speak on; the first limit that is passed stops it before it writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: int = Field(default=50, ge=0, description="At most this many items get their first comment in one run.")
    share: float = Field(default=0.2, ge=0, le=1, description="At most this share of the items in scope (five are always allowed).")
    jump: float = Field(default=3.0, ge=1, description="At most this many times the number of the last run (ten are always allowed).")


class FeedbackSettings(BaseModel):
    """What is written to the trackers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    comments: bool = Field(default=True, description="Whether SafeSync writes its one comment an item. Off: those that stand, stay.")
    labels: bool = Field(default=True, description="Whether SafeSync sets and removes its own labels or tags.")
    language: Literal["en"] = Field(default="en", description="Language of the comments.")
    limits: Limits = Field(default_factory=Limits, description="What stops a run that would write too much.")
    docs_url: str | None = Field(
        default=None, description="Address of the rule pages; a code in a comment links to it, followed by a slash and the code."
    )
