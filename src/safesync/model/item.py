"""Backlog items in SafeSync's own words, whichever tracker they come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from safesync.model.reply import Reply


class Kind(StrEnum):
    """What an item is in SAFe; decided by the mapping, never by a localised name alone."""

    THEME = "theme"
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"
    EPIC = "epic"
    CAPABILITY = "capability"
    FEATURE = "feature"
    STORY = "story"
    BUG = "bug"
    TASK = "task"
    SPIKE = "spike"
    RISK = "risk"
    PI_OBJECTIVE = "pi_objective"
    TEST = "test"
    REQUIREMENT = "requirement"
    IMPROVEMENT = "improvement"
    OTHER = "other"


class WorkClass(StrEnum):
    """What capacity allocation counts an item as (SAFe, "Lean Budget Guardrails")."""

    FEATURE = "feature"
    ENABLER = "enabler"
    TECH_DEBT = "tech_debt"
    MAINTENANCE = "maintenance"
    COMPLIANCE = "compliance"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    """How far an item is, in order; taken from the category of its state first."""

    FUNNEL = "funnel"
    ANALYSIS = "analysis"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    VALIDATING = "validating"
    DONE = "done"
    CANCELLED = "cancelled"


class Gate(StrEnum):
    """How near an item is to being worked on, in order; a rule's severity depends on it."""

    BACKLOG = "backlog"
    READY = "ready"
    NEXT = "next"
    CURRENT = "current"
    ACTIVE = "active"
    DONE = "done"


class Markup(StrEnum):
    """The notation of a rich text; the connector says it, nobody guesses it."""

    ADF = "adf"
    WIKI = "wiki"
    HTML = "html"
    MARKDOWN = "markdown"
    PLAIN = "plain"


class Relation(StrEnum):
    """What a link means, read from the item that carries it towards its target."""

    PARENT = "parent"
    DEPENDS_ON = "depends_on"
    TESTS = "tests"
    TESTED_BY = "tested_by"
    EVIDENCE = "evidence"
    SATISFIES = "satisfies"
    CONSTRAINED_BY = "constrained_by"
    CONTRIBUTES_TO = "contributes_to"
    RELATES = "relates"


class EvidenceKind(StrEnum):
    """What may show later that something was done."""

    ATTACHMENT = "attachment"
    COMMIT = "commit"
    PULL_REQUEST = "pull_request"
    REVIEW = "review"
    BUILD = "build"
    DEPLOYMENT = "deployment"
    TEST_RESULT = "test_result"
    PAGE = "page"
    WEB_LINK = "web_link"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many things of a kind hang on an item; what is in them nobody looked at."""

    kind: EvidenceKind
    count: int = 1


@dataclass(frozen=True, slots=True)
class RichText:
    """A text with its notation; for ``Markup.ADF`` the text is the document as JSON."""

    text: str
    markup: Markup


@dataclass(frozen=True, slots=True)
class Link:
    """
    One direction of a relation.

    ``target`` is a reference: ``"{tracker}:{native id}"`` or ``"{tracker}:{key}"``; it may name an item of
    another tracker, or one that SafeSync never sees.
    """

    relation: Relation
    target: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: when, and to which stage."""

    at: datetime
    stage: Stage


@dataclass(frozen=True, slots=True)
class ItemRef:
    """Enough of an item to speak to its tracker about it."""

    uid: str
    tracker: str
    native_id: str
    key: str
    project: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """
    One item as its tracker shows it.

    An empty field is ``None`` or an empty tuple. A field that was not looked at (not mapped, not readable) is
    empty too, *and* its name stands in ``unseen``: the two must never be mixed up. ``uid`` is
    ``"{tracker}:{native id}"``; a key may change, the uid does not. All times are aware UTC.
    """

    uid: str
    tracker: str
    native_id: str
    key: str
    url: str
    project: str
    kind: Kind
    native_type: str
    native_state: str
    stage: Stage
    title: str
    revision: str
    created_at: datetime
    updated_at: datetime
    work_class: WorkClass = WorkClass.UNKNOWN
    description: RichText | None = None
    acceptance: RichText | None = None
    benefit: RichText | None = None
    owner: str | None = None
    """Display name of who answers for it now (assignee, Assigned To); for an epic its Epic Owner when mapped."""
    team: str | None = None
    train: str | None = None
    value_stream: str | None = None
    iteration: str | None = None
    """uid of the newest iteration it is planned in (see ``Timebox``)."""
    interval: str | None = None
    """Normalised label of its planning interval, such as ``"PI 26.4"``; the same in every tracker."""
    points: float | None = None
    job_size: float | None = None
    business_value: float | None = None
    time_criticality: float | None = None
    risk_reduction: float | None = None
    rank: str | None = None
    board_column: str | None = None
    board_lane: str | None = None
    """Swimlane of its team's board; of boards that tell no lanes it is unseen."""
    themes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    """``"tests"`` stands in ``unseen`` where nobody knows which links lead to tests, ``"links"`` where none were shown."""
    attachments: tuple[str, ...] = ()
    """Names of the files attached to it; of epics, capabilities and features, of which somebody asks for a document."""
    evidence: tuple[Evidence, ...] = ()
    """Each kind once, in the order of the kinds; an item linked as evidence is a link."""
    labels: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    """Oldest first; at least the entry into the present stage when the tracker tells it."""
    last_human_change_at: datetime | None = None
    """
    Last change by anyone who is not a bot; ``None`` with ``"last_human_change_at"`` in ``unseen`` when not told.

    A comment that only says something to us is none.
    """
    owner_left: bool = False
    """Whether the account of its owner is one that nobody can use any more, as far as the tracker tells."""
    blocked: bool = False
    blocked_since: datetime | None = None
    """When that began, as its history tells; of an item that is not blocked ``None``."""
    blocked_until: date | None = None
    """Of an item that waits for somebody outside: the day that was agreed."""
    blocked_reason: str | None = None
    commented_at: datetime | None = None
    """When a person last wrote a comment, and not to us alone; of blocked items only, of all others nobody asks."""
    wsjf_score: float | None = None
    """WSJF as the tracker keeps it, beside the parts that it is made of."""
    resolution: str | None = None
    """Why or how it was ended, in the tracker's word."""
    enabler_kind: str | None = None
    """Exploration, architecture, infrastructure or compliance, as the tracker writes it."""
    hypothesis: RichText | None = None
    """The epic hypothesis statement, where it has a field of its own; so the next two."""
    business_case: RichText | None = None
    mvp: RichText | None = None
    cost_estimate: float | None = None
    """In the portfolio's currency; so all costs."""
    cost_approved: float | None = None
    cost_forecast: float | None = None
    cost_actual: float | None = None
    mvp_budget: float | None = None
    """What its MVP may cost."""
    horizon: str | None = None
    """Investment horizon."""
    decision: str | None = None
    """What was decided when the MVP was done: persevere, pivot, stop."""
    outcome: str | None = None
    """What became of the benefit hypothesis."""
    approval: str | None = None
    """Status of the approval, in the tracker's word; by whom and when follow."""
    approver: str | None = None
    approved_on: date | None = None
    criteria_editor: str | None = None
    """Display name of who changed its acceptance criteria last, or its description where these stand there; of epics to features."""
    approved_text: str | None = None
    """What it said when that approval was first seen, as plain words; no tracker tells it, SafeSync remembers."""
    approved_text_seen_on: date | None = None
    controls: str | None = None
    """Requirements or controls that it answers to, joined by '; '."""
    test_result: str | None = None
    """Of a test its newest result, of other work that of its tests in all, in the tracker's word; and on which day."""
    tested_on: date | None = None
    roam: str | None = None
    """Of a risk: resolved, owned, accepted or mitigated."""
    committed: bool | None = None
    """Of a PI objective."""
    planned_value: float | None = None
    """Business value of a PI objective, 1 to 10, given at PI planning; the actual one at Inspect and Adapt."""
    actual_value: float | None = None
    baseline: float | None = None
    """Of a key result, as its target and its progress."""
    target: float | None = None
    progress: float | None = None
    due_on: date | None = None
    target_start: date | None = None
    target_end: date | None = None
    replies: tuple[Reply, ...] | None = ()
    """Comments of people that speak to us, oldest first; ``None`` when no comments were looked at: what was known of them stays."""
    replies_since: datetime | None = None
    """When only comments from then on were looked at: what was known of older ones stays."""
    unseen: frozenset[str] = frozenset()

    @property
    def ref(self) -> ItemRef:
        """What a connector needs to write to this item."""
        return ItemRef(self.uid, self.tracker, self.native_id, self.key, self.project, self.url)

    @property
    def touched_at(self) -> datetime | None:
        """When a person was last at it: changed it, wrote a comment, or said something to us; ``None`` where none is known to have been."""
        said = (reply.said_at for reply in self.replies or ())
        return max((at for at in (self.last_human_change_at, *said) if at is not None), default=None)
