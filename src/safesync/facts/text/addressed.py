"""
Lines of a comment that are addressed to SafeSync: they begin with its name, or with a mention of its account.

What somebody quotes is said by somebody else, what is struck out was taken back, and what stands in a block of code is shown and not
said: none of it counts. Below the head of another mail everything is quoted. A line in monospace is said: that is how people paste what
we proposed to them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec

from safesync.facts.text.flatten import flatten
from safesync.facts.text.line import Line, LineKind
from safesync.model.item import Markup, RichText

NAME = "safesync"
MOST_LETTERS = 400
"""Of a line; a command with its reason is far shorter."""
MOST_LINES = 10
_MOST_TEXT = 65_536
_MOST_DEPTH = 60
_ADDRESS = re.compile(rf"(?:[^\w\"']|_)*{NAME}[*_+]{{0,3}}(?:[ \t]*[,:])?[*_+]{{0,3}}[ \t]+(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_IN_QUOTES = re.compile(r"(?P<sign>[\"'])(.*)(?P=sign)", re.DOTALL)
"""As people copy it from a text; where words follow behind the quotes they speak about a command."""
_AROUND = "@:,. "
_SHOWN = re.compile(
    r'"(?:codeBlock|media\w{0,9})"|\{(?:code|noformat)\b|<(?:pre|img)\b|```|~~~|!\[|![^\s!][^!\n]{0,200}\.\w{2,4}[|!]', re.IGNORECASE
)
"""A block of code, or a picture."""
_OURS = re.compile(r"ref\s+[0-9a-f]{6}\b")
"""The last line of our own comments, of whatever account."""
_OF_PEOPLE = re.compile(r"^[ \t]*(?:>|&gt;|bq\. ).*$", re.MULTILINE)
_MAIL = re.compile(
    r"-{2,}[ \t]*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|message d.origine|message transféré)[ \t]*-{2,}"
    r"|(?:on|am|le)\b[^\n]{0,100}\d[:.h]\d\d\b[^\n]{0,150}\n?[^\n]{0,100}\b(?:wrote|schrieb|a écrit)\b[^\n]{0,150}:[ \t]*(?:\n|$)"
    r"|(?:from|von|de)[ \t]*:[^\n]*\n(?:sent|gesendet|envoyé|date|datum)[ \t]*:",
    re.IGNORECASE,
)
"""How mail programs begin what they quote without a sign before each line, in the languages that we speak."""
_MAIL_HEAD = 3
"""Lines of it, at most."""
_STRUCK: Mapping[Markup, re.Pattern[str]] = MappingProxyType(
    {
        Markup.WIKI: re.compile(
            r"(?<![\w\\-])-(?=[^\s-])(?:[^\n-]|(?<=\w)-(?=\w)|(?<=\s)-(?=\s)){1,500}(?<=\S)-(?![\w-])|\{-\}[^\n]{0,500}?\{-\}"
        ),
        Markup.MARKDOWN: re.compile(r"~~(?=\S)(?:[^~\n]|~(?!~)){1,1000}~~"),
    }
)
_QUOTING = "\ue000"
"""For ``>`` in notations that have other signs for quotes, as it is not told from a sign of a list later on."""
_ESCAPED = re.compile(r"\\(_|[^\w\s])")
"""As editors write what would mean something otherwise: that of Jira Data Center days in monospace, others the signs of Markdown."""
_WIKI_QUOTE = re.compile(r"\{quote(?::[^{}\n]{0,200})?\}")
_WIKI_CODE = re.compile(r"\{(code|noformat)(?::[^{}\n]{0,200})?\}[^\n]{0,1000}?\{\1\}")
"""On one line; what stands on several is read as code anyway."""
_TAG = re.compile(r"<(/?)(blockquote|del|strike|s|span|pre|p|div|li|font|b|i|u|em|strong|code)\b([^<>]{0,1000})>", re.IGNORECASE)
_UNSAID = frozenset({"blockquote", "del", "strike", "s", "pre"})
_BLOCKS = frozenset({"blockquote", "pre", "p", "div", "li"})
_STRUCK_STYLE = re.compile(r"text-decoration[^;\"']{0,100}line-through", re.IGNORECASE)
_HTML_MENTION = re.compile(
    r"<a\b[^<>]{0,1000}data-vss-mention=[\"'][^\"'<>]{0,60}?([0-9a-f-]{36})[\"'][^<>]{0,1000}>(?:[^<>]|<(?!/a)[^<>]{0,200}>){0,300}</a>",
    re.IGNORECASE,
)
_MARKDOWN_MENTION = re.compile(r"@<([0-9A-Fa-f-]{36})>")
_WIKI_MENTION = re.compile(r"\[~(?:accountid:)?([^\[\]\n]{1,200})\]")


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a comment says to us, line by line, plain, cut and without our name; ``alone`` when it says and shows nothing beside that."""

    lines: tuple[str, ...] = ()
    alone: bool = False


def addressed(rich: RichText, accounts: Collection[str] = ()) -> Addressed:
    """
    What is said to us. Any text can be read, also a hostile one.

    ``accounts`` are what the tracker calls our own account in a mention.
    """
    ours = frozenset(one.casefold() for one in accounts if one)
    if not _may_speak(rich.text, ours):
        return Addressed()
    said = _WITHOUT_QUOTES[rich.markup](rich.text, ours)
    if struck := _STRUCK.get(rich.markup):
        said = struck.sub("", said)
    lines = _before_mail([line for line in flatten(RichText(said, rich.markup)) if line.kind is not LineKind.CODE])
    texts = [_typed(line.text, rich.markup) for line in lines if not line.text.startswith(_QUOTING)]
    to_us, beside = _sorted(texts)
    found = tuple(line for line in to_us if not _OURS.match(line))[:MOST_LINES]
    return Addressed(found, alone=bool(found) and not beside and not _SHOWN.search(rich.text))


def _sorted(texts: Iterable[str]) -> tuple[list[str], bool]:
    """What is said to us, and whether there is something beside; our name alone on a line speaks to us on the next one."""
    to_us, beside, called = list[str](), False, False
    for text in texts:
        before, called = called, text.strip(_AROUND).casefold() == NAME
        match = _ADDRESS.fullmatch(text)
        rest = match["rest"].strip() if match else text if before else ""
        if rest and not called:
            to_us.append(rest[:MOST_LETTERS].rstrip())
        beside = beside or not (rest or called)
    return to_us, beside


def _typed(text: str, markup: Markup) -> str:
    """A line without what its notation had to write otherwise, and without the signs of monospace."""
    if markup in {Markup.WIKI, Markup.MARKDOWN}:
        text = html.unescape(_ESCAPED.sub(r"\1", text))
    text = text.replace(_QUOTING, ">").replace("`", "")
    return found[2] if (found := _IN_QUOTES.fullmatch(text)) else text


def _before_mail(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines above the first mail that is quoted below them."""
    for at in range(len(lines)):
        if _MAIL.match("\n".join(line.text.strip() for line in lines[at : at + _MAIL_HEAD])):
            return lines[:at]
    return lines


def _may_speak(text: str, ours: Collection[str]) -> bool:
    """Most comments do not: a look for a word is all they cost."""
    low = text.casefold()
    return NAME in low or any(one in low for one in ours)


def _document(text: str, ours: Collection[str]) -> str:
    try:
        return msgspec.json.encode(_kept(msgspec.json.decode(text), ours, 0)).decode()
    except (ValueError, RecursionError):
        return ""


def _kept(node: Any, ours: Collection[str], depth: int) -> Any:
    """A node without what is quoted or code, and with our name where our account is mentioned; what is too deep is left out."""
    if depth > _MOST_DEPTH or _is_struck(node):
        return None
    if isinstance(node, list):
        shown = [one for one in node if not (isinstance(one, dict) and one.get("type") in {"blockquote", "codeBlock"})]
        return [_kept(one, ours, depth + 1) for one in _from_us_on(shown, ours)]
    if not isinstance(node, dict):
        return node
    text = _shown_as(node, ours)
    if text is not None:
        return {"type": "text", "text": text}
    return {name: _kept(one, ours, depth + 1) if name == "content" else one for name, one in node.items()}


def _from_us_on(parts: list[Any], ours: Collection[str]) -> list[Any]:
    """The parts of a line without the mentions of others that stand before ours."""
    for at, one in enumerate(parts):
        if not isinstance(one, dict) or (one.get("type") != "mention" and str(one.get("text")).strip(" ,\u00a0")):
            break
        if (_shown_as(one, ours) or "").startswith(NAME):
            return parts[at:]
    return parts


def _shown_as(node: dict[str, Any], ours: Collection[str]) -> str | None:
    """The words of a part that is read otherwise than it is kept: our account, a day, and what is quoted by a sign."""
    attrs = node.get("attrs")
    match node:
        case {"type": "mention"} if isinstance(attrs, dict) and str(attrs.get("id")).casefold() in ours:
            return f"{NAME} "
        case {"type": "date"}:
            return _day(attrs)
        case {"text": str(text)} if text.lstrip().startswith(">"):
            return text.replace(">", _QUOTING, 1)
    return None


def _day(attrs: Any) -> str:
    """A day that was picked in Jira's editor, which is kept as milliseconds."""
    try:
        return datetime.fromtimestamp(int(attrs["timestamp"]) / 1000, UTC).date().isoformat()
    except (TypeError, KeyError, ValueError, OverflowError, OSError):
        return ""


def _is_struck(node: Any) -> bool:
    marks = node.get("marks") or () if isinstance(node, dict) else ()
    return any(isinstance(mark, dict) and mark.get("type") == "strike" for mark in marks)


def _wiki(text: str, ours: Collection[str]) -> str:
    outside = _WIKI_QUOTE.split(text[:_MOST_TEXT])[::2]  # every other part stands between two signs of a quote
    return _named(_WIKI_MENTION, _OF_PEOPLE.sub("", _WIKI_CODE.sub("", "\n".join(outside))), ours)


def _hypertext(text: str, ours: Collection[str]) -> str:
    said = _named(_MARKDOWN_MENTION, _named(_HTML_MENTION, "".join(_outside(text[:_MOST_TEXT])), ours), ours)
    return said.replace("&gt;", _QUOTING)


def _outside(text: str) -> Iterator[str]:
    """What is neither quoted nor struck out nor a block of code, whatever stands inside; the last two have an end, else they are none."""
    last = {tag[2].lower(): tag.start() for tag in _TAG.finditer(text) if tag[1]}
    inside, depth, at = "", 0, 0
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if inside:
            depth += (name == inside) * (-1 if tag[1] else 1)
            if not depth:
                yield "<br>" if inside in _BLOCKS else ""
                inside, at = "", tag.end()
        elif not tag[1] and (name in _UNSAID or _STRUCK_STYLE.search(tag[3])) and (name == "blockquote" or tag.end() <= last.get(name, -1)):
            yield text[at : tag.start()]
            inside, depth = name, 1
    yield "" if inside else text[at:]


def _markdown(text: str, ours: Collection[str]) -> str:
    outside = _OF_PEOPLE.sub("", text[:_MOST_TEXT])
    return _hypertext(html.unescape(outside) if "@&lt;" in outside else outside, ours)


def _plain(text: str, ours: Collection[str]) -> str:  # noqa: ARG001 - as its neighbours
    return _OF_PEOPLE.sub("", text[:_MOST_TEXT])


def _named(mention: re.Pattern[str], text: str, ours: Collection[str]) -> str:
    """With our name in the place of our account; who is mentioned before it is called beside us."""
    named = mention.sub(lambda found: f"{NAME} " if found[1].casefold() in ours else found[0], text)
    return re.sub(rf"(?:{mention.pattern}(?:&nbsp;|[ \t,])*){{1,5}}(?={NAME} )", "", named, flags=mention.flags) if named != text else text


_WITHOUT_QUOTES: Mapping[Markup, Callable[[str, Collection[str]], str]] = MappingProxyType(
    {Markup.ADF: _document, Markup.WIKI: _wiki, Markup.HTML: _hypertext, Markup.MARKDOWN: _markdown, Markup.PLAIN: _plain}
)
