"""One rule made ready to judge: its conditions read, its words checked, its severities in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.facts.fact import Fact
from safesync.languages.tongue import Tongue, days_in, tongue
from safesync.model.finding import Escalation, Rollout, Severity
from safesync.model.item import Gate, Kind
from safesync.rules.condition import tree
from safesync.rules.condition.reading import read
from safesync.rules.rule import NEXT_ROLE, Group, Part, Rule, RuleSetting, Slice
from safesync.rules.wording import Sentence, sentence

_GATES = tuple(Gate)
_PLACES = {gate.value: place for place, gate in enumerate(_GATES)}


@dataclass(frozen=True, slots=True)
class Words:
    """What a rule says, in one language."""

    tongue: Tongue
    remedy: Sentence
    evidence: Sentence
    numbers: tuple[tuple[str, Sentence], ...]
    figures: tuple[Sentence, ...]
    limits: tuple[str, ...] = ()
    """The numbers of days in them that no fact says."""

    @property
    def names(self) -> frozenset[str]:
        """The facts and options it speaks of."""
        return frozenset(
            name for each in (self.remedy, self.evidence, *(text for _, text in self.numbers), *self.figures) for name in each.names
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A point of a checklist made ready: on which items it is asked, and on which it is open."""

    asks: str
    code: str
    remedy: str
    asked: tree.Truth
    open: tree.Truth


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What the engine works with.

    ``whole`` is true exactly where a finding is due: the rule is applicable, the flaw is there, and it matters at the gate
    that the item has reached. ``severities`` has one for each gate.
    """

    setting: RuleSetting
    applies: tree.Truth
    flaw: tree.Truth
    whole: tree.Truth
    raised: tree.Truth | None
    """Where it is at least a warning."""
    worse: tree.Truth | None
    """Where it is an error."""
    severities: tuple[Severity, ...]
    words: Mapping[str, Words]
    """By language, one for each that is spoken."""
    said_options: Mapping[str, Any]
    named: frozenset[str]
    """Facts that its sentences speak of."""
    worded: tuple[str, ...]
    """Of these the ones whose values are words of ours, said without underscores."""
    shares: tuple[str, ...]
    """Of these the ones between 0 and 1, which are told in percent."""
    composed: Mapping[str, tuple[str, ...]]
    """Of these the ones whose values are put together from phrases of ours, and these."""
    checklist: tuple[Asked, ...] = ()
    least: int = 1
    """How many points of its checklist make a composite rule flawed."""
    standing: Judgement | None = None
    """By which a group is judged about which a finding stands: with thresholds that are lower by the margin."""

    @property
    def escalation(self) -> Escalation | None:
        """What becomes of a finding that stays, when it is set to escalate."""
        setting = self.setting
        if setting.rollout is not Rollout.ESCALATE:
            return None
        return Escalation(setting.after_days, NEXT_ROLE[setting.rule.level])

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.setting.rule.code

    @property
    def group(self) -> Group | None:
        """The group that is judged, ``None`` for items."""
        return self.setting.rule.group

    def severity(self, gate: str | None) -> Severity:
        """The severity at a gate; for a group, which has none, the highest."""
        return self.severities[_PLACES[gate]] if gate else self.severities[-1]


def vocabulary(rule: Rule) -> Mapping[str, Fact]:
    """The facts that the conditions of a rule may read."""
    if rule.group is None:
        return ITEM_FACTS
    return {**GROUP_FACTS[rule.group.value], **{fact.name: fact for fact in rule.limit_facts}}


def judgements(settings: Sequence[RuleSetting], languages: Collection[str] = ("en",)) -> tuple[Judgement, ...]:
    """All rules made ready, in their order; the parts of a composite rule count as these settings have them."""
    simple = [judgement(setting, languages=languages) for setting in settings if not setting.rule.parts]
    composite = {id(setting): judgement(setting, simple, languages) for setting in settings if setting.rule.parts}
    plain = iter(simple)
    return tuple(composite[id(setting)] if setting.rule.parts else next(plain) for setting in settings)


def judgement(setting: RuleSetting, others: Sequence[Judgement] = (), languages: Collection[str] = ("en",)) -> Judgement:
    """The rule made ready; raises ``ConditionError`` or ``WordingError`` for what is wrong with it."""
    rule, facts = setting.rule, vocabulary(setting.rule)
    options = setting.options.model_dump()
    severities = severity_by_gate(setting.severity if setting.severity is not None else rule.severity)
    applies = _applies(setting, facts, options)
    flaw = read(rule.flaw, facts, options)
    checklist = tuple(_asked(part, facts, options, others) for part in rule.parts)
    least = int(options[rule.at_least]) if rule.at_least else 1
    if rule.parts:
        called = tuple(f"{asked.code or rule.code} still asks for {asked.asks}" for asked in checklist)
        flaw = tree.both(flaw, tree.AtLeast(least, tuple(asked.open for asked in checklist), called))
    raised, worse = (
        read(text, facts, options) if text and setting.severity is None else None for text in (rule.warning_when, rule.error_when)
    )
    words = {language: _words(setting, {*facts, *options}, options, tongue(language)) for language in languages}
    named = frozenset(name for each in words.values() for name in each.names) - options.keys()
    return Judgement(
        setting=setting,
        applies=applies,
        flaw=flaw,
        whole=tree.both(tree.Surely(tree.settled(applies)), tree.Surely(tree.settled(flaw)), _matters(severities, facts)),
        raised=raised,
        worse=worse,
        severities=severities,
        words=words,
        said_options=options,
        named=named,
        worded=tuple(sorted(name for name in named if facts[name].vocabulary)),
        shares=tuple(sorted(name for name in named if facts[name].unit == "0..1")),
        composed={name: facts[name].phrases for name in sorted(named) if facts[name].phrases},
        checklist=checklist,
        least=least,
        standing=judgement(_eased(setting), languages=languages) if rule.eased and setting.margin else None,
    )


def _eased(setting: RuleSetting) -> RuleSetting:
    lower = {name: getattr(setting.options, name) * (1 - setting.margin / 100) for name in setting.rule.eased}
    return replace(setting, options=setting.options.model_copy(update=lower), margin=0.0)


def _asked(part: Part, facts: Mapping[str, Fact], options: Mapping[str, Any], others: Sequence[Judgement]) -> Asked:
    """Several settings of one rule never judge the same item: a point is open where one of them finds it so."""
    if part.rule is None:
        return Asked(part.asks, "", part.remedy, tree.Fixed(value=True), tree.Surely(read(part.flaw, facts, options)))
    code = part.rule.code
    of_rule = [other for other in others if other.code == code]
    asked = tuple(tree.both(tree.Surely(tree.settled(other.applies)), _matters(other.severities, facts)) for other in of_rule)
    return Asked(part.asks, code, part.remedy, _any(asked), _any(tuple(other.whole for other in of_rule)))


def _any(terms: tuple[tree.Truth, ...]) -> tree.Truth:
    return tree.AnyOf(terms) if len(terms) > 1 else terms[0] if terms else tree.Fixed(value=False)


def _words(setting: RuleSetting, known: set[str], options: Mapping[str, Any], speak: Tongue) -> Words:
    rule, own = setting.rule, setting.remedy
    remedy = sentence(own.get(speak.code) or own.get("") or speak.say(rule.remedy), known)
    evidence, *figures = (sentence(speak.say(text), known) for text in (rule.evidence, *rule.figures))
    return Words(
        speak,
        remedy,
        evidence,
        tuple((speak.say(label), sentence(speak.say(text), known)) for label, text in rule.numbers),
        tuple(figures),
        tuple(days for each in (remedy, evidence, *figures) for days in days_in(each.kept(options, speak))),
    )


def severity_by_gate(severity: Mapping[Gate, Severity] | Severity) -> tuple[Severity, ...]:
    """One severity for each gate, in their order: that of the highest named gate which is reached."""
    if isinstance(severity, Severity):
        return (severity,) * len(_GATES)
    result, reached = [], Severity.OFF
    for gate in _GATES:
        reached = severity.get(gate, reached)
        result.append(reached)
    return tuple(result)


def _applies(setting: RuleSetting, facts: Mapping[str, Fact], options: Mapping[str, Any]) -> tree.Truth:
    rule = setting.rule
    terms = [
        _of_kinds(setting.kinds or rule.kinds, facts),
        tree.Surely(read(rule.when, facts, options) if rule.when else tree.Fixed(value=True)),
    ]
    if setting.exclude:
        terms.append(tree.Not(tree.Surely(read(setting.exclude, facts, options))))
    if setting.where:
        slices = tuple(_inside(each, facts) for each in setting.where)
        terms.append(slices[0] if len(slices) == 1 else tree.AnyOf(slices))
    return tree.both(*terms)


def _inside(part: Slice, facts: Mapping[str, Fact]) -> tree.Truth:
    def among(fact: str, values: tuple[str, ...]) -> tree.Truth:
        return tree.Surely(tree.Among(tree.Named(facts[fact]), values))

    return tree.both(*(among(*each) for each in part.only), *(tree.Not(among(*each)) for each in part.never))


def _of_kinds(kinds: tuple[Kind, ...], facts: Mapping[str, Fact]) -> tree.Truth:
    return tree.Among(tree.Named(facts["kind"]), tuple(kind.value for kind in kinds)) if kinds else tree.Fixed(value=True)


def _matters(severities: tuple[Severity, ...], facts: Mapping[str, Fact]) -> tree.Truth:
    """At which gates a flaw is reported at all; a gate that was not seen leaves it open."""
    reported = tuple(gate.value for gate, severity in zip(_GATES, severities, strict=True) if severity is not Severity.OFF)
    if len(reported) == len(_GATES) or "gate" not in facts:
        return tree.Fixed(value=bool(reported))
    return tree.Among(tree.Named(facts["gate"]), reported) if reported else tree.Fixed(value=False)
