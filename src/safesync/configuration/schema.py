"""The JSON Schema of the configuration, for editors."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from safesync.configuration import presets
from safesync.configuration.model import Configuration
from safesync.configuration.packs import shipped_names
from safesync.model.finding import Severity
from safesync.model.item import Kind
from safesync.rules.catalog import shipped
from safesync.rules.entries import CustomRule, PartOverride, RuleOverride
from safesync.rules.rule import Rule

_ALONE: list[dict[str, Any]] = [{"enum": [each.value for each in Severity]}, {"type": "boolean"}, {"type": "null"}]
"""What may stand in the place of settings."""
_NAME = "^[a-z][a-z0-9-]{0,30}$"
_ADDRESS = r"^https?://[^\s/@?#]+(/[^@?#]*)?$"
_REFERENCE = r"\$\{(env|file):"
"""What is read from elsewhere may be anything."""


def json_schema() -> dict[str, Any]:
    """Every key with its description; the options of each rule among them."""
    schema = Configuration.model_json_schema()
    definitions = schema["$defs"]
    for model in (PartOverride, RuleOverride, CustomRule):
        part = model.model_json_schema()
        definitions |= part.pop("$defs", {})
        definitions[model.__name__] = part
    _loosen(definitions)
    _tighten(schema)
    overrides = _overrides(definitions)
    customs = {"description": "Rules of your own.", "type": "array", "items": {"$ref": "#/$defs/CustomRule"}}
    folder = {"description": "A folder with rules of your own in Python, one file each; what stands there is run.", "type": "string"}
    _put(schema["properties"], "rules", {**overrides, "custom": customs, "folder": folder})
    for whose in ("TeamPart", "TrainPart", "JiraTracker", "AzureTracker"):
        _put(definitions[whose]["properties"], "rules", overrides)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "SafeSync configuration"
    return schema


def _put(properties: dict[str, Any], key: str, parts: dict[str, Any]) -> None:
    description = properties[key]["description"]
    own = {"^X[0-9]{3}$": {"description": "A rule of your own.", "anyOf": [*_ALONE, {"$ref": "#/$defs/RuleOverride"}]}}
    shape = {"type": "object", "additionalProperties": False, "properties": parts, "patternProperties": own}
    properties[key] = {"description": description, **shape}


def _overrides(definitions: dict[str, Any]) -> dict[str, Any]:
    """What may be said about shipped rules: for everybody, and for a team."""
    pack = {"anyOf": [{"enum": list(shipped_names())}, {"type": "string", "pattern": r"\.ya?ml$"}]}
    packs = "Packs, or files with rules; later entries override earlier ones."
    extends = {"description": packs, "anyOf": [pack, {"type": "array", "items": pack}]}
    return {"extends": extends, **{code: _rule(rule, definitions) for code, rule in shipped().items()}}


def _rule(rule: Rule, definitions: dict[str, Any]) -> dict[str, Any]:
    override = definitions["RuleOverride"]
    options = rule.options.model_json_schema()
    definitions |= options.pop("$defs", {})
    whole = {**override, "properties": {**override["properties"], "options": options}, "title": rule.code}
    part = definitions["PartOverride"]
    for_some = {"anyOf": [*_ALONE, {**part, "properties": {**part["properties"], "options": options}}]}
    if rule.group is None:
        names = {"kinds": {"propertyNames": {"enum": list(Kind)}}, "types": {}}
        for key, shape in names.items():
            description = override["properties"][key]["description"]
            whole["properties"][key] = {"description": description, "type": "object", "additionalProperties": for_some, **shape}
    first = rule.page.split("\n\n", maxsplit=1)[0].replace("\n", " ")
    return {"description": f"{rule.name}: {first}", "anyOf": [*_ALONE, whole]}


def _loosen(definitions: dict[str, Any]) -> None:
    """What pydantic's schema does not know: shipped presets by name, and one thing written without the brackets of a list."""
    mapping = definitions["Mapping"]["properties"]
    mapping["preset"]["anyOf"] = [{"enum": list(presets.names())}, {"type": "null"}]
    words = _one_or_several({"anyOf": [{"type": "string"}, {"type": "integer"}]})
    for key in ("types", "stages", "work_class", "links"):
        mapping[key]["additionalProperties"] = words
    mapping["fields"]["additionalProperties"] = _one_or_several({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/FieldChoice"}]})
    mapping["bots"] = {"description": mapping["bots"]["description"], **words}
    kinds = definitions["RuleOverride"]["properties"]["for"]
    definitions["RuleOverride"]["properties"]["for"] = {"description": kinds["description"], **_one_or_several(kinds["items"])}


def _tighten(schema: dict[str, Any]) -> None:
    """What our own checks ask of a text or of keys beside each other, as far as a schema can say it."""
    definitions = schema["$defs"]
    schema["properties"]["store"]["pattern"] = rf"^(sqlite:///.|postgresql(\+psycopg)?://.|{_REFERENCE})"
    schema["properties"]["lexicon"]["propertyNames"] = {"pattern": "^[a-z]{2,3}$"}
    for part, key, pattern in (
        ("JiraTracker", "name", _NAME),
        ("AzureTracker", "name", _NAME),
        ("JiraTracker", "url", _ADDRESS),
        ("AzureTracker", "url", _ADDRESS),
        ("NotifyPart", "url", rf"^([A-Za-z][A-Za-z0-9+.-]*://.|{_REFERENCE})"),
        ("SchedulePart", "cron", r"^\s*\S+(\s+\S+){4}\s*$"),
    ):
        definitions[part]["properties"][key]["pattern"] = pattern
    definitions["SchedulePart"]["properties"]["timezone"]["enum"] = sorted(available_timezones())
    definitions["FieldChoice"] |= {"minProperties": 1, "maxProperties": 1}
    definitions["AzureAuth"]["oneOf"] = [{"required": ["token"]}, {"required": ["entra"]}]


def _one_or_several(shape: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [shape, {"type": "array", "items": shape}]}
