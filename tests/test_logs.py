from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from safesync.logs import configure_logs, redacted

SECRET = "hunter2secret"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_json_line_an_event_with_its_keys_for_us_and_for_libraries() -> None:
    stream = io.StringIO()
    configure_logs("info", "json", stream)
    with structlog.contextvars.bound_contextvars(run_id=7):
        structlog.get_logger().info("pull.finished", tracker="jira-eu", items=3)
        logging.getLogger("another.package").warning("slow %s", "answer")
    structlog.get_logger().debug("page.kept")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["tracker"], ours["items"], ours["run_id"], ours["level"]) == ("pull.finished", "jira-eu", 3, 7, "info")
    assert (theirs["event"], theirs["run_id"], theirs["level"]) == ("slow answer", 7, "warning")


@pytest.mark.parametrize(
    "said",
    [
        {"token": SECRET},
        {"azure_pat": SECRET},
        {"headers": {"Authorization": f"Basic {SECRET}", "X-Api-Key": SECRET}},
        {"reason": f"401 for Bearer {SECRET}"},
        {"url": f"https://bot:{SECRET}@meridian.example/rest"},
        {"url": f"https://meridian.example/?access_token={SECRET}&x=1"},
        {"parts": [("password", f"password: {SECRET}")]},
    ],
)
@pytest.mark.parametrize("form", ["human", "json"])
def test_no_secret_reaches_a_log(said: dict[str, object], form: str) -> None:
    stream = io.StringIO()
    configure_logs("info", "json" if form == "json" else "human", stream)
    structlog.get_logger().info("tracker.refused", **said)
    assert "tracker.refused" in stream.getvalue()
    assert SECRET not in stream.getvalue()


@pytest.mark.parametrize("form", ["human", "json"])
def test_a_traceback_shows_neither_locals_nor_secrets_of_its_message(form: str) -> None:
    stream = io.StringIO()
    configure_logs("info", "json" if form == "json" else "human", stream)
    try:
        _refuse("local-" + SECRET)
    except ValueError:
        structlog.get_logger().exception("tracker.crashed")
    assert "ValueError" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def _refuse(unsaid: str) -> None:
    raise ValueError(f"refused {len(unsaid)} characters: token={SECRET}")


def test_words_that_only_sound_secret_stay() -> None:
    told = {"event": "the path of patience", "pattern": "PI", "items": 3, "ok": True, "none": None}
    assert redacted(told) == told
