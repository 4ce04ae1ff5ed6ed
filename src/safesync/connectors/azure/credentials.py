"""
How each request proves who we are: a personal access token, or a token of Microsoft Entra ID that renews itself.

Import this module through ``client.AzureClient`` only: what it imports takes half a second.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from msrest.authentication import Authentication, BasicAuthentication

from safesync.connectors.port import Access, Entra
from safesync.model.errors import RunError

if TYPE_CHECKING:
    import requests

SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"
"""Azure DevOps Services in Microsoft Entra ID: the same in every tenant."""
_CODE = re.compile(r"AADSTS(\d+)")
_MEANINGS = {
    "AADSTS7000215": "the client secret is wrong; it is the secret's value that is needed, not its id",
    "AADSTS7000222": "the client secret has expired; make a new one",
    "AADSTS700016": "the tenant has no application with this client_id",
    "AADSTS90002": "there is no such tenant",
    "AADSTS900023": "there is no such tenant",
    "AADSTS700027": "the certificate is not the one that the application knows",
    "AADSTS53003": "a conditional access policy of the tenant forbids it",
    "AADSTS7000112": "the application is disabled in the tenant",
}


class _Credential(Protocol):
    """What the package azure-identity has for each way of getting a token; it keeps tokens and renews them in time."""

    def get_token(self, *scopes: str) -> Any: ...


def _leads_nowhere(*_: object, **__: object) -> Iterator[None]:
    return iter(())


_leads_nowhere.is_msrest_patched = True  # type: ignore[attr-defined]  # or msrest would put its own in this place


class _Signing(Authentication):  # type: ignore[misc]
    """
    What is done to a session before each request.

    msrest looks where a redirect leads even when none is followed, and breaks over one that answers a POST or OPTIONS: a sign-in
    page would be taken for a lost connection, and a write refused by it for one that may have happened.
    """

    def signed_session(self, session: Any = None) -> Any:
        session = super().signed_session(session)
        session.resolve_redirects = _leads_nowhere
        return session


class Pat(_Signing, BasicAuthentication):  # type: ignore[misc]
    """A personal access token: a password without a user."""

    def __init__(self, token: str) -> None:
        super().__init__("", token)

    def prove(self) -> None:
        """Nothing to get."""


class EntraBearer(_Signing):
    """
    A bearer token, asked for with each request.

    It signs as the session's ``auth``: a header of the session would give way to an entry of ``~/.netrc``.
    """

    def __init__(self, credential: _Credential) -> None:
        self._credential = credential

    def signed_session(self, session: Any = None) -> Any:
        """The session, signing each request on its way out."""
        session = super().signed_session(session)
        session.auth = self
        return session

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request, signed."""
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def prove(self) -> None:
        """Have a token before a request counts as sent: ``RunError`` when there is none to be had."""
        self._token()

    def _token(self) -> str:
        from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415  # an extra, and slow

        try:
            return str(self._credential.get_token(SCOPE).token)
        except ClientAuthenticationError as error:
            raise RunError(_refused(str(error))) from None  # the text of the error quotes what was sent
        except AzureError as error:
            reason = type(error).__name__
            raise RunError(f"Microsoft Entra ID could not be reached ({reason}). Check the proxy and the network.") from None


def signing(access: Access) -> Pat | EntraBearer:
    """What proves who we are, as the configuration says."""
    return Pat(access.token) if access.entra is None else EntraBearer(_credential(access.entra))


def _credential(entra: Entra) -> _Credential:
    from azure import identity  # noqa: PLC0415  # an extra, and slow

    # It warns of each refusal with the tenant's own words, which are in no hands of ours; we tell of it ourselves.
    logging.getLogger("azure.identity").setLevel(logging.ERROR)
    try:
        return _made(entra, identity)
    except OSError as error:
        raise RunError(f"auth.entra: the certificate file cannot be read ({type(error).__name__}).") from None
    except ValueError:
        # Its text may quote a file or an environment variable.
        raise RunError(f"auth.entra cannot be used: {_INCOMPLETE.get(entra.source, 'it is not complete')}.") from None


_INCOMPLETE = {
    "workload-identity": "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not all set, as a workload identity needs",
    "certificate": "the certificate is no PEM or PKCS #12 file with its private key",
    "secret": "tenant, client_id or client_secret are not of the form that Entra ID knows",
}


def _made(entra: Entra, identity: Any) -> _Credential:
    match entra.source:
        case "secret":
            made = identity.ClientSecretCredential(entra.tenant, entra.client_id, entra.client_secret)
        case "certificate":
            made = identity.CertificateCredential(entra.tenant, entra.client_id, entra.certificate)
        case "managed-identity":
            made = identity.ManagedIdentityCredential(client_id=entra.client_id)
        case "workload-identity":
            made = identity.WorkloadIdentityCredential()
        case _:
            made = identity.DefaultAzureCredential()
    credential: _Credential = made
    return credential


def _refused(said: str) -> str:
    found = _CODE.search(said)
    if found is None:
        return "Microsoft Entra ID gave us no token: nothing on this machine can sign in. Check auth.entra and the machine's identity."
    meaning = _MEANINGS.get(found[0], "see the code in Microsoft's list of sign-in errors")
    return f"Microsoft Entra ID gave us no token ({found[0]}): {meaning}."
