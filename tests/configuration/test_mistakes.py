"""Everything that can be wrong in a configuration, with its place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import SOUND, changed, mistakes, place_of

from safesync.configuration.model import JiraScope
from safesync.configuration.read import parse_configuration, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError, Mistake

# what is written instead of what, the word at which the mistake is shown, a part of what is said
CORPUS = {
    "unknown key at the top": ("store: sqlite", "stores: sqlite", "stores:", "unknown key 'stores', did you mean 'store'?"),
    "unknown key in a tracker": ("    url: https://meridian", "    adress: x\n    url: https://meridian", "adress", "unknown key 'adress'"),
    "unknown key in a mapping": ("train_depth: 1", "train_dept: 1", "train_dept", "did you mean 'train_depth'?"),
    "two letters of hardly any others": (
        "  themes: [",
        "  data: {tsets: tests.csv}\n  themes: [",
        "tsets",
        "unknown key 'tsets', did you mean 'tests'?",
    ),
    "two letters of another key than the nearest": (
        "language: en, limits",
        "languagse: {CARDS: de}, limits",
        "languagse",
        "unknown key 'languagse', did you mean 'languages'?",
    ),
    "unknown key in a limit": ("items: 50", "item: 50", "item: 50", "did you mean 'items'?"),
    "a key of the other kind": ("{projects: [PAY, CARDS]}", "{projects: [PAY], wiql: x}", "wiql", "unknown key 'wiql'"),
    "a number for a truth": ("TM102: warning", "TM108: {options: {count_children: 1}}", "1}}", "must be true or false"),
    "a number for a truth of feedback": ("labels: true", "labels: 0", "0, language", "must be true or false"),
    "places of which none counts": ("TM102: warning", "TM110: {options: {reasons: []}}", "[]}}", "must not be empty"),
    "more days than there are in a year": ("TM102: warning", "CP607: {options: {plan_buffer_days: 400}}", "400", "must be at most 365"),
    "percent for a share": ("TM102: warning", "TM112: {options: {max_load: 120}}", "120", "must be at most 10"),
    "a type that is read as two kinds": (
        "{feature: [Epic]}",
        "{feature: [Epic], epic: [Goal, epic]}",
        "epic]",
        "the type 'epic' is already read",
    ),
    "a state that is in two stages": (
        "{feature: [Epic]}",
        "{feature: [Epic]}, stages: {ready: Ready, done: Ready}",
        "Ready}}",
        "the state 'Ready' is already read as ready",
    ),
    "an order in a condition": ("[PAY, CARDS]}", "[PAY, CARDS], jql: \"labels = 'order by' ORDER  BY rank\"}", '"labels', "without ORDER"),
    "a whole query for a condition": ("[Payments]}", "[Payments], wiql: SELECT 1}", "SELECT", "without SELECT"),
    "a project without a name": ("[PAY, CARDS]", '[PAY, ""]', '""]', "must not be empty"),
    "rules' pages nowhere": ("language: en", "language: en, docs_url: our wiki", "our wiki", "an address begins with https://"),
    "a role without a name": ("language: en", 'language: en, roles: {"": [kim]}', '"": [kim', "must not be empty"),
    "a reason of blanks": (
        "language: en",
        'language: en, waivers: [{rule: TM105, items: [PAY-1], until: 2027-01-15, reason: "  "}]',
        '"  "',
        "must not be empty",
    ),
    "a template with two mistakes": (
        "language: en",
        "language: en, templates: {more: '{{ codes|upper }}{{ cout }}'}",
        "cout",
        "did you mean 'count'?",
    ),
    "a template whose if does not end": (
        "language: en",
        "language: en, templates: {more: '{% if count %}'}",
        "'{% if",
        "an {% if %} has no {% endif %}",
    ),
    "a rule by a name with a letter less": (
        "TM102: warning",
        "story-without-acceptance-critera: off",
        "story-without-acceptance-critera",
        "did you mean 'TM101' (story-without-acceptance-criteria)?",
    ),
    "a group that there is not": ("for: story", "for: train_intervals", "train_intervals", "did you mean 'train_interval'?"),
    "no kind at all": ("for: story", "for: &none []", "&none", "must not be empty"),
    "more percent than there are": (
        "TM102: warning",
        "GR503: {options: {targets: {default: {feature: 120}}}}",
        "120",
        "must be at most 100",
    ),
    "a work class that there is not": (
        "TM102: warning",
        "FL404: {options: {targets: {default: {enablers: 20}}}}",
        "enablers",
        "'enablers' is not one of feature, enabler, tech_debt, maintenance, compliance, did you mean 'enabler'?",
    ),
    "a horizon that there is not": ("TM102: warning", "GR502: {options: {targets: {h1: 70}}}", "h1", "did you mean 'H1'?"),
    "a state of the Kanban that there is not": (
        "TM102: warning",
        "FL402: {options: {limits: {Payments: {actve: 3}}}}",
        "actve",
        "did you mean 'active'?",
    ),
    "targets of a train that there is not": (
        "TM102: warning",
        "GR503: {options: {floors: {Paymnts: 20, default: 10}}}",
        "Paymnts",
        "there is no train 'Paymnts', did you mean 'Payments'?",
    ),
    "limits of a team that there is not": (
        "rules: {TM105: off}",
        "rules: {FL401: {options: {limits: {Falkon: {Doing: 3}}}}}",
        "Falkon",
        "there is no team 'Falkon', did you mean 'Falcon'?",
    ),
    "a part of WSJF that there is not": (
        "TM102: warning",
        "PG203: {options: {required: [busines_value]}}",
        "busines_value",
        "did you mean 'business_value'?",
    ),
    "grace until after the end": (
        "TM102: warning",
        "TM110: {options: {reason_grace_days: 9, max_days: 5}}",
        "9, max",
        "9 is more than max_days (5): one of the two would say nothing",
    ),
    "a day that no field tells": (
        "TM102: warning",
        "TM110: {options: {until_agreed_day: true}}",
        "true}}",
        "with this TM110 asks for what no tracker and no file here tells: map blocked_until",
    ),
    "a roster without its file": (
        "TM102: warning",
        "GR508: {options: {roster: true}}",
        "true}}",
        "GR508 asks for what no tracker and no file here tells: name a file as organisation.data.business_owners",
    ),
    "a roster of a group without its file": (
        "TM102: warning",
        "GR509: {options: {roster: true}}",
        "true}}",
        "GR509 asks for what no tracker and no file here tells: name a file as organisation.data.business_owners",
    ),
    "a cost that no field tells": ("TM102: warning", "PF307: {options: {by_cost: true}}", "true}}", "map cost_actual"),
    "unknown list of words": ("notify: []", "lexicon: {en: {acceptence: [Ready]}}", "acceptence", "did you mean 'acceptance'?"),
    "a language that can be none": ("notify: []", "lexicon: {English: {acceptance: [Ready]}}", "English", "two or three small letters"),
    "words that are no list": ("notify: []", "lexicon: {en: {acceptance: Ready}}", "Ready", "must be a list"),
    "two channels of one name": (
        "notify: []",
        "notify: [{name: chat, url: 'slack://a/b/c'}, {name: chat, url: 'slack://a/b/d'}]",
        "chat, url: 'slack://a/b/d'",
        "another channel is called 'chat' too",
    ),
    "a channel without an address": ("notify: []", "notify: [{name: chat, url: chat.example}]", "chat.example}", "the name of a service"),
    "an unknown occasion": ("notify: []", "notify: [{name: c, url: 'slack://a', on: [troubel]}]", "troubel", "did you mean 'trouble'?"),
    "a digest of no team": (
        "notify: []",
        "notify: [{name: c, url: 'slack://a', teams: [Falcn]}]",
        "Falcn",
        "there is no team 'Falcn', did you mean 'Falcon'?",
    ),
    "a language that there is not": ("language: en", "language: dee", "dee", "is not one of en, de, fr, did you mean 'de'?"),
    "another language that there is not": (
        "language: en",
        "language: en, languages: {deu: {projects: [PAY]}}",
        "deu",
        "did you mean 'de'?",
    ),
    "a language of no project": (
        "language: en",
        "language: en, languages: {de: {projects: [PAYS]}}",
        "PAYS",
        "there is no project 'PAYS', did you mean 'PAY'?",
    ),
    "a language of no tracker": (
        "language: en",
        "language: en, languages: {de: {trackers: [jira-us]}}",
        "jira-us",
        "there is no tracker 'jira-us', did you mean 'jira-eu'?",
    ),
    "a language of no train": ("language: en", "language: en, languages: {de: {trains: [Paymets]}}", "Paymets", "did you mean 'Payments'?"),
    "a language of no team": ("language: en", "language: en, languages: {de: {teams: [Falkon]}}", "Falkon", "did you mean 'Falcon'?"),
    "a language of no place": ("language: en", "language: en, languages: {de: {projekts: [PAY]}}", "projekts", "did you mean 'projects'?"),
    "two languages of a project": (
        "language: en",
        "language: en, languages: {de: {projects: [PAY]}, fr: {projects: [pay]}}",
        "pay]",
        "the project 'pay' has the language de already",
    ),
    "a template of no part": (
        "language: en",
        "language: en, templates: {heading: 'x'}",
        "heading",
        "unknown key 'heading', did you mean 'headline'?",
    ),
    "a template with a value that there is not": (
        "language: en",
        "language: en, templates: {more: 'and {{ cout }}'}",
        "cout",
        "the part more has no value (it has count, codes) called 'cout', did you mean 'count'?",
    ),
    "a template of one language with a loop": (
        "language: en",
        "language: en, templates: {de: {more: '{% for x in codes %}{% endfor %}'}}",
        "'{% for",
        "loops are not let into a template",
    ),
    "a template that is none": ("language: en", "language: en, templates: {more: 'and {{ count'}", "'and {{", "this is no template"),
    "a template that is long": (
        "language: en",
        f"language: en, templates: {{more: {'x' * 501}}}",
        "x" * 501,
        "must not be longer than 500",
    ),
    "missing key": ("    url: https://meridian.atlassian.net\n", "", "name: jira-eu", "the key 'url' is missing here"),
    "duplicate key": (
        "notify: []",
        "notify: []\nversion: 1",
        "version: 1\nmirrors",
        "the key 'version' stands here twice (first in line 1)",
    ),
    "text where a list belongs": ("[PAY, CARDS]", "PAY", "PAY}", "must be a list"),
    "list where a mapping belongs": ("{items: 50, share: 0.2, jump: 3.0}", "[5]", "[5]", "must be a mapping"),
    "text where a number belongs": ("members: 7", "members: seven", "seven", "must be a whole number"),
    "a truth where a number belongs": ("members: 7", "members: true", "true, velocity", "must be a number"),
    "a truth where an option is a number": ("TM102: warning", "TM102: {options: {max_criteria: true}}", "true}}", "must be a number"),
    "a truth where a table has numbers": (
        "TM102: warning",
        "GR503: {options: {targets: {default: {feature: true}}}}",
        "true}}}}",
        "must be a number",
    ),
    "number where text belongs": ("value_stream: Pay", "value_stream: 5", "5, anchor", "must be text; put it in quotes"),
    "a word where true or false belongs": ("comments: true", "comments: maybe", "maybe", "must be true or false"),
    "a number too small": ("members: 7", "members: 0", "0, velocity", "must be at least 1"),
    "a number too large": ("share: 0.2", "share: 2", "2, jump", "must be at most 1"),
    "an empty list": ("[PAY, CARDS]", "[]", "[]}\n    mapping: {preset: jira", "must not be empty"),
    "nothing where something belongs": ("{items: 50, share: 0.2, jump: 3.0}", "null", "null", "this is empty: give it a value"),
    "wrong version": ("version: 1", "version: 2", "2\nstore", "must be 1, not 2"),
    "version in quotes": ("version: 1", "version: '1'", "'1'", "must be the number 1, without quotes"),
    "unknown kind of tracker": ("kind: jira", "kind: jirra", "jirra", "did you mean 'jira'?"),
    "unknown preset": ("preset: ado-agile", "preset: ado-agil", "ado-agil,", "did you mean 'ado-agile'?"),
    "unknown kind of item": ("types: {feature", "types: {featur", "featur:", "did you mean 'feature'?"),
    "a name that no tracker can have": ("name: ado", "name: Ado!", "Ado!", "small letters, digits and dashes"),
    "a name that is too long": (
        "name: ado",
        f"name: ado-{'x' * 28}",
        "ado-x",
        "has at most 31 characters; 'ado-xxxxxxxxxxxxxxxxxxxxxxxxxxxx' has 32",
    ),
    "two trackers of one name": ("name: ado", "name: jira-eu", "jira-eu\n    kind: azure", "another tracker is called 'jira-eu' too"),
    "no address": ("https://dev.azure.com/meridian", "dev.azure.com", "dev.azure.com", "an address begins with https://"),
    "unknown store": ("sqlite:///safesync.db", "mysql://h/d", "mysql", "a store is sqlite:///FILE"),
    "unknown team": ("  Falcon: {members", "  Falcn: {members", "Falcn", "no train has a team 'Falcn', did you mean 'Falcon'?"),
    "a team in two trains": ("[Falcon, Heron]", "[Falcon, Heron, Falcon]", "Falcon], value", "a team belongs to one train"),
    "an anchor nowhere": ("anchor: ado:10", "anchor: adoo:10", "adoo:10", "there is no tracker 'adoo', did you mean 'ado'?"),
    "an anchor without a key": ("anchor: ado:10", "anchor: 'ado:'", "'ado:'", "the key is missing"),
    "bad cron": ("0 6 * * 1-5", "61 6 * * 1-5", '"61', "this is no cron expression: the minute is wrong"),
    "cron with seconds": ("0 6 * * 1-5", "0 0 6 * * 1-5", '"0 0', "five fields"),
    "cron that never comes": ("0 6 * * 1-5", "0 6 31 2 *", '"0 6', "the day of the month is wrong"),
    "unknown time zone": ("Europe/Berlin", "Europe/Berln", "Europe/Berln", "did you mean 'Europe/Berlin'?"),
    "bad pattern": (r"'(\d\d\.\d)'", "'(['", "'(['", "this is no regular expression"),
    "bad pattern in a mapping": ("train_depth: 1", "interval_pattern: '('", "'('", "this is no regular expression"),
    "two ways to find a field": (
        "types: {feature: [Epic]}",
        "fields: {points: {id: a, name: b}}",
        "{id: a",
        "give exactly one of id, name",
    ),
    "a part that is not there yet": ("mirrors: []", "mirrors: [x]", "[x]", "not available in this version"),
    "unknown role": (
        "limits: {items: 50, share: 0.2, jump: 3.0}}",
        "roles: {rte: [account-1]}, commands: {waive: [owner, rta]}}",
        "rta]",
        "feedback.roles has no role 'rta', did you mean 'rte'?",
    ),
    "unknown command": (
        "limits: {items: 50, share: 0.2, jump: 3.0}}",
        "commands: {wave: [anyone]}}",
        "wave",
        "unknown key 'wave', did you mean 'waive'?",
    ),
    "unknown rule": ("TM102: warning", "TM1O2: warning", "TM1O2", "there is no rule TM1O2, did you mean 'TM1"),
    "a misspelt key of the rules": ("  extends: [essential]", "  extneds: [essential]", "extneds", "did you mean 'extends'?"),
    "a misspelt key of one's own rules": ("  custom:\n", "  custm:\n", "custm", "there is no rule custm, did you mean 'custom'?"),
    "a rule of one's own as if shipped": ("TM102: warning", "X109: off", "X109: off", "stands below custom"),
    "unknown rule of a team": ("{TM105: off}", "{TM1O5: off}", "TM1O5", "there is no rule TM1O5, did you mean"),
    "unknown option": ("verdicts: [missing]", "verdict: [missing]", "verdict:", "there is no setting verdict, did you mean 'verdicts'?"),
    "wrong value of an option": ("[missing]", "[mising]", "[mising]", "did you mean 'missing'?"),
    "wrong type of an option": ("TM102: warning", "TM102: {options: {max_criteria: many}}", "many", "must be a whole number"),
    "unknown severity": ("current: error", "current: eror", "eror", "did you mean 'error'?"),
    "unknown gate": ("current: error", "currnt: error", "currnt", "did you mean 'current'?"),
    "unknown stage": ("stage: comment", "stage: shout", "shout", "'shout' is not one of shadow, report, label, comment, escalate"),
    "neither off nor a severity": ("TM102: warning", "TM102: 5", "5\n", "`off`, a severity or settings are expected here"),
    "text without quotes": (
        "points >= 8 AND",
        "team = Nobody7 AND",
        "Nobody7",
        "there is no fact Nobody7; a text stands in single quotes: 'Nobody7'",
    ),
    "misspelled fact": ("points >= 8 AND", "pionts >= 8 AND", "pionts", "there is no fact pionts, did you mean 'points'?"),
    "misspelled value": ("gate >= 'next'", "gate >= 'nxt'", "'nxt'", "did you mean 'next'?"),
    "misspelled function": ("NOT has_label", "NOT has_lable", "has_lable", "did you mean 'has_label'?"),
    "misspelled fact in a sentence": ("{points} points", "{pionts} points", "Ask", "did you mean 'points'?"),
    "a fact of the wrong type": ("points >= 8 AND", "points >= 'a' AND", "points >= 'a'", ""),
    "half a condition": ("points >= 8 AND NOT", "points >= AND NOT", "AND NOT", "something is missing after 'AND'"),
    "a code like a shipped one": ("code: X101", "code: TM999", "TM999", "X and three digits, such as X101"),
    "a name that is none": ("name: story-without-risk-review", "name: Review", "Review\n", "small words joined by hyphens"),
    "a rule without a flaw": ("      flaw: points >= 8 AND NOT has_label('risk-reviewed')\n", "", "code: X101", "flaw is missing"),
    "an example that is fine": ("bad: [{points: 8}]", "bad: [{points: 3}]", "{points: 3}", "the rule finds nothing wrong with this item"),
    "an example that is flawed": (", labels: [risk-reviewed]", "", "{points: 8}]}\nfeedback", "the rule finds this item flawed"),
    "an example of no fact": ("bad: [{points: 8}]", "bad: [{pionts: 8}]", "pionts", "there is no fact pionts, did you mean 'points'?"),
    "an example of the wrong type": ("bad: [{points: 8}]", "bad: [{points: eight}]", "{points: eight", "not of the type"),
    "unknown pack": ("[essential]", "[esential]", "esential", "there is no pack esential, did you mean 'essential'?"),
    "no pack at all": ("[essential]", "[{a: b}]", "{a: b}", "a pack is given by its name"),
    "a pack file that is not there": ("[essential]", "[nowhere.yaml]", "nowhere.yaml", "there is no such file"),
    "a pack file that is a folder": ("[essential]", "[/.yaml/../]", "/.yaml", "there is no pack"),
    "rules of one's own in a mapping": (
        "  custom:\n    - code: X101\n      name",
        "  custom:\n      code: X101\n      name",
        "code: X",
        "a list",
    ),
    "a tag": ("value_stream: Pay", "value_stream: !secret Pay", "!secret", "a word that begins with ! is a tag"),
    "an unknown alias": ("value_stream: Pay", "value_stream: *pay", "*pay", "put it in quotes if it is plain text"),
    "a tab": ("  themes: [trust]", "\tthemes: [trust]", "\tthemes", "a tab stands here; indent with spaces"),
    "a quote left open": ("timezone: Europe/Berlin}]", 'timezone: "Europe}]', '"Europe', "a quote is opened and not closed"),
    "a bracket left open": ("themes: [trust]", "themes: [trust", "[trust", "bracket"),
    "a colon too many": ("  - name: ado", "  - name: ado: b", ": b", "a colon stands where none can"),
    "a line indented by mistake": ("  themes: [trust]", "   themes: [trust]", "themes", "indented unlike"),
    "a control character": ("value_stream: Pay", "value_stream: P\x07ay", "\x07", "a control character stands here"),
    "two documents": ("notify: []", "---\nnotify: []", "---", "one file is one document"),
    "a secret written as in a shell": ('"${env:ADO_TOKEN}"', '"${ADO_TOKEN}"', '"${ADO', "a secret is referred to as ${env:NAME}"),
    "a secret of an unknown kind": ('"${env:ADO_TOKEN}"', '"${vault:ADO}"', '"${vault', "a secret is referred to as ${env:NAME}"),
    "a secret in an address": (
        "https://dev.azure.com/meridian",
        "https://u:hunter2@dev.azure.com/m",
        "https://u:",
        "holds no user, password",
    ),
    "no token": ('{token: "${env:ADO_TOKEN}"}', '{token: " "}', '" "}', "the token is empty"),
}


@pytest.mark.parametrize(("old", "new", "at", "said"), CORPUS.values(), ids=CORPUS.keys())
def test_a_mistake_is_told_at_its_place_and_once(old: str, new: str, at: str, said: str) -> None:
    text = changed(old, new)

    found = mistakes(text)

    place = place_of(text, at)
    assert any(each.startswith(f"{place}: ") and said in each for each in found), (place, found)
    assert len(found) <= 2, found


def test_the_sound_configuration_is_sound() -> None:
    loaded = parse_configuration(SOUND, secrets=Secrets.NONE)

    assert len(loaded.configuration.trackers) == 2
    assert {setting.rule.code for setting in loaded.rules} >= {"TM101", "TM105", "X101"}


def test_two_teams_have_no_week_on_one_item() -> None:
    both = "  Falcon: {anchor: ado:11, members: 7, velocity: 34.5, rules: {TM105: off}}\n  Heron: {anchor: 'ado:11'}"
    text = changed("  Falcon: {members: 7, velocity: 34.5, rules: {TM105: off}}", both)
    assert parse_configuration(text, secrets=Secrets.NONE).configuration.teams
    place = place_of(text, "'ado:11'")
    told = mistakes(changed("{comments: true", "{digest: monday, comments: true", text))
    assert told == [f"{place}: the team 'Falcon' has this anchor too; an item tells the week of one team (feedback.digest)"]


@pytest.mark.parametrize(
    ("condition", "word", "said"),
    [
        ("team IN ('Falkon', 'Heron')", "'Falkon'", "no train has a team 'Falkon', did you mean 'Falcon'?"),
        ("points > 1 AND train <> 'Paymnts'", "'Paymnts'", "there is no train 'Paymnts', did you mean 'Payments'?"),
        ("team = 'Support'", "'Support'", "no train has a team 'Support'"),
    ],
)
def test_a_team_in_a_condition_that_nobody_declared_is_said_at_its_place(condition: str, word: str, said: str) -> None:
    """It may be one that belongs to no train: nothing is refused."""
    text = changed("has_label('chore')", f'"{condition}"')
    (warning,) = parse_configuration(text, secrets=Secrets.NONE).warnings
    assert f"{warning.line}:{warning.column}" == place_of(text, word)
    assert warning.message == said


def test_where_no_teams_are_declared_any_will_do() -> None:
    text = changed("has_label('chore')", "team = 'Support'", SOUND)
    text = changed("trains: {Payments: {teams: [Falcon, Heron], value_stream: Pay, anchor: ado:10}}", "trains: {}", text)
    text = changed("TM102: warning", "FL401: {options: {limits: {Anybody: {Doing: 3}}}}", text)
    assert parse_configuration(text, secrets=Secrets.NONE).warnings == ()


def test_all_mistakes_are_told_in_one_pass() -> None:
    """Also the ones inside a part that is wrong itself."""
    text = SOUND
    wrong = ("stores: sqlite", "kind: jirra", "current: eror", "shout", "pionts", "Ado!", "seven", "61 6", "'(['", "[mising]", "xx, limits")
    for old, new in (
        ("store: sqlite", "stores: sqlite"),
        ("kind: jira\n", "kind: jirra\n"),
        ("current: error", "current: eror"),
        ("stage: comment", "stage: shout"),
        ("points >= 8 AND", "pionts >= 8 AND"),
        ("name: ado", "name: Ado!"),
        ("members: 7", "members: seven"),
        ("0 6 * * 1-5", "61 6 * * 1-5"),
        (r"'(\d\d\.\d)'", "'(['"),
        ("[missing]", "[mising]"),
        ("language: en", "language: xx"),
    ):
        text = changed(old, new, text)

    found = mistakes(text)

    assert {int(each.split(":")[0]) for each in found} >= {int(place_of(text, word).split(":")[0]) for word in wrong}
    assert len(found) >= len(wrong)
    assert found == sorted(found, key=lambda each: [int(part) for part in each.split(":")[:2]])


def test_what_hangs_on_a_rule_that_is_wrong_is_told_in_the_same_pass() -> None:
    rule = "{code: X101, name: a-b, for: story, flaw: poits > 3, severity: info, remedy: Do., examples: {bad: [{pionts: 8}, {points: x}]}}"
    text = changed("rules:\n", f"rules:\n  custom: [{rule}]\n", SOUND)
    waiver = "{rule: TM1O1, items: [PAY-1], until: 2027-01-15, reason: x}"
    told = "\n".join(mistakes(changed("language: en,", f"waivers: [{waiver}], unwaivable: [X999],", text)))
    for said in (
        "there is no fact poits, did you mean 'points'?",
        "there is no fact pionts, did you mean 'points'?",
        "a value here is not of the type that its fact has",
        "there is no rule 'TM1O1', did you mean 'TM101'?",
    ):
        assert said in told
    assert "X999" not in told, "a rule of one's own may be among those that could not be read"


@pytest.mark.parametrize("text", ["", "   \n", "# nothing\n", "---\n", "null", "[]", "- a", "42", "text", "!!set {a}", "{}", "\ufeff"])
def test_a_file_without_a_configuration_is_refused(text: str) -> None:
    assert mistakes(text)


def test_aliases_and_merges_are_read() -> None:
    text = changed("limits: {items: 50, share: 0.2, jump: 3.0}", "limits: &l {items: 50}")
    text = changed("Falcon: {members: 7", "Falcon: &team {members: 7", text) + ""
    text = text.replace("rules:\n  extends", "  Heron: {<<: *team, velocity: 10}\nrules:\n  extends")

    configuration = parse_configuration(text, secrets=Secrets.NONE).configuration

    assert (configuration.teams["Heron"].members, configuration.teams["Heron"].velocity) == (7, 10)


@pytest.mark.parametrize("condition", ["labels in (selected, select)", "[Custom.Order By] = 1", r'summary ~ "a\" order by"', ""])
def test_words_of_a_query_in_values_and_names_of_fields_are_fine(condition: str) -> None:
    assert JiraScope(projects=("PAY",), jql=condition).jql == condition


def test_an_alias_of_itself_and_a_bomb_of_aliases_are_refused() -> None:
    assert "contains itself" in mistakes(changed("themes: [trust]", "themes: &t [*t]"))[0]
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert "stand for too many values" in mistakes(bomb)[0]
    assert "nested too deeply" in mistakes("[" * 5000)[0] or mistakes("[" * 5000)


def test_a_file_that_is_no_text_is_refused_at_the_place(tmp_path: Path) -> None:
    file = tmp_path / "safesync.yaml"
    file.write_bytes("version: 1\nstore: Zürich".encode("latin-1"))
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(file)
    (mistake,) = refused.value.mistakes
    assert isinstance(mistake, Mistake)
    assert (mistake.line, mistake.column) == (2, 9)
    assert "save the file as UTF-8" in mistake.message


@pytest.mark.parametrize("make", [lambda _: None, Path.mkdir, lambda path: path.write_bytes(b"\xff\xfea\x00")])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, make) -> None:  # noqa: ANN001
    file = tmp_path / "safesync.yaml"
    make(file)
    with pytest.raises(ConfigurationError, match=r"safesync\.yaml"):
        read_configuration(file)


def test_a_word_of_a_thousand_letters_is_not_repeated_in_full() -> None:
    text = SOUND.replace("extends: [essential]", f"extends: [essential]\n  TM105: {{exclude: '{'x' * 2_000} = 1'}}", 1)
    with pytest.raises(ConfigurationError) as raised:
        parse_configuration(text, secrets=Secrets.NONE)
    assert all(len(str(mistake)) < 1_000 for mistake in raised.value.mistakes)
