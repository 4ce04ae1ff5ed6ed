"""``safesync init``: look around in the trackers, propose a configuration, and say what could be judged with it."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from safesync import wiring
from safesync.cli import show
from safesync.cli.progress import progress
from safesync.configuration.address import misplaced, sent
from safesync.configuration.choosing import Answers, Proposal, propose
from safesync.configuration.drafting import TrackerDraft, configuration_draft
from safesync.configuration.model import TrackerPart
from safesync.configuration.read import Loaded, parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.connectors.inspection import Inspector
from safesync.connectors.port import Access, Addresses, Page, Scope
from safesync.jobs.concern import Concern
from safesync.jobs.health import Patient, concerns
from safesync.jobs.rehearsal import Outlook, Rehearsal, compared, rehearse
from safesync.model.errors import ConfigurationError, naming

_WHO = {"jira": "Jira", "azure-devops": "Azure DevOps"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A tracker that was named on the command line; ``secret`` is the environment variable that holds its token."""

    name: str
    kind: str
    url: str
    user: str | None
    secret: str
    projects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Visit:
    """A tracker that is being looked at."""

    wish: Wish
    inspector: Inspector
    proposal: Proposal

    @property
    def draft(self) -> TrackerDraft:
        wish = self.wish
        return TrackerDraft(wish.name, wish.url, wish.user, "${env:" + wish.secret + "}", wish.projects, self.proposal)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of it."""

    text: str
    proposals: Mapping[str, Proposal]
    outlooks: tuple[Outlook, ...]
    concerns: tuple[tuple[str, Concern], ...]
    open_doubts: tuple[tuple[str, str], ...]


def init(wishes: Sequence[Wish], projects: Sequence[str], output: Path, *, force: bool, as_json: bool) -> None:
    """Write a configuration that reads these trackers, and print what each rule could say."""
    if not wishes:
        raise ConfigurationError("name a tracker: safesync init --jira https://example.atlassian.net --user you@example.org --project PAY")
    if output.exists() and not force:
        raise ConfigurationError(f"{output}: there is a file of this name; name another with --output, or overwrite it with --force")
    for wish in wishes:
        if wrong := misplaced(wish.kind, wish.url):
            raise ConfigurationError(f"{wish.url}: {wrong}")
    wishes = [replace(wish, url=sent(wish.url)) for wish in wishes]
    inspectors: list[Inspector] = []
    try:
        outcome = _looked_around(wishes, tuple(projects), inspectors)
    finally:
        for each in inspectors:
            each.close()
    show.written(output, outcome.text)
    if as_json:
        show.as_json(_fields(outcome, output))
    else:
        _print(outcome, output)


def _looked_around(wishes: Sequence[Wish], projects: tuple[str, ...], opened: list[Inspector]) -> _Outcome:
    wishes = _with_projects(wishes, projects)
    known = Addresses(tuple((wish.name, wish.url) for wish in wishes))
    visits: list[_Visit] = []
    answers: dict[str, Answers] = {}
    with progress() as listener:
        for wish in wishes:
            step = f"look around in {wish.name}"
            listener.begun(step, None)
            inspector = _inspector(wish, known)
            opened.append(inspector)
            try:
                with naming(wish.name):
                    inspector.identify()
                    found = inspector.inspect()
            finally:
                listener.ended(step)
            others = [other.url for other in wishes if other is not wish]
            visits.append(_Visit(wish, inspector, propose(found, others)))
    for at, visit in enumerate(visits):
        answers[visit.wish.name] = _asked(visit)
        others = [other.url for other in wishes if other is not visit.wish]
        visits[at] = replace(visit, proposal=propose(visit.proposal.found, others, answers[visit.wish.name]))
    return _judged(visits, answers)


def _judged(visits: Sequence[_Visit], answers: Mapping[str, Answers]) -> _Outcome:
    now = datetime.now(UTC)
    drafts = [visit.draft for visit in visits]
    loaded = _read(configuration_draft(drafts, {}, now.date()))
    pages = _pages(visits, loaded.configuration.trackers)
    text = configuration_draft(drafts, _trains(visits, pages), now.date())
    loaded = _read(text)
    rehearsal = rehearse(pages, loaded.configuration.as_organisation(), loaded.rules, now)
    return _Outcome(
        text=text,
        proposals={visit.wish.name: visit.proposal for visit in visits},
        outlooks=_with_all_taken_up(visits, rehearsal.outlooks, now),
        concerns=tuple(_concerned(visits, pages, loaded, rehearsal)),
        open_doubts=tuple(
            (visit.wish.name, doubt.question)
            for visit in visits
            for doubt in visit.proposal.doubts
            if doubt.about not in answers[visit.wish.name]
        ),
    )


def _with_all_taken_up(visits: Sequence[_Visit], outlooks: tuple[Outlook, ...], now: datetime) -> tuple[Outlook, ...]:
    """What the rules could say if a person took up all that stands in comments: the sample is read once more for that."""
    if not any(visit.proposal.further or visit.proposal.tests for visit in visits):
        return outlooks
    drafts = [visit.draft for visit in visits]
    parts = _read(configuration_draft(drafts, {}, now.date(), taken_up=True)).configuration.trackers
    pages = _pages(visits, parts)
    loaded = _read(configuration_draft(drafts, _trains(visits, pages), now.date(), taken_up=True))
    return compared(outlooks, rehearse(pages, loaded.configuration.as_organisation(), loaded.rules, now).outlooks)


def _pages(visits: Sequence[_Visit], parts: Sequence[TrackerPart]) -> list[Page]:
    pages: list[Page] = []
    for visit, part in zip(visits, parts, strict=True):
        with naming(visit.wish.name):
            pages.append(visit.inspector.rehearse(part.mapping))
    return pages


def _read(text: str) -> Loaded:
    # A proposal that SafeSync itself refuses is a defect, and every mistake in it would be told with its place.
    return parse_configuration(text, file="proposal", secrets=Secrets.NONE)


def _concerned(visits: Sequence[_Visit], pages: Sequence[Page], loaded: Loaded, rehearsal: Rehearsal) -> Iterable[tuple[str, Concern]]:
    organisation = loaded.configuration.as_organisation()
    teams = tuple(team for page in pages if page.surroundings for team in page.surroundings.teams)
    for visit, page, part in zip(visits, pages, loaded.configuration.trackers, strict=True):
        around = page.surroundings
        facts = rehearsal.facts.filter(rehearsal.facts["tracker"] == visit.wish.name)
        boxes = (around.iterations, around.intervals) if around else ((), ())
        patient = Patient(visit.proposal.found, part.mapping, facts, *boxes, teams, organisation)
        yield from ((visit.wish.name, each) for each in concerns(patient))


def _trains(visits: Sequence[_Visit], pages: Sequence[Page]) -> dict[str, tuple[str, ...]]:
    """Each Jira project as a train of the teams that most of their items stand in; not of teams whose train is told elsewhere."""
    told = {team.name for page in pages if page.surroundings for team in page.surroundings.teams if team.train}
    told |= {item.team for page in pages for item in page.items if item.train and item.team}
    places: dict[str, Counter[str]] = {}
    for visit, page in zip(visits, pages, strict=True):
        if visit.wish.kind == "jira":
            for item in page.items:
                if item.team and item.team not in told:
                    places.setdefault(item.team, Counter())[item.project] += 1
    trains: dict[str, list[str]] = {}
    for team, projects in sorted(places.items()):
        trains.setdefault(projects.most_common(1)[0][0], []).append(team)
    return {train: tuple(teams) for train, teams in sorted(trains.items())}


def _inspector(wish: Wish, known: Addresses) -> Inspector:
    return wiring.inspector_of(wish.kind, Access(wish.name, wish.url, _token(wish), wish.user), Scope(wish.projects), known)


_typed: dict[str, str] = {}


def _token(wish: Wish) -> str:
    """From the environment, else typed in by a person; never from the command line, where every process sees it."""
    token = os.environ.get(wish.secret, "").strip() or _typed.get(wish.secret, "")
    if not token and _at_a_terminal():
        token = _typed[wish.secret] = str(typer.prompt(f"Token for {wish.url}", hide_input=True)).strip()
    if not token:
        option = "--jira-token-env" if wish.kind == "jira" else "--azure-token-env"
        raise ConfigurationError(
            f"the environment variable {wish.secret} is not set; put the token for {wish.url} there, or name another with {option}"
        )
    return token


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _with_projects(wishes: Sequence[Wish], projects: tuple[str, ...]) -> list[Wish]:
    """Each project to the tracker that has it; a project that none has, or two have, is a mistake."""
    projects = tuple(dict.fromkeys(name.strip() for name in projects if name.strip()))
    there = {wish.name: _projects(wish) for wish in wishes}
    if not projects:
        shown = "; ".join(f"{name}: {', '.join(keys[:20]) or 'none that we may see'}" for name, keys in there.items())
        raise ConfigurationError(f"name the projects to read with --project ({shown})")
    every = [key for keys in there.values() for key in keys]
    for project in projects:
        owners = [name for name, keys in there.items() if project.casefold() in {key.casefold() for key in keys}]
        if not owners:
            todo = "correct the name, or give our account access"
            raise ConfigurationError(near(f"{todo}: no tracker has a project", project, every))
        if len(owners) > 1:
            raise ConfigurationError(f"{' and '.join(owners)} both have a project {project!r}: run init for one of them at a time")
    asked = {project.casefold() for project in projects}
    result = [replace(wish, projects=tuple(key for key in there[wish.name] if key.casefold() in asked)) for wish in wishes]
    for wish in result:
        if not wish.projects:
            raise ConfigurationError(f"{wish.name}: none of its projects is named; there are {', '.join(there[wish.name][:20])}")
    return result


def _projects(wish: Wish) -> tuple[str, ...]:
    inspector = _inspector(wish, Addresses())
    try:
        with naming(wish.name):
            return inspector.projects()
    finally:
        inspector.close()


def _asked(visit: _Visit) -> Answers:
    """A person's answers; nobody is asked where nobody sits, and then the first option is taken."""
    if not _at_a_terminal():
        return {}
    answers: dict[tuple[str, str], str] = {}
    for doubt in visit.proposal.doubts:
        out = show.console()
        out.print(Text(f"{visit.wish.name}: {doubt.question}", style="bold"))
        for at, option in enumerate(doubt.options, start=1):
            out.print(f"  {at}. {option}")
        chosen = typer.prompt("Number", default=1, type=typer.main.click.IntRange(1, len(doubt.options)))  # type: ignore[attr-defined]
        answers[doubt.about] = doubt.options[int(chosen) - 1]
    return answers


# --- what is printed --------------------------------------------------------------------------------------------


def _fields(outcome: _Outcome, output: Path) -> dict[str, Any]:
    return {
        "written": str(output),
        "trackers": {
            name: {
                "preset": each.guess.preset,
                "because": each.guess.because,
                "sampled": each.found.sampled,
                "unmapped_types": {one.name: one.count if one.count is not None else one.sampled for one in each.unmapped},
                "fields": {pick.ours: [one.id for one in pick.theirs] for pick in each.fields},
                "proposed": {pick.ours: [one.id for one in pick.theirs] for pick in each.further},
                "proposed_links": {relation.value: list(names) for relation, names in each.tests.items()},
            }
            for name, each in outcome.proposals.items()
        },
        "rules": [outlook_fields(each) for each in outcome.outlooks],
        "concerns": [
            {"tracker": name, "code": each.code, "items": each.items, "message": each.sentence} for name, each in outcome.concerns
        ],
        "doubts": [{"tracker": name, "question": question} for name, question in outcome.open_doubts],
    }


def outlook_fields(each: Outlook) -> dict[str, Any]:
    """What a rule could say, as plain values."""
    return {
        "code": each.code,
        "name": each.name,
        "subjects": each.subjects,
        "judged": each.subjects - each.unjudged,
        "share": None if each.share is None else round(each.share, 3),
        "share_with_proposals": None if each.proposed is None else round(each.proposed, 3),
        "findings": each.flawed,
        "helps": list(each.helps),
    }


def _print(outcome: _Outcome, output: Path) -> None:
    out = show.console()
    for name, each in outcome.proposals.items():
        found = each.found
        out.print(
            Text(name, style="bold").append(f"  {found.deployment} {found.version}, {found.sampled} items looked at", style="not bold")
        )
        out.print(f"  read as {each.guess.preset}: {each.guess.because}")
        for sentence in found.untold:
            out.print(Text(f"  {sentence}", style="yellow"))
    out.print()
    print_outlooks(outcome.outlooks)
    for name, concern in outcome.concerns:
        out.print(Text(f"{concern.code} {name}: {concern.sentence}", style="yellow"))
    for name, question in outcome.open_doubts:
        out.print(Text(f"not sure about {name}: {question}", style="yellow"))
    out.print(f"\n{output} is written: read its comments, then run 'safesync validate' and 'safesync doctor'")


def print_outlooks(outlooks: Sequence[Outlook]) -> None:
    """Rule by rule: on what share of the sample it can be judged, and what would help where it cannot."""
    shown = show.table("rule", "", "judged on#", "of#", "would find#", "what would help")
    for each in outlooks:
        share = "-" if each.share is None else f"{each.share:.0%}"
        share += "" if each.proposed is None else f" ({each.proposed:.0%})"
        helps = ", ".join(each.helps) if each.subjects else "nothing of this kind is in the sample"
        shown.add_row(each.code, each.name, share, str(each.subjects), str(each.flawed), helps)
    show.print_table(shown)
    if any(each.proposed is not None for each in outlooks):
        show.console().print("in brackets: with what is proposed in comments")
