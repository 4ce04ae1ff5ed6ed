"""Which language is spoken where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safesync.languages.tongue import Language
from safesync.model.registers import REGISTERS

_Names = Mapping[str, Language]
PLACES = ("tracker", "project", "train", "team")
"""The facts of an item that decide; from the widest to the narrowest, and the narrowest counts but that a project comes before a train."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """
    The language of each part of the backlog; ``default`` where nothing is said.

    What is said for a team counts before its project, that before its train, and that before its tracker. Names of projects are in
    small letters. ``anchored`` are teams and trains with the language of the place where the item stands that carries what is found
    about them. ``guests`` are the teams without such an item: what is found about them stands on that of their train, beside what is
    found about the train and the other teams, and one comment speaks one language.
    """

    default: Language = "en"
    trackers: _Names = field(default_factory=dict)
    projects: _Names = field(default_factory=dict)
    trains: _Names = field(default_factory=dict)
    teams: _Names = field(default_factory=dict)
    anchored: _Names = field(default_factory=dict)
    guests: frozenset[str] = frozenset()

    @property
    def used(self) -> frozenset[Language]:
        """Every language that may be spoken."""
        return frozenset(
            (self.default, *(each for names in (self.trackers, self.projects, self.trains, self.teams) for each in names.values()))
        )

    def on(self, tracker: str | None, project: str | None, train: str | None, team: str | None) -> Language:
        """The language of what is said on an item; of one that is kept in a file, that of the item that carries it."""
        if tracker == REGISTERS:
            return self.about(team, train)
        return (
            self.teams.get(team or "")
            or self.projects.get((project or "").casefold())
            or self.trains.get(train or "")
            or self.trackers.get(tracker or "")
            or self.default
        )

    def about(self, team: str | None, train: str | None) -> Language:
        """The language of the comment on what is found about a team or a train as a whole."""
        return self.among(None if team in self.guests else team, train)

    def among(self, team: str | None, train: str | None) -> Language:
        """The language that a team or a train speaks by itself."""
        return (
            self.teams.get(team or "")
            or self.anchored.get(team or "")
            or self.trains.get(train or "")
            or self.anchored.get(train or "")
            or self.default
        )


EVERYWHERE_ENGLISH = Spoken()
