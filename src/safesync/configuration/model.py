"""The whole configuration as values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    SecretStr,
    Tag,
    field_validator,
    model_validator,
)

from safesync.configuration.address import misplaced, sent
from safesync.configuration.lexicon import Language, WordsPart
from safesync.configuration.words import near
from safesync.connectors.mapping import Mapping
from safesync.feedback.settings import FeedbackSettings
from safesync.model.notice import Cause
from safesync.model.organisation import COMPLIANCE_LABELS, Organisation, Team, Train
from safesync.model.registers import Registers


class Part(BaseModel):
    """Base of every part: nothing unknown is accepted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Auth(Part):
    """How SafeSync proves who it is."""

    user: str | None = Field(default=None, description="Jira Cloud: the mail address of the account. Azure DevOps: leave it out.")
    token: SecretStr = Field(description="The API token or PAT, by reference: ${env:NAME} or ${file:/run/secrets/name}.")
    expires_on: date | None = Field(
        default=None, description="The day on which the token ends, such as 2027-01-31; 'safesync doctor' warns 30 and 7 days before."
    )

    @field_validator("token")
    @classmethod
    def _is_given(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().strip():
            raise ValueError("the token is empty")
        return value


class EntraPart(Part):
    """A service principal of Microsoft Entra ID; client_id alone names a managed identity of the machine."""

    tenant: str | None = Field(default=None, description="Directory (tenant) id.")
    client_id: str = Field(description="Application (client) id.")
    client_secret: SecretStr | None = Field(default=None, description="The secret's value, by reference: ${env:NAME} or ${file:...}.")
    certificate: str | None = Field(
        default=None, description="Instead of a secret: a PEM or PKCS #12 file with certificate and private key."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> EntraPart:
        proofs = sum(proof is not None for proof in (self.client_secret, self.certificate))
        if proofs != (self.tenant is not None):
            raise ValueError("give tenant with exactly one of client_secret and certificate, or client_id alone for a managed identity")
        if self.client_secret is not None and not self.client_secret.get_secret_value().strip():
            raise ValueError("the client_secret is empty")
        return self


_Entra = Annotated[
    Annotated[Literal["default", "managed-identity", "workload-identity"], Tag("machine")] | Annotated[EntraPart, Tag("principal")],
    Discriminator(lambda value: "principal" if isinstance(value, (dict, EntraPart)) else "machine"),
]
"""Told apart by their form, so that a mistake in one is not told in terms of the other."""


class AzureAuth(Auth):
    """How SafeSync proves who it is: exactly one of token and entra."""

    token: SecretStr | None = Field(  # type: ignore[assignment]  # one of two ways here, the only one elsewhere
        default=None, description="The personal access token, by reference: ${env:NAME} or ${file:/run/secrets/name}."
    )
    entra: _Entra | None = Field(
        default=None, description="Services alone: an identity of Microsoft Entra ID, the machine's or a service principal."
    )

    @field_validator("token")
    @classmethod
    def _is_given(cls, value: SecretStr | None) -> SecretStr | None:  # type: ignore[override]  # as the field
        return None if value is None else super()._is_given(value)

    @model_validator(mode="after")
    def _one_way(self) -> AzureAuth:
        if (self.token is None) == (self.entra is None):
            raise ValueError("give exactly one of token and entra")
        return self


_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]""")
_NO_CONDITION = re.compile(r"^\s*select\b|\border\s+by\b|\bfrom\s+work", re.IGNORECASE)


def _condition(value: str | None) -> str | None:
    """A query without what it would have outside of brackets; texts in quotes and names of fields may say anything."""
    if found := _NO_CONDITION.search(_QUOTED.sub("''", value or "")):
        raise ValueError(f"a condition alone stands here, for it is put in brackets: without {found[0].split()[0].upper()}")
    return value


_Narrower = Annotated[str | None, AfterValidator(_condition)]
_Projects = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class JiraScope(Part):
    """What of a Jira site is read."""

    projects: _Projects = Field(description="Project keys.")
    jql: _Narrower = Field(default=None, description="A condition in JQL that narrows the projects further, without ORDER BY.")


class AzureScope(Part):
    """What of an Azure DevOps organisation is read."""

    projects: _Projects = Field(description="Project names.")
    wiql: _Narrower = Field(default=None, description="A WIQL condition that narrows the projects further.")


class CallLimits(Part):
    """
    How many calls a second SafeSync sends a tracker at most, on average over a minute; a burst may be faster.

    All runs that share a store's folder and an account share them.
    """

    reads_per_s: float = Field(default=10.0, gt=0, le=1000, description="Calls that only read.")
    writes_per_s: float = Field(default=5.0, gt=0, le=1000, description="Comments and labels.")
    at_once: int = Field(default=4, ge=1, le=16, description="How many calls of a full read may be under way together.")


class TrackerPart(Part):
    """What both kinds of tracker have."""

    _of_kind: ClassVar[str]

    name: str = Field(description="What you call it; part of every item's identity, so do not change it later.")
    url: str = Field(description="Where it is, as you see it in the browser, without a project.")
    auth: Auth = Field(description="How SafeSync proves who it is.")
    mapping: Mapping = Field(default_factory=Mapping, description="How its types, states and fields are read in SAFe's terms.")
    rules: dict[str, Any] = Field(default_factory=dict, description="What holds for its items otherwise than for all, rule by rule.")
    limits: CallLimits = Field(
        default_factory=CallLimits, description="How fast it is asked. Raise it for a server of your own that bears more."
    )

    @field_validator("name")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", value):
            raise ValueError(f"a tracker's name is made of small letters, digits and dashes, and begins with a letter; not {value!r}")
        if len(value) > _LONGEST_NAME:
            raise ValueError(f"a tracker's name has at most {_LONGEST_NAME} characters; {value!r} has {len(value)}")
        return value

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if wrong := misplaced(cls._of_kind, value.rstrip("/")):
            raise ValueError(wrong)
        return sent(value)


class JiraTracker(TrackerPart):
    """A Jira site."""

    _of_kind = "jira"
    kind: Literal["jira"] = Field(description="Jira; Cloud or Data Center is detected.")
    scope: JiraScope = Field(description="What of it is read.")


class AzureTracker(TrackerPart):
    """An Azure DevOps organisation."""

    _of_kind = "azure-devops"
    kind: Literal["azure-devops"] = Field(description="Azure DevOps; Services or Server is detected.")
    auth: AzureAuth = Field(description="How SafeSync proves who it is.")
    scope: AzureScope = Field(description="What of it is read.")


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression."""
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


class TrainPart(Part):
    """An agile release train."""

    teams: tuple[str, ...] = Field(default=(), description="Names of its teams, as the trackers write them.")
    value_stream: str | None = Field(default=None, description="The value stream it belongs to.")
    anchor: str | None = Field(default=None, description="The item that carries findings about the train, as tracker:KEY.")
    rules: dict[str, Any] = Field(default_factory=dict, description="What this train has otherwise than all others, rule by rule.")


class IntervalsPart(Part):
    """How planning intervals are recognised."""

    pattern: str | None = Field(
        default=None,
        description="Regular expression that finds the planning interval in names of sprints, iterations and versions; its groups are "
        "the label. Left out: PI 26.4, PI26-4, 26.4-3 and the like. A tracker's mapping may have its own.",
    )

    @field_validator("pattern")
    @classmethod
    def _is_a_pattern(cls, value: str | None) -> str | None:
        if value is not None and not is_pattern(value):
            raise ValueError("this is no regular expression")
        return value


class FilesPart(Part):
    """Tables that are kept beside the trackers: .csv or .yaml, relative to this file; docs/operations.md names their columns."""

    objectives: str | None = Field(default=None, description="PI objectives of teams and trains, with planned and actual business value.")
    budgets: str | None = Field(default=None, description="What each value stream may spend in each period.")
    approvals: str | None = Field(default=None, description="Approvals and costs of epics, by key.")
    tests: str | None = Field(default=None, description="Newest results of tests, by the key of the test or of what it tests.")
    business_owners: str | None = Field(default=None, description="The roster of Business Owners, train by train.")
    okrs: str | None = Field(default=None, description="Objectives and key results, with the keys of the epics that contribute.")


class OrganisationPart(Part):
    """What the trackers do not know."""

    trains: dict[str, TrainPart] = Field(default_factory=dict, description="Agile release trains by name.")
    themes: tuple[str, ...] = Field(default=(), description="The strategic themes in force; empty: any theme counts.")
    compliance_labels: tuple[str, ...] = Field(
        default=COMPLIANCE_LABELS, description="Labels that say that an obligation stands behind an item; in any case."
    )
    approvers: tuple[str, ...] = Field(
        default=(), description="Who may approve regulatory work, by the names the trackers show; empty: anybody but its owner."
    )
    intervals: IntervalsPart = Field(default_factory=IntervalsPart, description="How planning intervals are recognised.")
    data: FilesPart = Field(
        default_factory=FilesPart,
        description="Files with what few trackers know: objectives, budgets, approvals, OKRs, results of tests, Business Owners.",
    )


class TeamPart(Part):
    """What holds for one team."""

    members: int | None = Field(default=None, ge=1, description="How many people.")
    velocity: float | None = Field(default=None, gt=0, description="Story points an iteration.")
    anchor: str | None = Field(default=None, description="The item that carries findings about the team, as tracker:KEY.")
    rules: dict[str, Any] = Field(
        default_factory=dict, description="What this team has otherwise than all others, rule by rule; CODE: off for none of it."
    )


_LONGEST_NAME = 31
_CRON_FIELDS = ("minute", "hour", "day of the month", "month", "weekday")
_CRON_WORDS = {
    f"Bad {name}": f"the {words} is wrong"
    for name, words in zip(("minute", "hour", "day-of-month", "month", "day-of-week"), _CRON_FIELDS, strict=True)
}


class SchedulePart(Part):
    """When ``safesync serve`` runs."""

    cron: str = Field(description="Five fields: minute hour day month weekday; 1 is Monday, 0 and 7 are Sunday.")
    timezone: str = Field(default="UTC", description="An IANA time zone, such as Europe/Berlin.")

    @field_validator("cron")
    @classmethod
    def _can_come_true(cls, value: str) -> str:
        fields = value.split()
        if len(fields) != len(_CRON_FIELDS):
            raise ValueError(f"a cron expression has five fields: {', '.join(_CRON_FIELDS)}; here are {len(fields)}")
        try:
            next(CronSim(value, datetime.now(UTC)))
        except CronSimError as error:
            raise ValueError(f"this is no cron expression: {_CRON_WORDS.get(str(error), 'it cannot be read')}") from None
        except (ValueError, AssertionError, RecursionError):
            raise ValueError("this is no cron expression") from None
        except StopIteration:
            raise ValueError("this never comes true") from None
        return value

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(near("there is no time zone", value, available_timezones()))
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)


class NotifyPart(Part):
    """A channel to people outside the tracker: a mailbox, a chat or a webhook."""

    name: Annotated[str, Field(min_length=1)] = Field(description="What it is called in messages and commands.")
    url: SecretStr = Field(
        description="Its address in apprise's notation, by reference: ${env:NAME} or ${file:...}. Such as mailtos://, slack://, "
        "workflows:// (Teams) or jsons:// (a webhook)."
    )
    on: Annotated[frozenset[Cause], Field(min_length=1)] = Field(
        default=frozenset(Cause),
        description="What is told there: stopped (a limit stopped a run), trouble (a tracker cannot be read or written), "
        "digest (a team's week).",
    )
    teams: frozenset[str] = Field(default=frozenset(), description="Only the digests of these teams; all when it is left out.")

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: SecretStr) -> SecretStr:
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", value.get_secret_value()):
            raise ValueError("an address begins with the name of a service, such as mailtos:// or slack://")
        return value


class SnapshotsPart(Part):
    """What is kept of each day, so that rules can be tried on it with ``safesync replay``."""

    keep_days: int = Field(
        default=200,
        ge=0,
        le=3650,
        description="For how many days at least what was known is kept; a month longer at most. 0 keeps nothing.",
    )


class Configuration(Part):
    """Everything an administrator writes."""

    version: Literal[1] = Field(description="Version of this file's form.")
    store: str = Field(default="sqlite:///safesync.db", description="Where SafeSync remembers: sqlite:///FILE or postgresql://...")
    trackers: Annotated[tuple[Annotated[JiraTracker | AzureTracker, Field(discriminator="kind")], ...], Field(min_length=1)] = Field(
        description="The trackers that are read and answered in."
    )
    organisation: OrganisationPart = Field(default_factory=OrganisationPart, description="What the trackers do not know.")
    rules: dict[str, Any] = Field(default_factory=lambda: {"extends": ["default"]}, description="Which rules judge, and how.")
    teams: dict[str, TeamPart] = Field(default_factory=dict, description="What holds for single teams.")
    lexicon: dict[Language, WordsPart] = Field(
        default_factory=dict, description="Words that texts are read by, added to the shipped ones by language: en, de, fr ..."
    )
    feedback: FeedbackSettings = Field(default_factory=FeedbackSettings, description="How SafeSync answers.")
    snapshots: SnapshotsPart = Field(default_factory=SnapshotsPart, description="What is kept of each day, to try rules on it.")
    schedule: tuple[SchedulePart, ...] = Field(default=(), description="When safesync serve runs.")
    notify: tuple[NotifyPart, ...] = Field(default=(), description="Who is told outside the trackers, and what.")
    mirrors: tuple[()] = Field(default=(), description="Not available in this version: leave it empty.")

    _registers: Registers = PrivateAttr(default_factory=Registers)

    @field_validator("store")
    @classmethod
    def _is_a_store(cls, value: str) -> str:
        if not re.match(r"sqlite:///.|postgresql(\+psycopg)?://.", value):
            raise ValueError("a store is sqlite:///FILE or postgresql://USER@HOST/DATABASE")
        return value

    def with_registers(self, registers: Registers) -> Configuration:
        """The same with what the files of ``organisation.data`` say."""
        copy = self.model_copy()
        copy._registers = registers  # noqa: SLF001 - of its own kind
        return copy

    def added_words(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """The words that texts are read by beside the shipped ones, by language and name."""
        return {language: added for language, part in sorted(self.lexicon.items()) if (added := part.added())}

    def as_organisation(self) -> Organisation:
        """What is said about trains, teams and themes, and in the files beside the trackers, in the model's terms."""
        trains = tuple(Train(name, part.teams, part.value_stream, part.anchor) for name, part in self.organisation.trains.items())
        train_of = {team: train.name for train in trains for team in train.teams}
        teams = tuple(
            Team(name, train_of.get(name), (part := self.teams.get(name, TeamPart())).members, part.velocity)
            for name in sorted({*train_of, *self.teams})
        )
        anchors = tuple((name, part.anchor) for name, part in self.teams.items() if part.anchor)
        said = self.organisation
        return Organisation(trains, teams, said.themes, said.compliance_labels, said.approvers, anchors, self._registers)
