"""Conditions made up by chance: each as our text and as the text that SQLite understands the same way."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

STAGES = ("funnel", "analysis", "ready", "in_progress", "validating", "done", "cancelled")
CLASSES = ("feature", "enabler", "tech_debt", "maintenance", "compliance", "unknown")
TEAMS = ("Falcon", "O'Brien", "Zürich")
LABELS = ("chore", "local-work", "naïve")


class Sample(NamedTuple):
    """One condition in both notations."""

    ours: str
    sqlite: str


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def condition(chance: Random, depth: int) -> Sample:
    """A condition of at most this depth; brackets stand only where chance wants them, so that precedence is tested."""
    if depth == 0 or chance.random() < 0.25:
        return leaf(chance)
    if chance.random() < 0.25:
        inner = condition(chance, depth - 1)
        bracket = chance.random() < 0.6
        return Sample(*(f"NOT ({text})" if bracket else f"NOT {text}" for text in inner))
    word = chance.choice((" AND ", " OR "))
    terms = [condition(chance, depth - 1) for _ in range(chance.choice((2, 2, 3)))]
    bracket = chance.random() < 0.5
    joined = Sample(word.join(term.ours for term in terms), word.join(term.sqlite for term in terms))
    return Sample(*(f"({text})" if bracket else text for text in joined))


def leaf(chance: Random) -> Sample:
    return chance.choice((_numbers, _numbers, _null, _texts, _ordered, _dates, _truth, _label, _among, _between))(chance)


def number(chance: Random, depth: int = 2) -> Sample:
    roll = chance.random()
    if depth == 0 or roll < 0.45:
        name = chance.choice(("points", "job_size", "business_value"))
        return Sample(name, name)
    if roll < 0.6:
        digits = chance.choice((0, 1, 2, 3, 5, 8, 2.5))
        return Sample(str(digits), f"{float(digits)}")
    if roll < 0.7:
        inner = number(chance, depth - 1)
        return Sample(*(f"abs({text})" for text in inner))
    if roll < 0.78:
        inner = number(chance, depth - 1)
        return Sample(*(f"-({text})" for text in inner))
    if roll < 0.86:
        one, two = number(chance, depth - 1), number(chance, depth - 1)
        return Sample(f"coalesce({one.ours}, {two.ours})", f"coalesce({one.sqlite}, {two.sqlite})")
    sign = chance.choice("+-*/")
    one, two = number(chance, depth - 1), number(chance, depth - 1)
    return Sample(f"{one.ours} {sign} {two.ours}", f"{one.sqlite} {sign} {two.sqlite}")


def _numbers(chance: Random) -> Sample:
    sign = chance.choice(("=", "<>", "<", "<=", ">", ">="))
    one, two = number(chance), number(chance)
    return Sample(f"{one.ours} {sign} {two.ours}", f"{one.sqlite} {sign} {two.sqlite}")


def _null(chance: Random) -> Sample:
    name = chance.choice(("points", "team", "stage", "due_on", "open", "job_size"))
    word = chance.choice(("IS NULL", "IS NOT NULL"))
    return Sample(f"{name} {word}", f"{name} {word}")


def _texts(chance: Random) -> Sample:
    name, words = chance.choice((("team", TEAMS), ("own_work_class", CLASSES)))
    text = f"{name} {chance.choice(('=', '<>'))} {quoted(chance.choice(words))}"
    return Sample(text, text)


def _ordered(chance: Random) -> Sample:
    sign, word = chance.choice(("<", "<=", ">", ">=", "=", "<>")), chance.choice(STAGES)
    return Sample(f"stage {sign} '{word}'", f"stage_rank {sign} {STAGES.index(word)}")


def _dates(chance: Random) -> Sample:
    other = chance.choice(("'2026-11-18'", "target_end", "'2027-01-01'"))
    text = f"due_on {chance.choice(('<', '>=', '=', '<>'))} {other}"
    return Sample(text, text)


def _truth(chance: Random) -> Sample:
    name = chance.choice(("open", "blocked", "TRUE", "FALSE"))
    return Sample(name, name)


def _label(chance: Random) -> Sample:
    label = quoted(chance.choice(LABELS))
    return Sample(f"has_label({label})", f"has_label(labels, {label})")


def _among(chance: Random) -> Sample:
    word = chance.choice(("IN", "NOT IN"))
    if chance.random() < 0.5:
        numbers = [chance.choice((1, 2, 3.5, 8)) for _ in range(chance.choice((1, 2, 3)))]
        return Sample(f"points {word} ({', '.join(map(str, numbers))})", f"points {word} ({', '.join(map(str, map(float, numbers)))})")
    name, words = chance.choice((("team", TEAMS), ("stage", STAGES)))
    text = f"{name} {word} ({', '.join(quoted(chance.choice(words)) for _ in range(2))})"
    return Sample(text, text)


def _between(chance: Random) -> Sample:
    low, high = sorted(chance.sample((0, 1, 2, 3, 5, 8), 2))
    word = chance.choice(("BETWEEN", "NOT BETWEEN"))
    return Sample(f"points {word} {low} AND {high}", f"points {word} {float(low)} AND {float(high)}")
