"""
Frozen values of many fields, made and changed as quickly as others.

A frozen dataclass sets each of its fields by a call: an item, with its 78 fields, takes five times as long as without, and a changed
copy ten times. So a twin that is not frozen, with the same slots, is filled, and then becomes the value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, field, fields, make_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

Value = TypeVar("Value")


def maker(kind: type[Value]) -> type[Value]:
    """What is called like the dataclass, which is frozen and has slots, and gives the same."""
    frozen: Any = kind
    return cast("type[Value]", _twin(frozen)[0])


def changed(value: Value, **named: object) -> Value:
    """As ``dataclasses.replace``, of a frozen dataclass with slots."""
    kind: Any = type(value)
    twin, parts, places = _twin(kind)
    one = list(parts(value))
    for name, part in named.items():
        one[places[name]] = part
    return cast("Value", twin(*one))


@cache
def _twin(kind: Any) -> tuple[Callable[..., Any], attrgetter[tuple[Any, ...]], dict[str, int]]:
    """The dataclass with the same slots that is not frozen until it is filled, all fields of a value, and the place of each."""
    told = [(one.name, Any) if one.default is MISSING else (one.name, Any, field(default=one.default)) for one in fields(kind)]
    names = [one.name for one in fields(kind)]

    def become(one: Any) -> None:
        one.__class__ = kind

    twin = make_dataclass(f"{kind.__name__}Twin", told, slots=True, namespace={"__post_init__": become})
    return twin, attrgetter(*names), {name: at for at, name in enumerate(names)}
