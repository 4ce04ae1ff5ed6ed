"""
One feature without a theme may be right; a third of all work without one says that strategy and work have parted, and nobody decided
that.

Strategic alignment is the share of the work under way that serves a strategic theme, its own or one above it: features that are
worked on, weighed by their points, or those of their stories; where none has any, each the same. The same is asked of the money: what
open epics from ready on are expected to cost. Keeping the lights on (work class maintenance) is left out of both.

How to fix: link the themes of the features and epics that are named, or ask whether they should be done.

Known false positives: work just begun on few features (`min_features`, `min_epics`). While the organisation names no themes and no item
carries one, the rule is not evaluable.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Stage, WorkClass
from safesync.model.organisation import Organisation
from safesync.rules.examples import bad, epic, feature, good, story, unknown
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_SUBJECT = "group:alignment:portfolio"


class Options(RuleOptions):
    """How much has to serve a theme."""

    min_alignment: float = Field(default=80, ge=0, le=100, description="Lowest share of work and of cost that serves a theme, in percent.")
    min_features: int = Field(default=5, ge=1, description="Fewer features at work than this say nothing.")
    min_epics: int = Field(default=5, ge=1, description="Fewer epics with a cost than this say nothing.")


def _works(count: int, without: int = 0, **fields: Any) -> tuple[Item, ...]:
    """As many active features, the last of them without a theme."""
    themes = [("trust",)] * (count - without) + [()] * without
    return tuple(feature(100 + at, stage=Stage.IN_PROGRESS, themes=theme, **fields) for at, theme in enumerate(themes))


def _costs(count: int, without: int = 0, cost: float = 10.0) -> tuple[Item, ...]:
    themes = [("trust",)] * (count - without) + [()] * without
    return tuple(epic(200 + at, cost_estimate=cost, themes=theme) for at, theme in enumerate(themes))


_NO_THEMES = Organisation()

RULE = Rule(
    code="PF311",
    name="spend-without-theme",
    level=Level.PORTFOLIO,
    judges=Group.ALIGNMENT,
    source="SAFe, Strategic Themes: they guide portfolio spending; the share by SafeSync",
    options=Options,
    when="features >= :min_features OR epics >= :min_epics",
    flaw="features >= :min_features AND aligned_share < :min_alignment OR epics >= :min_epics AND aligned_cost_share < :min_alignment",
    severity=Severity.WARNING,
    remedy="Link the themes of the features and epics named here, or ask whether they should be done.",
    evidence="Serves a strategic theme (at least {min_alignment} %)",
    figures=(
        "{aligned_share} % of the work on {features} features",
        "{aligned_cost_share} % of the cost of {epics} epics",
    ),
    numbers=(
        ("Work", "{aligned_weight} of {weight} ({weighed_by}): {by_theme}"),
        ("Heaviest without a theme", "{contributors}"),
        ("Cost", "{cost}: {cost_by_theme}"),
        ("Most expensive without a theme", "{costly}"),
    ),
    examples=(
        bad("two of five", *_works(5, without=2), subject=_SUBJECT),
        bad(
            "one that outweighs four",
            *_works(4, points=1.0),
            feature(9, stage=Stage.IN_PROGRESS, points=2.0),
            subject=_SUBJECT,
        ),
        bad("the money goes elsewhere", *_costs(5, without=2), subject=_SUBJECT),
        bad("the share is the organisation's", *_works(10, without=1), subject=_SUBJECT, options={"min_alignment": 91}),
        good("four of five", *_works(5, without=1), subject=_SUBJECT),
        good(
            "the theme of the epic above",
            *_works(4),
            feature(9, stage=Stage.VALIDATING, parent="jira:3"),
            epic(themes=("trust",)),
            subject=_SUBJECT,
        ),
        good(
            "a small one, by the points of its story",
            *_works(4, points=5.0),
            feature(9, stage=Stage.IN_PROGRESS),
            story(parent="jira:9"),
            subject=_SUBJECT,
        ),
        good("four of five epics", *_costs(5, without=1), subject=_SUBJECT),
        good("keeping the lights on", *_works(5), feature(9, stage=Stage.IN_PROGRESS, work_class=WorkClass.MAINTENANCE), subject=_SUBJECT),
        good("four features say nothing", *_works(4, without=4), *_costs(5), subject=_SUBJECT),
        unknown(
            "nobody works with themes",
            *(feature(n, stage=Stage.IN_PROGRESS) for n in range(10, 15)),
            subject=_SUBJECT,
            organisation=_NO_THEMES,
        ),
    ),
    cases=(
        bad("half a percent too little", *_works(4, points=39.75), feature(9, stage=Stage.IN_PROGRESS, points=41.0), subject=_SUBJECT),
        good("four epics say nothing", *_works(5), *_costs(4, without=4), subject=_SUBJECT),
        good("a tenth, where it may be so", *_works(10, without=1), subject=_SUBJECT, options={"min_alignment": 90}),
        good("what is not begun has no weight", *_works(5), *(feature(n) for n in range(10, 15)), subject=_SUBJECT),
        good("epics in the funnel cost nothing yet", *_costs(5), epic(9, cost_estimate=90.0, stage=Stage.FUNNEL), subject=_SUBJECT),
    ),
)
