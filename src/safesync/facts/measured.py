"""The facts of one item that are measured when it arrives, and stored."""

from __future__ import annotations

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.of_text import OF_TEXT, VERDICTS
from safesync.model.item import Kind, Stage, WorkClass

_NUMBER, _TEXT, _TRUTH, _DATE, _LABELS = FactType.NUMBER, FactType.TEXT, FactType.TRUTH, FactType.DATE, FactType.LABELS
ACCEPTANCE_VERDICTS = BENEFIT_VERDICTS = VERDICTS

MEASURED: tuple[Fact, ...] = (
    Fact("tracker", _TEXT, Sort.MEASURED, "Name of the tracker the item lives in."),
    Fact("key", _TEXT, Sort.MEASURED, "What people call it: PAY-12, or 412."),
    Fact("project", _TEXT, Sort.MEASURED, "Key or name of its project.", needs=("project",)),
    Fact("kind", _TEXT, Sort.MEASURED, "What it is in SAFe.", vocabulary=tuple(Kind), needs=("kind",)),
    Fact("native_type", _TEXT, Sort.MEASURED, "The tracker's own type name."),
    Fact("native_state", _TEXT, Sort.MEASURED, "The tracker's own state name."),
    Fact("stage", _TEXT, Sort.MEASURED, "How far it is.", vocabulary=tuple(Stage), ordered=True, needs=("stage",)),
    Fact("own_work_class", _TEXT, Sort.MEASURED, "Work class it carries itself.", vocabulary=tuple(WorkClass), needs=("work_class",)),
    Fact("title", _TEXT, Sort.MEASURED, "Its title."),
    Fact("owner", _TEXT, Sort.MEASURED, "Who answers for it; for an epic its Epic Owner.", needs=("owner",)),
    Fact("team", _TEXT, Sort.MEASURED, "The agile team.", needs=("team",)),
    Fact("own_train", _TEXT, Sort.MEASURED, "The train the tracker names.", needs=("train",)),
    Fact("iteration", _TEXT, Sort.MEASURED, "uid of the newest iteration it is planned in.", needs=("iteration",)),
    Fact("own_interval", _TEXT, Sort.MEASURED, "Label of the planning interval it carries itself.", needs=("interval",)),
    Fact("board_column", _TEXT, Sort.MEASURED, "Column of its team's board.", needs=("board_column",)),
    Fact("points", _NUMBER, Sort.MEASURED, "Estimate.", unit="story points", needs=("points",)),
    Fact("job_size", _NUMBER, Sort.MEASURED, "Job size of WSJF.", unit="relative", needs=("job_size",)),
    Fact("business_value", _NUMBER, Sort.MEASURED, "User and business value of WSJF.", unit="relative", needs=("business_value",)),
    Fact("time_criticality", _NUMBER, Sort.MEASURED, "Time criticality of WSJF.", unit="relative", needs=("time_criticality",)),
    Fact(
        "risk_reduction",
        _NUMBER,
        Sort.MEASURED,
        "Risk reduction / opportunity enablement of WSJF.",
        unit="relative",
        needs=("risk_reduction",),
    ),
    Fact("blocked", _TRUTH, Sort.MEASURED, "Whether it is flagged as blocked.", needs=("blocked",)),
    Fact("labels", _LABELS, Sort.MEASURED, "Its labels or tags, asked with has_label('x').", needs=("labels",)),
    Fact("own_themes", _TEXT, Sort.MEASURED, "Strategic themes it carries itself, joined by '; '.", needs=("themes",)),
    Fact("created_at", _DATE, Sort.MEASURED, "When it was created."),
    Fact("stage_entered_at", _DATE, Sort.MEASURED, "When it came into its present stage.", needs=("transitions",)),
    Fact(
        "active_since", _DATE, Sort.MEASURED, "When work on it began, the last time; empty when it is not active.", needs=("transitions",)
    ),
    Fact("started_at", _DATE, Sort.MEASURED, "When work on it began, the first time; empty when it never did.", needs=("transitions",)),
    *(
        Fact(
            f"days_spent_{stage.value}",
            _NUMBER,
            Sort.MEASURED,
            f"Days it was {words}, until it came into its present stage.",
            unit="days",
            needs=("transitions",),
        )
        for stage, words in (
            (Stage.ANALYSIS, "in analysis"),
            (Stage.READY, "ready and waiting"),
            (Stage.IN_PROGRESS, "in progress"),
            (Stage.VALIDATING, "being validated"),
        )
    ),
    Fact("human_change_at", _DATE, Sort.MEASURED, "Last change by a person.", needs=("last_human_change_at",)),
    Fact("due_on", _DATE, Sort.MEASURED, "Due day.", needs=("due_on",)),
    Fact("target_start", _DATE, Sort.MEASURED, "Planned first day.", needs=("target_start",)),
    Fact("target_end", _DATE, Sort.MEASURED, "Planned last day.", needs=("target_end",)),
    Fact("test_links", _NUMBER, Sort.MEASURED, "Tests that are linked to it.", unit="tests", needs=("tests",)),
    Fact("requirement_links", _NUMBER, Sort.MEASURED, "Requirements that it is linked to.", unit="items", needs=("links",)),
    Fact("constraint_links", _NUMBER, Sort.MEASURED, "Constraints (NFRs) that it is linked to.", unit="items", needs=("links",)),
    Fact(
        "evidence_links",
        _NUMBER,
        Sort.MEASURED,
        "Things that hang on it as evidence: attachments, code, builds, pages, items linked as evidence.",
        unit="things",
        needs=("evidence",),
    ),
    Fact("evidence_kinds", _TEXT, Sort.MEASURED, "Kinds of that evidence, joined by '; '.", needs=("evidence",)),
    Fact(
        "acceptance_verdict",
        _TEXT,
        Sort.MEASURED,
        "Whether it has acceptance criteria, and how good they look.",
        vocabulary=ACCEPTANCE_VERDICTS,
        needs=("acceptance", "description"),
    ),
    Fact("acceptance_count", _NUMBER, Sort.MEASURED, "How many criteria were found.", unit="criteria", needs=("acceptance", "description")),
    Fact(
        "acceptance_vague_share",
        _NUMBER,
        Sort.MEASURED,
        "Share of criteria with a vague word and nothing measurable.",
        unit="0..1",
        needs=("acceptance", "description"),
    ),
    Fact(
        "acceptance_words",
        _NUMBER,
        Sort.MEASURED,
        "How many words its criteria have in all.",
        unit="words",
        needs=("acceptance", "description"),
    ),
    Fact(
        "acceptance_places", _TEXT, Sort.MEASURED, "Where criteria were looked for and what was there.", needs=("acceptance", "description")
    ),
    Fact(
        "benefit_verdict",
        _TEXT,
        Sort.MEASURED,
        "Whether it has a benefit hypothesis.",
        vocabulary=BENEFIT_VERDICTS,
        needs=("benefit", "description"),
    ),
    Fact("benefit_places", _TEXT, Sort.MEASURED, "Where a benefit was looked for and what was there.", needs=("benefit", "description")),
    Fact(
        "description_words",
        _NUMBER,
        Sort.MEASURED,
        "Real words of the description, template text removed.",
        unit="words",
        needs=("description",),
    ),
    Fact("blocked_reason", _TEXT, Sort.MEASURED, "Why it is blocked.", needs=("blocked_reason",)),
    Fact("resolution", _TEXT, Sort.MEASURED, "How it was ended, in the tracker's word.", needs=("resolution",)),
    Fact("enabler_kind", _TEXT, Sort.MEASURED, "Kind of enabler, in the tracker's word.", needs=("enabler_kind",)),
    Fact("cost_estimate", _NUMBER, Sort.MEASURED, "Estimated cost.", unit="currency", needs=("cost_estimate",)),
    Fact("cost_approved", _NUMBER, Sort.MEASURED, "Approved cost.", unit="currency", needs=("cost_approved",)),
    Fact("cost_forecast", _NUMBER, Sort.MEASURED, "Forecast of the whole cost.", unit="currency", needs=("cost_forecast",)),
    Fact("cost_actual", _NUMBER, Sort.MEASURED, "Cost so far.", unit="currency", needs=("cost_actual",)),
    Fact("horizon", _TEXT, Sort.MEASURED, "Investment horizon, in the tracker's word.", needs=("horizon",)),
    Fact("decision", _TEXT, Sort.MEASURED, "What was decided after the MVP, in the tracker's word.", needs=("decision",)),
    Fact("outcome", _TEXT, Sort.MEASURED, "What became of the benefit hypothesis.", needs=("outcome",)),
    Fact("approval", _TEXT, Sort.MEASURED, "Status of its approval, in the tracker's word.", needs=("approval",)),
    Fact("approver", _TEXT, Sort.MEASURED, "Who approved it.", needs=("approver",)),
    Fact("approved_on", _DATE, Sort.MEASURED, "When it was approved.", needs=("approved_on",)),
    Fact("own_controls", _TEXT, Sort.MEASURED, "Requirements or controls it names itself, joined by '; '.", needs=("controls",)),
    Fact("roam", _TEXT, Sort.MEASURED, "Of a risk: resolved, owned, accepted or mitigated, in the tracker's word.", needs=("roam",)),
    Fact("committed", _TRUTH, Sort.MEASURED, "Whether a PI objective is committed.", needs=("committed",)),
    Fact("planned_value", _NUMBER, Sort.MEASURED, "Planned business value of a PI objective.", unit="1..10", needs=("planned_value",)),
    Fact("actual_value", _NUMBER, Sort.MEASURED, "Actual business value of a PI objective.", unit="1..10", needs=("actual_value",)),
    Fact("baseline", _NUMBER, Sort.MEASURED, "Where a key result began.", needs=("baseline",)),
    Fact("target", _NUMBER, Sort.MEASURED, "Where a key result is to end.", needs=("target",)),
    Fact("progress", _NUMBER, Sort.MEASURED, "Where a key result stands.", needs=("progress",)),
    *OF_TEXT,
)
