"""
What detectors say about a text, in a few words for people.

The catalogue of facts declares them, and they are said in other languages; here nothing else is imported for it.
"""

from __future__ import annotations

PLACES = "field: {field}; description: {description}"
NOT_READ = "not read"
EMPTY = "empty"
TOKENS = "only a placeholder"
BARE_HEADING = "a heading with nothing below it"
TOKENS_BELOW = "only a placeholder below the heading"
UNDER_HEADING = "{found} under a heading"
_OF_ANY_TEXT = (PLACES, NOT_READ, EMPTY, TOKENS, BARE_HEADING, TOKENS_BELOW)

NO_CRITERIA = "no heading, no numbered criteria, no Given/When/Then"
OF_EVERY_ITEM = "a Definition of Done that holds for every item"
SCENARIOS = "{count} Given/When/Then"
UNFILLED_SCENARIO = "an unfilled Given/When/Then"
ONE_CRITERION, CRITERIA = "1 criterion", "{count} criteria"
BY_NUMBER = "{found} by number"
UNDER_DONE = "{found} under a Definition of Done"
AS_BOXES = "{found} as checkboxes"
TOO_VAGUE = "{found}, too vague to check"
OF_CRITERIA: tuple[str, ...] = (
    *(*_OF_ANY_TEXT, NO_CRITERIA, OF_EVERY_ITEM, UNFILLED_SCENARIO, SCENARIOS),
    *(TOO_VAGUE, BY_NUMBER, UNDER_HEADING, UNDER_DONE, AS_BOXES, ONE_CRITERION, CRITERIA),
)

NO_BENEFIT = "no heading, no sentence that names one"
NAMES_BENEFIT = "a sentence that names it"
UNFILLED_SENTENCE = "an unfilled sentence"
OF_ROLE = "what the role wants it for"
WORDS = "{count} words"
TOO_FEW = "{found}, too few"
OF_BENEFIT: tuple[str, ...] = (
    *(*_OF_ANY_TEXT, NO_BENEFIT, NAMES_BENEFIT, UNFILLED_SENTENCE, OF_ROLE),
    *(TOO_FEW, UNDER_HEADING, WORDS),
)

PARTS_OF_VOICE = ("role", "goal", "benefit")

STATEMENT = ("for", "who", "the", "is a", "that", "unlike", "our solution")
HEADED = ("business outcomes", "leading indicators", "non-functional requirements")
PARTS_OF_HYPOTHESIS: tuple[str, ...] = (*STATEMENT, *HEADED)

TECHNICAL_ROLE = "the role is technical"
NO_REASON = "no benefit is told"
JOINED = "the goal joins several wishes"
MANY_CRITERIA = "more than {count} criteria"
NOTHING_LEFT = "the description leaves nothing to talk about"
OF_INVEST: tuple[str, ...] = (TECHNICAL_ROLE, NO_REASON, JOINED, MANY_CRITERIA, NOTHING_LEFT)
