"""What people do to whole work items: turn them into another type, move them, throw them away, fetch them back."""

from __future__ import annotations

from typing import Any

from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.organisation import AzureOrganisation
from safesync.connectors.sandbox.azure.people import Stamp


def retype(organisation: AzureOrganisation, item: WorkItem, type_name: str, stamp: Stamp) -> None:
    """The item is of another type from now on, in the first state of that type unless it has the item's own."""
    with organisation.lock:
        organisation.ledger.change(item, {"System.WorkItemType": type_name}, stamp)


def move(organisation: AzureOrganisation, item: WorkItem, area: str, stamp: Stamp, iteration: str | None = None) -> None:
    """The item belongs to another area from now on, and to another project when the path begins with one; it keeps its number."""
    project = area.split("\\", maxsplit=1)[0]
    fields: dict[str, Any] = {"System.TeamProject": project, "System.AreaPath": area}
    if project.lower() != item.project.lower() or iteration is not None:
        fields["System.IterationPath"] = iteration or project
    with organisation.lock:
        organisation.ledger.change(item, fields, stamp)


def recycle(organisation: AzureOrganisation, item: WorkItem, stamp: Stamp) -> None:
    """Into the recycle bin."""
    with organisation.lock:
        organisation.ledger.delete(item, stamp)


def restore(organisation: AzureOrganisation, item: WorkItem, stamp: Stamp) -> None:
    """Out of the recycle bin."""
    with organisation.lock:
        organisation.ledger.restore(item, stamp)


def destroy(organisation: AzureOrganisation, item: WorkItem) -> None:
    """For good: no report and no link tells that it ever was."""
    with organisation.lock:
        organisation.ledger.destroy(item)
