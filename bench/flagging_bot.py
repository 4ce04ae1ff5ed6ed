"""
A bot as many teams run one, rebuilt from what konflux-ci/prioritize does (``src/automation.py`` and ``src/utils/jira.py`` there).

Every day it looks at every item that is not done. Who is flawed and does not carry its label yet gets the label and one comment with
all flaws; while the label stands nothing more is said, however the flaws change; who is fine again loses the label and is told so in
another comment. Parents and blocked items are read one by one. It knows no baseline, no waiver, no limit, and edits no comment. With
``tells_changes`` it keeps nothing back: it comments anew whenever what is found on an item changed, as bots do that know what they said.

What is flawed it is told by SafeSync's own judge, so that both speak of the same: only how they speak differs.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import requests

from safesync.connectors.sandbox.sandbox import ORGANISATION, Sandbox
from safesync.model.finding import Finding, Report
from safesync.model.item import Item, Relation, Stage

FLAG = "Non-compliant"
_PAGE = 100
_PATIENCE_S = 30


@dataclass(slots=True)
class FlaggingBot:
    """Speaks to both trackers of a sandbox; ``calls`` are reckoned for what it would read, and counted for what it writes."""

    sandbox: Sandbox
    tells_changes: bool = False
    calls: int = 0
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def run(self, items: Mapping[str, Item], report: Report) -> dict[str, tuple[str, ...]]:
        """One day: what it told, uid -> codes."""
        flaws: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in report.flawed:
            if finding.subject in items and finding.severity in {"warning", "error"}:
                flaws[finding.subject].append(finding)
        open_ones = [item for item in items.values() if item.stage not in {Stage.DONE, Stage.CANCELLED}]
        self.calls += _reads(open_ones)
        told: dict[str, tuple[str, ...]] = {}
        for item in sorted(open_ones, key=lambda one: one.uid):
            found, flagged = flaws.get(item.uid, []), FLAG in item.labels
            codes = tuple(sorted(one.code for one in found))
            if found and not flagged:
                self._label(item, [*item.labels, FLAG])
            if found and (not flagged or (self.tells_changes and codes != self.said.get(item.uid))):
                self._say(item, "\n".join(f"* {one.code}: {one.remedy}" for one in found))
                told[item.uid] = tuple(code for code in codes if not flagged or code not in self.said.get(item.uid, ()))
            elif flagged and not found:
                self._label(item, [label for label in item.labels if label != FLAG])
                self._say(item, "* Everything is in order now")
            self.said[item.uid] = codes
        return told

    def _label(self, item: Item, labels: Sequence[str]) -> None:
        if item.tracker == "ado":
            body = [{"op": "add", "path": "/fields/System.Tags", "value": "; ".join(labels)}]
            self._send("PATCH", f"{self._azure}/_apis/wit/workitems/{item.native_id}?api-version=7.1", body, "application/json-patch+json")
        else:
            self._send("PUT", f"{self.sandbox.jira_url}/rest/api/3/issue/{item.key}", {"fields": {"labels": list(labels)}})

    def _say(self, item: Item, text: str) -> None:
        if item.tracker == "ado":
            place = f"{self._azure}/{quote(item.project)}/_apis/wit/workItems/{item.native_id}/comments?api-version=7.1-preview.4"
            self._send("POST", place, {"text": text})
        else:
            self._send("POST", f"{self.sandbox.jira_url}/rest/api/3/issue/{item.key}/comment", {"body": _document(text)})

    @property
    def _azure(self) -> str:
        return f"{self.sandbox.azure_url.removesuffix(ORGANISATION)}{ORGANISATION}"

    def _send(self, method: str, url: str, body: object, kind: str = "application/json") -> None:
        azure = "/azure/" in url
        auth = ("", self.sandbox.azure_token) if azure else (self.sandbox.jira_user, self.sandbox.jira_token)
        answer = requests.request(method, url, json=body, auth=auth, headers={"Content-Type": kind}, timeout=_PATIENCE_S)
        answer.raise_for_status()
        self.calls += 1


def _document(text: str) -> dict[str, object]:
    lines = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n")]
    return {"type": "doc", "version": 1, "content": lines}


def _reads(items: Sequence[Item]) -> int:
    """A query a page, and a call for each parent and each item that is blocked: as it was counted there on a mock (docs/performance.md)."""
    singly = sum(link.relation in {Relation.PARENT, Relation.DEPENDS_ON} for item in items for link in item.links)
    return math.ceil(len(items) / _PAGE) + singly
