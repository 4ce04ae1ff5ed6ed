"""What any store must do; run on every store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from store_rows import NOON, a_row, an_item

from safesync.connectors.port import Page, Surroundings
from safesync.facts.item.measured import MEASURED
from safesync.model.baseline import Baseline, Departure, OldFinding
from safesync.model.change import CommentMark
from safesync.model.finding import Finding, Report, Severity
from safesync.model.item import Gate, Item, Link, Markup, Relation, RichText, Stage, Transition
from safesync.model.message import Bullets, Message, Paragraph, Span
from safesync.model.organisation import BoardColumn, Team
from safesync.model.reply import Reply
from safesync.model.timebox import Iteration, PlanningInterval
from safesync.store.database import open_database
from safesync.store.port import IntentKind, Store, TrackerState
from safesync.store.tables import UNSEEN

STATE = TrackerState("cursor-1", "me", "scope-1")
NEVER = TrackerState(None, None, None)
LATER = NOON + timedelta(days=1)


def save(store: Store, *items: Item, rows: Sequence[dict[str, object]] | None = None, **page: Any) -> None:
    tracker = items[0].tracker if items else "jira"
    rows = [a_row(item) for item in items] if rows is None else rows
    page.setdefault("cursor", "cursor-1")
    state = TrackerState(page["cursor"], "me", "scope-1")
    store.save_page(tracker, Page(items=items, **page), rows, state=state, now=NOON)


def a_finding(code: str = "TM101", subject: str = "jira:10001", **words: Any) -> Finding:
    return Finding(
        **{"severity": Severity.WARNING, "gate": Gate.READY, "remedy": "Add criteria.", "evidence": "None.", **words},
        code=code,
        subject=subject,
    )


def a_report(*flawed: Finding, at: datetime = NOON, **parts: Any) -> Report:
    known: dict[str, Any] = {"items": 2, "codes": frozenset({"TM101", "TM105"}), "subjects": frozenset({"jira:10001", "jira:10002"})}
    return Report(judged_at=at, flawed=flawed, **{**known, **parts})


def codes(store: Store) -> list[tuple[str, str]]:
    return [(known.finding.code, known.finding.subject) for known in store.findings()]


def test_items_on_which_people_speak_to_us_are_found_as_long_as_they_do(store: Store) -> None:
    reply = Reply("c1", NOON, "account-robin", "Robin", ("recheck",), ("account-robin", "Robin"), by_owner=True)
    talked, silent = an_item(1, replies=(reply,)), an_item(2)
    save(store, talked, silent)
    assert store.replied() == {talked.uid: talked}
    save(store, replace(talked, replies=()))
    assert store.replied() == {}
    save(store, talked)
    store.mark_gone([talked.uid], NOON)
    assert store.replied() == {}


def test_a_mark_remembers_which_reply_was_answered(store: Store) -> None:
    mark = CommentMark("jira:10001", "c1", "digest", ("safesync-tm",), asked="2026-11-26T12:00:00.000000Z p1")
    store.save_mark(mark)
    assert store.marks() == {mark.uid: mark}


def test_a_baseline_comes_back_and_a_tracker_is_met_once(store: Store) -> None:
    assert store.baseline() == Baseline({}, ())
    old = OldFinding("TM101", "jira:10001", "Payments", NOON, "7")
    store.save_baseline([old], NOON, met=["jira"])
    store.save_baseline([], LATER, met=["jira", "ado"])
    assert store.baseline() == Baseline({"jira": NOON, "ado": LATER}, (old,))
    gone = replace(old, left_at=LATER, left=Departure.TOUCHED)
    store.save_baseline([gone], LATER)
    assert (store.baseline().old, store.baseline().quiet) == ((gone,), ())


def test_an_item_comes_back_as_it_was(store: Store) -> None:
    full = an_item(
        description=RichText('{"type": "doc"}', Markup.ADF),
        points=5.0,
        links=(Link(Relation.PARENT, "ado:412"), Link(Relation.DEPENDS_ON, "jira:PAY-2")),
        labels=("safesync-attention", "übermut"),
        transitions=(Transition(NOON, Stage.READY),),
        due_on=date(2026, 12, 24),
        unseen=frozenset({"benefit", "team"}),
    )
    save(store, full)
    assert store.items([full.uid, "jira:unknown"]) == {full.uid: full}


def test_text_that_a_database_refuses_is_stored_without_its_bad_characters(store: Store) -> None:
    hostile = an_item(title="null \x00 and half \ud800 pair", labels=("a\x00b",))
    save(store, hostile)
    assert store.scene().facts["title"].to_list() == ["null  and half ? pair"]
    kept = store.item(hostile.uid)
    assert kept is not None
    assert kept.title == "null  and half ? pair"


def test_an_item_is_found_by_uid_by_tracker_and_key_and_by_a_key_that_is_unique(store: Store) -> None:
    save(store, an_item(1), an_item(2))
    save(store, an_item(2, tracker="other"))
    assert [
        found and found.uid for found in map(store.item, ("jira:10001", "jira:PAY-1", "PAY-1", "pay-1", "other:PAY-2", "PAY-2", "X-9"))
    ] == [
        "jira:10001",
        "jira:10001",
        "jira:10001",
        "jira:10001",
        "other:10002",
        None,
        None,
    ]


def test_the_scene_has_every_measured_fact_with_its_type(store: Store) -> None:
    save(store, an_item(points=3.0, labels=("b", "a"), due_on=date(2026, 12, 1)), an_item(2), rows=None)
    facts = store.scene().facts
    assert facts.columns == ["uid", *(fact.name for fact in MEASURED), "unseen"]
    assert facts.schema["points"].is_numeric()
    assert facts.schema["blocked"] == pl.Boolean
    assert facts.schema["due_on"] == pl.Date
    assert facts.schema["created_at"] == pl.Datetime("us", "UTC")
    first = facts.row(0, named=True)
    assert (first["points"], first["labels"], first["due_on"], first["created_at"]) == (3.0, ["b", "a"], date(2026, 12, 1), NOON)


def test_an_empty_store_has_a_scene_of_the_same_shape(store: Store) -> None:
    empty = store.scene()
    assert (empty.facts.height, empty.links.height) == (0, 0)
    save(store, an_item(links=(Link(Relation.PARENT, "jira:9"),)))
    full = store.scene()
    assert (empty.facts.schema, empty.links.schema) == (full.facts.schema, full.links.schema)


def test_truths_and_unseen_names_reach_the_scene(store: Store) -> None:
    one, two, three = an_item(1), an_item(2), an_item(3)
    save(store, one, two, three, rows=[a_row(one, blocked=True, unseen="points team"), a_row(two, blocked=False), a_row(three)])
    facts = store.scene().facts
    assert facts["blocked"].to_list() == [True, False, None]
    assert facts["unseen"].to_list() == ["points team", "", ""]


def test_a_second_page_replaces_items_links_and_facts(store: Store) -> None:
    save(store, an_item(2), an_item(3))
    save(store, an_item(points=3.0, links=(Link(Relation.PARENT, "jira:10002"), Link(Relation.RELATES, "jira:10003"))))
    save(store, an_item(points=8.0, links=(Link(Relation.PARENT, "jira:PAY-3"),)))
    scene = store.scene()
    assert scene.facts["points"].to_list() == [8.0, None, None]
    assert scene.links.rows() == [(0, "parent", 2)]


def test_a_fact_that_was_emptied_is_empty_also_when_it_is_so_on_the_whole_page(store: Store) -> None:
    save(store, an_item(points=3.0, labels=("a",), due_on=date(2026, 12, 1)))
    emptied = an_item()
    save(store, emptied, rows=[a_row(emptied, kind=None)])
    facts = store.scene().facts
    assert facts.select("points", "due_on", "kind", "labels").rows() == [(None, None, None, [])]
    assert store.items(["jira:10001"]) == {"jira:10001": emptied}


def test_an_item_that_was_gone_and_comes_back_is_there(store: Store) -> None:
    save(store, an_item())
    key = an_item().key
    assert store.gone_at(key) is None
    store.mark_gone(["jira:10001"], LATER)
    assert [store.gone_at(name) for name in (key, f"jira:{key}", "jira:10001", "PAY-0")] == [LATER, LATER, LATER, None]
    save(store, an_item())
    assert store.uids("jira") == {"jira:10001"}
    assert store.gone_at(key) is None


def test_names_of_what_was_not_seen_are_kept_whole_and_each_set_of_them_once(store: Store, url: str) -> None:
    for number, names in enumerate((("team", "points"), ("points", "team"), (), ("rank",)), 1):
        one = an_item(number, unseen=frozenset(names))
        save(store, one, rows=[a_row(one, unseen=" ".join(sorted(names)))])
    assert store.scene().facts["unseen"].to_list() == ["points team", "points team", "", "rank"]
    kept = store.items([f"jira:{10_000 + number}" for number in range(1, 5)])
    assert [sorted(one.unseen) for one in kept.values()] == [["points", "team"], ["points", "team"], [], ["rank"]]
    database = open_database(url)
    with database.reading() as connection:
        assert sorted(connection.scalars(select(UNSEEN.c.names))) == ["", "points team", "rank"]
    database.close()


def test_the_scene_has_the_links_that_facts_are_made_of_by_the_rows_of_its_facts(store: Store) -> None:
    relates, depends, lost = (
        Link(relation, target)
        for relation, target in ((Relation.RELATES, "ado:10001"), (Relation.DEPENDS_ON, "ado:10001"), (Relation.PARENT, "ado:9"))
    )
    save(store, an_item(1, "jira", links=(relates, depends)), an_item(2, "jira", links=(lost,)), an_item(3, "jira", links=(depends,)))
    save(store, an_item(1, "ado"))
    store.mark_gone(["jira:10001"], LATER)
    scene = store.scene()
    assert scene.facts["uid"].to_list() == ["ado:10001", "jira:10002", "jira:10003"]
    assert sorted(scene.links.rows()) == [(1, "parent", None), (2, "depends_on", 0)]


def test_the_scene_has_only_the_facts_that_are_asked_for(store: Store) -> None:
    save(store, an_item(1, points=3.0, labels=("a",)), an_item(2, links=(Link(Relation.PARENT, "jira:PAY-1"),)))
    some, whole = store.scene({"points", "labels", "key", "tracker"}), store.scene()
    assert some.facts.columns == ["uid", "tracker", "key", "points", "labels", "unseen"]
    assert some.facts.equals(whole.facts.select(some.facts.columns))
    assert some.links.equals(whole.links)


def test_a_scene_that_is_read_in_many_portions_is_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = (0.5, None, 40_000.0, 3.0, 0.1)
    for number, points in enumerate(sizes, 1):
        labels = (f"label {number}", "safesync-attention")
        save(store, an_item(number, points=points, labels=labels, links=(Link(Relation.PARENT, f"jira:PAY-{number - 1}"),)))
    whole = store.scene()
    monkeypatch.setattr("safesync.store.rows._AT_ONCE", 2)
    portions = store.scene()
    assert portions.facts.equals(whole.facts)
    assert portions.facts["points"].to_list() == list(sizes)
    assert portions.links.rows() == whole.links.rows() == [(0, "parent", None), *((row, "parent", row - 1) for row in range(1, 5))]


def test_a_link_named_twice_is_one_link(store: Store) -> None:
    save(store, an_item(links=(Link(Relation.PARENT, "jira:7"), Link(Relation.PARENT, "jira:7"))))
    assert store.scene().links.height == 1


def test_a_page_whose_last_item_cannot_be_stored_moves_nothing(store: Store) -> None:
    save(store, an_item(1, title="before"), cursor="cursor-1")
    good, bad = an_item(1, title="after"), an_item(2)
    rows = [a_row(good), a_row(bad, created_at=datetime(2026, 11, 26))]  # noqa: DTZ001 - the naive time is the fault
    with pytest.raises((SQLAlchemyError, ValueError)):
        save(store, good, bad, rows=rows, cursor="cursor-2", surroundings=Surroundings(teams=(Team("Falcon"),)))
    assert store.tracker_state("jira").cursor == "cursor-1"
    assert store.uids("jira") == {"jira:10001"}
    assert store.scene().facts["title"].to_list() == ["before"]
    assert store.scene().teams == ()


def test_a_page_without_a_cursor_moves_neither_cursor_nor_account_nor_fingerprint(store: Store) -> None:
    store.save_page("jira", Page(cursor="old"), (), state=TrackerState("old", "me", "scope-1"), now=NOON)
    store.save_page("jira", Page(items=(an_item(),)), [a_row(an_item())], state=TrackerState(None, "other", "scope-2"), now=NOON)
    assert store.tracker_state("jira") == TrackerState("old", "me", "scope-1")
    store.save_page("jira", Page(cursor="new"), (), state=TrackerState("new", "other", "scope-2"), now=NOON)
    assert store.tracker_state("jira") == TrackerState("new", "other", "scope-2")


def test_a_tracker_never_read_has_no_state(store: Store) -> None:
    assert store.tracker_state("jira") == NEVER


def test_surroundings_replace_what_was_known_of_their_tracker_alone(store: Store) -> None:
    falcon = Iteration("jira:iteration:1", "jira", "Falcon 26.4.1", date(2026, 10, 1), date(2026, 10, 14), "PI 26.4")
    column = BoardColumn("jira", "Falcon", "In Progress", 3)
    save(
        store,
        surroundings=Surroundings((falcon,), (PlanningInterval("PI 26.4", date(2026, 10, 1)),), (column,), (Team("Falcon", "Payments"),)),
    )
    azure = Surroundings((), (PlanningInterval("PI 26.4", date(2026, 9, 30), date(2026, 12, 9)),), (), (Team("Falcon", None, 7, 21.5),))
    store.save_page("ado", Page(surroundings=azure), (), state=NEVER, now=NOON)
    both = store.scene()
    assert both.iterations == (falcon,)
    assert both.columns == (column,)
    assert both.intervals == (PlanningInterval("PI 26.4", date(2026, 9, 30), date(2026, 12, 9)),)
    assert both.teams == (Team("Falcon", "Payments", 7, 21.5),)
    save(store, surroundings=Surroundings(), cursor=None)
    assert (store.scene().iterations, store.scene().teams) == ((), (Team("Falcon", None, 7, 21.5),))


def test_gone_items_leave_the_scene_their_findings_end_and_their_marks_stay(store: Store) -> None:
    save(store, an_item(1), an_item(2))
    store.record(a_report(a_finding(), a_finding(subject="jira:10002")))
    store.save_mark(CommentMark("jira:10001", "c1", "d1"))
    store.mark_gone(["jira:10001"], LATER)
    assert store.uids("jira") == {"jira:10002"}
    assert store.scene().facts["uid"].to_list() == ["jira:10002"]
    assert codes(store) == [("TM101", "jira:10002")]
    assert store.item("PAY-1") is None
    assert "jira:10001" in store.marks()


def test_items_the_page_calls_gone_are_gone_and_come_back_with_a_later_page(store: Store) -> None:
    save(store, an_item(1), an_item(2))
    save(store, gone=("jira:10001",))
    assert store.uids("jira") == {"jira:10002"}
    save(store, an_item(1))
    assert store.uids("jira") == {"jira:10001", "jira:10002"}


def test_a_finding_keeps_its_first_sight_and_takes_the_newest_words(store: Store) -> None:
    store.record(a_report(a_finding()))
    store.record(a_report(a_finding(evidence="Still none.", numbers=(("wip", "7"),)), at=LATER))
    (known,) = store.findings()
    assert (known.first_seen_at, known.last_seen_at) == (NOON, LATER)
    assert (known.finding.evidence, known.finding.numbers) == ("Still none.", (("wip", "7"),))


@pytest.mark.parametrize(
    "report",
    [
        a_report(at=LATER, subjects=frozenset({"jira:10002"})),
        a_report(at=LATER, codes=frozenset({"TM105"})),
        a_report(at=LATER, unjudged=frozenset({("TM101", "jira:10001")})),
    ],
    ids=["the item was not looked at", "the rule crashed", "the facts were unseen"],
)
def test_what_was_not_looked_at_is_not_cleared(store: Store, report: Report) -> None:
    store.record(a_report(a_finding()))
    store.record(report)
    assert codes(store) == [("TM101", "jira:10001")]


def test_a_finding_that_was_looked_at_and_is_fine_ends_and_may_begin_again(store: Store) -> None:
    store.record(a_report(a_finding()))
    store.record(a_report(at=LATER))
    assert codes(store) == []
    again = LATER + timedelta(days=1)
    store.record(a_report(a_finding(), at=again))
    assert [known.first_seen_at for known in store.findings()] == [again]


def test_two_findings_of_one_rule_and_item_in_a_report_are_one(store: Store) -> None:
    store.record(a_report(a_finding(evidence="first"), a_finding(evidence="second")))
    assert [known.finding.evidence for known in store.findings()] == ["second"]


def test_who_was_only_called_ready_was_not_spoken_to(store: Store) -> None:
    before, today = store.start_run("run", NOON - timedelta(days=1)), store.start_run("run", NOON)

    def labelled(run_id: int, number: int, *add: str, remove: tuple[str, ...] = ()) -> None:
        ref = an_item(uid=f"jira:{number}").ref
        settles = store.intend(run_id, IntentKind.LABELS, ref, add=add, remove=remove)
        store.save_mark(CommentMark(ref.uid, None, None, add), settles=settles)

    labelled(before, 1, "safesync-ready")
    labelled(before, 2, "safesync-attention")
    labelled(today, 1, "safesync-attention", remove=("safesync-ready",))
    labelled(today, 2, "safesync-ready")
    labelled(today, 3, "safesync-ready")
    assert (store.begun_since(NOON), store.readied_since(NOON)) == (("jira:1",), 2)
    assert (store.begun_since(NOON - timedelta(days=1)), store.readied_since(NOON - timedelta(days=1))) == (("jira:1", "jira:2"), 3)


def test_a_mark_and_its_intent_are_settled_together(store: Store, reopen: Callable[[], Store]) -> None:
    run_id = store.start_run("run", NOON)
    ref = an_item().ref
    comment = store.intend(run_id, IntentKind.COMMENT, ref, message=Message((), "ref", "d1"))
    labels = store.intend(run_id, IntentKind.LABELS, ref, add=("safesync-attention",), remove=("safesync-tm",))
    assert [intent.intent_id for intent in store.open_intents("jira")] == [comment, labels]
    assert store.open_intents("ado") == ()
    mark = CommentMark(ref.uid, "c1", "d1", ("safesync-attention",))
    store.save_mark(mark, settles=comment)
    (left,) = reopen().open_intents("jira")
    assert (left.kind, left.ref, left.run_id, left.add, left.remove) == (
        IntentKind.LABELS,
        ref,
        run_id,
        ("safesync-attention",),
        ("safesync-tm",),
    )
    assert reopen().marks() == {ref.uid: mark}
    store.settle(labels)
    assert store.open_intents("jira") == ()
    assert [write.intent.intent_id for write in store.writes()] == [comment], "what was settled without a mark did not happen"


def test_what_was_written_is_remembered_with_what_stood_there_before(store: Store) -> None:
    first, second = store.start_run("run", NOON, "1.0 abc"), store.start_run("apply", LATER)
    ref = an_item().ref
    said = [Message((Paragraph((Span(word),)), Bullets(((Span(word),),))), "ref", word) for word in ("one", "two", "three")]
    for run_id, message in ((first, said[0]), (second, said[1]), (second, said[2])):
        intent = store.intend(run_id, IntentKind.COMMENT, ref, message=message, codes=("TM101",))
        store.save_mark(CommentMark(ref.uid, "c1", message.digest), settles=intent)
    lost = store.intend(second, IntentKind.COMMENT, ref, message=Message((), "ref", "never"))
    store.save_mark(CommentMark(ref.uid, "c1", "three"), settles=lost)
    labels = store.intend(first, IntentKind.LABELS, ref, add=("a",))
    store.save_mark(CommentMark(ref.uid, "c1", "three", ("a",)), settles=labels)

    assert [(write.message, write.before) for write in store.writes(second)] == [(said[1], said[0]), (said[2], said[1])]
    assert [(write.intent.kind, write.intent.codes) for write in store.writes(first)] == [
        (IntentKind.COMMENT, ("TM101",)),
        (IntentKind.LABELS, ()),
    ]
    assert len(store.writes()) == 4
    assert [(run.run_id, run.verb, run.written_by) for run in store.runs(5)] == [(second, "apply", ""), (first, "run", "1.0 abc")]
    assert [run.run_id for run in store.runs(1)] == [second]


def test_the_figures_of_the_newest_run_with_an_outcome_are_remembered(store: Store) -> None:
    assert store.last_figures("done") is None
    for outcome, created in (("done", 3), ("done", 7), ("stopped", 900)):
        store.finish_run(store.start_run("run", NOON), LATER, outcome, {"created": created})
    store.start_run("run", NOON)
    assert store.last_figures("done") == {"created": 7}


def test_a_run_that_did_not_end_says_so_and_what_it_is_known_to_have_written(store: Store) -> None:
    ended, killed = store.start_run("run", NOON), store.start_run("run", NOON)
    store.finish_run(ended, LATER, "done", {"created": 3})
    ref, said = an_item(1).ref, Message((), "ref", "one")
    for run_id in (ended, killed):
        first = store.intend(run_id, IntentKind.COMMENT, ref, message=said, begins=True)
        store.save_mark(CommentMark(ref.uid, "c1", "one"), settles=first)
        store.intend(run_id, IntentKind.COMMENT, ref, message=said)  # nobody knows what became of it
    labels = store.intend(killed, IntentKind.LABELS, ref, add=("a", "b"), remove=("c",))
    store.save_mark(CommentMark(ref.uid, "c1", "one", ("a", "b")), settles=labels)
    newest, before = store.runs(2)
    assert (newest.outcome, newest.finished_at) == (None, None)
    assert newest.figures == {"created": 1, "edited": 0, "labels_added": 2, "labels_removed": 1} == store.written(killed)
    assert (before.outcome, before.finished_at, before.figures) == ("done", LATER, {"created": 3})


def test_times_of_other_zones_come_back_as_utc(store: Store) -> None:
    berlin = datetime.fromisoformat("2026-11-26T13:00:00+01:00")
    save(store, an_item(created_at=berlin))
    assert store.scene().facts["created_at"].to_list() == [NOON.astimezone(UTC)]
