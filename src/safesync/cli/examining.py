"""Examines trackers side by side: none waits for another, and one that is not there is told within seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from safesync import wiring
from safesync.cli.door import defect
from safesync.configuration.model import AzureTracker, Configuration, JiraTracker
from safesync.connectors.inspection import Inspection, Inspector
from safesync.connectors.port import Identity, Page, TokenLife
from safesync.jobs.concern import Concern
from safesync.jobs.health import Patient, concerns
from safesync.model.errors import SafeSyncError
from safesync.rules.examples import facts_of

PATIENCE_S = 10.0
"""Who does not say in this time who we are, is taken for unreachable."""
_LOOKING_S = 300.0
_SOON_DAYS, _VERY_SOON_DAYS = 30, 7


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token's end: ``grave`` when it is over, ``worrying`` when it is near."""

    sentence: str
    expires_on: date | None = None
    worrying: bool = False
    grave: bool = False


@dataclass(slots=True)
class Examination:
    """What is known of one tracker so far; the thread that examines it fills it in."""

    part: JiraTracker | AzureTracker
    inspector: Inspector
    token: Token
    identity: Identity | None = None
    found: Inspection | None = None
    page: Page | None = None
    concerns: tuple[Concern, ...] = ()
    error: str | None = None
    unexamined: str | None = None
    """Why the mapping could not be looked at, where who we are was told all the same."""
    identified: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def failed(self) -> bool:
        """Whether a run could do nothing with this tracker, or soon will not."""
        return self.error is not None or self.token.grave


def examined(configuration: Configuration, today: date) -> tuple[Examination, ...]:
    """All trackers of a configuration, in its order."""
    examinations = tuple(
        Examination(part, inspector, token_of(part.auth.expires_on, today))
        for part, inspector in zip(configuration.trackers, wiring.inspectors(configuration), strict=True)
    )
    begin = time.monotonic()
    for each in examinations:
        # A thread that hangs in a call must not keep the process alive.
        threading.Thread(target=_examine, args=(each, today), daemon=True, name=f"examine {each.part.name}").start()
    for each in examinations:
        _awaited(each, begin)
    _with_concerns(examinations, configuration)
    return examinations


def token_of(expires_on: date | None, today: date, told: TokenLife | None = None) -> Token:
    """What to say of a token's end: as the tracker tells it, else as somebody wrote it down."""
    if told is not None:
        sure = "" if told.alone else " (of several tokens of the account, the one that was used last)"
        if told.ends_on is None:
            return Token(f"it does not end, as the tracker says{sure}")
        said = token_of(told.ends_on, today)
        return replace(said, sentence=f"{said.sentence}; the tracker says so{sure}", grave=False)
    if expires_on is None:
        return Token("its end is not known; write it down as auth.expires_on, and it is told in time")
    days = (expires_on - today).days
    if days < 0:
        return Token(f"ended on {expires_on} by auth.expires_on: make a new one, and correct the date", expires_on, grave=True)
    words = f"ends on {expires_on}, in {days} {'day' if days == 1 else 'days'}"
    if days <= _VERY_SOON_DAYS:
        return Token(f"{words}: make a new one now", expires_on, worrying=True)
    return Token(f"{words}: make a new one soon" if days <= _SOON_DAYS else words, expires_on, worrying=days <= _SOON_DAYS)


def _examine(each: Examination, today: date) -> None:
    try:
        each.identity = each.inspector.identify()
        if each.identity.token is not None:
            each.token = token_of(None, today, each.identity.token)
        each.identified.set()
        each.found = each.inspector.inspect()
        each.page = each.inspector.rehearse(each.part.mapping)
    except SafeSyncError as error:
        _note(each, str(error))
    except Exception as error:  # noqa: BLE001 - one tracker's defect must not hide what the others say
        _note(each, "; ".join(defect(error)))
    finally:
        each.identified.set()
        each.ended.set()
        each.inspector.close()


def _note(each: Examination, sentence: str) -> None:
    if each.identity is None:
        each.error = sentence
    else:
        each.unexamined = sentence


def _awaited(each: Examination, begin: float) -> None:
    if not each.identified.wait(max(0.0, begin + PATIENCE_S - time.monotonic())):
        each.error = f"{each.part.url} did not answer within {PATIENCE_S:.0f} s. Check the address, the proxy and the network."
        return
    if not each.ended.wait(max(0.0, begin + _LOOKING_S - time.monotonic())):
        each.unexamined = f"looking at its items took longer than {_LOOKING_S:.0f} s and was given up"


def _with_concerns(examinations: Sequence[Examination], configuration: Configuration) -> None:
    """Last, because one tracker may tell the train of a team that works in another."""
    around = {each.part.name: each.page.surroundings for each in examinations if each.page}
    teams = tuple(team for each in around.values() if each for team in each.teams)
    for each in examinations:
        if each.found and each.page:
            own = around[each.part.name]
            boxes = (own.iterations, own.intervals) if own else ((), ())
            patient = Patient(each.found, each.part.mapping, facts_of(each.page.items), *boxes, teams, configuration.as_organisation())
            each.concerns = concerns(patient)
