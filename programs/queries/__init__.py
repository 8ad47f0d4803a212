"""Policies in force, compiled once for each set of bytes and figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from facts.catalogue import load_catalogue
from programs import language
from programs.language import FigureValue, Program
from programs.models import Figure, PolicyVersion
from standards.words import Words

COMPILED_MAX = 256  # versions and figure states kept compiled; a county has four programs a year
FigureRows = tuple[tuple[str, date, Decimal, str, str], ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version row and its compiled program."""

    version: PolicyVersion
    program: Program


def active_on(on: date) -> list[Loaded]:
    """Every version in force on that day, by code, with the figures of that moment. One query."""
    versions = PolicyVersion.objects.filter(
        state="active", in_force_from__lte=on, in_force_until__gte=on
    ).order_by("code")
    with_figures = versions.annotate(figure_rows=ArraySubquery(_confirmed().values_list(_AS_JSON)))
    return [
        Loaded(version, _compiled(bytes(version.source), _rows_of(version.figure_rows)))
        for version in with_figures
    ]


def active(code: str, on: date) -> Loaded | None:
    """The version of one program in force on that day."""
    return next((one for one in active_on(on) if one.version.code == code), None)


def loaded(version: PolicyVersion) -> Loaded:
    """One version with its program, whatever its state."""
    return Loaded(version, _compiled(bytes(version.source), _figure_rows()))


def compiled(source: bytes) -> Program:
    """The program of these bytes by the figures of now, whether a row holds them or not. Raises PolicyErrors."""
    return _compiled(source, _figure_rows())


def figures() -> dict[str, language.Figure]:
    """The confirmed figures by name, as the language takes them (money in fen)."""
    return _figures(_figure_rows())


def _confirmed() -> "QuerySet[Figure]":
    return Figure.objects.exclude(confirmed_by="").order_by("name", "valid_from")


def _figure_rows() -> FigureRows:
    return tuple(_confirmed().values_list("name", "valid_from", "value", "unit", "document_number"))


# The value as text: a number of JSON would come back as a float.
_AS_JSON = JSONObject(
    name="name",
    valid_from="valid_from",
    value=Cast("value", TextField()),
    unit="unit",
    document="document_number",
)


def _rows_of(rows: list[dict[str, str]]) -> FigureRows:
    return tuple(
        (
            row["name"],
            date.fromisoformat(row["valid_from"]),
            Decimal(row["value"]),
            row["unit"],
            row["document"],
        )
        for row in rows
    )


@lru_cache(maxsize=COMPILED_MAX)
def _compiled(source: bytes, figure_rows: FigureRows) -> Program:
    return language.compile(language.read(source, load_catalogue(), _figures(figure_rows)))


def _figures(rows: FigureRows) -> dict[str, language.Figure]:
    found: dict[str, language.Figure] = {}
    for name, valid_from, value, unit, document in rows:
        money = unit == "yuan"
        known = found[name].values if name in found else ()
        one = FigureValue(valid_from, int(value * 100) if money else int(value), document)
        found[name] = language.Figure(name, "money" if money else "integer", Words(name, name), (*known, one))
    return found


def overlapping(version: PolicyVersion) -> QuerySet[PolicyVersion]:
    """Versions of the same program in force on some day on which ``version`` is to be."""
    return PolicyVersion.objects.filter(
        code=version.code,
        state="active",
        in_force_from__lte=version.in_force_until,
        in_force_until__gte=version.in_force_from,
    ).exclude(pk=version.pk)


def versions(code: str | None = None) -> QuerySet[PolicyVersion]:
    """All versions, or those of one program, newest first, without their bytes."""
    found = PolicyVersion.objects.defer("source").order_by("code", "-number")
    return found if code is None else found.filter(code=code)
