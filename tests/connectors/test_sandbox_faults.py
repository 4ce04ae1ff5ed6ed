from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from safesync.connectors.sandbox.azure.gateway import routes as azure_routes
from safesync.connectors.sandbox.azure.organisation import AzureOrganisation
from safesync.connectors.sandbox.faults import KINDS, REASONS, Fault, calls, kinds
from safesync.connectors.sandbox.jira.edition import CLOUD, data_center
from safesync.connectors.sandbox.jira.routes import routes as jira_routes
from safesync.connectors.sandbox.jira.state import JiraSite, utc_now
from safesync.connectors.sandbox.server import Server

QUICK = kinds(retry_after_s=3, slow_s=0.05, hung_s=0.05)
RESET = {"reset-before", "reset-after", "hung"}


@dataclass
class Spot:
    """A tracker with one project and a request that reads it."""

    tracker: str
    url: str
    faults: list[Fault]
    session: requests.Session
    asked: Any

    def read(self) -> requests.Response:
        return self.session.get(self.url, timeout=10, allow_redirects=False)


def _jira(server: Server, site: JiraSite) -> Spot:
    session = requests.Session()
    if site.edition.cloud:
        session.auth = ("bot@meridian.example", "secret")
    else:
        session.headers["Authorization"] = "Bearer secret"
    return Spot("jira", f"{server.url}/jira{site.edition.api}/project/PAY", site.faults, session, site.requests)


@pytest.fixture(params=["cloud", "data-center", "azure"])
def spot(request: pytest.FixtureRequest) -> Iterator[Spot]:
    site = JiraSite(edition=data_center("9.12.4") if request.param == "data-center" else CLOUD)
    site.add_user("5f0:bot", "SafeSync", "bot@meridian.example", bot=True, token="secret")
    site.add_project("PAY", "Payments")
    organisation = AzureOrganisation(token="secret")
    organisation.add_identity("SafeSync", "bot@meridian.example", bot=True)
    organisation.add_project("Payments")
    mounts = [Mount("/jira", routes=jira_routes(site)), Mount("/azure", routes=azure_routes(organisation, utc_now))]
    with Server(Starlette(routes=mounts)) as server:
        if request.param == "azure":
            session = requests.Session()
            session.auth = ("", "secret")
            yield Spot(
                "azure", f"{server.url}/azure/_apis/projects/Payments?api-version=7.0", organisation.faults, session, organisation.requests
            )
        else:
            yield _jira(server, site)


@pytest.mark.parametrize("name", KINDS)
def test_whatever_goes_wrong_goes_wrong_once_and_the_next_request_is_answered(spot: Spot, name: str):
    spot.faults.append(QUICK[name].fault())
    if name in RESET:
        with pytest.raises(requests.ConnectionError):
            spot.read()
    elif name == "short-body":
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            spot.read()
    else:
        spot.read()
    healthy = spot.read()
    assert (healthy.status_code, healthy.json()["name"]) == (200, "Payments")
    assert len(spot.asked) == 2


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("throttled", 429),
        ("throttled-silent", 429),
        ("bad-gateway", 502),
        ("unavailable", 503),
        ("gateway-timeout", 504),
        ("gateway-timeout-after", 504),
        ("server-error", 500),
        ("sign-in-page-203", 203),
        ("sign-in-redirect", 302),
        ("slow", 200),
        ("delayed", 200),
    ],
)
def test_a_fault_has_the_status_that_its_name_says(spot: Spot, name: str, status: int):
    spot.faults.append(QUICK[name].fault())
    assert spot.read().status_code == status


def test_retry_after_comes_in_both_forms_and_not_at_all(spot: Spot):
    for name in ("throttled", "throttled-date", "throttled-silent", "delayed", "unavailable-wait"):
        spot.faults.append(QUICK[name].fault())
    said = [spot.read().headers.get("Retry-After") for _ in range(5)]
    assert [said[0], said[2], said[3], said[4]] == ["3", None, "3", "3"]
    assert 2 <= parsedate_to_datetime(said[1]).timestamp() - time.time() <= 4


def test_each_reason_of_jira_cloud_is_told(spot: Spot):
    spot.faults.extend(QUICK[name].fault() for name in REASONS)
    assert [spot.read().headers["RateLimit-Reason"] for _ in REASONS] == list(REASONS.values())


def test_what_is_not_json_is_one_thing_or_another(spot: Spot):
    whole = spot.read()
    for name in ("html", "sign-in-page", "wrong-type", "cut-json", "empty-body"):
        spot.faults.append(QUICK[name].fault())
    page, sign_in, typed, cut, empty = (spot.read() for _ in range(5))
    assert {each.status_code for each in (page, sign_in, typed, cut, empty)} == {200}
    assert page.text.startswith("<!DOCTYPE")
    assert "Log in" in sign_in.text
    assert (typed.json(), typed.headers["Content-Type"]) == (whole.json(), "text/html; charset=utf-8")
    assert (len(cut.content), whole.content.startswith(cut.content)) == (len(whole.content) // 2, True)
    assert empty.content == b""


def test_expired_credentials_mean_what_they_mean_at_each_tracker(spot: Spot):
    spot.faults.append(QUICK["expired"].fault(times=9))
    answer = spot.read()
    if "/api/3/" in spot.url:
        search = spot.session.post(spot.url.replace("project/PAY", "search/jql"), json={"jql": "project = PAY"}, timeout=10)
        assert (answer.status_code, search.status_code, search.json()) == (404, 200, {"issues": [], "isLast": True})
        assert search.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    else:
        assert answer.status_code == 401


def test_a_fault_takes_only_the_requests_that_it_is_for(spot: Spot):
    spot.faults.append(QUICK["bad-gateway"].fault(calls("POST")))
    assert spot.read().status_code == 200
    assert spot.faults[0].times == 1
