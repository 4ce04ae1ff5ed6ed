from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safesync.feedback.labels import is_ours, label_changes, wanted_labels

OURS = ("safesync-attention", "safesync-tm", "safesync-pg")
THEIRS = ("chore", "safesync-waive-tm101", "Safesync", "safesync-attention-please", "risk-reviewed")
LABELS = st.sets(st.sampled_from(OURS + THEIRS))


def test_findings_want_one_label_for_attention_and_one_a_family() -> None:
    assert wanted_labels(["TM101", "TM105", "X101"]) == {"safesync-attention", "safesync-tm", "safesync-x"}
    assert wanted_labels([]) == frozenset()


@given(carried=LABELS, wanted=st.sets(st.sampled_from(OURS)))
def test_only_our_labels_move_and_all_that_are_wanted_stand_in_the_end(carried: set[str], wanted: set[str]) -> None:
    add, remove = label_changes(carried, wanted, ())
    after = carried | set(add) - set(remove)
    after -= set(remove)
    assert {label for label in after if is_ours(label)} == wanted
    assert after - set(OURS) == carried - set(OURS)
    assert label_changes(after, wanted, ()) == ((), ())


def test_a_label_that_a_person_took_off_is_not_set_again() -> None:
    assert label_changes((), {"safesync-attention", "safesync-tm"}, ("safesync-tm",)) == (("safesync-attention",), ())


def test_a_tag_in_another_spelling_is_the_same_tag() -> None:
    assert label_changes(("SafeSync-TM",), {"safesync-tm"}, ()) == ((), ())
    assert label_changes(("SafeSync-TM",), set(), ()) == ((), ("SafeSync-TM",))
