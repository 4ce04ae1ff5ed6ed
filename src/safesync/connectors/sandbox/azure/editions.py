"""What the organisation is an installation of: the service, or one of the servers that companies run themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EditionName = Literal["services", "2020", "2022", "2022.1"]

_COMMENTS = "608aac0a-32e1-4493-a863-b9cf4566d257"
_ONLY_IN_PREVIEW_ON_2020 = (
    "7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa",  # the states of a type
    "bc15bc60-e7a8-43cb-ab01-2106be3983a1",  # tags
    "f901ba42-86d2-4b0c-89c1-3f86d06daa84",  # processconfiguration
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What an installation can do; read off the official documents of its version of the interface."""

    name: str
    ceiling: str
    """The newest version of the interface that it knows."""
    released: str = ""
    """The newest version that is no preview; empty: the ceiling."""
    hosted: bool = False
    """Run by Microsoft: many hosts, accounts of Entra ID, fields in markdown."""
    preview: frozenset[str] = frozenset()
    """Ids of locations that newer ones have released and this one has not."""
    resource_versions: tuple[tuple[str, int], ...] = ()
    """(id of a location, its newest resource version) where that is older than today's."""
    comment_formats: bool = True
    """A comment may be written in markdown, and tells its format; else everything is HTML."""
    silent_about_versions: bool = False
    """A version that is too new is not refused: nothing is found at that address."""
    comment_right: bool = True
    """Commenting is a right of its own; else whoever may edit may comment."""

    def resource_version(self, location: str, newest: int) -> int:
        """The newest resource version of a location here."""
        return dict(self.resource_versions).get(location, newest)


SERVICES = Edition("Azure DevOps Services", "7.2", hosted=True)
SERVER_2022_1 = Edition("Azure DevOps Server 2022.1", "7.1")
SERVER_2022 = Edition("Azure DevOps Server 2022", "7.0", resource_versions=((_COMMENTS, 3),), comment_formats=False, comment_right=False)
SERVER_2020 = Edition(
    "Azure DevOps Server 2020",
    "6.0",
    preview=frozenset(_ONLY_IN_PREVIEW_ON_2020),
    resource_versions=((_COMMENTS, 3),),
    comment_formats=False,
    comment_right=False,
)
SERVER_2019 = Edition(
    "Azure DevOps Server 2019",
    "5.1",
    resource_versions=((_COMMENTS, 3),),
    comment_formats=False,
    comment_right=False,
    silent_about_versions=True,
)
"""Too old for SafeSync: here so that it can be told."""

EDITIONS: dict[EditionName, Edition] = {"services": SERVICES, "2020": SERVER_2020, "2022": SERVER_2022, "2022.1": SERVER_2022_1}
