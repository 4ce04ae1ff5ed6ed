"""
A title alone is not an understanding that a team shares: everybody reads another task into it.

We count the words of title and description together, without headings and text of a template. Good acceptance criteria
say enough by themselves, and so does code, a log, or a link to a page where more is written.

A line that stands unchanged in five or more items of its project and type, and in every fifth, is a template's: a description of
nothing but such lines says nothing of this item, however long they are. Descriptions of more than twelve lines are not compared.

How to fix: write two sentences: the context, and the result that is wanted.

Known false positives: items that are described in an attachment only.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, bad, bug, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What is enough."""

    min_words: int = Field(default=10, ge=1, description="Fewest words of title and description together.")
    min_own_lines: int = Field(
        default=1, ge=0, description="A description with lines of a template and fewer lines of its own than these counts as none."
    )
    accept_links: bool = Field(default=True, description="Whether a link in the description counts as a description.")


_TITLE = "Show the fee"
_SEVEN = "Payers want it before they confirm anything"
_CRITERIA = "Given a paid order, when it ships, then a receipt is sent to the payer"
_LINK = "https://example.com/fees"

_TEMPLATE = "Please describe what the payer wants to do\nPlease attach a picture of the page it concerns"
_FOUR_ALIKE = tuple(story(number, title=_TITLE, description=_TEMPLATE) for number in range(11, 15))
"""With the one that is judged, five that say the same."""

RULE = Rule(
    code="TM103",
    name="thin-description",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG, Kind.FEATURE),
    source="Three Cs of stories: card, conversation, confirmation; of 23,313 public issues 15 % have fewer than ten words",
    options=Options,
    flaw="(title_words + description_words < :min_words OR title_words < :min_words AND description_own_lines < :min_own_lines)"
    " AND acceptance_verdict <> 'ok'"
    " AND NOT (:accept_links AND description_links > 0) AND NOT description_code",
    severity={Gate.READY: Severity.INFO, Gate.CURRENT: Severity.WARNING},
    remedy="Add two sentences: the context, and the result that is wanted.",
    evidence="The title has {title_words} words and the description {description_words}; at least {min_words} together are usual",
    figures=("{description_own_lines} lines of its own in the description, all others are a template's",),
    examples=(
        bad("a title alone", story(title=_TITLE, iteration=CURRENT), severity=Severity.WARNING),
        bad("planned for the next iteration", story(title=_TITLE, iteration=NEXT), severity=Severity.INFO),
        bad("nine words", story(title=_TITLE, description="Payers want it before they confirm")),
        good("ten words", story(title=_TITLE, description=_SEVEN)),
        bad("a template that nobody filled in", story(title=_TITLE, description=_TEMPLATE), *_FOUR_ALIKE),
        good("a template, and a line of its own", story(title=_TITLE, description=f"{_TEMPLATE}\nPay by card"), *_FOUR_ALIKE),
        good("what a few others say too", story(title=_TITLE, description=_TEMPLATE), *_FOUR_ALIKE[1:]),
        good(
            "a template, below a title that says enough",
            story(title="Show the fee in euro to payers before they confirm", description=_TEMPLATE),
            *_FOUR_ALIKE,
        ),
        good("a template, where that is enough", story(title=_TITLE, description=_TEMPLATE), *_FOUR_ALIKE, options={"min_own_lines": 0}),
        bad(
            "fewer lines of its own than asked for",
            story(title=_TITLE, description=f"{_TEMPLATE}\nPay by card"),
            *_FOUR_ALIKE,
            options={"min_own_lines": 2},
        ),
        bad("a bug", bug(title=_TITLE)),
        bad("a feature", feature(title=_TITLE, interval=CURRENT_INTERVAL)),
        good("good criteria say enough", story(title=_TITLE, acceptance=_CRITERIA)),
        bad("vague ones do not", story(title=_TITLE, acceptance="Works well")),
        good("a log says more than words", bug(title=_TITLE, description="{code}\njava.lang.NullPointerException\n{code}")),
        good("it is written on a page", story(title=_TITLE, description=_LINK)),
        bad("where a page does not count", story(title=_TITLE, description=_LINK), options={"accept_links": False}),
        good("an idea may be short", story(title=_TITLE, stage=Stage.FUNNEL)),
    ),
)
