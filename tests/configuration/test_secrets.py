"""Secrets by reference: where they lead, when they are needed, and that none is ever printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import SOUND, changed, mistakes

from safesync.configuration.model import JiraTracker
from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError


def test_tokens_come_from_the_environment_and_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ado").write_text("from-file\n", encoding="utf-8")
    monkeypatch.setenv("JIRA_TOKEN", "from-environment\n")

    configuration = parse_configuration(changed("${env:ADO_TOKEN}", f"${{file:{tmp_path}/ado}}")).configuration

    assert [part.auth.token.get_secret_value() for part in configuration.trackers] == ["from-environment", "from-file"]


def test_every_secret_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    monkeypatch.setenv("EMPTY", "  ")
    for reference, said in (
        ("${env:ADO_TOKEN}", "the environment variable ADO_TOKEN is not set"),
        ("${env:EMPTY}", "the environment variable EMPTY is empty"),
        ("${file:/nowhere/token}", "there is no file /nowhere/token"),
        ("${file:/}", "the file / cannot be read as text"),
    ):
        found = mistakes(SOUND.replace("${env:ADO_TOKEN}", reference), secrets=Secrets.ALL)
        assert [each.partition(": ")[2] for each in found] == ["the environment variable JIRA_TOKEN is not set", said]


def test_a_look_at_the_configuration_needs_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    for store in ("${env:STORE}", "postgresql://safesync:${env:PASSWORD}@db/safesync"):
        assert parse_configuration(changed("sqlite:///safesync.db", store), secrets=Secrets.NONE).rules


def test_who_speaks_to_the_store_alone_needs_the_secret_of_the_store_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed("sqlite:///safesync.db", "postgresql://safesync:${env:PASSWORD}@db/safesync")
    monkeypatch.setenv("PASSWORD", "of-the-store")

    assert parse_configuration(text, secrets=Secrets.STORE).configuration.store == "postgresql://safesync:of-the-store@db/safesync"

    monkeypatch.delenv("PASSWORD")
    (only,) = mistakes(text, secrets=Secrets.STORE)
    assert only.endswith("the environment variable PASSWORD is not set")


def test_a_reference_outside_of_secrets_stays_text() -> None:
    text = changed("Ask for a review of {points} points.", "Write ${{env:HOME}} somewhere.")
    loaded = parse_configuration(text, secrets=Secrets.NONE)
    assert next(each.rule.remedy for each in loaded.rules if each.rule.code == "X101") == "Write ${{env:HOME}} somewhere."


SECRET = "hunter2-Zx9!secret"
SPOTS = {
    "in place of auth": ('{token: "${env:ADO_TOKEN}"}', f'"{SECRET}"'),
    "misspelled key": ('{token: "${env:ADO_TOKEN}"}', f'{{tokn: "{SECRET}"}}'),
    "in a list": ('{token: "${env:ADO_TOKEN}"}', f'{{token: ["{SECRET}"]}}'),
    "as user": ('{token: "${env:ADO_TOKEN}"}', f'{{user: ["{SECRET}"]}}'),
    "in the address": ("https://dev.azure.com/meridian", f"https://me:{SECRET}@dev.azure.com"),
    "in the store": ("sqlite:///safesync.db", f"mysql://me:{SECRET}@db/x"),
    "a scheme with a secret": ('"${env:ADO_TOKEN}"', f'"${{plain:{SECRET}}}"'),
    "a plain tag": ('"${env:ADO_TOKEN}"', f"!{SECRET}"),
    "a plain alias": ('"${env:ADO_TOKEN}"', f"*{SECRET.replace('!', '')}"),
    "a broken line": ('{token: "${env:ADO_TOKEN}"}', f'{{token: "{SECRET}'),
    "twice": ('{token: "${env:ADO_TOKEN}"}', f'{{token: "{SECRET}", token: "{SECRET}"}}'),
    "in a channel": ("notify: []", f"notify: [{{name: chat, url: 'nothing {SECRET}'}}]"),
    "as the name of a channel's service": ("notify: []", f"notify: [{{name: chat, url: ['slack://{SECRET}']}}]"),
    "with a colon": ('{token: "${env:ADO_TOKEN}"}', f"\n      token: {SECRET}: x"),
}


@pytest.mark.parametrize(("old", "new"), SPOTS.values(), ids=SPOTS.keys())
def test_no_mistake_prints_a_secret(old: str, new: str) -> None:
    found = "\n".join(mistakes(changed(old, new)))
    assert "hunter2" not in found


def test_a_secret_shows_nowhere_in_a_printed_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", SECRET)
    monkeypatch.setenv("ADO_TOKEN", SECRET)
    loaded = parse_configuration(SOUND)
    first = loaded.configuration.trackers[0]
    assert isinstance(first, JiraTracker)
    assert first.auth.token.get_secret_value() == SECRET
    for told in (repr(loaded), str(loaded.configuration), loaded.configuration.model_dump_json()):
        assert SECRET not in told


def test_an_error_about_other_things_does_not_print_resolved_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", SECRET)
    monkeypatch.setenv("ADO_TOKEN", SECRET)
    with pytest.raises(ConfigurationError) as refused:
        parse_configuration(changed("members: 7", "members: x"))
    assert SECRET not in str(refused.value)
