"""How an Azure DevOps tracker is entered: by a token or by an identity of Entra ID, never both, each mistake with its place."""

from __future__ import annotations

import pytest

from safesync.configuration.read import parse_configuration
from safesync.configuration.schema import json_schema
from safesync.connectors.port import Access, Entra
from safesync.model.errors import ConfigurationError
from safesync.wiring import access_of


def text(auth: str, kind: str = "azure-devops") -> str:
    return f"""\
version: 1
trackers:
  - name: one
    kind: {kind}
    url: https://dev.azure.com/meridian
    auth: {auth}
    scope: {{projects: [P]}}
"""


@pytest.mark.parametrize(
    ("auth", "entra"),
    [
        ("{entra: default}", Entra()),
        ("{entra: managed-identity}", Entra("managed-identity")),
        ("{entra: workload-identity}", Entra("workload-identity")),
        ("{entra: {client_id: b}}", Entra("managed-identity", client_id="b")),
        ("{entra: {tenant: a, client_id: b, client_secret: '${env:SECRET}'}}", Entra("secret", "a", "b", "the secret")),
        ("{entra: {tenant: a, client_id: b, certificate: c.pem}}", Entra("certificate", "a", "b", certificate="c.pem")),
    ],
)
def test_each_way_of_entering_by_entra_id(auth: str, entra: Entra, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "the secret")
    (part,) = parse_configuration(text(auth)).configuration.trackers
    access = access_of(part)
    assert access == Access("one", "https://dev.azure.com/meridian", "", entra=entra)
    assert "the secret" not in f"{part!r}{access!r}"


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ("{}", "6:11: give exactly one of token and entra"),
        ("{token: x, entra: default}", "6:11: give exactly one of token and entra"),
        ("{token: }", "6:11: give exactly one of token and entra"),
        ("{token: ' '}", "6:19: the token is empty"),
        ("{entra: defualt}", "6:19: 'defualt' is not one of default, managed-identity, workload-identity, did you mean 'default'?"),
        ("{entra: {tenant: a, client_id: b}}", "6:19: give tenant with exactly one of client_secret and certificate"),
        ("{entra: {client_id: b, client_secret: c}}", "6:19: give tenant with exactly one of client_secret and certificate"),
        ("{entra: {tenant: a, client_id: b, client_secret: c, certificate: d}}", "6:19: give tenant with exactly one of"),
        ("{entra: {tenant: a, client_id: b, client_secret: ''}}", "6:19: the client_secret is empty"),
        ("{entra: {tenant: a, client_idd: b}}", "6:31: unknown key 'client_idd', did you mean 'client_id'?"),
        ("{entra: {tenant: a, client_id: b, client_secret: '${env:NOT_THERE}'}}", "6:60: the environment variable NOT_THERE is not set"),
    ],
)
def test_every_mistake_is_told_with_its_place(auth: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_THERE", raising=False)
    with pytest.raises(ConfigurationError) as raised:
        parse_configuration(text(auth))
    assert f"safesync.yaml:{said}" in str(raised.value)


def test_jira_knows_no_entra_id() -> None:
    with pytest.raises(ConfigurationError, match="6:12: unknown key 'entra'"):
        parse_configuration(text("{entra: default}", "jira"))


def test_editors_are_told_both_ways() -> None:
    definitions = json_schema()["$defs"]
    assert {"token", "entra"} <= definitions["AzureAuth"]["properties"].keys()
    assert "entra" not in definitions["Auth"]["properties"]
    assert {"tenant", "client_id", "client_secret", "certificate"} == definitions["EntraPart"]["properties"].keys()
