"""Which Jira a site plays: Cloud, or a Data Center of some version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from safesync.model.errors import ConfigurationError
from safesync.rules.complaint import one_of


@dataclass(frozen=True, slots=True)
class Edition:
    """What decides how a site speaks."""

    cloud: bool
    version: tuple[int, ...]

    @property
    def api(self) -> str:
        """Where the platform's REST API begins, below the site's address."""
        return "/rest/api/3" if self.cloud else "/rest/api/2"

    @property
    def text(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))

    @property
    def name(self) -> str:
        """As people call it."""
        return "Jira Cloud" if self.cloud else f"Jira Data Center {self.text}"


NAMES = ("cloud", "data-center")
CLOUD = Edition(True, (1001, 0, 0))
OLDEST = (8, 14)
"""The first version that knows personal access tokens."""
DEFAULT_VERSION = "10.3.24"
"""The version whose official document the answers are held against."""


def data_center(version: str = DEFAULT_VERSION) -> Edition:
    """A Data Center of a version such as ``"9.12.4"``; ``ConfigurationError`` says what is wrong with another text."""
    if not re.fullmatch(r"\d{1,2}\.\d{1,3}(\.\d{1,3})?", version):
        raise ConfigurationError(f"a version of Jira Data Center looks like 9.12.4, not like '{version}'")
    numbers = tuple(int(part) for part in version.split("."))
    if numbers < OLDEST:
        raise ConfigurationError(f"Jira {version} has no personal access tokens; the oldest that the sandbox plays is 8.14")
    return Edition(False, numbers if len(numbers) == 3 else (*numbers, 0))


def edition(name: str, version: str = DEFAULT_VERSION) -> Edition:
    """By the name that people give it: ``cloud`` or ``data-center``."""
    if name not in NAMES:
        raise ConfigurationError(f"jira: {one_of(name, NAMES)}")
    return CLOUD if name == "cloud" else data_center(version)
