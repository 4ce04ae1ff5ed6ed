"""What is wrong at Meridian: every flaw is planted here, on items that nothing else is planted on, and noted."""

from __future__ import annotations

from collections.abc import Callable

from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT, PAST
from safesync.connectors.sandbox.meridian.draft import Draft, journey
from safesync.connectors.sandbox.meridian.people import AUTOMATION
from safesync.connectors.sandbox.meridian.phrases import HEADING
from safesync.connectors.sandbox.meridian.prose import Prose, bullets, says, section
from safesync.connectors.sandbox.meridian.work import Home, Touch, Work
from safesync.model.item import Kind, Stage, WorkClass

Test = Callable[[Work], bool]
_NOTHING: tuple[tuple[Prose, Prose, str], ...] = (
    ((), (), "no criteria anywhere"),
    (says("TBD"), (), "TBD is no criterion"),
    ((), section(HEADING["en"], ()), "a heading with nothing below it"),
    (says("wird noch ergänzt"), (), "German for: to be added"),
    (says(""), (), "the field holds an empty paragraph"),
    (says("à définir"), (), "French for: to be defined"),
    (bullets("Criterion 1", "Criterion 2"), (), "an unfilled template"),
    ((), section(HEADING["de"], says("folgt")), "German for: will follow"),
    (says("Given [precondition], when [action], then [expected result]"), (), "an unfilled Gherkin template"),
    (says("N/A"), (), "not applicable is no criterion"),
    ((), (), "no criteria anywhere"),
    (says("see above"), (), "refers elsewhere"),
)
_WEAK: tuple[tuple[Prose, str], ...] = (
    (says("works as expected"), "a vague phrase only"),
    (says("funktioniert wie erwartet"), "a vague phrase only, in German"),
    (bullets("Fast", "User-friendly"), "two vague words"),
    (says("Done."), "one vague word"),
    (says("fonctionne correctement"), "a vague phrase only, in French"),
    (bullets("Works"), "one vague word in a list"),
    (bullets("The export is fast", "The page is user-friendly", "Guests get HTTP 403"), "two of three are vague"),
    (
        bullets(*(f"Screen {n} shows the amount and the value date of the order" for n in range(1, 13))),
        "twelve criteria are several stories",
    ),
)


def stories(*stages: Stage, iteration: str | None = "") -> Test:
    """Stories in these stages; in this iteration, ``None`` for in none, empty for wherever."""

    def fits(work: Work) -> bool:
        planned = work.iterations[-1] if work.iterations else None
        return work.kind is Kind.STORY and work.stage in stages and bool(work.acceptance) and iteration in {"", planned}

    return fits


def features(home: Home, *stages: Stage, interval: str | None = "", of: WorkClass | None = None) -> Test:
    """Features of a project in these stages, in this interval, of this class."""
    return lambda work: (
        work.kind is Kind.FEATURE
        and work.home is home
        and work.stage in stages
        and interval in {"", work.interval}
        and of in {None, work.work_class}
    )


def epics(home: Home, *stages: Stage) -> Test:
    """Epics of a project in these stages."""
    return lambda work: work.kind is Kind.EPIC and work.home is home and work.stage in stages


_R, _P, _V, _A, _F, _D = Stage.READY, Stage.IN_PROGRESS, Stage.VALIDATING, Stage.ANALYSIS, Stage.FUNNEL, Stage.DONE


def plant(draft: Draft) -> None:
    """Plant every flaw but those of groups: their numbers follow from the rest."""
    _epics_without_owner(draft)
    _epics_without_theme(draft)
    _done_above_open(draft)
    _scores_missing(draft)
    _benefit_missing(draft)
    _orphan_features(draft)
    _without_owner(draft)
    _stale(draft)
    _weak_criteria(draft)
    _late_dependencies(draft)
    _criteria_missing(draft)
    _unestimated(draft)
    _left_behind(draft)
    _orphan_stories(draft)


def _epics_without_owner(draft: Draft) -> None:
    for epic in [
        *draft.take(5, epics(Home.AZURE, _P, _A, _R)),
        *draft.take(3, lambda work: epics(Home.CARDS, _P, _A)(work) and _needs_a_theme(work)),
    ]:
        draft.change(epic, owner=None)
        draft.flawed("PF301", epic, f"nobody answers for an epic in stage {epic.stage}")


def _epics_without_theme(draft: Draft) -> None:
    chosen = [
        *draft.take(4, lambda work: epics(Home.AZURE, _P, _A)(work) and _needs_a_theme(work)),
        *draft.take(2, lambda work: epics(Home.CARDS, _P, _A)(work) and _needs_a_theme(work)),
    ]
    for epic in chosen:
        draft.change(epic, themes=())
        draft.flawed("PF305", epic, "an epic without a theme")


def _needs_a_theme(work: Work) -> bool:
    """Keeping the lights on needs no strategy."""
    return work.work_class is not WorkClass.MAINTENANCE


def _scores_missing(draft: Draft) -> None:
    gaps: tuple[dict[str, float | None], ...] = (
        {"business_value": None},
        {"time_criticality": None},
        {"job_size": None},
        {"risk_reduction": None, "job_size": None},
    )
    other = [
        *draft.take(2, epics(Home.AZURE, _R)),
        *draft.take(1, epics(Home.CARDS, _R)),
        *draft.take(4, features(Home.AZURE, _R, _A, interval=NEXT, of=WorkClass.FEATURE)),
        *draft.take(2, features(Home.CARDS, _R, interval=NEXT, of=WorkClass.FEATURE)),
        *draft.take(1, features(Home.CARDS, _R, interval=None)),
    ]
    for n, work in enumerate(other):
        gap = gaps[n % len(gaps)]
        draft.change(work, **gap)
        draft.flawed("PG203", work, "missing: " + ", ".join(gap))
    for work in draft.take(2, features(Home.AZURE, _R, interval=NEXT, of=WorkClass.COMPLIANCE)):
        draft.change(work, business_value=8.0, time_criticality=0.0, risk_reduction=0.0)
        draft.flawed("PG203", work, "regulatory, yet neither time criticality nor risk reduction is above 0")


def _benefit_missing(draft: Draft) -> None:
    chosen = [
        *draft.take(3, features(Home.AZURE, _P, interval=CURRENT, of=WorkClass.FEATURE)),
        *draft.take(2, features(Home.AZURE, _R, interval=NEXT, of=WorkClass.FEATURE)),
        *draft.take(2, features(Home.AZURE, _A, interval=None, of=WorkClass.FEATURE)),
        *draft.take(2, features(Home.CARDS, _P, _R, interval=CURRENT, of=WorkClass.FEATURE)),
        *draft.take(1, features(Home.CARDS, _A, interval=None, of=WorkClass.FEATURE)),
    ]
    for n, feature in enumerate(chosen):
        draft.change(feature, benefit=says("tbd") if n % 3 == 1 else ())
        draft.flawed("PG202", feature, "the benefit is a placeholder" if n % 3 == 1 else "no benefit hypothesis anywhere")


def _orphan_features(draft: Draft) -> None:
    wanted = (
        (2, features(Home.AZURE, _R, interval=NEXT)),
        (2, features(Home.AZURE, _P, interval=CURRENT)),
        (1, features(Home.AZURE, _R, interval=None)),
        (2, features(Home.CARDS, _R, _P)),
    )
    both = [work for count, fits in wanted for work in draft.take(count, lambda work, fits=fits: fits(work) and _needs_a_theme(work))]  # type: ignore[misc]
    for feature in both:
        draft.change(feature, parent=None, themes=())
        draft.flawed("LK702", feature, "neither an epic above it nor a theme")
        draft.flawed("PF305", feature, "neither a theme nor an epic that has one")
    for feature in draft.take(1, features(Home.AZURE, _A, interval=None)):
        draft.change(feature, parent=None, themes=())
        draft.flawed("PF305", feature, "neither a theme nor an epic that has one; an idea under analysis, so not yet an orphan")


def _done_above_open(draft: Draft) -> None:
    for home, count in ((Home.AZURE, 5), (Home.CARDS, 3)):
        for parent in draft.take(count, features(home, _D)):
            place = Home.PAY if home is Home.AZURE else home
            child = draft.take(1, lambda work, place=place, kind=parent.work_class: _movable(draft, work, place, kind))[0]  # type: ignore[misc]
            draft.change(child, parent=parent.handle)
            draft.flawed("LK706", parent, f"{child.key} below it is still open")
    for home in (Home.AZURE, Home.CARDS):
        epic = draft.take(1, epics(home, _D))[0]
        child = draft.take(1, features(home, _A, interval=None, of=epic.work_class))[0]
        draft.change(child, parent=epic.handle)
        draft.flawed("LK706", epic, f"{child.key} below it is still open")


def _movable(draft: Draft, work: Work, home: Home, work_class: WorkClass | None) -> bool:
    """Whether an open story may move below another feature of this class without changing what its points count as."""
    if work.kind is not Kind.STORY or work.home is not home or work.stage not in {_R, _A} or not work.parent:
        return False
    return draft.works[work.parent].work_class is work_class


def _without_owner(draft: Draft) -> None:
    bugs = draft.take(2, lambda work: work.kind is Kind.BUG and work.active)
    chosen = [*draft.take(4, stories(_P, _V)), *bugs, *draft.take(4, features(Home.AZURE, _P, _V))]
    for work in chosen:
        draft.change(work, owner=None)
        draft.flawed("TM107", work, "under way for days, owned by nobody")


def _stale(draft: Draft) -> None:
    bug = draft.take(1, lambda work: work.kind is Kind.BUG and work.stage is _P)
    for n, work in enumerate([*draft.take(4, stories(_P)), *bug]):
        by = work.owner or work.author
        touches = (Touch(draft.calendar.at(22, 16), by), *((Touch(draft.calendar.at(1), AUTOMATION),) if n == 0 else ()))
        draft.change(work, moves=journey(_P, work.created_at, draft.calendar.at(24), by), touches=touches, remarks=())
        draft.flawed("TM108", work, "only a machine touched it" if n == 0 else "in progress, and nobody touched it for three weeks")
    for work in draft.take(1, stories(_V)):
        by = work.owner or work.author
        draft.change(
            work, moves=journey(_V, work.created_at, draft.calendar.at(30), by), touches=(), remarks=(), iterations=work.iterations[-1:]
        )
        draft.flawed("TM108", work, "in review, and nobody touched it for a month")
    for work in draft.take(4, features(Home.AZURE, _P)):
        by = work.owner or work.author
        draft.change(work, moves=journey(_P, work.created_at, draft.calendar.at(35), by), touches=(Touch(draft.calendar.at(31), by),))
        draft.flawed("TM108", work, "a feature in progress that nobody touched for a month")


def _weak_criteria(draft: Draft) -> None:
    chosen = [
        *draft.take(3, stories(_R, iteration="26.4.4")),
        *draft.take(2, stories(_P, _R, iteration="26.4.3")),
        *draft.take(2, stories(_R, iteration=None)),
        *draft.take(1, stories(_R, iteration="27.1.1")),
        *draft.take(2, features(Home.AZURE, _R, _P, interval=CURRENT)),
        *draft.take(2, features(Home.AZURE, _R, interval=NEXT)),
    ]
    for n, work in enumerate(chosen):
        acceptance, why = _WEAK[n % len(_WEAK)]
        draft.change(work, acceptance=acceptance)
        draft.flawed("TM102", work, why)


def _late_dependencies(draft: Draft) -> None:
    near = draft.take(5, stories(_R, iteration="26.4.4"))
    far = draft.take(5, stories(_R, _A, iteration="27.1.1"))
    near += draft.take(3, stories(_R, iteration="26.4.4"))
    far += draft.take(3, features(Home.AZURE, _R, _A, interval=NEXT, of=WorkClass.ENABLER))
    near += draft.take(5, features(Home.AZURE, _P, _R, interval=CURRENT))
    far += draft.take(3, features(Home.AZURE, _R, _A, interval=NEXT))
    far += draft.take(2, stories(_R, _A, iteration="27.1.2"))
    for consumer, supplier in zip(near, far, strict=True):
        draft.change(consumer, needs=(supplier.handle,))
        draft.flawed("LK709", consumer, f"needs {supplier.key}, which comes an interval later")


def _criteria_missing(draft: Draft) -> None:
    chosen = [
        *draft.take(3, stories(_P, _R, iteration="26.4.3")),
        *draft.take(3, stories(_R, _A, iteration="26.4.4")),
        *draft.take(2, stories(_R, _A, iteration="27.1.1")),
        *draft.take(2, stories(_R, iteration=None)),
        *draft.take(2, stories(_F, _A, iteration=None)),
    ]
    for n, work in enumerate(chosen):
        _strip(draft, work, n)


def _strip(draft: Draft, work: Work, n: int) -> None:
    acceptance, extra, why = _NOTHING[n]
    draft.change(work, acceptance=acceptance, description=(*work.description, *extra))
    draft.flawed("TM101", work, why)


def _unestimated(draft: Draft) -> None:
    chosen = [
        *draft.take(3, stories(_R, iteration=None)),
        *draft.take(3, stories(_R, iteration="26.4.4")),
        *draft.take(1, stories(_P, _R, _V, iteration="26.4.3")),
        *draft.take(2, stories(_R, iteration="27.1.1")),
    ]
    for work in chosen:
        draft.change(work, points=None)
        draft.flawed("TM105", work, "ready or planned, and not estimated")


def _left_behind(draft: Draft) -> None:
    chosen = [*draft.take(6, stories(_R, _P, iteration="26.4.3")), *draft.take(3, stories(_R, iteration="26.4.4"))]
    for n, work in enumerate(chosen):
        iteration, interval = ("26.3.4", PAST) if n == 0 else ("26.4.1", CURRENT) if n % 4 == 3 else ("26.4.2", CURRENT)
        draft.change(work, iterations=(iteration,), interval=interval)
        draft.flawed("TM111", work, f"open, though {iteration} is over")
    for work in chosen[-2:]:
        draft.change(work, points=None)
        draft.flawed("TM105", work, "left behind, and not estimated either")


def _orphan_stories(draft: Draft) -> None:
    chosen = [
        *draft.take(3, stories(_R, _A, iteration="27.1.1")),
        *draft.take(3, stories(_A, _R, iteration="27.1.2")),
        *draft.take(2, stories(_R, iteration="26.4.4")),
        *draft.take(3, stories(_A, _R, _F, iteration=None)),
    ]
    for n, work in enumerate(chosen):
        parent = draft.works[work.parent or ""]
        draft.change(work, parent=None, work_class=parent.work_class)
        draft.flawed("LK701", work, "no feature above it")
        if n % 5 == 4:
            _strip(draft, draft.works[work.handle], n % 7)
