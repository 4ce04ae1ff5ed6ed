"""``safesync doctor``: who we are in each tracker, what we may do there, and whether the mapping fits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from safesync import wiring
from safesync.cli import show
from safesync.cli.examining import Examination, examined
from safesync.cli.progress import progress
from safesync.configuration.read import read_configuration
from safesync.connectors.inspection import Grant
from safesync.connectors.port import Identity
from safesync.jobs.concern import UNTOLD

_SKEW_S = 60.0
_MOST_SHOWN = 12


def doctor(path: Path, *, as_json: bool) -> None:
    """Examine every tracker; ends with 4 when one cannot be used."""
    configuration = read_configuration(path).configuration
    wiring.channels(configuration)  # a run refuses an address that is none: better learnt here
    with progress() as listener:
        listener.begun("examine the trackers", None)
        examinations = examined(configuration, datetime.now(UTC).date())
        listener.ended("examine the trackers")
    if as_json:
        show.as_json({each.part.name: _fields(each) for each in examinations})
    else:
        for each in examinations:
            _print(each, show.console())
        for code, why_not in UNTOLD.items():
            show.console().print(Text(f"not evaluable: {code} ({why_not})", style="dim"))
    if any(each.failed for each in examinations):
        raise typer.Exit(4)


def _fields(each: Examination) -> dict[str, Any]:
    identity = each.identity
    token = {
        "expires_on": each.token.expires_on.isoformat() if each.token.expires_on else None,
        "message": each.token.sentence,
        "worrying": each.token.worrying or each.token.grave,
    }
    if identity is None or each.error is not None:
        return {"error": each.error, "token": token}
    return {
        "account_id": identity.account_id,
        "display_name": identity.display_name,
        "deployment": identity.deployment,
        "version": identity.version,
        "reached": each.found.reached if each.found else None,
        "projects": list(identity.projects),
        "may_comment": sorted(identity.may_comment),
        "may_label": sorted(identity.may_label),
        "permissions": [_grant_fields(grant) for grant in each.found.grants] if each.found else [],
        "token": token,
        "clock_skew_s": round(identity.clock_skew_s, 1),
        "limits": {"class": each.inspector.quota.class_, "said": dict(each.inspector.quota.said)},
        "sampled": each.found.sampled if each.found else None,
        "mapping": [{"code": one.code, "items": one.items, "message": one.sentence} for one in each.concerns],
        "mapping_not_evaluable": dict(UNTOLD),
        "warnings": list(_warnings(each, identity)),
    }


def _grant_fields(grant: Grant) -> dict[str, Any]:
    return {"project": grant.project, "right": grant.right, "granted": grant.granted, "without": grant.without}


def _print(each: Examination, out: Console) -> None:
    identity = each.identity
    if identity is None or each.error is not None:
        out.print(Text(f"{each.part.name}: {each.error}", style="red"))
        if each.token.worrying or each.token.grave:
            out.print(Text(f"  token: {each.token.sentence}", style="red"))
        return
    reached = f", {each.found.reached}" if each.found else ""
    heading = f"  {identity.deployment} {identity.version}, as {identity.display_name}{reached}"
    out.print(Text(each.part.name, style="bold").append(heading, style="not bold"))
    for project in identity.projects:
        rights = [word for word, granted in (("comment", identity.may_comment), ("label", identity.may_label)) if project in granted]
        out.print(f"  {project}: read{''.join(', ' + right for right in rights)}")
        for sentence in _lacks(each, project):
            out.print(Text(f"    {sentence}", style="yellow"))
    out.print(Text(f"  token: {each.token.sentence}", style="red" if each.token.grave else "yellow" if each.token.worrying else "default"))
    out.print(f"  clock: {identity.clock_skew_s:+.1f} s against ours")
    _print_limits(each, out)
    if each.found:
        concerned = "" if each.concerns else "; the mapping fits them"
        out.print(f"  {each.found.sampled} items were looked at{concerned}")
    for concern in each.concerns[:_MOST_SHOWN]:
        out.print(Text(f"  {concern.code}: {concern.sentence}", style="yellow"))
    if len(each.concerns) > _MOST_SHOWN:
        out.print(Text(f"  and {len(each.concerns) - _MOST_SHOWN} more; --format json has them all", style="yellow"))
    for warning in _warnings(each, identity):
        out.print(Text(f"  {warning}", style="yellow"))


def _print_limits(each: Examination, out: Console) -> None:
    quota = each.inspector.quota
    said = ", ".join(f"{name} {value}" for name, value in quota.said.items())
    out.print(f"  limits: {quota.class_}{f' (last said: {said})' if said else ''}")


def _lacks(each: Examination, project: str) -> Iterable[str]:
    """The permissions that are missing in a project, each with what that costs."""
    for grant in each.found.grants if each.found else ():
        if grant.project.casefold() == project.casefold() and grant.granted is not True:
            missing = "is missing" if grant.granted is False else "is not told"
            yield f"'{grant.right}' {missing}: {'' if grant.granted is False else 'without it '}{grant.without}"


def _warnings(each: Examination, identity: Identity) -> Iterable[str]:
    yield from identity.warnings
    for project in each.part.scope.projects:
        if project.casefold() not in {name.casefold() for name in identity.projects}:
            yield f"{project} is in the scope and cannot be read: correct scope.projects, or give our account access"
    if abs(identity.clock_skew_s) > _SKEW_S and not any("clock" in warning for warning in identity.warnings):
        yield f"its clock is {identity.clock_skew_s:+.0f} s from ours: set our clock"
    if each.found:
        yield from each.found.untold
        if not each.found.sampled:
            yield "not one item is in the scope: correct scope.projects, or its jql or wiql"
    if each.unexamined:
        yield each.unexamined
