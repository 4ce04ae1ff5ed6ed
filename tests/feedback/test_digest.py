from __future__ import annotations

from datetime import date

import pytest
from feedback_values import finding, item

from safesync.feedback.digest import Wording, digest_of


@pytest.mark.parametrize(
    ("count", "labelled", "listed"),
    [(2, True, ["PAY-1 PAY-2"]), (2, False, ["PAY-1 PAY-2"]), (61, True, ["safesync-tm"]), (61, False, [])],
)
def test_more_items_than_an_address_holds_are_listed_by_their_label_where_they_carry_one(
    count: int, labelled: bool, listed: list[str]
) -> None:
    told = [(item(number), finding(subject=f"jira:{number}")) for number in range(1, count + 1)]
    wording = Wording(searches={"jira": lambda label, keys: " ".join(keys) or label}, labelled=labelled)
    (family,) = digest_of("Falcon", date(2026, 11, 23), told, wording).families
    assert [address for _, address in family.lists] == listed
