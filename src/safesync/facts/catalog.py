"""Every fact, declared once: the rules, the validation of YAML, the JSON Schema and the documentation read this."""

from __future__ import annotations

from types import MappingProxyType

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.of_text import COPIES, OF_TEXT, VERDICTS
from safesync.model.item import Gate, Kind, Stage, WorkClass

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
    Fact("human_change_at", _DATE, Sort.MEASURED, "Last change by a person.", needs=("last_human_change_at",)),
    Fact("due_on", _DATE, Sort.MEASURED, "Due day.", needs=("due_on",)),
    Fact("target_start", _DATE, Sort.MEASURED, "Planned first day.", needs=("target_start",)),
    Fact("target_end", _DATE, Sort.MEASURED, "Planned last day.", needs=("target_end",)),
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
    *OF_TEXT,
)

ITEM: tuple[Fact, ...] = (
    Fact(
        "gate",
        _TEXT,
        Sort.FLOWING,
        "How near it is to being worked on.",
        vocabulary=tuple(Gate),
        ordered=True,
        needs=("stage", "iteration", "interval"),
    ),
    Fact("open", _TRUTH, Sort.MEASURED, "Neither done nor cancelled.", needs=("stage",)),
    Fact("active", _TRUTH, Sort.MEASURED, "In progress or validating.", needs=("stage",)),
    Fact("train", _TEXT, Sort.LINKED, "Its train: its own, else that of its team.", needs=("train", "team")),
    Fact("interval", _TEXT, Sort.LINKED, "Its planning interval: its own, else that of its iteration.", needs=("interval", "iteration")),
    Fact(
        "work_class",
        _TEXT,
        Sort.LINKED,
        "Its work class: its own, else its nearest ancestor's.",
        vocabulary=tuple(WorkClass),
        needs=("work_class",),
    ),
    Fact("themes", _TEXT, Sort.LINKED, "Strategic themes of itself and its ancestors, joined by '; '.", needs=("themes", "links")),
    Fact(
        "parent_kind",
        _TEXT,
        Sort.LINKED,
        "Kind of its parent; unseen when it has one that SafeSync cannot see.",
        vocabulary=tuple(Kind),
        needs=("links",),
    ),
    Fact("parent_key", _TEXT, Sort.LINKED, "Key of its parent.", needs=("links",)),
    Fact("has_feature_ancestor", _TRUTH, Sort.LINKED, "A feature or capability stands above it.", needs=("links",)),
    Fact("has_epic_ancestor", _TRUTH, Sort.LINKED, "An epic or capability stands above it.", needs=("links",)),
    Fact("open_children", _NUMBER, Sort.LINKED, "Children neither done nor cancelled.", unit="items"),
    Fact("open_capabilities", _NUMBER, Sort.LINKED, "Open children that are capabilities.", unit="items"),
    Fact("open_features", _NUMBER, Sort.LINKED, "Open children that are features.", unit="items"),
    Fact("open_stories", _NUMBER, Sort.LINKED, "Open children that are stories or spikes.", unit="items"),
    Fact("open_bugs", _NUMBER, Sort.LINKED, "Open children that are bugs.", unit="items"),
    Fact("open_tasks", _NUMBER, Sort.LINKED, "Open children that are tasks.", unit="items"),
    Fact("open_children_keys", _TEXT, Sort.LINKED, "Keys of the open children, at most five, bugs last."),
    Fact("children", _NUMBER, Sort.LINKED, "Children in all.", unit="items"),
    Fact(
        "late_dependency_days",
        _NUMBER,
        Sort.LINKED,
        "By how many days the latest dependency ends after this item ends; empty when none does.",
        unit="days",
        needs=("links",),
    ),
    Fact("late_dependency_key", _TEXT, Sort.LINKED, "Key of that dependency.", needs=("links",)),
    Fact("late_dependency_when", _TEXT, Sort.LINKED, "When that dependency is planned to end, and when this item is.", needs=("links",)),
    Fact(
        "late_dependency_crosses",
        _TRUTH,
        Sort.LINKED,
        "Whether that dependency is planned in a later planning interval.",
        needs=("links",),
    ),
    Fact("days_in_stage", _NUMBER, Sort.FLOWING, "Days since it came into its stage.", unit="days", needs=("transitions",)),
    Fact(
        "days_active",
        _NUMBER,
        Sort.FLOWING,
        "Days since work on it began; empty when it is not active.",
        unit="days",
        needs=("transitions",),
    ),
    Fact(
        "working_days_since_human_change",
        _NUMBER,
        Sort.FLOWING,
        "Monday-to-Friday days since a person last changed it.",
        unit="working days",
        needs=("last_human_change_at",),
    ),
    Fact("days_since_created", _NUMBER, Sort.FLOWING, "Age.", unit="days"),
    Fact("iteration_name", _TEXT, Sort.FLOWING, "Name of its iteration.", needs=("iteration",)),
    Fact(
        "days_since_iteration_end",
        _NUMBER,
        Sort.FLOWING,
        "Days since its newest iteration ended; negative before, empty without dates.",
        unit="days",
        needs=("iteration",),
    ),
    *COPIES,
)

TRAIN_INTERVAL: tuple[Fact, ...] = (
    Fact("train", _TEXT, Sort.GROUPED, "The train."),
    Fact("interval", _TEXT, Sort.GROUPED, "The planning interval."),
    Fact(
        "interval_phase", _TEXT, Sort.GROUPED, "Where the interval stands.", vocabulary=("past", "current", "next", "later"), ordered=True
    ),
    Fact("sized_items", _NUMBER, Sort.GROUPED, "Planned stories and bugs with an estimate.", unit="items"),
    Fact("sized_points", _NUMBER, Sort.GROUPED, "Sum of their points.", unit="story points"),
    Fact("contributors", _TEXT, Sort.GROUPED, "Keys of the items with the most points, at most five."),
    Fact("unknown_share", _NUMBER, Sort.GROUPED, "Share of points without a work class.", unit="percent"),
    *(
        Fact(f"{name}_share", _NUMBER, Sort.GROUPED, f"Share of points of class {name}.", unit="percent")
        for name in ("feature", "enabler", "tech_debt", "maintenance", "compliance")
    ),
)

TEAM_COLUMN: tuple[Fact, ...] = (
    Fact("team", _TEXT, Sort.GROUPED, "The team."),
    Fact("train", _TEXT, Sort.GROUPED, "Its train."),
    Fact("board_column", _TEXT, Sort.GROUPED, "The column of its board."),
    Fact("wip", _NUMBER, Sort.GROUPED, "Items in that column.", unit="items"),
    Fact("contributors", _TEXT, Sort.GROUPED, "Keys of items in that column, at most five."),
    Fact("wip_limit", _NUMBER, Sort.GROUPED, "The column's limit; empty when it has none.", unit="items"),
)

MEASURED_FACTS = MappingProxyType({fact.name: fact for fact in MEASURED})
ITEM_FACTS = MappingProxyType({fact.name: fact for fact in (*MEASURED, *ITEM)})
GROUP_FACTS = MappingProxyType(
    {
        "train_interval": MappingProxyType({fact.name: fact for fact in TRAIN_INTERVAL}),
        "team_column": MappingProxyType({fact.name: fact for fact in TEAM_COLUMN}),
    }
)
