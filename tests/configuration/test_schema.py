"""The JSON Schema says of a file what reading it says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from written import SOUND, changed, mistakes

from safesync.configuration.read import parse_configuration, read_configuration
from safesync.configuration.schema import json_schema
from safesync.configuration.secrets import Secrets
from safesync.configuration.source import parse_source
from safesync.connectors.sandbox.meridian.configuration import configuration_text
from safesync.connectors.sandbox.meridian.truth import meridian
from safesync.model.timebox import interval_label
from safesync.rules.catalog import shipped

ROOT = Path(__file__).parents[2]
COMPLETE = ROOT / "config" / "safesync.yaml"


@cache
def judge() -> Any:
    return jsonschema_rs.validator_for(json_schema())


def errors(text: str) -> list[str]:
    return [
        f"{'.'.join(map(str, each.instance_path))}: {each.message[:200]}" for each in judge().iter_errors(parse_source("f", text).values)
    ]


def sandbox_text() -> str:
    from datetime import date  # noqa: PLC0415

    return configuration_text(
        "http://127.0.0.1:1/jira", "http://127.0.0.1:1/azure/meridian", "sqlite:///x.db", meridian(date(2026, 11, 18))
    )


@pytest.mark.parametrize("text", [SOUND, COMPLETE.read_text(encoding="utf-8"), sandbox_text()], ids=["sound", "complete", "sandbox"])
def test_a_sound_configuration_is_sound_for_both(text: str) -> None:
    assert errors(text) == []
    assert parse_configuration(text, file=str(COMPLETE), secrets=Secrets.NONE).rules  # beside which the files lie that it names


def test_the_complete_configuration_finds_the_interval_in_every_name() -> None:
    mapping = read_configuration(COMPLETE, secrets=Secrets.NONE).configuration.trackers[0].mapping
    assert mapping.interval_pattern is not None
    import re  # noqa: PLC0415

    pattern = re.compile(mapping.interval_pattern)
    assert {interval_label(name, pattern) for name in ("PI 26.4", "Falcon 26.4.3", "Iteration 26.4.3")} == {"PI 26.4"}


def test_a_trackers_own_interval_pattern_counts_before_that_of_the_organisation() -> None:
    trackers = parse_configuration(changed("train_depth: 1", "interval_pattern: '(own)'"), secrets=Secrets.NONE).configuration.trackers
    assert [each.mapping.interval_pattern for each in trackers] == [r"(\d\d\.\d)", "(own)"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sqlite:///safesync.db", "${env:STORE}"),
        ("sqlite:///safesync.db", "postgresql+psycopg://safesync@db/safesync"),
        ("notify: []", "notify: [{name: chat, url: '${file:/run/secrets/chat}'}]"),
        ('{token: "${env:ADO_TOKEN}"}', "{entra: default}"),
        ("https://dev.azure.com/meridian", "https://tfs.example.org:8443/tfs/My Collection"),
        ("types: {feature: [Epic]}", "fields: {points: customfield_10016}"),
    ],
)
def test_what_may_be_written_otherwise_is_sound_for_both(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = changed(old, new)
    assert errors(text) == []
    monkeypatch.setenv("STORE", "sqlite:///s.db")
    assert parse_configuration(text, secrets=Secrets.NONE).configuration.version == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("store: sqlite", "stores: sqlite"),
        ("kind: jira\n", "kind: jirra\n"),
        ("[PAY, CARDS]", "PAY"),
        ("[PAY, CARDS]", "[]"),
        ("members: 7", "members: seven"),
        ("members: 7", "members: true"),
        ("members: 7", "members: 0"),
        ("train_depth: 1", "train_dept: 1"),
        ("preset: ado-agile", "preset: ado"),
        ("types: {feature", "types: {featur"),
        ("TM102: warning", "TM1O2: warning"),
        ("TM102: warning", "TM102: warn"),
        ("TM102: warning", "TM102: {options: {max_criteria: many}}"),
        ("TM102: warning", "TM102: {options: {max: 3}}"),
        ("{TM105: off}", "{TM105: offf}"),
        ("current: error", "currnt: error"),
        ("stage: comment", "stage: shout"),
        ("code: X101", "code: TM999"),
        ("for: story", "for: storey"),
        ("language: en", "language: xx"),
        ("mirrors: []", "mirrors: [x]"),
        ("version: 1", "version: 2"),
        ("name: ado", "name: Ado!"),
        ("https://dev.azure.com/meridian", "dev.azure.com"),
        ("https://dev.azure.com/meridian", "https://u:hunter2@dev.azure.com/m"),
        ("sqlite:///safesync.db", "mysql://h/d"),
        ("0 6 * * 1-5", "0 0 6 * * 1-5"),
        ("Europe/Berlin", "Europe/Berln"),
        ("types: {feature: [Epic]}", "fields: {points: {id: a, name: b}}"),
        ('{token: "${env:ADO_TOKEN}"}', '{token: "${env:ADO_TOKEN}", entra: default}'),
        ('{token: "${env:ADO_TOKEN}"}', "{user: kim}"),
        ("notify: []", "notify: [{name: chat, url: chat.example}]"),
        ("notify: []", "lexicon: {English: {acceptance: [Ready]}}"),
        ("language: en", "language: en, docs_url: our wiki"),
        ("TM102: warning", "GR503: {options: {targets: {default: {enablers: 20}}}}"),
    ],
)
def test_a_wrong_configuration_is_wrong_for_both(old: str, new: str) -> None:
    text = changed(old, new)
    assert errors(text)
    assert mistakes(text)


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    parts = {"": schema, **schema["$defs"]}
    for part, shape in parts.items():
        for key, each in shape.get("properties", {}).items():
            yield f"{part}.{key}", each


def test_every_key_is_described() -> None:
    schema = json_schema()
    found = dict(properties(schema))
    silent = [
        key
        for key, shape in found.items()
        if not (shape.get("description") or schema["$defs"].get(shape.get("$ref", "").rpartition("/")[2], {}).get("description"))
    ]
    assert len(found) > 60
    assert silent == []


def test_every_shipped_rule_and_option_is_in_the_schema() -> None:
    of_rules = json_schema()["properties"]["rules"]["properties"]
    for code, rule in shipped().items():
        whole = of_rules[code]["anyOf"][-1]
        assert set(whole["properties"]["options"].get("properties", {})) == set(rule.options.model_fields)
