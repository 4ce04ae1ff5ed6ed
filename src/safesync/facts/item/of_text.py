"""Facts that are read out of an item's texts, declared beside those of ``catalog`` because there are many of them."""

from __future__ import annotations

from safesync.facts.fact import COMMAS, SEMICOLONS, Fact, FactType, Sort
from safesync.facts.text.phrases import OF_INVEST, PARTS_OF_HYPOTHESIS, PARTS_OF_VOICE

VERDICTS = ("missing", "empty", "placeholder", "weak", "ok")
TITLE_VERDICTS = ("empty", "placeholder", "weak", "ok")
VOICES = ("none", "partial", "well_formed")

_NUMBER, _TEXT, _TRUTH = FactType.NUMBER, FactType.TEXT, FactType.TRUTH
_DESCRIPTION = ("description",)
_HYPOTHESIS = ("description", "benefit", "hypothesis")

OF_TEXT: tuple[Fact, ...] = (
    Fact(
        "title_verdict",
        _TEXT,
        Sort.MEASURED,
        "How good its title looks: a placeholder is 'New story', a weak one has one word.",
        vocabulary=TITLE_VERDICTS,
        ordered=True,
    ),
    Fact("title_words", _NUMBER, Sort.MEASURED, "Real words of its title.", unit="words"),
    Fact(
        "story_voice",
        _TEXT,
        Sort.MEASURED,
        "Whether title or description say who wants what and why: well_formed with role, goal and benefit, partial without a benefit.",
        vocabulary=VOICES,
        ordered=True,
        needs=_DESCRIPTION,
    ),
    Fact(
        "story_voice_parts",
        _TEXT,
        Sort.MEASURED,
        "Which parts of story voice were found: 'role, goal, benefit'.",
        needs=_DESCRIPTION,
        phrases=(COMMAS, *PARTS_OF_VOICE),
    ),
    Fact(
        "invest_hints",
        _TEXT,
        Sort.MEASURED,
        "What makes a story look less than independent, valuable, small or negotiable, joined by '; '; of stories only.",
        needs=("description", "acceptance"),
        phrases=(SEMICOLONS, *OF_INVEST),
    ),
    Fact(
        "epic_hypothesis_verdict",
        _TEXT,
        Sort.MEASURED,
        "Whether it has an epic hypothesis: weak with one or two parts of it; of epics, capabilities and features only.",
        vocabulary=VERDICTS,
        needs=_HYPOTHESIS,
    ),
    Fact(
        "epic_hypothesis_parts",
        _NUMBER,
        Sort.MEASURED,
        "How many of the ten parts of an epic hypothesis were found.",
        unit="parts",
        needs=_HYPOTHESIS,
    ),
    Fact(
        "epic_hypothesis_missing",
        _TEXT,
        Sort.MEASURED,
        "The parts that were not found, joined by ', '.",
        needs=_HYPOTHESIS,
        phrases=(COMMAS, *PARTS_OF_HYPOTHESIS),
    ),
    Fact(
        "mvp_words",
        _NUMBER,
        Sort.MEASURED,
        "Words that describe its minimum viable product, in a field of its own or under a heading; empty without any.",
        unit="words",
        needs=("description", "mvp"),
    ),
    Fact(
        "business_case_words",
        _NUMBER,
        Sort.MEASURED,
        "Words of its lean business case, in a field of its own or under a heading; empty without any.",
        unit="words",
        needs=("description", "business_case"),
    ),
    Fact(
        "nfr_named",
        _TRUTH,
        Sort.MEASURED,
        "Whether something stands under a heading of non-functional requirements, be it 'none'; of epics, capabilities and features only.",
        needs=_DESCRIPTION,
    ),
    Fact(
        "measure_named",
        _TRUTH,
        Sort.MEASURED,
        "Whether title, benefit or description name a measure: a number with a unit, 'from 5 to 3', a metric; of features and above only.",
        needs=("description", "benefit"),
    ),
    Fact(
        "control_ids",
        _TEXT,
        Sort.MEASURED,
        "Regulations and controls that title, labels and description name ('DORA Art. 12'), joined by '; '.",
        needs=("description", "labels"),
    ),
    Fact(
        "description_digest", _TEXT, Sort.MEASURED, "Stands for what the description says, the same for the same text.", needs=_DESCRIPTION
    ),
    Fact(
        "acceptance_digest",
        _TEXT,
        Sort.MEASURED,
        "Stands for what the acceptance criteria say, the same for the same text.",
        needs=("acceptance", "description"),
    ),
    Fact(
        "acceptance_line_digests",
        _TEXT,
        Sort.MEASURED,
        "Stands for each line of the acceptance criteria, the first fifty of them, with four signs.",
        needs=("acceptance", "description"),
    ),
    Fact(
        "description_line_digests",
        _TEXT,
        Sort.MEASURED,
        "Stands for each line of the description that says something, headings and code left out, with four signs; of epics, capabilities,"
        " features, stories and bugs only, of those that are done of every eighth, and empty where such lines are more than twelve.",
        needs=_DESCRIPTION,
    ),
    Fact(
        "benefit_line_digests",
        _TEXT,
        Sort.MEASURED,
        "Stands for each line of the benefit, the first fifty of them, with four signs; of features and above only,"
        " and of those that are done of every eighth.",
        needs=("benefit", "description"),
    ),
)
