"""Bad days, on purpose: how often which kind of fault comes by itself, so that one can rehearse what happens then."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import Response

from safesync.connectors.sandbox.faults import ALWAYS, REASONS, Fault, Kind, kinds
from safesync.model.errors import ConfigurationError
from safesync.rules.condition.slips import nearest


@dataclass(frozen=True, slots=True)
class Word:
    """What can be asked for: what it means, in which bounds, and whether it is a share of all requests."""

    meaning: str
    least: float
    most: float
    share: bool = False
    whole: bool = False


MOST_SHARES = 0.9
"""How much of all requests may go wrong: what is asked for again and again must get through some time."""
WORDS: Mapping[str, Word] = {
    "lag": Word("seconds until searches and queries see a change", 0, 3600),
    "throttle": Word(
        "share of requests that are told to slow down: 429 in every form, and Retry-After on a good answer", 0, 0.9, share=True
    ),
    "errors": Word("share that fail with 500, 502, 503 or 504, some of them after the work was done", 0, 0.9, share=True),
    "resets": Word("share whose connection is reset, half of them after the work was done", 0, 0.9, share=True),
    "cuts": Word("share whose answer breaks off, or comes without a body", 0, 0.9, share=True),
    "html": Word("share answered with a page for people, to sign in or about maintenance, or called text/html", 0, 0.9, share=True),
    "slow": Word("share of answers that take `delay` seconds", 0, 0.9, share=True),
    "wait": Word("seconds that a throttled caller is asked to wait", 1, 600, whole=True),
    "delay": Word("seconds that a slow answer takes", 0, 600),
    "expire": Word("requests to each tracker after which the credentials are not known any more; 0 for never", 0, 1_000_000, whole=True),
    "seed": Word("another number is another bad day; the same one is the same again", 0, 2**31, whole=True),
}

_THROTTLED = ("throttled", "throttled-date", "delayed")
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "throttle": (*_THROTTLED, *REASONS, "throttled-bucket", "throttled-resource"),
    "errors": (
        "bad-gateway",
        "unavailable",
        "unavailable-wait",
        "gateway-timeout",
        "gateway-timeout-after",
        "server-error",
        "server-error-after",
    ),
    "resets": ("reset-before", "reset-after"),
    "cuts": ("short-body", "cut-json", "empty-body"),
    "html": ("html", "sign-in-page", "sign-in-page-203", "sign-in-redirect", "wrong-type"),
    "slow": ("slow",),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    What goes wrong by itself: the words of ``WORDS``.

    Whether a request is hit depends on the seed, its method and path, and on how many like it came before; not on the
    time, nor on the order in which several threads ask.
    """

    lag: float = 0.0
    throttle: float = 0.0
    errors: float = 0.0
    resets: float = 0.0
    cuts: float = 0.0
    html: float = 0.0
    slow: float = 0.0
    wait: int = 1
    delay: float = 3.0
    expire: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))
        total = sum(getattr(self, name) for name in _CLASSES)
        if total > MOST_SHARES + 1e-9:
            raise ConfigurationError(
                f"trouble: {total:g} of all requests would go wrong; at most {MOST_SHARES:g} may, or nothing gets done"
            )

    def __str__(self) -> str:
        shown = (f"{field.name}={getattr(self, field.name):g}" for field in fields(self) if getattr(self, field.name) != field.default)
        return ",".join(shown) or "none"

    def faults(self, tracker: str, *, cloud: bool = True) -> tuple[Fault, ...]:
        """Itself as faults for ``"jira"`` or ``"azure"``, in the ways of the cloud or of what companies run themselves; not the lag."""
        luck = _Luck(self, tracker, cloud=cloud)
        expiry = Fault(luck.has_expired, "before", luck.kinds["expired"].act, ALWAYS)
        return (expiry, Fault(luck.hits_before, "before", _befalls, ALWAYS), Fault(luck.hits_after, "after", _befalls, ALWAYS))


def read_trouble(text: str) -> Trouble:
    """The words of ``lag=30,throttle=0.1``; ``ConfigurationError`` says all that is wrong with them."""
    given: dict[str, float] = {}
    wrong: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, number = (each.strip() for each in part.partition("="))
        if name not in WORDS:
            wrong.append(f"trouble: there is no '{name}'{nearest(name, list(WORDS))}; there are {', '.join(WORDS)}")
        elif name in given:
            wrong.append(f"trouble: '{name}' is given twice")
        else:
            try:
                given[name] = _number(name, number if sign else "")
            except ConfigurationError as error:
                wrong.append(str(error))
    if wrong:
        raise ConfigurationError(*wrong)
    return Trouble(**given)  # type: ignore[arg-type]


def _number(name: str, text: str) -> float:
    word = WORDS[name]
    try:
        value: float = int(text) if word.whole else float(text)
    except ValueError:
        kind = "a whole number" if word.whole else "a number"
        raise ConfigurationError(f"trouble: '{name}' wants {kind}, as in {name}={_example(word)}, not '{text}'") from None
    _check(name, value)
    return value


def _example(word: Word) -> str:
    return "0.1" if word.share else "7" if word.whole else "30"


def _check(name: str, value: float) -> None:
    word = WORDS[name]
    if not word.least <= value <= word.most:
        what = "a share of all requests, between 0 and 0.9" if word.share else f"between {word.least:g} and {word.most:g}"
        raise ConfigurationError(f"trouble: '{name}' is {what}, not {value:g}")


class _Luck:
    """Decides about each request, and remembers how many like it there were."""

    def __init__(self, trouble: Trouble, tracker: str, *, cloud: bool) -> None:
        self.kinds = kinds(trouble.wait, trouble.delay)
        self._trouble = trouble
        self._tracker = tracker
        self._offered = {
            name: tuple(self.kinds[each] for each in offered if _happens(self.kinds[each], tracker, cloud=cloud))
            for name, offered in _CLASSES.items()
        }
        self._lock = threading.Lock()
        self._asked = 0
        self._like: Counter[tuple[str, str]] = Counter()

    def has_expired(self, _request: Request) -> bool:
        """Whether so many requests came already that the token is not known any more."""
        with self._lock:
            self._asked += 1
            return 0 < self._trouble.expire < self._asked

    def hits_before(self, request: Request) -> bool:
        """Whether the request is not to be carried out; remembers what befalls it."""
        request.state.befalls = kind = self._drawn(request)
        return kind is not None and kind.when == "before"

    def hits_after(self, request: Request) -> bool:
        """Whether its answer is to suffer."""
        kind: Kind | None = getattr(request.state, "befalls", None)
        return kind is not None and kind.when == "after"

    def _drawn(self, request: Request) -> Kind | None:
        like = (request.method, request.url.path)
        with self._lock:
            self._like[like] += 1
            count = self._like[like]
        chance = random.Random(f"{self._trouble.seed} {self._tracker} {' '.join(like)} {count}")  # noqa: S311 - a rehearsal, not a secret
        left = chance.random()
        for name, offered in self._offered.items():
            left -= getattr(self._trouble, name)
            if left < 0:
                return self._fitting(chance.choice(offered), request)
        return None

    def _fitting(self, kind: Kind, request: Request) -> Kind:
        """No read is refused because of writes to its issue."""
        return self.kinds["throttled-burst"] if kind.name == "throttled-issue" and request.method == "GET" else kind


def _befalls(request: Request) -> Response | None:
    kind: Kind = request.state.befalls
    return kind.act(request)


def _happens(kind: Kind, tracker: str, *, cloud: bool) -> bool:
    """Reasons are told by Jira Cloud alone, the bucket by a Data Center alone."""
    if tracker not in kind.trackers:
        return False
    if tracker == "jira" and kind.name in {*REASONS, "throttled-bucket"}:
        return (kind.name in REASONS) is cloud
    return True
