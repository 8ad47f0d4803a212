"""Sums that the deciding official has set within a band: handed in for every re-checked application that has one."""

import numpy as np
import numpy.typing as npt
from django.db import connection

from applications.lifecycle import State
from programs.language.amounts import has_band
from programs.language.columns import Column, Table
from programs.language.forms import Policy

Longs = npt.NDArray[np.int64]


def put_sums(policy: Policy, table: Table, rows: tuple[Longs, Longs, Longs]) -> None:
    """Put into ``table`` what has been set for each of ``rows`` (records, people, households); the newest counts.

    Only of applications that are re-checked and not decided: a sum belongs to its application, and one that was sent
    back has none. A policy without a band costs nothing, another one query.
    """
    if not has_band(policy.amount.shape):
        return
    records, people, households = rows
    ids = {"person": people, "household": households}.get(policy.for_each, records)
    fen = _sums(policy)
    table.set_fen = Column(
        np.array([fen.get(one, 0) for one in ids.tolist()], np.int64),
        np.array([one in fen for one in ids.tolist()], bool),
    )


def _sums(policy: Policy) -> dict[int, int]:
    """The newest sum by what finds the subject's row."""
    column = {"person": "coalesce(p.merged_into_id, p.id)", "household": "a.household_id"}.get(
        policy.for_each, "a.record_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {column}, (SELECT s.fen FROM applications_setsum s WHERE s.application_id = a.id
                                  ORDER BY s.id DESC LIMIT 1)
                FROM applications_application a LEFT JOIN beneficiaries_person p ON p.id = a.person_id
                WHERE a.program = %s AND a.state = %s
                  AND EXISTS (SELECT FROM applications_setsum s WHERE s.application_id = a.id)""",  # one of three names
            [policy.code, State.RECHECKED],
        )
        return dict(cursor.fetchall())
