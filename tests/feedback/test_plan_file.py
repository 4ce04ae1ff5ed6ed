from __future__ import annotations

import json
from dataclasses import replace

import pytest
from feedback_values import NOON, finding, item, situation
from hypothesis import given
from hypothesis import strategies as st

from safesync.feedback.plan import make_plan
from safesync.feedback.plan_file import plan_from_json, plan_to_json
from safesync.feedback.settings import FeedbackSettings
from safesync.model.change import CommentMark
from safesync.model.errors import ConfigurationError

PLAN = make_plan(
    situation(finding(), finding("TM105", subject="jira:2"), items=(item(), item(2)), marks=(CommentMark("jira:2", "c9", "old"),)),
    FeedbackSettings(docs_url="https://safesync.example/rules"),
    NOON,
)


def test_a_plan_comes_back_as_it_was() -> None:
    assert len(PLAN.changes) == 2
    assert plan_from_json(plan_to_json(PLAN)) == PLAN


@given(remedy=st.text(st.characters(exclude_categories=["Cs"])), evidence=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_words_survive_the_file(remedy: str, evidence: str) -> None:
    made = make_plan(situation(finding(remedy=remedy, evidence=evidence)), FeedbackSettings(), NOON)
    assert plan_from_json(plan_to_json(made)) == made


def test_a_plan_altered_by_hand_is_refused() -> None:
    altered = plan_to_json(PLAN).replace("Do what TM101 asks.", "Do what I ask.")
    with pytest.raises(ConfigurationError, match="was altered"):
        plan_from_json(altered)
    fewer = json.loads(plan_to_json(PLAN))
    del fewer["plan"]["changes"][0]
    with pytest.raises(ConfigurationError, match="was altered"):
        plan_from_json(json.dumps(fewer))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not a plan"),
        ("[1, 2", "not a plan"),
        ('{"issues": []}', "not a plan"),
        ('{"safesync_plan": 1}', "another version"),
        ('{"safesync_plan": 2, "plan": {"made_at": "noon"}}', r"damaged at plan\.made_at"),
        (plan_to_json(PLAN)[:-100], "cut off or damaged; plan again"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        plan_from_json(text)


def test_a_forged_digest_does_not_help_a_changed_time() -> None:
    later = replace(PLAN, made_at=NOON.replace(hour=13))
    with pytest.raises(ConfigurationError, match="was altered"):
        plan_from_json(plan_to_json(later))
