"""Writes what tap-jira calls a catalogue, with some streams selected: ``tap_catalog.py FILE STREAM...``, in the tap's environment."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import tap_jira
from tap_jira.context import Context


def main(file: str, *streams: str) -> None:
    """Nothing is asked of a site: what the tap knows of its streams it knows without one."""
    Context.client = SimpleNamespace(is_on_prem_instance=False)
    catalog = tap_jira.discover().to_dict()
    for stream in catalog["streams"]:
        whole = next(one["metadata"] for one in stream["metadata"] if not one["breadcrumb"])
        whole["selected"] = stream["tap_stream_id"] in streams
    Path(file).write_text(json.dumps(catalog), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
