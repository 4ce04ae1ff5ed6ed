"""Who we are in an organisation and what we may do there: two calls once the projects' root areas are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from safesync.connectors.azure.address import advice_on, is_cloud, mistake, project_in
from safesync.connectors.azure.answers import RefusedError, SignInPageError, TokenRefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.deployment import OLDEST, SPOKEN, Deployment
from safesync.connectors.azure.documents import Account, ConnectionData, Evaluations, Node
from safesync.connectors.azure.resources import CONNECTION, ITEMS, PERMISSIONS
from safesync.connectors.azure.site import read_nodes
from safesync.model.errors import RunError

_AREAS = "83e28ad4-2d72-4ceb-97b0-c7726d5502c3"
"""Security namespace CSS: permissions on area nodes."""
_VIEW = 1 | 16
"""GENERIC_READ and WORK_ITEM_READ."""
_EDIT = 32
"""WORK_ITEM_WRITE."""
_COMMENT = 512
"""WORK_ITEM_SAVE_COMMENT: may comment where it may not edit."""
_RIGHTS = (_VIEW, _EDIT, _COMMENT)
_AREAS_AT_MOST = 300
"""Of as many areas below a root we ask what we may do there."""
_AT_ONCE = 60
_NOBODY = ("00000000-0000-0000-0000-000000000000", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa")


@dataclass(frozen=True, slots=True)
class Allowed:
    """
    The projects where we may read, comment, and change tags, by their own names; in a part of them is enough.

    ``named`` are those that we may read as whoever asked calls them.
    """

    read: tuple[str, ...]
    comment: frozenset[str]
    label: frozenset[str]
    warnings: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(slots=True)
class Doorkeeper:
    """Asks an organisation about us; ``roots`` are area nodes that it has told before, by project: they never change."""

    client: AzureClient
    url: str
    projects: tuple[str, ...] = ()
    entra: bool = False
    """Whether we come with a token of Entra ID."""
    roots: dict[str, Node] = field(default_factory=dict)

    def account(self) -> tuple[Account, Deployment]:
        """Our account, and what it is an account of. ``RunError`` when the organisation takes us for a passer-by."""
        if (wrong := mistake(self.url)) is not None:
            raise RunError(wrong)
        try:
            told = self.client.read(CONNECTION, ConnectionData)
        except (SignInPageError, TokenRefusedError) as refused:
            if self.entra:
                raise RunError(_no_entra(self.url)) from refused
            if isinstance(refused, SignInPageError) and not is_cloud(self.url):
                # Above its collections a server leads everybody to a page.
                raise SignInPageError(
                    f"{refused} Or it is not the address of a collection. {advice_on(self.url, self.projects)}"
                ) from refused
            raise
        except RefusedError as refused:
            self.client.start_anew()
            advice = advice_on(self.url, self.projects)
            raise RunError(f"{self.url} is no organisation that this token may enter ({refused.status}). {advice}") from refused
        account = told.authenticated_user
        if account is None or not account.id or account.id.lower() in _NOBODY or _name(account).lower() == "anonymous":
            raise RunError(f"{self.url} takes us for an anonymous visitor: the token is wrong or expired. Make a new one.")
        return account, self._deployment(hosted=(told.deployment_type or "").lower() != "onpremises")

    def _deployment(self, *, hosted: bool) -> Deployment:
        ceiling = self.client.newest(ITEMS)
        if ceiling is None and hosted:
            return Deployment(hosted, SPOKEN)  # Services may serve work items from another host than the one that we ask
        if ceiling is None:
            self.client.start_anew()
            raise RunError(f"{self.url} serves no work items. {advice_on(self.url, self.projects)}")
        if ceiling < OLDEST:
            raise RunError(
                f"{self.url} is Azure DevOps Server 2019 or older (its REST interface ends at {ceiling}). SafeSync reads 2020 and newer."
            )
        return Deployment(hosted, ceiling)

    def allowed(self, projects: Iterable[str]) -> Allowed:
        """
        What we may do in each project, by its root area, and by the areas below where we may not do all of it there.

        Where anything is refused the roots are asked for anew first: a project made again under its old name has another one, and
        one that is hidden from us has none. Such a project is told and left out; ``RunError`` when none is left.
        """
        wanted = tuple(projects)
        before = [project for project in wanted if project in self.roots]
        hidden = self._learn(project for project in wanted if project not in self.roots)
        try:
            held = self._held(map(_token, self._known(wanted).values()))
            if before and not all(map(_complete, held.values())):
                hidden |= self._learn(before)
                held = self._held(map(_token, self._known(wanted).values()))
            allowed = _sorted_out(self._grants(wanted, held))
        except (RefusedError, TokenRefusedError):
            # A token made for work items alone may be kept from asking. What it may not write, each write will tell.
            hidden |= self._learn(before)
            allowed = self._unasked(wanted)
        said = tuple(self._sentence(project, refused) for project, refused in hidden.items())
        if not allowed.read:
            raise RunError(" ".join((*said, *allowed.warnings)))
        return replace(allowed, warnings=(*said, *allowed.warnings))

    def _learn(self, projects: Iterable[str]) -> dict[str, RefusedError]:
        """Ask where the root areas are; those of projects that are not there, or hidden from us, by project."""
        hidden: dict[str, RefusedError] = {}
        for project in projects:
            self.roots.pop(project, None)
            try:
                self.roots[project] = read_nodes(self.client, project, "areas", depth=1)
            except RefusedError as refused:
                hidden[project] = refused
        return hidden

    def _sentence(self, project: str, refused: RefusedError) -> str:
        advice = project_in(self.url, self.projects) or ""
        return (
            f"Project {project} does not exist in {self.url}, or the token may not see it ({refused.status}). "
            f"Check its name in scope.projects and the token's access. {advice}".rstrip()
        )

    def _known(self, wanted: Iterable[str]) -> dict[str, Node]:
        return {project: self.roots[project] for project in wanted if project in self.roots}

    def _unasked(self, wanted: Iterable[str]) -> Allowed:
        named = tuple(self._known(wanted))
        every = tuple(root.name for root in self._known(wanted).values())
        told = ("What the token may write could not be asked beforehand.",) if every else ()
        return Allowed(every, frozenset(every), frozenset(every), told, named)

    def _grants(self, wanted: Iterable[str], held: Mapping[str, frozenset[int]]) -> Iterator[_Grant]:
        for project, root in self._known(wanted).items():
            everywhere = held[_token(root)]
            if _complete(everywhere):
                yield _Grant(project, root.name, everywhere, everywhere)
                continue
            inside = self._held([*_below(self._areas(project))][:_AREAS_AT_MOST])
            yield _Grant(project, root.name, everywhere, everywhere.union(*inside.values()))

    def _areas(self, project: str) -> Node:
        try:
            return read_nodes(self.client, project, "areas")
        except RefusedError:
            return self.roots[project]  # hidden a moment ago: its own area tells that nothing is allowed there

    def _held(self, tokens: Iterable[str]) -> dict[str, frozenset[int]]:
        """An area's token -> which of the rights we have there."""
        asked = list(tokens)
        held: dict[str, frozenset[int]] = {}
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            questions = [{"securityNamespaceId": _AREAS, "token": token, "permissions": bits} for token in some for bits in _RIGHTS]
            body = {"alwaysAllowAdministrators": False, "evaluations": questions}
            answers = self.client.read(PERMISSIONS, Evaluations, body=body).evaluations
            granted = {(answer.token, answer.permissions) for answer in answers if answer.value}
            held |= {token: frozenset(bits for bits in _RIGHTS if (token, bits) in granted) for token in some}
        return held


def _complete(rights: frozenset[int]) -> bool:
    # Whoever may edit may comment; the right to comment alone is not known to older servers.
    return rights >= {_VIEW, _EDIT}


@dataclass(frozen=True, slots=True)
class _Grant:
    """What we may do in a project: everywhere, by its root area, and somewhere, by that or any area below."""

    named: str
    name: str
    everywhere: frozenset[int]
    somewhere: frozenset[int]


def _sorted_out(grants: Iterable[_Grant]) -> Allowed:
    """By the projects' own names, as items write them: the root area is named like its project."""
    grants = tuple(grants)
    read = [one for one in grants if _VIEW in one.somewhere]
    label = [one for one in read if _EDIT in one.somewhere]
    warnings = [
        f"The token may not view work items in {one.name}. Give its account 'View work items in this node'."
        for one in grants
        if _VIEW not in one.somewhere
    ]
    for one in read:
        if _VIEW not in one.everywhere:
            warnings.append(f"The token may view work items in some areas of {one.name} only; what stands in the others is not known.")
        if _EDIT not in one.somewhere:
            what = "change tags" if _COMMENT in one.somewhere else "comment or change tags"
            warnings.append(f"The token may not {what} in {one.name}: 'Edit work items in this node' is missing.")
        elif _EDIT not in one.everywhere:
            warnings.append(f"The token may change tags in some areas of {one.name} only.")
    return Allowed(
        read=tuple(one.name for one in read),
        comment=frozenset(one.name for one in read if one.somewhere & {_EDIT, _COMMENT}),
        label=frozenset(one.name for one in label),
        warnings=tuple(warnings),
        named=tuple(one.named for one in read),
    )


def _below(area: Node, above: str = "") -> Iterator[str]:
    """The tokens of all areas below one, from the outside in."""
    here = _token(area, above)
    for child in area.children:
        yield _token(child, here)
        yield from _below(child, here)


def _token(area: Node, above: str = "") -> str:
    """What the security service calls an area: all nodes from the root down to it; by its own alone it inherits nothing."""
    own = f"vstfs:///Classification/Node/{area.identifier}"
    return f"{above}:{own}" if above else own


def _no_entra(url: str) -> str:
    said = f"{url} does not take our token of Microsoft Entra ID."
    here = "The organisation must be connected to our tenant (Organisation settings, Microsoft Entra), and our account added under Users."
    return f"{said} {here}" if is_cloud(url) else f"{said} {here} Azure DevOps Server takes personal access tokens alone: auth.token."


def display_name(account: Account) -> str:
    """What people see."""
    return _name(account) or account.id or ""


def _name(account: Account) -> str:
    return account.custom_display_name or account.provider_display_name or ""
