"""How facts stand in a frame: one column type for each fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from polars.datatypes import DataTypeClass

from safesync.facts.fact import Fact, FactType

DAYS = frozenset({"due_on", "target_start", "target_end", "approved_on", "tested_on", "blocked_on", "blocked_until", "commented_on"})
"""Dates without a time of day; all other dates are moments in UTC."""
MOMENT = pl.Datetime("us", "UTC")
REPEATED = frozenset(
    {
        *("tracker", "project", "native_type", "native_state", "owner", "team", "own_train", "iteration", "own_interval"),
        *("board_column", "own_themes", "acceptance_places", "benefit_places", "evidence_kinds", "unseen", "blocked_reason"),
        *("resolution", "enabler_kind", "horizon", "own_value_stream", "decision", "outcome", "approval", "approver", "own_controls"),
        *("roam", "board_lane", "criteria_editor", "story_voice_parts", "epic_hypothesis_missing", "business_case_host", "departed_owner"),
        "benefit_line_digests",
    }
)
"""Texts of which a backlog has few different ones."""


_SHORT = (pl.Int8(), pl.Int16(), pl.Float32())
_WIDE = (pl.Categorical(), pl.List(pl.Categorical()))
"""Numbers for texts as they come, before they are as short as they can be."""
_NARROW = ((pl.UInt8(), 2**7), (pl.UInt16(), 2**15))
"""Numbers for texts, and for how many different ones: twice as many fit, so that what is laid over the facts has room."""


def words(fact: Fact) -> pl.Enum:
    """The vocabulary as a column type: compared by position, and a value outside it cannot be."""
    return pl.Enum([str(word) for word in fact.vocabulary])


def column_type(fact: Fact) -> pl.DataType:
    """The type of a fact's column."""
    match fact.type:
        case FactType.NUMBER:
            return pl.Float64()
        case FactType.TRUTH:
            return pl.Boolean()
        case FactType.LABELS:
            return pl.List(pl.String)
        case FactType.DATE:
            return pl.Date() if fact.name in DAYS else MOMENT
        case FactType.TEXT:
            return words(fact) if fact.vocabulary else pl.String()


def conformed(frame: pl.DataFrame, facts: Iterable[Fact]) -> pl.DataFrame:
    """
    The frame with every fact in its column type; a column that is missing is empty.

    Texts may be coded. Moments and days may come as ISO texts (SQLite has no other), moments without a zone are UTC.
    """
    schema = frame.schema  # made anew each time that one asks for it
    return frame.with_columns(_conformed(schema.get(fact.name), fact) for fact in facts)


def coded(frame: pl.DataFrame) -> pl.DataFrame:
    """
    The same facts in a third of the memory.

    Texts that repeat become numbers, which conditions read as texts; each column of numbers takes the shortest type that holds
    precisely the same ones. So nobody may ask more of a number's type than that it is one: conditions take each as a float.
    A column without any value is one value that is empty.
    """
    labels = [name for name, dtype in frame.schema.items() if dtype == pl.List(pl.String)]
    short = frame.with_columns(
        *(pl.col(name).cast(pl.Categorical) for name in frame.columns if name in REPEATED),
        *(pl.col(name).cast(pl.List(pl.Categorical)) for name in labels),
        *(shortened(column) for column in frame if column.dtype == pl.Float64),
    )
    return lightened(short)


def narrowed(frame: pl.DataFrame) -> pl.DataFrame:
    """
    The same frame, with numbers for texts as short as they can be: a quarter of what they take, where there are not many different ones.

    To be done once all rows are together: frames that were narrowed each by itself have nothing in common any more, and polars compares
    and joins two columns of one frame only as texts then.
    """
    return frame.with_columns(_narrow(column) for column in frame if column.dtype in _WIDE)


def _narrow(texts: pl.Series) -> pl.Series:
    each = texts.explode() if texts.dtype.is_nested() else texts
    codes = each.to_physical()
    if each.null_count() == len(each):
        return texts
    highest = int(codes.max())  # type: ignore[arg-type]
    used = pl.Series([False]).new_from_index(0, highest + 1).scatter(codes.drop_nulls(), values=True).arg_true()
    physical = next((short for short, most in _NARROW if len(used) <= most), None)
    if physical is None:
        return texts
    words = used.cast(codes.dtype).cat.to(each.dtype).cast(pl.Categorical(pl.Categories.random(physical=physical)))
    if texts.dtype.is_nested():
        return texts.cast(pl.List(words.dtype))
    short = pl.repeat(None, highest + 1, dtype=physical, eager=True).scatter(used, words.to_physical())
    return short.gather(codes).cat.to(words.dtype).alias(texts.name)


def coded_type(fact: Fact) -> pl.DataType:
    """The type of a fact's column that has no value."""
    if fact.name in REPEATED:
        return pl.Categorical()
    dtype = column_type(fact)
    return {pl.Float64(): _SHORT[0], pl.List(pl.String): pl.List(pl.Categorical)}.get(dtype, dtype)


def lightened(frame: pl.DataFrame) -> pl.DataFrame:
    """The same frame, with columns without any value as one value that is empty."""
    empty = [nothing(column.name, column.dtype) for column in frame if column.null_count() == len(column) > 0]
    return frame.with_columns(empty) if empty else frame


def nothing(name: str, dtype: pl.DataType) -> pl.Expr:
    """An empty column; it takes no memory until somebody changes it."""
    return pl.lit(None, dtype=dtype).alias(name)


def shortened(values: pl.Series) -> pl.Series:
    """Numbers in the shortest type that holds precisely the same ones; anything else as it is."""
    if values.dtype.is_integer():
        return values.shrink_dtype()
    for dtype in _SHORT if values.dtype == pl.Float64 else ():
        short = values.cast(dtype, strict=False)
        if short.cast(pl.Float64).eq_missing(values).all():
            return short
    return values


def mapped(texts: pl.Series, values: Mapping[str, Any], dtype: pl.DataType) -> pl.Series:
    """What stands for each text, empty without one: looked up once for each different text, not once for each item."""
    codes, distinct = numbered(texts)
    return pl.Series([None if text is None else values.get(text) for text in distinct], dtype=dtype).gather(codes)


def as_texts(few: pl.DataFrame) -> pl.DataFrame:
    """Names that items may hold as numbers, as the texts that other frames have."""
    return few.with_columns(pl.col(pl.Categorical).cast(pl.String))


def numbered(texts: pl.Series) -> tuple[pl.Series, list[str | None]]:
    """Numbers for texts, and the text of each number; a number that no text has stands for none."""
    texts = texts if isinstance(texts.dtype, pl.Categorical) else texts.cast(pl.Categorical)
    codes = texts.to_physical()
    distinct = texts.drop_nulls().unique()
    known = dict(zip(distinct.to_physical().to_list(), distinct.cast(pl.String).to_list(), strict=True))
    return codes, [known.get(code) for code in range(max(known, default=0) + 1)]


def _conformed(found: pl.DataType | None, fact: Fact) -> pl.Expr:
    wanted = column_type(fact)
    column = pl.col(fact.name)
    if found is None:
        return pl.lit(None, dtype=wanted).alias(fact.name)
    if found == wanted or _stands_for(found, wanted):
        return column
    if fact.type is FactType.DATE and found == pl.String:
        column = column.str.to_datetime(time_unit="us", time_zone="UTC") if wanted == MOMENT else column.str.slice(0, 10).str.to_date()
    elif wanted == MOMENT and isinstance(found, pl.Datetime) and found.time_zone is None:
        column = column.dt.replace_time_zone("UTC")
    # A word that this version does not know is read as nothing rather than stopping every rule.
    return column.cast(wanted, strict=not fact.vocabulary)


def _stands_for(found: pl.DataType | DataTypeClass, wanted: pl.DataType | DataTypeClass) -> bool:
    """Whether a type holds the same values in less memory: short numbers for numbers, and numbers of any kind for texts."""
    if isinstance(found, pl.List) and isinstance(wanted, pl.List):
        return _stands_for(found.inner, wanted.inner)
    return (wanted == pl.Float64 and found in _SHORT) or (wanted == pl.String and isinstance(found, pl.Categorical))
