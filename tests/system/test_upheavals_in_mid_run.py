"""
Items that people move, delete, bar and edit at the very moment in which SafeSync writes to them, on every deployment.

One comment, no label lost or left, nobody's edit lost, told once; and the next clean run ends as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

import pytest
from house import House
from upheaved import KINDS, MARK, OUTSIDE, SECOND, Scenery, scenery, undone, writes_of

from safesync.connectors.sandbox.jira.entities import Permission
from safesync.jobs.astray import NOT_FOUND
from safesync.jobs.result import RunResult
from safesync.jobs.writing import CHANGED

EVERYWHERE = pytest.mark.parametrize(
    "kind", [kind if kind == "cloud" else pytest.param(kind, marks=pytest.mark.deep) for kind in KINDS], ids=str
)
SCENES = (
    "moved before it is said",
    "left before it is said",
    "deleted before it is said",
    "labelled before it is said",
    "moved before the look",
    "moved before the edit",
    "left before the edit",
    "deleted before the edit",
    "deselected before the labels",
    "relabelled before the labels",
    "comment deleted before the look",
    "comment deleted before the edit",
    "comment edited before the look",
    "nothing",
)
JIRA = (
    "PAY-32",
    "PAY-38",
    "PAY-43",
    "PAY-23",
    "PAY-62",
    "PAY-39",
    "PAY-161",
    "PAY-172",
    "PAY-99",
    "PAY-164",
    "PAY-28",
    "PAY-101",
    "PAY-30",
    "PAY-174",
)
AZURE = ("59", "62", "63", "72", "26", "60", "74", "75", "66", "44", "21", "80", "39", "83")
QUIET, GERMAN = ("labels: true", "labels: false"), ("language: en", "language: de")
ON = [dict(zip(SCENES, keys, strict=True)) for keys in (JIRA, AZURE)]
GONE = "it is out of scope now"
PEOPLES = {
    "comment deleted before the look": "a person deleted the comment; nothing more is said there",
    "comment deleted before the edit": "a person deleted the comment; nothing more is said there",
    "comment edited before the look": "a person removed or took over the comment; nothing more is said there",
}


def when_it_is_said(world: Scenery) -> None:
    for at in ON:
        world.when(at["moved before it is said"], "say", lambda key: world.moves(key, SECOND))
        world.when(at["left before it is said"], "say", lambda key: world.moves(key, OUTSIDE))
        world.when(at["deleted before it is said"], "say", world.deletes)
        world.when(at["labelled before it is said"], "say", lambda key: world.relabels(key, ["mine"]))


def when_it_is_edited(world: Scenery) -> None:
    for at in ON:
        world.when(at["moved before the look"], "look", lambda key: world.moves(key, SECOND))
        world.when(at["moved before the edit"], "edit", lambda key: world.moves(key, SECOND))
        world.when(at["left before the edit"], "edit", lambda key: world.moves(key, OUTSIDE))
        world.when(at["deleted before the edit"], "edit", world.deletes)
        world.when(at["deselected before the labels"], "label", lambda key: world.relabels(key, ["mine"], [MARK]))
        world.when(at["relabelled before the labels"], "label", lambda key: world.relabels(key, ["mine"]))
        world.when(at["comment deleted before the look"], "look", world.deletes_comment)
        world.when(at["comment deleted before the edit"], "edit", world.deletes_comment)
        world.when(at["comment edited before the look"], "look", world.edits_comment)


def told(result: RunResult, at: Mapping[str, str]) -> dict[str, str]:
    """What was told, by scene."""
    reasons = undone(result)
    return {scene: reasons[key] for scene, key in at.items() if key in reasons}


def cleanly(home: House) -> tuple[list[dict[str, str]], int]:
    """What two more runs tell, and what the last of them writes."""
    results = [home.run() for _ in range(2)]
    return [undone(result) for result in results], writes_of(results[-1])


@EVERYWHERE
def test_whatever_becomes_of_an_item_while_we_write_it_ends_as_if_it_had_been_so_before(tmp_path: Path, kind: str) -> None:
    with scenery(tmp_path, kind, JIRA, AZURE) as world:
        jira, azure = ON
        with world.house(QUIET) as home:
            when_it_is_said(world)
            first = home.run()
            here, there = told(first, jira), told(first, azure)
            assert first.errors == ()
            assert here == {"deleted before it is said": NOT_FOUND}, "an issue keeps its address when it moves"
            assert there.pop("left before it is said").startswith(GONE)
            assert there == {"moved before it is said": CHANGED, "deleted before it is said": "it was deleted"}
            assert cleanly(home) == ([{}, {}], 0)
        assert {key for key, count in world.comments().items() if count != 1} == {azure["left before it is said"]}

        with world.house(GERMAN) as home:
            when_it_is_edited(world)
            second = home.run()
            here, there = told(second, jira), told(second, azure)
            assert second.errors == ()
            assert here.pop("left before it is said").startswith(GONE)
            assert here == {"deleted before the edit": NOT_FOUND, **PEOPLES}
            assert there.pop("left before the edit").startswith(GONE)
            assert there == {
                "moved before the look": CHANGED,
                "moved before the edit": CHANGED,
                "deleted before the edit": "it was deleted",
                **PEOPLES,
            }
            assert cleanly(home) == ([{}, {}], 0)
        assert world.waiting() == 0, "everything came to pass"
        for at in ON:
            assert "mine" in world.labels(at["labelled before it is said"]) & world.labels(at["relabelled before the labels"])
            assert "mine" in world.labels(at["deselected before the labels"])
            assert not set().union(*(world.ours(at[scene]) for scene in PEOPLES)), "nobody finds a label that nothing explains"
            assert any("mine" in body for body in world.bodies(at["comment edited before the look"]))
        silent = {at[scene] for at in ON for scene in PEOPLES} - {azure["comment edited before the look"]}
        assert {key for key, count in world.comments().items() if count != 1} == {azure["left before it is said"], *silent}

        with world.house(GERMAN, store="another.db") as home:
            # Jira keeps nothing of a comment that was deleted: who lost the store begins there anew, and nowhere else.
            assert [(each.created, each.edited, each.labels_removed) for each in home.run().trackers] == [(2, 0, 0), (0, 0, 0)]


@EVERYWHERE
@pytest.mark.parametrize("step", ["say", "edit"])
def test_a_project_that_is_archived_in_mid_run_is_told_once_and_written_to_in_the_first_run_after_it_is_restored(
    tmp_path: Path, kind: str, step: str
) -> None:
    with scenery(tmp_path, kind, JIRA[:8], AZURE[:2]) as world:
        change = (QUIET,) if step == "say" else (GERMAN,)
        if step == "edit":
            with world.house() as home:
                home.run()
        with world.house(*change) as home:
            world.when(JIRA[0], step, lambda _: world.sandbox.administrator_archives("PAY"))
            archived, still = home.run(), home.run()
            (why,) = set(undone(archived).values())
            assert why == "PAY is archived, and nothing can be written there. Restore it, or take it out of the scope."
            assert {each.tracker: each.barred for each in archived.trackers} == {"jira-eu": (why,), "ado": ()}
            # A search of Data Center does not show what is archived: then that is what is told.
            (why,) = set(undone(still).values())
            assert "archived" in why
            assert (archived.errors, still.errors, writes_of(still)) == ((), (), 0)
            world.sandbox.administrator_restores("PAY")
            restored = home.run()
            assert (undone(restored), writes_of(archived) + writes_of(restored) > 0) == ({}, True)
            assert cleanly(home) == ([{}, {}], 0)
        assert set(world.comments().values()) == {1}


RIGHTS = (
    ("say", ("comment", "edit"), (QUIET,), 6),
    ("label", ("edit",), (), 12),
    ("look", ("read",), (GERMAN,), 6),
    ("edit", ("read",), (("language: en", "language: fr"),), 6),
    ("edit", ("comment", "edit"), (), 6),
)
"""At which step which rights are taken away, what makes that there is something to write, and how many comments and labels that is."""
PERMISSIONS = {"comment": Permission.COMMENT, "edit": Permission.EDIT, "read": Permission.BROWSE}


def turn(world: Scenery, rights: Iterable[str], key: str, *, granted: bool) -> None:
    """Give us rights in the project of an item, or take them."""
    site, payments = world.sandbox.site, world.sandbox.organisation.projects["payments"]
    us = next(user for user in site.users.values() if user.token == world.sandbox.jira_token)
    for name in rights:
        if key.isdecimal():
            setattr(payments.permissions, name, granted)
        else:
            (site.allow if granted else site.deny)(us, "PAY", PERMISSIONS[name])


@EVERYWHERE
def test_what_was_not_written_for_want_of_a_right_comes_in_the_first_run_that_has_it_again(tmp_path: Path, kind: str) -> None:
    keys = ("PAY-32", "PAY-38", "PAY-43"), ("59", "62", "63")
    firsts = [some[0] for some in keys]
    with scenery(tmp_path, kind, *keys) as world:
        for step, rights, change, wanted in RIGHTS:
            with world.house(*change) as home:
                for first in firsts:
                    world.when(first, step, lambda key, rights=rights: turn(world, rights, key, granted=False))  # type: ignore[misc]
                denied = home.run()
                assert world.waiting() == 0
                assert len(set(undone(denied).values())) <= 2, "said of each project once"
                assert all("may not" in reason for reason in undone(denied).values())
                for first in firsts:
                    turn(world, rights, first, granted=True)
                allowed = home.run()
                assert undone(allowed) == {}
                assert writes_of(denied) + writes_of(allowed) == wanted
                assert set(world.comments().values()) == {1}
        assert {key: len(world.ours(key)) for key in chain(*keys)} == dict.fromkeys(chain(*keys), 2)
        with world.house(store="another.db") as home:
            assert writes_of(home.run()) == 0
