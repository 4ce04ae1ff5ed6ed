"""
Thousands of configurations, each with something wrong in it, through the real door: ``safesync validate``.

    python bench/fuzz_configuration.py --files 10000 --seconds 1200

What was made wrong on purpose must be told at its line, with the word that was meant; several mistakes in one file must all be told in
one pass. Whatever else was mangled is read, or refused with exit status 2 and places, never with a traceback. The same seed makes the same
files. Ends with 1 when a file was answered otherwise, and shows it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shutil
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode
from typer.main import get_command

from safesync.cli.app import app
from safesync.cli.door import run_guarded
from safesync.configuration.source import KeyPath, Source, parse_source

ROOT = Path(__file__).resolve().parents[1]
SOUND = (ROOT / "config" / "safesync.yaml").read_text(encoding="utf-8")
_PLACE = re.compile(r"^[^:\n]*:(\d+):(\d+): (.*)$", re.MULTILINE)
_FREE = (("organisation", "trains"), ("rules", "GR503", "options", "targets"), ("feedback", "roles"))
"""Below these the administrator chooses the keys."""
_WORDS = frozenset(
    {
        *("jira", "azure-devops", "jira-cloud-premium", "ado-agile", "essential", "portfolio", "error", "warning", "story", "missing"),
        *("placeholder", "Europe/Berlin", "comment", "instant-payments"),
    }
)
"""Values of which a misspelt one has a nearest."""
_VALUES = (
    *("", "~", "null", "true", "off", "0", "-1", "1.5", ".nan", ".inf", "1e999", "0x10", "2026-11-26", "[]", "{}", "[[]]", "{a: {b: c}}"),
    *("[1, two, {}]", "'", '"', "&a", "*a", "!x", "<<", "|", ">", "%", "@", "`", "- x", "? x", "a: b", "\t", "\x00", "é" * 300, "'(['"),
    *("points >", "((((", "9" * 3000, "gate >= 'nxt'", "{points", "${env:NOPE}", "*" * 50, "nowhere.yaml", "TM101", "\u2028", "../../x"),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A text with mistakes: at these lines they must be told, and these words must be proposed; none of either: anything goes."""

    kind: str
    text: str
    lines: tuple[int, ...] = ()
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door said."""

    status: int
    said: str
    at: tuple[int, ...]

    def faults(self, wrong: Wrong) -> Iterator[str]:
        """What is not as it has to be."""
        if "Traceback" in self.said or self.status not in {0, 2}:
            yield f"ended with {self.status}"
        if self.status == 2 and not self.at:
            yield "refused without a place"
        if wrong.lines and self.status != 2:
            yield "accepted"
        if missing := sorted(set(wrong.lines) - set(self.at)):
            yield f"not told at line {', '.join(map(str, missing))}"
        yield from (f"{word!r} is not proposed" for word in wrong.meant if f"'{word}'" not in self.said)
        lines = len(re.split("\n|\r|\u2028|\u2029|\x85", wrong.text)) + 1
        if any(not 1 <= line <= lines for line in self.at):
            yield "told at a line that is not there"


@cache
def _source() -> Source:
    return parse_source("sound", SOUND)


# --- mistakes whose place is known ------------------------------------------------------------------------------


def _typo(word: str, chance: Random) -> str:
    """One letter otherwise, as a hurried person writes it; the word stays near."""
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    )


def _changed(word: str, chance: Random) -> str:
    for _ in range(20):
        if (other := _typo(word, chance)) != word:
            return other
    return word + word[-1]


@cache
def _keys() -> tuple[tuple[KeyPath, ScalarNode], ...]:
    """Keys of which there are only so many: long enough that a typo leaves the nearest clear."""
    return tuple(
        (path, node)
        for path, node in _source().keys.items()
        if isinstance(node, ScalarNode)
        and len(str(node.value)) >= 5
        and not any(path[: len(free)] == free and len(path) > len(free) for free in _FREE)
        and path[-1] not in {"TM101", "GR503"}
        and not (path[0] == "teams" and len(path) == 2)
    )


def _wrong_key(chance: Random) -> tuple[int, int, str, str]:
    """From where to where, what instead, what was meant."""
    path, node = chance.choice(_keys())
    return node.start_mark.index, node.end_mark.index, _changed(str(node.value), chance), str(path[-1])


def _wrong_word(chance: Random) -> tuple[int, int, str, str]:
    nodes = [node for node in _source().nodes.values() if isinstance(node, ScalarNode) and str(node.value) in _WORDS]
    nodes = [node for node in nodes if not node.style and str(node.value) != "instant-payments"]
    node = chance.choice(nodes)
    return node.start_mark.index, node.end_mark.index, _changed(str(node.value), chance), str(node.value)


def _wrong_name(chance: Random) -> tuple[int, int, str, str]:
    """A fact or a word of a fact inside a condition."""
    line = SOUND.index("      when: team IN")
    found = [each for each in re.finditer(r"\b(points|gate|next|has_label)\b", SOUND) if line < each.start() < line + 200]
    each = chance.choice(found)
    return each.start(), each.end(), _changed(each[0], chance), each[0]


def _wrong_type(chance: Random) -> tuple[int, int, str, str]:
    numbers = [node for node in _source().nodes.values() if isinstance(node, ScalarNode) and str(node.tag).endswith((":int", ":float"))]
    node = chance.choice([each for each in numbers if str(each.value) not in {"1", "8", "3"}])
    return node.start_mark.index, node.end_mark.index, chance.choice(("many", "[]", "{}", "true", "''")), ""


_MAKERS: dict[str, Callable[[Random], tuple[int, int, str, str]]] = {
    "misspelt key": _wrong_key,
    "misspelt word": _wrong_word,
    "misspelt name in a condition": _wrong_name,
    "wrong type": _wrong_type,
}


def _with(changes: list[tuple[int, int, str, str]], kind: str) -> Wrong:
    text = SOUND
    for start, end, instead, _ in sorted(changes, reverse=True):
        text = text[:start] + instead + text[end:]
    lines = tuple(SOUND.count("\n", 0, start) + 1 for start, *_ in changes)
    return Wrong(kind, text, lines, tuple(meant for *_, meant in changes if meant))


def _twice(chance: Random) -> Wrong:
    """A line of a mapping that stands there twice."""
    whole = [node for node in _source().keys.values() if SOUND[: node.start_mark.index].rpartition("\n")[2].strip() == ""]
    single = [node for node in whole if not SOUND.split("\n")[node.start_mark.line].rstrip().endswith(":")]
    line = chance.choice(single).start_mark.line
    lines = SOUND.split("\n")
    return Wrong("duplicate key", "\n".join([*lines[: line + 1], *lines[line:]]), (line + 2,))


def _several(chance: Random) -> Wrong:
    changes: list[tuple[int, int, str, str]] = []
    for _ in range(chance.randint(2, 4)):
        one = chance.choice((_wrong_key, _wrong_word, _wrong_name))(chance)
        line = SOUND.count("\n", 0, one[0])
        # What stands below a key that is not known is nobody's setting: only mistakes in other parts of the file are independent.
        if all(_part(one[0]) != _part(other[0]) for other in changes) and all(SOUND.count("\n", 0, other[0]) != line for other in changes):
            changes.append(one)
    return _with(changes, "several mistakes")


def _part(index: int) -> str:
    """The top-level key that a place stands below."""
    return re.findall(r"^(\w+):", SOUND[:index] + SOUND[index:].partition("\n")[0], re.MULTILINE)[-1]


# --- anything at all --------------------------------------------------------------------------------------------


def _mangled(chance: Random) -> Wrong:
    lines = SOUND.split("\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        line = lines[at]
        match chance.randrange(7):
            case 0:
                head, colon, _ = line.rpartition(": ")
                lines[at] = f"{head}{colon}{chance.choice(_VALUES)}"
            case 1:
                del lines[at]
            case 2:
                lines.insert(at, line)
            case 3:
                lines[at] = chance.choice((" ", "  ", "\t", "- ")) + line
            case 4:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], line
            case 5 if line:
                where = chance.randrange(len(line))
                lines[at] = line[:where] + chance.choice(string.printable) + line[where + 1 :]
            case _:
                lines[at] = line[: chance.randint(0, len(line))]
    return Wrong("mangled", "\n".join(lines))


def wrongs(seed: int) -> Iterator[Wrong]:
    """Files without an end: one of each kind in turn, and as many mangled ones as of all others."""
    chance = Random(seed)  # noqa: S311 - chance, no secret
    while True:
        for kind, make in _MAKERS.items():
            yield _with([make(chance)], kind)
            yield _mangled(chance)
        for special in (_twice, _several):
            yield special(chance)
            yield _mangled(chance)


@cache
def _command() -> Any:
    return get_command(app)


def answer(text: str, file: Path) -> Answer:
    """What ``safesync validate`` says to a text, with the files beside it that the sound one names."""
    for beside in (ROOT / "config").iterdir():
        if beside.name != "safesync.yaml" and not (file.parent / beside.name).exists():
            shutil.copy(beside, file.parent)
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    said, status = io.StringIO(), 0
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            run_guarded(lambda: _command().main(["validate", "--config", str(file)], prog_name="safesync"))
        except SystemExit as ended:
            status = int(ended.code or 0)
    told = said.getvalue()
    return Answer(status, told, tuple(int(line) for line, _, _ in _PLACE.findall(told)))


def main() -> None:
    """Make the files, ask, and tell what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=1_200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    assert isinstance(_source().nodes.get(()), MappingNode)
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    failed, begin = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for wrong in wrongs(asked.seed):
            if made.total() >= asked.files or time.monotonic() - begin > asked.seconds:
                break
            got = answer(wrong.text, Path(folder) / "safesync.yaml")
            made[wrong.kind] += 1
            refused[wrong.kind] += got.status == 2
            if faults := list(got.faults(wrong)):
                failed += 1
                if failed <= 10:
                    sys.stdout.write(f"{wrong.kind}, lines {wrong.lines}, meant {wrong.meant}: {'; '.join(faults)}\n{got.said[:600]}\n")
    for kind, count in sorted(made.items()):
        sys.stdout.write(f"{kind:30} {count:6} files, {refused[kind]:6} refused\n")
    sys.stdout.write(f"{made.total()} files in {time.monotonic() - begin:.0f} s, {failed} answered otherwise than they have to be\n")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
