"""The configuration with which SafeSync reads Meridian."""

from __future__ import annotations

from safesync.connectors.sandbox.azure.organisation import SANDBOX_TOKEN
from safesync.connectors.sandbox.meridian.delivery import TARGETS
from safesync.connectors.sandbox.meridian.onto_jira import JIRA_TOKEN, JIRA_USER
from safesync.connectors.sandbox.meridian.people import CARDS, PAYMENTS, TEAMS, Team
from safesync.connectors.sandbox.meridian.topics import THEMES
from safesync.connectors.sandbox.meridian.truth import AZURE, JIRA, Meridian
from safesync.model.item import Kind, Stage
from safesync.rules.catalog import packs

_CLOSED = ("26.4.1", "26.4.2")
_STREAMS = {PAYMENTS: "Pay", CARDS: "Cards"}
_ANCHORS = {PAYMENTS: f"{AZURE}:10", CARDS: f"{JIRA}:CARDS-7"}
"""The epics for the upkeep of each train: they carry what is said about the train."""

PLANTED = frozenset(
    {
        *("FL401", "GR503", "LK701", "LK702", "LK706", "LK709", "PF301", "PF305"),
        *("PG202", "PG203", "TM101", "TM102", "TM105", "TM107", "TM108", "TM111"),
    }
)
"""The rules for which Meridian has flaws."""
_PRESET = "\n      preset: jira-cloud-premium"
_FIELDS = """\
        team: {name: Team}
        points: {name: Story Points}
        job_size: {name: Job Size}
        business_value: {name: Business Value}
        time_criticality: {name: Time Criticality}
        risk_reduction: {name: Risk Reduction}
"""
_LINKS = "      links: {depends_on: [Blocks]}\n"


def configuration_text(jira_url: str, azure_url: str, store: str, meridian: Meridian, *, data_center: bool = False) -> str:
    """
    A complete ``safesync.yaml`` for the sandbox at these two addresses; a ``data_center`` wants a token alone.

    The tokens stand in it, unlike in a real one: they open nothing but a made-up organisation on this machine.
    """
    return f"""\
# How SafeSync reads the sandbox organisation Meridian.
version: 1
store: {store}
trackers:
  - name: {JIRA}
    kind: jira
    url: {jira_url}
    auth: {{{"" if data_center else f"user: {JIRA_USER}, "}token: {JIRA_TOKEN}}}
    scope: {{projects: [PAY, CARDS]}}
    mapping:{"" if data_center else _PRESET}
      types: {{epic: [Initiative], feature: [Epic], story: [Story], bug: [Bug], task: [Task, Sub-task]}}
      stages:
        funnel: [Funnel]
        analysis: [Analyzing, Backlog]
        ready: [Ready]
        validating: [In Review]
        cancelled: [Cancelled]
      fields:
        acceptance: {{name: Acceptance criteria}}
        benefit: {{name: Benefit hypothesis}}
        interval: {{name: Program Increment}}
        work_class: {{name: Work category}}
{_FIELDS if data_center else ""}        parent: {{name: Azure DevOps feature}}               # PAY's features stand in Azure DevOps
        depends_on: {{name: Depends on (Azure DevOps)}}
        target_start: {{name: {"Target start" if data_center else "Start date"}}}
        target_end: {{id: duedate}}
      work_class:
        feature: [Feature]
        enabler: [Enabler]
        tech_debt: [Technical debt]
        maintenance: [Maintenance]
        compliance: [Compliance]
{_LINKS if data_center else ""}      bots: [Automation for Jira]
  - name: {AZURE}
    kind: azure-devops
    url: {azure_url}
    auth: {{token: {SANDBOX_TOKEN}}}
    scope: {{projects: [Payments]}}
    mapping:
      preset: ado-agile
      stages:                                              # an inherited process: Analyzing and Ready were added
        funnel: [New]
        analysis: [Analyzing]
        ready: [Ready]
        validating: [Resolved]
      links: {{depends_on: [Predecessor, depends on]}}       # a hyperlink into Jira with the comment "depends on"
      train_depth: 1
      team_depth: 2
organisation:
  trains:
{_trains()}
  themes: [{", ".join(THEMES)}]
teams:
{_teams(meridian)}
rules:
  extends: [portfolio]
  LK702: {{options: {{require_epic: false}}}}                # at Meridian a theme of its own is enough
  PG203: {{options: {{top_n: 0}}}}                           # and every feature is scored, however far down it stands
  GR503:
    options:
      targets:
{_targets()}
{_quiet()}
feedback:
  comments: true
  labels: true
  language: en
  grace: {{new_hours: 0, busy_hours: 0}}                     # what you change here is answered at once
  limits: {{items: 200, share: 0.5, jump: 3.0}}              # the first run answers on every flaw that is planted
schedule: []
notify: []
mirrors: []
"""


def _quiet() -> str:
    """Meridian's flaws were planted for some rules; what the others would find in it, nobody has looked at."""
    told = {code for name in ("essential", "portfolio") for code in packs()[name] if code != "extends"}
    lines = [f"  {code}: off" for code in sorted(told - PLANTED)]
    return "\n".join(["  # No flaws were planted for these, and what they would say nobody has looked at:", *lines])


def velocity(meridian: Meridian, team: Team) -> float:
    """Points that a team finished in each of the last two iterations, on average."""
    finished = [
        work.points or 0
        for work in meridian.works
        if work.team == team.name and work.stage is Stage.DONE and work.kind in {Kind.STORY, Kind.BUG} and work.iterations[-1] in _CLOSED
    ]
    return round(sum(finished) / len(_CLOSED), 1)


def _trains() -> str:
    rows = ((train, ", ".join(team.name for team in TEAMS if team.train == train), stream) for train, stream in _STREAMS.items())
    return "\n".join(
        f"    {train}: {{teams: [{teams}], value_stream: {stream}, anchor: {_ANCHORS[train]}}}" for train, teams, stream in rows
    )


def _teams(meridian: Meridian) -> str:
    return "\n".join(f"  {team.name}: {{members: {len(team.members) + 1}, velocity: {velocity(meridian, team)}}}" for team in TEAMS)


def _targets() -> str:
    rows = ((train, ", ".join(f"{work_class}: {percent}" for work_class, percent in shares.items())) for train, shares in TARGETS.items())
    return "\n".join(f"        {train}: {{{row}}}" for train, row in rows)
