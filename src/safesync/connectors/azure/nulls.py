"""
Answers in which ``null`` stands where other servers leave a key out, or write an empty list.

What is told as ``null`` is not told, and a list that is ``null`` is empty. Looked at only where an answer does not fit as it is.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import inspect


def without_nulls(told: Any, shape: Any) -> Any:
    """The decoded JSON ``told``, its nulls taken out wherever ``shape`` has no place for them; what it does not name is left out."""
    return _fitted(told, _form(shape))


@cache
def _form(shape: Any) -> inspect.Type:
    return inspect.type_info(shape)


def _fitted(told: Any, form: inspect.Type) -> Any:
    if isinstance(form, inspect.UnionType):
        form = next((one for one in form.types if _suits(told, one)), form)
    if isinstance(form, inspect.VarTupleType) and isinstance(told, list):
        return [_fitted(one, form.item_type) for one in told]
    if isinstance(form, inspect.StructType) and isinstance(told, dict):
        return {each.encode_name: _fitted(told[each.encode_name], each.type) for each in form.fields if _is_told(told, each)} | {
            each.encode_name: [] for each in form.fields if _is_empty_list(told, each)
        }
    return told


def _is_told(told: dict[str, Any], each: inspect.Field) -> bool:
    if each.encode_name not in told:
        return False
    return told[each.encode_name] is not None or _takes_null(each.type) or each.required


def _is_empty_list(told: dict[str, Any], each: inspect.Field) -> bool:
    is_null = each.encode_name in told and told[each.encode_name] is None
    return is_null and each.required and isinstance(each.type, inspect.VarTupleType)


def _takes_null(form: inspect.Type) -> bool:
    return isinstance(form, inspect.NoneType | inspect.AnyType) or (isinstance(form, inspect.UnionType) and form.includes_none)


def _suits(told: Any, form: inspect.Type) -> bool:
    return isinstance(form, inspect.StructType if isinstance(told, dict) else inspect.VarTupleType)
