"""
What people say to us in the comments of an issue. Pure.

The comments come with the issue: all of them on Data Center, the newest 20 on Cloud. What stands in older ones is known from when they
were new. A comment that another person saved last, and one that not everybody may read, are no commands: the first is not the author's
word any more, and ours, which everybody reads, would give the second away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from safesync.connectors.jira import values
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import Seen
from safesync.facts.text.addressed import Addressed, addressed
from safesync.feedback.commands import is_only_for_us
from safesync.model.reply import Reply

_MOST = 50
"""Of an issue, the newest."""
_SAME = timedelta(seconds=1)
_NAMES = ("accountId", "key", "name", "emailAddress", "displayName")
IsBot = Callable[[object], bool]


class Told(NamedTuple):
    """
    The replies on an issue, and since when all were looked at: ``None`` for both when no comments were shown, or nothing is missing.

    ``for_us`` are the ids of comments that say something to us and nothing about the issue.
    """

    replies: tuple[Reply, ...] | None = None
    since: datetime | None = None
    for_us: frozenset[str] = frozenset()


def replies_of(seen: Seen, context: Context, owner: str | None, is_bot: IsBot) -> Told:
    """What people say to us on an issue; ``owner`` is the account that answers for it."""
    said = seen.system("comment")
    if not isinstance(said, dict):
        return Told()
    shown = said.get("comments") or []
    spoken = [(one, to_us) for one in shown if (to_us := _addressed(one, context)).lines]
    found = [reply for one, to_us in spoken if (reply := _reply(one, to_us.lines, owner, is_bot))]
    kept = tuple(sorted(found, key=lambda one: (one.at, one.comment_id))[-_MOST:])
    for_us = frozenset(str(one["id"]) for one, to_us in spoken if is_only_for_us(to_us, values.instant(one["created"]).date()))
    oldest = min((values.instant(one["created"]) for one in shown), default=datetime.max.replace(tzinfo=UTC))
    return Told(kept, None if int(said.get("total") or 0) <= len(shown) else oldest, for_us)


def _addressed(one: dict[str, Any], context: Context) -> Addressed:
    body = values.rich_text(one.get("body"), context.markup)
    return addressed(body, context.called) if body else Addressed()


def _reply(one: dict[str, Any], lines: tuple[str, ...], owner: str | None, is_bot: IsBot) -> Reply | None:
    who = one.get("author")
    author = values.account(who)
    if author is None or not isinstance(who, dict) or is_bot(who) or not _everybodys(one, author):
        return None
    names = tuple(dict.fromkeys(str(who[name]) for name in _NAMES if who.get(name)))
    shown_as = str(who.get("displayName") or who.get("name") or author)
    at, saved_at = values.instant(one["created"]), values.instant(one.get("updated") or one["created"])
    edited_at = saved_at if saved_at - at > _SAME else None
    return Reply(str(one["id"]), at, author, shown_as, lines, names, by_owner=author == owner, edited_at=edited_at)


def _everybodys(one: dict[str, Any], author: str) -> bool:
    """Whether a comment is still its author's, and for everybody who reads the issue."""
    untouched = values.account(one.get("updateAuthor") or one.get("author")) == author
    return untouched and not one.get("visibility") and one.get("jsdPublic") is not False
