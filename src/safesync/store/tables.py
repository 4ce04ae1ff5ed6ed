"""
The tables, the same in SQLite and PostgreSQL.

What is asked by its parts has columns (facts, links, findings, marks); what is only ever handed back whole
(an item, what stands around the items) is a JSON document of its dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import DAYS
from safesync.facts.item.measured import MEASURED
from safesync.store.documents import storable


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on both databases; a naive time is refused, because nobody can say later what it meant."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """UTC, or ``ValueError`` for a naive time."""
        return None if value is None else _utc(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """The text that SQLAlchemy writes into SQLite, which has no times: in one step, because an item has so many of them."""
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """SQLite gives back naive times: they were UTC when they were written."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


@lru_cache(maxsize=1_024)
def _written(value: datetime | None) -> str | None:
    # One moment stands in several columns of an item, and one in all items of a page.
    return None if value is None else _utc(value).isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


_WITHOUT_ZONE = len("2026-11-26 12:00:00.000000")


class MeasuredText(TypeDecorator[Any]):
    """A text, or a list of labels as JSON, without what one of the databases would refuse."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """See ``documents.storable``."""
        return storable


METADATA = MetaData(
    naming_convention={
        # SQLite changes a table by copying it, which needs every constraint to have a name.
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _number_key(name: str) -> Column[int]:
    # SQLite counts up by itself only for INTEGER.
    return Column(name, BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True)


def _fact_column(fact: Fact) -> Column[Any]:
    if fact.type is FactType.DATE:
        return Column(fact.name, Date() if fact.name in DAYS else UtcDateTime())
    if fact.type is FactType.NUMBER:
        return Column(fact.name, Float())
    if fact.type is FactType.TRUTH:
        return Column(fact.name, Boolean())
    return Column(fact.name, MeasuredText())


ITEMS = Table(
    "items",
    METADATA,
    Column("uid", Text(), primary_key=True),
    Column("tracker", Text(), nullable=False),
    Column("native_id", Text(), nullable=False),
    Column("key", Text(), nullable=False, index=True),
    Column("document", Text(), nullable=False),
    Column("seen_at", UtcDateTime(), nullable=False),
    Column("gone_at", UtcDateTime()),
    Column("missed_at", UtcDateTime()),  # of the first census that did not show it, until one does
    Column("unseen_id", BigInteger()),  # empty where an earlier version wrote the names into the document
    Index(None, "tracker", "gone_at"),
)
LINKS = Table(
    "links",
    METADATA,
    Column("uid", Text(), ForeignKey("items.uid"), primary_key=True),
    Column("relation", Text(), primary_key=True),
    Column("target", Text(), primary_key=True),
    sqlite_with_rowid=False,  # all of it is key: otherwise SQLite keeps every row twice
)
UNSEEN = Table(
    "unseen",
    METADATA,
    # What was not seen depends on the type and the site: a few sets of names, of half a thousand letters each, stand on all items.
    _number_key("unseen_id"),
    Column("names", Text(), nullable=False),  # two runs at the same moment may write a set twice: either row will do
)
REPLIED = Table(
    "replied",
    METADATA,
    Column("uid", Text(), primary_key=True),  # of an item on which people speak to us: a few of many
)
FACTS = Table(
    "facts",
    METADATA,
    Column("uid", Text(), ForeignKey("items.uid"), primary_key=True),
    *(_fact_column(fact) for fact in MEASURED),
    Column("unseen_id", BigInteger(), nullable=False),
)
TRACKERS = Table(
    "trackers",
    METADATA,
    Column("name", Text(), primary_key=True),
    Column("cursor", Text()),
    Column("account_id", Text()),
    Column("fingerprint", Text()),
)
READINGS = Table(
    "readings",
    METADATA,
    Column("tracker", Text(), primary_key=True),
    Column("trouble", Text()),  # why the last one ended early
    Column("lost", Text(), nullable=False),  # the projects that it did not see any more
)
ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("tracker", Text(), primary_key=True),
    Column("account_id", Text(), primary_key=True),
)
SURROUNDINGS = Table(
    "surroundings",
    METADATA,
    Column("tracker", Text(), primary_key=True),
    Column("document", Text(), nullable=False),
)
FINDINGS = Table(
    "findings",
    METADATA,
    _number_key("finding_id"),
    Column("code", Text(), nullable=False),
    Column("subject", Text(), nullable=False, index=True),
    Column("document", Text(), nullable=False),
    Column("first_seen_at", UtcDateTime(), nullable=False),
    Column("last_seen_at", UtcDateTime(), nullable=False),
    Column("ended_at", UtcDateTime()),
)
# Law 3: of one rule and one subject at most one finding is open.
Index(
    "uq_findings_open",
    FINDINGS.c.code,
    FINDINGS.c.subject,
    unique=True,
    sqlite_where=FINDINGS.c.ended_at.is_(None),
    postgresql_where=FINDINGS.c.ended_at.is_(None),
)
MARKS = Table(
    "marks",
    METADATA,
    Column("uid", Text(), primary_key=True),
    Column("comment_id", Text()),
    Column("digest", Text()),
    Column("labels", Text(), nullable=False),
    Column("silenced", Boolean(), nullable=False),
    Column("undone", Text()),  # the rules of a run that was taken back
    Column("asked", Text()),  # the last reply that was answered with another look
)
MET = Table(
    "met",
    METADATA,
    Column("tracker", Text(), primary_key=True),
    Column("since", UtcDateTime(), nullable=False),
)
BASELINE = Table(
    "baseline",
    METADATA,
    Column("code", Text(), primary_key=True),
    Column("subject", Text(), primary_key=True),
    Column("train", Text()),
    Column("since", UtcDateTime(), primary_key=True),
    Column("revision", Text(), nullable=False),
    Column("left_at", UtcDateTime()),
    Column("left", Text()),
)
TOLD = Table(
    "told",
    METADATA,
    Column("channel", Text(), primary_key=True),
    Column("matter", Text(), primary_key=True),
    Column("told_at", UtcDateTime(), nullable=False),
)
RUNS = Table(
    "runs",
    METADATA,
    _number_key("run_id"),
    Column("verb", Text(), nullable=False),
    Column("started_at", UtcDateTime(), nullable=False),
    Column("finished_at", UtcDateTime()),
    Column("outcome", Text()),
    Column("figures", Text()),
    Column("written_by", Text()),  # version of SafeSync and hash of the configuration
)
SNAPSHOTS = Table(
    "snapshots",
    METADATA,
    Column("day", Date(), primary_key=True),
    Column("taken_at", UtcDateTime(), nullable=False),
    Column("whole", Boolean(), nullable=False),  # it needs no other day; the others say what changed since the one before
    Column("around", LargeBinary()),  # nothing where it is as it was the day before
)
SNAPSHOT_PARTS = Table(
    "snapshot_parts",
    METADATA,
    Column("day", Date(), primary_key=True),
    Column("part", Integer(), primary_key=True, autoincrement=False),
    Column("rows", LargeBinary(), nullable=False),  # Parquet
)
COLUMN_PARTS = Table(
    "column_parts",
    METADATA,
    Column("first_uid", Text(), primary_key=True),
    Column("made_for", Text(), nullable=False),  # the facts that there were; others: make them anew
    Column("facts", LargeBinary(), nullable=False),  # Parquet
    Column("links", LargeBinary(), nullable=False),
)
TOUCHED = Table(
    "touched",
    METADATA,
    Column("uid", Text(), primary_key=True),  # of an item that changed since the columns were made
)
INTENTS = Table(
    "intents",
    METADATA,
    _number_key("intent_id"),
    Column("run_id", BigInteger(), nullable=False),
    Column("tracker", Text(), nullable=False),
    Column("document", Text(), nullable=False),
    Column("settled", Boolean(), nullable=False),
    Column("uid", Text()),
    Column("happened", Boolean()),  # empty while nobody knows
    Column("message", Text()),  # what a comment was to say
    Index(None, "tracker", "settled"),
    Index(None, "run_id"),
)
