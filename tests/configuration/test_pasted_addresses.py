"""Addresses that somebody copied out of a browser."""

from __future__ import annotations

import pytest

from safesync.configuration.address import misplaced, sent


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://example.atlassian.net/jira/software/c/projects/PAY/boards/1", "https://example.atlassian.net"),
        ("https://example.atlassian.net/browse/PAY-1", "https://example.atlassian.net"),
        ("https://tracker.example.org/jira/browse/PAY-1", "https://tracker.example.org/jira"),
        ("https://tracker.example.org:8443/secure/Dashboard.jspa", "https://tracker.example.org:8443"),
    ],
)
def test_the_address_of_a_page_of_jira_is_refused_with_that_of_its_site(url: str, site: str) -> None:
    assert misplaced("jira", url) == f"this is the address of a page; that of the site is {site}"


@pytest.mark.parametrize("url", ["https://dev.azure.com/example/_workitems", "https://dev.azure.com/example/Payments/_boards/board/t"])
def test_the_address_of_a_page_of_azure_devops_is_refused(url: str) -> None:
    assert "the address of a page" in (misplaced("azure-devops", url) or "")


@pytest.mark.parametrize(
    ("url", "organisation"),
    [
        ("https://dev.azure.com/example/Payments", "https://dev.azure.com/example"),
        ("https://example.visualstudio.com/Payments", "https://example.visualstudio.com"),
        ("https://example.visualstudio.com/DefaultCollection/Payments", "https://example.visualstudio.com/DefaultCollection"),
    ],
)
def test_the_address_of_a_project_of_azure_devops_services_is_refused_with_that_of_its_organisation(url: str, organisation: str) -> None:
    assert (misplaced("azure-devops", url) or "").endswith(f"that of the organisation is {organisation}")


@pytest.mark.parametrize(
    ("kind", "url"),
    [("jira", "http://example.atlassian.net"), ("jira", "http://Example.Atlassian.net"), ("azure-devops", "http://dev.azure.com/example")],
)
def test_a_token_is_not_sent_to_a_site_of_the_cloud_in_the_clear(kind: str, url: str) -> None:
    assert (misplaced(kind, url) or "").startswith("write https:// here")
    assert misplaced(kind, url.replace("http:", "https:")) is None
    assert misplaced(kind, "http://tracker.example.org") is None, "a server of one's own, behind a proxy"


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("azure-devops", "https://example.visualstudio.com/DefaultCollection"),
        ("jira", "https://example.atlassian.net"),
        ("jira", "https://tracker.example.org/projects"),
        ("jira", "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555"),
        ("azure-devops", "https://dev.azure.com/example"),
        ("azure-devops", "https://tfs.example.org:8443/tfs/Default_Collection"),
        ("azure-devops", "https://tfs.example.org/tfs/My Collection"),
    ],
)
def test_the_address_of_a_site_or_collection_is_taken_as_it_is(kind: str, url: str) -> None:
    assert misplaced(kind, url) is None


def test_an_address_without_https_is_told_how_it_begins() -> None:
    assert "begins with https://" in (misplaced("jira", "example.atlassian.net") or "")


@pytest.mark.parametrize(
    "url", ["ftp://tfs.example.org", "https://tfs.example.org/a\nb", "https://tfs.example.org/a ", "https://tfs. org/a"]
)
def test_a_blank_is_taken_inside_a_name_alone(url: str) -> None:
    assert "begins with https://" in (misplaced("azure-devops", url) or "")


@pytest.mark.parametrize(
    ("url", "as_sent"),
    [
        ("https://tfs.example.org/tfs/My Collection/", "https://tfs.example.org/tfs/My%20Collection"),
        ("https://tfs.example.org/tfs/My%20Collection", "https://tfs.example.org/tfs/My%20Collection"),
        ("https://zürich.example:8443/tfs/Größe", "https://zürich.example:8443/tfs/Gr%C3%B6%C3%9Fe"),
        ("https://dev.azure.com/example", "https://dev.azure.com/example"),
        ("https://example.atlassian.net/", "https://example.atlassian.net"),
    ],
)
def test_names_in_an_address_are_written_as_a_browser_sends_them(url: str, as_sent: str) -> None:
    assert sent(url) == as_sent
