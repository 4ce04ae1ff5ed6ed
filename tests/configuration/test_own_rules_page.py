"""What docs/own-rules.md shows can be written as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from written import SOUND

from safesync.configuration.read import read_configuration
from safesync.configuration.secrets import Secrets

PAGE = Path(__file__).parents[2] / "docs" / "own-rules.md"
SNIPPETS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["yaml", "python"])
def test_a_snippet_is_a_part_of_a_configuration(snippet: str, tmp_path: Path) -> None:
    before, _, rest = SOUND.partition("rules:\n  extends")
    after = rest[rest.index("feedback:") :]
    (tmp_path / "rules").mkdir()
    rule = Path(__file__).with_name("test_own_rules.py").read_text(encoding="utf-8").split("SOUND = '''\\\n")[1].split("'''")[0]
    (tmp_path / "rules" / "large_story.py").write_text(rule, encoding="utf-8")
    (tmp_path / "safesync.yaml").write_text(f"{before}{snippet}{after}", encoding="utf-8")

    loaded = read_configuration(tmp_path / "safesync.yaml", secrets=Secrets.NONE)

    assert {"X101", "X201"} & {setting.rule.code for setting in loaded.rules}


def test_there_are_snippets_of_both_forms() -> None:
    assert len(SNIPPETS) == 2
