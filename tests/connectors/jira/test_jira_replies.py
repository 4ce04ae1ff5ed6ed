"""What people say to us in the comments that come with an issue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from jira_raw import ME

from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import Located, Seen
from safesync.connectors.jira.replies import Told, replies_of
from safesync.connectors.jira.translate import is_bot
from safesync.connectors.mapping import Mapping
from safesync.jobs.replies import with_known_replies
from safesync.model.item import Item, Kind, Markup, Stage

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
ROBIN = {"accountId": "account-robin", "displayName": "Robin Meyer", "accountType": "atlassian"}


def document(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": list(parts)}]}


def words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def comment(number: int = 1, body: object = None, **more: Any) -> dict[str, Any]:
    at = f"2026-11-{10 + number:02}T12:00:00.000+0000"
    said = document(words("safesync recheck")) if body is None else body
    return {"id": str(number), "author": ROBIN, "updateAuthor": ROBIN, "body": said, "created": at, "updated": at, **more}


def told(*comments: dict[str, Any], total: int | None = None, owner: str = "account-robin", markup: Markup = Markup.ADF) -> Told:
    context = Context(
        "jira", "https://meridian.example", Mapping(bots=("Deployer",)), markup=markup, account_id=ME, called=(ME, "quality-bot")
    )
    shown = {"comment": {"comments": list(comments), "total": len(comments) if total is None else total}}
    return replies_of(Seen(shown, Located({})), context, owner, lambda who: is_bot(who, context))


def test_a_reply_has_its_author_with_all_names_and_whether_the_item_is_theirs() -> None:
    replies, since, _ = told(comment(1, document(words("Agreed."))), comment(2))
    assert replies is not None
    (reply,) = replies
    assert (reply.comment_id, reply.author, reply.name, reply.lines, since) == ("2", "account-robin", "Robin Meyer", ("recheck",), None)
    assert (reply.at, reply.names, reply.by_owner) == (datetime(2026, 11, 12, 12, tzinfo=UTC), ("account-robin", "Robin Meyer"), True)
    assert [one.by_owner for one in told(comment(), owner="account-noor")[0] or ()] == [False]
    assert reply.edited_at is None
    (edited,) = told(comment(2, updated="2026-11-25T12:00:00.000+0000"))[0] or ()
    assert (edited.at, edited.said_at) == (datetime(2026, 11, 12, 12, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC))


def test_a_mention_of_our_account_speaks_to_us_on_cloud_and_on_data_center() -> None:
    mention = {"type": "mention", "attrs": {"id": ME, "text": "@Quality Bot"}}
    assert [one.lines for one in told(comment(1, document(mention, words(" snooze 2w"))))[0] or ()] == [("snooze 2w",)]
    dora = {"key": "JIRAUSER10100", "name": "dora", "displayName": "Dora"}
    of_server = comment(1, "{quote}safesync explain{quote}\n[~quality-bot] recheck", author=dora, updateAuthor=dora)
    (reply,) = told(of_server, markup=Markup.WIKI)[0] or ()
    assert (reply.author, reply.lines, reply.names) == ("JIRAUSER10100", ("recheck",), ("JIRAUSER10100", "dora", "Dora"))


@pytest.mark.parametrize(
    "more",
    [
        {"author": {"accountId": ME}, "updateAuthor": {"accountId": ME}},
        {"author": {"accountId": "app", "accountType": "app"}, "updateAuthor": {"accountId": "app"}},
        {"author": {"accountId": "x", "displayName": "Deployer"}, "updateAuthor": {"accountId": "x"}},
        {"updateAuthor": {"accountId": "account-noor"}},
        {"visibility": {"type": "role", "value": "Administrators"}},
        {"jsdPublic": False},
        {"author": None, "updateAuthor": None},
        {"body": None, "author": ROBIN} | {"body": {}},
    ],
    ids=["ours", "an app", "a bot", "saved by another", "for a role", "internal", "nobody", "no document"],
)
def test_what_is_not_a_persons_own_public_word_commands_nothing(more: dict[str, Any]) -> None:
    assert told(comment(1) | more)[:2] == ((), None)


def test_of_comments_that_are_held_back_what_was_known_stays() -> None:
    old = (told(comment(1), comment(2))[0]) or ()
    now, since, _ = told(comment(3), comment(4), total=4)
    assert since == datetime(2026, 11, 13, 12, tzinfo=UTC)
    before, after = item(replies=old), item(replies=now, replies_since=since)
    kept = with_known_replies(after, before)
    assert ([one.comment_id for one in kept.replies or ()], kept.replies_since) == (["1", "2", "3", "4"], None)
    assert [one.comment_id for one in with_known_replies(item(replies=now), before).replies or ()] == ["3", "4"]
    assert with_known_replies(item(replies=None), before).replies == old
    assert with_known_replies(item(replies=None), None).replies == ()


def test_where_no_comments_are_shown_nobody_looked() -> None:
    context = Context("jira", "https://meridian.example", Mapping(), account_id=ME)
    assert replies_of(Seen({}, Located({})), context, None, lambda _: False) == (None, None, frozenset())


def item(**more: Any) -> Item:
    place = ("jira:1", "jira", "1", "PAY-1", "https://meridian.example/browse/PAY-1", "PAY")
    return Item(*place, Kind.STORY, "Story", "Ready", Stage.READY, "A story", "0", NOON, NOON, **more)
