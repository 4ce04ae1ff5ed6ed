"""
What the newest result of a test says, in three words: tools have dozens for it.

A word that we do not know says nothing, and so the fact is unseen there: it may be the one that matters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from safesync.model.item import Item

TEST_RESULTS = ("failed", "not_run", "passed")
TESTS_REMEDY = (
    "map the field with the newest result (fields.test_result), let SafeSync read Test Plans, or name a file (organisation.data.tests)"
)
RESULT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("passed", "pass", "ok", "success", "successful", "succeeded", "green"), "passed"),
        **dict.fromkeys(
            ("bestanden", "erfolgreich", "réussi", "réussie", "succès", "superado", "aprobado", "passou", "superato"), "passed"
        ),
        **dict.fromkeys(("geslaagd", "zaliczony", "合格", "通过"), "passed"),
        **dict.fromkeys(("failed", "fail", "failure", "nok", "not ok", "error", "timeout", "aborted", "red", "broken"), "failed"),
        **dict.fromkeys(("fehlgeschlagen", "nicht bestanden", "échoué", "échouée", "échec", "fallido", "fallado", "falhou"), "failed"),
        **dict.fromkeys(("fallito", "gefaald", "mislukt", "niezaliczony", "不合格", "失败"), "failed"),
        **dict.fromkeys(("todo", "to do", "not run", "notrun", "not executed", "notexecuted", "unexecuted", "no run", "none"), "not_run"),
        **dict.fromkeys(
            ("executing", "in progress", "inprogress", "wip", "paused", "unspecified", "active", "ready", "blocked"), "not_run"
        ),
        **dict.fromkeys(("uncovered", "not applicable", "notapplicable", "inconclusive", "skipped", "untested", "retest"), "not_run"),
        **dict.fromkeys(("nicht ausgeführt", "offen", "non exécuté", "à faire", "sin ejecutar", "pendiente", "não executado"), "not_run"),
    }
)
"""What tools for tests write (Xray, Zephyr, Test Plans, TestRail), without upper and lower case."""
_SCOPE = re.compile(r".*\s[-:\u2013]\s+|.*:\s*", re.DOTALL)
"""A version or a plan before the result, as in "3.1 - OK"."""


def newest(item: Item) -> tuple[bool, str | None]:
    """Whether the result is known, and which one it is; ``None`` where there is none."""
    if item.test_result is None:
        return "test_result" not in item.unseen, None
    found = result(item.test_result)
    return found is not None, found


@lru_cache(maxsize=512)
def result(said: str) -> str | None:
    """One of ``TEST_RESULTS``: the worst of several, and ``None`` where one of them is a word that nobody knows."""
    found = [_one(part) for part in said.split(";") if part.strip()]
    if "failed" in found:
        return "failed"
    return None if None in found or not found else min(found, key=lambda each: TEST_RESULTS.index(str(each)))


def _one(part: str) -> str | None:
    word = " ".join(part.replace("_", " ").split()).casefold()
    return RESULT_WORDS.get(word) or RESULT_WORDS.get(_SCOPE.sub("", word).strip())
