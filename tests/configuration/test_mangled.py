"""Whatever happens to a configuration: it is read, or refused in sentences."""

from __future__ import annotations

import os
import re
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written import JARGON, SOUND

from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError, Mistake

SECRET = "hunter2-Zx9"
TEXT = SOUND.replace("${env:JIRA_TOKEN}", SECRET)
LINES = TEXT.split("\n")
MANY = int(os.environ.get("SAFESYNC_MANGLED", "150"))

_WORDS = sorted(
    {word for line in LINES for word in line.replace("{", " ").replace("}", " ").replace(":", " ").split() if SECRET not in word}
)
_VALUES = st.sampled_from(
    [
        *(
            "",
            "~",
            "null",
            "true",
            "off",
            "0",
            "-1",
            "1.5",
            ".nan",
            ".inf",
            "1e999",
            "0x10",
            "2026-11-26",
            "[]",
            "{}",
            "[[]]",
            "{a: {b: c}}",
        ),
        *(
            "[1, two, {}]",
            "'",
            '"',
            "&a",
            "*a",
            "!x",
            "<<",
            "|",
            ">",
            "%",
            "@",
            "`",
            "- x",
            "? x",
            "a: b",
            "\t",
            "\x00",
            "\ud7ff",
            "é" * 500,
        ),
        *("'(['", "points >", "((((", "9" * 5000, "gate >= 'nxt'", "{points", "${env:NOPE}", "*" * 50, "nowhere.yaml", "TM101", "\u2028"),
        *_WORDS,
    ]
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["value", "word", "drop", "twice", "indent", "swap", "letter", "cut"])):
            case "value":
                head, colon, _ = lines[at].rpartition(": ")
                lines[at] = f"{head}{colon}{draw(_VALUES)}"
            case "word" if len(words := lines[at].split(" ")) > 1:
                words[draw(st.integers(0, len(words) - 1))] = draw(_VALUES)
                lines[at] = " ".join(words)
            case "drop" if len(lines) > 1:
                del lines[at]
            case "twice":
                lines.insert(at, lines[at])
            case "indent":
                lines[at] = draw(st.sampled_from([" ", "  ", "\t", "- "])) + lines[at]
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "letter" if lines[at]:
                where = draw(st.integers(0, len(lines[at]) - 1))
                lines[at] = lines[at][:where] + draw(st.sampled_from(string.printable)) + lines[at][where + 1 :]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
            case _:
                pass
    return "\n".join(lines)


@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(mangled())
def test_a_mangled_configuration_is_read_or_refused_in_sentences(text: str) -> None:
    refused: tuple[Mistake | str, ...] = ()
    try:
        assert parse_configuration(text, secrets=Secrets.NONE).configuration.trackers
    except ConfigurationError as error:
        refused = error.mistakes or ("refused without a word",)
    lines = len(re.split("\n|\r|\u2028|\u2029|\x85", text)) + 1
    for mistake in refused:
        assert isinstance(mistake, Mistake)
        assert 1 <= mistake.line <= lines
        assert mistake.column >= 1
        assert not JARGON.search(mistake.message), mistake.message
        assert len(mistake.message) < 1000
        if f'token: "{SECRET}"' in text:
            assert SECRET not in mistake.message
