"""Every command, its options and its exit status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from safesync import __version__
from safesync.cli.door import run_guarded
from safesync.cli.garbage import collect_rarely, give_back_soon
from safesync.cli.options import Config, ExportFormat, FailOn, Form, Format, Only, PlanFormat, ReportFormat, TableFormat, path_of
from safesync.cli.rules_app import rules_app
from safesync.logs import configure_logs
from safesync.model.change import BatchBy
from safesync.settings import read_settings

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks print local variables, tokens among them
    help="Keeps SAFe backlogs in Jira and Azure DevOps true.",
)
app.add_typer(rules_app, name="rules")
config_app = typer.Typer(no_args_is_help=True, help="What holds, and who said so.")
app.add_typer(config_app, name="config")


def main() -> None:
    """The door: commands raise, this turns errors into sentences and exit statuses."""
    collect_rarely()
    give_back_soon()
    run_guarded(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"safesync {__version__}\n")
        raise typer.Exit


@app.callback()
def _door(
    *,
    _version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True, callback=_print_version)] = False,
) -> None:
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)


@app.command()
def demo(
    form: Form = Format.HUMAN,
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the sandbox running afterwards, to look at the comments.")] = False,
) -> None:
    """Run the whole job three times on two sandbox trackers and show what it wrote."""
    from safesync.cli import demo as shown  # noqa: PLC0415 - the sandbox and its server are for this command alone

    shown.demo(as_json=form is Format.JSON, keep=keep)


@app.command()
def sandbox(  # noqa: PLR0917 - each is an option of its own
    port: Annotated[int, typer.Option(help="Where it listens on 127.0.0.1; 0 takes a free port.")] = 8765,
    config: Annotated[Path, typer.Option("--write-config", help="Where to write a configuration that reads it.")] = Path("sandbox.yaml"),
    jira: Annotated[str, typer.Option(help="Which Jira is played: cloud or data-center.")] = "cloud",
    jira_version: Annotated[
        str | None, typer.Option(help="The version of the Data Center, such as 9.12.4.", show_default="10.3.24")
    ] = None,
    azure: Annotated[str, typer.Option(help="Which Azure DevOps is played: services, or the server 2020, 2022 or 2022.1.")] = "services",
    trouble: Annotated[
        str,
        typer.Option(
            help="What goes wrong by itself, such as lag=30,throttle=0.1,errors=0.05,resets=0.01,seed=7; 'help' tells all the words.",
            show_default="nothing",
        ),
    ] = "",
) -> None:
    """Keep two sandbox trackers running, with a page to look at and edit items, to try rules on."""
    from safesync.cli import rehearsal  # noqa: PLC0415

    if trouble.strip() == "help":
        rehearsal.tell_words()
    else:
        rehearsal.sandbox(port, config, rehearsal.Played(jira, jira_version, azure, trouble))


@app.command()
def validate(
    config: Config = None,
    form: Form = Format.HUMAN,
    *,
    online: Annotated[bool, typer.Option("--online", help="Also ask the trackers whether they know what the configuration names.")] = False,
) -> None:
    """Check the configuration; every mistake with file, line and column."""
    from safesync.cli import looking  # noqa: PLC0415

    looking.validate(path_of(config), as_json=form is Format.JSON, online=online)


@app.command()
def init(  # noqa: PLR0917 - the options of a command
    jira: Annotated[str | None, typer.Option(help="The address of a Jira site, as you see it in the browser.")] = None,
    user: Annotated[str | None, typer.Option(help="Jira Cloud: the mail address of SafeSync's account.")] = None,
    azure: Annotated[str | None, typer.Option(help="The address of an Azure DevOps organisation or collection.")] = None,
    project: Annotated[list[str] | None, typer.Option(help="A project to read, of either tracker; may be given several times.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the configuration is written.")] = Path("safesync.yaml"),
    jira_token_env: Annotated[str, typer.Option(help="The environment variable that holds the token for Jira.")] = "JIRA_TOKEN",  # noqa: S107 - a name, no token
    azure_token_env: Annotated[str, typer.Option(help="The environment variable that holds the token for Azure DevOps.")] = "ADO_TOKEN",  # noqa: S107 - a name, no token
    form: Form = Format.HUMAN,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Look around in your trackers, write a configuration with comments, and say which rules it can judge."""
    from safesync.cli import init as setting_up  # noqa: PLC0415

    wishes = [
        setting_up.Wish("jira", "jira", jira.rstrip("/"), user, jira_token_env) if jira else None,
        setting_up.Wish("ado", "azure-devops", azure.rstrip("/"), None, azure_token_env) if azure else None,
    ]
    named = [each for each in wishes if each]
    setting_up.init(named, tuple(project or ()), output, force=force, as_json=form is Format.JSON)


@app.command()
def doctor(config: Config = None, form: Form = Format.HUMAN) -> None:
    """Who am I in each tracker, what may I do there, and does the mapping fit; for every finding what to do."""
    from safesync.cli.doctor import doctor as examine  # noqa: PLC0415

    examine(path_of(config), as_json=form is Format.JSON)


@app.command()
def pull(config: Config = None, tracker: Only = None, form: Form = Format.HUMAN) -> None:
    """Read what changed in the trackers; write nothing there."""
    from safesync.cli import working  # noqa: PLC0415

    working.pull(path_of(config), tuple(tracker or ()), as_json=form is Format.JSON)


@app.command()
def check(
    config: Config = None,
    form: Annotated[ReportFormat, typer.Option("--format", help="How findings are printed.")] = ReportFormat.HUMAN,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="End with status 1 when there is a finding at or above this severity.")
    ] = FailOn.NEVER,
) -> None:
    """Judge what was read; speak to no tracker."""
    from safesync.cli import working  # noqa: PLC0415

    working.check(path_of(config), form.value, fail_on.value)


@app.command()
def plan(
    config: Config = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the plan is saved; a name that ends with .html is that of a page beside it.")
    ] = Path("plan.json"),
    batch_by: Annotated[
        BatchBy, typer.Option("--batch-by", help="What its batches are, each of which may be applied alone.")
    ] = BatchBy.TRAIN,
    form: Annotated[PlanFormat, typer.Option("--format", help="How the plan is printed.")] = PlanFormat.HUMAN,
) -> None:
    """Decide what would be written, show it and save it; write nothing to a tracker. Status 3 when a run would stop at a limit."""
    from safesync.cli import working  # noqa: PLC0415

    working.plan(path_of(config), output, form.value, batch_by)


@app.command(name="apply")
def apply_plan(
    plan_file: Annotated[Path, typer.Argument(help="A plan that was saved with 'safesync plan'.")],
    config: Config = None,
    batch: Annotated[list[str] | None, typer.Option("--batch", help="Only this batch of it; may be given several times.")] = None,
    form: Form = Format.HUMAN,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Show its batches and which are applied already; write nothing.")] = False,
) -> None:
    """Write exactly what a saved plan says; items that changed since are skipped and named."""
    from safesync.cli import working  # noqa: PLC0415

    if listed:
        working.batches(path_of(config), plan_file, as_json=form is Format.JSON)
    else:
        working.apply(path_of(config), plan_file, tuple(batch or ()), as_json=form is Format.JSON)


@app.command()
def run(config: Config = None, form: Form = Format.HUMAN) -> None:
    """Pull, check, plan and apply once: what a scheduled job calls."""
    from safesync.cli import working  # noqa: PLC0415

    working.run(path_of(config), as_json=form is Format.JSON)


@app.command()
def gate(
    item: Annotated[str, typer.Argument(help="An item: PAY-12, ado:412, or a whole uid.")],
    config: Config = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="From which severity on a finding stands against it.")] = FailOn.WARNING,
    form: Form = Format.HUMAN,
) -> None:
    """Whether an item may go on, by what was read last: status 0, or 1 when a finding that is not waived stands against it."""
    from safesync.cli import gating  # noqa: PLC0415

    gating.gate(path_of(config), item, fail_on.value, as_json=form is Format.JSON)


@app.command()
def runs(
    config: Config = None,
    last: Annotated[int, typer.Option("--last", min=1, help="How many.")] = 20,
    form: Form = Format.HUMAN,
) -> None:
    """The last runs, the newest first: what each wrote, and by which configuration."""
    from safesync.cli import audit  # noqa: PLC0415

    audit.runs(path_of(config), last, as_json=form is Format.JSON)


@app.command()
def export(
    config: Config = None,
    run_id: Annotated[int | None, typer.Option("--run", help="Only what this run wrote.")] = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="How each write is printed.")] = ExportFormat.JSONL,
) -> None:
    """Every write that happened: run, item, rules, what our comment said before and after, labels."""
    from safesync.cli import audit  # noqa: PLC0415

    audit.export(path_of(config), run_id, form.value)


@app.command()
def undo(
    run_id: Annotated[int, typer.Argument(metavar="RUN", help="The number of a run, as 'safesync runs' shows it.")],
    config: Config = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the plan is saved.")] = Path("undo.json"),
    form: Form = Format.HUMAN,
) -> None:
    """Plan how to take back what a run wrote, where it is still as we left it; 'safesync apply' then does it."""
    from safesync.cli import audit  # noqa: PLC0415

    audit.undo(path_of(config), run_id, output, as_json=form is Format.JSON)


@app.command()
def baseline(
    config: Config = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", help="With --take: only findings of this rule.")] = None,
    form: Form = Format.HUMAN,
    *,
    take: Annotated[
        bool, typer.Option("--take", help="Keep quiet what 'safesync check' finds now and nobody was told yet, until its item is touched.")
    ] = False,
) -> None:
    """Old findings that are kept quiet until a person changes their item, and how they become fewer, train by train."""
    from safesync.cli import adoption  # noqa: PLC0415

    if rule and not take:
        raise typer.BadParameter("--rule says which findings --take is about")
    adoption.baseline(path_of(config), tuple(rule or ()), take=take, as_json=form is Format.JSON)


@app.command()
def waivers(config: Config = None, form: Form = Format.HUMAN) -> None:
    """What people and the configuration have waived, until when, and what of it nobody needs any more."""
    from safesync.cli import adoption  # noqa: PLC0415

    adoption.waivers(path_of(config), as_json=form is Format.JSON)


@app.command()
def notify(config: Config = None, form: Form = Format.HUMAN) -> None:
    """Send a trial to everybody who is told outside the trackers, to see whether it arrives."""
    from safesync.cli import notifying  # noqa: PLC0415

    notifying.notify(path_of(config), as_json=form is Format.JSON)


@app.command()
def serve(config: Config = None) -> None:
    """Run on the schedule of the configuration until told to stop."""
    from safesync.cli import working  # noqa: PLC0415

    working.serve(path_of(config))


@app.command()
def explain(
    item: Annotated[
        str, typer.Argument(help="An item: PAY-12, ado:412, or a whole uid; or a group, such as 'group:team_iteration:Falcon|26.4-3'.")
    ],
    code: Annotated[str | None, typer.Argument(help="Only this rule.")] = None,
    config: Config = None,
    form: Form = Format.HUMAN,
) -> None:
    """Why rules fired on an item or a group, and why the others did not."""
    from safesync.cli import explaining  # noqa: PLC0415

    explaining.explain(path_of(config), item, code, as_json=form is Format.JSON)


@app.command()
def replay(
    rules: Annotated[Path, typer.Option("--rules", help="A configuration, or its part 'rules:' alone, whose rules are tried.")],
    since: Annotated[str, typer.Option("--since", help="The first day, such as 2026-11-01.")],
    config: Config = None,
    form: Annotated[TableFormat, typer.Option("--format", help="How the result is printed.")] = TableFormat.HUMAN,
) -> None:
    """What other rules would have found on the days that are remembered, beside those that hold now; write nothing."""
    from safesync.cli import replaying  # noqa: PLC0415

    replaying.replayed(path_of(config), rules, since, form.value)


@config_app.command("show")
def config_show(
    config: Config = None,
    item: Annotated[str | None, typer.Option("--item", help="Only what holds for this item: PAY-12, ado:412, or a whole uid.")] = None,
    form: Form = Format.HUMAN,
) -> None:
    """Every setting that holds, with the line, the pack or the preset that said it; no secret is shown."""
    from safesync.cli import configured  # noqa: PLC0415

    configured.config_show(path_of(config), item, as_json=form is Format.JSON)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from safesync.cli import looking  # noqa: PLC0415

    looking.schema()
