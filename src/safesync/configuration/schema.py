"""The JSON Schema of the configuration, for editors."""

from __future__ import annotations

from typing import Any

from safesync.configuration.model import Configuration
from safesync.configuration.packs import shipped_names
from safesync.rules.catalog import shipped
from safesync.rules.rule import Rule
from safesync.rules.settings import CustomRule, RuleOverride


def json_schema() -> dict[str, Any]:
    """Every key with its description; the options of each rule among them."""
    schema = Configuration.model_json_schema()
    for model in (RuleOverride, CustomRule):
        part = model.model_json_schema()
        schema["$defs"] |= part.pop("$defs", {})
        schema["$defs"][model.__name__] = part
    rules = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "extends": {
                "description": "Packs, or files with rules; later entries override earlier ones.",
                "type": "array",
                "items": {"anyOf": [{"enum": list(shipped_names())}, {"type": "string", "pattern": r"\.ya?ml$"}]},
            },
            "custom": {"description": "Rules of your own.", "type": "array", "items": {"$ref": "#/$defs/CustomRule"}},
            **{code: _rule(rule, schema["$defs"]) for code, rule in shipped().items()},
        },
    }
    schema["properties"]["rules"] = {**rules, "description": schema["properties"]["rules"]["description"]}
    schema["$defs"]["TeamPart"]["properties"]["rules"] = {
        "type": "object",
        "properties": rules["properties"],
        "additionalProperties": False,
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "SafeSync configuration"
    return schema


def _rule(rule: Rule, definitions: dict[str, Any]) -> dict[str, Any]:
    override = definitions["RuleOverride"]
    options = rule.options.model_json_schema()
    definitions |= options.pop("$defs", {})
    whole = {**override, "properties": {**override["properties"], "options": options}, "title": rule.code}
    return {
        "description": f"{rule.name}: {rule.page.split(chr(10) * 2)[0]}",
        "anyOf": [{"enum": ["off", "info", "warning", "error"]}, {"type": "boolean"}, whole],
    }
