"""From the files that a configuration names to what they say; every mistake of every file in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from safesync.configuration.registers import items
from safesync.configuration.registers.cells import keys
from safesync.configuration.registers.rows import (
    ApprovalRow,
    BudgetRow,
    BusinessOwnerRow,
    GoalRow,
    ObjectiveRow,
    ResultRow,
    SheetRow,
    filled,
    needed,
)
from safesync.configuration.registers.sheet import Place, Row, Sheet, read_sheet
from safesync.configuration.source import KeyPath, Source
from safesync.configuration.words import near
from safesync.model.errors import ConfigurationError, Mistake
from safesync.model.registers import Budget, BusinessOwner, Entry, Register, Registers
from safesync.model.timebox import interval_label
from safesync.rules.complaint import told

_MOST = 100
"""Mistakes that one file is told of: a column of the wrong kind makes one a row."""
_Kind = TypeVar("_Kind", bound=SheetRow)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that the configuration declares; where it declares none of a kind, any will do."""

    teams: frozenset[str] = frozenset()
    trains: frozenset[str] = frozenset()
    value_streams: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    trackers: frozenset[str] = frozenset()
    interval_pattern: str | None = None


@dataclass(slots=True)
class Read:
    """What the files say, and what is wrong with them."""

    registers: Registers = field(default_factory=Registers)
    mistakes: list[Mistake | str] = field(default_factory=list)


@dataclass(slots=True)
class _File(Generic[_Kind]):
    """One file: its rows that are sound, each with the row of the sheet it was read from."""

    sheet: Sheet
    rows: list[tuple[_Kind, Row]]

    def check(self, column: str, known: Collection[str], sentence: str) -> None:
        """Every name in a column is a known one, if any is known; also in rows that something else is wrong with."""
        for name, place in self.names(column):
            if known and name not in known:
                self.sheet.mistake(place, near(sentence, name, known))

    def names(self, column: str) -> Iterator[tuple[str, Place]]:
        """The names that stand in a column, and where."""
        yield from ((str(name), place) for name, place in self.cells(column))

    def cells(self, column: str) -> Iterator[tuple[object, Place]]:
        """What stands in a column, and where."""
        for row in self.sheet.rows:
            if (value := filled(row.cells).get(column)) is not None:
                yield value, row.places[column]

    def once(self, what: str, identity: Callable[[_Kind], Hashable]) -> None:
        """No two rows are about the same."""
        seen: dict[Hashable, int] = {}
        for value, row in self.rows:
            if (same := identity(value)) in seen:
                self.sheet.mistake(row.place, f"{what} stands here twice (first in line {seen[same]}); only one of them could count")
            seen.setdefault(same, row.place[0])


def read_registers(part: Mapping[str, Any], source: Source, path: KeyPath, known: Known) -> Read:
    """
    What the files say that ``part`` names, relative to the file of ``source``, where it stands at ``path``.

    A file that cannot be read is a mistake where it is named.
    """
    read, folder = Read(), Path(source.file).parent

    def file(name: str, kind: type[_Kind]) -> _File[_Kind] | None:
        written = part.get(name)
        if not isinstance(written, str):
            return None
        try:
            return _file(read_sheet(folder / written, tuple(kind.model_fields), needed(kind)), kind)
        except ConfigurationError as error:
            here = (*path, name)
            read.mistakes += [source.mistake(here, one) if isinstance(one, str) else one for one in error.mistakes]
            return None

    objectives, goals = file("objectives", ObjectiveRow), file("okrs", GoalRow)
    approvals, budgets, tests = file("approvals", ApprovalRow), file("budgets", BudgetRow), file("tests", ResultRow)
    owners = file("business_owners", BusinessOwnerRow)
    made = [*_objectives(objectives, known), *_goals(goals, known)]
    _items_once(approvals)
    _items_once(tests)
    for each, column in ((approvals, "key"), (tests, "key"), (objectives, "items"), (goals, "items")):
        _of_trackers(each, column, known.trackers)
    read.registers = Registers(
        items=tuple(one.item for one in made),
        serving=tuple((key, one.item.uid) for one in made for key in one.served_by),
        approvals=_register(approvals),
        tests=_register(tests),
        budgets=_budgets(budgets, known),
        business_owners=_business_owners(owners, known),
    )
    for one in (objectives, goals, approvals, budgets, tests, owners):
        read.mistakes += _told(one.sheet) if one else ()
    return read


def _file(sheet: Sheet, kind: type[_Kind]) -> _File[_Kind]:
    rows = []
    for row in sheet.rows:
        try:
            rows.append((kind.model_validate(filled(row.cells)), row))
        except ValidationError as error:
            _note(sheet, row, error, sheet.columns)
    return _File(sheet, rows)


def _note(sheet: Sheet, row: Row, error: ValidationError, columns: Collection[str]) -> None:
    for detail in error.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else ""
        if detail["type"] == "missing":
            if column in columns or sheet.file.lower().endswith((".yaml", ".yml")):
                sheet.mistake(row.places.get(column, row.place), f"{column} is empty; it is needed in every row")
            continue  # the column itself is missing, and told once
        sheet.mistake(row.places.get(column, row.place), _sentence(detail, column))


def _sentence(detail: Any, column: str) -> str:
    if detail["type"] == "string_pattern_mismatch":
        return f"a {column} holds no colon and no bar, and begins with a sign that can be seen"
    return told(detail)


def _told(sheet: Sheet) -> Iterator[Mistake]:
    mistakes = sorted(sheet.mistakes, key=lambda one: (one.line, one.column))
    yield from mistakes[:_MOST]
    if more := mistakes[_MOST:]:
        yield replace(more[0], message=f"and {len(more)} more mistakes from here on")


def _objectives(file: _File[ObjectiveRow] | None, known: Known) -> Iterator[items.Made]:
    if file is None:
        return
    file.check("team", known.teams, "there is no team")
    file.check("train", known.trains, "there is no train")
    pattern = re.compile(known.interval_pattern) if known.interval_pattern else None
    for name, place in file.names("interval"):
        if interval_label(name, pattern) is None:
            file.sheet.mistake(place, f"{name!r} names no planning interval, such as PI 26.4")
    labelled = [(row, label, at) for row, at in file.rows if (label := interval_label(row.interval, pattern))]
    made = [(items.pi_objective(row, label, file.sheet.columns), at) for row, label, at in labelled]
    _keys_once(file.sheet, made)
    yield from (one for one, _ in made)


def _goals(file: _File[GoalRow] | None, known: Known) -> Iterator[items.Made]:
    if file is None:
        return
    file.check("theme", known.themes, "there is no strategic theme")
    below = {row.place for row in file.sheet.rows if filled(row.cells).get("objective") is not None}
    objectives = {str(row.cells["key"]) for row in file.sheet.rows if row.place not in below and row.cells.get("key")}
    file.check("objective", objectives or {""}, "there is no objective with the key")
    made = [(items.goal(row, file.sheet.columns), at) for row, at in file.rows]
    _keys_once(file.sheet, made)
    yield from (one for one, _ in made)


def _keys_once(sheet: Sheet, made: Iterable[tuple[items.Made, Row]]) -> None:
    seen: dict[str, int] = {}
    for one, row in made:
        if one.item.uid in seen:
            place = row.places.get("key", row.place)
            sheet.mistake(place, f"{one.item.key!r} stands here twice (first in line {seen[one.item.uid]}); only one of them could count")
        seen.setdefault(one.item.uid, row.place[0])


def _items_once(file: _File[ApprovalRow] | _File[ResultRow] | None) -> None:
    if file is not None:
        file.once("this item", lambda row: row.key.casefold())


def _of_trackers(file: _File[Any] | None, column: str, trackers: Collection[str]) -> None:
    """An item is named by its key, or as tracker:KEY."""
    for cell, place in file.cells(column) if file else ():
        for key in _keys(cell):
            tracker, colon, _ = str(key).partition(":")
            if file and colon and trackers and tracker.casefold() not in {each.casefold() for each in trackers}:
                file.sheet.mistake(place, near("an item is named KEY or tracker:KEY; there is no tracker", tracker, trackers))


def _keys(cell: object) -> Iterable[object]:
    found = keys(cell)
    return found if isinstance(found, tuple) else ()


def _register(file: _File[ApprovalRow] | _File[ResultRow] | None) -> Register | None:
    if file is None:
        return None
    facts = tuple(name for name in file.sheet.columns if name != "key")
    entries = tuple(Entry(row.key, tuple((name, _plain(getattr(row, name))) for name in facts)) for row, _ in file.rows)
    return Register(frozenset(facts), entries)


def _plain(value: str | float | date | None) -> str | float | None:
    return value.isoformat() if isinstance(value, date) else value


def _budgets(file: _File[BudgetRow] | None, known: Known) -> tuple[Budget, ...] | None:
    if file is None:
        return None
    file.check("value_stream", known.value_streams, "there is no value stream")
    file.once("this value stream and period", lambda row: (row.value_stream, row.period))
    return tuple(
        Budget(row.value_stream, row.period, row.starts_on, row.ends_on, row.budget, row.run_cost, row.spent) for row, _ in file.rows
    )


def _business_owners(file: _File[BusinessOwnerRow] | None, known: Known) -> tuple[BusinessOwner, ...] | None:
    if file is None:
        return None
    file.check("train", known.trains, "there is no train")
    file.once("this Business Owner of this train", lambda row: (row.train, row.name.casefold()))
    return tuple(BusinessOwner(row.train, row.name) for row, _ in file.rows)
