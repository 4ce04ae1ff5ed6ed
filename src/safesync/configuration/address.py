"""Addresses as people copy them out of a browser, and what of them is the tracker's."""

from __future__ import annotations

import re
from urllib.parse import quote

_ADDRESS = re.compile(r"https?://[^\s/@?#]+(/(?:[^\s@?#]| (?=\S))*)?")
_AS_IT_IS = "/%:!$&'()*+,;=~"
_JIRA_PAGE = re.compile(r"(https?://[^/]+\.atlassian\.net)/.+|(.+?)/(?:browse|projects|secure|software|plugins|rest)/.+")
"""Cloud has no path of its own; elsewhere the context path of the site may stand before that of a page."""
_IN_THE_CLEAR = re.compile(r"http://([^/]*\.)?(atlassian\.net|atlassian\.com|dev\.azure\.com|visualstudio\.com)(/.*)?", re.IGNORECASE)
_AZURE_PROJECT = re.compile(
    r"(https://dev\.azure\.com/[^/]+|https://[^/]+\.visualstudio\.com(?:/DefaultCollection)?)/(?!_|DefaultCollection$)[^/]+"
)
_AZURE_PAGE = re.compile(r".+/_[a-zA-Z]+(/.*)?")


def sent(url: str) -> str:
    """An address as a browser would send it: collections have blanks and letters of all languages in their names."""
    scheme, slashes, rest = url.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{slashes}{host}{slash}{quote(path, safe=_AS_IT_IS)}"


def misplaced(kind: str, url: str) -> str | None:
    """What is wrong with the address of a tracker, and what to write instead; ``None`` when nothing is to be seen."""
    if not _ADDRESS.fullmatch(url):
        return "an address begins with https:// and a host, and holds no user, password or question mark"
    if _IN_THE_CLEAR.fullmatch(url):
        return "write https:// here: over http:// everybody on the way reads the token"
    if kind == "jira" and (page := _JIRA_PAGE.fullmatch(url)):
        return f"this is the address of a page; that of the site is {page[1] or page[2]}"
    if kind == "azure-devops" and _AZURE_PAGE.fullmatch(url):
        return "this is the address of a page; write that of the organisation or collection, such as https://dev.azure.com/example"
    if kind == "azure-devops" and (project := _AZURE_PROJECT.fullmatch(url)):
        return f"this is the address of a project, which stands in scope.projects; that of the organisation is {project[1]}"
    return None
