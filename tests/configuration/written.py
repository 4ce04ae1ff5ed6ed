"""Configurations for tests: a small sound one, and what is said about one that is not."""

from __future__ import annotations

import re

import pytest

from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError, Mistake

SOUND = """\
version: 1
store: sqlite:///safesync.db
trackers:
  - name: jira-eu
    kind: jira
    url: https://meridian.atlassian.net
    auth: {user: safesync@meridian.example, token: "${env:JIRA_TOKEN}"}
    scope: {projects: [PAY, CARDS]}
    mapping: {preset: jira-cloud-premium, types: {feature: [Epic]}}
  - name: ado
    kind: azure-devops
    url: https://dev.azure.com/meridian
    auth: {token: "${env:ADO_TOKEN}"}
    scope: {projects: [Payments]}
    mapping: {preset: ado-agile, train_depth: 1}
organisation:
  trains: {Payments: {teams: [Falcon, Heron], value_stream: Pay, anchor: ado:10}}
  themes: [trust]
  intervals: {pattern: '(\\d\\d\\.\\d)'}
teams:
  Falcon: {members: 7, velocity: 34.5, rules: {TM105: off}}
rules:
  extends: [essential]
  TM101: {severity: {current: error}, options: {verdicts: [missing]}, exclude: has_label('chore'), stage: comment}
  TM102: warning
  custom:
    - code: X101
      name: story-without-risk-review
      for: story
      when: team IN ('Falcon', 'Heron') AND gate >= 'next'
      flaw: points >= 8 AND NOT has_label('risk-reviewed')
      severity: warning
      remedy: Ask for a review of {points} points.
      examples: {bad: [{points: 8}], good: [{points: 8, labels: [risk-reviewed]}]}
feedback: {comments: true, labels: true, language: en, limits: {items: 50, share: 0.2, jump: 3.0}}
schedule: [{cron: "0 6 * * 1-5", timezone: Europe/Berlin}]
notify: []
mirrors: []
"""

JARGON = re.compile(
    r"[Pp]ydantic|[Vv]alue.error|str.enum|Input should|valid (string|integer|tuple|dict)|should match|\btuple\b|[Ff]rozenset|[Dd]ictionary|"
    r"\bNone\b|Literal|_type\b|instance of|\[type=|Traceback|<class|function-|union_tag|\^\[|<enum|Mistake\(|[a-z]Error\b"
)
"""What a library or Python would say, and an administrator would not."""


def changed(old: str, new: str, text: str = SOUND) -> str:
    """The sound configuration with one thing otherwise."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def mistakes(text: str, *, secrets: Secrets = Secrets.NONE) -> list[str]:
    """Every mistake as ``line:column: sentence``; there must be some, each with a place and in plain words."""
    with pytest.raises(ConfigurationError) as refused:
        parse_configuration(text, file="f", secrets=secrets)
    found = refused.value.mistakes
    assert found
    for each in found:
        assert isinstance(each, Mistake), each
        assert not JARGON.search(each.message), each.message
        assert "\n" not in each.message
    return [str(each).removeprefix("f:") for each in found]


def place_of(text: str, word: str) -> str:
    """``line:column`` of a word that stands once in a text."""
    assert text.count(word) == 1, word
    before = text[: text.index(word)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
