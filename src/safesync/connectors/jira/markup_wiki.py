r"""
A message as the wiki markup of Data Center: paragraphs, lists, three kinds of emphasis, links, and text stays text.

Jira's renderer turns ``\*`` into an entity before it looks for emphasis, tables, images and faces, so an escaped
character never means anything; what it cannot escape so (``\`` itself, ``:``, ``&``) is written as the entity at once.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from safesync.connectors.jira.markup import footer, linkable
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

_MARKS = {Mark.STRONG: ("*", "*"), Mark.EM: ("_", "_"), Mark.CODE: ("{{", "}}")}
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_BLOCK = re.compile(r"^(h[1-6]|bq)\.")
_IN_ADDRESSES = ":/?#@$&+,;=%.~-_"
_SPECIAL = re.compile(
    r"""(?x)
    (?P<entity>
        \\
        | &(?= [\w\#] | $ )                # what looks like an entity is none
        | :(?! \s ) | (?<= mailto ):       # faces and addresses
        | (?<= \b h[1-6] ) \. | (?<= \b bq ) \.  # headings and quotes, also of a link's text
        | [\U00010000-\U0010ffff]          # a database of three bytes a character refuses the whole comment
    )
    | [{}\[\]*_+^~!|\#]
    | (?<!\w)- | -(?! [^\W\d] )            # lists, rules, struck text and keys of issues, but no well-known words
    | (?<!\w)\?                            # citations
    | \((?! [^()\s]+ \s ) | (?<! [^\W_] )\)      # faces such as (x) and ;), but no remark (like this)
    """
)


def wiki_text(message: Message) -> str:
    """The message in wiki markup; its reference stands visibly in the last line."""
    blocks = [_block(block) for block in (*message.blocks, footer(message))]
    return "\n\n".join(block for block in blocks if block)


def _block(block: Paragraph | Bullets) -> str:
    if isinstance(block, Paragraph):
        return _line(block.spans)
    sign = "#" if block.numbered else "*"
    return "\n".join(f"{sign} {line}" for entry in block.entries if (line := _line(entry)))


def _line(spans: tuple[Span, ...]) -> str:
    told = [(span, text) for span in spans if (text := _plain(span.text))]
    line = ""
    for at, (span, text) in enumerate(told, 1):
        line += _span(span, text, before=line[-1:], after=told[at][1][0] if at < len(told) else "")
    return _BLOCK.sub(r"\1&#46;", line.strip())


def _plain(text: str) -> str:
    return _CONTROL.sub("", _BREAKS.sub(" ", text))


def _span(span: Span, text: str, *, before: str, after: str) -> str:
    """A mark stands only between what is no letter, and around what neither begins nor ends with a space."""
    core = text.strip()
    if not core:
        return text
    link = _address(span.href) if span.href is not None and linkable(span.href) else ""
    # Not everybody who reads the markup knows a link within code.
    opening, closing = _MARKS.get(Mark.PLAIN if link and span.mark is Mark.CODE else span.mark, ("", ""))
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if (not lead and before.isalnum()) or (not trail and after.isalnum()):
        opening = closing = ""
    # What stands within marks or in a link is read twice, and the second time an escaped character is a bare one.
    shown = _escaped(core, entities=bool(link or opening))
    return f"{lead}{opening}{f'[{shown}|{link}]' if link else shown}{closing}{trail}"


def _escaped(text: str, *, entities: bool) -> str:
    return _SPECIAL.sub(lambda one: _entity(one.group()) if entities or one["entity"] else f"\\{one.group()}", text)


def _entity(character: str) -> str:
    return "&amp;" if character == "&" else f"&#{ord(character)};"


def _address(href: str) -> str:
    return quote(href.strip(), safe=_IN_ADDRESSES)
