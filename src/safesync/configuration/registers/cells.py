"""
What stands in a cell: numbers, days, truths and lists as people and spreadsheets write them.

A number that can be read in two ways is refused rather than guessed: ``1.234`` is a thousand in Munich and one and a bit in
London.
"""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from safesync.facts.item.tested import RESULT_WORDS, result
from safesync.model.item import Stage
from safesync.rules.complaint import one_of

_BLANKS = re.compile(r"[\s\u00a0\u2009\u202f]+")
_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"([+-]?\d+)([.,])(\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<sign>[.,' \u2019])\d{3})(?:(?P=sign)\d{3})*(?:(?P<point>[.,])\d+)?")
_TRUTHS = MappingProxyType(
    {
        **dict.fromkeys(("yes", "y", "true", "x", "1", "committed", "ja", "oui"), True),
        **dict.fromkeys(("no", "n", "false", "0", "uncommitted", "stretch", "nein", "non"), False),
    }
)
_STAGES = MappingProxyType(
    {
        **dict.fromkeys(("planned", "new", "funnel"), Stage.READY),
        **dict.fromkeys(("open", "in progress", "active", "on track", "at risk"), Stage.IN_PROGRESS),
        **dict.fromkeys(("done", "closed", "completed", "achieved", "met", "missed"), Stage.DONE),
        **dict.fromkeys(("cancelled", "canceled", "dropped"), Stage.CANCELLED),
    }
)


def number(value: Any) -> Any:
    """A number, with the decimal sign of either half of the world."""
    if not isinstance(value, str):
        return value
    text = _BLANKS.sub(" ", value).strip()
    if _WHOLE.fullmatch(text):
        return float(text)
    if (found := _DECIMAL.fullmatch(text)) and not _may_be_thousands(found):
        return float(f"{found[1]}.{found[3]}")
    if found:
        raise ValueError(f"{text} may be {found[1]}{found[3]} or a little more than {found[1]}; write it without a sign between thousands")
    if (found := _GROUPED.fullmatch(text)) and found["point"] != found["sign"]:
        whole, _, rest = text.rpartition(found["point"]) if found["point"] else (text, "", "0")
        return float(f"{re.sub(r'[^0-9+-]', '', whole)}.{rest}")
    raise ValueError(f"must be a number, such as 1500 or 12.5, not {_shown(value)}")


def _may_be_thousands(found: re.Match[str]) -> bool:
    whole = found[1].lstrip("+-")
    return len(found[3]) == 3 and len(whole) <= 3 and not whole.startswith("0")


def day(value: Any) -> Any:
    """A day as ISO writes it, or with the day first and dots between; slashes may mean either order."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?", text):
        parts = (int(found[1]), int(found[2]), int(found[3]))
    else:
        raise ValueError(f"must be a day, such as 2026-11-02, not {_shown(value)}")
    try:
        return date(*parts)
    except ValueError:
        raise ValueError(f"there is no day {_shown(value)}") from None


def truth(value: Any) -> Any:
    """Yes or no."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return value
    found = _TRUTHS.get(str(value).strip().casefold())
    if found is None:
        raise ValueError(f"must be yes or no, not {_shown(value)}")
    return found


def stage(value: Any) -> Any:
    """How far an objective is."""
    if not isinstance(value, str):
        return value
    found = _STAGES.get(_BLANKS.sub(" ", value).strip().casefold().replace("_", " "))
    if found is None:
        raise ValueError(one_of(value, tuple(_STAGES)))
    return found


def outcome(value: Any) -> Any:
    """What a test said."""
    if not isinstance(value, str):
        return value
    found = result(value)
    if found is None:
        raise ValueError(one_of(value, tuple(RESULT_WORDS)))
    return found


def keys(value: Any) -> Any:
    """Keys of items, separated by commas, semicolons or blanks, or as a list."""
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[,;\s]+", value) if part)
    if isinstance(value, int) and not isinstance(value, bool):
        return (str(value),)
    return tuple(str(one) if isinstance(one, int) else one for one in value) if isinstance(value, list) else value


def text(value: Any) -> Any:
    """A text; YAML reads one of digits as a number."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _shown(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= 60 else f"{told[:56]}...{told[0]}"


Number = Annotated[float, BeforeValidator(number), Field(allow_inf_nan=False)]
Amount = Annotated[float, BeforeValidator(number), Field(ge=0, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(day)]
Truth = Annotated[bool, BeforeValidator(truth)]
Standing = Annotated[Stage, BeforeValidator(stage)]
Outcome = Annotated[str, BeforeValidator(outcome)]
Keys = Annotated[tuple[str, ...], BeforeValidator(keys)]
Text = Annotated[str, BeforeValidator(text), Field(min_length=1)]
Name = Annotated[str, BeforeValidator(text), Field(min_length=1, pattern=r"^[^:|\s][^:|]*$")]
"""A key: the colon stands between a tracker and a key, the bar between the parts of a group."""
