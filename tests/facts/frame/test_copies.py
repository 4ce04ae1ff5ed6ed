from __future__ import annotations

import polars as pl

from safesync.facts.backlog import measured_for
from safesync.facts.copies import counted
from safesync.facts.unseen import Unseen


def items(**digests: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "tracker": ["jira"] * 4,
            "project": ["PAY", "PAY", "PAY", "CARDS"],
            "native_type": ["Story"] * 4,
            **digests,
        },
        schema_overrides=dict.fromkeys(digests, pl.String),
    )


def unseen(*texts: str) -> Unseen:
    return Unseen(pl.Series(texts or ("", "", "", ""), dtype=pl.String))


def test_copies_are_the_other_items_of_the_project_and_type_with_the_same_text():
    found = counted(items(description_digest=["a", "a", "b", "a"], acceptance_digest=["c", "c", "c", None]), unseen())

    assert found["description_copies"].to_list() == [1.0, 1.0, 0.0, 0.0]
    assert found["acceptance_copies"].to_list() == [2.0, 2.0, 2.0, None]


def test_nothing_is_counted_where_the_digests_were_not_loaded():
    assert "description_copies" not in counted(items(acceptance_digest=[None] * 4), unseen()).columns


def test_the_copies_of_an_unseen_text_are_unseen():
    flags = unseen("description_digest", "", "", "")
    counted(items(description_digest=[None, "a", "a", None]), flags)

    assert "description_copies" in flags.facts


def test_a_rule_that_reads_copies_has_loaded_what_they_are_counted_by():
    assert {"description_digest", "project", "native_type"} <= measured_for(["description_copies"])
