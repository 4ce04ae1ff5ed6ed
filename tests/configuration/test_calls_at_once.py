"""How many calls go side by side is the administrator's to say."""

from __future__ import annotations

import pytest

from safesync.configuration.read import parse_configuration
from safesync.model.errors import ConfigurationError


def text(limits: str) -> str:
    return f"""\
version: 1
trackers:
  - name: one
    kind: jira
    url: https://meridian.example
    auth: {{token: "${{env:JIRA_TOKEN}}"}}
    scope: {{projects: [PAY]}}
    limits: {limits}
"""


@pytest.mark.parametrize(("limits", "at_once"), [("{}", 4), ("{at_once: 1}", 1), ("{at_once: 16}", 16)])
def test_calls_at_once_are_four_or_what_was_said(limits: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "a-token")
    (part,) = parse_configuration(text(limits)).configuration.trackers
    assert part.limits.at_once == at_once


@pytest.mark.parametrize("limits", ["{at_once: 0}", "{at_once: 17}"])
def test_none_at_once_or_a_crowd_is_a_mistake(limits: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "a-token")
    with pytest.raises(ConfigurationError, match="8:23: must be at"):
        parse_configuration(text(limits))
