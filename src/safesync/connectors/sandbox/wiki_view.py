"""Wiki markup of a Data Center as harmless HTML, as far as the sandbox's page needs it; what is no markup stays text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_HEADING = re.compile(r"h([1-6])\.\s+(.*)")
_ITEM = re.compile(r"([*#-]{1,6})\s+(.*)")
_FENCE = re.compile(r"\{(code|noformat|quote|panel|color)(?::[^}]*)?\}")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_INLINE = re.compile(
    r"""\\(?P<kept>_|[^\w\s])
    | \{\{(?P<code>.{1,400}?)\}\}
    | \[(?:(?P<label>[^\]|\n]{1,400})\|)?(?P<address>(?:https?://|mailto:)[^\]|\s]{1,2000})(?:\|[^\]]{0,400})?\]
    | (?<![\w*])\*(?P<strong>\S(?:[^*\n]{0,2000}\S)?)\*(?![\w*])
    | (?<![\w_])_(?P<em>\S(?:[^_\n]{0,2000}\S)?)_(?![\w_])
    | (?P<rest>\{color(?::[^}]*)?\})""",
    re.VERBOSE,
)
"""Its repetitions are bounded, for a text may hold thousands of brackets that nothing closes."""


def safe_link(address: object) -> str | None:
    """The address when a person may follow it, ``None`` for scripts and other surprises."""
    text = str(address or "").strip()
    return text if text.lower().startswith(("http://", "https://", "mailto:")) else None


def wiki_html(text: str) -> str:
    """Blocks of lines, each in its tag."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "".join(_blocks(lines))


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if fence := _FENCE.fullmatch(line):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == f"{{{fence[1]}}}"), len(lines))
            yield _fenced(fence[1], lines[at + 1 : end])
            at = end + 1
            continue
        reads = next((reads for pattern, reads in _RUNS if pattern(line)), None)
        if reads is None:
            yield _single(line)
            at += 1
            continue
        end = next((n for n in range(at, len(lines)) if not _same(reads, lines[n].strip())), len(lines))
        yield reads([each.strip() for each in lines[at:end]])
        at = end


def _same(reads: Callable[[list[str]], str], line: str) -> bool:
    return next((known for pattern, known in _RUNS if pattern(line)), None) is reads


def _fenced(kind: str, lines: list[str]) -> str:
    if kind in {"code", "noformat"}:
        return f"<pre>{escape(chr(10).join(lines))}</pre>"
    tag = "blockquote" if kind == "quote" else "div"
    return f"<{tag}>{''.join(_blocks(lines))}</{tag}>"


def _single(line: str) -> str:
    if not line:
        return ""
    if heading := _HEADING.match(line):
        level = min(6, max(3, int(heading[1]) + 1))
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    return "<hr>" if re.fullmatch(r"-{4,}", line) else f"<blockquote>{_inline(line[3:].strip())}</blockquote>"


def _list(lines: list[str]) -> str:
    """A list with what is nested in it: ``**`` stands below ``*``."""
    shown, open_tags = [], ""
    for item in filter(None, (_ITEM.match(line) for line in lines)):
        marks = item[1]
        while open_tags and not marks.startswith(open_tags):
            shown.append(f"</li></{_tag(open_tags[-1])}>")
            open_tags = open_tags[:-1]
        if marks == open_tags:
            shown.append("</li>")
        for mark in marks[len(open_tags) :]:
            shown.append(f"<{_tag(mark)}>")
            open_tags += mark
        shown.append(f"<li>{_inline(item[2])}")
    return "".join(shown) + "".join(f"</li></{_tag(mark)}>" for mark in reversed(open_tags))


def _tag(mark: str) -> str:
    return "ol" if mark == "#" else "ul"


def _table(lines: list[str]) -> str:
    rows = []
    for line in lines:
        tag, mark = ("th", "||") if line.startswith("||") else ("td", "|")
        cells = line.strip("|").split(mark)
        rows.append("<tr>" + "".join(f"<{tag}>{_inline(cell.strip())}</{tag}>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>"


def _paragraph(lines: list[str]) -> str:
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _alone(line: str) -> bool:
    return not line or bool(_HEADING.match(line)) or line.startswith("bq. ") or re.fullmatch(r"-{4,}", line) is not None


_RUNS: tuple[tuple[Callable[[str], bool], Callable[[list[str]], str]], ...] = (
    (lambda line: bool(_ITEM.match(line)), _list),
    (lambda line: line.startswith("|"), _table),
    (lambda line: not _alone(line) and not _FENCE.fullmatch(line), _paragraph),
)
"""Lines that belong together, and what they become."""


def _inline(text: str) -> str:
    shown, at = [], 0
    for found in _INLINE.finditer(text):
        shown.append(_plain(text[at : found.start()]))
        shown.append(_marked(found))
        at = found.end()
    return "".join(shown) + _plain(text[at:])


def _marked(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts["address"]:
        return f'<a href="{escape(parts["address"])}" rel="noreferrer">{_plain(parts["label"] or parts["address"])}</a>'
    for tag in ("strong", "em"):
        if parts[tag]:
            return f"<{tag}>{_inline(parts[tag])}</{tag}>"
    return f"<code>{_plain(parts['code'])}</code>" if parts["code"] else escape(parts["kept"] or "")


def _plain(text: str) -> str:
    """Text with its entities, which wiki markup knows, as the characters that they stand for."""
    return escape(_ENTITY.sub(lambda found: unescape(found[0]), text))
