"""What several replies on an item come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from feedback_values import NOON, item

from safesync.feedback.answers import Account, explained, section
from safesync.feedback.hearing import ANSWERED, Heard, Snooze, hear, may
from safesync.feedback.settings import CommandRoles, FeedbackSettings
from safesync.feedback.waivers import Waivers
from safesync.model.message import Bullets, Mark
from safesync.model.reply import Reply
from safesync.model.waiver import Waiver

TODAY = NOON.date()
CODES = frozenset({"TM101", "TM105"})


def reply(*lines: str, number: int = 1, who: str = "robin", days_ago: int = 0, by_owner: bool = False) -> Reply:
    at = NOON - timedelta(days=days_ago) + timedelta(minutes=number)
    return Reply(f"c{number}", at, who, who.title(), lines, (who, f"{who}@meridian.example"), by_owner=by_owner)


def heard(*replies: Reply, settings: FeedbackSettings | None = None, today: date = TODAY, here: Sequence[str] = ()) -> Heard:
    return hear(item(replies=replies), settings or FeedbackSettings(), today, CODES, here=here)


def texts(of: Heard) -> list[str]:
    return [" / ".join((answer.text, *answer.lines)) for answer in of.answers]


def test_of_two_that_waive_the_same_rule_the_later_counts_whatever_their_order() -> None:
    first, second = reply("waive TM101 until 2027-01-15: a"), reply("wrong TM101: b", number=2, who="noor")
    for order in ((first, second), (second, first)):
        assert heard(*order).waivers == (Waiver("TM101", "jira:1", None, "b", "Noor", by_reply=True, wrong=True),)


def test_a_snooze_holds_on_its_last_day_and_ends_with_another_look() -> None:
    sleeping = reply("snooze 5d", days_ago=5)
    assert heard(sleeping).snooze == Snooze(TODAY, "Robin")
    assert heard(replace(sleeping, at=sleeping.at - timedelta(days=1))).snooze is None
    woken = heard(sleeping, reply("recheck", number=2))
    assert (woken.snooze, woken.asked is not None) == (None, True)
    assert heard(reply("recheck"), reply("snooze 5d", number=2)).snooze is not None


def test_a_later_question_is_greater_and_none_is_left_after_two_weeks() -> None:
    first, second = heard(reply("recheck")).asked, heard(reply("recheck"), reply("recheck", number=2)).asked
    assert first is not None
    assert second is not None
    assert first < second
    old = reply("recheck", "explain", "snooze", days_ago=ANSWERED.days)
    assert len(heard(old).answers) == 3
    assert heard(old, today=TODAY + timedelta(days=1)) == Heard()


def test_the_same_is_answered_once_and_who_writes_it_better_needs_no_correction() -> None:
    assert len(heard(reply("wave it"), reply("wave it", number=2)).answers) == 1
    assert len(heard(reply("wave it"), reply("wave it", number=2, who="noor")).answers) == 2
    waived = reply("waive TM101 until 2027-01-15: a", number=2)
    corrected = heard(reply("wave it", "help", "explain TM110"), reply("wave it", who="noor"), waived)
    assert [(answer.to, answer.about.partition(" ")[2]) for answer in corrected.answers] == [
        ("Robin", "unknown TM110"),
        ("Noor", "safesync wave it"),
    ]


@pytest.mark.parametrize("lines", [("wave it", "waive TM101 until 2027-01-15: a"), ("waive TM101 until 2027-01-15: a", "wave it")])
def test_what_is_not_understood_is_answered_also_beside_what_is(lines: tuple[str, ...]) -> None:
    said = heard(reply(*lines), here=("TM105",))
    assert texts(said) == ["“safesync wave it” was not understood. Perhaps you mean: / safesync waive TM105 until 2026-12-24: why"]
    assert [waiver.code for waiver in said.waivers] == ["TM101"]


def test_what_was_proposed_and_is_sent_back_without_a_reason_is_answered_once() -> None:
    asked = heard(reply("waive all"), here=("TM101", "TM105")).answers[0]
    assert asked.lines == ("safesync waive TM101 until 2026-12-24: why", "safesync waive TM105 until 2026-12-24: why")
    back = heard(reply("waive all"), reply(*(line.removeprefix("safesync ") for line in asked.lines), number=2), here=("TM101", "TM105"))
    assert (back.waivers, back.answers[0]) == ((), asked)
    assert texts(back)[1:] == ["nothing was changed yet; please write your reason in the place of “why”."]
    reasoned = reply(*(line.removeprefix("safesync ").replace("why", "agreed") for line in asked.lines), number=2)
    assert [waiver.reason for waiver in heard(reply("waive all"), reasoned, here=("TM101", "TM105")).waivers] == ["agreed", "agreed"]


def test_nobody_is_proposed_what_they_may_not_ask_or_what_cannot_be_waived_or_is_no_rule() -> None:
    nobody = FeedbackSettings(commands=CommandRoles(waive=()))
    assert texts(heard(reply("waive all"), settings=nobody)) == [
        "thank you, but “waive” is not asked in comments here; nothing was changed."
    ]
    settings = FeedbackSettings(unwaivable=frozenset({"TM101"}))
    assert heard(reply("waive all"), settings=settings, here=("TM101", "TM105")).answers[0].lines == (
        "safesync waive TM105 until 2026-12-24: why",
    )
    assert texts(heard(reply("waive TM999"))) == ["no rule here is called TM999."]
    assert heard(reply("waive TM101 TM999 until 2027-01-15")).answers[0].lines == ("safesync waive TM101 until 2027-01-15: why",)


@pytest.mark.parametrize(
    "line",
    [
        "waive TM101 until 2027-01-15: a",
        "waive TM101 until 2026-01-15: a",
        "waive tm999 until 31.02.2027",
        "waive all",
        "wrong TM101: a",
        "wrong TM101: why",
        "snooze 5d",
        "snooze for ever",
        "recheck",
        "rechek",
        "explain tm101",
        "explain TM1O1",
    ],
)
def test_who_lacks_the_role_is_told_so_once_however_they_write_it_and_nothing_holds(line: str) -> None:
    nobody = FeedbackSettings(commands=CommandRoles(waive=(), snooze=(), recheck=(), explain=(), wrong=()))
    said = heard(reply(line, line), reply(line, number=2), settings=nobody, here=("TM101",))
    verb = {"rechek": "recheck"}.get(line, line.split(maxsplit=1)[0])
    assert texts(said) == [f"thank you, but “{verb}” is not asked in comments here; nothing was changed."]
    assert (said.waivers, said.snooze, said.asked, said.questions) == ((), None, None, False)


@pytest.mark.parametrize("here", [("TM101",), ("TM101", "TM105")])
def test_what_may_be_sent_back_stands_in_entries_of_its_own(here: tuple[str, ...]) -> None:
    (_, shown) = section(heard(reply("waive all"), here=here).answers)
    assert isinstance(shown, Bullets)
    assert [[span.text for span in entry if span.mark is Mark.CODE] for entry in shown.entries] == [
        [],
        *([f"safesync waive {code} until 2026-12-24: why"] for code in here),
    ]


def test_only_the_configuration_waives_what_is_unwaivable_and_it_counts_most() -> None:
    settings = FeedbackSettings(unwaivable=frozenset({"TM101"}))
    said = heard(reply("wrong TM101: no", "waive TM105 until 2027-01-15: agreed"), settings=settings)
    assert texts(said) == ["TM101 cannot be waived by a comment; who looks after SafeSync sees what you wrote."]
    by_configuration = Waiver("TM105", "jira:1", date(2027, 1, 1), "decided", "the board")
    waivers = Waivers({"jira:1": (by_configuration, *said.waivers)}, frozenset({"TM101"}))
    assert waivers.on("jira:1", ("safesync-waive-tm105",), TODAY) == {"TM105": by_configuration}
    replies_alone = Waivers({"jira:1": said.waivers}, frozenset({"TM101"}))
    assert replies_alone.on("jira:1", ("safesync-waive-tm105",), TODAY)["TM105"].reason == "agreed"


@pytest.mark.parametrize(
    ("allowed", "by_owner", "may_ask"),
    [
        (("anyone",), False, True),
        ((), True, False),
        (("owner",), True, True),
        (("owner",), False, False),
        (("by account",), False, True),
        (("by mail",), False, True),
        (("by name",), False, True),
        (("others",), True, False),
    ],
)
def test_who_may_ask(allowed: tuple[str, ...], by_owner: bool, may_ask: bool) -> None:
    roles = {"by account": ("robin",), "by mail": ("Robin@Meridian.example",), "by name": ("ROBIN",), "others": ("noor",)}
    settings = FeedbackSettings(roles=roles, commands=CommandRoles(recheck=allowed))
    assert may(reply("recheck", by_owner=by_owner), settings.commands.recheck, settings) is may_ask


def test_an_answer_with_new_figures_is_no_new_answer_and_a_long_one_is_cut() -> None:
    (question,) = heard(reply("explain")).answers
    first, second = explained(question, (Account("TM105: 17 days."),)), explained(question, (Account("TM105: 18 days."),))
    assert first.said == second.said != explained(question, ()).said
    assert explained(question, ()).text == "no rule finds anything here."
    assert explained(heard(reply("explain TM101")).answers[0], ()).text == "TM101 finds nothing here."
    assert len(explained(question, (Account("x" * 1_001),)).text) == 1_000
    held = [
        explained(question, (Account(f"TM105: {days} days (told when more than {most}).", f"more than {most}"),))
        for days, most in ((17, 5), (18, 5), (18, 6))
    ]
    assert held[0].said == held[1].said != held[2].said


def test_what_an_old_comment_is_edited_into_is_said_on_that_day() -> None:
    old = reply("explain", "snooze 5d", "recheck", days_ago=30)
    assert heard(old) == Heard()
    edited = heard(replace(old, lines=("explain", "recheck", "snooze 5d"), edited_at=NOON))
    assert (edited.snooze, len(edited.answers)) == (Snooze(TODAY + timedelta(days=5), "Robin"), 2)
    assert edited.asked == "2026-11-26T12:00:00.000000Z c1"


def test_the_last_ten_answers_are_shown() -> None:
    many = heard(*(reply("wave it", number=number, who=f"robin{number}") for number in range(12)))
    (_, shown) = section(many.answers)
    assert isinstance(shown, Bullets)
    assert [entry[0].text for entry in shown.entries[::2]] == [f"Robin{number}: " for number in range(2, 12)]
