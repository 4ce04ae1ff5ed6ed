"""What looks wrong at Meridian and is not: a rule that finds one of these is wrong itself."""

from __future__ import annotations

from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT
from safesync.connectors.sandbox.meridian.draft import Draft, journey
from safesync.connectors.sandbox.meridian.flaws import epics, features, stories
from safesync.connectors.sandbox.meridian.prose import Prose, bullets, says, section
from safesync.connectors.sandbox.meridian.topics import THEMES
from safesync.connectors.sandbox.meridian.work import Home, Touch, Work
from safesync.model.item import Kind, Stage, WorkClass

_R, _P, _V, _A, _F, _D = Stage.READY, Stage.IN_PROGRESS, Stage.VALIDATING, Stage.ANALYSIS, Stage.FUNNEL, Stage.DONE
_EXACT: tuple[Prose, ...] = (
    says("HTTP 403 for guests"),
    says("Only users of the finance group see the menu entry"),
    bullets("The button reads “Pay now”", "Fast: the answer comes in under 300 ms"),
    says("Given a paid order, when the customer cancels it, then the refund is created within one minute"),
    says("AC1: The list shows only active customers", "AC2: Deleted customers are greyed out"),
    says("Gegeben sei ein angemeldeter Kunde", "Wenn er sein Passwort ändert", "Dann erhält er eine Bestätigungsmail"),
    says("Étant donné un client connecté", "Quand il modifie son mot de passe", "Alors un e-mail de confirmation est envoyé"),
)
_VAGUE = says("works as expected")


def place(draft: Draft) -> None:
    """Place every near miss, each on an item of its own."""
    _about_criteria(draft)
    _about_estimates(draft)
    _about_flow(draft)
    _about_epics(draft)
    _about_features(draft)
    _about_parents(draft)
    _about_dependencies(draft)
    _hostile(draft)


def _about_criteria(draft: Draft) -> None:
    for work, acceptance in zip(draft.take(len(_EXACT), stories(_R, _P)), _EXACT, strict=True):
        draft.change(work, acceptance=acceptance)
        draft.missed("TM102", work, "short, but exact")
    for work in draft.take(2, stories(_F, _A, iteration=None)):
        draft.change(work, acceptance=_VAGUE)
        draft.missed("TM102", work, "weak, but only an idea in the backlog")
    for work in draft.take(2, stories(_D, iteration="26.4.2")):
        draft.change(work, acceptance=())
        draft.missed("TM101", work, "without criteria, but done")
    for work in draft.take(2, stories(Stage.CANCELLED)):
        draft.change(work, acceptance=says("TBD"))
        draft.missed("TM101", work, "without criteria, but cancelled")
    for work in draft.take(1, features(Home.AZURE, _F)):
        draft.change(work, acceptance=_VAGUE)
        draft.missed("TM102", work, "a weak feature, but only an idea")
    for work in draft.take(2, lambda work: work.kind is Kind.BUG and work.stage is _R):
        draft.change(work, acceptance=())
        draft.missed("TM101", work, "a bug needs no criteria")
    for work in draft.take(2, lambda work: work.kind is Kind.STORY and work.open and not work.acceptance):
        draft.missed("TM101", work, "the criteria stand in the description")


def _about_estimates(draft: Draft) -> None:
    for work in draft.take(3, stories(_R, iteration="26.4.4")):
        draft.change(work, points=0.0)
        draft.missed("TM105", work, "0 points are an estimate")
    for work in draft.take(2, stories(_F, _A, iteration=None)):
        draft.change(work, points=None)
        draft.missed("TM105", work, "an idea in the backlog need not be estimated")
    for work in draft.take(1, stories(_D, iteration="26.4.1")):
        draft.change(work, points=None)
        draft.missed("TM105", work, "never estimated, but done")


def _about_flow(draft: Draft) -> None:
    just = draft.calendar.just_now()
    for work in draft.take(1, stories(_P)):
        moves = (*journey(_R, work.created_at, draft.calendar.at(5), work.author), *journey(_P, just, just, work.author)[-1:])
        draft.change(work, owner=None, moves=moves, touches=())
        draft.missed("TM107", work, "nobody owns it yet, but it was started today")
    for work in draft.take(1, stories(_R, iteration="26.4.3")):
        draft.change(work, owner=None)
        draft.missed("TM107", work, "nobody owns it, but nobody started it")
    for work in draft.take(1, stories(_V)):
        by = work.owner or work.author
        draft.change(work, moves=journey(_V, work.created_at, draft.calendar.at(9, 16), by), touches=(), remarks=())
        draft.missed("TM108", work, "quiet for nine days, but in review, which may take ten working days")
    for work in draft.take(1, features(Home.AZURE, _P)):
        by = work.owner or work.author
        draft.change(work, moves=journey(_P, work.created_at, draft.calendar.at(20), by), touches=(Touch(draft.calendar.at(9, 16), by),))
        draft.missed("TM108", work, "quiet for nine days, but a feature may be for ten working days")
    for work in draft.take(2, stories(_R, _P, _V, iteration="26.4.3")):
        draft.change(work, iterations=("26.4.2", "26.4.3"))
        draft.missed("TM111", work, "carried over: also in the running iteration")
    for work in draft.take(2, stories(Stage.CANCELLED)):
        draft.missed("TM111", work, "its iteration is over, but it was cancelled")


def _about_epics(draft: Draft) -> None:
    for work in draft.take(2, epics(Home.AZURE, _F)):
        draft.change(work, owner=None, themes=(), business_value=None, job_size=None)
        for code in ("PF301", "PF305", "PG203"):
            draft.missed(code, work, "an epic in the funnel need not have it")
    for work in draft.take(1, lambda work: epics(Home.CARDS, _P)(work) and work.work_class is WorkClass.MAINTENANCE):
        draft.change(work, themes=())
        draft.missed("PF305", work, "keeping the lights on needs no theme")
    for work in draft.take(1, epics(Home.AZURE, _D)):
        draft.change(work, owner=None)
        draft.missed("PF301", work, "nobody owns it, but it is done")


def _about_features(draft: Draft) -> None:
    enablers = [
        *draft.take(1, features(Home.AZURE, _R, _P, of=WorkClass.ENABLER)),
        *draft.take(1, features(Home.CARDS, _R, _P, of=WorkClass.ENABLER)),
    ]
    for work in enablers:
        draft.change(work, benefit=())
        draft.missed("PG202", work, "an enabler needs no benefit hypothesis")
    for work in draft.take(2, features(Home.AZURE, _R, of=WorkClass.COMPLIANCE)):
        draft.change(work, benefit=())
        draft.missed("PG202", work, "for compliance the obligation is reason enough")
    for work in draft.take(1, features(Home.AZURE, _F, of=WorkClass.FEATURE)):
        draft.change(work, benefit=(), parent=None, themes=(THEMES[0],), time_criticality=None)
        for code in ("PG202", "PG203"):
            draft.missed(code, work, "an idea in the funnel need not have it")
    for work in draft.take(1, features(Home.AZURE, _A, _P, of=WorkClass.FEATURE)):
        draft.change(work, benefit=(), description=(*work.description, *section("Benefit hypothesis", work.benefit)))
        draft.missed("PG202", work, "the benefit stands in the description")
    for work in draft.take(2, features(Home.AZURE, _R, interval=NEXT, of=WorkClass.COMPLIANCE)):
        draft.change(work, business_value=0.0, risk_reduction=0.0, time_criticality=13.0)
        draft.missed("PG203", work, "regulatory: no business value, but time critical")
    for work in draft.take(1, features(Home.AZURE, _P, interval=CURRENT)):
        draft.change(work, business_value=None, time_criticality=None)
        draft.missed("PG203", work, "not scored, but long decided: it is under way")
    chosen = [*draft.take(1, features(Home.AZURE, _R, _P)), *draft.take(2, features(Home.CARDS, _R, _P))]
    for n, work in enumerate(chosen):
        draft.change(work, parent=None, themes=(THEMES[n],))
        for code in ("LK702", "PF305"):
            draft.missed(code, work, "no epic above it, but a theme of its own")


def _about_parents(draft: Draft) -> None:
    for work in draft.take(2, lambda work: work.home is Home.PAY and stories(_R)(work)):
        draft.missed("LK701", work, "its feature stands in the other tracker")
    for work in draft.take(1, lambda work: work.home is Home.PAY and stories(_R)(work)):
        parent = draft.works[work.parent or ""]
        draft.change(work, parent=None, work_class=parent.work_class, foreign_parent="Payments Archive/40417")
        draft.missed("LK701", work, "its feature stands where SafeSync may not look")
    for work in draft.take(1, stories(_D, iteration="26.4.1")):
        parent = draft.works[work.parent or ""]
        draft.change(work, parent=None, work_class=parent.work_class)
        draft.missed("LK701", work, "no feature above it, but done")
    for parent in draft.take(1, features(Home.AZURE, _D)):
        bug = draft.take(1, lambda work: work.home is Home.PAY and work.kind is Kind.BUG and work.stage is _A)[0]
        draft.change(bug, parent=parent.handle)
        draft.missed("LK706", parent, "only a bug below it is open")
    for parent in draft.take(1, lambda work: features(Home.AZURE, _V)(work) and any(child.open for child in draft.children(work))):
        moves = (*parent.moves, *journey(_D, parent.created_at, draft.calendar.just_now(), parent.author)[-1:])
        draft.change(parent, stage=_D, moves=moves)
        draft.missed("LK706", parent, "open work below it, but it was closed today")
    for parent in draft.take(1, features(Home.AZURE, _D, interval=CURRENT)):
        child = draft.take(1, lambda work: work.home is Home.PAY and work.kind is Kind.STORY and work.stage is Stage.CANCELLED)[0]
        draft.change(child, parent=parent.handle)
        draft.missed("LK706", parent, "what is not finished below it was cancelled")


def _about_dependencies(draft: Draft) -> None:
    pairs: list[tuple[Work, Work, str]] = []
    for consumer, supplier in zip(
        draft.take(5, stories(_R, _A, iteration="27.1.2")), draft.take(5, stories(_R, _A, iteration="27.1.1")), strict=True
    ):
        pairs.append((consumer, supplier, "what it needs comes an iteration earlier"))
    for consumer, supplier in zip(
        draft.take(3, stories(_R, _A, iteration="26.4.4")), draft.take(3, stories(_D, iteration="26.4.3")), strict=True
    ):
        pairs.append((consumer, supplier, "what it needs is done"))
    for consumer, supplier in zip(draft.take(2, stories(_A, _R, iteration="27.1.3")), _current(draft, 2), strict=True):
        pairs.append((consumer, supplier, "the feature it needs in the other tracker ends an interval earlier"))
    for consumer, supplier in zip(_current(draft, 2), draft.take(2, stories(_D, iteration="26.4.2")), strict=True):
        pairs.append((consumer, supplier, "the story it needs in the other tracker is done"))
    for consumer, supplier in zip(_current(draft, 1, Home.CARDS), _current(draft, 1, Home.CARDS), strict=True):
        pairs.append((consumer, supplier, "both end with the same interval"))
    unplanned = draft.take(1, stories(_A, _R, iteration=None))
    for consumer, supplier in zip(draft.take(1, stories(_R, iteration="26.4.4")), unplanned, strict=True):
        pairs.append((consumer, supplier, "nobody knows yet when what it needs will end"))
    for consumer, supplier, why in pairs:
        draft.change(consumer, needs=(supplier.handle,))
        draft.missed("LK709", consumer, why)


def _current(draft: Draft, count: int, home: Home = Home.AZURE) -> list[Work]:
    return draft.take(count, features(home, _P, _R, _V, interval=CURRENT))


def _hostile(draft: Draft) -> None:
    """Text that must stay text, wherever it is shown."""
    for work in [*draft.take(1, stories(_A, iteration="27.1.3")), *draft.take(1, features(Home.AZURE, _F))]:
        title = "Refuse <script>alert('paid')</script> & {{7*7}} as a payment reference"
        draft.change(work, title=title, description=(*work.description, *says("Seen: <img src=x onerror=alert(1)> in the reference.")))
