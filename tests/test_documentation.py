"""What the documentation says is true: commands exist, links lead somewhere, configurations can be read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from safesync.cli.app import app
from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.source import parse_source
from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.rules.catalog import shipped
from safesync.rules.facts_page import facts_page
from safesync.rules.page import pages

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
TEXTS = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in PAGES if path.exists()]


def commands() -> dict[tuple[str, ...], set[str]]:
    """Every command with its options."""
    found: dict[tuple[str, ...], set[str]] = {}

    def look(command: object, name: tuple[str, ...]) -> None:
        options = {word for each in getattr(command, "params", ()) for word in (*each.opts, *each.secondary_opts) if word.startswith("-")}
        found[name] = options | {"--help"}
        for word, below in getattr(command, "commands", {}).items():
            look(below, (*name, word))

    look(typer.main.get_command(app), ())
    return found


def named_commands(text: str) -> Iterator[tuple[str, ...]]:
    """Calls of ``safesync`` in code: spans and blocks, with everything up to the end of the span or line."""
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(?: {4}|\t)(.+)$", text, re.MULTILINE)
    code += [line for block in re.findall(r"```(?:sh|bash|console|text)?\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    for line in code:
        for call in re.findall(r"(?:^|\s|/)safesync((?: +[^\s|&;#]+)+)", line):
            words = tuple(call.split())
            if re.fullmatch(r"[a-z][a-z-]*", words[0]):
                yield words


@pytest.mark.parametrize("path", TEXTS)
def test_every_command_that_is_named_exists(path: Path) -> None:
    known = commands()
    for words in named_commands(path.read_text(encoding="utf-8")):
        name = words[:2] if words[:2] in known else words[:1]
        assert name in known, f"safesync {' '.join(words)}"
        for option in (word.split("=")[0] for word in words if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word)):
            assert option in known[name] | known[()], f"safesync {' '.join(words)}"


def test_the_search_for_commands_finds_some() -> None:
    found = [words for path in PAGES if path.exists() for words in named_commands(path.read_text(encoding="utf-8"))]
    assert ("run",) in found
    assert list(named_commands("`safesync chek` and\n\n    safesync plan -o x.json\n")) == [("chek",), ("plan", "-o", "x.json")]


@pytest.mark.parametrize("path", TEXTS)
def test_every_link_leads_to_a_file(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.split("#")[0]).exists(), target


def blocks(language: str, text: str) -> Iterator[re.Match[str]]:
    """The blocks of a page that are written in a language."""
    return re.finditer(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("path", TEXTS)
def test_every_configuration_can_be_read(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    for number, program in enumerate(blocks("python", text)):
        (tmp_path / "rules" / f"of_the_page_{number}.py").write_text(program[1], encoding="utf-8")
    for found in blocks("yaml", text):
        file = str(tmp_path / f"{path.name}, block after line {text.count(chr(10), 0, found.start()) + 1}")
        values = parse_source(file, found[1])
        assert not values.mistakes
        parse_configuration(_whole(found[1], values.values), file=file, secrets=Secrets.NONE)


def _whole(block: str, values: object) -> str:
    """A part of a configuration with what every configuration needs."""
    rest = {
        "version": "version: 1\n",
        "trackers": "trackers: [{name: jira-eu, kind: jira, url: 'https://a.example', auth: {token: x}, scope: {projects: [PAY]}}]\n",
    }
    assert isinstance(values, dict)
    return block + "".join(text for key, text in rest.items() if key not in values)


def test_the_pages_of_the_rules_are_current() -> None:
    """``safesync rules pages docs/rules`` writes them."""
    folder = ROOT / "docs" / "rules"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == pages(shipped())


def test_the_page_of_facts_is_current() -> None:
    """``safesync rules facts docs/facts.md`` writes it."""
    assert (ROOT / "docs" / "facts.md").read_text(encoding="utf-8") == facts_page()


def test_the_page_of_facts_names_every_fact_and_what_it_is_unseen_without() -> None:
    text = facts_page()
    for fact in (*ITEM_FACTS.values(), *(fact for facts in GROUP_FACTS.values() for fact in facts.values())):
        assert f"| `{fact.name}` | " in text
        assert fact.meaning in text
        assert all(f"`{word}`" in text for word in fact.vocabulary)


def test_a_page_says_all_there_is_to_say_about_a_rule() -> None:
    for code, text in pages(shipped()).items():
        if code == "README.md":
            assert all(f"[{each}]({each}.md)" in text for each in shipped())
            continue
        rule = shipped()[code.removesuffix(".md")]
        assert rule.page in text
        assert rule.flaw in text or (rule.parts and rule.flaw == "TRUE")
        assert all(f"- {example.about}" in text for example in rule.examples)
        for name, field in rule.options.model_fields.items():
            assert f"| `{name}` | " in text
            assert field.description
            assert field.description in text
        assert "| value |" not in text, "every type of an option has words"


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    """``--help`` and ``--version`` are for the fingers: polars, connectors and the store come with the commands that need them."""
    program = (
        "import sys\nfrom safesync.cli.app import main\nsys.argv = ['safesync', sys.argv[1]]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "print([name for name in ('polars', 'jira', 'azure', 'sqlalchemy', 'sqlglot', 'starlette', 'apscheduler') if name in sys.modules])"
    )
    for option in ("--help", "--version"):
        command = [sys.executable, "-c", program, option]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
        assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_a_check_of_the_configuration_loads_no_connector_and_no_store(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom safesync.cli.app import main\nsys.argv = ['safesync', 'validate', '-c', sys.argv[1]]\nmain_failed = False\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        "print([name for name in ('jira', 'azure', 'sqlalchemy', 'starlette', 'apscheduler') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(ROOT / "config" / "safesync.yaml")], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
