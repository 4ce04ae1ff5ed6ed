"""Which facts a configuration tells of no item: no tracker maps their field, and no file beside the trackers says them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from safesync.configuration.registers.rows import ROWS
from safesync.configuration.source import as_mapping
from safesync.connectors.mapping import FURTHER, UNASKED, Form
from safesync.facts.fact import Fact
from safesync.rules.senseless import Untold

_FILE = "name a file as organisation.data."
_UNTOLD = frozenset(str(name) for name, form in FURTHER.items() if form is not Form.TEXT) - UNASKED


def untold_by(values: Mapping[str, Any], more_files: Collection[str] = ()) -> Untold:
    """
    For each fact what to do about it, empty where some item may have it; of plain values whose mappings stand over their presets.

    Of several fields one is enough, mapped or in a file: what is left is told when items are judged.
    """
    trackers = [as_mapping(each) for each in values.get("trackers") or () if isinstance(values.get("trackers"), list)]
    files = {*as_mapping(as_mapping(values.get("organisation")).get("data")), *more_files} & ROWS.keys()
    told = {name for each in trackers for name in as_mapping(as_mapping(each.get("mapping")).get("fields"))}
    told.update(name for file in files for name in ROWS[file].model_fields)

    def remedy(fact: Fact) -> str:
        fields = [name for name in fact.needs if name in _UNTOLD]
        named = next((name for name in ROWS if fact.remedy == f"{_FILE}{name}"), None)
        if (not fields and named is None) or not told.isdisjoint(fields) or named in files:
            return ""
        return fact.remedy or f"map {' or '.join(fields)}"

    return remedy if trackers else lambda _: ""
