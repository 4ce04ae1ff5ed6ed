"""Texts that hold no characters, inside JSON."""

from __future__ import annotations

import json

import pytest

from safesync.connectors.characters import mended


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"a \ud83d b"', "a ? b"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (b'"Z\xfcrich"', "Z\N{REPLACEMENT CHARACTER}rich"),
        (b'"a\x00\nb"', "a\x00\nb"),
        ('"ä€"'.encode(), "ä€"),
    ],
)
def test_what_is_no_character_is_replaced_and_all_else_stays(written: bytes, read: str) -> None:
    assert json.loads(mended(b'{"title": ' + written + b', "id": 7}')) == {"title": read, "id": 7}


@pytest.mark.parametrize("body", [b'{"title": "cut', b"", b"<html>", b"[" * 100_000])
def test_what_is_no_json_stays_as_it_is(body: bytes) -> None:
    assert mended(body) == body
