"""A store whose process dies in the midst of its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fake_tracker import Killed

from safesync.store.port import Store

_CHANGES_STORE = (
    "save_page",
    "note_unfound",
    "mark_gone",
    "note_account",
    "record",
    "save_mark",
    "intend",
    "settle",
    "start_run",
    "finish_run",
)


@dataclass(slots=True)
class MortalStore:
    """A real store whose process dies at one of its writes: before it, or after it, and for good."""

    store: Store
    left: int
    after: bool
    dead: bool = field(default=False)

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self.store, name)
        return self._mortal(method) if name in _CHANGES_STORE else self._alive(method)

    def _alive(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.dead:
                raise Killed
            return method(*args, **kwargs)

        return call

    def _mortal(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.dead:
                raise Killed
            self.left -= 1
            self.dead = self.left == 0
            if self.dead and not self.after:
                raise Killed
            answer = method(*args, **kwargs)
            if self.dead:
                raise Killed
            return answer

        return call
