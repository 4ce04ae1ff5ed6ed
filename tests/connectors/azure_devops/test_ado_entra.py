"""Microsoft Entra ID instead of a personal access token: azure-identity as it is, its tenant on the wire, the sandbox behind it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import responses
from ado_meridian import Meridian
from entra_tenant import CLIENT, SECRET, TENANT, Tenant

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.port import Entra
from safesync.connectors.sandbox.azure.editions import SERVER_2022_1
from safesync.model.errors import ConfigurationError, RunError
from safesync.model.message import Message

PRINCIPAL = Entra("secret", TENANT, CLIENT, SECRET)


@pytest.fixture
def tenant(meridian: Meridian, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """A tenant whose newest token, and no other, opens the organisation as its own account."""
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST"):
        monkeypatch.delenv(name, raising=False)

    def opens(token: str) -> None:
        tokens = meridian.organisation.tokens
        # Calls side by side may each be given one: the last few are good.
        for old in [name for name in tokens if name.startswith("entra-token-")][:-3]:
            del tokens[old]
        tokens[token] = meridian.bot

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Tenant(mock, opens)


def opened(meridian: Meridian, entra: Entra) -> AzureTracker:
    return meridian.tracker(token="", entra=entra)


def test_a_service_principal_reads_and_writes(meridian: Meridian, tenant: Tenant, message: Message) -> None:
    story = meridian.add()
    tracker = opened(meridian, PRINCIPAL)
    assert tracker.identify().account_id == meridian.bot.id
    assert sum(len(page.items) for page in tracker.pull(None)) == 1
    tracker.create_comment(meridian.ref(story), message)
    assert len(story.comments) == 1
    # One token for all of it: asking for one with each request takes it from memory.
    assert [asked["client_id"] for asked in tenant.asked] == [[CLIENT]]


def test_a_token_that_ends_is_renewed_without_anyone_noticing(meridian: Meridian, tenant: Tenant) -> None:
    meridian.add()
    tenant.lives_s = 1
    tracker = opened(meridian, PRINCIPAL)
    tracker.identify()
    assert sum(len(page.items) for page in tracker.pull(None)) == 1
    assert len(tenant.asked) > 10
    assert {one.status for one in meridian.organisation.requests} == {200}


def test_getting_a_token_is_no_call_of_the_tracker(meridian: Meridian, tenant: Tenant) -> None:
    tracker = opened(meridian, PRINCIPAL)
    tracker.identify()
    assert tracker.calls.total == len(meridian.organisation.requests)
    assert tenant.asked


def test_a_name_and_password_that_lie_about_for_the_host_do_not_take_the_token_s_place(
    meridian: Meridian, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert opened(meridian, PRINCIPAL).identify().account_id == meridian.bot.id
    assert tenant.asked


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AADSTS7000215", "the client secret is wrong"),
        ("AADSTS7000222", "has expired"),
        ("AADSTS700016", "no application with this client_id"),
        ("AADSTS50000", "see the code"),
    ],
)
def test_a_tenant_that_refuses_ends_the_run_with_its_code_and_without_its_words(
    meridian: Meridian, tenant: Tenant, code: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    tenant.refusal = code
    tracker = opened(meridian, PRINCIPAL)
    with pytest.raises(RunError, match=said) as raised:
        tracker.identify()
    assert code in str(raised.value)
    assert SECRET not in f"{raised.value}{raised.value.__cause__}{caplog.text}{tracker._client._access!r}"
    assert meridian.organisation.requests == []
    assert tracker.calls.total == 0


def test_a_secret_that_is_renewed_in_the_tenant_ends_a_write_before_it_is_sent(
    meridian: Meridian, tenant: Tenant, message: Message
) -> None:
    story = meridian.add()
    tenant.lives_s = 1
    tracker = opened(meridian, PRINCIPAL)
    tracker.identify()
    tenant.refusal = "AADSTS7000222"
    with pytest.raises(RunError, match="has expired"):
        tracker.create_comment(meridian.ref(story), message)
    assert (story.comments, tracker.calls.writes) == ([], 0)


def test_the_machine_s_own_identity_is_enough(meridian: Meridian, tenant: Tenant) -> None:
    assert opened(meridian, Entra("managed-identity", client_id=CLIENT)).identify().account_id == meridian.bot.id
    assert tenant.asked[-1]["client_id"] == [CLIENT]


def test_a_workload_identity_shows_the_token_of_its_cluster(
    meridian: Meridian, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RunError, match="AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE"):
        opened(meridian, Entra("workload-identity")).identify()
    (tmp_path / "token").write_text("token-of-the-cluster", encoding="utf-8")
    for name, value in (("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT), ("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))):
        monkeypatch.setenv(name, value)
    assert opened(meridian, Entra("workload-identity")).identify().account_id == meridian.bot.id
    assert tenant.asked[-1]["client_assertion"] == ["token-of-the-cluster"]


def test_by_default_whatever_the_environment_offers_is_taken(meridian: Meridian, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("AZURE_TENANT_ID", TENANT), ("AZURE_CLIENT_ID", CLIENT), ("AZURE_CLIENT_SECRET", SECRET)):
        monkeypatch.setenv(name, value)
    assert opened(meridian, Entra("default")).identify().account_id == meridian.bot.id
    assert tenant.asked[-1]["client_secret"] == [SECRET]


def test_a_certificate_that_is_none_is_told_so(meridian: Meridian, tenant: Tenant, tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("no certificate", encoding="utf-8")
    for file in (tmp_path / "x.pem", tmp_path / "missing.pem"):
        with pytest.raises(RunError, match=r"the certificate is no PEM or PKCS #12 file|the certificate file cannot be read"):
            opened(meridian, Entra("certificate", TENANT, CLIENT, certificate=str(file))).identify()
    assert tenant.asked == []


def test_an_organisation_that_is_not_connected_to_the_tenant_is_told_so(meridian: Meridian, tenant: Tenant) -> None:
    meridian.organisation.manners.knows_no_tenant = True
    with pytest.raises(RunError, match=r"connected to our tenant \(Organisation settings, Microsoft Entra\)"):
        opened(meridian, PRINCIPAL).identify()
    assert tenant.asked


@pytest.mark.parametrize("meridian", [SERVER_2022_1], indirect=True, ids=["2022.1"])
def test_a_server_is_entered_with_a_personal_access_token_alone(meridian: Meridian, tenant: Tenant) -> None:
    with pytest.raises(RunError, match="Azure DevOps Server takes personal access tokens alone"):
        opened(meridian, PRINCIPAL).identify()
    assert tenant.asked


def test_without_the_package_the_configuration_is_refused_before_anything_is_sent(
    meridian: Meridian, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'safesync\[azure\]'"):
        opened(meridian, PRINCIPAL)
