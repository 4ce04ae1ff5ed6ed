"""What it takes to understand an issue of one site, and how fields are read that are taken as they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from safesync.connectors.jira import edits, meaning, values
from safesync.connectors.jira.fields import FLAGGED
from safesync.connectors.jira.metadata import Metadata
from safesync.connectors.mapping import FURTHER, Form, truth
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.port import Addresses
from safesync.model.item import Kind, Markup, Stage

_PLAIN: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("points", "job_size", "business_value", "time_criticality", "risk_reduction"), values.number),
        **dict.fromkeys(("target_start", "target_end"), values.day),
    }
)
_OF_FORM: Mapping[Form, Callable[[Any], Any]] = MappingProxyType(
    {
        Form.WORDS: lambda value: "; ".join(values.labels(value or [])) or None,
        Form.NUMBER: values.number,
        Form.DAY: values.day,
        Form.TRUTH: lambda value: truth(values.label(value)),
    }
)


@dataclass(frozen=True)
class Context:
    """
    What it takes to understand an issue.

    For raw answers without a site: ``Context(tracker, site, mapping, metadata=Metadata(located=Located({...})))`` with
    the ids of the fields that the answers hold (``Located(fields.AGILE)`` for the agile API), and ``markup`` as the
    API gives texts: ``Markup.ADF`` for REST v3, ``Markup.WIKI`` for v2, the agile API and every server.
    """

    tracker: str
    site: str
    mapping: TrackerMapping
    addresses: Addresses = field(default_factory=Addresses)
    metadata: Metadata = field(default_factory=Metadata)
    markup: Markup = Markup.ADF
    account_id: str | None = None
    """Our own account: its changes are not a person's."""
    called: tuple[str, ...] = ()
    """What a mention of it may say."""
    stages_then: dict[tuple[object, ...], Stage | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What ``_stage_then`` has found: the same few states stand in the history of every issue."""

    bots_met: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Whether an account of Cloud is a bot: a few people stand in all histories."""

    stages_met: dict[tuple[object, ...], Stage] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What ``_stage`` has found, before it looks at how an issue was resolved."""

    kinds_met: dict[tuple[object, ...], Kind] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What ``_kind`` has found: a site has a few types."""

    @cached_property
    def classes(self) -> meaning.Classes:
        """Which work classes names stand for."""
        return meaning.classes_of(self.mapping)

    @cached_property
    def plain(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        """Fields of an item that are a mapped field as it stands, with how each is read; only those that this site shows."""
        further = {str(name): self._reader(FURTHER[name]) for name in self.mapping.further}
        return tuple((name, read) for name, read in {**_PLAIN, **further}.items() if name in self.metadata.located.ids)

    @cached_property
    def out_of_sight(self) -> frozenset[str]:
        """Such fields that no issue of this site can show: nobody mapped them, the site does not have them, or Jira tells none (lanes)."""
        mapped = {*_PLAIN, *self.mapping.further}
        return (self.mapping.unmapped - {"resolution"}).union(mapped - self.metadata.located.ids.keys(), {"board_lane"})

    @cached_property
    def flag_fields(self) -> frozenset[str]:
        """What changes of the flag are called in a changelog: by id, on older servers by name."""
        return frozenset({"flagged", *self.metadata.located.ids.get(FLAGGED, ())})

    @cached_property
    def criteria_fields(self) -> frozenset[str]:
        """The same of the fields for acceptance criteria."""
        names = (choice.name.casefold() for choice in self.mapping.fields.get("acceptance", ()) if choice.name)
        return frozenset({*names, *self.metadata.located.ids.get("acceptance", ())})

    @cached_property
    def watched(self) -> frozenset[str]:
        """All fields whose changes are looked at one by one."""
        return self.flag_fields | self.criteria_fields | {edits.LABELS, edits.DESCRIPTION}

    @cached_property
    def interval_pattern(self) -> re.Pattern[str] | None:
        """The administrator's own pattern for planning intervals."""
        return re.compile(self.mapping.interval_pattern) if self.mapping.interval_pattern else None

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """Name of a board, which is that of its team, without upper and lower case -> id of a state -> column; the first one counts."""
        return {
            board.name.casefold(): {state: column.name for column in reversed(board.columns) for state in column.statuses}
            for board in reversed(self.metadata.boards)
        }

    @cached_property
    def untold_boards(self) -> frozenset[str]:
        """Names, without upper and lower case, of boards whose columns nobody knows."""
        return frozenset(board.name.casefold() for board in self.metadata.boards if not board.told)

    def _reader(self, form: Form) -> Callable[[Any], Any]:
        return partial(values.rich_text, markup=self.markup) if form is Form.TEXT else _OF_FORM[form]
