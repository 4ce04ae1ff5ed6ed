"""What Azure DevOps leaves of the HTML that it is given."""

from __future__ import annotations

import html
import re

_WORDS = (
    "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre s span strong sub sup table tbody td th thead tr u ul"
)
_ALLOWED = frozenset(_WORDS.split())
_ATTRIBUTES = frozenset(["href", "src", "alt", "title", "style", "class", "colspan", "rowspan", "data-vss-mention"])
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s[^<>]*)?)/?>")
_ATTRIBUTE = re.compile(r"""([A-Za-z][\w-]*)\s*=\s*("[^"]*"|'[^']*')""")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#\d+|#x[0-9A-Fa-f]+);)")
_DANGEROUS = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def sanitised(text: str) -> str:
    """
    The text without what the allow-list does not know, comments included.

    It is run on markdown as well: ``<placeholder>`` vanishes, a ``<`` that no ``>`` follows takes the rest of the text
    with it, a bare ``&`` becomes an entity.
    """
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", _DANGEROUS.sub("", text), flags=re.DOTALL)
    kept: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        kept.append(_BARE_AMPERSAND.sub("&amp;", text[at:start]))
        end = text.find(">", start)
        if end < 0:
            return "".join(kept)
        kept.append(_cleaned(text[start : end + 1]))
        at = end + 1
    kept.append(_BARE_AMPERSAND.sub("&amp;", text[at:]))
    return "".join(kept)


def _cleaned(tag: str) -> str:
    match = _TAG.fullmatch(tag)
    if not match or match[2].lower() not in _ALLOWED:
        return ""
    attributes = [
        f" {name}={value}"
        for name, value in _ATTRIBUTE.findall(match[3])
        if name.lower() in _ATTRIBUTES and not html.unescape(value)[1:].strip().lower().startswith("javascript:")
    ]
    return f"<{match[1]}{match[2]}{''.join(attributes)}>"


def rendered(text: str, markup: str) -> str:
    """The HTML of a comment: of markdown only paragraphs and line breaks are rendered here."""
    if markup == "html":
        return text
    return "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())
