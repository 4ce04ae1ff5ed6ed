"""How SafeSync answers: the ``feedback`` part of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from safesync.feedback.templates import TemplatesPart
from safesync.feedback.voice import Voice
from safesync.languages.spoken import Spoken
from safesync.languages.tongue import Language, tongue
from safesync.model.item import Item
from safesync.model.organisation import Organisation

_Word = Annotated[str, Field(min_length=1)]


class Limits(BaseModel):
    """How many items one run may begin to speak on; the first limit that is passed stops it before it writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: int = Field(default=50, ge=0, description="At most this many items get their first comment in one run.")
    share: float = Field(default=0.2, ge=0, le=1, description="At most this share of the items in scope (five are always allowed).")
    jump: float = Field(default=3.0, ge=1, description="At most this many times the number of the last run (ten are always allowed).")


class Caps(BaseModel):
    """How many items may get their first comment, or be called ready, in one day; what is over it waits, the gravest goes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: int | None = Field(default=None, ge=1, description="At most so many in all.")
    team: int | None = Field(default=None, ge=1, description="At most so many of one team.")
    person: int | None = Field(default=None, ge=1, description="At most so many that one person answers for.")
    ready: int | None = Field(
        default=50, ge=1, description="At most so many items get the label safesync-ready, and nothing beside it, in one day; null: no cap."
    )


class Grace(BaseModel):
    """How long nothing new is begun on an item whose people are at work on it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    new_hours: float = Field(default=24, ge=0, description="Hours after an item was created; 0 waits for nobody.")
    busy_hours: float = Field(default=2, ge=0, description="Hours after a person changed it or commented; 0 waits for nobody.")

    def holds(self, item: Item, now: datetime) -> bool:
        """Whether it is too early to begin on an item."""
        changed = item.last_human_change_at
        return _lately(item.created_at, now, self.new_hours) or (changed is not None and _lately(changed, now, self.busy_hours))


def _lately(then: datetime, now: datetime, hours: float) -> bool:
    # A tracker's clock may be ahead of ours: what lies a moment ahead was just now.
    return hours > 0 and now - then < timedelta(hours=hours)


class WaiverPart(BaseModel):
    """A rule that does not count for some items, until a day, for a reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str = Field(description="Code of the rule, such as TM101.")
    items: Annotated[tuple[_Word, ...], Field(min_length=1)] = Field(description="The items: PAY-12, ado:412, or a whole uid.")
    until: date = Field(description="Its last day, such as 2027-01-15.")
    reason: Annotated[str, Field(min_length=1, pattern=r"\S")] = Field(description="Why; it is shown in the comment on the item.")
    granted_by: str = Field(default="", description="Who decided it; shown too.")


ANYONE, OWNER = "anyone", "owner"
"""Who may command without being named: everybody who may comment, and whoever answers for the item."""
_Who = tuple[str, ...]


class CommandRoles(BaseModel):
    """Who may ask for what in a reply: anyone, owner (who answers for the item), or a name of feedback.roles. Nobody: an empty list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    waive: _Who = Field(default=(ANYONE,), description="safesync waive TM101 until 2027-01-15: reason.")
    snooze: _Who = Field(default=(ANYONE,), description="safesync snooze 5d, 2w, or until 2027-01-15.")
    recheck: _Who = Field(default=(ANYONE,), description="safesync recheck.")
    explain: _Who = Field(default=(ANYONE,), description="safesync explain, or safesync explain TM101.")
    wrong: _Who = Field(default=(ANYONE,), description="safesync wrong TM101: reason.")

    def of(self, verb: str) -> _Who:
        """Who may ask for it."""
        allowed: _Who = getattr(self, verb)
        return allowed


class PlacesPart(BaseModel):
    """Where a language is spoken; a team counts before a project, that before a train, and that before a tracker."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trackers: tuple[str, ...] = Field(default=(), description="Names of trackers.")
    projects: tuple[str, ...] = Field(default=(), description="Projects, as they stand in the scope of their tracker.")
    trains: tuple[str, ...] = Field(default=(), description="Names of trains.")
    teams: tuple[str, ...] = Field(default=(), description="Names of teams.")


class FeedbackSettings(BaseModel):
    """What is written to the trackers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    comments: bool = Field(default=True, description="Whether SafeSync writes its one comment an item. Off: those that stand, stay.")
    labels: bool = Field(default=True, description="Whether SafeSync sets and removes its own labels or tags.")
    language: Language = Field(default="en", description="Language of the comments: en, de or fr.")
    languages: dict[Language, PlacesPart] = Field(
        default_factory=dict, description="Where another language is spoken: for each language its trackers, projects, trains and teams."
    )
    templates: TemplatesPart = Field(
        default_factory=TemplatesPart,
        description="Words in the place of SafeSync's for parts of the comment: one line each, with values in {{ }} and {% if %}.",
    )
    ready_label: bool = Field(
        default=False,
        description="Whether the label safesync-ready stands on every item that is ready: it was judged, and nothing of a warning or more "
        "stands against it. Off: it is taken off where it stands.",
    )
    limits: Limits = Field(default_factory=Limits, description="What stops a run that would write too much.")
    digest: Literal["off", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="off",
        description="The day on which a team's digest of the week is written anew into the comment on the team's anchor, and told to the "
        "channels of notify; off: never.",
    )
    grace: Grace = Field(default_factory=Grace, description="How long a first comment and labels wait while people are at work on an item.")
    caps: Caps = Field(default_factory=Caps, description="The noise budget: what is over it is told on another day.")
    waivers: tuple[WaiverPart, ...] = Field(default=(), description="Rules that do not count for single items.")
    unwaivable: frozenset[str] = Field(
        default=frozenset(), description="Codes of rules that no label and no reply on an item waives: only an entry of waivers does."
    )
    roles: dict[_Word, tuple[_Word, ...]] = Field(
        default_factory=dict,
        description="Who has which role, for commands: account ids, or other names of theirs; but people may change the name they show.",
    )
    commands: CommandRoles = Field(default_factory=CommandRoles, description="Which roles may ask for what in a reply on an item.")
    keep_writes_days: int = Field(
        default=730,
        ge=0,
        le=3650,
        description="For how many days every write is remembered, to be exported and taken back; 0 forgets none. What our comments say now "
        "is always known.",
    )
    docs_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="Address of the rule pages; a code in a comment links to it, followed by a slash and the code.",
    )

    def voice(self, language: str) -> Voice:
        """How comments speak in a language."""
        spoken = tongue(language)
        return Voice(spoken, self.templates.spoken(spoken.code))

    def forgotten(self, now: datetime) -> datetime | None:
        """Of runs that began before that moment not all writes are remembered; ``None`` where nothing is forgotten."""
        return now - timedelta(days=self.keep_writes_days) if self.keep_writes_days else None

    def spoken(self, organisation: Organisation) -> Spoken:
        """Which language is spoken where; the teams and trains of an organisation have their own items somewhere."""
        said = {kind: self._named(kind) for kind in ("trackers", "projects", "trains", "teams")}
        said["projects"] = {name.casefold(): language for name, language in said["projects"].items()}
        anchors = ((train.name, train.anchor) for train in organisation.trains if train.anchor)
        anchored = _anchored((*anchors, *organisation.team_anchors), said["projects"], said["trackers"])
        own = {team for team, _ in organisation.team_anchors}
        guests = frozenset(team for train in organisation.trains if train.anchor for team in train.teams) - own
        return Spoken(self.language, **said, anchored=anchored, guests=guests)

    def _named(self, kind: str) -> dict[str, Language]:
        return {name: language for language, places in self.languages.items() for name in getattr(places, kind)}


def _anchored(
    anchors: Iterable[tuple[str, str]], projects: Mapping[str, Language], trackers: Mapping[str, Language]
) -> dict[str, Language]:
    """Teams and trains with the language of their own item's project, where its key, ``jira:PAY-12``, says that; else of its tracker."""
    found = {}
    for name, reference in anchors:
        tracker, _, key = reference.partition(":")
        if language := projects.get(key.rpartition("-")[0].casefold()) or trackers.get(tracker):
            found[name] = language
    return found
