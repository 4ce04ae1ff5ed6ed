"""Secrets by reference: ``${env:NAME}`` and ``${file:/run/secrets/name}``, so that none stands in the YAML."""

from __future__ import annotations

import os
import re
from pathlib import Path

_REFERENCE = re.compile(r"\$\{(?P<scheme>[a-z]+):(?P<name>[^}]*)\}")


class SecretMissingError(Exception):
    """A reference leads nowhere; the text says what to do and never holds a secret."""


def resolve(text: str) -> str:
    """The text with every reference replaced by what it names; raises ``SecretMissingError``."""
    return _REFERENCE.sub(lambda found: _value(found["scheme"], found["name"]), text)


def _value(scheme: str, name: str) -> str:
    if scheme == "env":
        if name not in os.environ:
            raise SecretMissingError(f"the environment variable {name} is not set")
        return os.environ[name]
    if scheme == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretMissingError(f"the file {name} cannot be read ({type(error).__name__})") from None
    raise SecretMissingError(f"there is no kind of secret {scheme!r}: use env or file")
