"""Finds the rules that SafeSync ships: every module with a ``RULE``."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module, resources
from types import MappingProxyType, ModuleType
from typing import Any

from ruamel.yaml import YAML

from safesync import rules
from safesync.rules.rule import Level, Rule


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Rule]:
    """All rules by code, in the order of their codes; two rules of one code are refused."""
    found: dict[str, Rule] = {}
    for rule in sorted(_rules(), key=lambda rule: rule.code):
        if rule.code in found:
            raise ValueError(f"rule {rule.code} stands in two files: {found[rule.code].name}, {rule.name}")
        found[rule.code] = rule
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def packs() -> Mapping[str, Mapping[str, Any]]:
    """The packs that SafeSync ships, by name: sections of rules as an administrator would write them."""
    folder = resources.files("safesync.rules.packs")
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    yaml = YAML(typ="safe")
    return MappingProxyType({name.removesuffix(".yaml"): yaml.load((folder / name).read_text(encoding="utf-8")) for name in files})


def _rules() -> Iterator[Rule]:
    levels = {level.value for level in Level}
    for package in pkgutil.iter_modules(rules.__path__):
        if package.ispkg and package.name in levels:
            folder = import_module(f"{rules.__name__}.{package.name}")
            for module in pkgutil.iter_modules(folder.__path__, folder.__name__ + "."):
                yield of_module(import_module(module.name))


def of_module(module: ModuleType) -> Rule:
    """The rule of a module, with the module's docstring as its page."""
    rule = module.RULE
    if not isinstance(rule, Rule):
        raise TypeError(f"RULE of {module.__name__} is no rule")
    return replace(rule, page=inspect.cleandoc(module.__doc__ or ""))
