"""
What people say to us in the comments of work items, and whose comments have to be read for it.

No report and no batch of items carries comments: they are a call an item. But each item tells how many it has. So they are read where
a person touched an item and it has more of them than were known, or than one of its revisions since had (one was deleted, another
written), or where somebody spoke to us before (who may have edited or deleted it since). What was there before SafeSync came is found
by one query for our name. A comment of before that is edited into a command later is heard with the next one.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
import structlog
from msgspec import Struct

from safesync.connectors.azure import values
from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.comments import comments_of
from safesync.connectors.azure.context import COMMENTS, Context
from safesync.connectors.azure.documents import Comment, Identity
from safesync.connectors.azure.queries import ids_where
from safesync.connectors.azure.updates import Work, last_work
from safesync.connectors.lanes import side_by_side
from safesync.connectors.patience import BarredError
from safesync.facts.text.addressed import NAME, Addressed, addressed
from safesync.feedback.commands import is_only_for_us
from safesync.model.errors import ItemError, RunError
from safesync.model.item import Item, Markup, RichText
from safesync.model.making import changed
from safesync.model.reply import Reply

_log = structlog.get_logger()
_SAME = timedelta(seconds=1)
_MOST = 50
"""Of an item, the newest."""
Raw = Mapping[str, Any]
Replies = Mapping[int, tuple[Reply, ...]]


class _Packed(Struct, frozen=True, array_like=True):
    """Gaps between the ids of items with comments, how many each has, the ids of those with replies, and of some when a person worked."""

    gaps: list[int]
    counts: list[int]
    spoken: list[int]
    worked: dict[int, Work] = {}


class Said(NamedTuple):
    """What people say to us on an item, and when they worked on it, where that was asked."""

    replies: tuple[Reply, ...]
    work: Work | None = None


@dataclass(slots=True)
class Known:
    """
    How many comments each item had when they were last looked at, or need not be, and where people spoke to us.

    ``worked`` has the items of which the newest comment of a person was a word to us alone.
    """

    counts: dict[int, int] = field(default_factory=dict)
    spoken: set[int] = field(default_factory=set)
    worked: dict[int, Work] = field(default_factory=dict)

    @classmethod
    def unpacked(cls, packed: str) -> Known:
        """As the cursor keeps it."""
        if not packed:
            return cls()
        told = msgspec.msgpack.decode(zlib.decompress(b85decode(packed)), type=_Packed)
        item_id, counts = 0, {}
        for gap, count in zip(told.gaps, told.counts, strict=True):
            item_id += gap
            counts[item_id] = count
        return cls(counts, set(told.spoken), told.worked)

    def pack(self) -> str:
        """All of it as text for the cursor."""
        ids = sorted(self.counts)
        gaps = [one - before for one, before in zip(ids, [0, *ids], strict=False)]
        packed = _Packed(gaps, [self.counts[one] for one in ids], sorted(self.spoken), self.worked)
        return b85encode(zlib.compress(msgspec.msgpack.encode(packed))).decode("ascii")

    def asks(self, item_id: int, count: int, fewest: int | None = None) -> bool:
        """Whether comments have to be read of an item that a person touched; ``fewest`` it had since."""
        before = self.counts.get(item_id, 0)
        return count > (before if fewest is None else min(before, fewest)) or item_id in self.spoken

    def note(self, item_id: int, count: int, said: Said | None) -> None:
        """So many there are now; ``None`` where they were not read."""
        self.counts.pop(item_id, None)
        if count:
            self.counts[item_id] = count
        if said is not None:
            self.spoken.discard(item_id)
            self.spoken.update([item_id] if said.replies else [])
            self.worked.pop(item_id, None)
            self.worked.update({item_id: said.work} if said.work else {})

    def without_words_to_us(self, item: Item) -> Item:
        """The item with the last change by a person that was more than a word to us, where that is known and none followed."""
        work, touched = self.worked.get(int(item.native_id)), item.last_human_change_at
        if work is None or touched is None or int(touched.timestamp()) != work.touched:
            return item
        return changed(item, last_human_change_at=datetime.fromtimestamp(work.worked, UTC) if work.worked else None)


@dataclass(slots=True)
class Ears:
    """Listens to the items of one pull."""

    client: AzureClient
    me: str
    known: Known
    by_person: Callable[[int], bool]
    """Whether a person touched an item since it was last looked at, as far as anybody knows."""
    lanes: int
    fewest: Mapping[int, int]
    """How many comments an item had at least in each revision since it was last looked at, as far as revisions tell."""

    def hear(self, raws: Iterable[Raw], context: Context) -> Replies:
        """The replies on those of the items whose comments have to be read; of the others what is known stays."""
        counts = {int(raw["id"]): _count(raw) for raw in raws}
        by_id = {int(raw["id"]): raw for raw in raws}
        asked = [one for one, count in counts.items() if self.by_person(one) and self.known.asks(one, count, self.fewest.get(one))]
        read = zip(asked, self._read([by_id[one] for one in asked], context), strict=True)
        heard = {one: said for one, said in read if said is not None}
        for one, count in counts.items():
            if one in heard or one not in asked:  # what could not be read is asked for when a person touches it again
                self.known.note(one, count, heard.get(one))
        return {one: said.replies for one, said in heard.items()}

    def _read(self, raws: list[Raw], context: Context) -> Iterator[Said | None]:
        calls = (partial(self._of, raw, context) for raw in raws)
        return side_by_side(calls, self.lanes) if len(raws) > 1 else (call() for call in calls)

    def _of(self, raw: Raw, context: Context) -> Said | None:
        fields = raw["fields"]
        try:
            comments = [*comments_of(self.client, str(fields["System.TeamProject"]), str(raw["id"]), deleted=False)]
        except (RefusedError, BarredError, ItemError) as refused:
            _log.warning("comments.refused", item=raw["id"], reason=str(refused))
            return None
        owners = _owners(fields, context)
        found = (reply for one in comments if (reply := _reply(one, self.me, owners, context)))
        return Said(tuple(sorted(found, key=lambda one: (one.at, one.comment_id))[-_MOST:]), self._work(raw, comments, context))

    def _work(self, raw: Raw, comments: Sequence[Comment], context: Context) -> Work | None:
        """When a person worked on an item, asked where the newest comment of one is a word to us alone."""
        newest = max((one for one in comments if one.created_date and not _by_bot(one, context)), key=_saved_at, default=None)
        if newest is None or not is_only_for_us(_addressed(newest, self.me), _saved_at(newest).date()):
            return None
        try:
            return last_work(self.client, raw, context, self.me)
        except (RefusedError, BarredError, ItemError) as refused:
            _log.warning("updates.refused", item=raw["id"], reason=str(refused))
            return None


def number(told: Any) -> int | None:
    """A number of comments, ``None`` where there is none that anybody can read."""
    try:
        return None if told is None else int(told)
    except (TypeError, ValueError):
        return None


def named(client: AzureClient, condition: str) -> frozenset[int]:
    """The items in whose comments our name stands, as far as the site searches them; ours say it too."""
    try:
        return frozenset(ids_where(client, f"{condition} AND [System.History] CONTAINS WORDS '{NAME}'"))
    except (RefusedError, RunError) as refused:
        # A site that does not search its comments is read all the same; what people say from now on is heard.
        _log.warning("comments.not_searched", reason=str(refused))
        return frozenset()


def _count(raw: Raw) -> int:
    return number((raw.get("fields") or {}).get(COMMENTS)) or 0


def _owners(fields: Raw, context: Context) -> frozenset[str]:
    choices = context.metadata.choices
    places = (*choices.get("epic_owner", ()), "System.AssignedTo", *choices.get("owner", ()))
    return frozenset(one for place in places if (who := fields.get(place)) for one in _called(who))


def _called(who: object) -> Iterator[str]:
    """What cannot be two people's: ids and addresses."""
    if isinstance(who, Mapping):
        yield from (str(who[name]).casefold() for name in ("id", "uniqueName") if who.get(name))
    elif isinstance(who, str) and "<" in who:
        yield who.rpartition("<")[2].rstrip("> ").casefold()


def _addressed(one: Comment, me: str) -> Addressed:
    return addressed(RichText(one.text or "", Markup.MARKDOWN if one.format == "markdown" else Markup.HTML), (me,))


def _saved_at(one: Comment) -> datetime:
    return values.moment(one.modified_date or one.created_date)


def _by_bot(one: Comment, context: Context) -> bool:
    who = one.created_by
    return who is None or context.is_bot({"id": who.id, "displayName": who.display_name, "uniqueName": who.unique_name})


def _reply(one: Comment, me: str, owners: frozenset[str], context: Context) -> Reply | None:
    who, comment_id, lines = one.created_by, one.id if one.id is not None else one.comment_id, _addressed(one, me).lines
    if not lines or who is None or comment_id is None or not one.created_date or one.is_deleted or not _is_their_own(one):
        return None
    names = tuple(dict.fromkeys(name for name in (who.id, who.unique_name, who.display_name) if name))
    if not names or _by_bot(one, context):
        return None
    own = {name.casefold() for name in (who.id, who.unique_name) if name}
    at, saved_at, shown_as = values.moment(one.created_date), _saved_at(one), who.display_name or names[0]
    edited_at = saved_at if saved_at - at > _SAME else None
    return Reply(str(comment_id), at, names[0], shown_as, lines, names, by_owner=bool(own & owners), edited_at=edited_at)


def _is_their_own(one: Comment) -> bool:
    """Whether nobody else saved it last."""
    return one.modified_by is None or _account(one.modified_by) == _account(one.created_by)


def _account(who: Identity | None) -> str:
    return ((who.id or who.unique_name or "") if who else "").casefold()
