"""Who we are in an organisation and what we may do there: two calls once the projects' root areas are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
_NOBODY = ("00000000-0000-0000-0000-000000000000", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The projects where we may read, comment, and change tags."""

    read: tuple[str, ...]
    comment: frozenset[str]
    label: frozenset[str]
    warnings: tuple[str, ...] = ()


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
            raise
        except RefusedError as refused:
            self.client.start_anew()
            advice = advice_on(self.url, self.projects)
            raise RunError(f"{self.url} is no organisation that this token may enter ({refused.status}). {advice}") from refused
        account = told.authenticated_user
        if account is None or not account.id or account.id.lower() in _NOBODY or _name(account).lower() == "anonymous":
            raise RunError(f"{self.url} takes us for an anonymous visitor: the token is wrong or expired. Make a new one.")
        return account, self._deployment(hosted=told.deployment_type != "onPremises")

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
        What we may do in each project, by its root area.

        Where anything is refused the roots are asked for anew first: a project made again under its old name has another one.
        """
        wanted = tuple(projects)
        fresh = [project for project in wanted if project not in self.roots]
        self._learn(fresh)
        allowed = self._evaluated(wanted)
        if len(allowed.label) < len(wanted) and len(fresh) < len(wanted):
            self._learn(wanted)
            allowed = self._evaluated(wanted)
        return allowed

    def _learn(self, projects: Iterable[str]) -> None:
        for project in projects:
            try:
                self.roots[project] = read_nodes(self.client, project, "areas", depth=1)
            except RefusedError as refused:
                advice = project_in(self.url, self.projects) or ""
                raise RunError(
                    f"Project {project} does not exist in {self.url}, or the token may not see it ({refused.status}). "
                    f"Check its name in scope.projects and the token's access. {advice}".rstrip()
                ) from refused

    def _evaluated(self, projects: tuple[str, ...]) -> Allowed:
        roots = tuple(self.roots[project] for project in projects)
        questions = [
            {"securityNamespaceId": _AREAS, "token": _token(root), "permissions": bits}
            for root in roots
            for bits in (_VIEW, _EDIT, _COMMENT)
        ]
        try:
            body = {"alwaysAllowAdministrators": False, "evaluations": questions}
            answers = self.client.read(PERMISSIONS, Evaluations, body=body).evaluations
        except (RefusedError, TokenRefusedError):
            # A token made for work items alone may be kept from asking. What it may not write, each write will tell.
            every = tuple(root.name for root in roots)
            return Allowed(every, frozenset(every), frozenset(every), ("What the token may write could not be asked beforehand.",))
        return _sorted_out(roots, {(answer.token, answer.permissions): bool(answer.value) for answer in answers})


def _sorted_out(roots: tuple[Node, ...], answers: Mapping[tuple[str, int], bool]) -> Allowed:
    """By the projects' own names, as items write them: the root area is named like its project."""

    def may(bits: int) -> tuple[str, ...]:
        return tuple(root.name for root in roots if answers.get((_token(root), bits), False))

    read, label, comment = may(_VIEW), may(_EDIT), may(_COMMENT)
    names = tuple(root.name for root in roots)
    if not read:
        raise RunError(f"The token may not view work items in {', '.join(names)}. Give its account 'View work items in this node'.")
    warnings = [f"The token may not view work items in {name}." for name in names if name not in read]
    warnings += [
        f"The token may not change tags in {name}: 'Edit work items in this node' is missing." for name in read if name not in label
    ]
    return Allowed(read, frozenset(read).intersection((*comment, *label)), frozenset(read).intersection(label), tuple(warnings))


def _token(root: Node) -> str:
    return f"vstfs:///Classification/Node/{root.identifier}"


def _no_entra(url: str) -> str:
    said = f"{url} does not take our token of Microsoft Entra ID."
    here = "The organisation must be connected to our tenant (Organisation settings, Microsoft Entra), and our account added under Users."
    return f"{said} {here}" if is_cloud(url) else f"{said} {here} Azure DevOps Server takes personal access tokens alone: auth.token."


def display_name(account: Account) -> str:
    """What people see."""
    return _name(account) or account.id or ""


def _name(account: Account) -> str:
    return account.custom_display_name or account.provider_display_name or ""
