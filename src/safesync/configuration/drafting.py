"""A proposed configuration as YAML with comments: what was found stands beside each line, and what was not, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safesync.configuration import presets
from safesync.configuration.choosing import Proposal
from safesync.configuration.fields import Pick, quoted
from safesync.configuration.vocabulary import folded
from safesync.connectors.inspection import FoundType
from safesync.model.item import Kind, Relation

_WIDEST = 100
_SIGN = "# "
"""What stands before a line that is proposed, and not taken up."""
_MISSING: Mapping[str, str] = {
    "acceptance": "then criteria are looked for in the description alone",
    "benefit": "then a benefit is looked for in the description alone",
    "interval": "then fix versions, sprints or iteration paths name it",
    "epic_owner": "then the assignee of an epic is its owner",
    "themes": "then labels or tags like theme:trust name them",
    "work_class": "then labels, types or the Value Area tell it",
}


@dataclass(frozen=True, slots=True)
class TrackerDraft:
    """One tracker of the configuration; ``token`` is a reference such as ``${env:JIRA_TOKEN}``, never a secret."""

    name: str
    url: str
    user: str | None
    token: str
    projects: tuple[str, ...]
    proposal: Proposal


Trains = Mapping[str, tuple[str, ...]]
"""Train -> its teams, for teams whose train no tracker tells."""


def configuration_draft(trackers: Sequence[TrackerDraft], trains: Trains, on: date, *, taken_up: bool = False) -> str:
    """The whole file; what few organisations keep stands in comments, unless it is ``taken_up``."""
    sampled = " and ".join(f"{one.proposal.found.sampled} items of {one.name}" for one in trackers)
    lines = [
        f"# Proposed by 'safesync init' on {on.isoformat()}, after a look at {sampled}.",
        "# Read the comments, correct what is wrong, then: safesync validate, safesync doctor, safesync pull, safesync check.",
        "# Nothing is written to a tracker before 'safesync run' or 'safesync apply'.",
        "version: 1",
        "store: sqlite:///safesync.db    # one file; postgresql://... when several machines share it",
        "",
        "trackers:",
    ]
    for one in trackers:
        lines += _tracker(one, "" if taken_up else _SIGN)
    lines += ["", *_organisation(trains), "", *_rules(trackers), "", *_feedback(), ""]
    # What names hold stands in comments too, and must not end them.
    return "\n".join("".join(sign if sign.isprintable() else " " for sign in line) for line in lines)


def _tracker(one: TrackerDraft, sign: str) -> Iterator[str]:
    found = one.proposal.found
    user = f"user: {quoted(one.user)}, " if one.user else ""
    said = f", process {', '.join(found.process)}" if found.process else ""
    yield f"  - name: {one.name}    # part of every item's identity: choose it once"
    yield f"    kind: {found.kind}    # {found.deployment} {found.version}{said}"
    yield f"    url: {one.url}"
    yield f"    auth: {{{user}token: \"{one.token}\"}}    # add expires_on: 2027-01-31, and 'safesync doctor' warns before it ends"
    yield f"    scope: {{projects: [{', '.join(quoted(each) for each in one.projects)}]}}"
    yield "    mapping:"
    yield from (f"      {line}" for line in _mapping(one.proposal, sign))


def _mapping(proposal: Proposal, sign: str) -> Iterator[str]:
    yield f"preset: {proposal.guess.preset}    # {proposal.guess.because}{'' if proposal.guess.sure else '; please check'}"
    yield from _types(proposal)
    if proposal.stages:
        yield "stages:    # of the states in use, those that their category does not tell apart"
        for stage, names in proposal.stages.items():
            yield f"  {stage.value}: {_listed(names)}"
    preset = presets.values(proposal.guess.preset).get("fields", {})
    yield "fields:"
    for pick in proposal.fields:
        yield f"  {_field(pick, overrides=pick.ours in preset)}"
    if proposal.further:
        yield "  # Few organisations keep what follows. Where it is right, take the first sign away: more rules can be judged."
    for pick in proposal.further:
        yield f"  {sign}{_field(pick, overrides=False)}"
    yield from _classes(proposal)
    yield from _links(proposal, sign)
    if proposal.depths:
        yield f"train_depth: {proposal.depths[0]}    # depth of the area node that is the train; 0 is the project"
        yield f"team_depth: {proposal.depths[1]}    # depth of the area node that is the team"


def _links(proposal: Proposal, sign: str) -> Iterator[str]:
    """Those that make the hierarchy; and in comments those that lead to tests."""
    if proposal.links or proposal.tests:
        yield f"{'' if proposal.links else sign}links:"
    for relation, names in proposal.links.items():
        yield f"  {relation.value}: {_listed(names)}    # what the lower item of a link shows"
    for relation, names in proposal.tests.items():
        who = "a test" if relation is Relation.TESTS else "an item that has tests"
        yield f"{sign}  {relation.value}: {_listed(names)}    # what {who} shows"


def _types(proposal: Proposal) -> Iterator[str]:
    if proposal.types:
        yield "types:    # how many there are stands beside each; the others are as in the preset"
    for kind, types in proposal.types.items():
        yield f"  {kind.value}: {_listed(tuple(one.name for one in types))}    # {', '.join(_count(one) for one in types)}"
    yield from _taken_back(proposal)
    for one in proposal.unmapped:
        yield f"# {one.name} ({_count(one)} items) is read as 'other' and not judged; put it under a kind if it should be."


def _taken_back(proposal: Proposal) -> Iterator[str]:
    """A kind that no item has, without the names that the preset gives it and that mean another kind here."""
    taken = {folded(one.name) for types in proposal.types.values() for one in types}
    for kind, names in presets.values(proposal.guess.preset)["types"].items():
        left = tuple(name for name in names if folded(name) not in taken)
        if Kind(kind) not in proposal.types and len(left) < len(names):
            yield f"  {kind}: {_listed(left)}"


def _count(one: FoundType) -> str:
    return str(one.count) if one.count is not None else f"{one.sampled} or more"


def _field(pick: Pick, *, overrides: bool) -> str:
    """A line; where nothing was found it takes back what the preset says, if that says anything."""
    if not pick.theirs:
        line = f"{pick.ours}: []    # " if overrides else f"# {pick.ours}: "
        return f"{line}nothing like it was found{'; ' + _MISSING[pick.ours] if pick.ours in _MISSING else ''}"
    value = pick.how[0] if len(pick.how) == 1 else f"[{', '.join(pick.how)}]"
    return f"{pick.ours}: {value}    # {pick.why}" if len(pick.why) <= _WIDEST else f"{pick.ours}: {value}"


def _classes(proposal: Proposal) -> Iterator[str]:
    if proposal.classes:
        yield "work_class:"
        for each, names in proposal.classes.items():
            yield f"  {each.value}: {_listed(names)}"
    if proposal.strange:
        shown = ", ".join(proposal.strange[:8])
        yield f"# Values that mean no class of work that SafeSync knows; put them under work_class: {shown}"


def _listed(names: tuple[str, ...]) -> str:
    return f"[{', '.join(quoted(name) for name in names)}]"


def _organisation(trains: Trains) -> Iterator[str]:
    if not trains:
        yield "# organisation:    # what the trackers do not know"
        yield "#   trains: {Payments: {teams: [Falcon, Heron]}}"
        yield "#   themes: [trust]    # the strategic themes in force; left out, any theme counts"
        return
    yield "organisation:"
    yield "  trains:    # a guess: each project a train, with the teams that its items name"
    for train, teams in trains.items():
        yield f"    {quoted(train)}: {{teams: {_listed(teams)}}}"
    yield "  # themes: [trust]    # the strategic themes in force; left out, any theme counts"


def _rules(trackers: Sequence[TrackerDraft]) -> Iterator[str]:
    portfolio = any(one.proposal.kind(Kind.EPIC) for one in trackers)
    yield "rules:"
    yield f"  extends: [{'portfolio' if portfolio else 'essential'}]    # {'epics were found' if portfolio else 'no epics were found'}"
    yield "  # GR503: {options: {targets: {default: {feature: 60, enabler: 25, tech_debt: 15}}}}    # percent; the portfolio decides them"


def _feedback() -> Iterator[str]:
    yield "feedback:"
    yield "  comments: true"
    yield "  labels: true"
    yield "  language: en    # or de, fr"
    yield "  # languages: {de: {projects: [...]}}    # where another one is spoken: trackers, projects, trains, teams"
    yield "  limits: {items: 50, share: 0.2, jump: 3.0}    # a run that would comment on more items writes nothing and saves its plan"
    yield "  caps: {day: 40, team: 10, person: 5}    # first comments a day; what is over it waits for another day, the gravest goes first"
