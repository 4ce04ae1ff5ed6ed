"""Who acts in the organisation."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

SPACE = uuid.UUID("5afe5afe-0000-4000-8000-00000000a2de")


@lru_cache(maxsize=4096)
def stable_id(*names: str) -> str:
    """The same GUID for the same names in every run, so that a started-again sandbox is the same organisation."""
    return str(uuid.uuid5(SPACE, "/".join(names)))


@dataclass(eq=False, slots=True)
class Person:
    """An account, a person's or a program's."""

    name: str
    email: str
    bot: bool = False
    id: str = ""
    account: str = ""
    """What the account is called: the mail address in the cloud, ``DOMAIN\\name`` on a server."""
    _references: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.id = self.id or stable_id("identity", self.email)
        self.account = self.account or self.email

    def reference(self, base: str) -> dict[str, Any]:
        """An IdentityRef under the address ``base``; built once, because it stands in every field of every item."""
        if base not in self._references:
            provider = "win." if "\\" in self.account else "aad."
            descriptor = provider + base64.urlsafe_b64encode(self.id.encode()).decode().rstrip("=")
            avatar = f"{base}/_apis/GraphProfile/MemberAvatars/{descriptor}"
            self._references[base] = {
                "displayName": self.name,
                "url": f"{base}/_apis/Identities/{self.id}",
                "_links": {"avatar": {"href": avatar}},
                "id": self.id,
                "uniqueName": self.account,
                "imageUrl": avatar,
                "descriptor": descriptor,
            }
        return self._references[base]

    def distinct_name(self) -> str:
        """Name and account in one string, as reports write it unless asked for references."""
        return f"{self.name} <{self.account}>"


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was done, and by whom."""

    at: datetime
    by: Person
