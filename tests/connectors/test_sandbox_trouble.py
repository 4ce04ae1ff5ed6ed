from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from starlette.requests import Request

from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.trouble import WORDS, Trouble, read_trouble
from safesync.model.errors import ConfigurationError


def _request(path: str, method: str = "GET") -> Request:
    return Request({"type": "http", "method": method, "path": path, "headers": [], "query_string": b"", "server": ("here", 80)})


def _fates(trouble: Trouble, paths: list[str], tracker: str = "jira", *, cloud: bool = True, method: str = "GET") -> list[str | None]:
    """What befalls each of the requests, by name."""
    _, before, after = trouble.faults(tracker, cloud=cloud)
    fates = []
    for path in paths:
        request = _request(path, method)
        hit = before.matches(request) or after.matches(request)
        fates.append(request.state.befalls.name if hit else None)
    return fates


BAD_DAY = Trouble(throttle=0.2, errors=0.2, resets=0.1, cuts=0.1, html=0.1, slow=0.1, seed=7)
MANY = ["/search"] * 400 + ["/issue/PAY-1"] * 400


def test_the_same_seed_is_the_same_bad_day_and_another_seed_another():
    assert _fates(BAD_DAY, MANY) == _fates(BAD_DAY, MANY)
    assert _fates(BAD_DAY, MANY) != _fates(Trouble(throttle=0.2, errors=0.2, resets=0.1, cuts=0.1, html=0.1, slow=0.1, seed=8), MANY)


def test_what_befalls_a_request_does_not_depend_on_what_other_threads_ask_between():
    alone = _fates(BAD_DAY, ["/search"] * 50)
    mixed = _fates(BAD_DAY, ["/search", "/issue/PAY-1"] * 50)
    assert mixed[::2] == alone


@pytest.mark.parametrize(("tracker", "cloud"), [("jira", True), ("jira", False), ("azure", True), ("azure", False)])
def test_about_as_many_requests_are_hit_as_was_asked_for_and_every_kind_comes(tracker: str, cloud: bool):
    fates = _fates(BAD_DAY, MANY, tracker, cloud=cloud)
    assert 0.75 <= sum(fate is not None for fate in fates) / len(fates) <= 0.85
    wanted = {
        "throttled",
        "throttled-date",
        "delayed",
        "bad-gateway",
        "server-error",
        "gateway-timeout-after",
        "reset-before",
        "reset-after",
    }
    wanted |= {"short-body", "cut-json", "empty-body", "html", "sign-in-page", "sign-in-page-203", "sign-in-redirect", "wrong-type", "slow"}
    assert wanted <= set(fates)


def test_each_tracker_throttles_in_its_own_words():
    cloud, center, azure = (
        {fate for fate in _fates(Trouble(throttle=0.9), MANY, tracker, cloud=hosted, method="PUT") if fate}
        for tracker, hosted in (("jira", True), ("jira", False), ("azure", True))
    )
    common = {"throttled", "throttled-date", "delayed"}
    reasons = {"throttled-burst", "throttled-issue", "throttled-quota", "throttled-tenant-quota", "throttled-cost"}
    assert "throttled-issue" not in _fates(Trouble(throttle=0.9), MANY)
    assert (cloud, center, azure) == (common | reasons, common | {"throttled-bucket"}, common | {"throttled-resource"})


def test_the_words_of_a_command_line_are_the_trouble_that_python_makes():
    text = "lag=30,throttle=0.1, errors=0.05,resets=0.01,html=0.01,slow=0.02,seed=7"
    assert read_trouble(text) == Trouble(lag=30, throttle=0.1, errors=0.05, resets=0.01, html=0.01, slow=0.02, seed=7)
    assert read_trouble(str(read_trouble(text))) == read_trouble(text)
    assert set(WORDS) == set(Trouble.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("throtle=0.1", "trouble: there is no 'throtle', did you mean 'throttle'?"),
        ("errors=much", "trouble: 'errors' wants a number, as in errors=0.1, not 'much'"),
        ("errors", "trouble: 'errors' wants a number"),
        ("seed=1.5", "trouble: 'seed' wants a whole number, as in seed=7, not '1.5'"),
        ("html=5", "trouble: 'html' is a share of all requests, between 0 and 0.9, not 5"),
        ("html=nan", "trouble: 'html' is a share of all requests"),
        ("lag=-1", "trouble: 'lag' is between 0 and 3600, not -1"),
        ("lag=1,lag=2", "trouble: 'lag' is given twice"),
        ("errors=0.5,resets=0.5", "trouble: 1 of all requests would go wrong; at most 0.9 may"),
    ],
)
def test_a_wrong_word_is_told_in_a_sentence(text: str, sentence: str):
    with pytest.raises(ConfigurationError) as refused:
        read_trouble(text)
    assert sentence in str(refused.value)


def test_all_wrong_words_are_told_at_once():
    with pytest.raises(ConfigurationError) as refused:
        read_trouble("throtle=0.1,lag=x")
    assert len(refused.value.mistakes) == 2


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(jira="data-center", jira_version="9.12.4") as running:
        yield running


def _jira(sandbox: Sandbox) -> requests.Response:
    token = {"Authorization": f"Bearer {sandbox.jira_token}"}
    return requests.get(f"{sandbox.jira_url}/rest/api/2/myself", headers=token, timeout=10, allow_redirects=False)


def _azure(sandbox: Sandbox) -> requests.Response:
    return requests.get(f"{sandbox.azure_url}/_apis/projects", auth=("", sandbox.azure_token), timeout=10)


def test_trouble_comes_to_both_trackers_and_goes_when_it_is_ended(sandbox: Sandbox):
    sandbox.cause(Trouble(throttle=0.9, lag=20, seed=3))
    seen = [[ask(sandbox).status_code for _ in range(30)] for ask in (_jira, _azure)]
    assert all(set(statuses) == {200, 429} for statuses in seen)
    assert (sandbox.site.index_lag_s, sandbox.organisation.manners.query_lag_s) == (20, 20)
    sandbox.cause(None)
    assert [[ask(sandbox).status_code for _ in range(10)] for ask in (_jira, _azure)] == [[200] * 10] * 2
    assert (sandbox.site.index_lag_s, sandbox.organisation.manners.query_lag_s, sandbox.site.faults) == (0, 0, [])


def test_searches_queries_and_reports_are_late_and_single_reads_are_not(sandbox: Sandbox):
    number = next(work.key for work in sandbox.meridian.works if work.key.isdecimal())
    sandbox.cause(Trouble(lag=600))
    for key in ("PAY-20", number):
        sandbox.person_fixes(key, title="Changed just now")
    token = {"Authorization": f"Bearer {sandbox.jira_token}"}
    search = requests.get(f"{sandbox.jira_url}/rest/api/2/search?jql=key=PAY-20&fields=summary", headers=token, timeout=10).json()
    issue = requests.get(f"{sandbox.jira_url}/rest/api/2/issue/PAY-20", headers=token, timeout=10).json()
    assert (search["issues"][0]["fields"]["summary"] != "Changed just now", issue["fields"]["summary"]) == (True, "Changed just now")
    assert (_titles(sandbox, number) == ["Changed just now"], _reported(sandbox, number) == ["Changed just now"]) == (True, False)
    sandbox.cause(None)
    assert _reported(sandbox, number) == ["Changed just now"]


def _titles(sandbox: Sandbox, number: str) -> list[str]:
    answer = requests.get(f"{sandbox.azure_url}/_apis/wit/workitems/{number}?api-version=7.0", auth=("", sandbox.azure_token), timeout=10)
    return [answer.json()["fields"]["System.Title"]]


def _reported(sandbox: Sandbox, number: str) -> list[str]:
    """The title in the report of newest revisions, which has one for every item, late or not."""
    address = f"{sandbox.azure_url}/_apis/wit/reporting/workitemrevisions?includeLatestOnly=true&fields=System.Title&api-version=7.0"
    values: list[dict[str, Any]] = []
    while True:
        page = requests.get(address, auth=("", sandbox.azure_token), timeout=10).json()
        values += page["values"]
        if page["isLastBatch"]:
            break
        address = page["nextLink"]
    assert len(values) == len({value["id"] for value in values}) == 117
    return [value["fields"]["System.Title"] for value in values if value["id"] == int(number)]


def test_credentials_expire_after_as_many_requests_as_was_asked_for(sandbox: Sandbox):
    sandbox.cause(Trouble(expire=2))
    assert [_jira(sandbox).status_code for _ in range(4)] == [200, 200, 401, 401]
    assert [_azure(sandbox).status_code for _ in range(4)] == [200, 200, 401, 401]
    sandbox.cause(None)


def test_whoever_follows_a_redirect_to_sign_in_finds_a_page_for_people(sandbox: Sandbox):
    page = requests.get(f"{sandbox.page_url}sign-in?from=/jira", timeout=10)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Log in" in page.text
