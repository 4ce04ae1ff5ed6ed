"""
A message as the HTML that survives Azure DevOps's sanitiser: paragraphs, lists, bold, italics, code and links.

Whatever a title or a name holds is shown as it is: nothing in it becomes markup, a link to an item (#123), to a pull request (!123),
or a mention (@name).
"""

from __future__ import annotations

import html
import re

from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

_TAGS = {Mark.STRONG: "b", Mark.EM: "i", Mark.CODE: "code"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# An entity would not do: the server turns it back before it looks for #123 and @name. The joiner has no width and breaks no line.
_JOINER = "\u2060"
_FOOTER = re.compile(r"SafeSync\s+ref\s+\w+(?:-([\w-]+))?")
_CALLS = re.compile(r"(?<=[#!])(?=\d)|(?<=@)(?=\S)")


def footer(message: Message) -> str:
    """
    The words at the end of a comment: by its reference it is found again, by its digest we know what it says.

    Azure DevOps keeps nothing beside the text that survives a lost store; without the digest each comment would be edited once then.
    """
    return f"SafeSync ref {message.reference}-{message.digest}"


def has_footer(text: str, reference: str) -> bool:
    """Whether a stored comment carries this reference, and not merely one that begins alike."""
    return re.search(rf"SafeSync\s+ref\s+{re.escape(reference)}(?!\w)", _plain(text)) is not None


def digest_in(text: str) -> str | None:
    """The digest at the end of a stored comment; ``None`` in one from before there were any."""
    found = _FOOTER.findall(_plain(text))
    return (found[-1] or None) if found else None


def html_of(message: Message) -> str:
    """The whole comment; its reference stands visibly at the end."""
    blocks = "".join(_paragraph(block) if isinstance(block, Paragraph) else _bullets(block) for block in message.blocks)
    return f"{blocks}<p><small>{_escaped(footer(message))}</small></p>"


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def _paragraph(block: Paragraph) -> str:
    return f"<p>{_line(block.spans)}</p>"


def _bullets(block: Bullets) -> str:
    tag = "ol" if block.numbered else "ul"
    return f"<{tag}>{''.join(f'<li>{_line(entry)}</li>' for entry in block.entries)}</{tag}>"


def _line(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    shown = _escaped(span.text)
    if tag := _TAGS.get(span.mark):
        shown = f"<{tag}>{shown}</{tag}>"
    if span.href and re.match(r"https?://[^\s]+$", span.href, re.IGNORECASE):
        shown = f'<a href="{html.escape(span.href)}">{shown}</a>'
    return shown


def _escaped(text: str) -> str:
    shown = _CALLS.sub(_JOINER, _CONTROL.sub("", text.replace("\r\n", "\n")))
    return html.escape(shown).replace("\n", "<br>")
