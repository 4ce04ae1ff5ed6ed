"""What became of items that are not found where they were: moved, deselected, deleted, or merely not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import Binned, BinnedItems
from safesync.connectors.azure.items import BATCH, read_items
from safesync.connectors.azure.queries import selected
from safesync.connectors.azure.resources import RECYCLE_BIN
from safesync.connectors.port import Fate, Scope
from safesync.model.item import ItemRef


@dataclass(frozen=True, slots=True)
class Investigator:
    """Asks an organisation about items that a census missed."""

    client: AzureClient
    scope: Scope

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        """By uid. Who is neither shown nor in a recycle bin is hidden: destroyed, or out of our sight."""
        by_id = {int(ref.native_id): ref for ref in refs}
        projects = {int(raw["id"]): str((raw.get("fields") or {}).get("System.TeamProject") or "") for raw in self._shown(sorted(by_id))}
        ours = {one.lower() for one in self.scope.projects}
        inside = sorted(number for number, project in projects.items() if project.lower() in ours)
        told = dict.fromkeys(projects, Fate.MOVED) | dict.fromkeys(inside, Fate.UNSELECTED)
        told |= dict.fromkeys(selected(self.client, self.scope, inside), Fate.PRESENT)
        told |= dict.fromkeys(self._binned([ref for number, ref in by_id.items() if number not in told]), Fate.DELETED)
        return {ref.uid: told.get(number, Fate.HIDDEN) for number, ref in by_id.items()}

    def _shown(self, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        for page in read_items(self.client, ids, ("System.TeamProject",), refused=lambda *_: None):
            yield from page

    def _binned(self, refs: Sequence[ItemRef]) -> Iterator[int]:
        by_project: dict[str, list[int]] = {}
        for ref in refs:
            by_project.setdefault(ref.project, []).append(int(ref.native_id))
        for project, ids in sorted(by_project.items()):
            for start in range(0, len(ids), BATCH):
                yield from self._in_bin(project, ids[start : start + BATCH])

    def _in_bin(self, project: str, ids: Sequence[int]) -> Iterator[int]:
        query = {"ids": ",".join(map(str, ids))}
        try:
            answer = self.client.read(RECYCLE_BIN, BinnedItems | tuple[Binned, ...], route={"project": project}, query=query)  # type: ignore[arg-type]
        except RefusedError:
            return  # the project is gone or hidden, or its bin is: that proves nothing
        found: tuple[Binned, ...] = answer.value if isinstance(answer, BinnedItems) else answer
        yield from (int(one.id) for one in found if one.code in {None, 200} and int(one.id) in ids)
