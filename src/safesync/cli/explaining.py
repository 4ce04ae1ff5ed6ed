"""``explain``: what each rule says about an item or a group, all that it hangs on, and why the others are silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from safesync.cli import show
from safesync.cli.account import Account, Fact, Option, account_fields, origin_fields, print_account
from safesync.cli.opening import Opened, opened_from
from safesync.cli.origin import Came, Provenance
from safesync.configuration.effective import Setting, origin_of, origin_of_severity, silenced, silences_of
from safesync.configuration.origin import of_rule
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.words import near
from safesync.facts.backlog import Backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.groups import GROUPS
from safesync.jobs.anchors import anchors
from safesync.jobs.check import of_trackers, seen_on
from safesync.jobs.concern import CHECKS
from safesync.jobs.silence import silences_on
from safesync.jobs.waivers import configured
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Verdict, group_name
from safesync.model.item import Gate, Item
from safesync.model.registers import REGISTERS
from safesync.rules.condition.explaining import NOT_SEEN, Explained
from safesync.rules.engine import Explanation
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import Rule
from safesync.store.port import Occasion, Scene

_GROUP = "group:"
_MOST_NAMED = 12
_LOUD = (Verdict.FLAWED, Verdict.NOT_EVALUABLE)


@dataclass(frozen=True, slots=True)
class _Look:
    """Everything that an explanation is looked up in, as of now."""

    job: Opened
    loaded: Loaded
    scene: Scene
    seen: Backlog
    code: str | None

    @classmethod
    def around(cls, job: Opened, loaded: Loaded, code: str | None) -> _Look:
        scene = of_trackers(job.store.scene(), job.names)
        surroundings = (scene.iterations, scene.intervals, scene.columns, scene.teams)
        occasion = Occasion(datetime.now(UTC), *surroundings, job.configuration.as_organisation())
        seen = seen_on(job.store, occasion, scene, ITEM_FACTS.keys(), GROUPS.keys())
        return cls(job, loaded, scene, seen, code)

    def told(self, subject: str) -> list[Explanation]:
        """What the rules, or the one that is asked for, say about it."""
        stand = {(each.finding.code, each.finding.subject) for each in self.job.store.findings() if each.finding.subject == subject}
        return [each for each in self.job.judge.explain(self.seen, subject, stand) if self.code in {None, each.code}]

    def subjects(self) -> Iterator[str]:
        """All groups that some rule judges."""
        for kind in sorted(self.job.judge.reads_groups):
            yield from (f"{_GROUP}{kind}:{key}" for key in self.seen.groups[kind]["group"])

    def subjects_of_code(self) -> Iterator[str]:
        """Those that the rule that is asked for judges."""
        kinds = {setting.rule.group for setting in self.job.rules if setting.rule.code == self.code}
        yield from (subject for subject in self.subjects() if subject.split(":")[1] in kinds)

    def name(self, subject: str) -> str:
        """A group as people call it."""
        return group_name(subject, {one.uid: one.name for one in self.scene.iterations})


def explain(path: Path, reference: str, code: str | None, *, as_json: bool) -> None:
    """What each rule says about an item, or a group, with every operand and its value, and where the values came from."""
    loaded = read_configuration(path, secrets=Secrets.STORE)
    if code and code.upper() in CHECKS:
        show.check_of_mapping(code.upper(), in_json=as_json)
        return
    with opened_from(loaded, trackers=False) as job:
        look = _Look.around(job, loaded, code.upper() if code else None)
        if reference.startswith(_GROUP):
            accounts: Sequence[Account] = _of_group(look, _found_group(look, reference))
            _tell_groups({accounts[0].told.subject: accounts}, look, as_json=as_json)
            return
        item = job.item(reference)
        if why := job.unread().of(item):
            show.aside(f"{item.key}: {why}; what follows is how it was before")
        if off := next((each for each in silences_of(item, loaded) if each.rule.code == look.code), None):
            _tell_off(item, silenced(off, loaded), off.rule, as_json=as_json)
            return
        groups = {subject: _of_group(look, subject) for subject in _carried(look, item)}
        accounts = () if _judges_groups(look) else _of_item(look, item)
        if not accounts and not groups:
            raise ConfigurationError(f"{look.code} judges groups, and none stands on {item.key}; {_some(list(look.subjects_of_code()))}")
    if as_json:
        fields = {"item": item.uid, "key": item.key, "title": item.title, "url": item.url}
        show.as_json({**fields, "rules": [account_fields(each) for each in accounts], "groups": _group_fields(groups, look)})
        return
    show.console().print(Text(f"{item.key} {item.title}", style="bold"))
    if code is None:
        show.console().print(Text(f"what of this stands against it, and whether it is ready: safesync gate {item.key}", style="dim"))
    _print_accounts(accounts, whole=code is not None)
    loud = {subject: [each for each in told if code or each.told.verdict in _LOUD] for subject, told in groups.items()}
    _tell_groups({subject: told for subject, told in loud.items() if told}, look, as_json=False)


def _tell_off(item: Item, off: Setting, rule: Rule, *, as_json: bool) -> None:
    if as_json:
        fields = {"item": item.uid, "key": item.key, "title": item.title, "url": item.url}
        show.as_json({**fields, "rules": [], "groups": [], "off": {"code": rule.code, "origin": origin_fields(off.origin)}})
        return
    out = show.console()
    out.print(Text(f"{item.key} {item.title}", style="bold"))
    out.print(Text(f"{rule.code} off", style="bold").append(f"  {rule.name.replace('-', ' ')}", style="dim"))
    out.print(Text(f"  {off.written} = off  {off.origin}", style="dim"))


def _print_accounts(accounts: Sequence[Account], *, whole: bool) -> None:
    aside = () if whole else tuple(each.told.code for each in accounts if each.told.verdict is Verdict.NOT_APPLICABLE)
    for each in accounts:
        if each.told.code not in aside:
            print_account(each, whole=whole)
    if aside:
        show.console().print(Text(f"not applicable: {', '.join(aside)}; name one of them to see why", style="dim"))


def _of_item(look: _Look, item: Item) -> tuple[Account, ...]:
    explanations = look.told(item.uid)
    if look.code is not None and not explanations:
        if look.code in look.loaded.catalogue:
            raise ConfigurationError(f"{look.code} is off: no pack that is extended has it, and nobody names it below rules")
        known = sorted({setting.rule.code for setting in look.job.rules if setting.rule.group is None})
        raise ConfigurationError(near("no rule of this configuration judges single items as", look.code, known))
    if item.tracker == REGISTERS:
        return tuple(_account(each, _came_of_catalogue(each), look.loaded) for each in _one_a_rule(explanations))
    at = look.job.names.index(item.tracker)
    measured = look.scene.facts.filter(look.scene.facts["uid"] == item.uid).row(0, named=True)
    provenance = Provenance(item, measured, look.job.configuration.trackers[at], at, look.loaded.source)

    def came(name: str, value: object) -> Came | None:
        return provenance.of(ITEM_FACTS[name], seen=value is not NOT_SEEN) if name in ITEM_FACTS else None

    accounts = tuple(_account(each, came, look.loaded) for each in _one_a_rule(explanations))
    if all(each.told.verdict is not Verdict.FLAWED for each in accounts):
        return accounts
    quiet = _quiet(look, item)
    return tuple(replace(each, quiet=quiet(each.told.code)) if each.told.verdict is Verdict.FLAWED else each for each in accounts)


def _quiet(look: _Look, item: Item) -> Callable[[str], str | None]:
    """Why nobody is told of a rule that an item is flawed by."""
    now = datetime.now(UTC)
    waived, resting = silences_on(item, configured(look.job.store, look.job.configuration.feedback, now)[0], now.date())
    old = {each.pair for each in look.job.store.baseline().quiet}
    return lambda code: waived.get(code) or resting or ("older than SafeSync, and quiet" if (code, item.uid) in old else None)


# --- groups -----------------------------------------------------------------------------------------------------


def _found_group(look: _Look, reference: str) -> str:
    """The group that a person means, by its key or as people call it; ``ConfigurationError`` with those there are."""
    kind, _, key = reference.removeprefix(_GROUP).partition(":")
    if kind not in GROUPS:
        raise ConfigurationError(near("there is no kind of group", kind, GROUPS))
    if kind not in look.job.judge.reads_groups:
        raise ConfigurationError(f"no rule of this configuration judges {GROUPS[kind].TITLE} ({kind})")
    known = [subject for subject in look.subjects() if subject.startswith(f"{_GROUP}{kind}:")]
    parts = [part.strip() for part in key.split("|")]
    wanted = {", ".join(parts).casefold(), group_name(f"{_GROUP}{kind}:{'|'.join(parts)}").casefold()}
    for subject in known:
        if subject == reference or look.name(subject).casefold() in wanted:
            return subject
    raise ConfigurationError(f"there is no group {reference}; {_some(known)}")


def _some(subjects: Sequence[str]) -> str:
    if not subjects:
        return "there is none of this kind now"
    more = f"; and {len(subjects) - _MOST_NAMED} more" if len(subjects) > _MOST_NAMED else ""
    return f"there are: {'; '.join(subjects[:_MOST_NAMED])}{more}"


def _carried(look: _Look, item: Item) -> tuple[str, ...]:
    """The groups whose findings stand on an item: it is the anchor of their team or train."""
    organisation = look.job.configuration.as_organisation()
    carriers = anchors(look.job.store, organisation, look.subjects())
    return tuple(subject for subject, anchor in carriers.items() if anchor.uid == item.uid and look.told(subject))


def _judges_groups(look: _Look) -> bool:
    return any(setting.rule.code == look.code and setting.rule.group is not None for setting in look.job.rules)


def _of_group(look: _Look, subject: str) -> tuple[Account, ...]:
    told = list(_one_a_rule(look.told(subject)))
    if not told:
        kind = subject.removeprefix(_GROUP).partition(":")[0]
        known = sorted({setting.rule.code for setting in look.job.rules if setting.rule.group == kind})
        raise ConfigurationError(near(f"no rule of this configuration judges {GROUPS[kind].TITLE} as", str(look.code), known))
    return tuple(_account(each, _came_of_catalogue(each), look.loaded) for each in told)


def _came_of_catalogue(told: Explanation) -> Callable[[str, object], Came | None]:
    facts = vocabulary(told.setting.rule)

    def came(name: str, value: object) -> Came | None:
        if name not in facts:
            return None
        meaning = facts[name].meaning
        return Came(meaning) if value is not NOT_SEEN else Came(f"not seen: {meaning}", remedy=facts[name].remedy)

    return came


def _tell_groups(groups: Mapping[str, Sequence[Account]], look: _Look, *, as_json: bool) -> None:
    if as_json:
        show.as_json(_group_fields(groups, look)[0])
        return
    for subject, accounts in groups.items():
        kind = subject.removeprefix(_GROUP).partition(":")[0]
        show.console().print(Text(look.name(subject), style="bold").append(f"  {GROUPS[kind].TITLE} ({subject})", style="dim"))
        _print_accounts(accounts, whole=look.code is not None)


def _group_fields(groups: Mapping[str, Sequence[Account]], look: _Look) -> list[dict[str, object]]:
    return [
        {"group": subject, "name": look.name(subject), "rules": [account_fields(each) for each in accounts]}
        for subject, accounts in groups.items()
    ]


# --- both -------------------------------------------------------------------------------------------------------


def _one_a_rule(explanations: Iterable[Explanation]) -> Iterator[Explanation]:
    """Of several settings of a rule the one that judges this item, else the first."""
    chosen: dict[str, Explanation] = {}
    for each in explanations:
        known = chosen.setdefault(each.code, each)
        if known.verdict is Verdict.NOT_APPLICABLE:
            chosen[each.code] = known if each.verdict is Verdict.NOT_APPLICABLE else each
    yield from chosen.values()


def _account(told: Explanation, came: Callable[[str, object], Came | None], loaded: Loaded) -> Account:
    setting = told.setting
    values = setting.options.model_dump()
    options = tuple(
        Option(name, values[name], origin_of(setting, ("options", name), loaded))
        for name in _options_in((told.applies, told.flaw, *((told.worse,) if told.worse else ())))
    )
    facts = tuple(Fact(name, value, where) for name, value in told.facts.items() if (where := came(name, value)))
    rule = of_rule(setting.places.get(()), loaded.source, loaded.packs)
    severity = origin_of_severity(setting, Gate(told.gate) if told.gate else None, loaded)
    stage, margin = (origin_of(setting, (part,), loaded) for part in ("stage", "margin"))
    return Account(told, rule, severity, options, facts, margin, stage)


def _options_in(parts: tuple[Explained, ...]) -> list[str]:
    names: dict[str, None] = {}
    for part in parts:
        names |= dict.fromkeys((*part.options, *_options_in(part.parts)))
    return list(names)
