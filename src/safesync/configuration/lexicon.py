"""Words that an administrator adds to those that texts are read by."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _is_language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError("a language is named by its code of two or three small letters, such as en")
    return value


Language = Annotated[str, AfterValidator(_is_language)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Phrases = tuple[Phrase, ...]


class WordsPart(BaseModel):
    """
    Words of one language, added to the shipped ones.

    They are written as people write them: case, spaces and apostrophes do not matter, except in keys.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    acceptance: Phrases = Field(default=(), description="Headings of acceptance criteria.")
    acceptance_keys: Phrases = Field(default=(), description="Short ones, only at the beginning of a line and as they are written: AC.")
    numbered_keys: Phrases = Field(default=(), description="Two capital letters before the number of a criterion: AC, as in AC1.")
    definition_of_done: Phrases = Field(default=(), description="Headings of a Definition of Done.")
    benefit: Phrases = Field(default=(), description="Headings of a benefit hypothesis.")
    sections: Phrases = Field(default=(), description="Other headings: a section with criteria ends at them.")
    scenario: Phrases = Field(default=(), description="What titles of scenarios begin with.")
    given: Phrases = Field(default=(), description="What the condition of a scenario begins with.")
    when: Phrases = Field(default=(), description="What the event of a scenario begins with.")
    then: Phrases = Field(default=(), description="What the result of a scenario begins with.")
    so_that: Phrases = Field(default=(), description="What a purpose begins with.")
    believe: Phrases = Field(default=(), description="What a hypothesis begins with.")
    vague: Phrases = Field(default=(), description="Words that nobody can check.")
    comparisons: Phrases = Field(default=(), description="Words that make a vague one checkable.")
    placeholders: Phrases = Field(default=(), description="Whole lines that stand for a text that nobody wrote.")
    placeholder_starts: Phrases = Field(default=(), description="What such lines begin with when they go on for a few words.")
    template_words: Phrases = Field(default=(), description="Words of templates that stand before a number: criterion, as in Criterion 1.")
    titles: Phrases = Field(default=(), description="Titles that nobody wrote.")
    story_role: Phrases = Field(default=(), description="What the role of a story begins with.")
    story_goal: Phrases = Field(default=(), description="What the wish of a story begins with.")
    story_benefit: Phrases = Field(default=(), description="What the reason of a story begins with.")
    no_roles: Phrases = Field(default=(), description="What follows the beginning of a role and is none: result, as in 'as a result'.")
    epic_outcomes: Phrases = Field(default=(), description="Headings of business outcomes.")
    epic_indicators: Phrases = Field(default=(), description="Headings of leading indicators.")
    nfr: Phrases = Field(default=(), description="Headings of non-functional requirements.")
    mvp: Phrases = Field(default=(), description="Headings of a minimum viable product.")
    business_case: Phrases = Field(default=(), description="Headings of a lean business case.")
    metrics: Phrases = Field(default=(), description="Names of measures: lead time.")
    units: Phrases = Field(default=(), description="Units that stand behind a number.")
    control_keys: Phrases = Field(default=(), description="Beginnings of the names of regulations and controls, as they are written: DORA.")

    def added(self) -> dict[str, tuple[str, ...]]:
        """What was written, by name."""
        return {name: tuple(phrases) for name, phrases in self if phrases}
