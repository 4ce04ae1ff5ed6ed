from __future__ import annotations

from importlib import resources

from safesync.facts.text import lexicon


def test_the_lexicons_that_are_read_are_those_that_were_written() -> None:
    """``make lexicons`` writes the file anew after a change of a language's YAML."""
    shipped = resources.files("safesync.facts.text").joinpath("lexicons.json").read_text(encoding="utf-8")
    assert shipped == lexicon.as_json()
