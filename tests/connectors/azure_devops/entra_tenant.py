"""Microsoft Entra ID on the wire: the addresses that azure-identity asks, and the tokens that it is given."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs

import requests
import responses

TENANT = "11111111-0000-4000-8000-000000000001"
CLIENT = "22222222-0000-4000-8000-000000000002"
SECRET = "client-secret-of-a-made-up-tenant"
_LOGIN = "https://login.microsoftonline.com"
_SCOPE = "499b84ac-1321-427f-aa17-267ca6975798/.default"


class Tenant:
    """A tenant whose tokens open a sandbox: ``opens`` is told each of them."""

    def __init__(self, mock: responses.RequestsMock, opens: Any) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.lives_s = 3600
        self.refusal: str | None = None
        self._opens = opens
        mock.add_passthru("http://127.0.0.1")
        endpoints = {
            "token_endpoint": f"{_LOGIN}/{TENANT}/oauth2/v2.0/token",
            "authorization_endpoint": f"{_LOGIN}/{TENANT}/oauth2/v2.0/authorize",
            "issuer": f"{_LOGIN}/{TENANT}/v2.0",
        }
        mock.add("GET", f"{_LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", json=endpoints)
        known = {"tenant_discovery_endpoint": f"{_LOGIN}/{TENANT}/v2.0/.well-known/openid-configuration", "metadata": []}
        mock.add("GET", f"{_LOGIN}/common/discovery/instance", json=known)
        mock.add_callback("POST", f"{_LOGIN}/{TENANT}/oauth2/v2.0/token", self._token)
        mock.add_callback("GET", "http://169.254.169.254/metadata/identity/oauth2/token", self._of_the_machine)

    def _token(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = parse_qs(request.body if isinstance(request.body, str) else (request.body or b"").decode())
        self.asked.append(asked)
        if self.refusal is not None:
            said = f"{self.refusal}: Something about {SECRET}. Trace ID: 1"
            return 401, {"Content-Type": "application/json"}, json.dumps({"error": "invalid_client", "error_description": said})
        assert asked["scope"][0].split()[0] == _SCOPE
        return 200, {"Content-Type": "application/json"}, json.dumps(self._made() | {"expires_in": self.lives_s})

    def _of_the_machine(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = {name: [str(value)] for name, value in (getattr(request, "params", None) or {}).items()}
        self.asked.append(asked)
        if "Metadata" not in request.headers:
            return 400, {}, "{}"
        ends = {"expires_in": str(self.lives_s), "expires_on": str(int(time.time()) + self.lives_s)}
        return 200, {"Content-Type": "application/json"}, json.dumps(self._made() | ends)

    def _made(self) -> dict[str, Any]:
        token = f"entra-token-{len(self.asked)}"
        self._opens(token)
        return {"token_type": "Bearer", "access_token": token}
