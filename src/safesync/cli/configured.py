"""``config show``: every setting that holds, with the line, the pack or the preset that said it; secrets only as they are referred to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.account import origin_fields
from safesync.cli.opening import opened_from
from safesync.configuration.effective import Setting, is_for, settings, settings_of_rule, silenced, silences_of, silent_rules
from safesync.configuration.origin import Said
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.item import Item
from safesync.rules.wording import said


def config_show(path: Path, reference: str | None, *, as_json: bool) -> None:
    """The whole effective configuration, or what of it holds for one item."""
    loaded = read_configuration(path, secrets=Secrets.STORE if reference else Secrets.NONE)
    item = _item(loaded, reference) if reference else None
    shown = tuple(_of_item(loaded, item) if item else _all(loaded))
    if as_json:
        show.as_json({**({"item": item.uid, "key": item.key} if item else {}), "settings": [setting_fields(each) for each in shown]})
        return
    if item:
        team, train = item.team or "no team", item.train or "its team's train"
        show.console().print(Text(f"{item.key} {item.title}", style="bold").append(f"  ({item.kind.value}, {team}, {train})", style="dim"))
    for each in shown:
        show.console().print(setting_line(each))


def _item(loaded: Loaded, reference: str) -> Item:
    with opened_from(loaded, trackers=False) as job:
        return job.item(reference)


def _all(loaded: Loaded) -> Iterator[Setting]:
    yield from settings(loaded)
    for setting in loaded.rules:
        yield from settings_of_rule(setting, loaded)
    yield from silent_rules(loaded)


def _of_item(loaded: Loaded, item: Item) -> Iterator[Setting]:
    """Without what is said of other trackers, other teams, and of rules that never judge such an item."""
    at = next((at for at, part in enumerate(loaded.configuration.trackers) if part.name == item.tracker), None)
    for each in settings(loaded):
        if each.path[0] == "trackers" and each.path[1] != at:
            continue
        if each.path[0] == "teams" and each.path[1:2] not in ((), (item.team,)):
            continue
        yield each
    for setting in loaded.rules:
        if is_for(setting.where, item, loaded) and item.kind in (setting.kinds or setting.rule.kinds):
            yield from settings_of_rule(setting, loaded)
    yield from (silenced(each, loaded) for each in silences_of(item, loaded))


def setting_fields(each: Setting) -> dict[str, Any]:
    """A setting as plain values."""
    return {"path": each.written, "value": each.value, "origin": origin_fields(each.origin)}


def setting_line(each: Setting) -> Text:
    """A setting as a line for people."""
    words = Text(each.written, style="bold").append(f" = {_in_words(each.value)}", style="not bold")
    return words.append(f"  {each.origin}", style="dim" if each.origin.said is Said.DEFAULT else "not bold cyan")


def _in_words(value: object) -> str:
    """Lists keep their order: of several fields the first counts."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_in_words(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(said, value)) or "none"
    return said(value) or "none"
