"""Sentences about a topic: titles, descriptions, criteria and benefits that differ from item to item, the same in every start."""

from __future__ import annotations

from dataclasses import dataclass

from safesync.connectors.sandbox.meridian.prose import Prose, bullets, says, section, steps
from safesync.connectors.sandbox.meridian.topics import Topic
from safesync.model.item import WorkClass

HEADING = {"en": "Acceptance criteria", "de": "Akzeptanzkriterien", "fr": "Critères d'acceptation"}

_STORIES = {
    "en": (
        (
            "Show why the {thing} was stopped {slice}",
            "see the reason when the {thing} is stopped",
            "I can answer without calling operations",
        ),
        ("Send a confirmation of the {thing} {slice}", "receive a confirmation of the {thing}", "I have evidence at hand"),
        (
            "Search past entries of the {thing} {slice}",
            "search entries of the {thing} by date and amount",
            "an audit question takes minutes",
        ),
        ("Export the {thing} {slice} as a file", "export the {thing} with all columns", "I can hand it to the auditor"),
        (
            "Ask for a second approval of the {thing} {slice}",
            "have the {thing} approved by a second person",
            "no single person can release it",
        ),
        ("Keep a history of each {thing} {slice}", "see who changed the {thing} and when", "changes can be explained later"),
        ("Set a limit for the {thing} {slice}", "set an upper limit for the {thing}", "losses stay below the agreed risk"),
        ("Retry the {thing} {slice} after an outage", "have the {thing} repeated after an outage", "nobody has to enter it twice"),
        ("Warn before the {thing} {slice} expires", "be warned before the {thing} expires", "I can act during office hours"),
        ("Count the {thing} {slice} per day", "see daily counts of the {thing}", "I notice unusual days"),
        ("Withdraw the {thing} {slice}", "withdraw the {thing} before it is final", "mistakes cost nothing"),
        ("Translate the notice on the {thing} {slice}", "read the notice on the {thing} in my language", "I understand what happens next"),
        ("Mask personal data in the {thing} {slice}", "have personal data masked in the {thing}", "support staff see only what they need"),
        ("Measure the duration of the {thing} {slice}", "see how long the {thing} takes", "we find the slowest step"),
    ),
    "de": (
        (
            "{Thing} nachvollziehbar protokollieren, Prüfpunkt {n}",
            "{thing} lückenlos nachlesen",
            "Rückfragen der Revision in Minuten beantwortet sind",
        ),
        ("{Thing} {n} Tage vor Ablauf ankündigen", "vor Fristablauf an {thing} erinnert werden", "ich während der Bürozeit handeln kann"),
        ("{Thing} als Datei mit {n} Spalten ausgeben", "{thing} als Datei herunterladen", "ich die Prüfer ohne Umweg bediene"),
        ("Vier-Augen-Freigabe für {thing} ab {n}000 EUR", "{thing} von einer zweiten Person freigeben lassen", "niemand allein freigibt"),
    ),
    "fr": (
        (
            "Consulter l'historique sur {n} mois : {thing}",
            "consulter l'historique concernant {thing}",
            "chaque modification reste explicable",
        ),
        (
            "Exporter {n} colonnes au format tableur : {thing}",
            "exporter {thing} avec toutes les colonnes",
            "l'auditeur reçoit le fichier le jour même",
        ),
        (
            "Prévenir {n} jours avant l'échéance : {thing}",
            "être prévenu avant l'échéance concernant {thing}",
            "je peux agir pendant les heures ouvrées",
        ),
    ),
}
_VOICE = {
    "en": "As {actor}, I want to {want} {slice} so that {why}.",
    "de": "Als Fachkraft möchte ich {want}, damit {why}.",
    "fr": "En tant que gestionnaire, je veux {want} afin que {why}.",
}
_CRITERIA = {
    "en": (
        "Given an open case on the {thing}, when the {actor} opens it, then the reason code and the time are listed",
        "The entry for the {thing} {slice} appears within {n} seconds of the order",
        "A user without the role “{role}” gets HTTP 403 for the {thing}",
        "At least {n} months of the {thing} {slice} can be listed in one view",
        "An empty amount for the {thing} is refused with the message “Amount is missing”",
        "Every change of the {thing} writes one audit line with user, time and old value",
        "When the clearing is down, the {thing} waits and is sent again {n} times at most",
        "The file for the {thing} {slice} has {n} columns and the date in its name",
        "Given a limit of {n}000 EUR, when the {thing} exceeds it, then a second approval is asked",
        "The nightly report counts each {thing} {slice} exactly once",
        "The notice on the {thing} is shown in English, German and French",
        "Account numbers in the {thing} show the last 4 digits only",
    ),
    "de": (
        "Gegeben sei ein offener Vorgang, wenn man {thing} aufruft, dann erscheinen Grund und Uhrzeit",
        "Die Erinnerung an {thing} wird {n} Stunden vor Ablauf gesendet",
        "Ohne die Rolle „{role}“ antwortet der Dienst für {thing} mit HTTP 403",
        "Die Datei enthält {n} Spalten und im Namen das Tagesdatum",
        "Für {thing} schreibt jede Änderung genau eine Zeile ins Protokoll",
    ),
    "fr": (
        "Étant donné un dossier ouvert, quand on ouvre {thing}, alors le motif et l'heure sont affichés",
        "Le rappel concernant {thing} est envoyé {n} heures avant l'échéance",
        "Sans le rôle « {role} », le service répond HTTP 403 pour {thing}",
        "Le fichier contient {n} colonnes et porte la date du jour",
        "Chaque modification concernant {thing} écrit une ligne d'audit",
    ),
}
_ROLES = ("releaser", "auditor", "case owner", "treasury", "support lead", "screening")
_CONTEXT = {
    "en": (
        "The desk handles about {n}0 cases a week by mail today.",
        "Found in the review of the last quarter, entry {n}.",
        "Legal confirmed the reading on page {n} of the memo.",
        "Two pilot clients asked for it in call {n}.",
    ),
    "de": (
        "Heute bearbeitet das Team etwa {n}0 Fälle je Woche per Mail.",
        "Feststellung {n} der letzten Revision.",
        "Die Rechtsabteilung hat Seite {n} des Vermerks bestätigt.",
    ),
    "fr": (
        "L'équipe traite environ {n}0 dossiers par semaine par courriel.",
        "Constat {n} du dernier audit interne.",
        "Le service juridique a validé la page {n} de la note.",
    ),
}
_BENEFITS = (
    "If the {actor} gets the {thing} {slice}, then manual cases fall from {a} to {b} a week within two planning intervals.",
    "We believe that the {thing} {slice} lowers enquiries at the service desk by {b} percent within one quarter.",
    "If we offer the {thing} {slice}, then {b} percent of active clients use it in the first three months.",
    "We believe that the {thing} {slice} saves each {actor} {b} minutes a day, measured by the case clock.",
)
_OBLIGATIONS = (
    "Required by the supervisor from the next reporting date; the {thing} {slice} is part of finding {n} of the last inspection.",
    "Article {n} of the rulebook asks for the {thing} {slice}; the risk office confirmed the scope.",
)
_FEATURES = {
    WorkClass.COMPLIANCE: "Meet the {thing} rules {slice}",
    WorkClass.FEATURE: "Offer the {thing} {slice}",
    WorkClass.ENABLER: "Provide the {thing} {slice}",
    WorkClass.TECH_DEBT: "Complete the {thing} {slice}",
    WorkClass.MAINTENANCE: "Keep the {thing} going {slice}",
}


@dataclass(frozen=True, slots=True)
class StoryText:
    """What a story says."""

    title: str
    description: Prose
    acceptance: Prose


def article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def story_text(topic: Topic, part: int, serial: int, language: str) -> StoryText:
    """The text of story ``serial`` about slice ``part`` of a topic."""
    title, want, why = _STORIES[language][serial % len(_STORIES[language])]
    words = _words(topic, part, serial, language)
    voice = _VOICE[language].format(want=want.format(**words), why=why, **{**words, "actor": article(topic.actor)})
    context = _CONTEXT[language][serial % len(_CONTEXT[language])].format(**words)
    return StoryText(title.format(**words), says(voice, context), criteria(topic, part, serial, language))


def criteria(topic: Topic, part: int, serial: int, language: str = "en") -> Prose:
    """Two to four statements that can be checked; as a list or as numbered steps."""
    choice, words = _CRITERIA[language], _words(topic, part, serial, language)
    lines = tuple(choice[(serial * 5 + 3 * n) % len(choice)].format(**words) for n in range(2 + serial % 3))
    lines = tuple(dict.fromkeys(lines))
    return steps(*lines) if serial % 7 == 0 else bullets(*lines)


def inside_description(text: StoryText, language: str) -> StoryText:
    """The same story with its criteria under a heading of the description: where many teams write them."""
    return StoryText(text.title, (*text.description, *section(HEADING[language], text.acceptance)), ())


def feature_title(topic: Topic, part: int) -> str:
    """The title of a feature."""
    return _FEATURES[topic.work_class].format(**_words(topic, part, 0, "en"))


def feature_description(topic: Topic, part: int, serial: int) -> Prose:
    """What a feature is about. It names no benefit: that has its own field."""
    words = _words(topic, part, serial, "en")
    return says(
        f"Covers the {topic.thing} {topic.slices[part]}: screens, interfaces and reports.".format(**words),
        f"In scope: {article(topic.actor)} of the bank. Out of scope: subsidiaries that run their own core.",
    )


def benefit(topic: Topic, part: int, serial: int) -> Prose:
    """A benefit hypothesis; for compliance the obligation."""
    choice = _OBLIGATIONS if topic.work_class is WorkClass.COMPLIANCE else _BENEFITS
    return says(choice[serial % len(choice)].format(**_words(topic, part, serial, "en")))


def _words(topic: Topic, part: int, serial: int, language: str) -> dict[str, str]:
    thing = {"en": topic.thing, "de": topic.de, "fr": topic.fr}[language]
    return {
        "thing": thing,
        "Thing": thing[0].upper() + thing[1:],
        "actor": topic.actor,
        "slice": topic.slices[part],
        "role": _ROLES[serial % len(_ROLES)],
        "n": str(3 + serial % 29),
        "a": str(60 + serial % 40),
        "b": str(8 + serial % 23),
    }
