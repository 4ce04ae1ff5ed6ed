from __future__ import annotations

from collections.abc import Callable

import pytest

from safesync.facts.text import voice
from safesync.facts.text.reading import Place


def parts(text: str, markup: str, place_of: Callable[..., Place]) -> tuple[str, ...]:
    place = place_of(text, markup)
    return voice.read(place.low).parts


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("As a user, I want to pay by card so that I save time", "plain"),
        ("As an editor of the portal I'd like to see drafts in order to release them", "plain"),
        ("As a user\nI want to pay\nSo that I save time", "plain"),
        ("*As a* clerk\n*I want* the list\n*So that* I see all of them", "wiki"),
        ("<div><b>As a</b> clerk <b>I want</b> the list <b>so that</b> I see all</div>", "html"),
        ("| As a | customer |\n| I want | to pay by card |\n| so that | I can save time |", "markdown"),
        ("In order to save time, as a user, I want to pay by card", "plain"),
        ("*In order to save time*\n*As a user*\n*I want to pay by card*", "wiki"),
        ("As a user, I want to pay by card\nin the shop on the corner so that I save\ntime", "plain"),
        ("As a clerk, in order to find them sooner, I want to sort the orders by day", "plain"),
        ("Come cliente\nvoglio pagare con carta\ncosì risparmio tempo", "plain"),
        ("Als Kundin möchte ich mit Karte zahlen, damit ich Zeit spare.", "plain"),
        ("Als Kundin möchte ich im Laden an der Ecke\nmit Karte zahlen, damit ich Zeit spare.", "plain"),
        ("Als Kunde möchte ich mit Karte zahlen, um Zeit zu sparen", "plain"),
        ("Als Redakteur will ich Texte löschen, um sie aufzuräumen", "plain"),
        ("En tant que client, je veux payer par carte afin de gagner du temps", "plain"),
        ("En tant qu\u2019utilisateur, je souhaite payer par carte pour gagner du temps", "plain"),
        ("Como cliente quiero pagar con tarjeta para ahorrar tiempo", "plain"),
        ("Como cliente deseo pagar con tarjeta para ahorrarme tiempo", "plain"),
        ("Jako firma chce zobaczyć zamówienia, aby je sprawdzić", "plain"),
        ("Als gebruiker wil ik met kaart betalen zodat ik tijd bespaar", "plain"),
        ("作为用户我想用卡付款以便节省时间", "plain"),
    ],
)
def test_role_goal_and_benefit_are_found(text: str, markup: str, place_of: Callable[..., Place]):
    assert parts(text, markup, place_of) == ("role", "goal", "benefit")


@pytest.mark.parametrize(
    "text", ["As a user, I can log in.", "En tant qu'admin je souhaite un écran pour les clients", "User story: As an admin, I want a log"]
)
def test_without_a_reason_the_benefit_is_missing(text: str, place_of: Callable[..., Place]):
    assert parts(text, "plain", place_of) == ("role", "goal")


def test_a_sentence_that_ends_holds_no_benefit_of_the_next(place_of: Callable[..., Place]):
    assert parts("As a user, I want to pay by card.\nThe shop was closed so that nobody paid", "plain", place_of) == ("role", "goal")


@pytest.mark.parametrize(
    "text",
    [
        "As a result I need to restart the server so that it works again",
        "As far as I can see it works",
        "As specified by the schema I need to copy all columns",
        "As reported in the mail, we should wait for the backup",
        "As soon as possible I want to have this",
        "Runs as a service. I want it to stop",
        "As a <role> I want <goal> so that <benefit>",
        "As a (user persona), I want to (Capability 1) so that (Outcome 1)",
        "Als ich gestern die Seite geöffnet habe, muss ich wohl zu schnell gewesen sein",
        "The list is sorted",
    ],
)
def test_what_is_no_role_of_anybody_is_silent(text: str, place_of: Callable[..., Place]):
    assert parts(text, "plain", place_of) == ()
