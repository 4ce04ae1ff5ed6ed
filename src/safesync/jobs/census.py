"""
What to believe of a census: which missing items are gone, which stay, and what the administrator is told.

Decided project by project: beside a large project nobody would notice that a small one vanished. A mass disappearance
is a lost permission or a wrong scope far more often than a deletion, so it is an alarm, and nothing follows from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from safesync.connectors.port import Fate
from safesync.store.port import Absent, RollCall

ASKED_AT_MOST = 2_000
"""Of how many missing items of one project the tracker is asked what became of them."""
_ALARM_COUNT = 5
_ALARM_SHARE = 0.2

Fates = Callable[[Sequence[str]], Mapping[str, Fate]]
"""Uids -> what became of each, as far as the tracker says."""


@dataclass(frozen=True, slots=True)
class Reach:
    """
    The projects that we may read at present, and those that the configuration names (``None``: nobody says).

    ``scope_changed``: the configuration may name others than when all was read last.
    """

    readable: tuple[str, ...]
    configured: tuple[str, ...] | None = None
    scope_changed: bool = False

    def hidden(self) -> tuple[str, ...]:
        """The projects that the configuration names and that we may not read."""
        return tuple(project for project in self.configured or () if not _among(project, self.readable))

    def is_whole(self) -> bool:
        """Whether all that the configuration names may be read: then no project of it is lost."""
        return self.configured is not None and not self.hidden()

    def left_out(self, project: str) -> bool:
        """Whether the administrator took the project out of the scope. Otherwise it is one that calls itself by a new name."""
        return self.scope_changed and self._unnamed(project)

    def lost(self, project: str) -> bool:
        """Whether a project that we should read is not shown to us any more."""
        return not self._unnamed(project) and not _among(project, self.readable)

    def _unnamed(self, project: str) -> bool:
        return self.configured is not None and not _among(project, self.configured)


@dataclass(slots=True)
class Belief:
    """
    What follows from a census.

    ``missed`` are items that it did not show and that the next one decides about. Items that stay for another reason are
    not among them: a census that is not believed is not the first of two. ``hidden`` are those of whom nothing will be believed.
    """

    gone: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def believed(roll: RollCall, reach: Reach, fates: Fates | None) -> Belief:
    """Project by project; ``fates`` is ``None`` for a tracker that cannot say what became of an item."""
    belief = Belief()
    for project, absent in _by_project(roll.absent):
        _judge(belief, project, absent, roll.known[project], reach, fates)
    return belief


def unproven(roll: RollCall, gone: Collection[str]) -> RollCall:
    """The roll call without those of whom the tracker said by itself that they are gone."""
    proven = frozenset(gone)
    known = Counter(roll.known) - Counter(one.project for one in roll.absent if one.uid in proven)
    return RollCall(known, tuple(one for one in roll.absent if one.uid not in proven))


def lost_access(projects: Mapping[str, int], reach: Reach) -> Iterator[tuple[str, str]]:
    """(project, what the administrator is told) of each known project that we may not read any more."""
    for project, count in sorted(projects.items()):
        if reach.lost(project):
            yield project, _no_access(project, count)


def _judge(belief: Belief, project: str, absent: Sequence[Absent], known: int, reach: Reach, fates: Fates | None) -> None:  # noqa: PLR0917 - all that one verdict takes
    uids = [one.uid for one in absent]
    # Where a part of a project is shown we may read it, whatever it calls itself: names and keys change.
    vanished = len(absent) == known
    if vanished and reach.left_out(project):
        belief.gone += uids
    elif vanished and reach.lost(project):
        belief.warnings.append(_no_access(project, known))
    elif fates is not None and len(absent) <= ASKED_AT_MOST:
        _told(belief, project, absent, known, fates(uids))
    else:
        _untold(belief, project, absent, known)


def _untold(belief: Belief, project: str, absent: Sequence[Absent], known: int) -> None:
    if _is_mass(len(absent), known):
        belief.warnings.append(alarm(project, len(absent), known))
    else:
        belief.gone += [one.uid for one in absent if one.since is not None]
        belief.missed += [one.uid for one in absent if one.since is None]


def _told(belief: Belief, project: str, absent: Sequence[Absent], known: int, fates: Mapping[str, Fate]) -> None:
    by_fate = {fate: [one.uid for one in absent if fates.get(one.uid, Fate.HIDDEN) is fate] for fate in Fate}
    _untold(belief, project, [one for one in absent if one.uid in set(by_fate[Fate.UNTOLD])], known)
    belief.gone += [*by_fate[Fate.DELETED], *by_fate[Fate.UNSELECTED]]
    moved, hidden = by_fate[Fate.MOVED], by_fate[Fate.HIDDEN]
    if len(moved) == known and known >= _ALARM_COUNT:
        belief.warnings.append(
            f"All {known} items of {project} are in another project now, or not selected any more; none is believed to be gone. "
            "Was the project renamed? Correct scope.projects. If it was archived, take it out of the scope."
        )
    else:
        belief.gone += moved
    if _is_mass(len(hidden), known):
        belief.warnings.append(alarm(project, len(hidden), known))
    elif hidden:
        belief.hidden += hidden
        belief.warnings.append(
            f"{_items(len(hidden))} of {project} ({_named(hidden)}) cannot be seen any more, and nothing says that they were deleted; "
            "what is known of them stays, and is not told. Look whether our account may view their area."
        )


def _is_mass(missing: int, known: int) -> bool:
    return missing > 0 and (missing == known or is_many(missing, known))


def is_many(missing: int, known: int) -> bool:
    """Whether so many items of a project are missing that a lost permission is likelier than so many deletions."""
    return missing >= max(_ALARM_COUNT, _ALARM_SHARE * known)


def alarm(project: str, missing: int, known: int) -> str:
    """What is told then."""
    archived = ". If the project was archived, take it out of the scope" if missing == known else ""
    return f"{missing} of {known} items of {project} are not shown any more; none of them is believed to be gone{archived}"


def _no_access(project: str, known: int) -> str:
    return (
        f"{project} may not be read any more; its {_items(known)} stay as they are. Give our account access, or take it out of the scope."
    )


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"


def _named(uids: Sequence[str]) -> str:
    shown = [uid.rpartition(":")[2] for uid in uids[:5]]
    return ", ".join(shown) + (f" and {len(uids) - 5} more" if len(uids) > 5 else "")


def _by_project(absent: Iterable[Absent]) -> Iterator[tuple[str, list[Absent]]]:
    grouped: dict[str, list[Absent]] = {}
    for one in absent:
        grouped.setdefault(one.project, []).append(one)
    yield from sorted(grouped.items())


def _among(project: str, projects: Iterable[str]) -> bool:
    # As trackers compare them.
    return project.casefold() in {one.casefold() for one in projects}
