"""Texts that somebody might try: each is refused with a place, and nothing is read, opened or run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from safesync.facts.catalog import ITEM_FACTS
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError

ATTACKS = (
    # files and hosts through table functions
    "team IN (SELECT column_1 FROM read_csv('/etc/passwd'))",
    "team IN (SELECT * FROM read_csv('/etc/hostname'))",
    "(SELECT max(column_1) FROM read_csv('/etc/passwd')) > 1",
    "team = (SELECT 1 FROM read_parquet('/etc/passwd'))",
    "points > (SELECT 1 FROM read_json('https://127.0.0.1:9/x.csv'))",
    "read_csv('/etc/passwd') = 1",
    "scan_ipc('/etc/passwd') IS NULL",
    # sub-queries in every position
    "EXISTS (SELECT 1)",
    "NOT EXISTS (SELECT 1)",
    "points = ANY (SELECT 1)",
    "points > ALL (SELECT 1)",
    "points = SOME (SELECT 1)",
    "points BETWEEN (SELECT 1) AND 2",
    "coalesce((SELECT 1), points) > 1",
    "abs((SELECT 1)) > 1",
    "has_label((SELECT 'x'))",
    "points IN (1, (SELECT 2))",
    "WITH t AS (SELECT 1) SELECT 1",
    # statements, comments, more than one
    "SELECT 1",
    "DROP TABLE items",
    "points > 1; DROP TABLE items",
    "points > 1 -- AND team = 'x'",
    "points /* all */ > 1",
    "points > 1 UNION SELECT 1",
    "points AS other",
    "kind = 'story' AS foo",
    # collapse or shift rows
    "sum(points) > 2",
    "count(*) > 1",
    "max(points) > 1",
    "row_number() OVER (ORDER BY points) = 1",
    "sum(points) OVER (PARTITION BY team) > 1",
    "lag(points) > 1",
    # casts, parameters, arrays, other dialects
    "CAST(points AS INT) = 1",
    "TRY_CAST(points AS INT) = 1",
    "points::int = 1",
    "points > ?",
    "points > @p",
    "points > $1",
    "points > {{ points }}",
    "points > ${env:HOME}",
    "labels[1] = 'x'",
    "ARRAY[1] = points",
    "points && 1",
    "points || 'x' = 'y'",
    "points % 2 = 1",
    "points DIV 2 = 1",
    "points ^ 2 = 1",
    "points & 1 = 1",
    "team ~ 'x'",
    "team REGEXP 'x'",
    "team RLIKE 'x'",
    "team LIKE 'x%'",
    "team NOT LIKE 'x%'",
    "team ILIKE 'x%'",
    "team NOT ILIKE 'x%'",
    "team SIMILAR TO 'x'",
    "team COLLATE nocase = 'x'",
    "team = N'x'",
    "points > 0x1F",
    "points > 1e999",
    "interval '3' day > 1",
    "points BETWEEN SYMMETRIC 3 AND 1",
    "points IS DISTINCT FROM 1",
    "points IS NOT DISTINCT FROM 1",
    "points <=> 1",
    "open IS TRUE",
    "open IS UNKNOWN",
    "CASE WHEN open THEN 1 ELSE 2 END > 1",
    "IF(open, 1, 2) > 1",
    "nullif(points, 1) > 1",
    "length(team) > 1",
    "current_date > due_on",
    "greatest(points, 1) > 1",
    "points IN team",
    "points IN UNNEST(labels)",
    "points IN ()",
    "* > 1",
    "items.* IS NULL",
    "has_label(x => 'y')",
    "has_label('x', 'y')",
    "has_label()",
    "has_label(team)",
    "__import__('os').system('id') = 1",
    "points.__class__ = 1",
    # NULL, truths, types
    "points = NULL",
    "points <> NULL",
    "NULL",
    "points IN (1, NULL)",
    "open = TRUE",
    "1 = open",
    "open + 1 > 1",
    "1 < points < 3",
    "points = points = points",
    "points > 'x'",
    "team > 1",
    "team > 'x'",
    "team + 'x' = 'y'",
    "points",
    "'x'",
    "1",
    "labels",
    "labels = 'x'",
    'team = "Falcon"',
    "kind = 'storry'",
    "'storry' = kind",
    "kind IN ('story', 'bugg')",
    "kind = stage",
    "due_on < 'yesterday'",
    "coalesce(points, 'x') > 1",
    "nobody = 1",
    "parent.kind = 'feature'",
    ":nothing",
    "points > :nothing",
    # no text of a person
    "",
    "   ",
    "'never closed",
    "points >",
    "(points > 1",
    "points > 1)",
    "points 1",
    "NOT " * 500 + "open",
    "(" * 2_000 + "open" + ")" * 2_000,
    "abs(" * 300 + "points" + ")" * 300 + " > 1",
    "-" * 2_000 + "points > 1",
    "points" + " + points" * 1_000 + " > 1",
    "open AND " * 200_000 + "open",
    "x" * 1_000_000,
    "\0",
)


class _Watched:
    """Records what the interpreter opens; installed once, for an audit hook cannot be taken away."""

    def __init__(self) -> None:
        self.on, self.seen = False, list[str]()

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event in ("open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "exec", "os.system"):
            self.seen.append(f"{event} {arguments[:1]}")


_WATCHED = _Watched()
sys.addaudithook(_WATCHED)


@pytest.fixture
def nothing_opened() -> Iterator[None]:
    _WATCHED.seen.clear()
    _WATCHED.on = True
    yield
    _WATCHED.on = False
    assert _WATCHED.seen == []


@pytest.mark.usefixtures("nothing_opened")
@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: text[:40] or "empty")
def test_an_attack_is_refused_with_a_place_and_opens_nothing(text: str):
    with pytest.raises(ConditionError) as refused:
        read(text, ITEM_FACTS)
    assert refused.value.slips
    for slip in refused.value.slips:
        assert 0 <= slip.start <= slip.end <= len(text)
        assert slip.message
        assert "<class" not in slip.message, "a message speaks of Python"


@pytest.mark.usefixtures("nothing_opened")
def test_a_long_list_of_a_person_is_read():
    labels = ", ".join(f"'Team {number}'" for number in range(1_000))
    assert read(f"team IN ({labels})", ITEM_FACTS)
    assert read("open" + " OR open" * 1_000, ITEM_FACTS)
