"""Who asks: how a site recognises a caller, and what it says on every answer about that."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from safesync.connectors.sandbox.jira.answers import Call, JiraError, PlainError
from safesync.connectors.sandbox.jira.entities import User
from safesync.connectors.sandbox.jira.state import JiraSite

_UNAUTHORIZED = "Client must be authenticated to access this resource."


class _TurnedAwayError(JiraError):
    """Before anything is looked at: a page for people, whatever was asked for."""

    def __init__(self, reason: str) -> None:
        super().__init__(401)
        self._reason = reason

    def answer(self) -> Response:
        """The page of the web server in which a Data Center lives."""
        said = f"Basic Authentication Failure - Reason : {self._reason}"
        page = f"<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1><p>{said}</p></body></html>"
        return HTMLResponse(page, 401)


def sign_in(call: Call) -> None:
    """Sets the caller; what a site does with bad credentials is its own affair."""
    kind, _, secret = call.request.headers.get("authorization", "").partition(" ")
    if call.cloud:
        _on_cloud(call, kind.lower(), secret)
    else:
        _on_data_center(call, kind.lower(), secret)


def _on_cloud(call: Call, kind: str, secret: str) -> None:
    """Whoever fails to sign in is anonymous, and not told; a bearer token has no business on the site itself."""
    if kind == "bearer":
        raise PlainError(403, {"error": "Failed to parse Connect Session Auth Token"})
    if kind == "basic":
        found = _known(call.site, secret)
        if found is None or found.locked:
            call.login_reason = "AUTHENTICATION_DENIED" if found else "AUTHENTICATED_FAILED"
        else:
            call.user = found


def _on_data_center(call: Call, kind: str, secret: str) -> None:
    """Bad credentials are refused at once; with none at all one is anonymous."""
    if kind not in {"basic", "bearer"}:
        return
    bearer = kind == "bearer"
    found = _bearer(call.site, secret) if bearer else _known(call.site, secret)
    if found is not None and not found.locked:
        call.user, call.login_reason = found, "OK"
        return
    call.login_reason = "AUTHENTICATION_DENIED" if found else "AUTHENTICATED_FAILED"
    if bearer:
        raise PlainError(401, {"message": _UNAUTHORIZED, "status-code": 401})
    raise _TurnedAwayError(call.login_reason)


def _bearer(site: JiraSite, token: str) -> User | None:
    return next((user for user in site.users.values() if user.token is not None and user.token == token.strip()), None)


def _known(site: JiraSite, secret: str) -> User | None:
    try:
        login, _, token = base64.b64decode(secret, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    own = "email" if site.edition.cloud else "username"
    return next(
        (user for user in site.users.values() if getattr(user, own) == login and user.token is not None and user.token == token), None
    )


def marked(call: Call, response: Response) -> Response:
    """The answer with the headers that say who was recognised."""
    response.headers["X-Arequestid"] = f"{len(call.site.requests):032x}"
    if call.cloud:
        if call.user is not None:
            response.headers["X-AAccountId"] = call.user.account_id
        elif call.login_reason is not None:
            response.headers["X-Seraph-LoginReason"] = call.login_reason
    else:
        response.headers["X-ANODEID"] = "node1"
        response.headers["X-AUSERNAME"] = quote(call.user.username) if call.user else "anonymous"
        if call.login_reason is not None:
            response.headers["X-Seraph-LoginReason"] = call.login_reason
    if response.status_code == 401 and (call.login_reason is not None or not call.cloud):
        response.headers["WWW-Authenticate"] = f'OAuth realm="{call.base}"'
    return response
