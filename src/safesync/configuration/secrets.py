"""Secrets by reference: ``${env:NAME}`` and ``${file:/run/secrets/name}``, so that none stands in the YAML."""

from __future__ import annotations

import os
import re
from enum import Enum, auto
from pathlib import Path

_REFERENCE = re.compile(r"\$\{(?P<scheme>env|file):(?P<name>[^}\s]+)\}")
_ATTEMPT = re.compile(r"\$\{[^}]*\}?|^\$\w+$|^%\w+%$")
"""What people write who mean a reference: ``${NAME}``, ``$NAME``, ``%NAME%``, a brace that is not closed."""


class Secrets(Enum):
    """Which references a command needs resolved."""

    NONE = auto()
    """It only looks at the configuration."""
    STORE = auto()
    """It speaks to the store, and to no tracker."""
    ALL = auto()
    """It speaks to trackers."""


class SecretMissingError(Exception):
    """A reference leads nowhere; the text says what to do and never holds a secret."""


def references(text: str) -> bool:
    """Whether a text refers to a secret; ``SecretMissingError`` when it seems to, in a form that is none."""
    if _ATTEMPT.search(_REFERENCE.sub("", text)):
        raise SecretMissingError("a secret is referred to as ${env:NAME} or ${file:/run/secrets/name}")
    return _REFERENCE.search(text) is not None


def resolve(text: str) -> str:
    """The text with every reference replaced by what it names; raises ``SecretMissingError``."""
    references(text)
    return _REFERENCE.sub(lambda found: _value(found["scheme"], found["name"]), text)


def _value(scheme: str, name: str) -> str:
    value = _of_environment(name) if scheme == "env" else _of_file(name)
    if not value:
        raise SecretMissingError(f"the {'environment variable' if scheme == 'env' else 'file'} {name} is empty")
    return value


def _of_environment(name: str) -> str:
    if name not in os.environ:
        raise SecretMissingError(f"the environment variable {name} is not set")
    return os.environ[name].strip()


def _of_file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise SecretMissingError(f"there is no file {name}") from None
    except (OSError, ValueError):
        raise SecretMissingError(f"the file {name} cannot be read as text") from None
