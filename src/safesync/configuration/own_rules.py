"""
Rules that an organisation wrote in Python: one file each in a folder, or an entry point of an installed package.

Both run with all that SafeSync may do. The administrator decides that: by ``rules.folder``, and by naming the code of
a rule that a package brings. Nothing else of a package is imported.
"""

from __future__ import annotations

import ast
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from pydantic import ValidationError

from safesync.configuration.words import near
from safesync.model.errors import Mistake
from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind
from safesync.rules.catalog import of_module, shipped
from safesync.rules.complaint import told
from safesync.rules.condition.slips import ConditionError
from safesync.rules.judgement import judgement
from safesync.rules.rule import Example, Group, Level, Rule, RuleOptions, RuleSetting
from safesync.rules.wording import WordingError

GROUP = "safesync.rules"
"""The group of entry points; the name of each is the code of its rule."""
_CODE = re.compile(r"X[0-9]{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_LONGEST = 300
_CODES = 'codes in ( ), such as ("LK701",)'
_TUPLES = {"absorbs": _CODES, "aliases": _CODES, "figures": 'texts in ( ), such as ("{points} points",)'}
_TEXTS = ("code", "name", "source", "flaw", "when", "remedy", "evidence", "warning_when", "error_when")


@dataclass(slots=True)
class OwnRules:
    """Rules by code, where each came from, and what is wrong with those that could not be taken."""

    rules: dict[str, Rule] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    unusable: set[str] = field(default_factory=set)
    """The codes of those that a package brings and that could not be taken; of a file in the folder nobody knows the code."""

    def add(self, rule: Rule, origin: str, mistake: Callable[[str], Mistake]) -> None:
        """Take a rule, unless its code is taken."""
        if rule.code in self.rules:
            self.mistakes.append(mistake(f"there is a rule {rule.code} in {self.origins[rule.code]} too; give one of them another code"))
        else:
            self.rules[rule.code], self.origins[rule.code] = rule, origin


class _WrongRuleError(Exception):
    """Why a module holds no rule that can be judged by; ``part`` is the argument of ``Rule`` that is wrong."""

    def __init__(self, message: str, part: str = "", offset: int | None = None) -> None:
        super().__init__(message)
        self.part, self.offset = part, offset


def from_folder(folder: Path, own: OwnRules) -> None:
    """Every file of a folder that ends in ``.py`` and does not begin with an underscore; folders in it are not looked at."""
    for file in sorted(folder.glob("*.py")):
        if not file.name.startswith("_"):
            _take(file, own)


def from_packages(codes: Collection[str], own: OwnRules, mistake: Callable[[str, str], Mistake]) -> None:
    """The entry points that are named by these codes; ``mistake`` places a sentence about a code."""
    for point in entry_points(group=GROUP):
        if point.name not in codes:
            continue
        if point.name in own.rules and own.origins[point.name] != point.value:
            own.mistakes.append(mistake(point.name, f"the rule of the package at {point.value} is in {own.origins[point.name]} too"))
        elif point.name not in own.rules:
            try:
                rule = _checked(_of_entry_point(point))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a foreign module does, it is told in one sentence
                said = str(error) if isinstance(error, _WrongRuleError) else _told(error)
                told_at = f"the rule of the package at {point.value} cannot be used: {said[:_LONGEST]}{_inside(point, error)}"
                own.mistakes.append(mistake(point.name, told_at))
                own.unusable.add(point.name)
            else:
                own.add(rule, point.value, partial(mistake, point.name))


def _of_entry_point(point: EntryPoint) -> Rule:
    with redirect_stdout(sys.stderr):  # what a module prints is no part of a result
        found = point.load()
    rule = of_module(found) if isinstance(found, ModuleType) and hasattr(found, "RULE") else found
    if not isinstance(rule, Rule):
        raise _WrongRuleError("it holds no RULE")
    if rule.code != point.name:
        raise _WrongRuleError(f"its code is {rule.code}; the entry point has to be named so", "code")
    return rule


def _take(file: Path, own: OwnRules) -> None:
    def mistake(said: str, line: int = 1, column: int = 1) -> Mistake:
        return Mistake(str(file), line, column, said[:_LONGEST])

    try:
        module = _imported(file)
        rule = of_module(module)
        if wrong := list(_of_form(rule)):
            own.mistakes += [mistake(str(each), *_place(file, each)) for each in wrong]
            return
        rule = _checked(rule)
    except SyntaxError as error:
        place = (error.lineno or 1, error.offset or 1) if error.filename == str(file) else (_line(file, error), 1)
        own.mistakes.append(mistake(f"this is not Python: {error.msg}", *place))
    except _WrongRuleError as error:
        own.mistakes.append(mistake(str(error), *_place(file, error)))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a file does when it is read, it is told in one sentence
        own.mistakes.append(mistake(f"this cannot be loaded: {_told(error)}", _line(file, error)))
    else:
        own.add(rule, str(file), mistake)


class _Fresh(SourceFileLoader):
    """Reads the file as it is now, and leaves no compiled one in a folder that is not ours."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of the source."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _imported(file: Path) -> ModuleType:
    name = f"safesync_own_rules.{file.stem}"
    loader = _Fresh(name, str(file))
    module = module_from_spec(spec_from_loader(name, loader) or ModuleSpec(name, loader))
    sys.modules[name] = module  # where pydantic looks for the names in the options' annotations
    with redirect_stdout(sys.stderr):
        loader.exec_module(module)
    if not hasattr(module, "RULE"):
        raise _WrongRuleError("there is no RULE in this file; a file that is no rule has a name that begins with _")
    if not isinstance(module.RULE, Rule):
        raise _WrongRuleError(f"RULE is a {type(module.RULE).__name__} and no Rule of safesync.rules.rule")
    return module


def _of_form(rule: Rule) -> Iterator[_WrongRuleError]:
    """Parts that are something else than what Python lets stand there."""
    for part in _TEXTS:
        if not isinstance(getattr(rule, part), str):
            yield _WrongRuleError(f"{part} is a text in quotes", part)
    if not isinstance(rule.level, Level):
        yield _WrongRuleError("level is a level of SAFe, such as Level.TEAM", "level")
    if not isinstance(rule.judges, Group) and not (rule.kinds and _all(rule.kinds, Kind)):
        yield _WrongRuleError("judges is a kind such as Kind.STORY, several in ( ), or a group such as Group.TRAIN_INTERVAL", "judges")
    by_gate = isinstance(rule.severity, Mapping) and _all(rule.severity, Gate) and _all(rule.severity.values(), Severity)
    if not by_gate and not isinstance(rule.severity, Severity):
        yield _WrongRuleError("severity is one such as Severity.WARNING, or one by gate: {Gate.READY: Severity.INFO}", "severity")
    for part in ("examples", "cases"):
        if not _all(getattr(rule, part), Example):
            yield _WrongRuleError(f"{part} are made with bad(...), good(...) and unknown(...), several in ( )", part)
    for part, form in _TUPLES.items():
        if not (isinstance(getattr(rule, part), tuple) and _all(getattr(rule, part), str)):
            yield _WrongRuleError(f"{part} are {form}", part)


def _all(values: object, kind: type) -> bool:
    return isinstance(values, Iterable) and all(isinstance(each, kind) for each in values)


def _checked(rule: Rule) -> Rule:
    """The rule, if it can be judged by."""
    if wrong := next(_of_form(rule), None):
        raise wrong
    _check_names(rule)
    if not (isinstance(rule.options, type) and issubclass(rule.options, RuleOptions)):
        raise _WrongRuleError("options is a class that is made from RuleOptions", "options")
    try:
        options = rule.options()
        rule.options.model_validate({name: getattr(options, name) for name in rule.options.model_fields})
        judgement(RuleSetting(rule, options))
    except ConditionError as error:
        raise _of_condition(rule, error) from error
    except WordingError as error:
        raise _WrongRuleError(str(error), "remedy" if "remedy" in str(error) else "evidence") from error
    except ValidationError as error:
        first = error.errors()[0]
        said = "needs a default" if first["type"] == "missing" else f"has a default that it cannot have: it {told(first)}"
        raise _WrongRuleError(f"the option {first['loc'][0]} {said}", "options") from error
    return rule


def _check_names(rule: Rule) -> None:
    """The codes and names that it gives itself and others."""
    if not _CODE.fullmatch(rule.code):
        raise _WrongRuleError(f"the code of a rule of your own is X and three digits, such as X201, and not {rule.code!r}", "code")
    if not _NAME.fullmatch(rule.name):
        raise _WrongRuleError("a name is two or more small words joined by hyphens, such as story-without-review", "name")
    for code in rule.absorbs:
        if code not in shipped() and not is_own(code):
            raise _WrongRuleError(near("absorbs names no rule", code, shipped()), "absorbs")
    if taken := {*rule.aliases} & {*shipped(), *(each.name for each in shipped().values())}:
        raise _WrongRuleError(f"{min(taken)} is a rule of SafeSync; an alias is a code or name that this rule had before", "aliases")


def _of_condition(rule: Rule, error: ConditionError) -> _WrongRuleError:
    part = next((name for name in ("flaw", "when", "error_when") if getattr(rule, name) == error.text), "flaw")
    first, *more = error.slips
    others = "".join(f"; {slip.message}" for slip in more)
    return _WrongRuleError(f"in {part}: {first.message}{others}", part, first.start)


def _told(error: BaseException) -> str:
    text = str(error.msg if isinstance(error, SyntaxError) else error).strip().splitlines()
    return f"{type(error).__name__}{': ' + text[0] if text else ''}"


def _inside(point: EntryPoint, error: BaseException) -> str:
    """Where in the package it is wrong, as far as that can be told."""
    file = getattr(sys.modules.get(point.module), "__file__", None)
    if isinstance(error, SyntaxError):
        return f" ({error.filename}:{error.lineno}:{error.offset})"
    if isinstance(error, _WrongRuleError):
        return f" ({file}:{':'.join(map(str, _place(Path(file), error)))})" if file else ""
    top = point.module.split(".")[0]
    frames = [each for each in traceback.extract_tb(error.__traceback__) if top in Path(each.filename).with_suffix("").parts]
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def _line(file: Path, error: BaseException) -> int:
    """The last line of the file itself on the way to the error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return next((line for line in reversed(lines) if line), 1)


def _place(file: Path, error: _WrongRuleError) -> tuple[int, int]:
    """Line and column of what is wrong in the call that makes the rule; the beginning of the call when it is written in another way."""
    for call in _calls(file):
        value = next((each.value for each in call.keywords if each.arg == error.part), None)
        if isinstance(value, ast.Constant) and value.lineno == value.end_lineno:
            return value.lineno, value.col_offset + 1 + (0 if error.offset is None else error.offset + 1)
        return (value.lineno, value.col_offset + 1) if value is not None else (call.lineno, call.col_offset + 1)
    return 1, 1


def _calls(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_bytes())):  # whatever its encoding is: the file says it
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == "RULE" for each in targets):
                yield node.value


def is_own(code: str) -> bool:
    """Whether a code is one that a rule of one's own may have."""
    return _CODE.fullmatch(code) is not None


def named_codes(*sections: Any) -> frozenset[str]:
    """The codes of rules of one's own that sections speak of."""
    return frozenset(str(code) for section in sections if isinstance(section, Mapping) for code in section if _CODE.fullmatch(str(code)))
