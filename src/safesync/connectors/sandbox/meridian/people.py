"""Who works at Meridian. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass

PAYMENTS, CARDS = "Payments", "Cards"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account in both trackers; ``bot`` for a machine's account."""

    name: str
    bot: bool = False

    @property
    def handle(self) -> str:
        """Short and in ASCII: the local part of the address, and the end of the account id."""
        plain = self.name.lower().translate(str.maketrans("äöüéèçô", "aoueeco"))
        return plain.replace(" ", ".")

    @property
    def mail(self) -> str:
        """The address."""
        return f"{self.handle}@meridian.example"


@dataclass(frozen=True, slots=True)
class Team:
    """An agile team: its Product Owner first, then those who build."""

    name: str
    train: str
    project: str
    owner: Person
    members: tuple[Person, ...]
    language: str = "en"


def _people(*names: str) -> tuple[Person, ...]:
    return tuple(Person(name) for name in names)


TEAMS = (
    Team("Falcon", PAYMENTS, "PAY", Person("Amira Keller"), _people("Tom Okafor", "Ines Duarte", "Ravi Menon", "Sara Lindqvist")),
    Team("Heron", PAYMENTS, "PAY", Person("Jonas Brandt"), _people("Lena Vogel", "Piotr Zielak", "Miriam Adler", "Kai Petersen"), "de"),
    Team("Osprey", PAYMENTS, "PAY", Person("Grace Mbeki"), _people("Dan Whitlock", "Yuki Sato", "Elif Aydin", "Noah Price")),
    Team("Ibis", CARDS, "CARDS", Person("Oliver Stern"), _people("Hanna Nowak", "Luis Ferrer", "Priya Nair", "Ben Carver")),
    Team("Kestrel", CARDS, "CARDS", Person("Camille Roux"), _people("Hugo Marchand", "Léa Fontaine", "Théo Garnier", "Nadia Benali"), "fr"),
    Team("Merlin", CARDS, "CARDS", Person("Freya Holm"), _people("Marco Bellini", "Aisha Karim", "Joel Tanner", "Mei Chen")),
)
PRODUCT_MANAGERS = {PAYMENTS: Person("Victoria Hale"), CARDS: Person("Samuel Ortega")}
ARCHITECTS = {PAYMENTS: Person("Dieter Lang"), CARDS: Person("Anouk Visser")}
EPIC_OWNERS = _people("Helena Moreau", "Stefan Wirth", "Karin Olsson", "Robert Achebe")
COMPLIANCE = Person("Judith Engel")
AUTOMATION = Person("Automation for Jira", bot=True)
SAFESYNC = Person("SafeSync", bot=True)
PEOPLE = (
    *(person for team in TEAMS for person in (team.owner, *team.members)),
    *PRODUCT_MANAGERS.values(),
    *ARCHITECTS.values(),
    *EPIC_OWNERS,
    COMPLIANCE,
)
