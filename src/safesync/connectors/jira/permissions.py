"""In which projects we may read, comment and change labels, as each Jira tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.patience import BarredError
from safesync.connectors.port import CommentRefusedError, LabelsRefusedError, OutOfReachError, ProjectClosedError
from safesync.model.errors import RunError
from safesync.model.item import ItemRef

_BROWSE = ("BROWSE_PROJECTS",)
_COMMENT = (*_BROWSE, "ADD_COMMENTS", "EDIT_OWN_COMMENTS")
_LABEL = (*_BROWSE, "EDIT_ISSUES")
_FOR_GOOD = (400, 413)
"""The second where an issue has as many comments as it may."""
_FEW = 3
"""For so many projects of a Data Center the permissions are asked in every run."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The projects of those asked for where we may do each of the three."""

    browse: frozenset[str]
    comment: frozenset[str]
    label: frozenset[str]
    untold: tuple[str, ...] = ()
    """Of these, those whose permissions nobody tells: what we write there may be refused."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Projects that are known by another key now."""


def granted(client: JiraClient, projects: Sequence[str]) -> Granted:
    """One call on Cloud, or four where something is missing; one a project on Data Center. One more for each that is hidden."""
    held = _on_cloud(client, projects) if client.site.cloud else _on_data_center(client, projects)
    doubted = [project for project in projects if project not in held.browse or project in held.untold]
    called = {project: _key(client, project) for project in doubted}
    return replace(held, renamed={project: key for project, key in called.items() if key not in (None, project)})


def still_granted(client: JiraClient, projects: Sequence[str], held: Granted) -> Granted | None:
    """
    What was granted a while ago, where one call proves that all of it may still be read; ``None`` where we have to ask.

    A search that names a project which we may not see is refused as a whole. With few projects to ask is as cheap.
    """
    if client.site.cloud or len(projects) <= _FEW or not held.browse.issuperset(projects):
        return None
    named = ", ".join(f'"{project}"' for project in projects)
    try:
        answer = client.read("POST", "search", body={"jql": f"project in ({named})", "maxResults": 0, "fields": ["id"]})
    except RefusedError:
        return None
    # The numbers of nobody are zero; who finds nothing at all has proven nothing.
    return held if int(answer["total"]) > 0 else None


@contextmanager
def commenting(client: JiraClient, ref: ItemRef) -> Iterator[None]:
    """``CommentRefusedError`` where Jira will not have this comment there: too long, one too many, against a workflow."""
    try:
        yield
    except RefusedError as refused:
        _lawfully(client, ref, refused, _COMMENT, "comment", "'Add comments' or 'Edit own comments'")
        advice = "Jira does not take our comment there. Write one by hand: what it misses is shown then."
        raise CommentRefusedError(f"{refused} {advice}") from refused


@contextmanager
def labelling(client: JiraClient, ref: ItemRef) -> Iterator[None]:
    """``LabelsRefusedError`` where they are on no screen, too many or too long, or where the workflow lets nobody edit the issue."""
    try:
        yield
    except RefusedError as refused:
        _lawfully(client, ref, refused, _LABEL, "change labels", "'Edit issues'")
        on_labels = "labels" in refused.fields
        advice = (
            "Jira does not take our labels there. Is the field Labels on the screen with which the issue is edited, and are there not "
            "too many?"
            if on_labels
            else "Jira lets nobody edit the issue as it is."
        )
        raise LabelsRefusedError(f"{refused} {advice}", by_item=not on_labels) from refused


def _lawfully(client: JiraClient, ref: ItemRef, refused: RefusedError, rights: Sequence[str], what: str, missing: str) -> None:  # noqa: PLR0917
    """
    Nothing where Jira refuses for good; else what it said, ``ProjectClosedError``, or ``OutOfReachError`` for want of a right.

    It refuses all of them in the same words; so it is asked, for the project and then for the issue, wherever that is by now.
    """
    if refused.own and refused.status in {*_FOR_GOOD, 403} and _archived(client, ref.project):
        raise ProjectClosedError(
            f"{ref.project} is archived, and nothing can be written there. Restore it, or take it out of the scope."
        ) from refused
    if refused.status not in _FOR_GOOD or not refused.own:
        raise refused
    if not _may(client, ref, rights):
        raise OutOfReachError(f"we may not {what} where it is: {missing} is missing.") from refused


def _archived(client: JiraClient, project: str) -> bool:
    try:
        return client.read("GET", f"project/{project}").get("archived") is True
    except (RefusedError, BarredError):
        return False  # then what was refused is what is told


def _may(client: JiraClient, ref: ItemRef, rights: Sequence[str]) -> bool:
    try:
        answer = client.read("GET", "mypermissions", params={"issueId": ref.native_id, "permissions": ",".join(rights)})
    except RefusedError as error:
        return not error.says_gone  # who does not tell that has refused nothing
    return all(one.get("havePermission") is not False for name, one in answer["permissions"].items() if name in rights)


def _on_cloud(client: JiraClient, projects: Sequence[str]) -> Granted:
    everywhere = _permitted(client, tuple(dict.fromkeys((*_COMMENT, *_LABEL))), projects)
    if everywhere.issuperset(projects):
        return Granted(everywhere, everywhere, everywhere)
    browse, comment, label = (_permitted(client, wanted, projects) for wanted in (_BROWSE, _COMMENT, _LABEL))
    return Granted(browse, comment, label)


def _permitted(client: JiraClient, permissions: tuple[str, ...], projects: Sequence[str]) -> frozenset[str]:
    try:
        answer = client.read("POST", "permissions/project", body={"permissions": list(permissions)})
    except RefusedError as error:
        raise RunError(f"Jira does not tell what we may do ({error.status}). Give our token the scope read:jira-work.") from error
    return frozenset(str(one["key"]) for one in answer["projects"]) & frozenset(projects)


def _on_data_center(client: JiraClient, projects: Sequence[str]) -> Granted:
    told = {project: _held(client, project) for project in projects}
    untold = tuple(project for project, permissions in told.items() if permissions is None and _readable(client, project))
    everything = frozenset((*_COMMENT, *_LABEL))
    held = {project: permissions or (everything if project in untold else frozenset()) for project, permissions in told.items()}
    browse, comment, label = (
        frozenset(project for project, permissions in held.items() if permissions.issuperset(wanted))
        for wanted in (_BROWSE, _COMMENT, _LABEL)
    )
    return Granted(browse, comment, label, untold)


def _held(client: JiraClient, project: str) -> frozenset[str] | None:
    try:
        answer = client.read("GET", "mypermissions", params={"projectKey": project})
    except RefusedError as error:
        if error.status == 404:
            return None  # there is no such project, none that we may see, or nobody who answers such a question
        raise RunError(f"Jira does not tell what we may do in {project} ({error.status}).") from error
    return frozenset(str(name) for name, one in answer["permissions"].items() if one.get("havePermission") is True)


def _readable(client: JiraClient, project: str) -> bool:
    return _key(client, project) is not None


def _key(client: JiraClient, project: str) -> str | None:
    """The key of a project, which is another one where it was renamed; ``None`` for one that is not shown."""
    try:
        return str(client.read("GET", f"project/{project}")["key"])
    except RefusedError:
        return None
