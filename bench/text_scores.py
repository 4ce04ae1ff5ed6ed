"""
How well texts are read: ``python bench/text_scores.py FILE...``, by language and by markup.

A file has one labelled text a line, as in tests/facts/text/acceptance_cases_own.jsonl: ``id``, ``markup``, ``language``,
``text``, and where somebody judged them ``expected``, ``place``, ``kind``, ``count``, ``benefit``, ``voice`` and
``hypothesis``, which has a table of its own. Texts of others belong into no repository: name a file that stands elsewhere.
``--wrong`` shows each text that was judged otherwise. Exit status 1 with less than 97 % precision or 95 % recall for "has
acceptance criteria".
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safesync.facts.text import acceptance, benefit, flatten, hypothesis, voice
from safesync.facts.text.reading import NOTHING, Place, Verdict, place
from safesync.model.item import Markup, RichText

_PRECISION, _RECALL = 0.97, 0.95
_HAS = {Verdict.OK, Verdict.WEAK}
_TABLES = {"expected": "Acceptance criteria", "hypothesis": "Epic hypothesis"}
_ASKED = ("count", "benefit", "voice", "hypothesis")


@dataclass(frozen=True, slots=True)
class _Judged:
    case: dict[str, Any]
    found: dict[str, Any]

    @property
    def wrong(self) -> tuple[str, ...]:
        """What was judged otherwise, of all that the case has a label for."""
        return tuple(name for name, value in self.found.items() if name in self.case and self.case[name] != value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read all files and print the tables."""
    parser = argparse.ArgumentParser(description="Score how labelled texts are read.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--wrong", action="store_true", help="show the texts that were judged otherwise")
    asked = parser.parse_args(arguments)
    judged = [_judge(json.loads(line)) for file in asked.files for line in file.read_text("utf-8").splitlines() if line]
    for asked_for in _TABLES:
        labelled = [one for one in judged if asked_for in one.case]
        for key in ("markup", "language") if labelled else ():
            _print_table(key, labelled, asked_for)
    if asked.wrong:
        _print_wrong(judged)
    precision, recall = _shares(judged, "expected")
    return 0 if precision >= _PRECISION and recall >= _RECALL else 1


def _judge(case: dict[str, Any]) -> _Judged:
    text = case["text"] if isinstance(case["text"], str) else json.dumps(case["text"], ensure_ascii=False)
    here = place(flatten.flatten(RichText(text, Markup(case["markup"]))))
    field, description = (here, NOTHING) if case.get("place", "description") == "field" else (NOTHING, here)
    if case.get("place") == "none":
        field, description = NOTHING, NOTHING
    found = acceptance.read(field, description, boxes_count=case.get("kind", "story") == "story")
    return _Judged(case, {"expected": str(found.verdict), "count": found.count, **_others(here)})


def _others(here: Place) -> dict[str, str]:
    hypothesis_ = hypothesis.read((here,), hypothesis.sections(here))
    told = {"benefit": benefit.read(NOTHING, here).verdict, "voice": voice.read(here.low).voice, "hypothesis": hypothesis_.verdict}
    return {name: str(value) for name, value in told.items()}


def _print_table(key: str, judged: Sequence[_Judged], asked: str) -> None:
    print(_TABLES[asked])
    print(f"{key:10} {'texts':>6} {'with':>5} {'found':>6} {'precision':>10} {'recall':>7} {'verdict':>8}" + _heads())
    for value in sorted({str(one.case[key]) for one in judged}):
        _print_row(value, [one for one in judged if str(one.case[key]) == value], asked)
    _print_row("all", judged, asked)
    print()


def _heads() -> str:
    return "".join(f" {name:>10}" for name in _ASKED)


def _print_row(name: str, judged: Sequence[_Judged], asked: str) -> None:
    precision, recall = _shares(judged, asked)
    there, found = _sums(judged, asked)[:2]
    shares = "".join(f" {_agreed(judged, each):>10}" for each in _ASKED)
    print(f"{name:10} {len(judged):6} {there:5} {found:6} {precision:10.1%} {recall:7.1%} {_agreed(judged, asked):>8}{shares}")


def _shares(judged: Iterable[_Judged], asked: str) -> tuple[float, float]:
    """Precision and recall of "has acceptance criteria" or another verdict; of nothing all is right."""
    there, found, both = _sums(judged, asked)
    return both / found if found else 1.0, both / there if there else 1.0


def _sums(judged: Iterable[_Judged], asked: str) -> tuple[int, int, int]:
    """How many texts have what is asked for, in how many it was found, and in how many of these it is."""
    has = _HAS if asked == "expected" else {Verdict.OK}
    pairs = [(one.case[asked] in has, one.found[asked] in has) for one in judged if asked in one.case]
    return sum(there for there, _ in pairs), sum(found for _, found in pairs), sum(there and found for there, found in pairs)


def _agreed(judged: Iterable[_Judged], asked: str) -> str:
    labelled = [one for one in judged if asked in one.case]
    return f"{sum(asked not in one.wrong for one in labelled) / len(labelled):.1%}" if labelled else "-"


def _print_wrong(judged: Iterable[_Judged]) -> None:
    for one, name in _wrong(judged):
        case = one.case
        print(f"{case['id']} {case['markup']} {case['language']}: {name} is {case[name]}, found {one.found[name]}")


def _wrong(judged: Iterable[_Judged]) -> Iterator[tuple[_Judged, str]]:
    for one in judged:
        yield from ((one, name) for name in one.wrong)


if __name__ == "__main__":
    raise SystemExit(main())
