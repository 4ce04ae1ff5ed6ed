"""The week of each team: what is told on its items, what is new there and what was settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from safesync.feedback.comment import is_loud
from safesync.feedback.digest import Digest, Wording, begins, digest_of
from safesync.feedback.plan import Situation, told_on_items
from safesync.feedback.settings import FeedbackSettings
from safesync.model.finding import Finding
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.store.port import Store

_WEEK = timedelta(days=7)


def weeks(
    store: Store, situation: Situation, organisation: Organisation, now: datetime, *, settings: FeedbackSettings, wording: Wording
) -> tuple[Digest, ...]:
    """A digest of each team of the organisation, sorted by name, in its language; none where digests are off."""
    if settings.digest == "off" or not organisation.teams:
        return ()
    start = begins(settings.digest, now.astimezone(UTC).date())
    until = datetime.combine(start, time(), UTC)
    told: dict[str, list[tuple[Item, Finding]]] = {team.name: [] for team in organisation.teams}
    for item, finding in told_on_items(situation):
        told.get(item.team or "", []).append((item, finding))
    new, settled = _new(store, told, until), _settled(store, until)
    spoken = settings.spoken(organisation)

    def language(team: str) -> str:
        of_team = organisation.train_of(team)
        return spoken.among(team, of_team.name if of_team else None)

    return tuple(
        digest_of(team, start, of, wording, new=new[team], settled=settled[team], language=language(team))
        for team, of in sorted(told.items())
    )


def _new(store: Store, told: Mapping[str, Sequence[tuple[Item, Finding]]], until: datetime) -> Counter[str]:
    fresh = {(one.finding.code, one.finding.subject) for one in store.findings() if until - _WEEK <= one.first_seen_at < until}
    return Counter({team: sum(is_loud(one) and (one.code, one.subject) in fresh for _, one in of) for team, of in told.items()})


def _settled(store: Store, until: datetime) -> Counter[str]:
    over = [finding for finding in store.ended(until - _WEEK, until) if is_loud(finding)]
    items = store.items(sorted({finding.subject for finding in over}))
    return Counter(items[finding.subject].team or "" for finding in over if finding.subject in items)


def anchored(store: Store, organisation: Organisation) -> dict[str, str]:
    """By uid of an item that stands for a team alone, the team."""
    found = ((store.item(reference), team) for team, reference in organisation.team_anchors)
    return {item.uid: team for item, team in found if item is not None}


def on_anchors(store: Store, digests: Sequence[Digest], organisation: Organisation, items: Mapping[str, Item]) -> dict[str, Digest]:
    """By uid of the item on which it is told, as far as that may be written to. A team without an anchor of its own has none."""
    by_team = {digest.team: digest for digest in digests}
    return {uid: by_team[team] for uid, team in anchored(store, organisation).items() if team in by_team and uid in items}
