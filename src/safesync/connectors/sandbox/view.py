"""Rich texts for the sandbox's page: shown as harmless HTML, and as plain text that a person can edit in a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from html.parser import HTMLParser
from typing import Any

from safesync.connectors.sandbox.meridian.prose import Block, Prose, Style
from safesync.connectors.sandbox.wiki_view import safe_link, wiki_html

_WORDS = "a b blockquote br code div em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup table tbody td th thead tr u ul"
_SHOWN = frozenset(_WORDS.split())
_VOID = frozenset({"br", "hr"})
_BLOCKS = frozenset({"p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre"})
_ADF_BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "codeBlock": "pre",
    "panel": "div",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
_ADF_MARKS = {"strong": "strong", "em": "em", "code": "code", "underline": "u", "strike": "s"}
_LEADS = re.compile(r"^(?:(#{1,6})|([-*])|(\d+)[.)])\s+")


def adf_html(node: Mapping[str, Any] | None) -> str:
    """A document of Jira as HTML; whatever its texts hold stays text."""
    if not node:
        return ""
    kind = node.get("type")
    if kind == "text":
        return _marked(escape(str(node.get("text", ""))), node.get("marks") or ())
    if kind in {"hardBreak", "rule"}:
        return "<br>" if kind == "hardBreak" else "<hr>"
    inner = "".join(adf_html(child) for child in node.get("content") or ())
    if kind == "heading":
        level = min(6, max(3, int((node.get("attrs") or {}).get("level", 3)) + 1))
        return f"<h{level}>{inner}</h{level}>"
    tag = _ADF_BLOCKS.get(str(kind))
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _marked(text: str, marks: Any) -> str:
    for mark in marks:
        if tag := _ADF_MARKS.get(mark.get("type")):
            text = f"<{tag}>{text}</{tag}>"
        elif mark.get("type") == "link" and (href := safe_link((mark.get("attrs") or {}).get("href"))):
            text = f'<a href="{escape(href)}" rel="noreferrer">{text}</a>'
    return text


def rich_html(value: Mapping[str, Any] | str | None) -> str:
    """A text of either Jira as harmless HTML."""
    return wiki_html(value) if isinstance(value, str) else adf_html(value)


def rich_text(value: Mapping[str, Any] | str | None) -> str:
    """A text of either Jira as the text of a form."""
    return _tidy(rich_html(value))


def clean_html(text: str | None) -> str:
    """HTML of Azure DevOps with a short list of tags left; all else is shown as text or dropped."""
    cleaner = _Cleaner()
    cleaner.feed(text or "")
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    """Writes allowed tags anew, without attributes but addresses, and closes what was left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SHOWN:
            return
        href = safe_link(dict(attrs).get("href")) if tag == "a" else None
        self._parts.append(f'<a href="{escape(href)}" rel="noreferrer">' if href else f"<{tag}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open:
            last = self._open.pop()
            self._parts.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        self._parts.append(escape(data))

    def result(self) -> str:
        return "".join(self._parts) + "".join(f"</{tag}>" for tag in reversed(self._open))


def html_text(text: str | None) -> str:
    """HTML as the text of a form."""
    return _tidy(text or "")


def _tidy(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line and line != "-")


class _Reader(HTMLParser):
    """HTML as lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature is HTMLParser's
        if tag in {"ul", "ol"}:
            self._lists.append(-1 if tag == "ul" else 0)
        lead = "" if self.parts and self.parts[-1].endswith(("- ", ". ")) else "\n"
        if tag == "li" and self._lists:
            number = self._lists[-1]
            self._lists[-1] += 0 if number < 0 else 1
            self.parts.append("\n- " if number < 0 else f"\n{number + 1}. ")
        elif tag == "br" or tag in _BLOCKS:
            self.parts.append(lead + ("## " if re.fullmatch(r"h\d", tag) else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\n", " "))


def prose_of(text: str) -> Prose:
    """What a person wrote into a form, with its headings and lists found again."""
    blocks: list[Block] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        lead = _LEADS.match(line)
        style = Style.PARAGRAPH if not lead else Style.HEADING if lead[1] else Style.BULLETS if lead[2] else Style.STEPS
        words = line[lead.end() :] if lead else line
        if blocks and blocks[-1].style is style and style is not Style.HEADING:
            blocks[-1] = Block(style, (*blocks[-1].lines, words))
        else:
            blocks.append(Block(style, (words,)))
    return tuple(blocks)
