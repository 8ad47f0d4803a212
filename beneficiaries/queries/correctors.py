"""Whose word about a family an application rests on: they take none of the office's three steps of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from beneficiaries.models import Doubt

K = Doubt.Kind
SETTLED = (K.ENTERED_ALONE, K.WITHDRAWAL, K.PAPER_DIFFERS, K.LISTS_DIFFER, K.TWO_HOUSEHOLDS)
"""The doubts whose settling says what counts of a family."""


@dataclass(frozen=True, slots=True)
class RestsOn:
    """An application, by its key: the household, the beneficiary (None: the household itself), and the day of applying."""

    key: int
    household: int
    person: int | None
    applied_on: date


def corrected_by(number: str, applications: Sequence[RestsOn]) -> set[int]:
    """Those that rest on this person's word: who, in the year before or since, entered or took back what a paper says of
    the family, confirmed or settled it, corrected the register, or recorded a move. One query.

    The database asks the same function when a step is taken (`beneficiaries_correctors`, made by migration 0016).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.key FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[]) a (key, home, whose, day)
               WHERE %s = ANY (ARRAY(SELECT * FROM beneficiaries_correctors(a.home, a.whose, a.day)))""",
            [
                [one.key for one in applications], [one.household for one in applications],
                [one.person for one in applications], [one.applied_on for one in applications], number,
            ],
        )  # fmt: skip
        return {key for (key,) in cursor.fetchall()}


def correctors_of(application: RestsOn) -> set[str]:
    """The numbers of all whose word it rests on. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number FROM beneficiaries_correctors(%s, %s, %s) c (number)",
            [application.household, application.person, application.applied_on],
        )
        return {str(number) for (number,) in cursor.fetchall()}
