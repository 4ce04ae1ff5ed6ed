"""What stands on an item although it is found about something else: a team, a train, or an objective that is kept in a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from safesync.feedback.plan import Anchor
from safesync.model.finding import Finding, group_name, group_owner
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.store.port import Store

_GROUP = "group:"


def anchors(store: Store, organisation: Organisation, subjects: Iterable[str]) -> dict[str, Anchor]:
    """
    Which item carries what is found about each group, and about each item that is kept in a file; those without one are left out.

    An objective of a file is told where its team is, else its train.
    """
    references = _references(organisation)
    filed = {item.uid: item for item in organisation.registers.items}
    found: dict[str, Anchor] = {}
    for subject in subjects:
        name = _whose(filed[subject], references) if subject in filed else group_owner(subject)
        if name is not None and name in references and (item := store.item(references[name])) is not None:
            found[subject] = Anchor(item.uid, name)
    return found


def _references(organisation: Organisation) -> Mapping[str, str]:
    """Anchor references by the name of the team or train; a team without its own has its train's."""
    trains = {train.name: train.anchor for train in organisation.trains if train.anchor}
    teams = {team: train.anchor for train in organisation.trains if train.anchor for team in train.teams}
    return {**teams, **trains, **dict(organisation.team_anchors)}


def _whose(item: Item, names: Collection[str]) -> str | None:
    return next((name for name in (item.team, item.train) if name is not None and name in names), None)


def by_name(finding: Finding, organisation: Organisation) -> Finding:
    """What is found about an item that is kept in a file, with its title: it is told on an item that has another one."""
    title = next((item.title for item in organisation.registers.items if item.uid == finding.subject), None)
    return finding if title is None else replace(finding, evidence=f"{title}: {finding.evidence}")


def named(subject: str, iterations: Mapping[str, str]) -> str:
    """What is told on another item, as people call it: a group by the parts of its key, an item that is kept in a file by its own."""
    return group_name(subject, iterations) if subject.startswith(_GROUP) else subject.partition(":")[2]


def item_of(store: Store, organisation: Organisation, reference: str) -> Item | None:
    """An item that was read, or that is kept in a file, by its key or uid; ``None`` when there is none, or not one alone."""
    if (item := store.item(reference)) is not None:
        return item
    wanted = reference.casefold()
    found = [one for one in organisation.registers.items if wanted in {one.uid.casefold(), one.key.casefold()}]
    return found[0] if len(found) == 1 else None


def items_of(store: Store, organisation: Organisation, uids: Iterable[str]) -> Mapping[str, Item]:
    """Those of these items that were read, or are kept in a file, by uid."""
    wanted = list(uids)
    return {**store.items(wanted), **{one.uid: one for one in organisation.registers.items if one.uid in set(wanted)}}
