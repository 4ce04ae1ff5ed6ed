from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from safesync.connectors.sandbox.jira.documents import document, is_document, length, normalised, plain
from safesync.connectors.sandbox.jira.jql import JqlError, Query, parse
from safesync.connectors.sandbox.jira.jql_meaning import Asker, condition
from safesync.connectors.sandbox.jira.jql_order import order
from safesync.connectors.sandbox.jira.state import JiraSite

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        "project",
        "=",
        "!=",
        "in",
        "not",
        "is",
        "(",
        ")",
        ",",
        "PAY",
        '"a b"',
        "'x\\'y'",
        "and",
        "or",
        "order",
        "by",
        "empty",
        "-5d",
        "~",
        "now",
        "cf[1]",
        "!",
        "]",
    ]
)


def _site() -> JiraSite:
    site = JiraSite(lambda: NOW)
    for name in ("Ann", "Bob"):
        site.add_user(name.lower(), name, f"{name.lower()}@meridian.example")
    site.add_project("PAY", "Payments")
    for number, (status, points, labels, owner) in enumerate(
        [("Backlog", 1, ["a"], "Ann"), ("Ready", 2, ["a", "b"], "Bob"), ("Done", 3, ["b"], None), ("Done", None, [], "Ann")]
    ):
        fields = {"Story Points": points, "labels": labels, "assignee": owner}
        site.add_issue("PAY", "Story", f"Story {number}", created=NOW - timedelta(days=number), status=status, fields=fields)
    return site


SITE = _site()
ASKER = Asker(SITE, SITE.user("Ann"), NOW)
ALWAYS_THERE = st.sampled_from(
    [
        "status = Done",
        "status in (Ready, Backlog)",
        "statusCategory != Done",
        "created >= -1d",
        "key = PAY-2",
        "key > PAY-2",
        "summary ~ Story",
    ]
)
CLAUSES = ALWAYS_THERE | st.sampled_from(
    ["labels = a", "labels != b", "'Story Points' > 1", "assignee = Bob", "assignee is EMPTY", "labels is not EMPTY"]
)


def _found(jql: str) -> set[str]:
    test = condition(parse(jql), ASKER)
    return {issue.key for issue in SITE.issues.values() if test(issue)}


@given(st.text(max_size=60) | st.lists(PIECES, max_size=12).map(" ".join))
def test_any_text_is_a_query_or_refused_in_words(text: str) -> None:
    try:
        query = parse(text)
    except JqlError as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right
    else:
        assert isinstance(query, Query)


@given(ALWAYS_THERE)
def test_of_what_every_issue_has_not_finds_exactly_the_others(clause: str) -> None:
    assert _found(f"NOT ({clause})") == {issue.key for issue in SITE.issues.values()} - _found(clause)


@given(CLAUSES, CLAUSES, CLAUSES)
def test_and_or_and_brackets_are_those_of_sets(one: str, two: str, three: str) -> None:
    first, second, third = _found(one), _found(two), _found(three)
    assert _found(f"{one} AND {two} OR {three}") == (first & second) | third
    assert _found(f"{one} AND ({two} OR {three})") == first & (second | third)
    assert _found(f"NOT ({one} OR {two})") == _found(f"NOT {one} AND NOT {two}")
    assert _found(f"NOT NOT {one}") == first


@given(
    st.permutations(list(SITE.issues.values())), st.sampled_from(["'Story Points'", "assignee", "created", "key", "status"]), st.booleans()
)
def test_an_order_is_total_and_its_opposite_turns_it_round(issues: list, field: str, down: bool) -> None:  # type: ignore[type-arg]
    key = order(parse(f"project = PAY ORDER BY {field}{' DESC' if down else ''}, id"), SITE)
    found = [issue.id for issue in sorted(issues, key=key)]
    assert found == [issue.id for issue in sorted(SITE.issues.values(), key=key)]
    assert len({str(key(issue)[-1]) for issue in issues}) == len(issues)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=200) | st.just("# A\n\n- b\n- c\nd")
)
def test_any_text_makes_a_document_that_the_site_takes_and_gives_back_as_one(text: str) -> None:
    made = document(text)
    assert is_document(made)
    assert is_document(normalised(made))
    assert plain(normalised(made)) == plain(made)
    assert length(made) >= len(plain(made).replace("\n", ""))


PARTS = st.sampled_from(["doc", "paragraph", "text", "heading", "bulletList", "listItem", "link", "mention", "panel", "x"])
MEMBERS = st.sampled_from(["type", "version", "content", "attrs", "marks", "text", "level", "href", "id"])
JSON = st.recursive(
    st.none() | st.integers(0, 7) | PARTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(MEMBERS, inner, max_size=4)
        | st.builds(lambda kind, more: {"type": kind, **more}, PARTS, st.dictionaries(MEMBERS, inner, max_size=3))
    ),
    max_leaves=12,
)


@given(st.builds(lambda content: {"type": "doc", "version": 1, "content": content}, st.lists(JSON, max_size=3)) | JSON)
def test_whatever_is_sent_is_taken_for_a_document_or_not_and_then_treated_as_one(value: object) -> None:
    if is_document(value):
        assert is_document(normalised(value))  # type: ignore[arg-type]
        assert length(value) >= 0  # type: ignore[arg-type]
        plain(value)  # type: ignore[arg-type]
