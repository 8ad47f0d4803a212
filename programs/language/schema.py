"""The JSON Schema of a policy file, for editors that complete and check while somebody writes.

It is made from the words the reader itself knows, so it cannot fall behind. It knows the shape of a file; whether
names exist, tables have gaps and examples come out is the checker's.
"""

from typing import Any

from facts.catalogue import Catalogue
from programs.language.names import SETS
from programs.language.reading import CODE, NAME, ON_SLIP_MAX, ROUTES
from programs.language.reading_amounts import PARTS, PARTS_MAX
from programs.language.reading_money import FIRST, HOLDS, ORDERS_MAX, PAYEES, PERIODS, PLACES_MAX, TIES
from programs.language.reading_tables import INPUTS_MAX, ROWS_MAX
from programs.language.reading_tests import GROUPS, OPS, QUANTIFIERS, SPAN_MAX, UNITS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
DAY: Schema = {"type": "string", "format": "date"}
MONEY: Schema = {"type": "number", "minimum": 0, "multipleOf": 0.01}
TRUTH: Schema = {"type": "boolean"}
SHARE: Schema = {"type": "string", "pattern": r"^(rest|[0-9]+/[0-9]+|0\.[0-9]+|1)$"}
ANY_TABLE: Schema = {"type": "object"}


def policy_schema(catalogue: Catalogue) -> Schema:
    """The whole schema, as JSON can hold it."""
    kinds = [name for name, kind in catalogue.kinds.items() if kind.stores == "facts"]
    papers = _one_of(catalogue.papers)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy",
        **_table(
            {
                "code": {"type": "string", "pattern": _pattern(CODE.pattern)},
                "title": _ref("words"),
                "on_slip": {**TEXT, "maxLength": ON_SLIP_MAX},
                "basis": _list(_table({"number": TEXT, "clause": TEXT, "figures_from": TEXT}, ["number"])),
                "in_force": _ref("period"),
                "cohort": _ref("period"),
                "for_each": _one_of(["person", "household", *kinds]),
                "judged_on": {"anyOf": [DAY, TEXT]},
                "pay_to": _list(_one_of(PAYEES)),
                "places": _whole(1, PLACES_MAX),
                "order_by": {**_list(_table(dict.fromkeys(FIRST, TEXT))), "maxItems": ORDERS_MAX},
                "ties": _one_of(TIES),
                "ceiling_yuan": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
                "derive": _named(_ref("derive")),
                "figure": _named(_ref("figure")),
                "need": _named(_need(papers)),
                "amount": _amount(),
                "limit": _list(_limit()),
                "instalment": _list(_instalment()),
                "fund": _list(_fund()),
                "apply": _apply(papers),
                "example": {"type": "object", "additionalProperties": _example()},
                "control_total": _list(_total()),
                "accepted": _list(_table({"key": TEXT, "reason": _ref("words")}, ["key", "reason"])),
            },
            ["code", "title", "on_slip", "basis", "in_force", "for_each", "judged_on", "pay_to", "need", "amount", "apply"],
        ),
        "$defs": {
            "words": _table({"zh": TEXT, "en": TEXT}, ["zh", "en"]),
            "period": _table({"from": DAY, "until": DAY}, ["from", "until"]),
            "span": _span(),
            "reference": _table({"fact": TEXT, "figure": TEXT}),
            "test": _table(_conditions()),
            "derive": _rows({}),
            "figure": _rows({"unit": _one_of(("yuan", "number"))}),
        },
    }  # fmt: skip


def _table(properties: Schema, required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


def _one_of(words: object) -> Schema:
    return {"enum": list(words)}  # type: ignore[call-overload]  # tuples, lists, the keys of a mapping


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _pattern(python: str) -> str:
    return f"^{python.removesuffix(chr(92) + 'Z')}$"


def _named(entry: Schema) -> Schema:
    return {
        "type": "object",
        "patternProperties": {_pattern(NAME.pattern): entry},
        "additionalProperties": False,
    }


def _whole(least: int, most: int | None = None) -> Schema:
    return {"type": "integer", "minimum": least, **({} if most is None else {"maximum": most})}


def _span() -> Schema:
    units = {unit: _whole(0, SPAN_MAX[unit]) for unit in UNITS}
    return _table({**units, "after": TEXT, "before": TEXT})


def _conditions() -> Schema:
    value: Schema = {"anyOf": [{"type": ["string", "number", "boolean"]}, _ref("reference")]}
    compared: Schema = dict.fromkeys(OPS, value)
    compared |= {"in": {"type": "array", "minItems": 1}, "has_any": _list(TEXT), "within": _ref("span")}
    groups: Schema = {group: _list(_ref("test")) for group in GROUPS} | {"not": _ref("test")}
    sets: Schema = {quantifier: _one_of(SETS) for quantifier in QUANTIFIERS}
    return {"fact": TEXT, **compared, **groups, **sets, "unless": _ref("test"), "where": _ref("test")}


def _need(papers: Schema) -> Schema:
    own: Schema = {"otherwise": _ref("words"), "says": _ref("words"), "paper": papers}
    return _table({**_conditions(), **own}, ["otherwise"])


def _rows(more: Schema) -> Schema:
    row: Schema = {"type": "array", "items": {"type": ["string", "number", "boolean"]}, "minItems": 2}
    return _table(
        {
            "words": _ref("words"),
            "from": {**_list(TEXT), "maxItems": INPUTS_MAX},
            "rows": {**_list(row), "maxItems": ROWS_MAX},
            "value": {"type": "object", "additionalProperties": _ref("words")},
            **more,
        },
        ["from", "rows"],
    )


def _amount() -> Schema:
    by_word: Schema = {"type": "object", "additionalProperties": {"anyOf": [MONEY, ANY_TABLE]}}
    percent: Schema = {"type": "number", "exclusiveMinimum": 0}
    bound: Schema = {
        "anyOf": [MONEY, _table({"figure": TEXT, "percent": percent, "of_figure": TEXT, "of_fact": TEXT})]
    }
    shapes: Schema = {
        "yuan": {"anyOf": [MONEY, by_word]},
        "table_by": {"anyOf": [TEXT, {**_list(TEXT), "maxItems": 2}]},
        "yuan_per": MONEY,
        "of": TEXT,
        "steps": _list(_table({"upto": _whole(1), "yuan_per": MONEY}, ["upto", "yuan_per"])),
        "count_at_most": _whole(1),
        "percent": percent,
        "of_figure": TEXT,
        "of_fact": TEXT,
        "round_to_yuan": TRUTH,
        "band": _table({"least": bound, "most": bound}, ["least", "most"]),
        "at_least_yuan": bound,
        "at_most_yuan": bound,
    }
    part = _table({**shapes, "when": _ref("test")})
    return _table({**shapes, **{word: {**_list(part), "maxItems": PARTS_MAX} for word in PARTS}})


def _limit() -> Schema:
    return _table(
        {
            "name": TEXT, "holds": _list(_one_of(HOLDS)), "times": _whole(1), "in": _one_of(PERIODS),
            "same": _list(TEXT), "keep": _one_of(("first",)), "otherwise": _ref("words"),
        },
        ["name", "holds", "in"],
    )  # fmt: skip


def _instalment() -> Schema:
    return _table(
        {
            "name": TEXT, "words": _ref("words"), "share": SHARE, "need": _ref("test"), "within": _ref("span"),
            "if_missed": _one_of(("lapse", "hold")), "pay_to": _list(_one_of(PAYEES)),
        },
        ["name", "share"],
    )  # fmt: skip


def _fund() -> Schema:
    return _table({"source": TEXT, "share": SHARE, "yuan": MONEY, "budget_line": TEXT}, ["source"])


def _apply(papers: Schema) -> Schema:
    notice = _table({"days": _whole(0), "working": TRUTH}, ["days"])
    return _table(
        {
            "route": _one_of(ROUTES), "from": DAY, "until": DAY, "within": _ref("span"), "papers": _list(papers),
            "declare": _list(TEXT), "notice": notice, "days_to_decide": _whole(1),
        },
        ["route", "notice"],
    )  # fmt: skip


def _example() -> Schema:
    part: Schema = {"anyOf": [MONEY, _one_of(("no", "not_known"))]}
    gives = _table(
        {
            "yuan": MONEY, "least": MONEY, "most": MONEY, "no": _list(TEXT), "not_known": _list(TEXT),
            "parts": {"type": "object", "additionalProperties": part},
            "funds": {"type": "object", "additionalProperties": MONEY},
        }
    )  # fmt: skip
    members: Schema = {"type": "array", "items": ANY_TABLE}
    given = _table({"places": _whole(0), "yuan": MONEY})
    return _table(
        {
            "say": _ref("words"), "like": TEXT, "self": ANY_TABLE, "family": ANY_TABLE, "unknown": _list(TEXT),
            "applied_on": DAY, "set_yuan": MONEY, "given": given,
            "claims": _list(ANY_TABLE), "gives": {"anyOf": [gives, _list(gives)]},
            **dict.fromkeys(SETS, members),
        },
        ["say", "gives"],
    )  # fmt: skip


def _total() -> Schema:
    return _table(
        {"cases": _list(ANY_TABLE), "yuan": MONEY, "count": _whole(0), "feasible": TRUTH},
        ["cases"],
    )
