"""What tools for tests write, in our three words."""

from __future__ import annotations

import pytest

from safesync.facts.item.tested import result


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("PASS", "passed"),
        ("Passed", "passed"),
        ("OK", "passed"),
        ("3.1 - OK", "passed"),
        ("Bestanden", "passed"),
        ("FAIL", "failed"),
        ("v3.1: NOK", "failed"),
        ("Not OK", "failed"),
        ("3.1 - OK; 3.2 - NOK", "failed"),
        ("passed; TODO", "not_run"),
        ("NotExecuted", "not_run"),
        ("NOT_RUN", "not_run"),
        ("failed; sunny", "failed"),
        ("passed; sunny", None),
        ("Sunny", None),
        (";", None),
    ],
)
def test_a_word_of_a_tool_means_one_of_three_or_nothing(said: str, meant: str | None):
    assert result(said) == meant
