"""
Which of the usual ways of modelling SAFe a tracker follows, told by its hierarchy, types, fields and process. Pure.

Each way has a shipped mapping of its own; where the signs contradict each other or are missing, the guess says that it is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from safesync.configuration import vocabulary
from safesync.configuration.vocabulary import meant
from safesync.connectors.inspection import FoundLink, FoundType, Inspection
from safesync.model.item import Kind

PARENT_LINK = "com.atlassian.jpo:jpo-custom-field-parent"
_EPIC = ("epic",)
_OF_SAFE = ("capability", "portfolio epic", "enabler story", "enabler feature", "pi objective", "team pi objective", "solution epic")
_NO_HIERARCHY = ("block", "duplicat", "relat", "clone", "cause", "depend", "test", "split")


@dataclass(frozen=True, slots=True)
class Guess:
    """The shipped mapping to start from, and why."""

    preset: str
    because: str
    sure: bool = True


def archetype(found: Inspection) -> Guess:
    """The best guess."""
    return _of_jira(found) if found.kind == "jira" else _of_azure(found)


def used(found: Inspection) -> tuple[FoundType, ...]:
    """The types that items in scope have."""
    return tuple(one for one in found.types if one.sampled)


def of_kind(found: Inspection, kind: Kind) -> tuple[FoundType, ...]:
    """The used types whose name means a kind in some language."""
    return tuple(one for one in used(found) if meant((one.name, *one.names), vocabulary.types()[kind]))


def epics(found: Inspection) -> tuple[FoundType, ...]:
    """The used types called Epic."""
    return tuple(one for one in used(found) if meant((one.name, *one.names), _EPIC))


def hierarchy_links(found: Inspection) -> tuple[FoundLink, ...]:
    """Link types that join a feature with something above or below it, and are not dependencies by name."""
    features = {one.name for one in of_kind(found, Kind.FEATURE)}
    return tuple(
        one
        for one in found.links
        if not any(word in one.name.casefold() for word in _NO_HIERARCHY)
        and any((upper in features) != (lower in features) for upper, lower in one.pairs)
    )


def _of_jira(found: Inspection) -> Guess:
    features = of_kind(found, Kind.FEATURE)
    low = [one for one in features if (one.level or 0) == 0]
    if low and hierarchy_links(found):
        return Guess("jira-links", f"{low[0].name} stands on the level of stories, and issue links join it with them")
    above = [one for one in used(found) if (one.level or 0) > 1]
    if above:
        return Guess("jira-cloud-premium", f"there are levels above the epic: {', '.join(one.name for one in above)}")
    roadmaps = any(one.schema == PARENT_LINK for one in found.fields)
    if found.deployment != "Jira Cloud" and roadmaps:
        return Guess("jira-data-center", "Advanced Roadmaps is there: its Parent Link is among the fields")
    if not epics(found) and not features:
        return Guess("jira-standard", "no epic and no feature was found among the items", sure=False)
    return Guess("jira-standard", "nothing stands above the epic")


def _of_azure(found: Inspection) -> Guess:
    process = ", ".join(found.process) or "an unknown one"
    own = [one.name for one in found.types if meant((one.name,), _OF_SAFE)]
    if own:
        return Guess("ado-safe", f"the process ({process}) has types of SAFe: {', '.join(dict.fromkeys(own))}")
    names = {one.name.casefold() for one in found.types}
    if "issue" in names and not names & {"user story", "product backlog item", "requirement"}:
        return Guess("ado-basic", f"the process ({process}) has Issue as its backlog item")
    if not names & {"user story", "product backlog item", "requirement"}:
        return Guess("ado-agile", f"the process is {process}, and none of its types is called like a story", sure=False)
    return Guess("ado-agile", f"the process is {process}")
