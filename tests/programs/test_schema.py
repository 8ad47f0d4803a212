"""The JSON Schema takes every policy there is, and refuses what the reader refuses for its shape."""

import json
import re
import tomllib
from datetime import date

import pytest

from facts.catalogue import load_catalogue
from programs import language
from tests import factories as make

CATALOGUE = load_catalogue()
SCHEMA = json.loads(json.dumps(language.policy_schema(CATALOGUE)))
FILES = sorted([*make.POLICIES.glob("*.toml"), *(make.POLICIES.parent / "library").glob("**/*.toml")])
COLLEGE = (make.POLICIES / "college-award.toml").read_text()
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
KNOWN = {
    "$schema", "$defs", "title", "$ref", "anyOf", "enum", "type", "properties", "required", "additionalProperties",
    "patternProperties", "items", "minItems", "maxItems", "minLength", "maxLength", "pattern", "format", "minimum",
    "maximum", "exclusiveMinimum", "multipleOf",
}  # fmt: skip


def is_valid(value, schema=SCHEMA):
    """As much of the standard as the schema uses: a word it does not know here would be a test that cannot fail."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return is_valid(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return any(is_valid(value, each) for each in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(
        isinstance(value, TYPES[each]) and isinstance(value, bool) <= (each == "boolean") for each in types
    ):
        return False
    if isinstance(value, dict):
        return _is_table(value, schema)
    if isinstance(value, list):
        return schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)) and all(
            is_valid(each, schema["items"]) for each in value if "items" in schema
        )
    if isinstance(value, str):
        return _is_text(value, schema)
    return _is_number(value, schema)


def _is_table(value, schema):
    if any(key not in value for key in schema.get("required", ())):
        return False
    for key, inner in value.items():
        patterns = [
            each for pattern, each in schema.get("patternProperties", {}).items() if re.search(pattern, key)
        ]
        other = schema.get("additionalProperties", True)
        found = schema.get("properties", {}).get(key) or (patterns[0] if patterns else other)
        if found is not True and (found is False or not is_valid(inner, found)):
            return False
    return True


def _is_text(value, schema):
    if schema.get("format") == "date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    return (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        and re.search(schema.get("pattern", ""), value) is not None
    )


def _is_number(value, schema):
    if "multipleOf" in schema and round(value * 100, 6) % 1:
        return False
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and schema.get("exclusiveMinimum", value - 1) < value
    )


def as_json(text):
    """The file as an editor hands it to the schema: days as text."""
    return json.loads(json.dumps(tomllib.loads(text), default=date.isoformat))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_policy_is_taken(path):
    assert is_valid(as_json(path.read_text()))


PAY_TO = 'pay_to    = ["self", "parents"]'
SLIPS = [
    ('fact      = "sex"', 'fakt      = "sex"'),
    ("[need.girl]", "[nead.girl]"),
    ("[need.girl]", '[need."The Girl"]'),
    ("[amount]\n", '[amount]\npay_to = ["self"]\n'),
    ("junior = 1000 }", "junior = 1000.005 }"),
    ("junior = 1000 }", 'junior = "1000" }'),
    ('table_by = "tier"', 'multiply = 2\ntable_by = "tier"'),
    ('code      = "college-award"', 'code      = "College Award"'),
    ('on_slip   = "女孩助学"', 'on_slip   = "女孩助学金"'),
    ('for_each  = "admission"', 'for_each  = "admision"'),
    ('pay_to    = ["self", "parents"]', 'pay_to    = ["mother"]'),
    ('pay_to    = ["self", "parents"]', ""),
    ("times     = 1", "times     = 0"),
    ('in        = "life"', 'in        = "decade"'),
    ('in        = "life"', 'in        = "life"\nkeep      = "higher"'),
    ('share       = "rest"', "share       = 0.5"),
    ('route  = "both"', 'route  = "bth"'),
    ("within = { months = 36, after", "within = { month = 36, after"),
    ('every     = "parents"', 'every     = "parent"'),
    ('paper     = "certificate"', 'paper     = "certifcate"'),
    ('otherwise = { zh = "受益人不是女孩", en = "The beneficiary is not a girl" }', 'otherwise = { zh = "不是女孩" }'),
    ("until = 2026-12-31 }", "till = 2026-12-31 }"),
    ("gives   = { yuan = 3000, funds", "gives   = { paid = 3000, funds"),
    ("notice = { days = 7, working = false }", ""),
    (PAY_TO, 'pay_to = ["self"]\nplaces = 0\nties = "all"\norder_by = [{ earliest = "born_on" }]'),
    (PAY_TO, 'pay_to = ["self"]\nplaces = 9\nties = "some"\norder_by = [{ earliest = "born_on" }]'),
    (PAY_TO, 'pay_to = ["self"]\nceiling_yuan = 9\norder_by = [{ oldest = "born_on" }]'),
    ('table_by = "tier"', '[[amount.sum]]\nyuan = 5\nwhen = { fact = "sex", iz = "male" }\n[amount.other]'),
    ('table_by = "tier"', 'band = { least = 5 }'),
]  # fmt: skip


@pytest.mark.parametrize(("stands", "instead"), SLIPS)
def test_a_slip_of_shape_is_refused_by_reader_and_schema_alike(stands, instead):
    text = COLLEGE.replace(stands, instead, 1) if stands in COLLEGE else ""
    if not text and stands.startswith("gives"):
        text = COLLEGE.replace("gives   = { yuan = 3000", "gives   = { paid = 3000", 1)
    assert text, stands
    assert text != COLLEGE
    with pytest.raises(language.PolicyErrors):
        language.read(text.encode(), CATALOGUE, {})
    assert not is_valid(as_json(text))
