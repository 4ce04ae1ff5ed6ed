"""What is said beside findings, in the language of the item: answers, waivers, weeks, and what became of old findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.feedback.digest import Wording, as_text, blocks, digest_of
from safesync.feedback.settings import FeedbackSettings
from safesync.jobs.pull import pull
from safesync.jobs.run import run_once
from safesync.jobs.speaking import voices
from safesync.jobs.telling import after_run
from safesync.jobs.undo import undo
from safesync.model.finding import Finding, Rollout, Severity
from safesync.model.message import Bullets
from safesync.model.notice import Cause
from safesync.model.organisation import Organisation, Team, Train
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import story
from safesync.rules.rule import RuleSetting

GERMAN = FeedbackSettings.model_validate({"languages": {"de": {"projects": ["PAY"]}}, "grace": {"new_hours": 0, "busy_hours": 0}})


@pytest.fixture
def german(office: Office, jira: FakeTracker) -> Office:
    jira.projects, jira.may_comment, jira.may_label = ("PAY", "CARDS"), frozenset({"PAY", "CARDS"}), frozenset({"PAY", "CARDS"})
    office.feedback = GERMAN
    office.met()
    return office


def told(jira: FakeTracker, uid: str) -> list[str]:
    """The newest comment there, a line for each line of it."""
    blocks = jira.comments[uid][-1].message.blocks
    entries = [line for block in blocks for line in (block.entries if isinstance(block, Bullets) else (block.spans,))]
    return ["".join(span.text for span in line) for line in entries]


def test_replies_are_answered_in_the_language_of_their_item(german: Office, jira: FakeTracker) -> None:
    rules = (RuleSetting(shipped()["TM105"], shipped()["TM105"].options()),)
    uid, other = jira.put(1, project="PAY"), jira.put(2, project="CARDS")
    for each in (uid, other):
        jira.person_says(each, "safesync explain TM105")
        jira.person_says(each, "safesync waive TM999 until 2027-01-15: no", who="noor")
        jira.person_says(each, "safesync wave it", who="kim")
    spoken = german.feedback.spoken(german.organisation)
    judge = Judge(rules, spoken)
    run_once(german.sources, german.store, judge, german.organisation, german.feedback, NOON, rules=rules)
    assert told(jira, uid)[2:7] == [
        "Hier gefragt:",
        "Robin: TM105: Punkte: leer.",
        "Noor: hier heißt keine Regel TM999.",
        "Kim: „safesync wave it“ wurde nicht verstanden. Vielleicht ist gemeint:",
        "safesync waive TM105 until 2026-12-24: warum",
    ]
    assert told(jira, other)[2:4] == ["Asked here:", "Robin: TM105: points: empty."]
    written = german.writes()
    run_once(german.sources, german.store, judge, german.organisation, german.feedback, NOON + timedelta(days=1), rules=rules)
    assert german.writes() == written


def test_what_was_waived_or_put_to_sleep_or_taken_back_is_said_in_the_language_of_its_item(german: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101 and TM105")
    jira.person_says(uid, "safesync waive TM101 until 2027-01-15: abgesprochen")
    german.run()
    assert told(jira, uid)[2] == "Ausgenommen: TM101 bis 2027-01-15 (abgesprochen; Robin)."
    voice_of = voices(german.store, german.feedback, german.organisation)
    pull(german.sources[0], german.store, NOON)
    german.apply(undo(german.store, 1, NOON, voice_of).plan)
    assert told(jira, uid)[0].startswith("Am 2026-11-26 zurückgenommen:")


def test_a_week_is_told_in_the_language_of_its_team(german: Office, jira: FakeTracker) -> None:
    teams = (Team("Falcon"), Team("Heron"))
    german.organisation = Organisation(
        (Train("Payments", ("Falcon", "Heron")),), teams, team_anchors=(("Falcon", "jira:PAY-9"), ("Heron", "jira:CARDS-8"))
    )
    german.feedback = GERMAN.model_copy(update={"digest": "monday"})
    anchor, other = jira.put(9, key="PAY-9", project="PAY"), jira.put(8, key="CARDS-8", project="CARDS")
    jira.put(1, "TM101", team="Falcon", project="PAY")
    result = german.run()
    assert told(jira, anchor)[0] == "Falcon, Woche ab 2026-11-23: 1 Punkt offen bei 1 Eintrag; in der Woche davor 0 neu und 0 erledigt."
    assert told(jira, anchor)[-1] == "Dieser Kommentar erneuert sich einmal in der Woche."
    assert told(jira, other)[0] == "Heron, week from 2026-11-23: nothing is open."
    notices = [notice.title for notice in after_run(result) if notice.cause is Cause.DIGEST]
    assert [title.split(",")[1] for title in notices] == [
        " Woche ab 2026-11-23: 1 Punkt offen bei 1 Eintrag; in der Woche davor 0 neu und 0 erledigt.",
        " week from 2026-11-23: nothing is open.",
    ]
    written = german.writes()
    german.run()
    assert german.writes() == written
    german.feedback = german.feedback.model_copy(update={"language": "fr"})
    german.run()
    assert told(jira, other)[0] == "Heron, semaine du 2026-11-23\u00a0: rien n'est ouvert."


def test_what_stays_long_goes_to_the_next_role_in_the_language_of_its_item(german: Office, jira: FakeTracker) -> None:
    rules = (RuleSetting(shipped()["TM105"], shipped()["TM105"].options(), rollout=Rollout.ESCALATE, after_days=3),)
    uid = jira.put(1)
    judge = Judge(rules, german.feedback.spoken(german.organisation))
    for days in (0, 3):
        run_once(german.sources, german.store, judge, german.organisation, german.feedback, NOON + timedelta(days=days), rules=rules)
    assert "Offen seit 2026-11-26 und damit auch auf der Liste von: Product Management." in told(jira, uid)[1]


def test_an_item_that_stands_for_a_team_speaks_as_the_team_does(german: Office, jira: FakeTracker) -> None:
    german.organisation = Organisation((Train("Payments", ("Falcon",), anchor="jira:CARDS-7"),), team_anchors=(("Falcon", "jira:PAY-9"),))
    for number, project in ((9, "PAY"), (7, "CARDS")):
        jira.put(number, key=f"{project}-{number}", project=project)
    german.run()
    french = GERMAN.model_copy(update={"languages": {**GERMAN.languages, **_teams("Falcon")}})
    assert [_language(german, settings, "jira:9") for settings in (GERMAN, french)] == ["de", "fr"]
    assert [_language(german, settings, "jira:7") for settings in (GERMAN, french)] == ["en", "en"]


def _teams(name: str) -> dict[str, object]:
    return dict(FeedbackSettings.model_validate({"languages": {"fr": {"teams": [name]}}}).languages)


def _language(office: Office, settings: FeedbackSettings, uid: str) -> str:
    item = office.store.items([uid])[uid]
    return voices(office.store, settings, office.organisation)(replace(item, team=None)).tongue.code


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", " story without estimate: 1"), ("de", " Story ohne Schätzung: 1"), ("fr", " story sans estimation\u00a0: 1")],
)
def test_a_week_names_rules_in_its_language_and_ones_own_as_they_are_called(language: str, expected: str) -> None:
    told = [(story(), Finding(code, "jira:1", Severity.WARNING, None, "Do it.", "")) for code in ("TM105", "X101")]
    week = digest_of("Falcon", NOON.date(), told, Wording({"TM105": "story without estimate", "X101": "our own"}), language=language)
    lines = ["".join(span.text for span in line) for part in blocks(week) if isinstance(part, Bullets) for line in part.entries]
    assert f"TM105{expected}" in lines
    assert f"- TM105{expected}" in as_text(week)
    assert lines[-1].startswith("X101 our own")
