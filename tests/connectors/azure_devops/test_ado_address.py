"""Addresses of organisations and collections."""

from __future__ import annotations

import pytest

from safesync.configuration.read import parse_configuration
from safesync.connectors.azure.address import advice_on, mistake, spellings
from safesync.wiring import addresses


def test_an_organisation_of_services_is_known_by_all_its_addresses() -> None:
    one = "https://dev.azure.com/meridian"
    others = {"https://meridian.visualstudio.com", "https://meridian.visualstudio.com/DefaultCollection"}
    assert spellings(one)[0] == one
    assert set(spellings(one)) == others | {one}
    assert set(spellings("https://Meridian.visualstudio.com")) >= {one}
    assert spellings("https://tfs.bank.example/tfs/Meridian") == ("https://tfs.bank.example/tfs/Meridian",)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://dev.azure.com", "names no organisation"),
        ("https://dev.azure.com/meridian/Payments", "leave out Payments"),
        ("https://dev.azure.com/meridian/Payments/_backlogs", "leave out Payments/_backlogs"),
        ("https://meridian.visualstudio.com/Big%20Project", "leave out Big Project"),
        ("https://meridian.visualstudio.com/DefaultCollection/Payments", "leave out Payments"),
    ],
)
def test_an_address_that_names_too_little_or_too_much_is_told_what(url: str, said: str) -> None:
    assert said in (mistake(url) or "")


@pytest.mark.parametrize(
    "url",
    [
        "https://dev.azure.com/meridian",
        "https://meridian.visualstudio.com",
        "https://meridian.visualstudio.com/DefaultCollection",
        "https://tfs.bank.example:8080/tfs/Meridian",
        "https://tfs.bank.example/Meridian",
        "https://dev.azure.com.evil.test/a/b",
    ],
)
def test_an_address_that_may_be_right_is_not_complained_about(url: str) -> None:
    assert mistake(url) is None


def test_a_project_at_the_end_of_a_server_s_address_is_named() -> None:
    advice = advice_on("https://tfs.bank.example/tfs/Meridian/payments", ("Payments",))
    assert advice == "It ends with the project payments: the address ends with the collection, as in https://tfs.bank.example/tfs/Meridian."
    assert "https://server/tfs/Collection" in advice_on("https://tfs.bank.example/payments", ("Payments",))
    assert "https://dev.azure.com/organisation" in advice_on("https://dev.azure.com/x", ())


_CONFIGURATION = """
version: 1
trackers:
  - {name: ado, kind: azure-devops, url: "https://meridian.visualstudio.com", auth: {token: x}, scope: {projects: [Payments]}}
"""


def test_a_link_by_the_other_address_of_services_reaches_the_same_tracker() -> None:
    known = addresses(parse_configuration(_CONFIGURATION).configuration)
    for url in ("https://dev.azure.com/meridian", "https://meridian.visualstudio.com"):
        assert known.reference(f"{url}/Payments/_workitems/edit/412") == "ado:412"
    assert known.reference("https://dev.azure.com/other/Payments/_workitems/edit/412") is None
