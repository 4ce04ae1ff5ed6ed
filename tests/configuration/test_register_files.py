"""Files that a configuration names: what they say, and everything that can be wrong in them, with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written import JARGON, SOUND, changed

from safesync.configuration.read import read_configuration
from safesync.configuration.registers.sheet import parse_csv
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError, Mistake
from safesync.model.item import Kind, Stage
from safesync.model.registers import BusinessOwner, Registers

OBJECTIVES = "interval,team,title,key,committed,planned_value,actual_value,items\n"
BUDGETS = "value_stream,period,starts_on,ends_on,budget,run_cost\n"
APPROVALS = "key,approval,approver,approved_on,cost_estimate\n"
OKRS = "key,title,objective,baseline,target,progress,updated,items\n"
NAMES = {"objectives": OBJECTIVES, "budgets": BUDGETS, "approvals": APPROVALS, "okrs": OKRS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def registers(folder: Path, **texts: str | bytes) -> Registers:
    """What a configuration's files say; each text is a CSV file, those that begin with a dash YAML."""
    names = {}
    for name, text in texts.items():
        raw = text if isinstance(text, bytes) else text.encode()
        file = folder / f"{name}.{'yaml' if raw.startswith(b'-') else 'csv'}"
        file.write_bytes(raw)
        names[name] = file.name
    (folder / "safesync.yaml").write_text(_configuration(names), encoding="utf-8")
    return read_configuration(folder / "safesync.yaml", secrets=Secrets.NONE).configuration.as_organisation().registers


def _configuration(names: dict[str, str]) -> str:
    files = ", ".join(f"{name}: {file}" for name, file in names.items())
    return changed("  themes: [trust]\n", f"  themes: [trust]\n  data: {{{files}}}\n", SOUND)


def wrong(folder: Path, **texts: str | bytes) -> list[str]:
    """Every mistake as ``file:line:column: sentence``, without the folder."""
    with pytest.raises(ConfigurationError) as refused:
        registers(folder, **texts)
    for each in refused.value.mistakes:
        assert isinstance(each, Mistake), each
        assert not JARGON.search(each.message), each.message
        assert "\n" not in each.message
    return [str(each).replace(f"{folder}/", "") for each in refused.value.mistakes]


# --- what they say ----------------------------------------------------------------------------------------------


def test_without_files_nothing_is_known(folder: Path):
    assert registers(folder) == Registers()


def test_results_of_tests_are_read_in_the_words_of_the_tool(folder: Path):
    found = registers(folder, tests="key,test_result,tested_on\nPAY-90,NOK,2.11.2026\nPAY-1,3.1 - OK,\n").tests
    assert found is not None
    assert [(entry.item, dict(entry.values)) for entry in found.entries] == [
        ("PAY-90", {"test_result": "failed", "tested_on": "2026-11-02"}),
        ("PAY-1", {"test_result": "passed", "tested_on": None}),
    ]
    (told,) = wrong(folder, tests="key,test_result\nPAY-90,faild\n")
    assert told.startswith("tests.csv:2:8: ")
    assert "'failed'" in told


def test_the_roster_names_the_business_owners_of_each_train(folder: Path):
    found = registers(folder, business_owners="train,name\nPayments,Rana Okafor\nPayments,Lea Brandt\n").business_owners
    assert found == (BusinessOwner("Payments", "Rana Okafor"), BusinessOwner("Payments", "Lea Brandt"))
    assert registers(folder, business_owners="train,name\n").business_owners == (), "a roster without a row is one that names nobody"
    assert wrong(folder, business_owners="train,name\nPaymnets,Rana\nPayments,rana\nPayments,Rana\nPayments,\n") == [
        "business_owners.csv:2:1: there is no train 'Paymnets', did you mean 'Payments'?",
        "business_owners.csv:4:1: this Business Owner of this train stands here twice (first in line 3); only one of them could count",
        "business_owners.csv:5:10: name is empty; it is needed in every row",
    ]


def test_an_objective_of_a_file_is_an_item_with_its_business_value(folder: Path):
    found = registers(folder, objectives=OBJECTIVES + "PI 26.4,Falcon,Pay within ten seconds,OB-1,yes,8,,PAY-1;PAY-2\n")
    (item,) = found.items
    assert (item.uid, item.kind, item.stage) == ("organisation.data:OB-1", Kind.PI_OBJECTIVE, Stage.IN_PROGRESS)
    assert (item.team, item.interval, item.committed, item.planned_value, item.actual_value) == ("Falcon", "PI 26.4", True, 8, None)
    assert found.serving == (("PAY-1", item.uid), ("PAY-2", item.uid))


def test_a_column_that_a_file_does_not_have_is_unseen_and_an_empty_cell_is_empty(folder: Path):
    (item,) = registers(folder, objectives="interval,team,title,planned_value\n26.4,Falcon,Pay,\n").items
    assert "planned_value" not in item.unseen
    assert {"actual_value", "committed", "owner", "last_human_change_at", "transitions"} <= item.unseen


def test_an_objective_without_a_key_is_called_the_same_wherever_its_row_stands(folder: Path):
    rows = ["26.4,Falcon,Pay within ten seconds,,,,,\n", "26.4,Heron,Refunds by themselves,,,,,\n"]
    first = registers(folder, objectives=OBJECTIVES + "".join(rows)).items
    second = registers(folder, objectives=OBJECTIVES + "".join(reversed(rows))).items
    assert {item.uid for item in first} == {item.uid for item in second}
    assert len({item.uid for item in first}) == 2
    assert all(item.uid.count(":") == 1 for item in first)


def test_key_results_stand_below_their_objective(folder: Path):
    rows = "O1,Be trusted,,,,,,\nKR1,Complaints,O1,40,10,25,2026-11-02,PAY-3\n"
    objective, result = registers(folder, okrs=OKRS + rows).items
    assert (objective.kind, result.kind) == (Kind.OBJECTIVE, Kind.KEY_RESULT)
    assert [link.target for link in result.links] == [objective.uid]
    assert (result.baseline, result.target, result.progress) == (40, 10, 25)
    assert result.last_human_change_at is not None
    assert result.last_human_change_at.date() == date(2026, 11, 2)


def test_budgets_belong_to_value_streams_and_periods(folder: Path):
    (budget,) = registers(folder, budgets=BUDGETS + "Pay,2026-H2,2026-07-01,2026-12-31,1200000,300000\n").budgets or ()
    assert (budget.value_stream, budget.period, budget.amount, budget.run_cost) == ("Pay", "2026-H2", 1_200_000, 300_000)
    assert (budget.starts_on, budget.ends_on) == (date(2026, 7, 1), date(2026, 12, 31))


def test_approvals_name_items_and_only_the_facts_that_have_a_column(folder: Path):
    register = registers(folder, approvals=APPROVALS + "PAY-1,Approved,LPM,2026-09-01,650000\nado:12,,,,900\n").approvals
    assert register is not None
    assert register.facts == {"approval", "approver", "approved_on", "cost_estimate"}
    assert [entry.item for entry in register.entries] == ["PAY-1", "ado:12"]
    assert dict(register.entries[1].values) == {"approval": None, "approver": None, "approved_on": None, "cost_estimate": 900}


def test_yaml_says_the_same_as_csv(folder: Path):
    as_csv = registers(folder, okrs=OKRS + "KR1,Complaints,,40,10,25,2026-11-02,PAY-3;412\n")
    as_yaml = registers(
        folder,
        okrs="- {key: KR1, title: Complaints, objective: ~, baseline: 40, target: 10, progress: 25,\n"
        "   updated: 2026-11-02, items: [PAY-3, 412]}\n",
    )
    assert as_csv == as_yaml


@pytest.mark.parametrize(
    "raw",
    [
        b"Value Stream;Period;Starts on;Ends on;Budget\r\nPay;2026-H2;01.07.2026;31.12.2026;1.200.000,00\r\n",
        b"\xef\xbb\xbfvalue_stream;period;starts_on;ends_on;budget\nPay;2026-H2;2026-07-01;2026-12-31;1200000\n",
        b"sep=;\nvalue_stream;period;starts_on;ends_on;budget\nPay;2026-H2;2026-07-01;2026-12-31;1200000\n",
        b"value-stream\tperiod\tstarts-on\tends-on\tbudget\nPay\t2026-H2\t2026-07-01\t2026-12-31\t1200000\n",
        b'value_stream,period,starts_on,ends_on,budget\n"Pay",2026-H2,2026-07-01,2026-12-31,"1,200,000"\n\n,,,,\n',
        b"value_stream,period,starts_on,ends_on,budget\rPay,2026-H2,2026-07-01,2026-12-31,1200000\r",
    ],
    ids=["German Excel", "byte order mark", "sep line", "tabs", "quotes and empty lines", "old line ends"],
)
def test_a_table_is_read_as_any_spreadsheet_writes_it(folder: Path, raw: bytes):
    (budget,) = registers(folder, budgets=raw).budgets or ()
    assert (budget.value_stream, budget.amount, budget.ends_on) == ("Pay", 1_200_000, date(2026, 12, 31))


# --- what is wrong with them ------------------------------------------------------------------------------------

CORPUS: dict[str, tuple[dict[str, str | bytes], list[str]]] = {
    "an unknown column": (
        {"budgets": "value_stream,period,starts_on,ends_on,budgett\nPay,H2,2026-07-01,2026-12-31,5\n"},
        [
            "budgets.csv:1:1: the column 'budget' is missing; there are value_stream, period, starts_on, ends_on, budgett",
            "budgets.csv:1:39: unknown column 'budgett', did you mean 'budget'?",
        ],
    ),
    "a column twice": (
        {"approvals": "key,approval,Approval\nPAY-1,Approved,\n"},
        ["approvals.csv:1:14: the column 'Approval' stands here twice; only one of them could count"],
    ),
    "an item of a tracker that there is not": (
        {
            "approvals": "key,approval\nadoo:7,Approved\nADO:7,Approved\n",
            "objectives": OBJECTIVES + "26.4,Falcon,A,,,,,PAY-1; jira-e:PAY-2\n",
        },
        [
            "approvals.csv:2:1: an item is named KEY or tracker:KEY; there is no tracker 'adoo', did you mean 'ado'?",
            "objectives.csv:2:19: an item is named KEY or tracker:KEY; there is no tracker 'jira-e', did you mean 'jira-eu'?",
        ],
    ),
    "a column without a name": ({"approvals": "key,,approval\nPAY-1,,Approved\n"}, ["approvals.csv:1:5: a column without a name"]),
    "no number": (
        {"budgets": BUDGETS + "Pay,H2,2026-07-01,2026-12-31,much,\n"},
        ["budgets.csv:2:30: must be a number, such as 1500 or 12.5, not 'much'"],
    ),
    "a number that may mean two": (
        {"budgets": "value_stream;period;starts_on;ends_on;budget\nPay;H2;1.7.2026;31.12.2026;1.200\n"},
        ["budgets.csv:2:28: 1.200 may be 1200 or a little more than 1; write it without a sign between thousands"],
    ),
    "a negative amount": ({"budgets": BUDGETS + "Pay,H2,2026-07-01,2026-12-31,-1,\n"}, ["budgets.csv:2:30: must be at least 0"]),
    "a bad date": (
        {"budgets": BUDGETS + "Pay,H2,07/01/2026,2026-12-32,5,\n"},
        ["budgets.csv:2:8: must be a day, such as 2026-11-02, not '07/01/2026'", "budgets.csv:2:19: there is no day '2026-12-32'"],
    ),
    "a period that ends before it starts": (
        {"budgets": BUDGETS + "Pay,H2,2026-12-31,2026-07-01,5,\n"},
        ["budgets.csv:2:1: the period ends on 2026-07-01, before it starts on 2026-12-31"],
    ),
    "an unknown value stream": (
        {"budgets": BUDGETS + "Pai,H2,2026-07-01,2026-12-31,5,\n"},
        ["budgets.csv:2:1: there is no value stream 'Pai', did you mean 'Pay'?"],
    ),
    "the same period twice": (
        {"budgets": BUDGETS + "Pay,H2,2026-07-01,2026-12-31,5,\nPay,H2,2026-07-01,2026-12-31,6,\n"},
        ["budgets.csv:3:1: this value stream and period stands here twice (first in line 2); only one of them could count"],
    ),
    "the same item twice": (
        {"approvals": APPROVALS + "PAY-1,,,,\npay-1,,,,\n"},
        ["approvals.csv:3:1: this item stands here twice (first in line 2); only one of them could count"],
    ),
    "the same objective twice": (
        {"objectives": OBJECTIVES + "26.4,Falcon,Pay,,,,,\n26.4,Falcon,Pay,,,,,\n"},
        ["objectives.csv:3:17: 'Falcon-PI-26.4-723afa' stands here twice (first in line 2); only one of them could count"],
    ),
    "an unknown team": (
        {"objectives": OBJECTIVES + "26.4,Falcn,Pay,,,,,\n"},
        ["objectives.csv:2:6: there is no team 'Falcn', did you mean 'Falcon'?"],
    ),
    "nobody's objective": (
        {"objectives": OBJECTIVES + "26.4,,Pay,,,,,\n"},
        ["objectives.csv:2:1: an objective is a team's or a train's: fill in team or train"],
    ),
    "no planning interval": (
        {"objectives": OBJECTIVES + "autumn,Falcon,Pay,,,,,\n"},
        ["objectives.csv:2:1: 'autumn' names no planning interval, such as PI 26.4"],
    ),
    "an empty cell that is needed": (
        {"objectives": OBJECTIVES + "26.4,Falcon,,,,,,\n"},
        ["objectives.csv:2:13: title is empty; it is needed in every row"],
    ),
    "neither yes nor no": (
        {"objectives": OBJECTIVES + "26.4,Falcon,Pay,,maybe,,,\n"},
        ["objectives.csv:2:18: must be yes or no, not 'maybe'"],
    ),
    "a key with a colon": (
        {"objectives": OBJECTIVES + "26.4,Falcon,Pay,jira:1,,,,\n"},
        ["objectives.csv:2:17: a key holds no colon and no bar, and begins with a sign that can be seen"],
    ),
    "a key result of no objective": (
        {"okrs": OKRS + "OBJ1,Be trusted,,,,,,\nKR1,Complaints,OBJ2,,,,,\n"},
        ["okrs.csv:3:16: there is no objective with the key 'OBJ2', did you mean 'OBJ1'?"],
    ),
    "more cells than columns": (
        {"approvals": "key,approval\nPAY-1,Approved, by the board\n"},
        ["approvals.csv:2:16: this row has 3 cells and the first line 2 columns; put a cell that holds the separator in quotes"],
    ),
    "a quote that is not closed": (
        {"approvals": 'key,approval\nPAY-1,"Approved\nPAY-2,x\n'},
        ["approvals.csv:2:1: a quote is opened or closed here where it cannot be; double a quote that belongs to the text"],
    ),
    "a place behind a cell of two lines": (
        {"objectives": 'title,interval,team,planned_value\n"Pay\nfast",26.4,Falcon,many\n'},
        ["objectives.csv:3:19: must be a number, such as 1500 or 12.5, not 'many'"],
    ),
    "Latin-1": (
        {"approvals": "key,approver\nPAY-1,Jürgen\n".encode("latin-1")},
        ["approvals.csv:2:8: from here on this is not UTF-8 text; save the file as CSV UTF-8"],
    ),
    "UTF-16": ({"approvals": "key,approver\n".encode("utf-16")}, ["approvals.csv:1:1: this is UTF-16 text; save the file as CSV UTF-8"]),
    "an empty file": ({"approvals": b"\n"}, ["approvals.csv:1:1: the file is empty; its first line names the columns"]),
    "a control character": ({"approvals": b"key\nPAY\x00-1\n"}, ["approvals.csv:2:4: a control character stands here"]),
    "YAML that is no list": ({"okrs": b"-x"}, ["okrs.yaml:1:1: the file must be a list; each entry is a mapping"]),
    "an entry that is no mapping": (
        {"okrs": "- {key: O1, title: T}\n- O2\n"},
        ["okrs.yaml:2:3: must be a mapping, with keys such as key, title, objective"],
    ),
    "an unknown key in YAML": (
        {"okrs": "- {key: O1, title: T, basline: 4}\n"},
        ["okrs.yaml:1:23: unknown key 'basline', did you mean 'baseline'?"],
    ),
    "a missing key in YAML": ({"okrs": "- {key: O1}\n"}, ["okrs.yaml:1:3: title is empty; it is needed in every row"]),
    "a number in YAML that is none": (
        {"okrs": "- {key: O1, title: T, baseline: [1]}\n"},
        ["okrs.yaml:1:33: must be a number"],
    ),
}


@pytest.mark.parametrize(("texts", "said"), CORPUS.values(), ids=CORPUS)
def test_a_mistake_in_a_file_is_told_at_its_place(folder: Path, texts: dict[str, str | bytes], said: list[str]):
    assert wrong(folder, **texts) == said


def test_every_mistake_of_every_file_and_of_the_configuration_is_told_in_one_pass(folder: Path):
    (folder / "b.csv").write_text(BUDGETS + "Pai,H2,2026-07-01,2026-12-32,much,\n", encoding="utf-8")
    (folder / "o.csv").write_text(OBJECTIVES + "26.4,Falcn,Pay,,maybe,,,\n", encoding="utf-8")
    text = changed("version: 1", "version: 2", _configuration({"budgets": "b.csv", "objectives": "o.csv", "okrs": "none.csv"}))
    (folder / "safesync.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(folder / "safesync.yaml", secrets=Secrets.NONE)
    said = [str(each).replace(f"{folder}/", "") for each in refused.value.mistakes]
    assert [each.partition(": ")[0] for each in said] == [
        "b.csv:2:1", "b.csv:2:19", "b.csv:2:30", "o.csv:2:6", "o.csv:2:17", "safesync.yaml:1:10", "safesync.yaml:19:51",
    ]  # fmt: skip
    assert said[-1].endswith("none.csv: there is no such file")


@pytest.mark.parametrize(
    ("file", "said"),
    [("o.xlsx", "a table is a file ending in .csv or .yaml"), (".", "a table is a file ending in"), ("sub.csv", "this is a folder")],
)
def test_what_is_no_table_is_told_where_it_is_named(folder: Path, file: str, said: str):
    (folder / "sub.csv").mkdir()
    (folder / "safesync.yaml").write_text(_configuration({"objectives": file}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        read_configuration(folder / "safesync.yaml", secrets=Secrets.NONE)
    (mistake,) = refused.value.mistakes
    assert isinstance(mistake, Mistake)
    assert mistake.file.endswith("safesync.yaml")


def test_a_column_of_the_wrong_kind_is_not_told_ten_thousand_times(folder: Path):
    rows = "".join(f"PAY-{number},,,,much\n" for number in range(10_000))
    said = wrong(folder, approvals=APPROVALS + rows)
    assert len(said) == 101
    assert said[-1].endswith("and 9900 more mistakes from here on")


# --- whatever happens to a file ---------------------------------------------------------------------------------

_CELLS = st.one_of(
    st.sampled_from(
        ["", "Pay", "26.4", "Falcon", "2026-07-01", "7", "1.234", '"', '""', "yes", "PAY-1", "\n", "ü", "\u2028", "=1+1", "nan"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(sorted(NAMES)),
    separator=st.sampled_from(",;\t"),
    rows=st.lists(st.lists(_CELLS, max_size=9), max_size=5),
    bom=st.booleans(),
)
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_sentences(
    folder: Path, name: str, separator: str, rows: list[list[str]], bom: bool
):
    text = NAMES[name].replace(",", separator) + "\n".join(separator.join(row) for row in rows)
    raw = text.encode("utf-8", "surrogatepass")
    _read_or_refused(folder, name, (b"\xef\xbb\xbf" if bom else b"") + raw)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(sorted(NAMES)), raw=st.binary(max_size=120))
def test_whatever_bytes_a_file_has_it_is_read_or_refused_in_sentences(folder: Path, name: str, raw: bytes):
    _read_or_refused(folder, name, raw)
    _read_or_refused(folder, name, NAMES[name].encode() + raw)


def _read_or_refused(folder: Path, name: str, raw: bytes) -> None:
    for leftover in folder.iterdir():
        leftover.unlink()
    try:
        registers(folder, **{name: raw})
    except ConfigurationError as error:
        for each in error.mistakes:
            assert isinstance(each, Mistake), each
            assert each.line >= 1
            assert each.column >= 1
            assert not JARGON.search(each.message.replace(repr(raw), "")) or raw.strip(), each.message


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=9), st.text(max_size=9)), min_size=1, max_size=6)
)
def test_what_the_csv_module_writes_is_read_as_it_was(rows: list[tuple[str, str]]):
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    written = io.StringIO(newline="")
    csv.writer(written).writerows([("key", "approval"), *rows])
    try:
        sheet = parse_csv(written.getvalue(), ("key", "approval"))
    except ConfigurationError as error:
        assert "control character" in str(error)  # noqa: PT017 - what the text strategy may make
        return
    assert sheet.mistakes == []
    assert [(row.cells["key"], row.cells["approval"]) for row in sheet.rows] == [
        (one.strip(), other.strip()) for one, other in rows if one.strip() or other.strip()
    ]
