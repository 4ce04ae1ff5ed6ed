"""Who is compared: how each is started on a site, and how many issues it hands over."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_ALONE = str(HERE / "alone.py")
_TAP = ("issues", "issue_comments", "changelogs", "projects", "versions")
_AIRBYTE = ("issues", "issue_fields", "issue_types", "workflow_statuses", "projects", "project_versions", "boards", "sprints")
_SINCE = "2000-01-01T00:00:00Z"

Command = Callable[[str, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Peer:
    """``command`` is given the address of the site and a folder of its own; ``handed`` counts the issues in a line that was printed."""

    name: str
    command: Command
    handed: Callable[[str], int]
    by_item: bool = False
    """Whether it makes a call or more for each issue."""


def _safesync(*options: str) -> Command:
    return lambda url, _: [sys.executable, _ALONE, str(ROOT / "bench" / "pull.py"), "--once", url, *options]


def _package(manner: str) -> Command:
    return lambda url, _: [sys.executable, _ALONE, str(HERE / "by_package.py"), url, manner]


def _tap(url: str, folder: Path) -> list[str]:
    catalog = folder / "catalog.json"
    run([_python("tap"), str(HERE / "tap_catalog.py"), str(catalog), *_TAP], check=True)  # noqa: S603  # ours
    config = {"base_url": url, "username": "bench", "password": "bench", "start_date": _SINCE, "user_agent": "bench"}
    return [_python("tap"), _ALONE, "tap_jira:main", "--config", _kept(folder / "config.json", config), "-p", str(catalog)]


def _airbyte(*more: str) -> Command:
    def command(url: str, folder: Path) -> list[str]:
        config = {"domain": url.removeprefix("https://"), "email": "bench@meridian.example", "api_token": "bench", "start_date": _SINCE}
        streams = {"streams": [_configured(name) for name in (*_AIRBYTE, *more)]}
        files = ("--config", _kept(folder / "config.json", config), "--catalog", _kept(folder / "catalog.json", streams))
        return [_python("airbyte"), _ALONE, "source_jira.run:run", "read", *files]

    return command


def _configured(name: str) -> dict[str, object]:
    stream = {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"]}
    return {"stream": stream, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}


def _kept(file: Path, content: object) -> str:
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def _python(peer: str) -> str:
    return str(ROOT / f".venv-peers-{peer}" / "bin" / "python")


def _told(line: str) -> int:
    """Our own programs print their count."""
    return int(json.loads(line)["items"])


def _singer(line: str) -> int:
    return line.startswith('{"type": "RECORD", "stream": "issues"')


def _protocol(line: str) -> int:
    return line.startswith('{"type":"RECORD","record":{"stream":"issues"')


OURS = (
    Peer("SafeSync, measured and stored", _safesync(), _told),
    Peer("SafeSync, read and translated", _safesync("--alone"), _told),
    Peer("  the same, one call at a time", _safesync("--alone", "--lanes", "1"), _told),
)
"""The whole pull first, then what peers do: they measure no texts and fill no store."""
PEERS = (
    Peer("jira 3.10.5", _package("pages"), _told),
    Peer("tap-jira 2.6.0", _tap, _singer),
    Peer("airbyte-source-jira 4.0.0", _airbyte(), _protocol),
    Peer("jira 3.10.5, comments()", _package("comments"), _told, by_item=True),
    Peer("airbyte, with issue_comments", _airbyte("issue_comments"), _protocol, by_item=True),
    Peer("in the manner of prioritize", _package("relatives"), _told, by_item=True),
)
