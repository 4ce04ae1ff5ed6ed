"""Which Jira answers: Cloud or Data Center, how old, and how it is reached. Detected, never asked of an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Deployment(StrEnum):
    """The two families of Jira; a Server of old speaks as a Data Center does."""

    CLOUD = "Jira Cloud"
    DATA_CENTER = "Jira Data Center"


@dataclass(frozen=True, slots=True)
class Site:
    """What a site says of itself. ``address`` is where people look (``{address}/browse/KEY``), which a gateway's is not."""

    deployment: Deployment
    version: tuple[int, ...]
    """Such as ``(8, 20, 30)``; Cloud always says ``(1001, 0, 0)``."""
    address: str

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud: REST v3, ADF, account ids; otherwise REST v2, wiki markup, user names and keys."""
        return self.deployment is Deployment.CLOUD
