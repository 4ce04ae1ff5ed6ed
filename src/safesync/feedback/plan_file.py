"""A plan as a file that a person can read and approve, and that is refused when somebody altered it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

import msgspec
from pydantic import TypeAdapter, ValidationError

from safesync.model.change import Plan
from safesync.model.errors import ConfigurationError

_VERSION: Literal[2] = 2
_HEAD_LENGTH = 100


@dataclass(frozen=True, slots=True)
class _PlanFile:
    safesync_plan: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class _Version:
    safesync_plan: int


_FILE = TypeAdapter(_PlanFile)
_HEAD = TypeAdapter(_Version)


def sealed(plan: Plan) -> Plan:
    """The plan with the digest of everything else in it."""
    content = msgspec.json.encode(replace(plan, digest=""))
    return replace(plan, digest=hashlib.sha256(content).hexdigest())


def plan_to_json(plan: Plan) -> str:
    """The file of a plan."""
    return msgspec.json.format(msgspec.json.encode(_PlanFile(_VERSION, plan)).decode()) + "\n"


def plan_from_json(text: str) -> Plan:
    """The plan of a file; ``ConfigurationError`` for one that is none, of another version, or altered."""
    # pydantic reads it, because msgspec takes no union of two plain dataclasses (paragraphs and bullets).
    try:
        version = _HEAD.validate_json(text).safesync_plan
    except ValidationError as error:
        if '"safesync_plan"' in text[:_HEAD_LENGTH]:
            raise ConfigurationError("plan: the file is cut off or damaged; plan again") from error
        raise ConfigurationError("plan: this file is not a plan of SafeSync; write one with 'safesync plan -o FILE'") from error
    if version != _VERSION:
        raise ConfigurationError(f"plan: written by another version of SafeSync (format {version}, this one reads {_VERSION}); plan again")
    try:
        plan = _FILE.validate_json(text).plan
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ConfigurationError(f"plan: the file is damaged at {where}; plan again") from error
    if sealed(plan).digest != plan.digest:
        raise ConfigurationError("plan: the file was altered after it was written; plan again, and leave items out by configuration")
    return plan
