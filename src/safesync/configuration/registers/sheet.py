"""
A table in a file, CSV or YAML, as rows whose every cell knows its place.

CSV as spreadsheets write it: with or without a byte order mark, separated by commas, semicolons or tabs, the first line
naming the columns. YAML is a list of mappings with the same names. ``Value stream``, ``value-stream`` and ``VALUE_STREAM`` are
one name.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from safesync.configuration.scalar import line_and_column
from safesync.configuration.source import KeyPath, read_source
from safesync.configuration.words import near
from safesync.model.errors import ConfigurationError, Mistake

Place = tuple[int, int]
_SEPARATORS = (",", ";", "\t")
_QUOTE = '"'
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by the name of their column; ``place`` is where the row begins."""

    cells: Mapping[str, object]
    places: Mapping[str, Place]
    place: Place


@dataclass(slots=True)
class Sheet:
    """A table, and what is wrong with it as a table."""

    file: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, place: Place, message: str) -> None:
        """Note what is wrong at a place."""
        self.mistakes.append(Mistake(self.file, *place, message))


def read_sheet(path: Path, known: Collection[str], needed: Collection[str]) -> Sheet:
    """
    The table in a file; ``known`` are the columns it may have and ``needed`` those it must have.

    Raises ``ConfigurationError`` for a file that cannot be read as a table at all.
    """
    if path.suffix.lower() in {".yaml", ".yml"}:
        return _from_yaml(path, known)
    if path.suffix.lower() != ".csv":
        raise ConfigurationError(f"{path}: a table is a file ending in .csv or .yaml")
    return _from_csv(str(path), _text(path), known, needed)


def parse_csv(text: str, known: Collection[str], needed: Collection[str] = (), *, file: str = "table.csv") -> Sheet:
    """The table in a text, as ``read_sheet``."""
    return _from_csv(file, text.removeprefix("\ufeff"), known, needed)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ConfigurationError(f"{path}: this is a folder; name the file in it") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({type(error).__name__})") from None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ConfigurationError(Mistake(str(path), 1, 1, "this is UTF-16 text; save the file as CSV UTF-8"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = line_and_column(raw[: error.start].decode("utf-8", "replace"), error.start)
        raise ConfigurationError(Mistake(str(path), *place, "from here on this is not UTF-8 text; save the file as CSV UTF-8")) from None


# --- CSV --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    """The cells of one line, or of several where a quoted cell holds line ends, with the place of each."""

    cells: Sequence[str]
    places: Sequence[Place]


def _from_csv(file: str, text: str, known: Collection[str], needed: Collection[str]) -> Sheet:
    sheet = Sheet(file)
    if control := _CONTROL.search(text):
        raise ConfigurationError(Mistake(file, *line_and_column(text, control.start()), "a control character stands here"))
    lines = list(io.StringIO(text, newline=""))
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise ConfigurationError(Mistake(file, 1, 1, "the file is empty; its first line names the columns"))
    if told := re.fullmatch(r"sep=([,;\t])\s*", lines[first]):
        separator, first = told[1], first + 1
    else:
        separator = _separator(lines[first], known)
    records = _records(sheet, lines, first, separator)
    head = next(records, _Record((), ()))
    names = _columns(sheet, head, known, needed)
    rows = tuple(row for record in records if (row := _row(sheet, record, names)))
    sheet.columns, sheet.rows = tuple(name for name in names if name in known), rows
    return sheet


def _separator(line: str, known: Collection[str]) -> str:
    """The one by which most columns are known; a line without any of them is separated by what stands there most often."""

    def fits(separator: str) -> tuple[int, int]:
        cells = line.strip("\r\n").split(separator)
        return sum(_plain(cell.strip(' "')) in known for cell in cells), len(cells)

    return max(_SEPARATORS, key=fits)


def _records(sheet: Sheet, lines: Sequence[str], first: int, separator: str) -> Iterator[_Record]:
    """Every record that is not empty; a quote that is not closed ends the reading, for nobody knows where it should have been."""
    reader = csv.reader(lines[first:], delimiter=separator, strict=True)
    at = first
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            said = "this cell is too long" if "limit" in str(error) else "a quote is opened or closed here where it cannot be"
            sheet.mistake((at + 1, 1), f"{said}; double a quote that belongs to the text")
            return
        if cells is None:
            return
        begun, at = at, first + reader.line_num
        if any(cell.strip() for cell in cells):
            yield _Record(cells, _places("".join(lines[begun:at]), begun + 1, separator))


def _places(record: str, line: int, separator: str) -> list[Place]:
    """Where each cell of a record begins; quotes count where a cell begins with one."""
    places, column, begins, quoted = [(line, 1)], 1, True, False
    for sign in record:
        if sign == _QUOTE and (begins or quoted):
            quoted = not quoted
        elif sign == separator and not quoted:
            places.append((line, column + 1))
        begins = sign == separator and not quoted
        line, column = (line + 1, 1) if sign == "\n" else (line, column + 1)
    return places


def _columns(sheet: Sheet, head: _Record, known: Collection[str], needed: Collection[str]) -> list[str]:
    """The names in the first line; one that is not known is noted, and its cells are looked at no further."""
    names = [_plain(cell) for cell in head.cells]
    for at, (cell, name) in enumerate(zip(head.cells, names, strict=True)):
        if name in names[:at] and name:
            sheet.mistake(head.places[at], f"the column {cell.strip()!r} stands here twice; only one of them could count")
        elif name not in known and (name or at < len(names) - 1):
            sheet.mistake(head.places[at], near("unknown column", cell.strip(), known) if name else "a column without a name")
    for missing in sorted(set(needed) - set(names)):
        place = head.places[0] if head.places else (1, 1)
        sheet.mistake(place, f"the column {missing!r} is missing; there are {', '.join(name for name in names if name) or 'none'}")
    return names


def _row(sheet: Sheet, record: _Record, names: Sequence[str]) -> Row | None:
    if len(record.cells) > len(names) and any(cell.strip() for cell in record.cells[len(names) :]):
        words = f"this row has {len(record.cells)} cells and the first line {len(names)} columns"
        sheet.mistake(record.places[len(names)], f"{words}; put a cell that holds the separator in quotes")
        return None
    pairs = [(name, cell.strip(), place) for name, cell, place in zip(names, record.cells, record.places, strict=False) if name]
    return Row(
        MappingProxyType({name: cell for name, cell, _ in pairs}),
        MappingProxyType({name: place for name, _, place in pairs}),
        record.places[0],
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "_", name.strip()).casefold()


# --- YAML -------------------------------------------------------------------------------------------------------


def _from_yaml(path: Path, known: Collection[str]) -> Sheet:
    source = read_source(path)
    sheet = Sheet(source.file, mistakes=list(source.mistakes))
    if not isinstance(source.values, list):
        raise ConfigurationError(source.mistake((), "the file must be a list; each entry is a mapping"))
    rows, columns = [], dict[str, None]()
    for at, entry in enumerate(source.values):
        if not isinstance(entry, dict):
            sheet.mistakes.append(source.mistake((at,), f"must be a mapping, with keys such as {', '.join(list(known)[:3])}"))
            continue
        paths: dict[str, KeyPath] = {_plain(key): (at, key) for key in entry}
        for name, key in paths.items():
            if name not in known:
                sheet.mistakes.append(source.mistake(key, near("unknown key", str(key[-1]), known), key=True))
        columns |= dict.fromkeys(name for name in paths if name in known)
        cells = {name: entry[key[-1]] for name, key in paths.items()}
        rows.append(Row(cells, {name: source.place(key) for name, key in paths.items()}, source.place((at,))))
    sheet.columns, sheet.rows = tuple(columns), tuple(rows)
    return sheet
