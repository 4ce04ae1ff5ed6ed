"""The truth about Meridian as a file that people can read: ``truth.yaml`` beside this module."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

from safesync.connectors.sandbox.meridian.draft import Planted
from safesync.connectors.sandbox.meridian.truth import Meridian

_HEAD = """\
# What is wrong at the sandbox organisation Meridian, whatever day it is: a check must find exactly these flaws.
# A near miss looks like a flaw and is none. Written by the code that plants them; a test keeps both equal.
"""


def truth_text(meridian: Meridian) -> str:
    """The flaws and near misses as YAML, by rule."""
    return f"{_HEAD}flaws:\n{_by_code(meridian.flaws)}near_misses:\n{_by_code(meridian.misses)}"


def committed_truth() -> str:
    """The file as it is shipped."""
    return files(__package__).joinpath("truth.yaml").read_text(encoding="utf-8")


def _by_code(planted: Iterable[Planted]) -> str:
    rows = sorted(planted, key=lambda each: each.code)
    codes = dict.fromkeys(each.code for each in rows)
    return "".join(f"  {code}:\n" + "".join(_row(each) for each in rows if each.code == code) for code in codes)


def _row(planted: Planted) -> str:
    return f"    - {{tracker: {planted.tracker}, key: {json.dumps(planted.key)}, why: {json.dumps(planted.why)}}}\n"
