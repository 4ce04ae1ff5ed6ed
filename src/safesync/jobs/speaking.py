"""How we speak on an item: in the language of its place, and on one that stands for a team or a train in theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safesync.feedback.settings import FeedbackSettings
from safesync.feedback.voice import Voice
from safesync.jobs.baseline import train_of
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.store.port import Store


def voices(store: Store, settings: FeedbackSettings, organisation: Organisation) -> Callable[[Item], Voice]:
    """The voice for any item."""
    spoken, train = settings.spoken(organisation), train_of(organisation)
    made = {language: settings.voice(language) for language in spoken.used}
    if len(made) == 1:
        return lambda _: made[spoken.default]
    standing = {item.uid: name for reference, name in _anchors(organisation) if (item := store.item(reference))}

    def of_item(item: Item) -> Voice:
        if item.uid in standing:
            return made[spoken.about(*standing[item.uid])]
        return made[spoken.on(item.tracker, item.project, train(item), item.team)]

    return of_item


def _anchors(organisation: Organisation) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """References of items that stand for a team or a train, with (team, train); a team's own counts."""
    for train in organisation.trains:
        if train.anchor:
            yield train.anchor, (None, train.name)
    for team, anchor in organisation.team_anchors:
        of_team = organisation.train_of(team)
        yield anchor, (team, of_team.name if of_team else None)
