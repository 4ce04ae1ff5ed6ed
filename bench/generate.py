"""
A backlog of any size, always the same for one size: facts, links and what stands around them, as columns.

The shape follows what was seen in real backlogs: 1 % epics, 3 % capabilities, 12 % features, the rest stories and bugs;
seven in ten closed; stories in trackers that are not their parents'; some links into nowhere; some fields never seen.
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import polars as pl

from safesync.facts.frame.columns import conformed
from safesync.facts.item.measured import MEASURED
from safesync.model.organisation import BoardColumn, Organisation, Train
from safesync.model.timebox import Iteration, PlanningInterval

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_TRACKERS = ("jira-a", "jira-b", "ado")
_THEMES = ("instant-payments", "open-banking", "trust")
_INTERVAL_DAYS, _ITERATION_DAYS = 70, 14
_COLUMNS = ("To do", "Doing", "Review")


@dataclass(frozen=True, slots=True)
class Generated:
    """What the store would give to judge."""

    facts: pl.DataFrame
    links: pl.DataFrame
    iterations: tuple[Iteration, ...]
    intervals: tuple[PlanningInterval, ...]
    columns: tuple[BoardColumn, ...]
    organisation: Organisation
    now: datetime


def generate(items: int, *, now: datetime = NOW, unseen: bool = True, slips: bool = False) -> Generated:
    """
    ``items`` items with everything around them.

    ``unseen`` leaves some fields of some trackers unseen, and some parents where nobody sees them. ``slips`` adds a few links that
    make no sense: parents of the wrong level, items below themselves, and items that wait for each other.
    """
    facts = _facts(items, _teams(items), _iterations(now.date()), now, unseen=unseen)
    links = _links(facts, unseen=unseen)
    return around(facts, _slipped(facts, links) if slips else links, now=now)


def around(facts: pl.DataFrame, links: pl.DataFrame, *, now: datetime = NOW) -> Generated:
    """The same backlog from its facts and links, when these were kept somewhere: all else follows from its size."""
    teams = _teams(facts.height)
    # A third more than what stands in a column on average: a few teams have too much in hand, not all.
    usual = round(0.045 * facts.height / len(teams) / len(_TRACKERS))
    trains = tuple(Train(f"Train {number}", tuple(teams[number::3])) for number in range(3))
    columns = tuple(
        BoardColumn(tracker, team, name, limit)
        for tracker in _TRACKERS
        for team in teams
        for name, limit in zip(_COLUMNS, (None, usual, usual + 1), strict=True)
    )
    organisation = Organisation(trains, themes=_THEMES)
    return Generated(facts, links, _iterations(now.date()), _intervals(now.date()), columns, organisation, now)


def _teams(items: int) -> list[str]:
    return [f"Team {number}" for number in range(max(6, items // 2500))]


def _intervals(today: date) -> tuple[PlanningInterval, ...]:
    start = today - timedelta(days=52)
    return tuple(
        PlanningInterval(f"PI {number}", first, first + timedelta(days=_INTERVAL_DAYS - 1))
        for number in range(1, 13)
        for first in [start + timedelta(days=_INTERVAL_DAYS * (number - 10))]
    )


def _iterations(today: date) -> tuple[Iteration, ...]:
    return tuple(
        Iteration(
            f"{tracker}:iteration:{box.label}.{part}", tracker, f"{box.label}.{part + 1}", first, first + timedelta(days=13), box.label
        )
        for tracker in _TRACKERS
        for box in _intervals(today)
        if box.starts_on
        for part in range(_INTERVAL_DAYS // _ITERATION_DAYS)
        for first in [box.starts_on + timedelta(days=_ITERATION_DAYS * part)]
    )


def _draw(salt: int) -> pl.Expr:
    """A number in [0, 1) for each row; the same for the same salt."""
    return (pl.col("row").hash(salt) % 1_000_003).cast(pl.Float64) / 1_000_003


def _one_of(choices: list[str] | tuple[str, ...], salt: int) -> pl.Expr:
    at = (_draw(salt) * len(choices)).cast(pl.UInt32)
    return pl.lit(pl.Series(list(choices))).gather(at)


def _facts(items: int, teams: list[str], iterations: tuple[Iteration, ...], now: datetime, *, unseen: bool) -> pl.DataFrame:
    rows = pl.DataFrame({"row": pl.arange(items, dtype=pl.UInt32, eager=True)})
    share = pl.col("row") / items
    frame = rows.with_columns(
        kind=pl.when(share < 0.01)
        .then(pl.lit("epic"))
        .when(share < 0.04)
        .then(pl.lit("capability"))
        .when(share < 0.16)
        .then(pl.lit("feature"))
        .when(_draw(1) < 0.9)
        .then(pl.lit("story"))
        .otherwise(pl.lit("bug")),
        tracker=_one_of(_TRACKERS, 2),
        team=pl.when(share > 0.16).then(_one_of(teams, 3)),
        stage=pl.when(_draw(4) < pl.when(share < 0.16).then(0.2).otherwise(0.75))
        .then(pl.when(_draw(5) < 0.95).then(pl.lit("done")).otherwise(pl.lit("cancelled")))
        .otherwise(_one_of(("funnel", "analysis", "ready", "in_progress", "validating"), 6)),
    )
    frame = frame.with_columns(
        uid=pl.concat_str("tracker", pl.lit(":"), "row"),
        key=pl.concat_str(pl.lit("K-"), "row"),
        project=pl.lit("P"),
        native_type=pl.col("kind"),
        native_state=pl.col("stage"),
        title=pl.lit("A title"),
        **_planning(iterations),
        **_estimates(),
        **_words(),
        **_times(now),
        **_obligations(now),
        **_habits(),
    )
    frame = _with_digests(frame.with_columns(unseen=_unseen() if unseen else pl.lit("")))
    empty = [
        pl.when(~pl.col("unseen").str.contains(name, literal=True)).then(name).alias(name)
        for name in ("points", "owner", "benefit_verdict")
    ]
    empty.append(pl.when(pl.col("unseen") == "own_work_class").then(pl.lit("unknown")).otherwise("own_work_class").alias("own_work_class"))
    return conformed(frame.with_columns(empty), MEASURED).select("uid", *(fact.name for fact in MEASURED), "unseen")


def _planning(iterations: tuple[Iteration, ...]) -> dict[str, pl.Expr]:
    story = pl.col("kind").is_in(["story", "bug"])
    known = [each.uid.split(":", 1)[1] for each in iterations if each.tracker == _TRACKERS[0]]
    return {
        "iteration": pl.when(story & (_draw(10) < 0.6)).then(pl.concat_str("tracker", pl.lit(":"), _one_of(known, 11))),
        "own_interval": pl.when(_draw(12) < 0.5).then(_one_of([f"PI {number}" for number in range(1, 14)], 13)),
        "own_work_class": pl.when(_draw(14) < 0.6)
        .then(_one_of(("feature", "feature", "enabler", "tech_debt", "maintenance", "compliance"), 15))
        .otherwise(pl.lit("unknown")),
        "own_themes": pl.when(~story & (_draw(16) < 0.7)).then(_one_of((*_THEMES, "trust; open-banking", "forgotten"), 17)),
        "board_column": pl.when(story & pl.col("stage").is_in(["ready", "in_progress", "validating"])).then(_one_of(_COLUMNS, 18)),
        "target_end": pl.when(_draw(19) < 0.3).then(pl.lit(NOW.date()) + pl.duration(days=(_draw(20) * 200 - 60).cast(pl.Int32))),
    }


def _estimates() -> dict[str, pl.Expr]:
    scale = pl.Series([1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0])

    def estimate(salt: int) -> pl.Expr:
        return pl.when(_draw(salt) < 0.9).then(pl.lit(scale).gather((_draw(salt + 1) * 7).cast(pl.UInt32)))

    names = ("points", "job_size", "business_value", "time_criticality", "risk_reduction")
    return {name: estimate(30 + 2 * number) for number, name in enumerate(names)}


def _words() -> dict[str, pl.Expr]:
    verdicts = ("missing", "empty", "placeholder", "weak", "ok", "ok", "ok", "ok")
    return {
        "owner": pl.when(_draw(50) < 0.8).then(pl.lit("Somebody")),
        "blocked": _draw(51) < 0.05,
        "labels": pl.when(_draw(52) < 0.1)
        .then(pl.lit(pl.Series([["local-work"]])).first())
        .when(_draw(52) > 0.97)
        .then(pl.lit(pl.Series([["Compliance"]])).first())
        .otherwise(pl.lit(pl.Series([["Chore", "q4"]])).first()),
        "acceptance_verdict": _one_of(verdicts, 53),
        "acceptance_count": (_draw(54) * 14).floor(),
        "acceptance_vague_share": _draw(55),
        "acceptance_places": pl.lit("the field (empty)"),
        "benefit_verdict": _one_of(verdicts, 56),
        "benefit_places": pl.lit("the field (empty)"),
        "description_words": (_draw(57) * 100).floor(),
    }


def _with_digests(frame: pl.DataFrame) -> pl.DataFrame:
    """What stands for texts and their lines, of the items that facts/item/told.py gives one: almost all differ."""
    chance = Random(140)  # noqa: S311 - it only has to be the same every time

    def lines(most: int) -> pl.Series:
        made = (b2a_base64(chance.randbytes(3 * chance.randint(1, most)), newline=False).decode() for _ in range(len(frame)))
        return pl.Series(made, dtype=pl.String)

    def whole(salt: int) -> pl.Expr:
        return pl.concat_str(pl.col("row").hash(salt).cast(pl.String).str.zfill(20).str.tail(12))

    written = pl.col("acceptance_verdict").is_in(["weak", "ok"])
    learned = ~pl.col("stage").is_in(["done", "cancelled"]) | (pl.col("row") % 8 == 0)
    promises = pl.col("kind").is_in(["epic", "capability", "feature"]) & pl.col("benefit_verdict").is_in(["weak", "ok"])
    return frame.with_columns(
        description_digest=pl.when(pl.col("description_words") > 0).then(whole(141)),
        acceptance_digest=pl.when(written).then(whole(142)),
        acceptance_line_digests=pl.when(written).then(lines(6)),
        # Four in ten have no description, or one of more lines than are compared.
        description_line_digests=pl.when(learned & (_draw(143) < 0.6)).then(lines(8)),
        benefit_line_digests=pl.when(learned & promises).then(lines(3)),
    )


def _habits() -> dict[str, pl.Expr]:
    """What some teams write down and others do not."""
    boxes = (_draw(120) * 5).floor()
    return {
        "title_words": (_draw(121) * 8 + 1).floor(),
        "story_voice": _one_of(("none", "none", "partial", "well_formed"), 122),
        "description_links": pl.when(_draw(123) < 0.1).then(1.0).otherwise(0.0),
        "description_code": _draw(124) < 0.1,
        "boxes": boxes,
        "open_boxes": (_draw(125) * (boxes + 1)).floor(),
        "outcome": pl.when(_draw(126) < 0.3).then(pl.lit("Confirmed")),
        "enabler_kind": pl.when(_draw(127) < 0.5).then(pl.lit("Architecture")),
        "blocked_reason": pl.when(_draw(128) < 0.5).then(pl.lit("Waits for the bank")),
        "rank": (_draw(129) * 1_000_000).floor().cast(pl.String),
        "resolution": pl.when(_draw(130) < 0.9).then(pl.lit("Done")),
    }


def _obligations(now: datetime) -> dict[str, pl.Expr]:
    """What regulated organisations keep: controls, days, approvals, evidence; most of it on a few items."""

    def day(salt: int, first: int, days: int) -> pl.Expr:
        return pl.lit(now.date()) + pl.duration(days=(_draw(salt) * days + first).cast(pl.Int32))

    approved = _draw(103) < 0.5
    return {
        "own_controls": pl.when(_draw(100) < 0.05).then(_one_of(("DORA Art. 12", "SOX-404", "SOX-404; BAIT 4.2"), 101)),
        "due_on": pl.when(_draw(102) < 0.3).then(day(104, -60, 400)),
        "approval": pl.when(approved).then(_one_of(("Approved", "Approved", "In review", "Rejected"), 105)),
        "approver": pl.when(approved & (_draw(106) < 0.9)).then(_one_of(("Noor", "Noor", "Somebody"), 107)),
        "approved_on": pl.when(approved & (_draw(108) < 0.9)).then(day(109, -90, 90)),
        "approved_text_change": pl.when(approved & (_draw(112) < 0.2)).then(_draw(113)),
        "evidence_links": (_draw(110) * 3).floor(),
        "constraint_links": pl.when(_draw(111) < 0.1).then(1.0).otherwise(0.0),
    }


def _times(now: datetime) -> dict[str, pl.Expr]:
    def ago(salt: int, days: int) -> pl.Expr:
        return pl.lit(now) - pl.duration(minutes=(_draw(salt) * days * 1440).cast(pl.Int64))

    active = pl.col("stage").is_in(["in_progress", "validating"])
    return {
        "created_at": ago(60, 400),
        "stage_entered_at": pl.when((pl.col("stage") == "done") & (_draw(133) < 0.2)).then(ago(134, 300)).otherwise(ago(61, 60)),
        "active_since": pl.when(active).then(ago(62, 30)),
        "started_at": pl.when(active)
        .then(ago(62, 90))
        .when(pl.col("stage") == "done")
        .then(ago(61, 60) - pl.duration(days=_draw(65) * 50)),
        **{f"days_spent_{stage}": (_draw(66 + number) * 20).floor() for number, stage in enumerate(("analysis", "ready", "in_progress"))},
        "days_spent_validating": pl.lit(1.0),
        "human_change_at": pl.when(_draw(63) < 0.97).then(pl.when(_draw(131) < 0.03).then(ago(132, 900)).otherwise(ago(64, 30))),
    }


def _unseen() -> pl.Expr:
    some, bug = _draw(70) < 0.05, pl.col("kind") == "bug"
    return (
        pl.when((pl.col("tracker") == "jira-b") & (bug | some))
        .then(pl.lit("points"))
        .when((pl.col("tracker") == "ado") & some)
        .then(pl.lit("benefit_verdict owner"))
        .when((pl.col("tracker") == "jira-a") & some)
        .then(pl.lit("own_work_class"))
        .otherwise(pl.lit(""))
    )


def _links(facts: pl.DataFrame, *, unseen: bool) -> pl.DataFrame:
    """
    Nearly everything has a parent among the items before it, by uid or by key; a few have one that nobody sees.

    Features stand alone more often than stories, and what is still open is what waits for others.
    """
    count = facts.height
    rows = facts.select("uid", "kind", "stage").with_row_index("row")
    top = {"epic": (0.0, 0.0), "capability": (0.0, 0.01), "feature": (0.0, 0.04)}
    low = pl.col("kind").cast(pl.String).replace_strict({kind: span[0] for kind, span in top.items()}, default=0.04)
    high = pl.col("kind").cast(pl.String).replace_strict({kind: span[1] for kind, span in top.items()}, default=0.16)
    at = ((low + (high - low) * _draw(80) ** 2) * count).cast(pl.UInt32)
    names, keys = facts["uid"], facts.select(pl.concat_str("tracker", pl.lit(":"), "key")).to_series()
    target = (
        pl.when((_draw(81) < 0.005) & unseen)
        .then(pl.lit("elsewhere:1"))
        .when(_draw(82) < 0.3)
        .then(pl.lit(keys).gather(at))
        .otherwise(pl.lit(names).gather(at))
    )
    alone = pl.when(pl.col("kind").is_in(["feature", "capability"])).then(0.15).otherwise(0.05)
    waits = pl.when(pl.col("stage") < "done").then(0.3).otherwise(0.02)
    parents = rows.filter((pl.col("kind") != "epic") & (_draw(83) >= alone)).select("uid", relation=pl.lit("parent"), target=target)
    supplier = pl.lit(names).gather((_draw(85) * count).cast(pl.UInt32))
    needs = rows.filter(_draw(84) < waits).select("uid", relation=pl.lit("depends_on"), target=supplier)
    tests = rows.filter(_draw(86) < 0.3).select("uid", relation=pl.lit("tested_by"), target=pl.lit("elsewhere:test"))
    limits = rows.filter(_draw(111) < 0.1).select("uid", relation=pl.lit("constrained_by"), target=pl.lit("elsewhere:limit"))
    return pl.concat([parents, needs, tests, limits])


def _slipped(facts: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """One in fifty below another parent, of these one in five below itself; and threes that wait for each other."""
    names, count = facts["uid"], facts.height
    rows = facts.select("uid", "kind").with_row_index("row")
    at = pl.when(_draw(92) < 0.2).then("row").otherwise((_draw(91) * count).cast(pl.UInt32))
    moved = rows.filter(_draw(90) < 0.02).select("uid", relation=pl.lit("parent"), target=pl.lit(names).gather(at))
    of_three = pl.col("row") // 60 * 60 + (pl.col("row") % 60 + 1) % 3
    threes = rows.filter((pl.col("row") % 60 < 3) & (pl.col("row") // 60 * 60 + 3 <= count))
    waiting = threes.select("uid", relation=pl.lit("depends_on"), target=pl.lit(names).gather(of_three))
    kept = links.join(moved, on=["uid", "relation"], how="anti", maintain_order="left")
    return pl.concat([kept, moved, waiting]).unique(maintain_order=True)
