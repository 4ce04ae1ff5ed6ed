"""
Security, performance and audit limits hold for every feature, and nobody writes them into each of them: SAFe keeps nonfunctional
requirements as constraints that backlog items are linked to. A feature without such a link is built by people who do not know them.

We look at open features and epics in projects where at least three items are linked to constraints, so where there is something to
link and somebody does.

How to fix: link the nonfunctional requirements that apply. Where none does, say so with the label `nfr-none`.

Known false positives: constraints that stand only in a text. Restrict the rule with `exclude` to the solutions that have a
catalogue of nonfunctional requirements.
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Kind, Link, Relation, Stage
from safesync.rules.examples import bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule

_LINKED = tuple(feature(number, links=(Link(Relation.CONSTRAINED_BY, "jira:90"),)) for number in (9, 10, 11))

RULE = Rule(
    code="CP608",
    name="feature-without-constraint",
    level=Level.COMPLIANCE,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Nonfunctional Requirements: constraints on backlog items, not items themselves",
    when="open AND nfr_practice",
    flaw="constraint_links = 0 AND NOT has_label('nfr-none')",
    severity=Severity.INFO,
    remedy="Link the nonfunctional requirements that apply.",
    evidence="Links to constraints: {constraint_links}; others in this project have some.",
    examples=(
        bad("others have constraints", feature(), *_LINKED),
        bad("an epic", epic(), *_LINKED),
        bad("a capability", capability(), *_LINKED),
        good("done", feature(stage=Stage.DONE), *_LINKED),
        good("nobody here links constraints", feature()),
        good("it has one itself", *_LINKED),
        good("two links are no practice yet", feature(), *_LINKED[:2]),
        good("somebody thought about it", feature(labels=("nfr-none",)), *_LINKED),
    ),
)
