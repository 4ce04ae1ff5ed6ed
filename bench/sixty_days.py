"""
Sixty days of one organisation, answered by SafeSync and by a bot of the usual kind: who is disturbed how often, and what for.

``python bench/sixty_days.py [--days N] [--acts N] [--seed N]``. Each answers its own copy of the sandbox organisation (some 600 items
in Jira Cloud and Azure DevOps, over real HTTP on loopback), in which people do the same in the same minute: they fix, neglect, retitle,
discuss, create, move, finish and waive, by the seed, whatever they were told. Every morning each looks once. SafeSync's is the
real ``run``.

What counts as a notification: every comment that is written or edited and every change of labels is an event, and a tracker tells

- Jira: the assignee and the reporter (its default notification scheme, without watchers); events of one issue within minutes come as
  one mail (Atlassian, "Batched notifications in Jira Cloud");
- Azure DevOps: the person it is assigned to (Microsoft, "Default and supported notifications"), taken to be batched as well.

So a mail is an item that was written to on a morning, once for each of these people. Where its account administers the projects, SafeSync
asks Jira Cloud to tell nobody of edits and labels (``notifyUsers=false``): the second line of mails.
"""

from __future__ import annotations

import argparse
import logging
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import structlog
from flagging_bot import FlaggingBot
from people_at_work import Act, MovableSandbox, carry_out, history

from safesync.cli import show
from safesync.cli.opening import Opened, opened_from
from safesync.configuration.read import parse_configuration
from safesync.feedback.settings import Caps, FeedbackSettings, Limits
from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.jobs.run import apply_once, run_once
from safesync.model.change import Outcome
from safesync.model.finding import Report

FIRST_DAY = date(2026, 9, 1)
MORNING = time(6)
SHIPPED = FeedbackSettings()
"""As it comes: what is old stays quiet until a person touches its item."""
AT_ONCE = FeedbackSettings(limits=Limits(items=10_000, share=1.0, jump=10_000))
"""Everything is told from the first day on, as the bot does it."""
READY = AT_ONCE.model_copy(update={"ready_label": True, "caps": Caps(ready=None)})
_WRITES = (
    ("comment", re.compile(r"POST .*/(?:issue|workItems)/(?P<item>[^/?]+)/comments?(?:\?|$)")),
    ("edit", re.compile(r"(?:PUT|PATCH) .*/(?:issue|workItems)/(?P<item>[^/?]+)/comments?/\d+(?:\?|$)")),
    ("labels", re.compile(r"(?:PUT|PATCH) .*/(?:issue|workitems)/(?P<item>[^/?]+)(?:\?|$)", re.IGNORECASE)),
)
Pair = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """What one of them did to people in all the days; ``told`` and ``stood`` are (uid, code) of grave findings."""

    name: str
    asks_for_silence: bool = False
    """Whether it asks Jira Cloud to spare people edits and labels, which is granted where its account administers the project."""
    events: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    mails_as_administrator: int = 0
    comments: Counter[str] = field(default_factory=Counter)
    a_day: list[int] = field(default_factory=list)
    calls: int = 0
    stopped: int = 0
    told: Counter[Pair] = field(default_factory=Counter)
    stood: set[Pair] = field(default_factory=set)

    @property
    def findings_a_mail(self) -> float:
        """How many findings a person learns of in a mail."""
        return self.told.total() / self.mails if self.mails else 0.0

    @property
    def comments_an_item(self) -> float:
        """New comments on each item that got any."""
        return self.comments.total() / len(self.comments) if self.comments else 0.0

    @property
    def untold(self) -> int:
        """Grave findings that nobody was ever told of."""
        return len(self.stood - self.told.keys())

    def look(self, sandbox: MovableSandbox, since: tuple[int, int]) -> None:
        """Count what was written since a place in both trackers' records."""
        touched: set[str] = set()
        loud: set[str] = set()
        for tracker, start in zip(("jira", "azure"), since, strict=True):
            for call in sandbox.calls(tracker)[start:]:
                if call.is_write and 200 <= call.status < 300 and (found := event(f"{call.method} {call.path}")):
                    kind, key = found
                    item = f"{tracker}:{_native(sandbox, tracker, key)}"
                    self.events[kind] += 1
                    self.comments[item] += kind == "comment"
                    touched.add(item)
                    if kind == "comment" or tracker == "azure" or not self.asks_for_silence:
                        loud.add(item)
        self.comments = +self.comments
        self.mails += sum(len(audience(sandbox, item)) for item in touched)
        self.mails_as_administrator += sum(len(audience(sandbox, item)) for item in loud)
        self.a_day.append(len(touched))


def event(request: str) -> tuple[str, str] | None:
    """What a write does that people are told of, and to which item: ``None`` of a property, say."""
    for kind, pattern in _WRITES:
        if found := pattern.match(request):
            return kind, found["item"]
    return None


def _native(sandbox: MovableSandbox, tracker: str, key: str) -> str:
    return str(sandbox.site.keys[key.upper()].id) if tracker == "jira" and not key.isdecimal() else key


def audience(sandbox: MovableSandbox, item: str) -> frozenset[str]:
    """Whom a tracker tells of a change of an item."""
    tracker, _, number = item.partition(":")
    if tracker == "azure":
        return frozenset(filter(None, [str(sandbox.organisation.items[int(number)].fields.get("System.AssignedTo") or "")]))
    values = sandbox.site.issues[int(number)].values
    return frozenset(user.name for user in (values.get("assignee"), values.get("reporter")) if user is not None)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--acts", type=int, default=25, help="how many things people do on a day of work")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    acts = history(FIRST_DAY, asked.days, asked.acts, asked.seed)
    done = ", ".join(f"{count} {what}" for what, count in Counter(act.what for act in acts).most_common())
    print(f"{asked.days} days from {FIRST_DAY}, seed {asked.seed}; people: {done}")
    tallies = [answered(name, acts, asked.days, settings) for name, settings in CONTESTANTS.items()]
    _print(tallies)
    return 0


CONTESTANTS: dict[str, FeedbackSettings | bool] = {
    "a bot that flags": False,
    "a bot that tells changes": True,
    "SafeSync, all told at once": AT_ONCE,
    "SafeSync as it comes": SHIPPED,
    "all at once, and ready_label": READY,
}
"""By name; a bot by whether it tells changes."""


def answered(name: str, acts: Sequence[Act], days: int, settings: FeedbackSettings | bool, *narrow: tuple[str, str]) -> Tally:
    """One of them in its own copy of the organisation, for so many days; ``narrow`` replaces parts of its configuration."""
    tally = Tally(name, asks_for_silence=isinstance(settings, FeedbackSettings))
    with tempfile.TemporaryDirectory() as folder, _office(Path(folder), narrow) as (sandbox, job):
        if isinstance(settings, FeedbackSettings):
            one_morning = _safesync(job, settings, tally)
        else:
            one_morning = _bot(FlaggingBot(sandbox, tells_changes=settings), job, tally)
        for day in range(days):
            before = datetime.combine(FIRST_DAY, MORNING, UTC) + timedelta(days=day)
            for act in (each for each in acts if before - timedelta(days=1) <= each.at < before):
                carry_out(sandbox, act)
            sandbox.now = before
            since = len(sandbox.calls("jira")), len(sandbox.calls("azure"))
            report = one_morning(before)
            tally.stood |= {(one.subject, one.code) for one in report.flawed if _grave(one.subject, one.severity)}
            tally.look(sandbox, since)
    return tally


def _grave(subject: str, severity: str) -> bool:
    return severity in {"warning", "error"} and not subject.startswith("group:")


@contextmanager
def _office(folder: Path, narrow: Sequence[tuple[str, str]]) -> Iterator[tuple[MovableSandbox, Opened]]:
    with MovableSandbox(FIRST_DAY) as sandbox:
        text = sandbox.configuration(f"sqlite:///{folder / 'bench.db'}")
        hurry = "limits: {reads_per_s: 1000, writes_per_s: 1000}"
        text = text.replace("    scope: {projects:", f"    {hurry}\n    scope: {{projects:")
        for old, new in narrow:
            text = text.replace(old, new)
        with opened_from(parse_configuration(text)) as job:
            yield sandbox, job


def _safesync(job: Opened, settings: FeedbackSettings, tally: Tally) -> Callable[[datetime], Report]:
    said: defaultdict[str, set[str]] = defaultdict(set)

    def one_morning(now: datetime) -> Report:
        parts = (job.store, job.judge, job.configuration.as_organisation(), settings, now)
        result = run_once(job.sources, *parts, rules=job.rules)
        tally.calls += sum(each.calls for each in result.trackers)
        report, plan = result.report, result.plan
        if result.stopped:  # somebody looks at the plan, and finds it right
            tally.stopped += 1
            result = apply_once(plan, job.sources, job.store, now)
            tally.calls += sum(each.calls for each in result.trackers)
        written = {one.ref.uid for each in result.trackers for one in each.results if one.outcome is Outcome.DONE}
        for change in plan.changes:
            if change.comment is not None and change.ref.uid in written:
                grave = {reason.code for reason in change.about.reasons if reason.severity in {"warning", "error"}}
                tally.told.update((change.ref.uid, code) for code in grave - said[change.ref.uid])
                said[change.ref.uid] = grave
        assert report is not None
        return report

    return one_morning


def _bot(bot: FlaggingBot, job: Opened, tally: Tally) -> Callable[[datetime], Report]:
    def one_morning(now: datetime) -> Report:
        for source in job.sources:
            pull(source, job.store, now)
        report = check(job.store, job.judge, job.configuration.as_organisation(), now, trackers=job.names, rules=job.rules).report
        told = bot.run(job.store.items(sorted(uid for name in job.names for uid in job.store.uids(name))), report)
        tally.told.update((uid, code) for uid, codes in told.items() for code in codes)
        tally.calls = bot.calls
        return report

    return one_morning


def _print(tallies: Sequence[Tally]) -> None:
    shown = show.table("", *(f"{tally.name}#" for tally in tallies))
    for label, figure in FIGURES.items():
        shown.add_row(label, *(figure(tally) for tally in tallies))
    show.print_table(shown)
    bot, *others = tallies
    for each in others:
        ratio = f"{each.mails / bot.mails:.2f} of its mails, {each.findings_a_mail / bot.findings_a_mail:.1f} times its findings a mail"
        print(f"{each.name}, beside {bot.name}: {ratio}, {each.comments.total() / bot.comments.total():.2f} of its new comments")


FIGURES: dict[str, Callable[[Tally], str]] = {
    "mails": lambda one: str(one.mails),
    "mails, where the account administers": lambda one: str(one.mails_as_administrator),
    "findings told": lambda one: str(one.told.total()),
    "findings a mail": lambda one: f"{one.findings_a_mail:.2f}",
    "grave findings that nobody was told of": lambda one: f"{one.untold} of {len(one.stood)}",
    "new comments": lambda one: str(one.events["comment"]),
    "items with a comment": lambda one: str(len(one.comments)),
    "comments an item": lambda one: f"{one.comments_an_item:.2f}, at most {max(one.comments.values(), default=0)}",
    "comments edited": lambda one: str(one.events["edit"]),
    "changes of labels": lambda one: str(one.events["labels"]),
    "items written to on the first day": lambda one: str(one.a_day[0]),
    "items written to on each later day": lambda one: (
        f"{sum(one.a_day[1:]) / max(1, len(one.a_day) - 1):.1f}, at most {max(one.a_day[1:], default=0)}"
    ),
    "calls": lambda one: str(one.calls),
    "runs that a limit stopped": lambda one: str(one.stopped),
}


if __name__ == "__main__":
    raise SystemExit(main())
