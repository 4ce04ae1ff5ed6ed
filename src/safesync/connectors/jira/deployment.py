"""Which Jira answers: Cloud or Data Center, how old, and how it is reached. Detected, never asked of an administrator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

OLDEST = (8, 20)
"""The oldest Data Center whose answers we know: its tokens, its paths and its shapes."""
NEWEST = 10
"""The newest major version of Data Center that we know; a newer one is read, with a warning."""

_CLOUD_FROM = 1000
_GATEWAY = "/ex/jira/"


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

    @property
    def release(self) -> str:
        """The version as people write it."""
        return ".".join(str(part) for part in self.version)

    @property
    def unsupported(self) -> str:
        """Why this site is not read, as the end of a sentence; empty for one that is."""
        if self.cloud or self.version >= OLDEST:
            return ""
        known = f"Jira Cloud, and Jira Server and Data Center from {OLDEST[0]}.{OLDEST[1]} on"
        return f"is Jira {self.release}. SafeSync reads {known}: update it."

    @property
    def doubt(self) -> str:
        """What an administrator should know about this version, as the end of a sentence; mostly empty."""
        if self.cloud or self.version[0] <= NEWEST:
            return ""
        known = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST}.x"
        return f"Jira Data Center {self.release} is newer than any that SafeSync was made for ({known}). Look twice at the first plan."


def gateway(url: str) -> bool:
    """Whether this is the address of Atlassian's gateway to a Cloud site, and not of the site."""
    return _GATEWAY in url


def site_of(told: dict[str, Any], url: str) -> Site:
    """The site behind ``url`` by its ``serverInfo``; ``ValueError`` when that is none of Jira's."""
    version = tuple(int(part) for part in told.get("versionNumbers") or re.findall(r"\d+", str(told["version"])))
    if not version:
        raise ValueError("no version")
    cloud = told.get("deploymentType") == "Cloud" or version >= (_CLOUD_FROM,)
    address = str(told.get("baseUrl") or url) if gateway(url) else url
    return Site(Deployment.CLOUD if cloud else Deployment.DATA_CENTER, version, address.rstrip("/"))
