from __future__ import annotations

import pytest

from safesync.facts.text.ticks import counted
from safesync.model.item import Markup, RichText

ADF = (
    '{"type":"doc","content":[{"type":"taskList","content":[{"type":"taskItem","attrs":{"localId":"1","state":"DONE"}},'
    '{"type":"taskItem","attrs":{"localId":"2","state":"TODO"}}]},{"type":"decisionItem","attrs":{"state":"DECIDED"}}]}'
)


@pytest.mark.parametrize(
    ("markup", "text", "boxes", "open_ones"),
    [
        (Markup.ADF, ADF, 2, 1),
        (Markup.MARKDOWN, "- [x] one\n- [ ] two\n* [X] three\n1. [ ] four\n\\- \\[ \\] not a list", 4, 2),
        (Markup.MARKDOWN, "- [a link](https://example.com)\n[ ] no list", 0, 0),
        (Markup.HTML, '<input type="checkbox" checked> one <input type=checkbox> two <input type="text">', 2, 1),
        (Markup.HTML, "<li>☐ one</li><li>☑ two</li>", 2, 1),
        (Markup.WIKI, "* [ ] one\n# [x] two\n(/) an icon", 2, 1),
        (Markup.PLAIN, "nothing to tick", 0, 0),
    ],
)
def test_boxes_are_counted_in_every_notation(markup: Markup, text: str, boxes: int, open_ones: int) -> None:
    assert counted(RichText(text, markup)) == (boxes, open_ones)
