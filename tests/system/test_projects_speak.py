"""One German project, one English one, and a French tracker, over real HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from house import FEW, House, only_few, our_comments

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.jobs.result import RunResult

FEW_HERE = "PAY-32, CARDS-174"
SAID = "  language: en\n"
THREE = "  language: en\n  languages: {de: {projects: [pay]}, fr: {trackers: [ado]}}\n"
FRENCH = "  language: fr\n"
FOOTERS = {"en": "This comment updates itself", "de": "Dieser Kommentar hält sich selbst aktuell", "fr": "Ce commentaire se met à jour de"}
REMEDIES = {"en": "Add acceptance criteria", "de": "Akzeptanzkriterien ergänzen", "fr": "Ajouter des critères d"}


@contextmanager
def speaking(sandbox: Sandbox, folder: Path, said: str) -> Iterator[House]:
    """A house in a sandbox that is there already, with a few items."""
    text = only_few(sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}")).replace(FEW, FEW_HERE).replace(SAID, said)
    with opened_from(parse_configuration(text)) as job:
        yield House(sandbox, job, folder)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("languages")


def writes(result: RunResult) -> tuple[int, int, int]:
    """Comments begun, comments edited, labels."""
    assert (result.errors, result.stopped) == ((), None)
    each = [(one.created, one.edited, one.labels_added + one.labels_removed) for one in result.trackers]
    return sum(one[0] for one in each), sum(one[1] for one in each), sum(one[2] for one in each)


def bodies(sandbox: Sandbox) -> dict[str, list[str]]:
    """What our comments say, by the project of their item."""
    jira = ((issue.key.rpartition("-")[0], str(one.body)) for issue in sandbox.site.issues.values() for one in issue.comments)
    azure = (("Payments", one.last.text) for item in sandbox.organisation.items.values() for one in item.comments)
    found: dict[str, list[str]] = {}
    for project, body in (*jira, *azure):
        if "SafeSync ref" in body:
            found.setdefault(project, []).append(body)
    return found


def spoken(texts: list[str], words: dict[str, str]) -> Counter[str]:
    return Counter(language for text in texts for language, phrase in words.items() if phrase in text)


def test_each_project_is_answered_in_its_language_and_another_one_edits_each_comment_once(sandbox: Sandbox, folder: Path) -> None:
    with speaking(sandbox, folder, THREE) as home:
        begun, edited, _ = writes(home.run())
        said = bodies(sandbox)
        assert (begun, edited) == (sum(map(len, said.values())), 0)
        by_project = {project: set(spoken(texts, FOOTERS)) for project, texts in said.items()}
        assert by_project == {"PAY": {"de"}, "CARDS": {"en"}, "Payments": {"fr"}}
        assert set(spoken(said["PAY"], REMEDIES)) == {"de"}
        assert writes(home.run()) == (0, 0, 0)
    stand = our_comments(sandbox)
    with speaking(sandbox, folder, FRENCH) as home:
        assert writes(home.run()) == (0, len(said["PAY"]) + len(said["CARDS"]), 0)
        told = bodies(sandbox)
        assert {language for texts in told.values() for language in spoken(texts, FOOTERS)} == {"fr"}
        assert set(spoken(told["PAY"], REMEDIES)) == {"fr"}
        assert (our_comments(sandbox), told["Payments"]) == (stand, said["Payments"])
        assert writes(home.run()) == (0, 0, 0)
