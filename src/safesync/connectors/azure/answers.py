"""What an answer means before anyone looks inside: good, a sign-in page, a wrong token, a refusal, or no answer at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from safesync.connectors.characters import mended
from safesync.connectors.patience import StrangerError, advice, of_item
from safesync.connectors.port import OutOfReachError
from safesync.model.errors import ConflictError, ItemError, RetryableError, RunError, SafeSyncError, UnknownOutcomeError

_CODE = re.compile(r"^((?:TF|VS)\d+)")
_SIGN_IN = "Azure DevOps answered with its sign-in page: the token is wrong, expired, or not allowed in this organisation. Make a new one."
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MARKS = ("X-TFS-ProcessId", "X-TFS-ServiceError", "X-VSS-E2EID", "ActivityId")
"""Headers with which Azure DevOps marks its answers, also those without a word of its own in the body."""
_PAGES = (b"<!doctype html", b"<html")
RACED = "TF26071"
"""Somebody saved the item at the same moment."""
_NEVER_SENT = ("ConnectTimeout", "NewConnectionError", "NameResolutionError", "SSLError", "ConnectTimeoutError")


class RefusedError(SafeSyncError):
    """The tracker understood and said no: ``status``, its name for the error and its number (TF401232), never its text."""

    def __init__(self, what: str, status: int, type_key: str, code: str) -> None:
        names = ", ".join(name for name in (type_key, code) if name)
        super().__init__(f"{what} was answered {status}{f' ({names})' if names else ''}.")
        self.status = status
        self.type_key = type_key
        self.code = code

    @property
    def own(self) -> bool:
        """Whether these are the tracker's own words; others come from something on the way to it."""
        return bool(self.type_key or self.code)

    @property
    def says_gone(self) -> bool:
        """Whether the tracker itself calls what we asked for gone."""
        return self.status == 404 and self.own

    def for_run(self) -> RunError:
        """The same, ending this tracker's run."""
        return RunError(f"{self} Check that the project exists and that the token may read it.")

    def for_item(self) -> ItemError:
        """The same, about one item."""
        kind = ConflictError if self.status in {409, 412} else OutOfReachError if self.own and self.status in {403, 404} else ItemError
        return kind(f"{self}{advice(self.status)}")


class TokenRefusedError(RunError):
    """The token is not accepted: at all, or for this one question."""


class SignInPageError(RunError):
    """A page for people instead of an answer: whoever we say we are, nobody knows us."""


@contextmanager
def about_item() -> Iterator[None]:
    """What the tracker refuses inside, or something on the way to it, is an error of this item."""
    try:
        with of_item():
            yield
    except RefusedError as refused:
        raise refused.for_item() from refused


def judged(
    status: int, headers: Mapping[str, str], content: bytes, what: str, *, reading: bool, after_s: float | None, known: bool = True
) -> None:
    """
    Nothing when the answer is good.

    A read that is refused in words which are not the tracker's own is sent again too (``StrangerError``), once the tracker is ``known``
    to answer at this address.

    A sign-in page comes with 203, with a redirect, or as HTML with 200, whatever it is called; JSON that is called HTML is JSON.
    ``RetryableError`` for 425 and 429 (the tracker refused to act, so a write may be sent again too) and, on reads alone, for 408
    and 5xx; a write with such an answer may have happened.
    """
    if status == 203 or 300 <= status < 400 or (200 <= status < 300 and _is_page(headers, content)):
        raise SignInPageError(f"{what}: {_SIGN_IN}")
    if 200 <= status < 300:
        return
    if status == 401:
        raise TokenRefusedError(f"{what}: the token is not accepted (401). Make a new one with the scope Work items (read & write).")
    if status in {425, 429}:
        raise RetryableError(f"{'too early' if status == 425 else 'too many requests'} ({status}).", after_s)
    type_key, code, said = _named(content)
    if status >= 500 and "10,000 revisions" in said:
        type_key = "TooManyRevisions"  # of one item; it will be so next time too
    elif status == 408 or status >= 500:
        if reading:
            raise RetryableError(f"the answer was {status}{f' ({type_key})' if type_key else ''}.", after_s)
        raise UnknownOutcomeError(f"{what} was answered {status}: it may have happened.")
    if reading and known and not (type_key or code or any(mark in headers for mark in _MARKS)):
        raise StrangerError(status, "Azure DevOps", sure=_is_json(bare(content)) and _reads(bare(content)))
    raise RefusedError(what, status, type_key, code)


def whole(content: bytes) -> None:
    """``RetryableError`` for an answer to a read that is empty, or begins like JSON and was broken off: such a read is sent again."""
    told = bare(content)
    if told and (not _is_json(told) or _reads(told) or _reads(mended(told))):
        return
    raise RetryableError("the answer was broken off.")


def bare(content: bytes) -> bytes:
    """A body without the byte order mark that some servers write before it."""
    return content.removeprefix(_BYTE_ORDER_MARK).strip()


def _reads(told: bytes) -> bool:
    try:
        msgspec.json.decode(told, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def _is_json(told: bytes) -> bool:
    return told[:1] in {b"{", b"["}


def _is_page(headers: Mapping[str, str], content: bytes) -> bool:
    told = bare(content)
    return not _is_json(told) and ("text/html" in headers.get("Content-Type", "").lower() or told[:15].lower().startswith(_PAGES))


def unanswered(error: BaseException, what: str, *, reading: bool) -> SafeSyncError:
    """What it means that no answer came: for a write that left this machine, that nobody knows."""
    names = {type(cause).__name__ for cause in _causes(error)}
    reason = next((name for name in _NEVER_SENT if name in names), type(error).__name__)
    if "SSLCertVerificationError" in names:
        return RunError(f"{what}: no trusted connection ({reason}). Check the address and the certificates of this machine.")
    if "SSLError" in names and reading:
        return RunError(f"{what}: no secure connection ({reason}). Does the server speak https there, or does its address begin with http?")
    if reading:
        return RetryableError(f"Azure DevOps could not be reached ({reason}). Check the address, the proxy and the network.")
    if names.intersection(_NEVER_SENT) - {"SSLError"}:
        return RetryableError(
            f"Azure DevOps could not be reached ({reason}); nothing was sent. Check the address, the proxy and the network."
        )
    return UnknownOutcomeError(f"{what}: sent, but no answer came ({reason}).")


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and all that it wraps: the package, requests and urllib3 each have their own way of wrapping."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [getattr(one, "inner_exception", None), getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]
    return found


def _named(content: bytes) -> tuple[str, str, str]:
    """(type key, number, text) of an error body: JSON in two shapes, sometimes with a byte order mark, or anything else."""
    try:
        body: Any = msgspec.json.decode(bare(content))
    except msgspec.DecodeError:
        return "", "", ""
    if not isinstance(body, dict):
        return "", "", ""
    inner = body.get("value")
    said = str(body.get("message") or (inner.get("Message") if isinstance(inner, dict) else "") or "")
    found = _CODE.match(said)
    return str(body.get("typeKey") or ""), found.group(1) if found else "", said
