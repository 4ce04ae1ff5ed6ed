from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from safesync.connectors.jira.markup import document, shows
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

SPANS = st.builds(Span, st.text("ab*_{}[]<>\n|\\\"'#", max_size=6), st.sampled_from(Mark), st.sampled_from([None, "https://x.example/1"]))
LINES = st.lists(SPANS, max_size=3).map(tuple)
BLOCKS = st.builds(Paragraph, LINES) | st.builds(Bullets, st.lists(LINES, max_size=3).map(tuple), st.booleans())
MESSAGES = st.builds(Message, st.lists(BLOCKS, max_size=3).map(tuple), st.just("7f3a9c"), st.just("digest"))

ALLOWED = {"doc", "paragraph", "bulletList", "orderedList", "listItem", "text"}


def test_a_message_becomes_paragraphs_lists_and_marks() -> None:
    said = Message(
        (
            Paragraph((Span("Please ", Mark.STRONG), Span("read", href="https://x.example/r"))),
            Bullets(((Span("first", Mark.EM),), (Span("TM101", Mark.CODE),))),
        ),
        "7f3a9c",
        "digest",
    )
    paragraph, bullets, footer = document(said)["content"]
    assert paragraph["content"] == [
        {"type": "text", "text": "Please ", "marks": [{"type": "strong"}]},
        {"type": "text", "text": "read", "marks": [{"type": "link", "attrs": {"href": "https://x.example/r"}}]},
    ]
    assert [item["content"][0]["content"][0]["text"] for item in bullets["content"]] == ["first", "TM101"]
    assert "".join(node["text"] for node in footer["content"]) == "SafeSync ref 7f3a9c"


def test_only_addresses_that_open_a_page_become_links() -> None:
    said = Message((Paragraph((Span("click", href="javascript:alert(1)"),)),), "7f3a9c", "digest")
    assert document(said)["content"][0]["content"] == [{"type": "text", "text": "click"}]


@given(MESSAGES)
def test_any_text_stays_text_in_a_valid_document(message: Message) -> None:
    made = document(message)
    nodes = [made]
    while nodes:
        node = nodes.pop()
        assert node["type"] in ALLOWED
        assert node["type"] != "text" or (node["text"] and "\n" not in node["text"])
        assert node["type"] not in ("bulletList", "orderedList") or node["content"]
        nodes += node.get("content", [])
    said = "".join(span.text for block in message.blocks for line in _lines(block) for span in line).replace("\n", " ")
    assert "".join(_texts(made)) == f"{said}SafeSync ref 7f3a9c"
    assert shows(json.loads(json.dumps(made)), "7f3a9c")


def test_a_reference_is_seen_in_documents_and_wiki_texts_only_where_it_stands() -> None:
    assert shows("text SafeSync ref 7f3a9c", "7f3a9c")
    assert not shows({"type": "doc", "content": []}, "7f3a9c")
    assert not shows(None, "7f3a9c")


def _lines(block: Paragraph | Bullets) -> tuple[tuple[Span, ...], ...]:
    return (block.spans,) if isinstance(block, Paragraph) else block.entries


def _texts(node: dict[str, object]) -> list[str]:
    own = [str(node["text"])] if "text" in node else []
    content = node.get("content") or []
    assert isinstance(content, list)
    return own + [text for child in content for text in _texts(child)]
