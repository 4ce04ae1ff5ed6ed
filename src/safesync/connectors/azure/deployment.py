"""Which Azure DevOps we speak to: detected from what it says of itself, not asked of the administrator."""

from __future__ import annotations

from dataclasses import dataclass

OLDEST = 6.0
"""The interface of Azure DevOps Server 2020."""
SPOKEN = 7.1
"""The newest interface that we were written for."""
_SERVERS = {6.0: "2020", 6.1: "2020", 7.0: "2022", 7.1: "2022.1"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """An installation: ``ceiling`` is the newest version of the interface that it knows."""

    hosted: bool
    ceiling: float

    @property
    def name(self) -> str:
        """Such as ``"Azure DevOps Services"`` or ``"Azure DevOps Server 2022.1"``; newer servers have no year."""
        if self.hosted:
            return "Azure DevOps Services"
        year = _SERVERS.get(self.ceiling)
        return f"Azure DevOps Server {year}" if year else "Azure DevOps Server"

    @property
    def version(self) -> str:
        """The version of the interface that we speak with it, such as ``"REST 7.1"``: beside a year a number alone explains nothing."""
        return f"REST {min(self.ceiling, SPOKEN)}"
