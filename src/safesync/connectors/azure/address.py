"""The address of an organisation or a collection: what else it is called, and what is no such address; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote, unquote, urlsplit

_CLOUD, _LEGACY = "dev.azure.com", ".visualstudio.com"
_DEFAULT = "defaultcollection"


def spellings(url: str) -> tuple[str, ...]:
    """
    All addresses under which people link to the same organisation, the given one first.

    Services answer at ``https://dev.azure.com/organisation`` and, from older times, at ``https://organisation.visualstudio.com``.
    """
    organisation = _organisation(url)
    if not organisation:
        return (url,)
    legacy = f"https://{organisation}{_LEGACY}"
    return tuple(dict.fromkeys((url, f"https://{_CLOUD}/{organisation}", legacy, f"{legacy}/DefaultCollection")))


def is_cloud(url: str) -> bool:
    """Whether Microsoft runs what is at this address."""
    host = _host(url)
    return host == _CLOUD or host.endswith(_LEGACY)


def mistake(url: str) -> str | None:
    """What is wrong with an address that cannot be an organisation's, as a sentence; ``None`` when nothing can be seen."""
    names = _names(url)
    if _host(url) == _CLOUD and not names:
        return f"{url} names no organisation. Write it as https://{_CLOUD}/organisation."
    beyond = names[1:] if _host(url) == _CLOUD else [name for name in names if name.lower() != _DEFAULT]
    if is_cloud(url) and beyond:
        return f"{url} names more than an organisation: leave out {'/'.join(beyond)}, and name projects in scope.projects."
    return None


def project_in(url: str, projects: Iterable[str]) -> str | None:
    """That an address ends with one of these projects, as a sentence; ``None`` when it does not."""
    names = _names(url)
    if len(names) > 1 and names[-1].lower() in {project.lower() for project in projects}:
        return f"It ends with the project {names[-1]}: the address ends with the collection, as in {url.rpartition('/')[0]}."
    return None


def listed(url: str, projects: Sequence[str], label: str, keys: Sequence[str]) -> str:
    """The address at which an organisation lists these items, or without keys those of the projects that carry a tag."""
    named = ", ".join("'" + project.replace("'", "''") + "'" for project in projects)
    which = f"[System.Id] IN ({', '.join(keys)})" if keys else f"[System.Tags] CONTAINS '{label}'"
    query = f"SELECT [System.Id], [System.Title], [System.State] FROM WorkItems WHERE [System.TeamProject] IN ({named}) AND {which}"
    return f"{url.rstrip('/')}/{quote(projects[0])}/_workitems?_a=query&wiql={quote(query)}"


def advice_on(url: str, projects: Iterable[str]) -> str:
    """What to look at when nothing like Azure DevOps is found at an address."""
    if sentence := project_in(url, projects):
        return sentence
    form = f"https://{_CLOUD}/organisation" if is_cloud(url) else "https://server/tfs/Collection, without a project"
    return f"Check the address: {form}."


def _organisation(url: str) -> str | None:
    host, names = _host(url), _names(url)
    if host == _CLOUD:
        return names[0] if names else None
    return host.removesuffix(_LEGACY) if host.endswith(_LEGACY) else None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _names(url: str) -> list[str]:
    return [unquote(name) for name in urlsplit(url).path.split("/") if name]
