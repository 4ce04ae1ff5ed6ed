"""Fields that few organisations keep: read by their form where they are mapped, unseen where they are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from safesync.connectors.jira import translate
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import Located
from safesync.connectors.mapping import FieldChoice, FieldName, Mapping
from safesync.model.item import Item, Markup, RichText

Raw = Callable[..., dict[str, Any]]


def read(raw: dict[str, Any], context: Context, name: FieldName) -> Item:
    metadata = dataclasses.replace(context.metadata, located=Located({name: ("customfield_1",)}))
    mapped = dataclasses.replace(context, mapping=Mapping(fields={name: (FieldChoice(id="customfield_1"),)}), metadata=metadata)
    found = translate.issue(raw, mapped)
    assert isinstance(found, Item), found
    return found


@pytest.mark.parametrize(
    ("name", "shown", "value"),
    [
        ("cost_estimate", 1200.5, 1200.5),
        ("horizon", {"value": "H2", "id": "7"}, "H2"),
        ("controls", ["SOX-12", "GDPR Art. 5"], "SOX-12; GDPR Art. 5"),
        ("approver", {"displayName": "Nadia Roth", "accountId": "n"}, "Nadia Roth"),
        ("approved_on", "2026-09-30", date(2026, 9, 30)),
        ("committed", {"value": "Uncommitted"}, False),
        ("committed", {"value": "Yes"}, True),
        ("resolution", "dropped", "dropped"),
        ("hypothesis", "For payers", RichText("For payers", Markup.WIKI)),
        ("mvp", None, None),
    ],
)
def test_a_mapped_one_is_read_by_its_form(name: FieldName, shown: Any, value: object, raw: Raw, context: Context) -> None:
    item = read(raw(customfield_1=shown), dataclasses.replace(context, markup=Markup.WIKI), name)
    assert getattr(item, name) == value
    assert name not in item.unseen
    assert item.unseen >= Mapping().unmapped - {name, "resolution"}


@pytest.mark.parametrize(("name", "shown"), [("cost_actual", "much"), ("committed", "perhaps"), ("approved_on", "soon")])
def test_one_that_cannot_be_read_is_unseen_and_costs_nobody_the_item(name: FieldName, shown: Any, raw: Raw, context: Context) -> None:
    item = read(raw(customfield_1=shown), context, name)
    assert getattr(item, name) is None
    assert name in item.unseen


def test_one_that_an_issue_does_not_show_is_unseen(raw: Raw, context: Context) -> None:
    assert "horizon" in read(raw(), context, "horizon").unseen
