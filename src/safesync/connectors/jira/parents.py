"""
Parents above the epic, where Data Center's search keeps them to itself.

``Parent Link`` belongs to Advanced Roadmaps. A search may show it as empty where the issue itself holds a key. Whether
a site does so is found out once and remembered in the cursor; where it does, each issue above the story that seems to
have no parent costs one call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.fields import EPIC_LINK, PARENT_LINK, Located
from safesync.connectors.jira.metadata import Metadata, Telling

_SAMPLE = 5
"""
So many issues of a type are asked for one by one before we believe that those without a parent have none.

A type each: what stands at the very top has no parent on any site, and proves nothing for the others.
"""


class ParentLinks:
    """Fills in what a search left out; ``telling`` is what has become known of the site."""

    def __init__(self, client: JiraClient, located: Located, telling: Telling, above_story: Callable[[dict[str, Any]], bool]) -> None:
        self.telling = telling
        self._client = client
        self._epic_links = located.ids.get(EPIC_LINK, ())
        self._fields = located.ids.get(PARENT_LINK, ())
        self._above_story = above_story
        self._probed = False
        self._alone = Counter[str]()

    def fill(self, issues: Sequence[dict[str, Any]]) -> None:
        """Give the issues of a page the Parent Links that they have; costs nothing where the search tells them."""
        if not self._fields or self._client.site.cloud:
            return
        if self.telling is Telling.UNKNOWN and any(self._shown(raw) for raw in issues):
            self.telling = Telling.TOLD
        for raw in issues:
            if self.telling is not Telling.TOLD and self._orphaned(raw):
                self._ask(raw)

    def noted(self, metadata: Metadata) -> Metadata:
        """The metadata with what has become known of the site."""
        return metadata if metadata.parent_links is self.telling else replace(metadata, parent_links=self.telling)

    def _orphaned(self, raw: dict[str, Any]) -> bool:
        fields = raw.get("fields") or {}
        parents = (fields.get("parent"), *(fields.get(name) for name in self._epic_links), self._shown(raw))
        return not any(parents) and self._above_story(raw)

    def _shown(self, raw: dict[str, Any]) -> object:
        fields = raw.get("fields") or {}
        return next((fields[name] for name in self._fields if fields.get(name)), None)

    def _ask(self, raw: dict[str, Any]) -> None:
        if not self._probed and self.telling is Telling.UNKNOWN:
            self._probed = True
            self.telling = self._probe()
        kind = str(raw["fields"]["issuetype"].get("id"))
        if self.telling is Telling.TOLD or (self.telling is Telling.UNKNOWN and self._alone[kind] >= _SAMPLE):
            return
        try:
            alone = self._client.read("GET", f"issue/{raw['id']}", params={"fields": ",".join(self._fields)})
        except RefusedError:
            return  # gone since the search: the next pull sees it
        self._alone[kind] += 1
        if self._shown(alone):
            self.telling = Telling.HIDDEN
            raw["fields"] |= {name: alone["fields"].get(name) for name in self._fields}

    def _probe(self) -> Telling:
        """What one search for issues that have a Parent Link says; unknown where it finds none, or may not be asked so."""
        numbers = [name.removeprefix("customfield_") for name in self._fields]
        query = " OR ".join(f"cf[{number}] is not EMPTY" for number in numbers)
        try:
            answer = self._client.read("GET", "search", params={"jql": query, "fields": ",".join(self._fields), "maxResults": "1"})
        except RefusedError:
            return Telling.UNKNOWN
        if not answer["issues"]:
            return Telling.UNKNOWN
        return Telling.TOLD if self._shown(answer["issues"][0]) else Telling.HIDDEN
