"""Every change of work items: each makes a revision, except that of a link, which leaves only an entry in the book of links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from safesync.connectors.sandbox.azure.fieldrules import checked, column_after, note_state, reason_after
from safesync.connectors.sandbox.azure.items import Comment, CommentVersion, Format, Revision, WorkItem
from safesync.connectors.sandbox.azure.markup import sanitised
from safesync.connectors.sandbox.azure.people import Stamp
from safesync.connectors.sandbox.azure.refusal import Refusal, invalid
from safesync.connectors.sandbox.azure.register import Register
from safesync.connectors.sandbox.azure.relations import CHILD, PARENT, RELATION_TYPES, LinkChange, Relation, RelationType

REVISION_LIMIT = 10_000


class Ledger:
    """The only writer of work items. Callers hold the organisation's lock and have asked for permission."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.revisions: list[Revision] = []
        """All revisions in the order in which they were saved; revision watermarks are in rising order."""
        self.links: list[LinkChange] = []
        """All changes of links between items, likewise."""
        self._watermark = 0
        self._link_number = 0
        self._settled = False

    def settle(self) -> None:
        """
        Makes what was built so far the organisation's past: entries get the order of their dates. Done once.

        An organisation is built item by item; a report that starts at a date must not find old changes behind new ones.
        """
        if self._settled:
            return
        self._settled = True
        entries: list[tuple[datetime, int, Revision | int]] = [(revision.at, revision.watermark, revision) for revision in self.revisions]
        entries += [(link.stamp.at, link.watermark, index) for index, link in enumerate(self.links)]
        entries.sort(key=lambda entry: entry[:2])
        for watermark, (_, _, entry) in enumerate(entries, start=1):
            if isinstance(entry, int):
                self.links[entry] = replace(self.links[entry], watermark=watermark)
            else:
                entry.watermark = watermark
        self.revisions.sort(key=lambda revision: revision.watermark)
        self.links.sort(key=lambda link: link.watermark)

    # -- fields ---------------------------------------------------------------------------------

    def create(self, type_name: str, fields: Mapping[str, Any], stamp: Stamp, formats: Mapping[str, Format] | None = None) -> WorkItem:
        """A new item; raises ``Refusal`` when a field breaks a rule."""
        item = WorkItem(0)
        item.formats.update(formats or {})
        values = self._first_values(type_name, fields, stamp)
        item.id = self._register.next_item()
        self._register.items[item.id] = item
        self._append(item, values, stamp)
        return item

    def preview(self, item: WorkItem, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The fields as they would be after ``changes``; raises ``Refusal`` when one breaks a rule."""
        register = self._register
        project = register.project(str(changes.get("System.TeamProject", item.project)))
        kind = project.process.type_named(str(changes.get("System.WorkItemType", item.type)))
        if kind is None:
            raise invalid(f"VS402323: Work item type {changes['System.WorkItemType']} does not exist in project {project.name}.")
        values = {name: value for name, value in item.fields.items() if name != "System.History"}
        for name, value in checked(register, project, kind, changes).items():
            if value is None or value == "":
                values.pop(name, None)
            else:
                values[name] = value
        if not values.get("System.Title"):
            raise Refusal(400, "TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.", "RuleValidationException")
        values["System.WorkItemType"] = kind.name
        if kind.state(values["System.State"]) is None:
            values["System.State"] = kind.states[0].name  # one of another type or process
        return values

    def change(
        self, item: WorkItem, changes: Mapping[str, Any], stamp: Stamp, formats: Mapping[str, Format] | None = None
    ) -> Revision | None:
        """A new revision, or ``None`` when nothing is different."""
        values = self.preview(item, changes)
        remark = values.pop("System.History", None)
        if remark:
            self.comment(item, remark, "html", stamp, values=values)
            return item.latest
        before = {name: value for name, value in item.fields.items() if name != "System.History"}
        if values == before and all(item.formats.get(name) == form for name, form in (formats or {}).items()):
            return None
        item.formats.update(formats or {})
        return self._save(item, values, stamp)

    # -- comments -------------------------------------------------------------------------------

    def comment(self, item: WorkItem, text: str, form: Format, stamp: Stamp, *, values: dict[str, Any] | None = None) -> Comment:
        """A new comment, which is a revision of the item too."""
        comment = Comment(self._register.next_comment(), item.id, form, [])
        item.comments.append(comment)
        self._say(item, comment, sanitised(text), stamp, values=values)
        return comment

    def edit_comment(self, item: WorkItem, comment: Comment, text: str, stamp: Stamp) -> Comment:
        """Another version of a comment, and again a revision of the item."""
        self._say(item, comment, sanitised(text), stamp)
        return comment

    def delete_comment(self, item: WorkItem, comment: Comment, stamp: Stamp) -> Comment:
        """The comment is marked as deleted; its text stays in its versions."""
        self._say(item, comment, comment.last.text, stamp, deleted=True)
        return comment

    # -- links ----------------------------------------------------------------------------------

    def relate(self, item: WorkItem, rel: str, target: int | str, stamp: Stamp, comment: str | None = None) -> None:
        """A link. Both ends show it; neither gets a revision."""
        kind = RELATION_TYPES.get(rel)
        if kind is None:
            raise invalid(f"TF401267: Unable to recognize the relation type: {rel}.", "WorkItemLinkInvalidException")
        self._link_number += 1
        item.link_changes += 1
        if kind.topology == "resource":
            item.relations.append(Relation(rel, None, str(target), comment, stamp.at, self._link_number))
            return
        other = self._register.item(int(target))
        self._refuse_impossible(item, kind, other)
        item.relations.append(Relation(rel, other.id, None, comment, stamp.at, self._link_number))
        if kind.opposite:
            other.relations.append(Relation(kind.opposite, item.id, None, comment, stamp.at, self._link_number))
            other.link_changes += 1
        self._enter(kind, item, other, stamp, active=True, comment=comment)

    def unrelate(self, item: WorkItem, relation: Relation, stamp: Stamp) -> None:
        """The link is gone from both ends; again without a revision."""
        item.relations.remove(relation)
        item.link_changes += 1
        if relation.target is None:
            return
        kind = RELATION_TYPES[relation.rel]
        other = self._register.items[relation.target]
        other.relations[:] = [back for back in other.relations if not (back.rel == kind.opposite and back.target == item.id)]
        other.link_changes += 1
        self._enter(kind, item, other, stamp, active=False, comment=relation.comment)

    # -- deletion -------------------------------------------------------------------------------

    def delete(self, item: WorkItem, stamp: Stamp) -> None:
        """Into the recycle bin."""
        revision = self._save(item, {**item.fields, "System.IsDeleted": True}, stamp)
        item.deleted = Stamp(revision.at, stamp.by)

    def restore(self, item: WorkItem, stamp: Stamp) -> None:
        """Out of the recycle bin."""
        item.deleted = None
        self._save(item, {name: value for name, value in item.fields.items() if name != "System.IsDeleted"}, stamp)

    def destroy(self, item: WorkItem) -> None:
        """Without a trace, also in reports and on the items that were linked."""
        for relation in item.relations:
            other = self._register.items.get(relation.target or 0)
            if other is not None:
                other.relations[:] = [back for back in other.relations if back.target != item.id]
        del self._register.items[item.id]
        self.revisions[:] = [revision for revision in self.revisions if revision.item is not item]
        self.links[:] = [link for link in self.links if item.id not in (link.source, link.target)]

    # -- inside ---------------------------------------------------------------------------------

    def _first_values(self, type_name: str, fields: Mapping[str, Any], stamp: Stamp) -> dict[str, Any]:
        register = self._register
        path = str(fields.get("System.AreaPath") or fields.get("System.TeamProject") or next(iter(register.projects.values())).name)
        project = register.project(path.split("\\", maxsplit=1)[0])
        kind = project.process.type_named(type_name)
        if kind is None:
            raise Refusal(
                404, f"VS402323: Work item type {type_name} does not exist in project {project.name}.", "WorkItemTypeNotFoundException"
            )
        given = checked(register, project, kind, fields)
        if not given.get("System.Title"):
            raise Refusal(400, "TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.", "RuleValidationException")
        state = given.get("System.State") or kind.states[0].name
        values: dict[str, Any] = {
            "System.AreaPath": project.name,
            "System.TeamProject": project.name,
            "System.IterationPath": project.name,
            "System.WorkItemType": kind.name,
            "System.State": state,
            "System.Reason": reason_after(None, state),
            "System.CreatedDate": stamp.at,
            "System.CreatedBy": stamp.by,
            "System.ChangedDate": stamp.at,
            "System.ChangedBy": stamp.by,
            "System.CommentCount": 0,
            "System.Title": given["System.Title"],
            "Microsoft.VSTS.Common.Priority": 2,
        }
        values |= {name: value for name, value in given.items() if value is not None}
        note_state(kind, values, stamp)
        return values

    def _say(
        self, item: WorkItem, comment: Comment, text: str, stamp: Stamp, *, deleted: bool = False, values: dict[str, Any] | None = None
    ) -> None:
        changed = dict(item.fields if values is None else values)
        version = CommentVersion(len(comment.versions) + 1, text, Stamp(self._moment(item, stamp), stamp.by), deleted, item.rev + 1)
        comment.versions.append(version)
        changed["System.CommentCount"] = sum(1 for own in item.comments if not own.last.deleted)
        changed["System.History"] = "" if deleted else text
        self._save(item, changed, stamp, (comment, version))

    def _save(
        self, item: WorkItem, values: dict[str, Any], stamp: Stamp, comment: tuple[Comment, CommentVersion] | None = None
    ) -> Revision:
        if item.rev >= REVISION_LIMIT:
            raise Refusal(
                500,
                f"Work item {item.id} has {item.rev} revisions, but currently, when updating via the API, only work items with up to "
                "10,000 revisions are supported.",
                "WorkItemRevisionLimitExceededException",
            )
        if values["System.State"] != item.fields["System.State"]:
            values["System.Reason"] = reason_after(item.fields["System.State"], values["System.State"])
            note_state(self._register.type_of(item), values, Stamp(self._moment(item, stamp), stamp.by))
        return self._append(item, values, stamp, comment)

    def _append(
        self, item: WorkItem, values: dict[str, Any], stamp: Stamp, comment: tuple[Comment, CommentVersion] | None = None
    ) -> Revision:
        moment = self._moment(item, stamp)
        if comment is None:
            values.pop("System.History", None)
        values |= {"System.ChangedDate": moment, "System.ChangedBy": stamp.by}
        column_after(self._register, item.fields if item.revisions else None, values)
        self._watermark += 1
        revision = Revision(item, item.rev + 1, self._watermark, moment, stamp.by, values, comment)
        item.revisions.append(revision)
        self.revisions.append(revision)
        return revision

    @staticmethod
    def _moment(item: WorkItem, stamp: Stamp) -> datetime:
        """Whole milliseconds, and later than the revision before: a clock that stands still orders nothing."""
        moment = stamp.at.astimezone(UTC).replace(microsecond=stamp.at.microsecond // 1000 * 1000)
        return moment if not item.revisions else max(moment, item.latest.at + timedelta(milliseconds=1))

    def _enter(self, kind: RelationType, item: WorkItem, other: WorkItem, stamp: Stamp, *, active: bool, comment: str | None) -> None:
        source, target = (other, item) if kind.forward is False else (item, other)
        self._watermark += 1
        self.links.append(LinkChange(self._watermark, kind.link_type, source.id, target.id, stamp, active, comment))

    def _refuse_impossible(self, item: WorkItem, kind: RelationType, other: WorkItem) -> None:
        if any(relation.rel == kind.reference and relation.target == other.id for relation in item.relations):
            raise invalid("VS403605: The relation already exists.", "RelationAlreadyExistsException")
        if other is item:
            raise invalid(f"TF201035: You cannot link work item {item.id} to itself.", "WorkItemLinkInvalidException")
        if kind.reference not in (PARENT, CHILD):
            return
        parent, child = (other, item) if kind.reference == PARENT else (item, other)
        if child.parent is not None:
            raise invalid(
                f"TF201036: You cannot add a Child link between work items {parent.id} and {child.id} because a work item can have only "
                "one Parent link.",
                "WorkItemLinkInvalidException",
            )
        above: int | None = parent.id
        while above is not None:
            if above == child.id:
                raise invalid(
                    f"TF201035: You cannot add a Child link between work items {parent.id} and {child.id} because it results in a "
                    "circular relationship.",
                    "WorkItemLinkInvalidException",
                )
            above = self._register.items[above].parent
