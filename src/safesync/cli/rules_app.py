"""The commands below ``rules``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safesync.cli.options import Config, Form, Format
from safesync.rules.rule import Level, Lifecycle

rules_app = typer.Typer(no_args_is_help=True, help="What is judged, and how.")


@rules_app.command("list")
def rules_list(
    config: Config = None,
    pack: Annotated[str | None, typer.Option(help="Only those of a pack and of the packs that it builds on.")] = None,
    level: Annotated[Level | None, typer.Option(help="Only those of a level of SAFe.")] = None,
    lifecycle: Annotated[Lifecycle | None, typer.Option(help="Only those in a state: preview, stable, retired.")] = None,
    form: Form = Format.HUMAN,
) -> None:
    """All rules; with a configuration named, also your own, and which of them judge."""
    from safesync.cli import ruling  # noqa: PLC0415

    ruling.rules_list(config, ruling.Wanted(pack, level, lifecycle), as_json=form is Format.JSON)


@rules_app.command("show")
def rules_show(
    code: Annotated[str, typer.Argument(help="The code of a rule, such as TM101.")], config: Config = None, form: Form = Format.HUMAN
) -> None:
    """One rule: why it exists, what it asks, its options and examples; with a configuration named, also its settings there."""
    from safesync.cli import ruling  # noqa: PLC0415

    ruling.rules_show(code, config, as_json=form is Format.JSON)


@rules_app.command("test")
def rules_test(
    codes: Annotated[list[str] | None, typer.Argument(help="Only these rules.")] = None,
    config: Config = None,
    form: Form = Format.HUMAN,
    *,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change each threshold, operator, word, gate and default, and say what no example notices.")
    ] = False,
) -> None:
    """Run the examples of all rules, with a configuration named also of your own; end with 1 when one does not hold."""
    from safesync.cli import ruling  # noqa: PLC0415

    (ruling.rules_mutate if mutate else ruling.rules_test)(tuple(codes or ()), config, as_json=form is Format.JSON)


@rules_app.command("pages")
def rules_pages(
    folder: Annotated[Path, typer.Argument(help="Where the pages are written, such as docs/rules.")], config: Config = None
) -> None:
    """Write one page in Markdown for each rule, and an index; with a configuration named, also for your own."""
    from safesync.cli import ruling  # noqa: PLC0415

    ruling.rules_pages(folder, config)


@rules_app.command("facts")
def rules_facts(file: Annotated[Path, typer.Argument(help="Where the page is written, such as docs/facts.md.")]) -> None:
    """Write a page in Markdown of all facts, and of the language that conditions are written in."""
    from safesync.cli import ruling  # noqa: PLC0415

    ruling.rules_facts(file)
