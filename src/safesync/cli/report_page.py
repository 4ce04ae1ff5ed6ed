"""The findings as one page that a Product Owner can read: what to do, item by item, team by team; nothing is loaded from elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from safesync.facts.called import called
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.model.finding import Finding, Report, Severity, Unevaluated, absorbed, group_name, group_owner
from safesync.model.item import Item
from safesync.rules.page import GATES

_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)
URGENCY = {Severity.ERROR: ("now", "to do now"), Severity.WARNING: ("soon", "to do soon"), Severity.INFO: ("later", "to do later")}
"""How urgent a severity is, in the words of somebody who plans: in a column, and below a figure."""
_ALL_TOLD: Mapping[tuple[str, str], str] = MappingProxyType({})
NOBODYS = ""
"""Stands for what belongs to no team."""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: what to do, where we looked, and the arithmetic where there is any."""

    severity: str
    urgency: str
    remedy: str
    evidence: str
    code: str
    name: str
    numbers: tuple[tuple[str, str], ...]
    points: tuple[str, ...] = ()
    """Of a checklist: what each open point asks for."""


@dataclass(frozen=True, slots=True)
class Card:
    """An item, or a group of items, with all that is to be done about it."""

    key: str
    title: str
    url: str
    about: str
    lines: tuple[Line, ...]

    @property
    def rank(self) -> tuple[int, int, str]:
        """The most urgent first, then the one with the most to do."""
        return (min(_SEVERITIES.index(line.severity) for line in self.lines), -len(self.lines), self.key)


_SEVERITIES = tuple(severity.value for severity in _WORST_FIRST)


@dataclass(frozen=True, slots=True)
class Section:
    """What one team has to do; ``anchor`` is its place on the page, ``counts`` are its findings by severity."""

    title: str
    anchor: str
    cards: tuple[Card, ...]
    counts: tuple[int, ...]


def report_page(
    report: Report,
    items: Mapping[str, Item],
    names: Mapping[str, str],
    quiet: Mapping[tuple[str, str], str] = _ALL_TOLD,
    *,
    iterations: Mapping[str, str] | None = None,
    unread: Sequence[str] = (),
    tongue: Tongue = ENGLISH,
) -> str:
    """
    A whole page of HTML; ``names`` are the names of rules by code, ``iterations`` those of iterations by uid.

    What is ``quiet`` is counted and not shown; ``unread`` are sentences about what was not read and is not judged. ``tongue`` is the
    language of what stands around the findings, which speak that of their items.
    """
    silent = [finding for finding in report.flawed if (finding.code, finding.subject) in quiet]
    old = sum(quiet[finding.code, finding.subject] == "old" for finding in silent)
    report = replace(report, flawed=_told(report.flawed, quiet))
    by_team, groups = _by_team(report, items, names, iterations or {}, tongue)
    counts = Counter(finding.severity for finding in report.flawed)
    return _template().render(
        judged_at=report.judged_at,
        items=report.items,
        with_findings=len({finding.subject for finding in report.flawed if not finding.subject.startswith("group:")}),
        language=tongue.code,
        say=tongue.say,
        counted=tongue.counted,
        number=tongue.number,
        severities=[(severity.value, *map(tongue.say, URGENCY[severity]), counts[severity]) for severity in _WORST_FIRST],
        sections=by_team,
        groups=sorted(groups, key=lambda card: card.rank),
        group_counts=_counted(groups),
        rules=_rules(report, names),
        unread=unread,
        old=old,
        waived=len(silent) - old,
        unevaluated=[(each.code, names.get(each.code, ""), each.count, _why(each, tongue)) for each in report.unevaluated],
    )


@cache
def _template() -> Template:
    return Environment(
        loader=PackageLoader("safesync.cli"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html")


def _told(flawed: Iterable[Finding], quiet: Collection[tuple[str, str]]) -> tuple[Finding, ...]:
    """As a comment tells them: what another finding about the same item speaks for is not told beside it."""
    loud = [finding for finding in flawed if (finding.code, finding.subject) not in quiet]
    spoken_for = absorbed(loud)
    return tuple(finding for finding in loud if (finding.code, finding.subject) not in spoken_for)


def _by_team(
    report: Report, items: Mapping[str, Item], names: Mapping[str, str], iterations: Mapping[str, str], tongue: Tongue
) -> tuple[list[Section], list[Card]]:
    """The sections, and the cards of groups that belong to none: a plan or a board stands with the team that has other things to do."""
    of_item: dict[str, list[Finding]] = {}
    for finding in report.flawed:
        of_item.setdefault(finding.subject, []).append(finding)
    of_group = {subject: of_item.pop(subject) for subject in tuple(of_item) if subject.startswith("group:")}
    teams: dict[str, list[Card]] = {}
    for subject, findings in of_item.items():
        item = items.get(subject)
        teams.setdefault((item.team if item else None) or NOBODYS, []).append(_card(subject, findings, item, names, tongue))
    others: list[Card] = []
    for subject, findings in of_group.items():
        card = Card(group_name(subject, iterations), "", "", "", _lines(findings, names, tongue))
        owner = group_owner(subject)
        (teams.get(owner, others) if owner else others).append(card)
    # What belongs to no team, which is mostly what stands above the teams, comes last.
    ordered = sorted(teams, key=lambda team: (team == NOBODYS, team.casefold()))
    return [_section(number, team or tongue.say("Without a team"), teams[team]) for number, team in enumerate(ordered, start=1)], others


def _section(number: int, team: str, cards: Iterable[Card]) -> Section:
    ranked = tuple(sorted(cards, key=lambda card: card.rank))
    return Section(team, f"team-{number}", ranked, _counted(ranked))


def _counted(cards: Iterable[Card]) -> tuple[int, ...]:
    counts = Counter(line.severity for card in cards for line in card.lines)
    return tuple(counts[severity] for severity in _SEVERITIES)


def _card(subject: str, findings: Iterable[Finding], item: Item | None, names: Mapping[str, str], tongue: Tongue) -> Card:
    found = sorted(findings, key=lambda finding: (_WORST_FIRST.index(finding.severity), finding.code))
    lines = _lines(found, names, tongue)
    if item is None:
        return Card(subject, "", "", "", lines)
    gate = next((each.gate for each in found if each.gate), None)
    owner = tongue.say("owner: {owner}", owner=item.owner) if item.owner else ""
    parts = (tongue.say(item.kind.value.replace("_", " ")), tongue.say(GATES[gate]) if gate else "", owner)
    about = ", ".join(part for part in parts if part)
    return Card(item.key, item.title, item.url if item.url.startswith(("https://", "http://")) else "", about, lines)


def _lines(found: Iterable[Finding], names: Mapping[str, str], tongue: Tongue) -> tuple[Line, ...]:
    urgency = {severity: tongue.say(word) for severity, (word, _) in URGENCY.items()}
    return tuple(
        Line(
            each.severity.value,
            urgency[each.severity],
            each.remedy,
            each.evidence,
            each.code,
            names.get(each.code, ""),
            each.numbers,
            tuple(point.remedy for point in each.open_points),
        )
        for each in found
    )


def _rules(report: Report, names: Mapping[str, str]) -> list[tuple[str, str, int]]:
    counts = Counter(finding.code for finding in report.flawed)
    return [(code, names.get(code, ""), count) for code, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def _why(each: Unevaluated, tongue: Tongue) -> str:
    return each.crash or tongue.say("not seen: {facts}", facts=", ".join(tongue.say(called(name)) for name in each.facts))
